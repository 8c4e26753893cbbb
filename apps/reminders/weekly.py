"""The weekly letter to managers and leads: what the last week brought, on the first morning of this one.

It is put together from parts that rooms register (`part`); this room knows none of them. Where no part has any news,
there is no letter. A part that speaks of people together says nothing of fewer than three (R91). What it says stands on
a page too, which everybody may open: it holds nothing that a member may not see.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, time, timedelta
from uuid import UUID

import structlog
from django.db import DatabaseError
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from apps.accounts.models import Member, Role
from apps.reminders.ahead import Due, plan_due
from apps.reminders.kinds import Kind, register
from apps.reminders.letter import Action, Letter
from apps.reminders.models import Delivery, Manner
from apps.reminders.models.delivery import Reason
from apps.reminders.tick import plans_ahead
from apps.reminders.timing import moment

log = structlog.get_logger(__name__)
WEEKLY = "weekly_letter"
GETS_IT = frozenset({Role.MANAGER, Role.LEAD})
AT = time(8)
HELPS_FOR = timedelta(days=6)


@dataclass(frozen=True, slots=True)
class Week:
    """Seven days from a Monday on."""

    first: date

    @property
    def last(self) -> date:
        return self.first + timedelta(days=6)

    @property
    def after(self) -> date:
        """The Monday on which it is told of."""
        return self.first + timedelta(days=7)

    @property
    def label(self) -> str:
        first, last = (date_format(day, "MONTH_DAY_FORMAT") for day in (self.first, self.last))
        return _("%(first)s to %(last)s") % {"first": first, "last": last}

    @classmethod
    def of(cls, day: date) -> "Week":
        return cls(day - timedelta(days=day.weekday()))

    @classmethod
    def before(cls, day: date) -> "Week":
        """The last one that is over."""
        return cls.of(day - timedelta(days=7))


# What a part says of a week to one reader, in the language and on the clock that are active; None for nothing.
Part = Callable[[Member, Week], Letter | None]
_parts: list[tuple[int, Part, bool]] = []
_pages: list[Callable[[Week], str]] = []


def part(order: int, *, news: bool = True) -> Callable[[Part], Part]:
    """Registers a part of the letter; the one of the lowest `order` stands first. One that is no news of the week
    stands only in a letter that has some.
    """

    def keep(one: Part) -> Part:
        _parts.append((order, one, news))
        _parts.sort(key=lambda each: each[0])
        return one

    return keep


def page(address: Callable[[Week], str]) -> Callable[[Week], str]:
    """Registers where the letter of a week is read in the app."""
    _pages.append(address)
    return address


@plans_ahead
def plan_ahead() -> None:
    """For each reader's first working day of the week, at eight on their clock. Two queries to look."""
    readers = list(Member.objects.joined().filter(role__in=GETS_IT))
    if readers:
        plan_due(WEEKLY, list(_dues(readers)), timezone.now())


def _dues(readers: Sequence[Member]) -> Iterable[Due]:
    manners = Manner.objects.in_bulk([one.pk for one in readers])
    for one in readers:
        manner = manners.get(one.pk) or Manner(member=one)
        week = Week.before(one.today())
        at = moment(manner.working_days_from(week.after)[0], AT, one.zone)
        yield Due(f"week:{week.first.isoformat()}", one, at, expires=at + HELPS_FOR)


def _say(deliveries: Sequence[Delivery]) -> dict[UUID, Letter | Reason]:
    """One query, and those of each part for each reader."""
    readers = Member.objects.joined().filter(role__in=GETS_IT).in_bulk({each.recipient_id for each in deliveries})
    said: dict[UUID, Letter | Reason] = {}
    for each in deliveries:
        reader = readers.get(each.recipient_id or 0)
        week = Week(date.fromisoformat(each.occurrence.partition(":")[2]))
        parts = said_of(reader, week) if reader else []
        said[each.pk] = _letter(week, parts, each.channel) if parts else Reason.NOT_WANTED
    return said


def said_of(reader: Member, week: Week) -> list[Letter]:
    """What the parts say, in their order; nothing where none has news. One that fails does not keep the others from
    the reader.
    """
    found = {place: _asked(one, reader, week) for place, (_order, one, news) in enumerate(_parts) if news}
    if not any(found.values()):
        return []
    found |= {place: _asked(one, reader, week) for place, (_order, one, news) in enumerate(_parts) if not news}
    return [letter for _place, letter in sorted(found.items()) if letter is not None]


def _asked(one: Part, reader: Member, week: Week) -> Letter | None:
    try:
        return one(reader, week)
    except DatabaseError:
        raise
    except Exception:
        log.exception("reminders.weekly_part", part=f"{one.__module__}.{one.__name__}")
        return None


def subject_of(week: Week) -> str:
    return _("Your week in Miraizu: %(week)s") % {"week": week.label}


def _letter(week: Week, parts: Sequence[Letter], channel: str) -> Letter:
    lines = (line for one in parts for line in (one.subject, *one.text))
    in_parts = channel != "inbox"  # which has no place for them
    read = tuple(Action(_("Read it in Miraizu"), address(week)) for address in _pages)
    return Letter(
        subject=subject_of(week),
        text=() if in_parts else tuple(lines),
        parts=tuple(parts) if in_parts else (),
        actions=read or (Action(_("Open Miraizu"), reverse("web:home")),),
        data={"week": week.first.isoformat()},
    )


def register_all() -> None:
    register(
        Kind(
            WEEKLY, gettext_lazy("The weekly letter, on Monday morning"), gettext_lazy("Letters"), _say,
            frozenset({"email"}), roles=GETS_IT, order=800,
        )
    )  # fmt: skip
