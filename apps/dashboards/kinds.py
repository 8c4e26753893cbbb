"""The chart of kinds of toil: hours by month and category, stacked."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _

from apps.dashboards import sql
from apps.dashboards.scaling import hours
from apps.toil.models import Category
from apps.web import charts

MOST = 6  # kinds drawn apart: the colours there are; the rest is one


@dataclass(frozen=True, slots=True)
class Kind:
    label: str
    tint: int
    minutes: tuple[int, ...]  # by month

    @property
    def last(self) -> int:
        return self.minutes[-1]

    @property
    def first(self) -> int:
        return self.minutes[0]


@dataclass(frozen=True, slots=True)
class Part:
    tint: int
    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True, slots=True)
class Label:
    y: float  # of the text
    at: float  # the middle of what it names
    text: str
    hours: str


@dataclass(frozen=True, slots=True)
class Drawing:
    width: int
    height: int
    right: float
    floor: int
    parts: list[Part]
    months: list[tuple[float, date]]
    grid: list[tuple[float, int]]
    labels: list[Label]


@dataclass(frozen=True, slots=True)
class Kinds:
    months: list[date]
    kinds: list[Kind]
    wide: Drawing
    narrow: Drawing

    @property
    def fell(self) -> Kind | None:
        """What fell most in hours from the first month to the last."""
        one = min(self.kinds, key=lambda kind: kind.last - kind.first)
        return one if one.last < one.first else None

    @property
    def rose(self) -> Kind | None:
        one = max(self.kinds, key=lambda kind: kind.last - kind.first)
        return one if one.last > one.first else None


def kinds(months: Sequence[date]) -> Kinds | None:
    """Of these full months; None where nothing was logged in them. Two queries."""
    if not months:
        return None
    place = {month: n for n, month in enumerate(months)}
    sums: dict[int | None, list[int]] = defaultdict(lambda: [0] * len(months))
    for row in sql.kinds(months[0], months[-1]):
        if row.month in place:
            sums[row.category][place[row.month]] += row.minutes
    if not sums:
        return None
    found = _named(sums)
    return Kinds(list(months), found, _draw(found, months, 520), _draw(found, months, 350))


def _named(sums: dict[int | None, list[int]]) -> list[Kind]:
    """The kinds in the order of the categories; those with the least minutes together, where there are too many."""
    known = {category.pk: category for category in Category.objects.all()}
    order = [pk for pk in known if pk in sums]
    kept = sorted(order, key=lambda pk: -sum(sums[pk]))[: MOST if len(order) <= MOST else MOST - 1]
    named = [Kind(known[pk].label, known[pk].tint, tuple(sums[pk])) for pk in order if pk in kept]
    rest = [sums[pk] for pk in sums if pk not in kept]
    if rest:
        label = _("Other") if len(order) > len(kept) else _("No category")
        named.append(Kind(label, 0, tuple(map(sum, zip(*rest, strict=True)))))
    return named


def _draw(kinds: Sequence[Kind], months: Sequence[date], width: int) -> Drawing:
    is_wide = width > 400
    floor, top, left = 220, 20, 34
    right = width - (170 if is_wide else 4)
    slot = (right - left) / len(months)
    wide = min(32, slot * 0.74)
    totals = [sum(kind.minutes[n] for kind in kinds) for n in range(len(months))]
    highest = max(totals) / 60
    one = max(1, int(charts.nice_step(highest, 4)))
    scale = (floor - top) / (max(highest, one) * 60)
    parts, middles = [], []
    for n in range(len(months)):
        y: float = floor
        for kind in kinds:
            height = kind.minutes[n] * scale
            y -= height
            if height:
                x = left + n * slot + (slot - wide) / 2
                parts.append(Part(kind.tint, round(x, 1), round(y, 1), round(wide, 1), round(height, 1)))
            if n == len(months) - 1:
                middles.append(y + height / 2)
    shown = [(middle, kind) for middle, kind in zip(middles, kinds, strict=True) if kind.last]
    places = charts.spread([middle for middle, _kind in shown], 17, top, floor) if is_wide else []
    every = 1 if is_wide and len(months) <= 9 else 2 if len(months) <= 14 else 6
    return Drawing(
        width, floor + 30, right, floor, parts,
        [(round(left + n * slot + slot / 2, 1), month) for n, month in enumerate(months) if n % every == 0],
        [(round(floor - n * 60 * scale, 1), n) for n in range(one, int(highest) + 1, one)],
        [
            Label(place, round(middle, 1), charts.fit(kind.label, 118), hours(kind.last))
            for place, (middle, kind) in zip(places, shown, strict=True)
        ] if is_wide else [],
    )  # fmt: skip
