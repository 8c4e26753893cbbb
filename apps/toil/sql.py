"""What the ORM can't say in one statement, and what pages ask for on every visit, the same on SQLite and PostgreSQL.
Tests run it on both.
"""

import contextlib
import itertools
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, time
from functools import lru_cache
from typing import NamedTuple

from django.db import connection, models

from apps.web.bilingual import in_reader_language
from apps.web.plain_sql import as_day, fetch, marks

MOST_ROWS = 500  # both databases limit the parameters of one statement

Row = tuple[int, date, int, int]  # owner, month or day, minutes, times


def add_to_sums(sums: Iterable[tuple[type[models.Model], str, str, Iterable[Row]]]) -> None:
    """Adds the rows to the sums of each model, by its columns of owner and time, making rows that are not there yet.

    Upserts, so that two people logging at the same moment both count; both databases speak ON CONFLICT.
    Rows are sorted, so that two transactions lock them in the same order.
    """
    statements = [
        (_upsert(model._meta.db_table, owner, over, len(part)), [value for row in part for value in row])
        for model, owner, over, rows in sums
        for part in itertools.batched(sorted(rows), MOST_ROWS)
    ]
    if statements and not getattr(connection.features, "uses_server_side_binding", True):  # PostgreSQL alone has it
        # After every entry that is logged: once to the server and back instead of four times.
        texts, values = zip(*statements, strict=True)
        statements = [("; ".join(texts), list(itertools.chain.from_iterable(values)))]
    with connection.cursor() as cursor:
        for text, arguments in statements:
            cursor.execute(text, arguments)


@lru_cache(maxsize=64)
def _upsert(table: str, owner: str, over: str, count: int) -> str:
    """Of so many rows."""
    values = ", ".join(["(%s, %s, %s, %s)"] * count)
    return (
        f"INSERT INTO {table} ({owner}, {over}, minutes, times) VALUES {values} "  # noqa: S608 (names of ours)
        f"ON CONFLICT ({owner}, {over}) DO UPDATE SET "
        f"minutes = {table}.minutes + excluded.minutes, times = {table}.times + excluded.times"
    )


def lock_sums(of: Iterable[type[models.Model]]) -> None:
    """Until the transaction ends nobody else writes these sums: who logs waits, and adds to the new ones.

    SQLite has one writer at a time and needs nothing.
    """
    if connection.vendor == "postgresql":
        tables = ", ".join(model._meta.db_table for model in of)
        with connection.cursor() as cursor:
            cursor.execute(f"LOCK TABLE {tables} IN SHARE ROW EXCLUSIVE MODE")


# What `Entry.slot` says, in SQL.
_SLOT = {
    "postgresql": "(EXTRACT(ISODOW FROM day)::int - 1) * 25 + COALESCE(EXTRACT(HOUR FROM clock)::int, 24)",
    "sqlite": "(CAST(strftime('%%w', day) AS INTEGER) + 6) %% 7 * 25"
    " + COALESCE(CAST(strftime('%%H', clock) AS INTEGER), 24)",
}


@contextlib.contextmanager
def at_hand(first: date, last: date) -> Iterator[None]:
    """What `sum_anew` sums: the log from day `first` to `last`, read once. Call inside a transaction.

    A log that was imported has the days of a month on all its pages; read for each sum, millions took minutes.
    """
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            # Room to note each row that is looked for; with less, whole pages are noted and searched.
            cursor.execute("SET LOCAL work_mem = '64MB'")
        cursor.execute(
            "CREATE TEMPORARY TABLE toil_at_hand AS SELECT day, clock, minutes, member_id, item_id, stakeholder_id"
            " FROM toil_entry WHERE day BETWEEN %s AND %s",
            [first, last],
        )
        yield
        cursor.execute("DROP TABLE toil_at_hand")


def sum_anew(model: type[models.Model], owner: str, over: str, first: date, last: date) -> None:
    """Makes the sums from day `first` to `last`, which is one month, anew from what is `at_hand`."""
    table = model._meta.db_table
    # Days are grouped as they are; of a month they are all its first.
    at, month, by = ("day", [], "1, day") if over == "day" else ("%s", [first], "1")
    of = _SLOT[connection.vendor] if owner == "slot" else owner
    with connection.cursor() as cursor:
        cursor.execute(f"DELETE FROM {table} WHERE {over} BETWEEN %s AND %s", [first, last])  # noqa: S608 (names of ours)
        cursor.execute(
            f"INSERT INTO {table} ({owner}, {over}, minutes, times) "  # noqa: S608
            f"SELECT {of}, {at}, SUM(minutes), COUNT(*) FROM toil_at_hand WHERE {of} IS NOT NULL GROUP BY {by}",
            month,
        )


class MonthlyCost(NamedTuple):
    """What an item costs a month, with what a list of items calls it: sums over `of` full months."""

    pk: int
    name: str
    name_ja: str
    state: str
    sum_minutes: int
    sum_times: int
    of: int

    @property
    def minutes(self) -> float:
        return self.sum_minutes / self.of

    @property
    def times(self) -> float:
        return self.sum_times / self.of


def monthly_costs(
    first: date, second: date, third: date, *, most: int = 0, without: Sequence[str] = ()
) -> list[MonthlyCost]:
    """The items with anything in these three months in a row, without those merged into others or in one of the states
    `without`; with `most`, the costliest of them alone.

    Each is summed over all three months, or over those since its first entry; what came before is looked up only where
    the first month has nothing.
    """
    but = "".join(" AND item.state <> %s" for _state in without)
    cut = "ORDER BY minutes DESC, item.id LIMIT %s" if most else ""
    rows = fetch(
        f"""
        SELECT item.id, item.name, item.name_ja, item.state, minutes, times,
            CASE WHEN since = %s OR EXISTS (
                SELECT 1 FROM toil_itemmonth AS past
                WHERE past.item_id = recent.item_id AND past.month < %s AND past.minutes > 0
            ) THEN 3 WHEN since = %s THEN 2 ELSE 1 END
        FROM (
            SELECT item_id, SUM(minutes) AS minutes, SUM(times) AS times, MIN(month) AS since
            FROM toil_itemmonth WHERE month IN (%s, %s, %s) AND minutes > 0 GROUP BY item_id
        ) AS recent
        JOIN toil_item AS item ON item.id = recent.item_id
        WHERE item.merged_into_id IS NULL{but} {cut}
        """,  # noqa: S608 (only marks)
        [first, first, second, first, second, third, *without, *([most] if most else [])],
    )
    return [MonthlyCost(*row) for row in rows]


def busiest_shares(items: Sequence[int], since: date, until: date) -> dict[int, float]:
    """For each item the share (0 to 1) of its minutes after `since` and until the end of `until` on its busiest person.
    A sum of sums, which the ORM would hand over person by person.
    """
    if not items:
        return {}
    rows = fetch(
        "SELECT item_id, MAX(minutes) * 1.0 / SUM(minutes) FROM ("  # noqa: S608 (only marks)
        "SELECT item_id, SUM(minutes) AS minutes FROM toil_entry "
        f"WHERE item_id IN ({marks(items)}) AND day > %s AND day <= %s GROUP BY item_id, member_id"
        ") AS by_person GROUP BY item_id",
        [*items, since, until],
    )
    return {item: float(share) for item, share in rows}


def items_state() -> tuple:
    """Changes whenever an item is added, renamed, merged or deleted: how many there are, the newest, their versions."""
    return fetch("SELECT COUNT(*), MAX(created_at), SUM(version) FROM toil_item", [])[0]


class News(NamedTuple):
    """A change of an item's state, with what the item is called."""

    item_id: int
    state: str
    reason: str
    on: date
    name: str
    name_ja: str

    @property
    def label(self) -> str:
        return in_reader_language(self.name, self.name_ja)


def week_by_category(first: date, last: date) -> list[tuple]:
    """(category, its two names, tint, everyone's minutes from `first` to `last`), in the order of the categories. On
    every visit to Home, as all that follows.
    """
    return fetch(
        """
        SELECT c.id, c.name, c.name_ja, c.tint, SUM(e.minutes)
        FROM toil_entry e JOIN toil_item i ON i.id = e.item_id LEFT JOIN toil_category c ON c.id = i.category_id
        WHERE e.day BETWEEN %s AND %s
        GROUP BY c.id, c.name, c.name_ja, c.tint, c.position ORDER BY c.position NULLS LAST, c.id
        """,
        [first, last],
    )


def month_sums(months: Sequence[date], member: int) -> list[tuple[date, int, int]]:
    """(month, everyone's minutes, those of `member`) of those of `months` that have any."""
    rows = fetch(
        f"""
        SELECT month, SUM(minutes), SUM(CASE WHEN member_id = %s THEN minutes ELSE 0 END)
        FROM toil_membermonth WHERE month IN ({marks(months)}) GROUP BY month
        """,  # noqa: S608 (only marks)
        [member, *months],
    )
    return [(as_day(month), int(minutes), int(own)) for month, minutes, own in rows]


def news(member: int, first: str, most: int) -> list[News]:
    """The latest changes of state of items that a member has logged against, other than to the `first` state of all."""
    rows = fetch(
        """
        SELECT s.item_id, s.state, s.reason, s."on", i.name, i.name_ja
        FROM toil_statechange s JOIN toil_item i ON i.id = s.item_id
        WHERE s.state <> %s AND i.merged_into_id IS NULL
            AND EXISTS (SELECT 1 FROM toil_entry e WHERE e.item_id = s.item_id AND e.member_id = %s)
        ORDER BY s."on" DESC, s.id DESC LIMIT %s
        """,
        [first, member, most],
    )
    return [News(item, state, reason, as_day(on), *names) for item, state, reason, on, *names in rows]


def latest(member: int, since: date, most: int) -> list[tuple[int, time | None, date]]:
    """(item, time of day, day) of what a member logged since a day, the newest first."""
    return fetch(
        "SELECT item_id, clock, day FROM toil_entry WHERE member_id = %s AND day >= %s"
        " ORDER BY day DESC, id DESC LIMIT %s",
        [member, since, most],
    )


def still_done(items: Sequence[int], gone: str) -> dict[int, tuple]:
    """(item, its two names, its two short names, its usual minutes), by the item, of those that were neither merged
    into others nor are in the state `gone`.
    """
    rows = fetch(
        f"""
        SELECT id, name, name_ja, short_name, short_name_ja, usual_minutes FROM toil_item
        WHERE id IN ({marks(items)}) AND merged_into_id IS NULL AND state <> %s
        """,  # noqa: S608 (only marks)
        [*items, gone],
    )
    return {row[0]: row for row in rows}
