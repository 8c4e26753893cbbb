"""The front page's field: the costliest items, and who stands where with each, on one day."""

from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _

from apps.accounts.models import Person
from apps.dashboards.section import Reading
from apps.people.ladder import Cell, field_of
from apps.toil import durations
from apps.toil.figures import monthly_costs
from apps.toil.sql import MonthlyCost

MOST_ITEMS = 7


@dataclass(frozen=True, slots=True)
class Line:
    pk: int
    label: str
    cost: str
    cells: tuple[Cell | None, ...]
    alone: int


@dataclass(frozen=True, slots=True)
class FieldAt:
    people: tuple[Person, ...]
    rows: tuple[Line, ...]


def field_at(day: date, reading: Reading) -> FieldAt:
    """By what they cost a month by that day. Two queries, and those of the steps; one more for another day."""
    # Before the log begins, by what they cost later.
    costs = reading.costs if day == reading.until else monthly_costs(day) or reading.costs
    costly = sorted((item for item in reading.items if item.pk in costs), key=lambda item: -costs[item.pk].minutes)
    stood = reading.steps.stood(day if day < reading.today else None)
    found = field_of(costly[:MOST_ITEMS], stood, reading.reader)
    rows = (
        Line(r.subject.pk, r.subject.label, _cost(costs[r.subject.pk]), tuple(r.cells), r.alone) for r in found.rows
    )
    return FieldAt(tuple(found.people), tuple(rows))


def _cost(cost: MonthlyCost) -> str:
    return _("%(time)s a month") % {"time": durations.show(round(cost.minutes))}
