"""Gatherings of a period by kind: how many were held, how many came, and how many different people that were."""

from collections import Counter
from dataclasses import dataclass
from datetime import date

from django.db.models import Count, Exists, OuterRef

from apps.dashboards.period import Period
from apps.gatherings.models import Attendance, Kind, Meeting
from apps.toil import months


@dataclass(frozen=True, slots=True)
class Row:
    label: str
    held: int
    people: int  # different members
    came: int  # all who came, guests included, each time

    @property
    def average(self) -> float | None:
        return self.came / self.held if self.held else None


def participation(period: Period, today: date) -> list[Row]:
    """Of the kinds of which one was held and its attendance noted. One query."""
    window = period.days_until(today)
    noted = Attendance.objects.standing().filter(meeting__cancelled_at=None, meeting__day__range=window).order_by()
    counted = {
        kind: (held, people, came)
        for kind, held, people, came in noted.values("meeting__gathering__kind")
        .annotate(held=Count("meeting", distinct=True), people=Count("member", distinct=True), came=Count("pk"))
        .values_list("meeting__gathering__kind", "held", "people", "came")
    }
    return [Row(str(kind.label), *counted[kind.value]) for kind in Kind if kind.value in counted]


class Held:
    """The gatherings held in the months that charts show, `period` among them. One query."""

    def __init__(self, shown: Period, period: Period, today: date):
        window = shown.days_until(today)
        noted = Exists(Attendance.objects.filter(meeting=OuterRef("pk")))
        rows = Meeting.objects.filter(cancelled_at=None, day__range=window).values_list("day", noted)
        self._days = list(rows)
        self._period, self._today = period, today

    @property
    def by_month(self) -> Counter[date]:
        return Counter(months.first(day) for day, _noted in self._days)

    @property
    def unnoted(self) -> int:
        """Of how many of them, but for those of today, nobody noted who came."""
        return sum(not noted and self._period.first <= day < self._today for day, noted in self._days)
