"""Where everything stands on the map: items in columns and lines of their lane, on the picture and in the list.

The same places serve the picture of a map, the picture of a difference, and a quarter seen closer.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta

from apps.roadmap import words
from apps.roadmap.changes import Difference, What
from apps.roadmap.document import QUARTERS, Document, Item, Lane, LaneKind, Quarter
from apps.roadmap.models import CheckIn, Status
from apps.roadmap.year import COLUMNS, Span

LINES_SHOWN = 3  # of a lane, before the rest opens on demand
ALL_LINES = 40  # as many as the style sheet knows
SHORTEST = 7  # columns that a title fits into; a shorter item has it beside
BESIDE = 9  # columns for a title beside
THREE_WEEKS = timedelta(days=21)
type Checks = Mapping[str, CheckIn]  # the last of each item


@dataclass(frozen=True, slots=True)
class Bar:
    """One item in its lane. `at` and `long` are columns; so are `bar_at` and `bar_long` inside, if the title stands
    beside a short item.
    """

    item: Item
    at: int
    long: int
    state: str  # done, over, firm, likely, hunch
    check: CheckIn | None = None
    line: int = 1
    diff: str = ""  # added, moved, changed, was, dropped, same
    happened: tuple[What, ...] = ()
    says: str = ""  # of the difference
    bar_at: int = 0
    bar_long: int = 0
    arrow: tuple[int, int] | None = None  # (at, long) of the way from the old place to this one
    begins_before: bool = False
    ends_after: bool = False

    @property
    def is_short(self) -> bool:
        return bool(self.bar_long)

    @property
    def is_in_doubt(self) -> bool:
        return self.check is not None and self.check.status == Status.IN_DOUBT and not self.diff

    @property
    def is_left(self) -> bool:
        """Whether the title stands to the left of a short bar."""
        return self.is_short and self.bar_at > 1

    @property
    def beside(self) -> tuple[int, int]:
        """(column, number of columns) inside for the title of a short bar."""
        if self.is_left:
            return 1, self.bar_at - 1
        return self.bar_long + 1, self.long - self.bar_long

    @property
    def last(self) -> int:
        return self.at + self.long - 1


@dataclass(frozen=True, slots=True)
class Drawn:
    """A lane with its items."""

    lane: Lane
    bars: list[Bar]
    lines: int = LINES_SHOWN

    @property
    def shown(self) -> list[Bar]:
        return [bar for bar in self.bars if bar.line <= self.lines]

    @property
    def folded(self) -> list[Bar]:
        """What opens below, in lines counted from there."""
        return [replace(bar, line=bar.line - self.lines) for bar in self.bars if bar.line > self.lines]


def state_of(item: Item, check: CheckIn | None) -> str:
    """How an item is drawn: done and given up whatever was planned, else how sure we are."""
    if check and check.status == Status.DONE:
        return "done"
    if check and check.status == Status.GIVEN_UP:
        return "over"
    return str(item.sure)


def draw(document: Document, span: Span, checks: Checks, lines: int = LINES_SHOWN) -> list[Drawn]:
    """The lanes of a map but the team's, with the items that touch `span`."""
    lanes = []
    for lane in document.lanes:
        if lane.kind == LaneKind.SHAPE:
            continue
        bars = [_bar(item, span, checks) for item in document.in_lane(lane.id) if span.touches(item.start, item.end)]
        lanes.append(Drawn(lane, _in_lines(bars), lines))
    return lanes


def draw_difference(difference: Difference, span: Span, side: str = "both") -> list[Drawn]:
    """The lanes of both maps with what became of each item; `side` is “both”, “before” or “after”."""
    lanes = {lane.id: lane for lane in (*difference.before.lanes, *difference.after.lanes)}
    order = sorted(lanes.values(), key=lambda lane: (not lane.above, lane.position, lane.id))
    bars: dict[str, list[Bar]] = {lane.id: [] for lane in order}
    document = difference.before if side == "before" else difference.after
    for item in document.items.values():
        change = difference.by_item.get(item.id)
        bar = _bar(item, span, {})
        if change is None:
            bars[item.lane].append(replace(bar, diff="same"))
        elif side == "before":
            bars[item.lane].append(replace(bar, diff="dropped" if change.after is None else "was"))
        elif change.drawn == "moved":
            bars[item.lane].extend(_moved(replace(bar, happened=change.happened), change.before, span, side))
        else:
            bars[item.lane].append(replace(bar, diff=change.drawn, happened=change.happened))
    if side == "both":
        for change in difference.items:
            if change.after is None:
                bar = _bar(change.before, span, {})
                bars[change.before.lane].append(replace(bar, diff="dropped", happened=change.happened))
    return [Drawn(lane, _in_lines(bars[lane.id]), ALL_LINES) for lane in order if lane.kind != LaneKind.SHAPE]


def _moved(bar: Bar, before: Item, span: Span, side: str) -> list[Bar]:
    """An item at its new place, and its ghost at the old one with the way between them, where there is room for it."""
    now = replace(bar, diff="moved", says=words.shift(before, bar.item))
    if side != "both" or before.lane != bar.item.lane:
        return [now]
    ghost = replace(
        _bar(before, span, {}),
        diff="was",
        says=words.of_item(before),
        happened=(),
        state=str(before.sure),
    )
    if ghost.last + 1 < now.at:
        now = replace(now, arrow=(ghost.last + 1, now.at - ghost.last - 1))
    elif now.last + 1 < ghost.at:
        now = replace(now, arrow=(now.last + 1, ghost.at - now.last - 1))
    return [ghost, now]


def _bar(item: Item, span: Span, checks: Checks) -> Bar:
    check = checks.get(item.id)
    at, long = span.place(item.start, item.end)
    bar = Bar(
        item,
        at,
        long,
        state_of(item, check),
        check,
        begins_before=item.start < span.start,
        ends_after=item.end > span.end,
    )
    if long >= SHORTEST:
        return bar
    if bar.last + BESIDE <= COLUMNS:
        return replace(bar, long=long + BESIDE, bar_at=1, bar_long=long)
    return replace(bar, at=at - BESIDE, long=long + BESIDE, bar_at=BESIDE + 1, bar_long=long)


def _in_lines(bars: list[Bar]) -> list[Bar]:
    """Each bar in the first line with room for it; a ghost and its item share one if both find room there."""
    taken: list[list[tuple[int, int]]] = []
    placed: list[Bar] = []
    pairs: dict[str, list[Bar]] = {}
    for bar in bars:
        pairs.setdefault(bar.item.id, []).append(bar)
    groups = sorted(pairs.values(), key=lambda pair: (min(bar.at for bar in pair), pair[-1].item.id))
    for pair in groups:
        together = len(pair) == 2 and any(bar.arrow for bar in pair)
        for group in [pair] if together else [[bar] for bar in pair]:
            first, last = min(bar.at for bar in group), max(bar.last for bar in group)
            line = next(
                (n for n, there in enumerate(taken) if all(last < a or b < first for a, b in there)), len(taken)
            )
            if line == len(taken):
                taken.append([])
            taken[line].append((first, last))
            placed += [replace(bar, line=line + 1) for bar in group]
    # The order of the list is the order of time, whatever line a bar found.
    return sorted(placed, key=lambda bar: (bar.item.start, bar.item.end, bar.item.id))


@dataclass(frozen=True, slots=True)
class Flag:
    """A pivot, or today, at its column above the map. A label that would lie on the next one stays away."""

    at: int
    day: date
    is_pivot: bool
    has_label: bool = True


@dataclass(frozen=True, slots=True)
class Head:
    """One quarter in the map's head."""

    quarter: Quarter
    months: list[date]
    is_now: bool


LABEL = 4  # columns that the label of a flag needs


def flags(span: Span, pivots: list[date], today: date) -> list[Flag]:
    """Pivots in `span` and today, from left to right."""
    found = [Flag(span.column(day), day, True) for day in sorted(set(pivots)) if day in span]
    now = [Flag(span.column(today), today, False)] if today in span else []
    result = []
    for place, flag in enumerate(found):
        later = [other.at for other in (*found[place + 1 :], *now) if other.at >= flag.at]
        result.append(replace(flag, has_label=not later or min(later) - flag.at >= LABEL))
    return result + now


def heads(quarters: list[Quarter], year: Span, only: int | None, today: date) -> list[Head]:
    """The quarters that are drawn, with their months."""
    return [
        Head(quarter, (span := year.quarter(quarter.number)).all_months, today in span)
        for quarter in quarters
        if only in (None, quarter.number)
    ]


@dataclass(frozen=True, slots=True)
class Core:
    """One quarter as a list: what stands in it, lane by lane."""

    number: int
    span: Span
    is_now: bool
    is_past: bool
    document: Document
    year: Span
    checks: Checks

    @property
    def lanes(self) -> list[Drawn]:
        """The lanes with something in this quarter. An item stands in every quarter that it fills for at least three
        weeks, and always in one.
        """
        found = []
        for lane in self.document.lanes:
            here = [item for item in self.document.in_lane(lane.id) if self.number in _quarters_of(item, self.year)]
            if here:
                found.append(Drawn(lane, [_plain(item, self.checks) for item in here]))
        return found


def cores(document: Document, year: Span, checks: Checks, today: date) -> list[Core]:
    """The map as a list."""
    spans = {number: year.quarter(number) for number in QUARTERS}
    return [
        Core(number, span, today in span, span.end < today, document, year, checks) for number, span in spans.items()
    ]


def _quarters_of(item: Item, year: Span) -> set[int]:
    filled = {}
    for number in QUARTERS:
        span = year.quarter(number)
        if span.touches(item.start, item.end):
            filled[number] = min(item.end, span.end) - max(item.start, span.start) + timedelta(days=1)
    long_enough = {number for number, time in filled.items() if time >= THREE_WEEKS}
    return long_enough or {max(filled, key=lambda number: (filled[number], -number))}


def _plain(item: Item, checks: Checks) -> Bar:
    check = checks.get(item.id)
    return Bar(item, 1, COLUMNS, state_of(item, check), check)
