"""Gatherings of a period by kind: how many were held, how many came, and how many different people that were."""

from collections import Counter
from datetime import date

from apps.dashboards import sql
from apps.dashboards.period import Period
from apps.gatherings.models import Kind
from apps.toil import months


def participation(period: Period, today: date) -> list[sql.KindHeld]:
    """Of the kinds of which one was held and its attendance noted, in their order. One query."""
    counted = {row.kind: row for row in sql.came_by_kind(*period.days_until(today))}
    return [counted[kind] for kind in Kind.values if kind in counted]


class Held:
    """The gatherings held in the months that charts show, `period` among them. One query."""

    def __init__(self, shown: Period, period: Period, today: date):
        self._days = sql.held(*shown.days_until(today))
        self._period, self._today = period, today

    @property
    def by_month(self) -> Counter[date]:
        found: Counter[date] = Counter()
        for day, count, _unnoted in self._days:
            found[months.first(day)] += count
        return found

    @property
    def unnoted(self) -> int:
        """Of how many of them, but for those of today, nobody noted who came."""
        return sum(unnoted for day, _count, unnoted in self._days if self._period.first <= day < self._today)
