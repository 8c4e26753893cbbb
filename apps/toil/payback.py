"""Whether digging an item out pays: its monthly cost, when the digging pays back, and the hours it has saved.

Source of the formulas: product.md, “Formulas”. All in minutes; months are full calendar months.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from apps.toil import months

MONTHS_OF_COST = 3


@dataclass(frozen=True, slots=True)
class Cost:
    """Minutes a month, as the mean of `of` full months; `of` below three is said on the page."""

    minutes: float
    of: int

    @property
    def is_partial(self) -> bool:
        return self.of < MONTHS_OF_COST


def monthly_cost(by_month: Mapping[date, int], today: date) -> Cost | None:
    """Mean of the last three full months, or of those there are since the first entry; None before a full month."""
    return _mean_before(by_month, months.first(today))


def baseline(by_month: Mapping[date, int], gone_on: date) -> Cost | None:
    """What the item cost before it was gone: the mean of the three full months before that day's month."""
    return _mean_before(by_month, months.first(gone_on))


def _mean_before(by_month: Mapping[date, int], end: date) -> Cost | None:
    logged = [month for month, minutes in by_month.items() if minutes]
    if not logged:
        return None
    full = [m for m in months.last_full(MONTHS_OF_COST, end) if m >= min(logged)]
    if not full:
        return None
    return Cost(sum(by_month.get(m, 0) for m in full) / len(full), len(full))


def pays_back_after(dig_minutes: float, cost: float, upkeep: float) -> float | None:
    """Months until the digging is paid back: digging ÷ (monthly cost − upkeep); None if it never is."""
    return dig_minutes / (cost - upkeep) if cost > upkeep else None


@dataclass(frozen=True, slots=True)
class Saved:
    """Minutes saved since the item is gone: `actual` from the log, `promised` from baseline and upkeep.

    Both can be negative: then it costs more than before.
    """

    actual: float
    promised: float
    months: int
    baseline: Cost


def saved(by_month: Mapping[date, int], gone_on: date, upkeep: float, today: date) -> Saved | None:
    """Σ over the full months since it went of (baseline − actual); None without baseline or full month.

    The month it went in is left out of both sides, unless it went on its first day: it was partly before.
    """
    base = baseline(by_month, gone_on)
    since = gone_on if gone_on.day == 1 else months.step(months.first(gone_on), 1)
    until = months.step(months.first(today), -1)
    if base is None or since > until:
        return None
    full = months.between(since, until)
    actual = sum(base.minutes - by_month.get(month, 0) for month in full)
    return Saved(actual, (base.minutes - upkeep) * len(full), len(full), base)
