"""What the ORM can't say in one statement, the same on SQLite and PostgreSQL. Tests run it on both."""

from collections.abc import Sequence
from datetime import date

from django.db import connection

MOST_ROWS = 500  # both databases limit the parameters of one statement


def add_to_months(model, key: str, rows: Sequence[tuple[int, date, int, int]]) -> None:
    """Adds (owner, month, minutes, times) to the sums, making rows that are not there yet.

    One upsert, so that two people logging at the same moment both count; both databases speak ON CONFLICT.
    Rows are sorted, so that two transactions lock them in the same order.
    """
    rows = sorted(rows)
    for start in range(0, len(rows), MOST_ROWS):
        _add(model._meta.db_table, key, rows[start : start + MOST_ROWS])


def _add(table: str, key: str, rows: Sequence[tuple[int, date, int, int]]) -> None:
    values = ", ".join(["(%s, %s, %s, %s)"] * len(rows))
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {table} ({key}, month, minutes, times) VALUES {values} "  # noqa: S608 (names of ours)
            f"ON CONFLICT ({key}, month) DO UPDATE SET "
            f"minutes = {table}.minutes + excluded.minutes, times = {table}.times + excluded.times",
            [value for row in rows for value in row],
        )


def busiest_shares(items: Sequence[int], since: date) -> dict[int, float]:
    """For each item the share (0 to 1) of its minutes after `since` on its busiest person. A sum of sums, which the ORM
    would hand over person by person.
    """
    if not items:
        return {}
    marks = ", ".join(["%s"] * len(items))
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT item_id, MAX(minutes) * 1.0 / SUM(minutes) FROM ("  # noqa: S608 (only marks)
            "SELECT item_id, SUM(minutes) AS minutes FROM toil_entry "
            f"WHERE item_id IN ({marks}) AND day > %s GROUP BY item_id, member_id"
            ") AS by_person GROUP BY item_id",
            [*items, since],
        )
        return {item: float(share) for item, share in cursor.fetchall()}


def items_state() -> tuple:
    """Changes whenever an item is added, renamed, merged or deleted: how many there are, the newest, their versions."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT COUNT(*), MAX(created_at), SUM(version) FROM toil_item")
        return tuple(cursor.fetchone())
