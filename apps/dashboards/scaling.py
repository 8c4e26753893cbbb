"""The chart of scaling out: hours of toil by month, who carries them, pivots and gatherings, and where it goes."""

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from apps.dashboards.load import Carried, tells_of_nobody
from apps.dashboards.month_charts import EDGE, FULL, MIDDLE, PHONE, Tick, named_months
from apps.roadmap.models.revision import Published
from apps.toil import months
from apps.toil.templatetags.toil import percent
from apps.web import charts
from apps.web.charts import Flag, Point

FOOT, ROW = 28, 18  # px below the axis, and of a row of labels
HEIGHT = 236  # of what is drawn between them
LABEL, BESIDE = 190, 14  # px for a label, and before it
BIG = 15 / 12  # the first line of a label, beside what texts are measured at


@dataclass(frozen=True, slots=True)
class Line:
    """A horizontal line of the grid."""

    y: float
    text: str


@dataclass(frozen=True, slots=True)
class Held:
    """How many gatherings were held in a month."""

    x: float
    count: int


@dataclass(frozen=True, slots=True)
class Row:
    """A month of the chart."""

    month: date
    all: int | None
    own: int | None
    held: int
    is_running: bool

    @property
    def others(self) -> int | None:
        return None if self.all is None or self.own is None else self.all - self.own


@dataclass(frozen=True, slots=True)
class Turn:
    """A pivot: its label, and how far down its line goes."""

    flag: Flag
    foot: float


@dataclass(frozen=True, slots=True)
class Label:
    y: float
    text: str
    more: str


@dataclass(frozen=True, slots=True)
class Drawing:
    """One drawing of it, for a slot of this width."""

    width: int
    height: int
    left: int
    right: int
    top: int
    floor: int
    grid: tuple[Line, ...]
    ticks: tuple[Tick, ...]
    all: str
    own: str
    ahead_all: str
    ahead_own: str
    turns: tuple[Turn, ...]
    held: tuple[Held, ...]
    today: float | None
    label_x: float
    labels: tuple[Label, ...]


@dataclass(frozen=True, slots=True)
class Plotted:
    """All that the chart says, before it is drawn."""

    months: tuple[date, ...]  # from the first to draw, with those to come
    today: date
    rows: tuple[Row, ...]  # those that have begun
    full: tuple[Row, ...]  # those with a line
    ahead_all: tuple[float, ...]
    ahead_own: tuple[float, ...]
    pivots: tuple[tuple[date, str], ...]
    is_split: bool
    name: str  # of whose share is shown

    @property
    def shown_pivots(self) -> list[tuple[date, str]]:
        return [(day, name) for day, name in self.pivots if self.months[0] <= day <= months.last_day(self.months[-1])]

    @property
    def first(self) -> Row:
        return self.full[0]

    @property
    def last(self) -> Row:
        return self.full[-1]


@dataclass(frozen=True, slots=True)
class Scaling:
    wide: Drawing
    middle: Drawing
    narrow: Drawing


def told(carried: Carried, pivots: Sequence[tuple[Published, str]], held: Counter[date]) -> Plotted | None:
    """None without two full months: not enough to say."""
    drawn = carried.drawn
    if len(drawn) < 2:
        return None
    rows = tuple(_row(carried, month, held) for month in carried.shown.until(carried.today) if month >= drawn[0])
    every = carried.shown.months
    return Plotted(
        tuple(every[every.index(drawn[0]) :]),
        carried.today,
        rows,
        tuple(row for row in rows if not row.is_running and row.month <= drawn[-1]),
        tuple(carried.ahead("minutes")),
        tuple(carried.ahead("own")) if carried.is_split else (),
        tuple((row.day, name) for row, name in pivots),
        carried.is_split,
        carried.desk.member.short_name if carried.is_split and carried.desk.member else "",
    )


def draw(of: Plotted) -> Scaling:
    return Scaling(*(_draw(of, width) for width in (FULL, MIDDLE, PHONE)))


def _row(carried: Carried, month: date, held: Counter[date]) -> Row:
    load = carried.everything.get(month)
    own = load.own if load and carried.is_split and tells_of_nobody(load) else None
    return Row(month, load.minutes if load else None, own, held[month], month == carried.running)


def _draw(of: Plotted, width: int) -> Drawing:
    is_wide = width > PHONE
    every, full, ahead = of.months, of.full, (of.ahead_all, of.ahead_own)
    highest = max(*(row.all or 0 for row in full), *of.ahead_all) / 60
    one = max(1, int(charts.nice_step(highest, 4)))
    ceiling = max(highest, one) * 60
    lines_at = range(one, max(one, int(highest)) + 1, one)
    widest = max(charts.text_width(hours(each * 60)) for each in lines_at)
    left = math.ceil(max(40 if is_wide else 34, widest + 8))
    right = width - (46 if is_wide else EDGE)
    today = of.today if every[0] <= of.today and months.first(of.today) <= every[-1] else None
    step = (right - left) / len(every)
    gone = max(len(full) / len(every), _along(every, today) if today else 0)
    # Labels stand in what is still to come, or beside the chart where that is too little.
    if is_wide and (right - left) * (1 - gone) + 46 < BESIDE + LABEL:
        right = width - LABEL - BESIDE
        step = (right - left) / len(every)

    def at(day: date) -> float:
        return round(left + _along(every, day) * (right - left), 1)

    def middle(n: int) -> float:
        """Of a month, where what was logged in it stands: pivots and today stand at their days."""
        return round(left + (n + 0.5) * step, 1)

    marks = [(at(day), label) for day, label in of.shown_pivots]
    placed = charts.flags(marks, width) if is_wide else [Flag(x, 0, "") for x, _label in marks]
    top = ROW * (1 + max((flag.row for flag in placed), default=0)) + 16
    floor = top + (HEIGHT if is_wide else 180)

    def y(minutes: float) -> float:
        return round(floor - minutes / ceiling * (floor - top - 12), 1)

    totals = [Point(middle(n), y(row.all or 0)) for n, row in enumerate(full)]
    own = [Point(point.x, y(row.own or 0)) for point, row in zip(totals, full, strict=True)] if of.is_split else []
    beyond = [middle(len(full) + n) for n in range(len(ahead[0]))]
    label_x = round(left + gone * (right - left) + BESIDE, 1)
    lines = [
        [*line[-1:], *(Point(x, y(value)) for x, value in zip(beyond, values, strict=True))]
        for line, values in ((totals, ahead[0]), (own, ahead[1]))
        if line
    ]
    # What lies between the lines where the labels begin, and where they end.
    bounds = [[_height_at(x, line, step) for x in (label_x, label_x + LABEL)] for line in lines]
    return Drawing(
        width, floor + FOOT + 12, left, right, top, floor,
        tuple(Line(y(each * 60), hours(each * 60)) for each in lines_at),
        tuple(Tick(middle(n), text) for n, text in named_months(every, right - left)),
        charts.area(totals, floor), charts.area(own, floor) if own else "",
        _on(totals, beyond, [y(value) for value in ahead[0]]), _on(own, beyond, [y(value) for value in ahead[1]]),
        tuple(Turn(flag, _height_at(flag.x, totals, step)) for flag in placed),
        tuple(Held(middle(n), row.held) for n, row in enumerate(of.rows) if row.held),
        at(today) if today else None,
        label_x,
        tuple(_labels(full[-1], bounds, top, floor, of.name)) if is_wide else (),
    )  # fmt: skip


def _along(every: Sequence[date], day: date) -> float:
    """How far along the chart a day is, from 0 to 1."""
    since = (day.year - every[0].year) * 12 + day.month - every[0].month + (day.day - 1) / 31
    return min(1.0, since / len(every))


def _height_at(x: float, line: Sequence[Point], step: float) -> float:
    """Where the line runs at `x`; beyond its ends, as at the end."""
    n = min(max((x - line[0].x) / step, 0), len(line) - 1) if step else 0
    before, after = line[int(n)], line[min(int(n) + 1, len(line) - 1)]
    return round(before.y + (after.y - before.y) * (n - int(n)), 1)


def _on(line: Sequence[Point], xs: Sequence[float], ys: Sequence[float]) -> str:
    """What follows the last point of a line; nothing without one."""
    if not line or not ys:
        return ""
    return charts.path([line[-1], *(Point(x, y) for x, y in zip(xs, ys, strict=True))])


def hours(minutes: float) -> str:
    return _("%(n)s h") % {"n": f"{round(minutes / 60):,}"}


def _labels(last: Row, bounds: Sequence[Sequence[float]], top: float, floor: float, name: str) -> list[Label]:
    """What was carried in the last full month, where the lines leave room; `bounds` are the heights of the lines."""
    month = date_format(last.month, "F")
    if len(bounds) < 2 or last.own is None or last.others is None or not last.all:
        everybody = _("Everybody, %(hours)s") % {"hours": hours(last.all or 0)}
        return [Label(max(bounds[0]) + 28, everybody, _("all toil in %(month)s") % {"month": month})]
    share = percent(last.own / last.all)
    said = [
        (_("Everyone else, %(hours)s") % {"hours": hours(last.others)}, _("in %(month)s") % {"month": month}),
        (
            _("%(name)s, %(hours)s") % {"name": _cut(name, hours(last.own)), "hours": hours(last.own)},
            _("%(share)s of all toil in %(month)s") % {"share": share, "month": month},
        ),
    ]
    all_y, own_y = bounds
    places = charts.spread([(max(all_y) + min(own_y)) / 2 + 4, (max(own_y) + floor) / 2], 40, top + 12, floor - 26)
    return [Label(place, text, more) for place, (text, more) in zip(places, said, strict=True)]


def _cut(name: str, beside: str) -> str:
    """As much of the name as a label has room for."""
    return charts.fit(name, LABEL / BIG - charts.text_width(f", {beside}"))
