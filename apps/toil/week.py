"""The week sheet: items × days for one member. A cell is the sum of that day's entries on that item.

Typing into a cell makes the sum true: it adds an entry for what is missing, or shortens the newest entries by what is
too much. Every deed comes with what undoes it.
"""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, timedelta

from django.db import transaction
from django.db.models import Sum

from apps.toil import undo
from apps.toil.figures import start_of_week
from apps.toil.models import Entry, Item, Source

DAYS = 7


class CellChanged(Exception):
    """The cell's sum is not what the person saw when typing; `minutes` is what it is now."""

    def __init__(self, minutes: int):
        super().__init__(minutes)
        self.minutes = minutes


@dataclass(slots=True)
class Cell:
    item: Item
    day: date
    minutes: int
    is_future: bool
    typed: str | None = None
    error: str = ""

    @property
    def key(self) -> str:
        return f"{self.item.pk}-{self.day.isoformat()}"


@dataclass(slots=True)
class Row:
    item: Item
    cells: list[Cell]

    @property
    def minutes(self) -> int:
        return sum(cell.minutes for cell in self.cells)


@dataclass(slots=True)
class Sheet:
    days: list[date]
    rows: list[Row]

    @property
    def day_minutes(self) -> list[tuple[date, int]]:
        return [(day, sum(row.cells[i].minutes for row in self.rows)) for i, day in enumerate(self.days)]

    @property
    def minutes(self) -> int:
        return sum(row.minutes for row in self.rows)

    def cell(self, key: str) -> Cell | None:
        return next((cell for row in self.rows for cell in row.cells if cell.key == key), None)


def days_of(any_day: date, week_start: int) -> list[date]:
    start = start_of_week(any_day, week_start)
    return [start + timedelta(days=i) for i in range(DAYS)]


def sheet(member, any_day: date, extra: set[int] = frozenset()) -> Sheet:  # type: ignore[assignment]
    """The member's week around `any_day`: items of this week and the two before, and `extra` ones. Two queries."""
    days = days_of(any_day, member.week_start)
    today = member.today()
    sums: dict[int, dict[date, int]] = defaultdict(dict)
    for item, day, minutes in (
        Entry.objects.filter(member=member, day__range=(days[0] - timedelta(days=14), days[-1]))
        .order_by()
        .values("item", "day")
        .annotate(m=Sum("minutes"))
        .values_list("item", "day", "m")
    ):
        sums[item][day] = minutes
    items = Item.objects.current().filter(pk__in=set(sums) | set(extra)).select_related("category")
    rows = [
        Row(item, [Cell(item, day, sums[item.pk].get(day, 0), day > today) for day in days])
        for item in sorted(items, key=lambda item: item.label)
    ]
    return Sheet(days, rows)


def set_cell(member, item: Item, day: date, minutes: int, seen: int | None) -> list[undo.Deed]:
    """Makes the cell's sum `minutes` (0 empties it); returns what undoes it, newest deed first.

    Raises CellChanged when the sum is not `seen` any more.
    """
    with transaction.atomic():
        entries = list(Entry.objects.select_for_update().filter(member=member, item=item, day=day).order_by("-id"))
        now = sum(entry.minutes for entry in entries)
        if seen is not None and seen != now:
            raise CellChanged(now)
        if minutes > now:
            return _add(member, item, day, minutes - now, entries)
        return _take(entries, now - minutes)


def _add(member, item: Item, day: date, minutes: int, entries: list[Entry]) -> list[undo.Deed]:
    if len(entries) == 1:
        return [_resize(entries[0], entries[0].minutes + minutes)]
    entry = Entry.log(member=member, item=item, day=day, minutes=minutes, source=Source.WEEK)
    return [undo.logged(entry)]


def _take(entries: list[Entry], minutes: int) -> list[undo.Deed]:
    """Shortens or removes the newest; entries with a note come last, so that words are kept as long as can be."""
    deeds: list[undo.Deed] = []
    for entry in sorted(entries, key=lambda entry: bool(entry.note)):
        if minutes <= 0:
            break
        if entry.minutes <= minutes:
            minutes -= entry.minutes
            deeds.insert(0, undo.removed(entry))
            entry.remove()
        else:
            deeds.insert(0, _resize(entry, entry.minutes - minutes))
            minutes = 0
    return deeds


def _resize(entry: Entry, minutes: int) -> undo.Deed:
    before = entry.values()
    entry.change(entry.version, minutes=minutes)
    return undo.changed(entry, before)


@dataclass(frozen=True, slots=True)
class Copied:
    """What undoes the copying, and how many cells of last week found no place: filled already, or still to come."""

    deeds: list[undo.Deed]
    filled: int
    to_come: int


def copy_last_week(member, any_day: date) -> Copied:
    """Fills this week's empty cells with last week's sums, up to today."""
    today = member.today()
    this, last = sheet(member, any_day), sheet(member, any_day - timedelta(days=DAYS))
    before = {row.item.pk: [cell.minutes for cell in row.cells] for row in last.rows}
    deeds: list[undo.Deed] = []
    filled = to_come = 0
    with transaction.atomic():
        for row in this.rows:
            for cell, minutes in zip(row.cells, before.get(row.item.pk, [0] * DAYS), strict=True):
                if minutes and cell.minutes:
                    filled += 1
                elif minutes and cell.day > today:
                    to_come += 1
                elif minutes:
                    entry = Entry.log(member=member, item=row.item, day=cell.day, minutes=minutes, source=Source.WEEK)
                    deeds.insert(0, undo.logged(entry))
    return Copied(deeds, filled, to_come)
