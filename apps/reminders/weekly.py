"""The weekly letter to managers: what the last week brought, on the first morning of this one.

It is put together from parts that rooms register (`part`); this room knows none of them. Where no part has anything to
say, there is no letter. A part that speaks of people together says nothing of fewer than three (R91).
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
    def label(self) -> str:
        first, last = (date_format(day, "MONTH_DAY_FORMAT") for day in (self.first, self.last))
        return _("%(first)s to %(last)s") % {"first": first, "last": last}

    @classmethod
    def of(cls, day: date) -> "Week":
        return cls(day - timedelta(days=day.weekday()))


# What a part says of a week to one reader, in the language and on the clock that are active; None for nothing.
Part = Callable[[Member, Week], Letter | None]
_parts: list[tuple[int, Part]] = []


def part(order: int) -> Callable[[Part], Part]:
    """Registers a part of the letter; the one of the lowest `order` stands first."""

    def keep(one: Part) -> Part:
        _parts.append((order, one))
        _parts.sort(key=lambda each: each[0])
        return one

    return keep


@plans_ahead
def plan_ahead() -> None:
    """For each manager's first working day of the week, at eight on their clock. Two queries to look."""
    managers = list(Member.objects.joined().filter(role=Role.MANAGER))
    if managers:
        plan_due(WEEKLY, list(_dues(managers)), timezone.now())


def _dues(managers: Sequence[Member]) -> Iterable[Due]:
    manners = Manner.objects.in_bulk([one.pk for one in managers])
    for one in managers:
        manner = manners.get(one.pk) or Manner(member=one)
        monday = Week.of(one.today()).first
        at = moment(manner.working_days_from(monday)[0], AT, one.zone)
        last_week = Week(monday - timedelta(days=7))
        yield Due(f"week:{last_week.first.isoformat()}", one, at, expires=at + HELPS_FOR)


def _say(deliveries: Sequence[Delivery]) -> dict[UUID, Letter | Reason]:
    """One query, and those of each part for each reader."""
    readers = Member.objects.joined().filter(role=Role.MANAGER).in_bulk({each.recipient_id for each in deliveries})
    said: dict[UUID, Letter | Reason] = {}
    for each in deliveries:
        reader = readers.get(each.recipient_id or 0)
        week = Week(date.fromisoformat(each.occurrence.partition(":")[2]))
        parts = _said(reader, week) if reader else []
        said[each.pk] = _letter(week, parts, each.channel) if parts else Reason.NOT_WANTED
    return said


def _said(reader: Member, week: Week) -> list[Letter]:
    """What the parts say. One that fails does not keep the others from the reader."""
    found = []
    for _order, one in _parts:
        try:
            found.append(one(reader, week))
        except DatabaseError:
            raise
        except Exception:
            log.exception("reminders.weekly_part", part=f"{one.__module__}.{one.__name__}")
    return [letter for letter in found if letter is not None]


def _letter(week: Week, parts: Sequence[Letter], channel: str) -> Letter:
    lines = (line for one in parts for line in (one.subject, *one.text))
    actions = tuple(action for one in parts for action in one.actions[:1])
    in_parts = channel != "inbox"  # which has no place for them
    return Letter(
        subject=_("Your week in Miraizu: %(week)s") % {"week": week.label},
        text=() if in_parts else tuple(lines),
        parts=tuple(parts) if in_parts else (),
        actions=actions or (Action(_("Open Miraizu"), reverse("web:home")),),
        data={"week": week.first.isoformat()},
    )


def register_all() -> None:
    register(
        Kind(
            WEEKLY, gettext_lazy("The weekly letter, on Monday morning"), gettext_lazy("Letters"), _say,
            frozenset({"email"}), roles=frozenset({Role.MANAGER}), order=800,
        )
    )  # fmt: skip
