"""What a sender does next with what it has claimed: say it, leave it until later, or not say it at all (R12).

Asked for many deliveries at once, as most of it is the same for all of them, and shortly before they go: what is older
than a second is asked again.
"""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo
from datetime import time as time_of_day
from types import TracebackType
from uuid import UUID

import structlog
from django.conf import settings
from django.db import DatabaseError
from django.utils import timezone, translation

from apps.accounts.models import Organisation
from apps.reminders.channels import CHANNELS, Channel
from apps.reminders.kinds import is_known, kind
from apps.reminders.letter import Letter
from apps.reminders.models import Choice, Delivery, Gate, Manner, State
from apps.reminders.models.delivery import Reason
from apps.reminders.preferences import opted_out
from apps.reminders.timing import may_come, moment, next_day

log = structlog.get_logger(__name__)
FRESH = 1.0  # seconds


@dataclass(frozen=True, slots=True)
class Ready:
    """One claimed delivery, and what it says, when it may be tried, or why it is not sent."""

    delivery: Delivery
    found: Letter | datetime | Reason
    is_well: bool  # nothing failed lately where it goes


def ready(channel: Channel, ids: Sequence[UUID], token: UUID) -> list[Ready]:
    """The first of these deliveries that are still ours, in their order; about a dozen queries. Not all where somebody
    would get more than they want: how many they got is known when those before are sent.
    """
    rows = Delivery.objects.select_related("recipient", "destination").filter(pk__in=ids, lease_token=token)
    known = {row.pk: row for row in rows}
    deliveries = [known[id] for id in ids if id in known]
    refused = _refused(deliveries)
    gates = _failing(channel, deliveries)
    manners = _manners(channel, deliveries)
    enough = _Enough(channel, [each for each in deliveries if each.pk not in refused], manners)
    found: dict[UUID, Letter | datetime | Reason] = {}
    asked = []
    for each in deliveries:
        if reason := refused.get(each.pk):
            found[each.pk] = reason
        elif closed := _closed_until(channel, each, gates):
            found[each.pk] = closed
        elif awake := _awake_at(each, manners):
            found[each.pk] = awake
        elif tomorrow := enough.until(each):
            found[each.pk] = tomorrow
        elif enough.is_open(each):
            deliveries = deliveries[: deliveries.index(each)]
            break
        else:
            asked.append(each)
    said = say(asked)
    found |= {each.pk: said.get(each.pk, Reason.ERASED) for each in asked}
    return [
        Ready(each, found[each.pk], is_well=gates_of(channel, each).isdisjoint(gates))
        for each in deliveries
    ]  # fmt: skip


def refusal(delivery: Delivery) -> Reason | None:
    """Why it would not be sent if it were due now."""
    if reason := _refused([delivery]).get(delivery.pk):
        return reason
    found = say([delivery])[delivery.pk]
    return found if isinstance(found, Reason) else None


def first_moment(delivery: Delivery) -> datetime:
    """When it may go if it is due now: its reader's quiet hours and free days are kept."""
    channel = CHANNELS[delivery.channel]
    return _awake_at(delivery, _manners(channel, [delivery])) or timezone.now()


# ---- what any message is refused for, whatever it says ------------------------------------------------


def _refused(deliveries: Collection[Delivery]) -> dict[UUID, Reason]:
    unwanted = opted_out([each for each in deliveries if is_known(each.kind) and not each.is_test])
    reasons = {each.pk: _why_not(each) or (Reason.OPTED_OUT if each.pk in unwanted else None) for each in deliveries}
    return {pk: reason for pk, reason in reasons.items() if reason}


def _why_not(delivery: Delivery) -> Reason | None:
    recipient, destination = delivery.recipient, delivery.destination
    if not is_known(delivery.kind):  # of an earlier version
        return Reason.ERASED
    if delivery.is_stale():
        return Reason.STALE
    if recipient is None and destination is None:
        return Reason.ERASED
    if recipient is not None and not recipient.is_active:
        return Reason.LEFT
    if destination is not None and destination.off_at is not None:
        return Reason.SWITCHED_OFF
    if delivery.channel == "email" and not (recipient and recipient.email):
        return Reason.NO_ADDRESS
    return None


# ---- not yet ------------------------------------------------------------------------------------------


def gates_of(channel: Channel, delivery: Delivery) -> set[str]:
    """The keys of what stands before its receiver: the server or host, and the address itself if somebody set it up."""
    return {channel.place(delivery)} | ({delivery.destination.to} if delivery.destination else set())


def _failing(channel: Channel, deliveries: Collection[Delivery]) -> dict[str, Gate]:
    """Those of the receivers and addresses that failed when they were last tried."""
    keys = set().union(*(gates_of(channel, each) for each in deliveries))
    return {gate.key: gate for gate in Gate.objects.filter(key__in=keys, failures__gt=0)} if keys else {}


def _closed_until(channel: Channel, delivery: Delivery, gates: dict[str, Gate]) -> datetime | None:
    """Until when its receiver is left alone. A channel that is one receiver is not claimed from in that time."""
    place = channel.place(delivery)
    gate = gates.get(place)
    return gate.closed_until if gate is not None and gate.is_closed and place != channel.name else None


def _manners(channel: Channel, deliveries: Collection[Delivery]) -> dict[int, Manner]:
    """How those people want to be reached whom somebody asks before a message comes. One query, or none."""
    people = {each.recipient.pk: each.recipient for each in deliveries if each.recipient and _may_wait(each)}
    if not channel.outgoing or not people:
        return {}
    return {pk: Manner(member=one) for pk, one in people.items()} | Manner.objects.in_bulk(people)


def _may_wait(delivery: Delivery) -> bool:
    return is_known(delivery.kind) and not kind(delivery.kind).urgent and not delivery.is_test


def _awake_at(delivery: Delivery, manners: Mapping[int, Manner]) -> datetime | None:
    """When its reader may be reached again, if not now. What was planned for a good moment may be late: tried again,
    sent again by hand, or held.
    """
    reader, now = delivery.recipient, timezone.now()
    if reader is None or reader.pk not in manners or not _may_wait(delivery):
        return None
    at = may_come(now, manners[reader.pk], reader.zone, Choice.AT_ONCE, expires=delivery.expires_at)
    return at if at > now else None


class _Enough:
    """Who has got as many today by this way as they want (R20). What is urgent, or useless tomorrow, goes all the same.

    One query.
    """

    def __init__(self, channel: Channel, deliveries: Collection[Delivery], manners: Mapping[int, Manner]):
        self._now, self._manners = timezone.now(), manners
        counted = [each for each in deliveries if channel.outgoing and self._counts(each)]
        people = {each.recipient_id: each.recipient for each in counted if each.recipient}
        midnights = {pk: self._midnight(one.zone) for pk, one in people.items()}
        self._sent: dict[int | None, int] = defaultdict(int)
        self._asked: dict[int | None, int] = defaultdict(int)
        if midnights:
            sent = Delivery.objects.filter(
                recipient__in=people, channel=channel.name, state=State.SENT, over_at__gte=min(midnights.values())
            )
            for pk, over_at in sent.values_list("recipient", "over_at"):
                self._sent[pk] += over_at is not None and over_at >= midnights[pk]

    def _counts(self, delivery: Delivery) -> bool:
        return _may_wait(delivery) and kind(delivery.kind).choosable and delivery.recipient_id is not None

    def _midnight(self, zone) -> datetime:
        return moment(self._now.astimezone(zone).date(), time_of_day.min, zone)

    def until(self, delivery: Delivery) -> datetime | None:
        """When it may come, if its reader has had enough for today."""
        reader = delivery.recipient
        if reader is None or not self._sent[reader.pk]:
            return None
        if not self._counts(delivery) or self._sent[reader.pk] < self._manners[reader.pk].most_a_day:
            return None
        tomorrow = next_day(self._now, self._manners[reader.pk], reader.zone)
        return None if delivery.is_stale(tomorrow) else tomorrow

    def is_open(self, delivery: Delivery) -> bool:
        """Whether it depends on what becomes of those before it that their reader has room for this one."""
        pk = delivery.recipient_id
        if pk is None or pk not in self._manners or not self._counts(delivery):
            return False
        self._asked[pk] += 1
        most = self._manners[pk].most_a_day
        return self._asked[pk] > 1 and self._sent[pk] < most < self._sent[pk] + self._asked[pk]


# ---- what it says -------------------------------------------------------------------------------------


def say(deliveries: Collection[Delivery]) -> dict[UUID, Letter | Reason]:
    """What the rooms say of them, those together that are read in the same language by the same clock."""
    together: dict[tuple[str, str, str], list[Delivery]] = defaultdict(list)
    for each in deliveries:
        together[each.kind, language(each), str(zone(each))].append(each)
    said: dict[UUID, Letter | Reason] = {}
    for (name, _language, _zone), some in together.items():
        with Reader(some[0]):
            said |= _said_of(name, some)
    return said


def _said_of(name: str, deliveries: Sequence[Delivery]) -> dict[UUID, Letter | Reason]:
    try:
        return kind(name).say(deliveries)
    except DatabaseError:
        raise
    except Exception:
        if len(deliveries) > 1:  # one that can't be said must not keep the others from being said
            return {pk: one for each in deliveries for pk, one in _said_of(name, [each]).items()}
        log.exception("reminders.unsayable", kind=name, delivery=str(deliveries[0].pk))
        return {deliveries[0].pk: Reason.BROKEN}


def language(delivery: Delivery) -> str:
    one = delivery.recipient or delivery.destination
    return one.language if one else settings.LANGUAGE_CODE


def zone(delivery: Delivery) -> tzinfo | None:
    """The reader's; a channel reads the organisation's clock."""
    one = delivery.recipient or Organisation.kept()
    return one.zone if one else None


class Reader:
    """Speaks the reader's language, on the reader's clock."""

    def __init__(self, delivery: Delivery):
        self._language, self._zone = translation.override(language(delivery)), timezone.override(zone(delivery))

    def __enter__(self) -> None:
        self._language.__enter__()
        self._zone.__enter__()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._zone.__exit__(kind, error, trace)
        self._language.__exit__(kind, error, trace)
