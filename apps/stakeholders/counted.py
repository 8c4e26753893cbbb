"""Figures that a higher room counts for stakeholders: so that one of them can become an observation, and so that what
hurts can be weighed beside what it costs.

The room that keeps the log registers how it counts; this room knows only times, minutes and where the rows are.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Protocol

from django.utils.translation import ngettext

from apps.stakeholders.models import Stakeholder


@dataclass(frozen=True, slots=True)
class Counted:
    """What was logged for a stakeholder from `since` to `until`, both included."""

    times: int
    minutes: int
    since: date
    until: date
    text: str  # in the reader's language, ready to become an observation
    rows: str  # address of the rows behind it
    item: int | None = None  # where only one item was counted, its id

    @property
    def seen(self) -> str:
        """Differs once the log has changed."""
        return f"{self.times}/{self.minutes}"


@dataclass(frozen=True, slots=True)
class Totals:
    """All minutes logged in a time, and how many times and minutes for each stakeholder by id."""

    minutes: int = 0
    groups: Mapping[int, tuple[int, int]] = field(default_factory=dict)

    def of(self, stakeholder: int) -> tuple[int, int]:
        return self.groups.get(stakeholder, (0, 0))


class Log(Protocol):
    """What the room that keeps the log can count. Days are both included."""

    def count(self, stakeholder: Stakeholder, since: date, until: date, item: int | None) -> Counted: ...

    def totals(self, since: date, until: date) -> Totals: ...

    def recent(self, today: date) -> tuple[date, Totals]: ...

    def rows(self, stakeholder: int, since: date, until: date, item: int | None = None) -> str: ...

    def show(self, minutes: int) -> str: ...


_log: Log | None = None


def register(log: Log) -> None:
    global _log
    _log = log


def count(stakeholder: Stakeholder, since: date, until: date, item: int | None = None) -> Counted | None:
    """The figure, of all items or of one, counted now; None where nothing was logged or nobody counts."""
    found = _log.count(stakeholder, since, until, item) if _log else None
    return found if found and found.times else None


def totals(since: date, until: date) -> Totals:
    """What was logged for everybody; nothing where nobody counts."""
    return _log.totals(since, until) if _log else Totals()


def recent(today: date) -> tuple[date, Totals]:
    """What was logged for each group in this month and the two before, and since which day."""
    return _log.recent(today) if _log else (today, Totals())


def rows(stakeholder: int, since: date, until: date, item: int | None = None) -> str:
    """The address of the entries behind a figure, or "" where nobody counts."""
    return _log.rows(stakeholder, since, until, item) if _log else ""


def figure(times: int, minutes: int) -> str:
    """How often and how long, as evidence tells it."""
    said = ngettext("%(times)s time, %(time)s", "%(times)s times, %(time)s", times)
    return said % {"times": times, "time": show(minutes)}


def show(minutes: int) -> str:
    """Minutes as the reader says them."""
    return _log.show(minutes) if _log else str(minutes)
