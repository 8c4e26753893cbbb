"""Claiming, sending and recording: the only way anything leaves Miraizu (R1).

claim (one statement) → check and begin (one short transaction) → the wire, with no transaction open → record.
"""

import os
import socket
import threading
import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from datetime import time as time_of_day

import structlog
from django.conf import settings
from django.db import DatabaseError, connection, transaction
from django.db.models import F
from django.utils import timezone, translation
from django.utils.translation import gettext_noop

from apps.reminders import retry, sql
from apps.reminders.channels import CHANNELS, Channel, Permanent, Temporary, Unknown
from apps.reminders.failpoints import reach
from apps.reminders.kinds import is_known, kind
from apps.reminders.letter import Letter
from apps.reminders.models import Attempt, Delivery, Destination, Gate, Manner, Outcome, State
from apps.reminders.models.delivery import Reason
from apps.reminders.preferences import wants
from apps.reminders.timing import moment, next_day

log = structlog.get_logger(__name__)
BUDGET = 20.0  # seconds after which a sender looks whether it is to stop
_never = threading.Event()


def sender() -> str:
    """Who sends, as attempts name it."""
    return f"{socket.gethostname()}:{os.getpid()}:{threading.current_thread().name}"[:80]


def send_due(channel_name: str, *, stop: threading.Event = _never, budget: float = BUDGET) -> int:
    """Sends what is due by one channel until nothing is, the time is up or `stop` is set; gives how many were handled.

    Any number of processes may do so at once.
    """
    channel, until, handled = CHANNELS[channel_name], time.monotonic() + budget, 0
    try:
        while not stop.is_set() and time.monotonic() < until:
            most = _most(channel)
            claim = sql.claim(channel.name, most, settings.REMINDERS_LEASE, outgoing=channel.outgoing) if most else None
            if claim is None or not claim.ids:
                break
            handled += _send_all(channel, claim, stop)
    finally:
        channel.close()
    return handled


def _most(channel: Channel) -> int:
    """How many to take at once: none while the channel's breaker is open, one to try whether it still fails."""
    gate = Gate.objects.filter(key=channel.name).first()
    if gate is None:
        return channel.batch
    if gate.is_closed:
        return 0
    return 1 if gate.failures >= retry.FAILURES_TO_CLOSE else channel.batch


def _send_all(channel: Channel, claim: sql.Claim, stop: threading.Event) -> int:
    for number, id in enumerate(claim.ids):
        if stop.is_set() or not _send_one(channel, id, claim.token):
            # Others need not wait for the lease to end (R28); the breaker or the lease has more to say of these.
            sql.release(claim.ids[number:], claim.token)
            return number
    return len(claim.ids)


def _send_one(channel: Channel, id: uuid.UUID, token: uuid.UUID) -> bool:
    """Handles one claimed delivery; False if the rest of the claim is to be given back."""
    with transaction.atomic():
        delivery = Delivery.objects.select_related("recipient", "destination").filter(pk=id, lease_token=token).first()
        if delivery is None:
            return False
        if later := _not_yet(channel, delivery):
            _release_until(delivery, token, later)
            return True
        said = _what_to_say(delivery)
        if not isinstance(said, Letter):
            end(delivery, token, State.DEAD if said is Reason.BROKEN else State.SKIPPED, said)
            return True
        number = sql.begin(id, token, settings.REMINDERS_LEASE_LEFT, sender(), outgoing=channel.outgoing)
        if number is None:  # the lease runs out, or somebody holds everything
            return False
    reach("after_begin")
    if delivery.payload.get("poison"):
        reach("poison")
    with _reader(delivery):
        try:
            outcome = Ended(Outcome.SENT, reference=channel.send(said, delivery))
        except Temporary as trouble:
            outcome = Ended(Outcome.TEMPORARY, trouble.code, trouble.detail, asked=trouble.retry_after)
        except Permanent as trouble:
            outcome = Ended(Outcome.PERMANENT, trouble.code, trouble.detail, gone=trouble.gone)
        except Unknown as trouble:
            outcome = Ended(Outcome.UNKNOWN, trouble.code, trouble.detail)
        except DatabaseError as error:  # the inbox: its row is the sending
            outcome = Ended(Outcome.TEMPORARY, type(error).__name__, gettext_noop("The database did not take it."))
        except Exception as error:  # a fault of ours must not be tried for ever, nor end the sender
            log.exception("reminders.broken", kind=delivery.kind, delivery=str(id))
            outcome = Ended(
                Outcome.PERMANENT, type(error).__name__, gettext_noop("Miraizu could not send it."), ours=True
            )
    reach("after_call")
    _until_it_is_written(lambda: record(channel, delivery, token, number, outcome, said), delivery)
    return outcome.outcome is not Outcome.TEMPORARY or not channel.personal or not channel.outgoing


def _not_yet(channel: Channel, delivery: Delivery) -> datetime | None:
    """When it may be tried, if its receiver takes one message at a time or asked for silence, or its reader has had
    enough for today; None for now.
    """
    now = timezone.now()
    place = channel.place(delivery)
    if place != channel.name:
        closed = Gate.objects.filter(key=place, closed_until__gt=now).values_list("closed_until", flat=True).first()
        if closed:
            return closed
    if (enough := _enough_for_today(channel, delivery, now)) is not None:
        return enough
    if channel.every and (delivery.slot_at is None or now - delivery.slot_at > timedelta(seconds=30)):
        slot = sql.reserve(f"{delivery.to} {channel.name}", channel.every)
        delivery.slot_at = slot
        Delivery.objects.filter(pk=delivery.pk).update(slot_at=slot)
        if slot > now:
            return slot
    return None


def _enough_for_today(channel: Channel, delivery: Delivery, now: datetime) -> datetime | None:
    """When to try again, if its reader has got as many today by this way as they want (R20); None if it may go.

    What is urgent, or would be useless tomorrow, goes all the same.
    """
    reader = delivery.recipient
    if not channel.outgoing or reader is None or not is_known(delivery.kind):
        return None
    of = kind(delivery.kind)
    if of.urgent or not of.choosable or delivery.is_test:
        return None
    manner = Manner.objects.filter(pk=reader.pk).first() or Manner(member=reader)
    midnight = moment(now.astimezone(reader.zone).date(), time_of_day.min, reader.zone)
    sent = Delivery.objects.filter(recipient=reader, channel=channel.name, state=State.SENT, over_at__gte=midnight)
    if sent.count() < manner.most_a_day:
        return None
    tomorrow = next_day(now, manner, reader.zone)
    return None if delivery.is_stale(tomorrow) else tomorrow


def _release_until(delivery: Delivery, token: uuid.UUID, until: datetime) -> None:
    if delivery.is_stale(until):
        end(delivery, token, State.SKIPPED, Reason.STALE)
        return
    sql.release([delivery.pk], token)
    Delivery.objects.filter(pk=delivery.pk).update(run_at=until)


def _what_to_say(delivery: Delivery) -> Letter | Reason:
    """What the room says of it today, or why it need not be said (R12)."""
    if (refused := _refused(delivery)) is not None:
        return refused
    with _reader(delivery):
        try:
            return kind(delivery.kind).say([delivery]).get(delivery.pk, Reason.ERASED)
        except DatabaseError:
            raise
        except Exception:
            log.exception("reminders.unsayable", kind=delivery.kind, delivery=str(delivery.pk))
            return Reason.BROKEN


def _refused(delivery: Delivery) -> Reason | None:
    """What any message is refused for, whatever it says."""
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
    if not delivery.is_test and not wants(delivery):
        return Reason.OPTED_OUT
    return None


class _reader:
    """Speaks the reader's language, on the reader's clock."""

    def __init__(self, delivery: Delivery):
        one = delivery.destination or delivery.recipient
        self._language = translation.override(one.language if one else settings.LANGUAGE_CODE)
        self._zone = timezone.override(delivery.recipient.zone if delivery.recipient else None)

    def __enter__(self) -> None:
        self._language.__enter__()
        self._zone.__enter__()

    def __exit__(self, *error) -> None:
        self._zone.__exit__(*error)
        self._language.__exit__(*error)


@dataclass(frozen=True, slots=True)
class Ended:
    """How a try ended."""

    outcome: Outcome
    code: str = ""
    detail: str = ""
    reference: str = ""
    asked: float | None = None  # seconds for which the other side wants silence
    gone: bool = False  # its address is to be switched off
    ours: bool = False  # a fault of Miraizu


def record(channel: Channel, delivery: Delivery, token: uuid.UUID, number: int, ended: Ended, said: Letter) -> None:
    """Writes how a try ended. If the lease was lost meanwhile, the state is somebody else's and stays (R4)."""
    now = timezone.now()
    change = _change(delivery, ended, number, now)
    with transaction.atomic():
        kept = Delivery.objects.filter(pk=delivery.pk, lease_token=token).update(
            lease_token=None, lease_until=None, **change
        )
        Attempt.objects.filter(delivery=delivery.pk, n=number).update(
            finished_at=now, outcome=ended.outcome, code=ended.code, detail=ended.detail,
            provider_ref=ended.reference[:120], possible_repeat=not kept,
        )  # fmt: skip
        if kept and ended.outcome is Outcome.SENT and (sent := kind(delivery.kind).sent):
            sent(delivery, said)
        if channel.outgoing:
            _tell_gates(channel, delivery, ended, now)


def _change(delivery: Delivery, ended: Ended, number: int, now) -> dict:
    match ended.outcome:
        case Outcome.SENT:
            return {"state": State.SENT, "over_at": now, "reason": ""}
        case Outcome.PERMANENT:
            return dead(Reason.BROKEN if ended.ours else Reason.REFUSED, now)
    if delivery.is_test:  # whoever asked for it is looking at it (R19)
        return dead(Reason.REFUSED, now)
    run_at = now + retry.wait(number - delivery.tries_before, ended.asked)
    if ended.outcome is Outcome.UNKNOWN:
        if delivery.unknowns + 1 >= retry.MOST_UNKNOWN:
            return dead(Reason.UNKNOWN, now) | {"unknowns": F("unknowns") + 1}
        return {"state": State.UNKNOWN, "unknowns": F("unknowns") + 1, "run_at": run_at}
    if delivery.is_stale(run_at):
        return dead(Reason.EXPIRED, now)
    return {"state": State.UNKNOWN if delivery.unknowns else State.RETRY, "run_at": run_at}


def dead(reason: Reason, now) -> dict:
    # Who knew of an unknown outcome does not know of this yet.
    return {"state": State.DEAD, "reason": reason, "over_at": now, "seen_at": None}


def _tell_gates(channel: Channel, delivery: Delivery, ended: Ended, now) -> None:
    """Keeps how the receiver does: its server or host for pace and breaker, its own address for switching off."""
    keys = {channel.place(delivery)} | ({delivery.destination.to} if delivery.destination else set())
    if ended.outcome is Outcome.SENT:
        # Most messages succeed where the one before did: nothing to write then.
        Gate.objects.filter(key__in=keys).filter(failures__gt=0).update(
            failures=0, failing_since=None, closed_until=None
        )
        return
    refused_one = ended.outcome is Outcome.PERMANENT and not ended.gone
    for key in keys:
        gate, _new = Gate.objects.get_or_create(key=key)
        if refused_one and delivery.destination is None:
            continue  # the server is well: it refused one letter
        failures = gate.failures + 1
        pause = max(filter(None, [retry.pause(failures), timedelta(seconds=ended.asked or 0)]), default=None)
        Gate.objects.filter(key=key).update(
            failures=F("failures") + 1,
            failing_since=gate.failing_since or now,
            closed_until=now + pause if pause and not refused_one else gate.closed_until,
        )
    if delivery.destination:
        _switch_off(delivery.destination, ended, now)


def _switch_off(destination: Destination, ended: Ended, now) -> None:
    """An address that is gone, or fails and fails, is left alone, and its owner told by another way (R9)."""
    gate = Gate.objects.get(key=destination.to)
    worn_out = (
        gate.failures >= retry.FAILURES_TO_SWITCH_OFF
        and gate.failing_since is not None
        and now - gate.failing_since >= retry.FAILING_FOR
    )
    if not (ended.gone or worn_out):
        return
    if (
        Destination.objects.on()
        .filter(pk=destination.pk)
        .update(off_at=now, off_because="gone" if ended.gone else "failing")
    ):
        from apps.reminders.notices import tell_switched_off  # it plans, and planning sends

        tell_switched_off(destination)


def end(delivery: Delivery, token: uuid.UUID, state: State, reason: Reason) -> None:
    """Ends a claimed delivery without a try."""
    Delivery.objects.filter(pk=delivery.pk, lease_token=token).update(
        state=state, reason=reason, over_at=timezone.now(), lease_token=None, lease_until=None
    )


def _until_it_is_written(write: Callable[[], None], delivery: Delivery) -> None:
    """Tries while the lease lasts: a database that is away for a moment must not turn a sent message into a repeat."""
    until = time.monotonic() + settings.REMINDERS_LEASE
    while True:
        try:
            return write()
        except DatabaseError:
            if time.monotonic() > until:
                # The row stays claimed and its try begun: later it counts as of unknown outcome.
                log.warning("reminders.unrecorded", delivery=str(delivery.pk))
                raise
            connection.close()
            time.sleep(0.1)
