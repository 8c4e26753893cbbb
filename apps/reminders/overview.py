"""What the page of deliveries shows: counts, a choice of lines, and of each what became of it (R14, R20).

Never what a message says: that is between it and its reader.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from operator import attrgetter

from django.db import models
from django.db.models import Count, Prefetch, Q, QuerySet
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.http import urlencode
from django.utils.timesince import timesince
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from apps.reminders.channels import CHANNELS
from apps.reminders.kinds import kind
from apps.reminders.models import Attempt, Delivery, Handling, Hold, State
from apps.reminders.models.delivery import Reason

WORTH_TELLING = timedelta(minutes=1)  # of delay


class Shown(models.TextChoices):
    """Which deliveries: what one may ask for in the address."""

    ALL = "", gettext_lazy("All")
    TROUBLE = "trouble", gettext_lazy("Need a look")
    WAITING = "waiting", gettext_lazy("Waiting")
    UNKNOWN = "unknown", gettext_lazy("Outcome unknown")
    DEAD = "dead", gettext_lazy("Given up")
    SKIPPED = "skipped", gettext_lazy("Not sent, with a reason")
    SENT = "sent", gettext_lazy("Sent")


STATES = {
    Shown.WAITING: (State.PLANNED, State.CLAIMED, State.RETRY, State.CARRIED),
    Shown.UNKNOWN: (State.UNKNOWN,),
    Shown.DEAD: (State.DEAD,),
    Shown.SKIPPED: (State.SKIPPED,),
    Shown.SENT: (State.SENT,),
}


@dataclass(frozen=True, slots=True)
class Filter:
    shown: Shown = Shown.ALL
    channel: str = ""

    @classmethod
    def read(cls, typed: Mapping[str, str]) -> "Filter":
        """What an address asks for; what it can't ask for counts as not asked."""
        state, channel = typed.get("state", ""), typed.get("channel", "")
        return cls(
            Shown(state) if state in Shown.values else Shown.ALL,
            channel if channel in CHANNELS else "",
        )

    def rows(self) -> QuerySet[Delivery]:
        found = Delivery.objects.troubled() if self.shown == Shown.TROUBLE else Delivery.objects.all()
        if self.shown in STATES:
            found = found.filter(state__in=STATES[self.shown])
        return found.filter(channel=self.channel) if self.channel else found

    def query(self, **other: str) -> str:
        asked = {"state": str(self.shown.value), "channel": self.channel} | other
        return urlencode({name: value for name, value in asked.items() if value})


@dataclass(frozen=True, slots=True)
class Choice:
    """A link that chooses what is shown."""

    label: str | Promise
    query: str
    count: int
    is_chosen: bool


@dataclass(frozen=True, slots=True)
class Figure:
    label: str | Promise
    count: int
    note: str  # of how many by which channel


class Counts:
    """How many deliveries there are, by what they need and by channel. One query."""

    def __init__(self) -> None:
        rows = (
            Delivery.objects.order_by()
            .values("state", "channel")
            .annotate(n=Count("pk"), news=Count("pk", filter=Q(seen_at=None, is_test=False)))
        )
        self._counts: Counter[tuple[Shown, str]] = Counter()
        for row in rows:
            channel, state = row["channel"], row["state"]
            self._counts[Shown.ALL, channel] += row["n"]
            for shown, states in STATES.items():
                if state in states:
                    self._counts[shown, channel] += row["n"]
            if state in (State.DEAD, State.UNKNOWN):
                self._counts[Shown.TROUBLE, channel] += row["news"]

    def of(self, shown: Shown, channel: str = "") -> int:
        return sum(n for (each, by), n in self._counts.items() if each == shown and channel in ("", by))

    def figures(self) -> list[Figure]:
        said = {
            Shown.TROUBLE: _("Nothing needs you."),
            Shown.WAITING: _("Nothing waits."),
            Shown.SENT: _("Nothing was sent yet."),
            Shown.SKIPPED: _("Nothing was left out."),
        }
        return [Figure(shown.label, self.of(shown), self._note(shown) or none) for shown, none in said.items()]

    def _note(self, shown: Shown) -> str:
        if shown == Shown.TROUBLE and (known := self.of(Shown.DEAD) + self.of(Shown.UNKNOWN) - self.of(shown)):
            return ngettext("and %(n)d that somebody knows of", "and %(n)d that somebody knows of", known) % {
                "n": known
            }
        some = [(channel.label, self.of(shown, name)) for name, channel in CHANNELS.items()]
        return _(", ").join(f"{label} {n}" for label, n in some if n)

    def states(self, chosen: Filter) -> list[Choice]:
        """Links by state; those nobody would follow are left out."""
        return [
            Choice(shown.label, chosen.query(state=str(shown.value)), n, chosen.shown == shown)
            for shown in Shown
            if (n := self.of(shown, chosen.channel)) or shown in (Shown.ALL, chosen.shown)
        ]

    def channels(self, chosen: Filter) -> list[Choice]:
        found = [Choice(_("Any way"), chosen.query(channel=""), self.of(chosen.shown), not chosen.channel)]
        for name, channel in CHANNELS.items():
            if self.of(Shown.ALL, name) or name == chosen.channel:
                n = self.of(chosen.shown, name)
                found.append(Choice(channel.label, chosen.query(channel=name), n, name == chosen.channel))
        return found


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened to a delivery: a try, what somebody did about it, or its end without a try."""

    at: datetime
    attempt: Attempt | None = None
    handling: Handling | None = None


@dataclass(frozen=True, slots=True)
class Line:
    delivery: Delivery
    label: str | Promise  # of its kind
    whom: str
    channel: str | Promise
    attempts: list[Attempt]
    handlings: list[Handling]
    is_held: bool

    @property
    def history(self) -> list[Event]:
        """In the order in which it happened."""
        events = [Event(each.started_at, attempt=each) for each in self.attempts]
        events += [Event(each.at, handling=each) for each in self.handlings]
        row = self.delivery
        # One that was stopped by hand, or given up after a try, has said so.
        ended = (row.state == State.SKIPPED and row.reason != Reason.DROPPED) or row.reason == Reason.BROKEN
        if events and ended and row.over_at:
            events.append(Event(row.over_at))
        return sorted(events, key=attrgetter("at"))

    @property
    def last(self) -> Attempt | None:
        """The last try, where it says what went wrong."""
        return self.attempts[-1] if self.attempts and self.attempts[-1].code else None

    @property
    def cause(self) -> str:
        """A sentence of ours, never the other side's text."""
        return _(self.last.detail) if self.last and self.last.detail else ""

    @property
    def is_told_by_cause(self) -> bool:
        """A test is given up after one try: the cause says more than that."""
        return bool(self.delivery.is_test and self.delivery.state == State.DEAD and self.cause)

    @property
    def came_twice(self) -> bool:
        """Whether the reader may have got it twice."""
        return any(each.after_unknown or each.possible_repeat for each in self.attempts)

    @property
    def tint(self) -> str:
        return {State.SENT: "pine", State.DEAD: "kaki", State.UNKNOWN: "oudo", State.SKIPPED: ""}.get(
            State(self.delivery.state), "pencil"
        )

    @property
    def delay(self) -> str:
        """How much later than meant it goes out, and why (R20); nothing for what is over or in time."""
        row = self.delivery
        if row.is_over or row.run_at <= timezone.now() or row.delayed_by < WORTH_TELLING:
            return ""
        return _("%(time)s later than meant: %(why)s") % {
            "time": timesince(row.due_at, row.run_at, depth=2),
            "why": self._why_later(),
        }

    def _why_later(self) -> str:
        row = self.delivery
        if row.state == State.CARRIED:
            return _("it goes with a digest")
        if row.tries > row.tries_before:
            return _("it is tried again")
        if row.slot_at is not None or row.recipient_id is None:
            return _("the other side asked for a pause, or failed a moment ago")
        return _("quiet hours, a free day, or enough messages for one day")


def ordered(rows: QuerySet[Delivery]) -> QuerySet[Delivery]:
    """`rows`, newest first, with all a line shows. Three queries, however many they are."""
    return (
        rows.select_related("recipient", "destination")
        .prefetch_related("attempts", Prefetch("handlings", Handling.objects.select_related("by")))
        .order_by("-due_at", "id")
    )


def line(row: Delivery, held: Hold | None) -> Line:
    channel = CHANNELS.get(row.channel)
    return Line(
        row, _label(row.kind), _whom(row), channel.label if channel else row.channel,
        list(row.attempts.all()), list(row.handlings.all()),
        is_held=is_held(row, held),
    )  # fmt: skip


def is_held(row: Delivery, held: Hold | None) -> bool:
    channel = CHANNELS.get(row.channel)
    return bool(held and channel and channel.outgoing and row.can_be_stopped)


def _label(name: str) -> str | Promise:
    try:
        return kind(name).label
    except KeyError:
        return _("A message of an earlier version")


def _whom(row: Delivery) -> str:
    if row.recipient is None:
        return str(row.destination)
    if row.destination is None:
        return row.recipient.display_name
    return _("%(name)s, at “%(address)s”") % {"name": row.recipient.display_name, "address": row.destination.name}
