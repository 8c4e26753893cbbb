"""The map's time: whole months on 48 columns, and the four quarters of a year that may start in any month."""

from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache

from apps.toil import months

COLUMNS = 48
LONGEST_MONTH = 31


@lru_cache(maxsize=256)
def _end(start: date, count: int) -> date:
    return months.step(start, count) - timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Span:
    """Whole months drawn on the map's columns: a year, or one quarter of it."""

    start: date  # the first day of a month
    months: int = 12

    @property
    def end(self) -> date:
        """The last day."""
        return _end(self.start, self.months)

    @property
    def days(self) -> int:
        return (self.end - self.start).days + 1

    def __contains__(self, day: date) -> bool:
        return self.start <= day <= self.end

    def clamp(self, day: date) -> date:
        return min(max(day, self.start), self.end)

    def touches(self, start: date, end: date) -> bool:
        return start <= self.end and end >= self.start

    def column(self, day: date) -> int:
        """Where `day` stands, from 1: months since the start × columns of a month + ceil(day ÷ days of a column).

        In a year a month has four columns of 7.75 days (design guide, section 4); days outside stand at the edge.
        """
        of_month = COLUMNS // self.months
        since = (day.year - self.start.year) * 12 + day.month - self.start.month
        return min(max(of_month * since - (-day.day * of_month // LONGEST_MONTH), 1), COLUMNS)

    def place(self, start: date, end: date) -> tuple[int, int]:
        """(first column, number of columns) of what lasts from `start` to `end`, both included."""
        first = self.column(start)
        return first, max(self.column(end) - first + 1, 1)

    @property
    def all_months(self) -> list[date]:
        return months.between(self.start, self.end)

    def quarter(self, number: int) -> "Span":
        """The quarter 1 to 4 of a year."""
        return Span(months.step(self.start, 3 * (number - 1)), 3)

    def quarter_of(self, day: date) -> int:
        """In which quarter of the year `day` lies, 1 to 4; days outside count to the nearest."""
        day = self.clamp(day)
        return ((day.year - self.start.year) * 12 + day.month - self.start.month) // 3 + 1

    def shift(self, start: date, end: date, days: int) -> tuple[date, date]:
        """Both days later by `days`, as far as the edge of the map lets them."""
        room = min(max(days, (self.start - start).days), (self.end - end).days)
        return start + timedelta(days=room), end + timedelta(days=room)

    def begin(self, start: date, end: date, days: int) -> tuple[date, date]:
        """The start later by `days`, never behind the end or before the edge."""
        days = min(max(days, -self.days), self.days)
        return min(end, self.clamp(start + timedelta(days=days))), end

    def stretch(self, start: date, end: date, days: int) -> tuple[date, date]:
        """The end later by `days`, never before the start or behind the edge."""
        room = max(min(days, (self.end - end).days), (start - end).days)
        return start, end + timedelta(days=room)
