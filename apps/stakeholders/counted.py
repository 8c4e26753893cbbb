"""Figures that a higher room counts for a stakeholder, so that one of them can become an observation.

The room that keeps the log registers how it counts; this room knows only times, minutes and where the rows are.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

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


_count: Callable[[Stakeholder, date, date], Counted] | None = None


def register(count: Callable[[Stakeholder, date, date], Counted]) -> None:
    global _count
    _count = count


def count(stakeholder: Stakeholder, since: date, until: date) -> Counted | None:
    """The figure, counted now; None where nothing was logged or nobody counts."""
    counted = _count(stakeholder, since, until) if _count else None
    return counted if counted and counted.times else None
