"""Whether a series is fading out: how many came each time, drawn small, and a word while there is still time."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise

from django.utils import timezone

from apps.gatherings import sql
from apps.gatherings.models import Gathering
from apps.web.charts import nice_step

FALLING = 3  # so many held meetings in a row, each smaller than the one before
FLOOR = 60  # per cent of the first
SHOWN = 12  # meetings drawn
LOOKED_BACK = 60  # meetings that lists say it of

# The chart's place in the aside, in pixels.
WIDTH, LEFT, TOP, BOTTOM, HEIGHT = 320, 4, 18, 92, 112
DAY_WIDTH = 48  # of a day under it


@dataclass(frozen=True, slots=True)
class HeldMeeting:
    pk: int
    starts_at: datetime
    came: int


def held_counts(gathering: Gathering) -> list[HeldMeeting]:
    """How many came to the first meeting that was held and to the last sixty, the first first. One query, or none where
    the page has asked before.

    Held is what is over and was not cancelled. Counted is who was there; of a meeting without a list, who had said that
    they come, with a seat or online.
    """
    known = gathering.__dict__
    if "held_meetings" not in known:
        known["held_meetings"] = _held(gathering)
    return known["held_meetings"]


def _held(gathering: Gathering) -> list[HeldMeeting]:
    rows = sql.held(gathering.pk, timezone.now(), LOOKED_BACK)
    return [HeldMeeting(pk, starts_at, there or come) for pk, starts_at, come, there in rows]


@dataclass(frozen=True, slots=True)
class Fading:
    """Why a series is said to fade out; both may be so."""

    counts: tuple[int, ...]  # the last few, the one before them first
    is_falling: bool
    is_below: bool
    first: int
    last: int


def fading(came: Sequence[int]) -> Fading | None:
    """Whether a series fades out, and why; None where it does not, or where there is not enough to say.

    The last 3 held meetings each smaller than the one before, or the last below 60 % of the first. Each of the three
    needs one before it, so that the first rule speaks from the fourth held meeting on, the second from the second.
    Source: product.md, Formulas, fade-out.
    """
    if len(came) < 2:
        return None
    tail = tuple(came[-FALLING - 1 :])
    is_falling = len(tail) == FALLING + 1 and all(b < a for a, b in pairwise(tail))
    is_below = came[-1] * 100 < came[0] * FLOOR
    if not (is_falling or is_below):
        return None
    return Fading(tail, is_falling, is_below, came[0], came[-1])


@dataclass(frozen=True, slots=True)
class Bar:
    held: HeldMeeting
    x: float
    y: float
    width: float
    height: float

    @property
    def middle(self) -> float:
        return round(self.x + self.width / 2, 1)

    @property
    def above(self) -> float:
        return round(self.y - 5, 1)


@dataclass(frozen=True, slots=True)
class Chart:
    bars: tuple[Bar, ...]
    floor: float | None  # where 60 % of the first lies, if anybody came to it

    @property
    def right(self) -> int:
        return WIDTH - LEFT

    @property
    def end(self) -> float:
        """Where the last day is written: under the last bar, but not over the first day."""
        last = self.bars[-1]
        return round(max(last.x + last.width, LEFT + 2 * DAY_WIDTH), 1)


def chart(held: Sequence[HeldMeeting]) -> Chart | None:
    """The last held meetings as bars; None below two."""
    if len(held) < 2:
        return None
    shown = held[-SHOWN:]
    step = (WIDTH - 2 * LEFT) / SHOWN
    first = held[0].came
    highest = max(first, *(one.came for one in shown), nice_step(1))
    scale = (BOTTOM - TOP) / highest
    bars = tuple(
        Bar(one, round(LEFT + n * step + 3, 1), round(BOTTOM - one.came * scale, 1), round(step - 6, 1),
            round(one.came * scale, 1))
        for n, one in enumerate(shown)
    )  # fmt: skip
    return Chart(bars, round(BOTTOM - first * FLOOR / 100 * scale, 1) if first else None)
