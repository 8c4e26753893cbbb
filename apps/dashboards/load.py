"""Who carries the toil, as far as it may be said of them (R91), and where it goes if it goes on as it does."""

from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property
from statistics import linear_regression

from apps.accounts.models import Member, Person
from apps.dashboards import sql
from apps.dashboards.period import Period
from apps.toil import months

WINDOW = timedelta(days=90)
FEWEST = 3  # people in a group of whom a sum is shown (R91)
FITTED = 6  # full months that a forecast goes by
FEWEST_FITTED = 4
FEWEST_DRAWN = 6  # months


@dataclass(frozen=True)
class Desk:
    """The first SRE, and whether their share may be shown."""

    member: Person | None
    is_open: bool

    @classmethod
    def of_first_sre(cls) -> "Desk":
        """The lead who has been here for longest. One query."""
        return cls(*(sql.first_sre() or (None, False)))

    def is_of(self, member: Member) -> bool:
        return self.member is not None and self.member.pk == member.pk


class Carried:
    """The toil of a period by month, of one desk and of everybody else, as of `today`; its days count until `until`,
    where that is not today. Three queries.
    """

    def __init__(self, desk: Desk, period: Period, today: date, until: date | None = None):
        self.desk, self.period, self.today = desk, period, today
        self.until = min(until or today, period.end)
        pk = desk.member.pk if desk.member else 0
        self._pk = pk
        found = sql.loads(period.before.first, min(period.last, months.first(today)), pk)
        self.everything = found
        self.loads = {month: load for month, load in found.items() if month >= period.first}
        self.before = {month: load for month, load in found.items() if month < period.first}
        last = min(period.last, self.running)
        self.is_split = (
            desk.is_open
            and all(tells_of_nobody(found[month]) for month in self.drawn if month in found)
            and sql.others_between(self.shown.first, last, pk) >= FEWEST
        )

    @property
    def full(self) -> list[date]:
        """The full months of the period with anything logged."""
        return [month for month in self.period.until(self.today) if month in self.loads and month != self.running]

    @property
    def running(self) -> date:
        return months.first(self.today)

    @property
    def shown(self) -> Period:
        """What charts show: a short period together with the one before it, as there is little to see in it alone."""
        is_short = len(self.period.until(self.today)) < FEWEST_DRAWN
        return Period(self.period.before.first, self.period.last) if is_short else self.period

    @property
    def drawn(self) -> list[date]:
        """The full months to draw: from the first with anything logged to the last; one without is empty."""
        full = [month for month in self.shown.until(self.today) if month in self.everything and month != self.running]
        return months.between(full[0], full[-1]) if full else []

    @property
    def latest_days(self) -> tuple[date, date]:
        """The 90 days up to today, or up to the end of a period that is over: the first and the last."""
        return self.until - WINDOW + timedelta(days=1), self.until

    @cached_property
    def lately(self) -> sql.Load | None:
        return sql.load_between(*self.latest_days, self._pk)

    def ahead(self, of: str) -> "list[float]":
        """Minutes of the months after the last drawn one, as far as the period goes, by the straight line that lies
        closest (least squares) to the last six full months; empty with fewer than four, or where nothing is to come.
        """
        fitted = [month for month in self.drawn if month in self.everything][-FITTED:]
        if len(fitted) < FEWEST_FITTED or self.period.last < self.running:
            return []
        rest = months.between(months.step(fitted[-1], 1), self.period.last)
        at = [float(_number(month)) for month in fitted]
        slope, start = linear_regression(at, [float(getattr(self.everything[month], of)) for month in fitted])
        return [max(0.0, start + slope * _number(month)) for month in rest]


def tells_of_nobody(load: sql.Load) -> bool:
    """Whether one person's minutes may stand beside everybody's: what is left is nobody's, or that of three or more."""
    others = load.people - (load.own > 0)
    return not others or others >= FEWEST


def _number(month: date) -> int:
    return month.year * 12 + month.month


def mean(loads: dict[date, sql.Load]) -> float | None:
    """Minutes a month of those in which anything was logged."""
    return sum(each.minutes for each in loads.values()) / len(loads) if loads else None
