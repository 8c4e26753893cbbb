"""Where groups and their names go on the chart “use frequency × pain”: places in, SVG numbers out; the template draws.

All lengths are units of VIEW_BOX, one CSS pixel at full width; y grows downwards. Names look for free room in turn;
a name that finds none becomes a number in its dot, and stands in the list beside the chart.
"""

import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from math import ceil, hypot, inf, sqrt
from typing import Literal, NamedTuple

VIEW_BOX = "58 6 666 424"
LEFT, TOP, RIGHT, BOTTOM = 60.0, 30.0, 720.0, 400.0
CELL_WIDTH, CELL_HEIGHT = 132.0, 74.0
DOT, FOCUS_RING, RINGS = 8.0, 13.0, {"firm": 20.0, "likely": 32.0, "hunch": 48.0}
NAME_SIZE, SAY_SIZE, ASCENT, LINE, DESCENT = 13.0, 12.0, 11.5, 17.0, 4.0
SHORTEST = 7.5 * NAME_SIZE
LENGTHS = (inf, 2 * SHORTEST, SHORTEST)

type Box = tuple[float, float, float, float]  # left, top, right, bottom
# Where the template writes “hurts, rarely”, “hurts every day”, “quiet” and “used daily, seldom heard”.
CORNERS: list[Box] = [(70, 31, 184, 48), (580, 31, 710, 48), (70, 382, 136, 399), (530, 382, 710, 399)]


@dataclass(frozen=True, slots=True)
class Place:
    """A group and where it sits: frequency and pain from 1 to 5, now and, if it moved, before."""

    key: int
    name: str
    say: str
    frequency: int
    pain: int
    confidence: Literal["hunch", "likely", "firm"]
    is_own: bool = False
    is_focus: bool = False
    came_from: tuple[int, int] | None = None


class Trail(NamedTuple):
    """The line from where a group was before to the edge of where it is now."""

    x1: float
    y1: float
    x2: float
    y2: float


@dataclass(frozen=True, slots=True)
class Label:
    """The name and, if `say_y` is set, a second line; `name_y` and `say_y` are baselines, `box` is what it covers."""

    x: float
    anchor: Literal["start", "end"]
    name: str
    name_y: float
    say: str
    say_y: float | None
    box: Box


@dataclass(frozen=True, slots=True)
class Dot:
    """A group on the chart: its middle, its radii, and either a label or a number. `place` keeps the full texts."""

    place: Place
    cx: float
    cy: float
    ring: float
    focus_ring: float | None
    trail: Trail | None
    label: Label | None = None
    number: int | None = None


@dataclass(frozen=True, slots=True)
class Chart:
    """All dots by key, and those with a number in place of a name, by number, for the list beside the chart."""

    dots: tuple[Dot, ...]
    numbered: tuple[Dot, ...]


def layout(places: Iterable[Place]) -> Chart:
    """The same places give the same chart, in whatever order they come."""
    dots = _dots(sorted(places, key=lambda place: place.key))
    # Long texts take room from others: if somebody stays without a name, all speak more briefly.
    lengths = dict.fromkeys(max(120, length * _crowd(len(dots))) for length in (264, 190, 120))
    labels = max((_labels(dots, longest) for longest in lengths), key=len)
    nameless = sorted((dot for dot in dots if dot.place.key not in labels), key=lambda dot: (dot.cy, dot.cx))
    numbers = {dot.place.key: number for number, dot in enumerate(nameless, 1)}
    dots = [replace(dot, label=labels.get(dot.place.key), number=numbers.get(dot.place.key)) for dot in dots]
    return Chart(tuple(dots), tuple(sorted((dot for dot in dots if dot.number), key=lambda dot: dot.number or 0)))


def _crowd(count: int) -> float:
    """How much of its full size a thing keeps among so many: 1 for up to six, then less and less."""
    return sqrt(6 / max(6, count))


def _middle(frequency: int, pain: int) -> tuple[float, float]:
    return LEFT + CELL_WIDTH * (frequency - 0.5), BOTTOM - CELL_HEIGHT * (pain - 0.5)


def _dots(places: Sequence[Place]) -> list[Dot]:
    cells = Counter((place.frequency, place.pain) for place in places)
    seats = {cell: _seats(*cell, count) for cell, count in cells.items()}
    dots = []
    for place in places:
        cell = place.frequency, place.pain
        cx, cy = next(seats[cell])
        edge = min(cx - LEFT, RIGHT - cx, cy - TOP, BOTTOM - cy)
        unsure = (RINGS[place.confidence] - FOCUS_RING) * _crowd(max(len(places), 4 * cells[cell]))
        ring = round(min(edge, FOCUS_RING + unsure), 1)
        focus_ring = min(edge, FOCUS_RING) if place.is_focus else None
        dots.append(Dot(place, cx, cy, ring, focus_ring, _trail(place, cx, cy, ring)))
    return dots


def _seats(frequency: int, pain: int, count: int) -> Iterator[tuple[float, float]]:
    """Even places around a cell's middle, in columns, as names go to the left and the right. Up to 32 do not touch."""
    cx, cy = _middle(frequency, pain)
    height, rows = CELL_HEIGHT, min(4, ceil(sqrt(count)))
    if {frequency, pain} <= {1, 5} and 1 < count <= 14:
        # The words in the corner stay readable: those who share that cell keep off them, unless they are too many.
        height, rows = 46, 1 if count < 4 else 2
        cy += 14 if pain == 5 else -14
    columns = ceil(count / rows)
    across = min(36, CELL_WIDTH / columns)
    for column in range(columns):
        rows = len(range(column, count, columns))
        for row in range(rows):
            x, y = cx + across * (column - (columns - 1) / 2), cy + height / rows * (row - (rows - 1) / 2)
            yield round(x, 2), round(y, 2)


def _trail(place: Place, cx: float, cy: float, ring: float) -> Trail | None:
    if place.came_from in (None, (place.frequency, place.pain)):
        return None
    x, y = _middle(*place.came_from)
    rest = ring / hypot(cx - x, cy - y)
    return Trail(x, y, round(cx + (x - cx) * rest, 1), round(cy + (y - cy) * rest, 1))


def _labels(dots: Sequence[Dot], longest: float) -> dict[int, Label]:
    """Labels by key. The focus chooses its room first, then whoever hurts most."""
    taken = [_around(dot.cx, dot.cy, FOCUS_RING + 2) for dot in dots] + CORNERS
    trails = [box for dot in dots if dot.trail for box in _along(dot.trail)]
    labels: dict[int, Label] = {}
    for dot in sorted(dots, key=lambda dot: (not dot.place.is_focus, -dot.place.pain * dot.place.frequency)):
        rings = [_around(other.cx, other.cy, other.ring + 4) for other in dots if other is not dot]
        if label := _label(dot, taken, rings + trails, longest):
            labels[dot.place.key] = label
            left, top, right, bottom = label.box
            taken.append((left - 8, top - 1, right + 8, bottom + 1))
    return labels


def _around(x: float, y: float, reach: float) -> Box:
    return x - reach, y - reach, x + reach, y + reach


def _along(trail: Trail) -> list[Box]:
    steps = 1 + int(hypot(trail.x2 - trail.x1, trail.y2 - trail.y1) / 24)
    across, down = (trail.x2 - trail.x1) / steps, (trail.y2 - trail.y1) / steps
    return [_around(trail.x1 + across * step, trail.y1 + down * step, 6) for step in range(steps + 1)]


class _Spot(NamedTuple):
    """Room for text that begins at `x` and runs to the right (`way` 1) or to the left (-1)."""

    x: float
    way: int
    name_y: float
    room: float


def _label(dot: Dot, taken: list[Box], lines: list[Box], longest: float) -> Label | None:
    """The full text, less of what was said, the name alone: first where no ring or trail runs through, then anywhere.

    Only if all that fails is the name itself shortened.
    """
    name, say = text_width(dot.place.name, NAME_SIZE), text_width(dot.place.say, SAY_SIZE)
    wishes = [(LINE, min(say, length)) for length in LENGTHS if say] + [(0.0, 0.0)]
    clear = {under: _spots(dot, dot.ring, under, taken + lines, longest) for under, _ in wishes}
    crossed = {under: _spots(dot, FOCUS_RING, under, taken, longest) for under, _ in wishes}
    for length in LENGTHS:
        for spots in (clear, crossed):
            for under, least_say in wishes:
                for spot in spots[under]:
                    if spot.room >= max(least_say, min(name, length)):
                        return _written(dot.place, spot, under)
    return None


def _spots(dot: Dot, radius: float, under: float, boxes: list[Box], longest: float) -> list[_Spot]:
    """On the side of the chart's middle, on the other side, above and below; `under` is the second line's height."""
    inwards = 1 if dot.cx < (LEFT + RIGHT) / 2 else -1
    beside, above, below = dot.cy + 4.5 - under * 0.44, dot.cy - radius - 8 - under, dot.cy + radius + 4 + ASCENT
    spots = []
    # Above and below, text begins over the dot or, where that is too narrow, before it.
    for name_y, backs in ((beside, (-radius - 7,)), (above, (DOT, 60)), (below, (DOT, 60))):
        top, bottom = name_y - ASCENT, name_y + under + DESCENT
        if top < TOP + 2 or bottom > BOTTOM - 2:
            continue
        level = [box for box in boxes if box[1] < bottom and box[3] > top]
        for back in backs:
            for way in (inwards, -inwards):
                x = min(max(dot.cx - way * back, LEFT + 4), RIGHT - 4)
                spots.append(_Spot(x, way, name_y, min(longest, _room(x, way, level))))
    return spots


def _room(x: float, way: int, boxes: list[Box]) -> float:
    """How far a text can run before it meets the frame or one of the boxes beside it; negative inside a box."""
    if way > 0:
        return min([RIGHT - 4, *(left for left, _, right, _ in boxes if right > x)]) - x
    return x - max([LEFT + 4, *(right for left, _, right, _ in boxes if left < x)])


def _written(place: Place, spot: _Spot, under: float) -> Label:
    x, name_y = round(spot.x, 1), round(spot.name_y, 1)
    name = shorten(place.name, NAME_SIZE, spot.room)
    say = shorten(place.say, SAY_SIZE, spot.room) if under else ""
    end = x + spot.way * max(text_width(name, NAME_SIZE), text_width(say, SAY_SIZE))
    box = min(x, end), name_y - ASCENT, max(x, end), name_y + under + DESCENT
    return Label(x, "start" if spot.way > 0 else "end", name, name_y, say, name_y + under if under else None, box)


def text_width(text: str, size: float) -> float:
    """A generous guess at how wide a text of this font size is: the server does not know the reader's font."""
    return size * sum(map(_ems, text))


@lru_cache(maxsize=4096)
def _ems(char: str) -> float:
    if unicodedata.category(char) in ("Mn", "Me", "Cf") or "\U0001f3fb" <= char <= "\U0001f3ff":
        return 0
    if unicodedata.east_asian_width(char) in "WFA" or char in "MWmw@%":
        return 1
    if char in "ijlI .,:;'|!":
        return 0.38
    return 0.78 if char.isupper() else 0.64


def shorten(text: str, size: float, room: float) -> str:
    """The text, or as much of it as fits into `room` with an ellipsis; marks stay with the sign they belong to."""
    if text_width(text, size) <= room:
        return text
    left, end = room / size - _ems("…"), 0
    while end < len(text) and left >= _ems(text[end]):
        left -= _ems(text[end])
        end += 1
    while 0 < end < len(text) and (_ems(text[end]) == 0 or text[end - 1] == "\u200d"):
        end -= 1
    return text[:end].rstrip() + "…"
