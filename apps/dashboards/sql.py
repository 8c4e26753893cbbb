"""Sums over the months' sums of the log, and who came to gatherings, in one statement each, the same on SQLite and
PostgreSQL.
"""

from datetime import date, datetime, timedelta
from typing import NamedTuple

from apps.accounts.models import NAMES, Person, Role
from apps.toil import months
from apps.web.plain_sql import argument, as_day, fetch


class Load(NamedTuple):
    """Toil of a month, or of a window: minutes in all, those of one person, how many people logged any, and Σ m²."""

    minutes: int
    own: int
    people: int
    squares: float
    most: int  # of the busiest person

    @property
    def hands(self) -> float:
        """Effective hands: 1 / Σ sₚ², the inverse Simpson index (product.md, “Formulas”)."""
        return self.minutes**2 / self.squares

    @property
    def others(self) -> int:
        return self.minutes - self.own


def first_sre() -> tuple[Person, bool] | None:
    """The lead who has been here for longest, and whether their share may be shown."""
    names = ", ".join(f"m.{name}" for name in NAMES)
    rows = fetch(
        f"""
        SELECT m.id, {names}, EXISTS (SELECT 1 FROM dashboards_opendesk o WHERE o.member_id = m.id)
        FROM accounts_member m WHERE m.is_active AND m.role = %s
        ORDER BY CASE WHEN m.joined_at IS NULL THEN 1 ELSE 0 END, m.joined_at, m.id LIMIT 1
        """,  # noqa: S608 (names of ours)
        [Role.LEAD.value],
    )
    return (Person(*rows[0][:-1]), bool(rows[0][-1])) if rows else None


def loads(first: date, last: date, member: int) -> dict[date, Load]:
    """By month, of those in which anything was logged."""
    rows = fetch(
        """
        SELECT month, SUM(minutes), SUM(CASE WHEN member_id = %s THEN minutes ELSE 0 END), COUNT(*),
            SUM(minutes * 1.0 * minutes), MAX(minutes)
        FROM toil_membermonth WHERE month BETWEEN %s AND %s AND minutes > 0 GROUP BY month
        """,
        [member, first, last],
    )
    return {
        as_day(month): Load(int(all_), int(own), people, float(squares), int(most))
        for month, all_, own, people, squares, most in rows
    }


def load_between(first: date, last: date, member: int) -> Load | None:
    """Of these days, both included; None where nothing was logged. Whole months among them are read as such: a row for
    each person, and not one for each of their days.
    """
    since = first if first.day == 1 else months.step(months.first(first), 1)
    until = months.first(last + timedelta(days=1))  # the first day that is in none of those months
    whole = (since, months.step(until, -1)) if since < until else (date.max, date.min)
    edges = (first, since - timedelta(days=1), until, last) if since < until else (first, last, date.max, date.min)
    (row,) = fetch(
        """
        SELECT SUM(minutes), SUM(CASE WHEN member_id = %s THEN minutes ELSE 0 END), COUNT(*),
            SUM(minutes * 1.0 * minutes), MAX(minutes)
        FROM (
            SELECT member_id, SUM(minutes) AS minutes FROM (
                SELECT member_id, minutes FROM toil_membermonth WHERE month BETWEEN %s AND %s
                UNION ALL SELECT member_id, minutes FROM toil_memberday WHERE day BETWEEN %s AND %s
                UNION ALL SELECT member_id, minutes FROM toil_memberday WHERE day BETWEEN %s AND %s
            ) AS parts GROUP BY member_id HAVING SUM(minutes) > 0
        ) AS by_person
        """,
        [member, *whole, *edges],
    )
    return Load(int(row[0]), int(row[1]), row[2], float(row[3]), int(row[4])) if row[0] else None


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


def minutes_by_week(monday: date, before: int) -> list[int]:
    """Everybody's minutes in each of so many weeks before, the first first, and in the week from `monday` on."""
    first = monday - timedelta(days=7 * before)
    sums = [0] * (before + 1)
    for day, minutes in fetch(
        "SELECT day, SUM(minutes) FROM toil_memberday WHERE day BETWEEN %s AND %s GROUP BY day",
        [first, monday + timedelta(days=6)],
    ):
        sums[(as_day(day) - first).days // 7] += int(minutes)
    return sums


def first_day() -> date | None:
    """The first day of which anything is logged."""
    return as_day(fetch("SELECT MIN(day) FROM toil_memberday WHERE minutes > 0", [])[0][0])


def came(first: date, last: date) -> tuple[int, int]:
    """How many different members were at a gathering of these days, and how many take part in those gatherings."""
    is_here = "SELECT id FROM accounts_member WHERE is_active"
    (row,) = fetch(
        f"""
        WITH held AS (
            SELECT id, gathering_id FROM gatherings_meeting WHERE cancelled_at IS NULL AND day BETWEEN %s AND %s
        )
        SELECT
            (SELECT COUNT(DISTINCT a.member_id) FROM gatherings_attendance a JOIN held ON held.id = a.meeting_id
             WHERE a.removed_at IS NULL AND a.member_id IN ({is_here})),
            (SELECT COUNT(DISTINCT p.member_id) FROM gatherings_participant p
             WHERE p.gathering_id IN (SELECT gathering_id FROM held) AND p.member_id IN ({is_here}))
        """,  # noqa: S608 (words of ours)
        [first, last],
    )
    return row


def held(first: date, last: date) -> list[tuple[date, int, int]]:
    """(day, meetings held on it, how many of them without a note of who came)."""
    rows = fetch(
        """
        SELECT m.day, COUNT(*), SUM(CASE WHEN EXISTS (SELECT 1 FROM gatherings_attendance a WHERE a.meeting_id = m.id)
            THEN 0 ELSE 1 END)
        FROM gatherings_meeting m WHERE m.cancelled_at IS NULL AND m.day BETWEEN %s AND %s GROUP BY m.day
        """,
        [first, last],
    )
    return [(as_day(day), count, int(unnoted)) for day, count, unnoted in rows]


class KindHeld(NamedTuple):
    """Meetings of a kind of gathering of which it was noted who came, different members there, and all who came."""

    kind: str
    held: int
    people: int
    came: int


def came_by_kind(first: date, last: date) -> list[KindHeld]:
    rows = fetch(
        """
        SELECT g.kind, COUNT(DISTINCT a.meeting_id), COUNT(DISTINCT a.member_id), COUNT(*)
        FROM gatherings_attendance a JOIN gatherings_meeting m ON m.id = a.meeting_id
            JOIN gatherings_gathering g ON g.id = m.gathering_id
        WHERE a.removed_at IS NULL AND m.cancelled_at IS NULL AND m.day BETWEEN %s AND %s GROUP BY g.kind
        """,
        [first, last],
    )
    return [KindHeld(*row) for row in rows]


class GroupMonth(NamedTuple):
    """Minutes of a month by what caused them; `group` is None for what has none."""

    month: date
    group: int | str | None
    minutes: int


def by_stakeholder(first: date, last: date) -> list[GroupMonth]:
    rows = fetch(
        """
        SELECT month, stakeholder_id, SUM(minutes) FROM toil_stakeholdermonth
        WHERE month BETWEEN %s AND %s AND minutes > 0 GROUP BY month, stakeholder_id
        """,
        [first, last],
    )
    return [GroupMonth(as_day(month), group, int(minutes)) for month, group, minutes in rows]


def by_area(first: date, last: date) -> list[GroupMonth]:
    rows = fetch(
        """
        SELECT s.month, i.area, SUM(s.minutes) FROM toil_itemmonth s JOIN toil_item i ON i.id = s.item_id
        WHERE s.month BETWEEN %s AND %s AND s.minutes > 0 GROUP BY s.month, i.area
        """,
        [first, last],
    )
    return [GroupMonth(as_day(month), area or None, int(minutes)) for month, area, minutes in rows]


def item_months(first: date, last: date) -> list[tuple[int, date, int]]:
    """(item, month, minutes)."""
    rows = fetch(
        "SELECT item_id, month, minutes FROM toil_itemmonth WHERE month BETWEEN %s AND %s AND minutes > 0",
        [first, last],
    )
    return [(item, as_day(month), int(minutes)) for item, month, minutes in rows]


# A step up: higher than the one that counted before it for the same person on the same ladder.
_STEPS_UP = """
    SELECT id, person_id, day, rung FROM (
        SELECT s.id, s.person_id, s.day, s.rung, LAG(s.rung) OVER (
            PARTITION BY s.person_id, s.item_id, s.topic_id ORDER BY s.counts_from, s.id
        ) AS before_it
        FROM people_ladderstep s JOIN accounts_member m ON m.id = s.person_id
        WHERE s.counts_from IS NOT NULL AND m.is_active
    ) AS steps WHERE rung > COALESCE(before_it, 0) AND day BETWEEN %s AND %s
"""


def steps_up(first: date, last: date) -> list[tuple[date, int, int]]:
    """(day, person, rung) of each step up of these days, of people who are here."""
    rows = fetch(f"SELECT day, person_id, rung FROM ({_STEPS_UP}) AS up", [first, last])  # noqa: S608
    return [(as_day(day), person, rung) for day, person, rung in rows]


def latest_steps_up(first: date, last: date, most: int) -> list[int]:
    """The ids of the last `most` steps up of these days, the newest first."""
    rows = fetch(
        f"SELECT id FROM ({_STEPS_UP}) AS up ORDER BY day DESC, id DESC LIMIT %s",  # noqa: S608
        [first, last, most],
    )
    return [pk for (pk,) in rows]


class SeriesMeeting(NamedTuple):
    """A meeting that was held: how many came, as a gathering's own page counts them."""

    gathering: int
    day: date
    came: int
    held: int  # meetings of its series on the days that were asked for


def held_of_series(first: date, last: date, now: datetime, most: int) -> list[SeriesMeeting]:
    """Of each series of which a meeting was held on these days, the first that was ever held and the last `most` until
    then; in their order.
    """
    rows = fetch(
        """
        WITH over_ AS (
            SELECT m.id, m.gathering_id, m.day, m.starts_at,
                ROW_NUMBER() OVER (PARTITION BY m.gathering_id ORDER BY m.starts_at, m.id) AS nth,
                ROW_NUMBER() OVER (PARTITION BY m.gathering_id ORDER BY m.starts_at DESC, m.id DESC) AS back
            FROM gatherings_meeting m JOIN gatherings_gathering g ON g.id = m.gathering_id
            WHERE g.rule IS NOT NULL AND m.cancelled_at IS NULL AND m.ends_at <= %s AND m.day <= %s
        )
        SELECT o.gathering_id, o.day,
            (SELECT COUNT(*) FROM over_ x WHERE x.gathering_id = o.gathering_id AND x.day >= %s),
            (SELECT COUNT(*) FROM gatherings_attendance a WHERE a.meeting_id = o.id AND a.removed_at IS NULL),
            (SELECT COUNT(*) FROM gatherings_rsvp r
             WHERE r.meeting_id = o.id AND (r.answer = 'going' AND r.has_seat OR r.answer = 'online'))
        FROM over_ o
        WHERE (o.nth = 1 OR o.back <= %s)
            AND EXISTS (SELECT 1 FROM over_ x WHERE x.gathering_id = o.gathering_id AND x.back = 1 AND x.day >= %s)
        ORDER BY o.gathering_id, o.starts_at, o.id
        """,
        [argument(now), last, first, most, first],
    )
    return [SeriesMeeting(pk, as_day(day), there or come, held) for pk, day, held, there, come in rows]


class Team(NamedTuple):
    """A team: how many of it are here, and how many different of them were at a gathering."""

    name: str
    people: int
    came: int


def teams(first: date, last: date) -> list[Team]:
    """All teams, that of people without one under no name."""
    rows = fetch(
        """
        SELECT m.team, COUNT(*), COUNT(there.member_id)
        FROM accounts_member m LEFT JOIN (
            SELECT DISTINCT a.member_id FROM gatherings_attendance a JOIN gatherings_meeting x ON x.id = a.meeting_id
            WHERE a.member_id IS NOT NULL AND a.removed_at IS NULL AND x.cancelled_at IS NULL
                AND x.day BETWEEN %s AND %s
        ) AS there ON there.member_id = m.id
        WHERE m.is_active GROUP BY m.team ORDER BY m.team
        """,
        [first, last],
    )
    return [Team(*row) for row in rows]


class ItemSums(NamedTuple):
    """What an item took: in a period, in the last months of it, and in as many months before those."""

    pk: int
    name: str
    name_ja: str
    state: str
    minutes: int
    times: int
    late: int
    early: int
    since: date  # the first month with any


def items(period: tuple[date, date], late: tuple[date, date], early: tuple[date, date]) -> list[ItemSums]:
    """Of every item with anything in one of these months, the dearest of the period first. All are first days."""
    between = "s.month BETWEEN %s AND %s"
    rows = fetch(
        f"""
        SELECT i.id, i.name, i.name_ja, i.state,
            SUM(CASE WHEN {between} THEN s.minutes ELSE 0 END) AS in_period,
            SUM(CASE WHEN {between} THEN s.times ELSE 0 END),
            SUM(CASE WHEN {between} THEN s.minutes ELSE 0 END), SUM(CASE WHEN {between} THEN s.minutes ELSE 0 END),
            (SELECT MIN(past.month) FROM toil_itemmonth past WHERE past.item_id = i.id AND past.minutes > 0)
        FROM toil_itemmonth s JOIN toil_item i ON i.id = s.item_id
        WHERE s.month BETWEEN %s AND %s AND s.minutes > 0
        GROUP BY i.id, i.name, i.name_ja, i.state ORDER BY in_period DESC, i.id
        """,  # noqa: S608 (names of ours)
        [*period, *period, *late, *early, min(period[0], early[0]), max(period[1], late[1])],
    )
    return [ItemSums._make([*row[:4], *map(int, row[4:8]), as_day(row[8])]) for row in rows]


def by_slot(first: date, last: date) -> dict[int, int]:
    """Minutes by weekday and hour (`Entry.slot`) of these months."""
    rows = fetch(
        "SELECT slot, SUM(minutes) FROM toil_slotmonth WHERE month BETWEEN %s AND %s AND minutes > 0 GROUP BY slot",
        [first, last],
    )
    return {slot: int(minutes) for slot, minutes in rows}


def people_between(first: date, last: date) -> int:
    """How many people logged anything in these months."""
    return others_between(first, last, 0)


class Capacity(NamedTuple):
    """Of those who logged anything in a month: their minutes, their working minutes a week, how many they are, and the
    same of one person.
    """

    minutes: int
    weekly: int
    people: int
    own: int
    own_weekly: int


def capacities(first: date, last: date, member: int) -> dict[date, Capacity]:
    """By month. People without working time, as those who have none set, are left out with their minutes."""
    rows = fetch(
        """
        SELECT s.month, SUM(s.minutes), SUM(m.weekly_capacity_minutes), COUNT(*),
            SUM(CASE WHEN m.id = %s THEN s.minutes ELSE 0 END),
            SUM(CASE WHEN m.id = %s THEN m.weekly_capacity_minutes ELSE 0 END)
        FROM toil_membermonth s JOIN accounts_member m ON m.id = s.member_id
        WHERE s.month BETWEEN %s AND %s AND s.minutes > 0 AND m.weekly_capacity_minutes > 0 GROUP BY s.month
        """,
        [member, member, first, last],
    )
    return {as_day(month): Capacity(*map(int, sums)) for month, *sums in rows}
