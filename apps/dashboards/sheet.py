"""What a part of the dashboard says, as rows and columns: its table, its chart and its CSV are made from one sheet."""

import math
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from apps.toil import durations
from apps.toil.templatetags.toil import one_decimal, percent
from apps.web import charts

Value = int | float | str | date | tuple[int, ...] | None


class Unit(StrEnum):
    """What the numbers of a column are, and so how they are written."""

    MINUTES = "minutes"
    COUNT = "count"
    SHARE = "share"  # 0 to 1
    CHANGE = "change"  # the same, of how much more or less: -0.2 is a fifth less
    NUMBER = "number"  # with one decimal
    DAY = "day"
    TEXT = "text"
    SERIES = "series"  # how many each time, the first first


@dataclass(frozen=True, slots=True)
class Column:
    label: str
    unit: Unit
    tint: int = 0  # of its colour in the chart
    is_drawn: bool = True
    address: str = ""  # of the rows of the log behind all of it

    @property
    def is_number(self) -> bool:
        return self.unit not in (Unit.DAY, Unit.TEXT, Unit.SERIES)

    @property
    def heading(self) -> str:
        """As the CSV names it, with the unit that its bare numbers lack."""
        if self.unit == Unit.MINUTES:
            return _("%(label)s (minutes)") % {"label": self.label}
        return self.label


@dataclass(frozen=True, slots=True)
class Row:
    """`label` or, of a month, its first day; `address` leads to what is behind it, or to its own page."""

    label: str | date
    cells: tuple[Value, ...]
    address: str = ""
    is_running: bool = False  # a month that is not over: told, but not drawn
    tint: int | None = None

    @property
    def name(self) -> str:
        return self.label if isinstance(self.label, str) else date_format(self.label, "YEAR_MONTH_FORMAT")


@dataclass(frozen=True, slots=True)
class Sheet:
    of: str  # what its rows are: month, item, …
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]

    def __bool__(self) -> bool:
        return bool(self.rows)

    @property
    def drawn(self) -> tuple[Row, ...]:
        return tuple(row for row in self.rows if not row.is_running)

    def column(self, place: int) -> list[Value]:
        return [row.cells[place] for row in self.rows]


SHADES = 5
LONG, WIDE = 28, 16  # characters of a cell that goes over several lines, or over two


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell as it is read. `bar` is how far its bar goes, from 0 to 100; None without one. `shade` is from 0 to 5."""

    text: str
    label: str  # of its column
    is_number: bool
    bar: float | None = None
    shade: int = 0
    spark: str = ""  # the path of a small line
    is_day: bool = False

    @property
    def is_long(self) -> bool:
        return len(self.text) > LONG

    @property
    def is_wide(self) -> bool:
        return len(self.text) > WIDE


@dataclass(frozen=True, slots=True)
class Head:
    text: str
    is_number: bool
    address: str
    is_barred: bool  # its bars stand in a column of their own


@dataclass(frozen=True, slots=True)
class ShownRow:
    name: str
    address: str
    is_running: bool
    cells: list[Cell]


def shown(sheet: Sheet, *, most: int = 0, barred: int | None = None, is_heat: bool = False) -> list[ShownRow]:
    """The rows as they are read, the first `most` of them; those of column `barred` with bars."""
    highest = max((value for row in sheet.rows for value in row.cells if isinstance(value, int | float)), default=0)
    top = max(map(number, sheet.column(barred)), default=0) if barred is not None else 0
    rows = []
    for row in sheet.rows[:most] if most else sheet.rows:
        cells = []
        for place, (column, value) in enumerate(zip(sheet.columns, row.cells, strict=True)):
            bar = round(max(0, number(value)) / top * 100, 1) if place == barred and top > 0 else None
            shade = math.ceil(number(value) / highest * SHADES) if is_heat and highest > 0 else 0
            text = _in_heat(value) if is_heat else written(value, column.unit)
            spark = charts.sparkline(value) if isinstance(value, tuple) and len(value) > 1 else ""
            cells.append(Cell(text, column.label, column.is_number, bar, shade, spark, column.unit == Unit.DAY))
        rows.append(ShownRow(row.name, row.address, row.is_running, cells))
    return rows


def number(value: Value) -> float:
    return value if isinstance(value, int | float) else 0


def _in_heat(value: Value) -> str:
    """Hours, where they are any; a narrow cell has no room for more."""
    return one_decimal(number(value) / 60) if number(value) >= 3 else ""


def written(value: Value, unit: Unit) -> str:
    """A value as a person reads it; “—” where there is not enough to say."""
    if value is None:
        return "—"
    if isinstance(value, str):
        return value
    if isinstance(value, date):
        return day(value)
    if isinstance(value, tuple):
        return ", ".join(map(str, value))
    match unit:
        case Unit.MINUTES:
            return ("−" if round(value) < 0 else "") + durations.show(abs(round(value)))
        case Unit.SHARE:
            return percent(value)
        case Unit.CHANGE:
            return ("+" if round(value * 100) > 0 else "−" if round(value * 100) < 0 else "±") + percent(abs(value))
        case Unit.NUMBER:
            return one_decimal(value)
        case _:
            return f"{round(value):,}".replace("-", "−")


def day(value: date) -> str:
    """With its year, where that is not this one."""
    return date_format(value, "SHORT_DATE_FORMAT" if value.year == timezone.localdate().year else "DATE_FORMAT")


def as_csv(sheet: Sheet) -> tuple[list[str], list[list[Value]]]:
    """Header and rows of the file: months and days as 2026-11 and 2026-11-16, minutes, counts and shares as bare
    numbers. Where one of its months is not over, a last column says which.
    """
    rows: list[list[Value]] = [
        [
            f"{row.label:%Y-%m}" if isinstance(row.label, date) else row.label,
            *(_bare(value, column.unit) for column, value in zip(sheet.columns, row.cells, strict=True)),
        ]
        for row in sheet.rows
    ]
    header = [sheet.of, *(column.heading for column in sheet.columns)]
    if any(row.is_running for row in sheet.rows):
        header.append(_("So far"))
        for row, cells in zip(sheet.rows, rows, strict=True):
            cells.append(_("not over yet") if row.is_running else "")
    return header, rows


def _bare(value: Value, unit: Unit) -> Value:
    if isinstance(value, float):
        return round(value) if unit == Unit.MINUTES else round(value, 4)
    if isinstance(value, tuple):
        return " ".join(map(str, value))
    return value.isoformat() if isinstance(value, date) else value


def change(before: float | None, now: float | None) -> float | None:
    """How much more `now` is, as a share of `before`; None where either is missing or `before` is nothing."""
    return now / before - 1 if before and now is not None else None
