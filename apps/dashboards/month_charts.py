"""Charts of a sheet whose rows are months: stacked bars, or lines. Drawn for a wide slot, for a phone, and what is as
wide as the page also for a small window and for paper.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache, wraps

from django.utils.formats import date_format
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from apps.dashboards.sheet import Column, Row, Sheet, Unit, Value, number, written
from apps.web import charts
from apps.web.charts import Point

FULL, MIDDLE, HALF, PHONE = 1120, 700, 520, 350  # px of the slots there are
HEIGHT = 200
TOP, FOOT = 20, 30
LEFT = 44  # at least, for what the lines of the grid are called
EDGE = 14  # px at the right of a narrow drawing: half the name of the last month
LABELS = 190  # px for what stands at the right of a wide chart
GAP = 17  # px from one label to the next
WITH_YEAR = 14  # more months than this, and only the years are named


@dataclass(frozen=True, slots=True)
class Line:
    """A horizontal line of the grid, and what it stands for."""

    y: float
    text: str


@dataclass(frozen=True, slots=True)
class Tick:
    x: float
    text: str


@dataclass(frozen=True, slots=True)
class Part:
    """A piece of a bar."""

    tint: int
    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True, slots=True)
class Curve:
    """A line through the months that have a value; a month alone is a dot."""

    tint: int
    paths: tuple[str, ...]
    dots: tuple[Point, ...]
    is_dashed: bool


@dataclass(frozen=True, slots=True)
class Label:
    """What a bar's piece or a line is, at its end."""

    y: float  # of the text
    at: float  # of what it names
    slope: float  # how far the text is below it
    text: str
    value: str


@dataclass(frozen=True, slots=True)
class Drawing:
    width: int
    height: int
    left: int
    right: float
    floor: int
    grid: tuple[Line, ...]
    ticks: tuple[Tick, ...]
    parts: tuple[Part, ...]
    curves: tuple[Curve, ...]
    labels: tuple[Label, ...]
    ceiling: Line | None


@dataclass(frozen=True, slots=True)
class Key:
    """A line of the legend that stands for the labels on a phone."""

    tint: int
    label: str
    value: str
    is_dashed: bool


@dataclass(frozen=True, slots=True)
class Chart:
    wide: Drawing
    middle: Drawing | None  # None where the wide one is as wide as that
    narrow: Drawing
    says: str  # the finding, in a sentence
    legend: tuple[Key, ...]
    is_labelled: bool  # whether the labels of the wide one name all there is


KEPT = 256  # charts


def _kept[**Given, Drawn](draw: Callable[Given, Drawn]) -> Callable[Given, Drawn]:
    """A process keeps the charts that it drew last: the same sheet is the same chart, in each language."""

    @lru_cache(maxsize=KEPT)
    def again(_language: str | None, *args: Given.args, **more: Given.kwargs) -> Drawn:
        return draw(*args, **more)

    @wraps(draw)
    def drawn(*args: Given.args, **more: Given.kwargs) -> Drawn:
        return again(get_language(), *args, **more)  # type: ignore[arg-type]  # sheets and numbers

    return drawn


@_kept
def stacked(sheet: Sheet, *, width: int = FULL, says: str | None = None) -> Chart | None:
    """Bars of the months that are over; None without anything to draw."""
    series = _series(sheet)
    rows = sheet.drawn
    if not any(number(row.cells[place]) for row in rows for place, _column in series):
        return None
    wide, middle, narrow = _each(width, lambda px: _stacked(rows, series, px))
    return Chart(wide, middle, narrow, _says(sheet, says), *_legend(rows, series, wide))


@_kept
def lines(
    sheet: Sheet,
    *,
    width: int = FULL,
    says: str | None = None,
    ceiling: float | None = None,
    dashed: Sequence[int] = (),
) -> Chart | None:
    """Lines over the months that are over, those of the columns `dashed` dashed; `ceiling` is drawn across. None where
    no month has a value.
    """
    series = _series(sheet)
    rows = sheet.drawn
    if not any(row.cells[place] is not None for row in rows for place, _column in series):
        return None
    wide, middle, narrow = _each(width, lambda px: _lines(rows, series, px, ceiling, frozenset(dashed)))
    return Chart(wide, middle, narrow, _says(sheet, says), *_legend(rows, series, wide, frozenset(dashed)))


Series = list[tuple[int, Column]]  # place in the row, and what stands there


def _each(width: int, draw: Callable[[int], Drawing]) -> tuple[Drawing, Drawing | None, Drawing]:
    return draw(width), draw(MIDDLE) if width > MIDDLE else None, draw(PHONE)


def _series(sheet: Sheet) -> Series:
    return [(place, column) for place, column in enumerate(sheet.columns) if column.is_drawn]


def _stacked(rows: Sequence[Row], series: Series, width: int) -> Drawing:
    frame = _Frame(rows, series, width, max(sum(_tall(row.cells[place]) for place, _c in series) for row in rows))
    slot = (frame.right - frame.left) / len(rows)
    wide = min(32, slot * 0.74)
    parts, middles = [], []
    for n, row in enumerate(rows):
        below = 0.0
        for place, column in series:
            foot, y = frame.y(below), frame.y(below := below + _tall(row.cells[place]))
            height = round(foot - y, 1)
            if height:
                x = frame.left + n * slot + (slot - wide) / 2
                parts.append(Part(column.tint, round(x, 1), y, round(wide, 1), height))
            if n == len(rows) - 1 and height:
                middles.append((y + height / 2, column, row.cells[place]))
    return frame.drawing(lambda n: frame.left + n * slot + slot / 2, parts=parts, middles=middles)


def _tall(value: Value) -> float:
    return max(0, number(value))


def _lines(
    rows: Sequence[Row], series: Series, width: int, ceiling: float | None, dashed: frozenset[int]
) -> Drawing:  # fmt: skip
    values = [number(row.cells[place]) for row in rows for place, _column in series]
    frame = _Frame(rows, series, width, max([*values, ceiling or 0]))
    step = (frame.right - frame.left) / max(1, len(rows) - 1)
    curves, middles = [], []
    for place, column in series:
        runs: list[list[Point]] = [[]]
        for n, row in enumerate(rows):
            value = row.cells[place]
            if isinstance(value, int | float):
                runs[-1].append(Point(round(frame.left + n * step, 1), frame.y(value)))
                last = value
            elif runs[-1]:
                runs.append([])
        found = [run for run in runs if run]
        if not found:
            continue
        curves.append(
            Curve(
                column.tint,
                tuple(charts.path(run) for run in found if len(run) > 1),
                tuple(run[0] for run in found if len(run) == 1),
                place in dashed,
            )
        )
        middles.append((found[-1][-1].y, column, last))
    return frame.drawing(lambda n: frame.left + n * step, curves=curves, middles=middles, ceiling=ceiling)


class _Frame:
    """What is around the bars or lines of one drawing: scale, grid, months and labels."""

    def __init__(self, rows: Sequence[Row], series: Series, width: int, highest: float):
        self.rows, self.width = rows, width
        self.is_wide = width > PHONE
        self.right = width - (LABELS if self.is_wide else EDGE)
        self.floor = TOP + HEIGHT
        self.unit = series[0][1].unit
        self.lines = grid(highest, self.unit)
        self.ceiling = max([highest, *self.lines])
        self.left = math.ceil(max(LEFT, *(charts.text_width(short(each, self.unit)) + 8 for each in self.lines)))

    def y(self, value: float) -> float:
        return round(self.floor - value / self.ceiling * HEIGHT, 1)

    def drawing(
        self, at: Callable[[int], float], *, parts: Sequence[Part] = (), curves: Sequence[Curve] = (),
        middles: Sequence[tuple[float, Column, Value]], ceiling: float | None = None,
    ) -> Drawing:  # fmt: skip
        places = charts.spread([y for y, _c, _v in middles], GAP, TOP - 8, self.floor) if self.is_wide else []
        labels = []
        for place, (y, column, value) in zip(places, middles, strict=False):
            said = short(value, column.unit)
            room = LABELS - 24 - charts.text_width(said)
            labels.append(Label(place, round(y, 1), round(place - y, 1), charts.fit(column.label, room), said))
        return Drawing(
            self.width, self.floor + FOOT, self.left, round(self.right, 1), self.floor,
            tuple(Line(self.y(each), short(each, self.unit)) for each in self.lines),
            self._ticks(at), tuple(parts), tuple(curves), tuple(labels),
            None if ceiling is None else Line(self.y(ceiling), short(ceiling, self.unit)),
        )  # fmt: skip

    def _ticks(self, at: Callable[[int], float]) -> tuple[Tick, ...]:
        months = [row.label for row in self.rows if isinstance(row.label, date)]
        return tuple(Tick(round(at(n), 1), text) for n, text in named_months(months, self.right - self.left))


def named_months(months: Sequence[date], width: float) -> list[tuple[int, str]]:
    """Which of the months stand below a chart, and how: as many as there is room for; of many, the years."""
    if len(months) > WITH_YEAR:
        return [(n, date_format(month, "Y")) for n, month in enumerate(months) if month.month == 1]
    room = width / max(1, len(months))
    every = 1 if room >= 32 else 2 if room >= 16 else 3
    return [(n, date_format(month, "M")) for n, month in enumerate(months) if n % every == 0]


def grid(highest: float, unit: Unit) -> list[float]:
    """Where the lines of the grid are: at round hours, counts, or percents, up to `highest`, and at least one."""
    one = _hour(highest) if unit == Unit.MINUTES else 1.0 if unit == Unit.COUNT else 0.01 if unit == Unit.SHARE else 0.1
    step = max(one, charts.nice_step(highest / one, 5) * one)
    return [round(step * n, 4) for n in range(1, max(1, int(highest / step + 1e-9)) + 1)]


def _hour(highest: float) -> float:
    """An hour, or ten minutes where it is never reached."""
    return 60.0 if highest >= 60 else 10.0


def short(value: Value, unit: Unit) -> str:
    """A value as a chart has room for: whole hours."""
    if unit == Unit.MINUTES and isinstance(value, int | float) and (abs(value) >= 60 or not value):
        return _("%(n)s h") % {"n": f"{round(value / 60):,}"}
    return written(value, unit)


def _legend(
    rows: Sequence[Row], series: Series, wide: Drawing, dashed: frozenset[int] = frozenset()
) -> tuple[tuple[Key, ...], bool]:
    """Of the columns that are anything in any month; and whether the labels at the right name as many."""
    keys = tuple(
        Key(column.tint, column.label, short(rows[-1].cells[place], column.unit), place in dashed)
        for place, column in series
        if any(row.cells[place] for row in rows)
    )
    return keys, len(wide.labels) >= len(keys)


def _says(sheet: Sheet, says: str | None) -> str:
    """The finding; where none is given, what the first series was in the first month and is in the last."""
    if says is not None:
        return says
    told = [row for row in sheet.drawn if isinstance(row.cells[0], int | float)]
    column = sheet.columns[0]
    if not told:
        return column.label
    return _("%(what)s: %(first)s in %(month)s, %(last)s in %(last_month)s.") % {
        "what": column.label, "first": written(told[0].cells[0], column.unit), "month": told[0].name,
        "last": written(told[-1].cells[0], column.unit), "last_month": told[-1].name,
    }  # fmt: skip
