"""The ways messages reach somebody, or the organisation, each with what became of its last test (R19)."""

from dataclasses import dataclass
from datetime import timedelta

from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from apps.accounts.models import Member
from apps.reminders import health
from apps.reminders.channels import CHANNELS
from apps.reminders.models import Delivery, Destination, Hold, State

SHOWN_FOR = timedelta(days=1)
LOOKS = timedelta(minutes=1)  # the page looks by itself for so long


@dataclass(frozen=True, slots=True)
class Trial:
    """A test, and what to say of it. `tone` is good, bad or open."""

    delivery: Delivery
    said: str
    tone: str
    detail: str = ""
    code: str = ""

    @property
    def is_open(self) -> bool:
        return self.tone == "open"

    @property
    def looks(self) -> bool:
        """Whether it is worth looking again by itself."""
        return self.is_open and timezone.now() - self.delivery.created_at < LOOKS


@dataclass(frozen=True, slots=True)
class Way:
    channel: str
    label: str | Promise  # of the channel
    name: str
    address: str  # what is shown of it
    destination: Destination | None = None
    trial: Trial | None = None


def ways_of(member: Member) -> list[Way]:
    """Those everybody has, then the addresses `member` set up. Up to six queries, however many there are."""
    given = [
        Way("inbox", CHANNELS["inbox"].label, str(CHANNELS["inbox"].label), _("here in Miraizu")),
        Way("email", CHANNELS["email"].label, str(CHANNELS["email"].label), member.email),
    ]
    return _with_trials(given + _set_up(Destination.objects.filter(member=member)), f"member:{member.pk}")


def ways_of_organisation() -> list[Way]:
    return _with_trials(_set_up(Destination.objects.of_organisation()), "")


def _set_up(rows) -> list[Way]:
    return [
        Way(row.channel, CHANNELS[row.channel].label, row.name, row.host, row)
        for row in rows.standing().order_by("name", "id")
        if row.channel in CHANNELS
    ]


def _with_trials(ways: list[Way], member_to: str) -> list[Way]:
    places = {(way.channel, way.destination.to if way.destination else member_to): way for way in ways}
    tests = Delivery.objects.filter(
        is_test=True, to__in={to for _channel, to in places}, created_at__gt=timezone.now() - SHOWN_FOR
    )
    last = {(each.channel, each.to): each for each in tests.prefetch_related("attempts").order_by("created_at")}
    now = _Now() if any(not each.is_over for each in last.values()) else None
    return [
        Way(way.channel, way.label, way.name, way.address, way.destination, told(last[place], now))
        if place in last
        else way
        for place, way in places.items()
    ]


class _Now:
    """What keeps a test waiting. Two queries."""

    def __init__(self) -> None:
        self.is_held = Hold.objects.standing().exists()
        senders = next(each for each in health.processes_and_jumps()[0] if each.name == "senders")
        self.are_senders_away = senders.seen_at is None or senders.is_late


def told(test: Delivery, now: _Now | None = None) -> Trial:
    """What became of a test, or what keeps it waiting."""
    if test.state == State.SENT:
        return Trial(test, _("It is there. Look whether you see it."), "good")
    if test.is_over:
        tries = list(test.attempts.all())
        if tries and tries[-1].detail:
            return Trial(test, _("This did not work."), "bad", _(tries[-1].detail), tries[-1].code)
        return Trial(test, _("This did not work."), "bad", str(test.get_reason_display()))
    now = now or _Now()
    if now.is_held and CHANNELS[test.channel].outgoing:
        return Trial(test, _("It waits: an admin holds everything that goes out."), "open")
    if now.are_senders_away:
        return Trial(test, _("It waits: nothing is being sent at the moment. A lead or admin sees why."), "open")
    if test.run_at > timezone.now():
        return Trial(test, _("It waits: the other side asked for a pause, or failed a moment ago."), "open")
    return Trial(test, _("On its way."), "open")
