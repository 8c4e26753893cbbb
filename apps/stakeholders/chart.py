"""Where groups and their names go on the chart “use frequency × pain”: places in, SVG numbers out; the template draws.

All lengths are units of VIEW_BOX, one CSS pixel at full width; y grows downwards. Each name takes the cheapest of the
places around its dot. A name never lies on another, on another group's dot or on the words in the corners, and is never
nearer to another dot than to its own; where it finds no place, its dot gets a number that stands in the list below.
"""

import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from math import ceil, hypot, inf, sqrt
from typing import Literal, NamedTuple


class Font(NamedTuple):
    """How large, in units, and how heavy a text is written; the same stands in the style sheet."""

    size: float
    is_bold: bool


VIEW_BOX = "58 6 666 424"
LEFT, TOP, RIGHT, BOTTOM = 60.0, 30.0, 720.0, 400.0
CELL_WIDTH, CELL_HEIGHT = 132.0, 74.0
DOT, FOCUS_RING, RINGS = 8.0, 13.0, {"firm": 20.0, "likely": 32.0, "hunch": 48.0}
NAME, SAY = Font(13.0, is_bold=True), Font(12.0, is_bold=False)
ASCENT, LINE, DESCENT = 11.5, 15.0, 4.0
SHORTEST = 7.5 * NAME.size
FEW, SPEAKING = 8, 12  # groups: so many are named rather than numbered; so many say more than their name

type Box = tuple[float, float, float, float]  # left, top, right, bottom
# Where the template writes “hurts, rarely”, “hurts every day”, “quiet” and “used daily, seldom heard”.
CORNERS: list[Box] = [(70, 31, 162, 48), (592, 31, 710, 48), (70, 382, 110, 399), (550, 382, 710, 399)]


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
    anchor: Literal["start", "middle", "end"]
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

    @property
    def has_focus(self) -> bool:
        return any(dot.focus_ring for dot in self.dots)


def layout(places: Iterable[Place]) -> Chart:
    """The same places give the same chart, in whatever order they come."""
    dots = _dots(sorted(places, key=lambda place: place.key))
    labels = _labels(dots)
    nameless = sorted((dot for dot in dots if dot.place.key not in labels), key=lambda dot: (dot.cy, dot.cx))
    numbers = {dot.place.key: number for number, dot in enumerate(nameless, 1)}
    dots = [replace(dot, label=labels.get(dot.place.key), number=numbers.get(dot.place.key)) for dot in dots]
    return Chart(tuple(dots), tuple(sorted((dot for dot in dots if dot.number), key=lambda dot: dot.number or 0)))


def _crowd(count: int) -> float:
    """How much of its full size a thing keeps among so many: 1 for up to six, then less and less."""
    return sqrt(6 / max(6, count))


def _middle(frequency: int, pain: int) -> tuple[float, float]:
    return LEFT + CELL_WIDTH * (frequency - 0.5), BOTTOM - CELL_HEIGHT * (pain - 0.5)


def _inwards(x: float) -> int:
    """On which side the chart's middle lies: 1 for the right."""
    return 1 if x < (LEFT + RIGHT) / 2 else -1


def _dots(places: Sequence[Place]) -> list[Dot]:
    cells = Counter((place.frequency, place.pain) for place in places)
    seats = {cell: _seats(*cell, count) for cell, count in cells.items()}
    # The first seats are those whose names find room most easily.
    first = sorted(places, key=lambda place: not place.is_focus)
    seated = {place.key: next(seats[place.frequency, place.pain]) for place in first}
    dots = []
    for place in places:
        cx, cy = seated[place.key]
        # A ring keeps off the frame, the words in the corners and the dots of others.
        edge = min(cx - LEFT, RIGHT - cx, cy - TOP, BOTTOM - cy)
        nearest = min((hypot(cx - x, cy - y) for x, y in seated.values() if (x, y) != (cx, cy)), default=inf)
        free = min(edge, nearest - DOT - 2, *(_distance(words, cx, cy) for words in CORNERS))
        # Where there is less room than for the widest, all are narrower, so that less sure stays wider.
        part = min(_crowd(len(places)), max(0, free - FOCUS_RING) / (max(RINGS.values()) - FOCUS_RING))
        ring = round(min(edge, FOCUS_RING + (RINGS[place.confidence] - FOCUS_RING) * part), 1)
        focus_ring = min(ring, FOCUS_RING) if place.is_focus else None
        dots.append(Dot(place, cx, cy, ring, focus_ring, _trail(place, cx, cy, ring)))
    return dots


def _seats(frequency: int, pain: int, count: int) -> Iterator[tuple[float, float]]:
    """Even places around a cell's middle in columns, as names go to the left and the right. Up to 32 do not touch."""
    cx, cy = _middle(frequency, pain)
    rows, height, widest = min(4, count), 58, 40
    if {frequency, pain} <= {1, 5} and count <= 24:
        # The words in the corner stay readable: those who share that cell keep off them, unless they are too many.
        off, widest = {1: (14, 0), 2: (12, 34)}.get(count, (9, 40))
        rows, height = min(3, rows), 40
        cy += off if pain == 5 else -off
    columns = ceil(count / rows)
    across, down = _inwards(cx) * -min(36, CELL_WIDTH / columns), min(widest, height / max(1, rows - 1))
    for column in range(columns):
        rows = len(range(column, count, columns))
        for row in range(rows):
            x, y = cx + across * (column - (columns - 1) / 2), cy + down * (row - (rows - 1) / 2)
            yield round(x, 2), round(y, 2)


def _trail(place: Place, cx: float, cy: float, ring: float) -> Trail | None:
    if place.came_from in (None, (place.frequency, place.pain)):
        return None
    x, y = _middle(*place.came_from)
    rest = ring / hypot(cx - x, cy - y)
    return Trail(x, y, round(cx + (x - cx) * rest, 1), round(cy + (y - cy) * rest, 1))


def _labels(dots: Sequence[Dot]) -> dict[int, Label]:
    """Labels by key. The focus chooses first, then whoever hurts most."""
    order = sorted(dots, key=lambda dot: (not dot.place.is_focus, -dot.place.pain * dot.place.frequency))
    best: dict[int, Label] = {}
    # If somebody stays without a name, they choose before the others, and then all speak more briefly.
    for longest in dict.fromkeys(max(150, length * _crowd(len(dots))) for length in (264, 190)):
        for _attempt in range(2):
            labels = _placed(order, longest)
            if len(labels) > len(best):
                best = labels
            if len(best) == len(dots):
                return best
            order.sort(key=lambda dot: (not dot.place.is_focus, dot.place.key in labels))
    return best


def _placed(order: Sequence[Dot], longest: float) -> dict[int, Label]:
    """Labels by key: one after the other, each in the cheapest place that is left."""
    most = TOO_MUCH if len(order) > FEW else inf
    labels: dict[int, Label] = {}
    for dot in order:
        around = _Around(dot, order, [label.box for label in labels.values()])
        # Two lines take more height than there is between those who sit close together.
        is_speaking = bool(dot.place.say) and len(order) <= SPEAKING and around.nearest > 2 * LINE
        if label := around.cheapest(longest, most, is_speaking=is_speaking):
            labels[dot.place.key] = label
    return labels


# What a place for a label costs, in points. Among many groups a number reads easier than a label that costs TOO_MUCH.
TOO_MUCH = 40.0
OUTWARDS, NOT_LEVEL, NOT_BESIDE, OVER_OWN_RING, OVER_TRAIL = 4.0, 5.0, 12.0, 6.0, 8.0
SHORT_NAME, NO_SAY, SHORT_SAY = 30.0, 20.0, 10.0
OVER_RING, NEAR_RING, NEAR_DOT, CLOSE_LINES = 45.0, 24.0, 16.0, 16.0
# Room between a label and what it belongs to, the next label on its line, and the next label below, if there is any.
TO_OWN, BESIDE, BELOW = 6.0, 12.0, 9.0


class _Spot(NamedTuple):
    """Room for text: from `x` to the right (`way` 1), to the left (-1) or both (0). `under` is the second line's."""

    x: float
    way: int
    name_y: float
    under: float
    cost: float

    def box(self, width: float) -> Box:
        left = self.x - width * (1 - self.way) / 2
        return left, self.name_y - ASCENT, left + width, self.name_y + self.under + DESCENT


class _Around:
    """What lies around a dot, among which its label looks for a place."""

    def __init__(self, dot: Dot, dots: Sequence[Dot], taken: Sequence[Box]) -> None:
        self.dot, self.taken = dot, taken
        # As numbers, since most of the time goes into these; no label reaches further up or down.
        self.others = [
            (each.cx, each.cy, each.ring) for each in dots if each is not dot and abs(each.cy - dot.cy) < 130
        ]
        self.nearest = min((hypot(dot.cx - cx, dot.cy - cy) for cx, cy, _ring in self.others), default=inf)
        self.trails = [other.trail for other in dots if other.trail]
        self.walls = CORNERS + [(box[0] - BESIDE, box[1] - 1, box[2] + BESIDE, box[3] + 1) for box in taken]

    def cheapest(self, longest: float, most: float, *, is_speaking: bool) -> Label | None:
        """A label no line of which is longer than `longest`, or None where all cost `most` or more."""
        # Texts of nothing but marks take no room at all.
        name, say = max(1, text_width(self.dot.place.name, NAME)), max(1, text_width(self.dot.place.say, SAY))
        least_name, least_say = min(name, SHORTEST), min(say, SHORTEST)
        found: tuple[_Spot, float] | None = None
        for spot in _spots(self.dot, is_speaking=is_speaking):
            if spot.cost + (NO_SAY if is_speaking and not spot.under else 0) >= most:
                continue
            needed, wanted = (max(least_name, least_say), max(name, say)) if spot.under else (least_name, name)
            room = min(longest, wanted, self.room(spot, FOCUS_RING + 3))
            if room < needed:
                continue
            # All the room there is, or as much as ends before somebody's ring, or what the whole name takes.
            clear = max(needed, min(room, self.room(spot)))
            for width in dict.fromkeys((room, clear, min(room, max(needed, name)))):
                cost = spot.cost + SHORT_NAME * max(0, 1 - width / min(name, longest))
                if is_speaking:
                    cost += SHORT_SAY * max(0, 1 - width / min(say, longest)) if spot.under else NO_SAY
                if cost < most and (cost := cost + self.trouble(spot.box(width))) < most:
                    most, found = cost, (spot, width)
        return _written(self.dot.place, *found) if found else None

    def room(self, spot: _Spot, reach: float | None = None) -> float:
        """How far a text can run before it meets the frame, words or a dot, kept off by `reach` or by its ring."""
        _left, top, _right, bottom = spot.box(0)
        start, end = LEFT + 4, RIGHT - 4
        if not start <= spot.x <= end:
            return 0
        blocks = [(box[0], box[2]) for box in self.walls if box[1] < bottom and box[3] > top]
        for cx, cy, ring in self.others:
            radius = reach or ring + 3
            away = top - cy if cy < top else cy - bottom if cy > bottom else 0
            if away < radius:
                half = sqrt(radius * radius - away * away)
                blocks.append((cx - half, cx + half))
        for left, right in blocks:
            if left < spot.x < right:
                return 0
            if left >= spot.x:
                end = min(end, left)
            else:
                start = max(start, right)
        if spot.way:
            return end - spot.x if spot.way > 0 else spot.x - start
        return 2 * min(end - spot.x, spot.x - start)

    def trouble(self, box: Box) -> float:
        """What it costs that a label there is hard to tell from others; infinite if it seems to be somebody else's."""
        left, top, right, bottom = box
        own = _distance(box, self.dot.cx, self.dot.cy)
        own_gap = max(0, own - self.dot.ring) + 2 * TO_OWN
        cost = 0.0
        for cx, cy, ring in self.others:
            to_dot = _distance(box, cx, cy)
            if to_dot < own + 1:
                return inf
            gap = to_dot - ring
            if gap < 0:
                cost += NEAR_RING + OVER_RING * min(1, -gap / ring)
            elif gap < own_gap:
                cost += NEAR_RING * (1 - gap / own_gap)
            cost += NEAR_DOT * max(0, 1 - (to_dot - own) / BELOW)
        for other_left, other_top, other_right, other_bottom in (*self.taken, *CORNERS):
            if other_left < right and left < other_right:
                cost += CLOSE_LINES * max(0, 1 - max(top - other_bottom, other_top - bottom) / BELOW)
        return cost + OVER_TRAIL * sum(_hidden(box, trail) for trail in self.trails)


def _spots(dot: Dot, *, is_speaking: bool) -> Iterator[_Spot]:
    """Beside the dot, on the side of the chart's middle and on the other, level or not; then above and below it."""
    inwards = _inwards(dot.cx)
    for under in (LINE, 0.0) if is_speaking else (0.0,):
        for radius, own in ((dot.ring, 0.0), (FOCUS_RING, OVER_OWN_RING)):
            for shift in (0.0, -13.0, 13.0):
                name_y = dot.cy + 4.5 - under * 0.44 + shift
                for way in (inwards, -inwards):
                    x = dot.cx + way * (radius + TO_OWN - (3 if shift else 0))
                    cost = own + (NOT_LEVEL if shift else 0) + (0 if way == inwards else OUTWARDS)
                    yield from _inside(x, way, name_y, under, cost)
            above = dot.cy - radius - TO_OWN - DESCENT + 2 - under
            below = dot.cy + radius + TO_OWN + ASCENT - 3
            for name_y in (above, below):
                for way in (0, inwards, -inwards):
                    cost = own + NOT_BESIDE + (OUTWARDS / 2 if way else 0)
                    yield from _inside(dot.cx - way * DOT, way, name_y, under, cost)
            if dot.ring == FOCUS_RING:
                break


def _inside(x: float, way: int, name_y: float, under: float, cost: float) -> Iterator[_Spot]:
    if name_y - ASCENT >= TOP + 2 and name_y + under + DESCENT <= BOTTOM - 2:
        yield _Spot(x, way, name_y, under, cost)


def _distance(box: Box, x: float, y: float) -> float:
    left, top, right, bottom = box
    across = left - x if x < left else x - right if x > right else 0
    down = top - y if y < top else y - bottom if y > bottom else 0
    return hypot(across, down)


def _hidden(box: Box, trail: Trail) -> float:
    """How much of a trail runs beneath a box: 0 for nothing, 1 for all of it."""
    x, y, x2, y2 = trail
    start, end = 0.0, 1.0
    for at, way, low, high in ((x, x2 - x, box[0], box[2]), (y, y2 - y, box[1], box[3])):
        if not way:
            if not low < at < high:
                return 0
            continue
        enters, leaves = sorted(((low - at) / way, (high - at) / way))
        start, end = max(start, enters), min(end, leaves)
    return max(0, end - start)


def _written(place: Place, spot: _Spot, width: float) -> Label:
    x, name_y = round(spot.x, 1), round(spot.name_y, 1)
    name = shorten(place.name, NAME, width)
    say = shorten(place.say, SAY, width) if spot.under else ""
    box = spot._replace(x=x, name_y=name_y).box(max(text_width(name, NAME), text_width(say, SAY)))
    anchor: Literal["start", "middle", "end"] = "middle" if not spot.way else "start" if spot.way > 0 else "end"
    return Label(x, anchor, name, name_y, say, name_y + spot.under if spot.under else None, box)


def text_width(text: str, font: Font) -> float:
    """A generous guess at how wide a text is: the server does not know the reader's font."""
    return font.size * sum(_ems(char, font.is_bold) for char in text)


# Signs by how wide they are at most, bold and not, in DejaVu Sans and Noto Sans CJK, which run wider than most fonts.
_WIDTHS = {
    char: ems
    for chars, ems in (
        ("ijlI .,:;'|/\\", (0.42, 0.4)),
        ("ftr-!()[]", (0.5, 0.42)),
        ('scz?*"_JL', (0.65, 0.57)),
        ("abdeghknopquvxy0123456789$`{}", (0.72, 0.65)),
        ("ABCDEFGHKNOPQRSTUVXYZ", (0.86, 0.8)),
        ("#&+<=>^~", (0.88, 0.85)),
        ("MWmw@%", (1.11, 1.01)),
    )
    for char in chars
}


@lru_cache(maxsize=4096)
def _ems(char: str, is_bold: bool) -> float:
    if unicodedata.category(char) in ("Mn", "Me", "Cf") or "\U0001f3fb" <= char <= "\U0001f3ff":
        return 0
    if char >= "\U0001f000":
        return 1.3 if unicodedata.category(char) == "So" else 1
    if unicodedata.east_asian_width(char) in "WF" or (char > "~" and unicodedata.category(char)[0] != "L"):
        return 1
    base = unicodedata.normalize("NFD", char)[0]
    # Letters of other scripts are as wide as the widest Latin ones.
    return _WIDTHS.get(base, (1.35, 1.2))[not is_bold]


def shorten(text: str, font: Font, room: float) -> str:
    """The text, or as much of it as fits into `room` with an ellipsis; marks stay with the sign they belong to."""
    if text_width(text, font) <= room:
        return text
    left, end = room / font.size - _ems("…", font.is_bold), 0
    while end < len(text) and left >= _ems(text[end], font.is_bold):
        left -= _ems(text[end], font.is_bold)
        end += 1
    while 0 < end < len(text) and (_ems(text[end], font.is_bold) == 0 or text[end - 1] == "\u200d"):
        end -= 1
    return text[:end].rstrip() + "…"
