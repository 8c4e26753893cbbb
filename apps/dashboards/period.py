"""Which months a dashboard speaks of."""

from dataclasses import dataclass
from datetime import date

from apps.roadmap.models import Map
from apps.toil import months

LONGEST = 60  # months


@dataclass(frozen=True, slots=True)
class Period:
    """Whole months, both ends included; the running one is as full as it is."""

    first: date
    last: date

    @property
    def months(self) -> list[date]:
        return months.between(self.first, self.last)

    @property
    def end(self) -> date:
        """The last day."""
        return months.last_day(self.last)

    def days_until(self, today: date) -> tuple[date, date]:
        """Its first day, and its last or today."""
        return self.first, min(today, self.end)

    @property
    def before(self) -> "Period":
        """As many months before it."""
        count = len(self.months)
        return Period(months.step(self.first, -count), months.step(self.last, -count))

    def until(self, today: date) -> list[date]:
        """Its months without those that have not begun."""
        return [month for month in self.months if month <= today]


def year(today: date, running: Map | None) -> Period:
    """The year of the map of today; without one, the last twelve months."""
    if running is not None and today in running.year:
        return Period(running.year.start, months.first(running.year.end))
    return Period(months.step(months.first(today), -11), months.first(today))


def quarter(today: date, running: Map | None) -> Period:
    """The quarter of that year in which today lies; without a map, that of the calendar."""
    if running is not None and today in running.year:
        span = running.year.quarter(running.year.quarter_of(today))
        return Period(span.start, months.first(span.end))
    first = date(today.year, (today.month - 1) // 3 * 3 + 1, 1)
    return Period(first, months.step(first, 2))
