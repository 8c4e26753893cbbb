"""Scales and shapes for charts: numbers in, SVG attributes out. Templates draw; nothing here knows what is counted.

Charts are drawn at the true pixel width of their slot, so that 12px text stays 12px (design guide, section 4).
"""

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
