"""Scales and shapes for charts: numbers in, SVG attributes out. Templates draw; nothing here knows what is counted.

Charts are drawn at the true pixel width of their slot, so that 12px text stays 12px (design guide, section 4).
"""

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass


def nice_step(top: float, lines: int = 3) -> float:
    """A round distance between grid lines (1, 2 or 5 times a power of ten) so that about `lines` reach `top`."""
    if top <= 0:
        return 1
    raw = top / lines
    power = 10.0 ** len(str(int(raw))) / 10 if raw >= 1 else 0.1
    for factor in (1, 2, 5, 10):
        if factor * power >= raw:
            return factor * power
    return 10 * power


@dataclass(frozen=True, slots=True)
class Point:
    x: float
    y: float


def points(values: Sequence[float], *, left: float, right: float, top: float, bottom: float, highest: float) -> list:
    """One point a value, evenly spaced from left to right; 0 lies on `bottom`, `highest` on `top`."""
    step = (right - left) / (len(values) - 1) if len(values) > 1 else 0
    scale = (bottom - top) / highest if highest else 0
    return [Point(round(left + i * step, 1), round(bottom - v * scale, 1)) for i, v in enumerate(values)]


def path(line: Sequence[Point]) -> str:
    """The `d` of a line through the points."""
    return "M" + " L".join(f"{p.x} {p.y}" for p in line) if line else ""


def area(line: Sequence[Point], bottom: float) -> str:
    """The `d` of the area between the line and `bottom`."""
    return f"{path(line)} L{line[-1].x} {bottom} L{line[0].x} {bottom}Z" if line else ""


def sparkline(values: Sequence[float], width: int = 72, height: int = 20) -> str:
    """The `d` of a small line without axes; flat on the floor when all is zero."""
    inset = 2
    return path(
        points(
            values,
            left=inset,
            right=width - inset,
            top=inset,
            bottom=height - inset,
            highest=max(values, default=0),
        )
    )


# ---- labels -----------------------------------------------------------------------------------------

WIDE, BROAD, NARROW = 12.0, 10.5, 6.9  # px of a Japanese, a broad and another letter at 12px, a little too wide
BROAD_ONES = "%@MWm"


def text_width(text: str) -> float:
    """About how wide a text of 12px is drawn, so that what stands beside it has room."""
    return sum(
        WIDE if unicodedata.east_asian_width(letter) in "WFA" else BROAD if letter in BROAD_ONES else NARROW
        for letter in text
    )


def fit(text: str, width: float) -> str:
    """The text, or as much of its beginning as `width` holds, with “…”."""
    if text_width(text) <= width:
        return text
    while text and text_width(text + "…") > width:
        text = text[:-1]
    return f"{text.rstrip()}…" if text else ""


def spread(wanted: Sequence[float], gap: float, top: float, bottom: float) -> list[float]:
    """Places for labels that want to stand at `wanted`, in the same order, at least `gap` apart and between `top` and
    `bottom`; closer together where they are too many.
    """
    if not wanted:
        return []
    gap = min(gap, (bottom - top) / max(1, len(wanted) - 1))
    order = sorted(range(len(wanted)), key=lambda i: wanted[i])
    placed = [0.0] * len(wanted)
    at = top - gap
    for i in order:
        at = placed[i] = max(wanted[i], at + gap)
    at = bottom + gap
    for i in reversed(order):
        at = placed[i] = min(placed[i], at - gap)
    return [round(y, 1) for y in placed]


@dataclass(frozen=True, slots=True)
class Flag:
    """A label at the top of a chart, right of `x`, in a row of its own where others are in its way."""

    x: float
    row: int
    text: str


def flags(wanted: Sequence[tuple[float, str]], right: float, rows: int = 3, before: float = 10) -> list[Flag]:
    """Labels for points of time, from the left: each in the first row that is free; shortened to what room there is."""
    free = [float("-inf")] * rows
    found = []
    for number, (x, text) in enumerate(wanted):
        row = next((row for row in range(rows) if free[row] <= x), min(range(rows), key=lambda row: free[row]))
        # In its row comes the one that many rows later at the earliest.
        following = wanted[number + rows][0] - before if number + rows < len(wanted) else right
        shown = fit(text, max(0, min(right, max(following, x + before)) - x - before))
        free[row] = x + before + text_width(shown) + before
        found.append(Flag(x, row, shown))
    return found
