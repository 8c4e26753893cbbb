"""Calendar months as their first day: stepping, and which of them are full."""

from datetime import date, timedelta


def first(day: date) -> date:
    return day.replace(day=1)


def step(month: date, by: int) -> date:
    """The month `by` months later (earlier, if negative)."""
    index = month.year * 12 + month.month - 1 + by
    return date(index // 12, index % 12 + 1, 1)


def last_day(month: date) -> date:
    return step(month, 1) - timedelta(days=1)


def between(start: date, end: date) -> list[date]:
    """All months from `start` to `end`, both included."""
    found, month = [], first(start)
    while month <= first(end):
        found.append(month)
        month = step(month, 1)
    return found


def last(count: int, today: date) -> list[date]:
    """The last `count` months, the running one included, oldest first."""
    return between(step(first(today), 1 - count), today)


def last_full(count: int, today: date) -> list[date]:
    """The last `count` full months before the running one, oldest first."""
    return between(step(first(today), -count), step(first(today), -1))
