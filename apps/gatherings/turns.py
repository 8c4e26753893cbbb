"""The turns of a mob: what and why, drivers in turns of fifteen minutes, notes together at the end."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils.translation import gettext as _

TURN = timedelta(minutes=15)
EDGE = timedelta(minutes=5)  # at the beginning and at the end
SHORTEST = timedelta(minutes=5)  # below that, a turn is not worth changing seats


@dataclass(frozen=True, slots=True)
class Turn:
    begins: datetime
    ends: datetime
    says: str

    def is_on(self, now: datetime) -> bool:
        return self.begins <= now < self.ends

    def is_over(self, now: datetime) -> bool:
        return self.ends <= now


def turns(start: datetime, minutes: int, drivers: Sequence[str]) -> list[Turn]:
    """The plan of a mob that begins at `start`: five minutes for what and why, fifteen for each driver in turn, five
    for the notes. A last turn shorter than five minutes goes to the one before it; a mob under twenty minutes is one.
    """
    end = start + timedelta(minutes=minutes)
    if end - start < TURN + EDGE:
        return [Turn(start, end, _drives(drivers, 0))]
    first, last = start + EDGE, end - EDGE
    found = [Turn(start, first, _("What and why"))]
    begins, number = first, 0
    while begins < last:
        ends = min(begins + TURN, last)
        if last - ends < SHORTEST:
            ends = last
        found.append(Turn(begins, ends, _drives(drivers, number)))
        begins, number = ends, number + 1
    return [*found, Turn(last, end, _("Notes together"))]


def _drives(drivers: Sequence[str], number: int) -> str:
    if not drivers:
        return _("Who would like to drive")
    return _("%(name)s drives") % {"name": drivers[number % len(drivers)]}
