"""Sums over the months' sums of the log, in one statement each, the same on SQLite and PostgreSQL."""

from datetime import date, timedelta
from typing import NamedTuple

from apps.web.plain_sql import as_day, fetch


class Load(NamedTuple):
    """Toil of a month, or of a window: minutes in all, those of one person, how many people logged any, and Σ m²."""

    minutes: int
    own: int
    people: int
    squares: float

    @property
    def hands(self) -> float:
        """Effective hands: 1 / Σ sₚ², the inverse Simpson index (product.md, “Formulas”)."""
        return self.minutes**2 / self.squares

    @property
    def others(self) -> int:
        return self.minutes - self.own


def loads(first: date, last: date, member: int) -> dict[date, Load]:
    """By month, of those in which anything was logged."""
    rows = fetch(
        """
        SELECT month, SUM(minutes), SUM(CASE WHEN member_id = %s THEN minutes ELSE 0 END), COUNT(*),
            SUM(minutes * 1.0 * minutes)
        FROM toil_membermonth WHERE month BETWEEN %s AND %s AND minutes > 0 GROUP BY month
        """,
        [member, first, last],
    )
    return {
        as_day(month): Load(int(all_), int(own), people, float(squares)) for month, all_, own, people, squares in rows
    }


def load_between(first: date, last: date, member: int) -> Load | None:
    """Of these days, both included; None where nothing was logged."""
    (row,) = fetch(
        """
        SELECT SUM(minutes), SUM(CASE WHEN member_id = %s THEN minutes ELSE 0 END), COUNT(*),
            SUM(minutes * 1.0 * minutes)
        FROM (
            SELECT member_id, SUM(minutes) AS minutes FROM toil_memberday WHERE day BETWEEN %s AND %s
            GROUP BY member_id HAVING SUM(minutes) > 0
        ) AS by_person
        """,
        [member, first, last],
    )
    return Load(int(row[0]), int(row[1]), row[2], float(row[3])) if row[0] else None


def others_between(first: date, last: date, member: int) -> int:
    """How many people besides `member` logged anything in these months."""
    return fetch(
        """
        SELECT COUNT(DISTINCT member_id) FROM toil_membermonth
        WHERE month BETWEEN %s AND %s AND minutes > 0 AND member_id <> %s
        """,
        [first, last, member],
    )[0][0]


class KindMonth(NamedTuple):
    month: date
    category: int | None
    minutes: int


def kinds(first: date, last: date) -> list[KindMonth]:
    """Minutes by month and category."""
    rows = fetch(
        """
        SELECT s.month, i.category_id, SUM(s.minutes)
        FROM toil_itemmonth s JOIN toil_item i ON i.id = s.item_id
        WHERE s.month BETWEEN %s AND %s AND s.minutes > 0 GROUP BY s.month, i.category_id
        """,
        [first, last],
    )
    return [KindMonth(as_day(month), category, int(minutes)) for month, category, minutes in rows]


def minutes_by_week(monday: date) -> tuple[int, int]:
    """Everybody's minutes in the week from `monday` on, and in the week before."""
    rows = fetch(
        """
        SELECT SUM(CASE WHEN day >= %s THEN minutes ELSE 0 END), SUM(CASE WHEN day < %s THEN minutes ELSE 0 END)
        FROM toil_memberday WHERE day BETWEEN %s AND %s
        """,
        [monday, monday, monday - timedelta(days=7), monday + timedelta(days=6)],
    )
    return int(rows[0][0] or 0), int(rows[0][1] or 0)
