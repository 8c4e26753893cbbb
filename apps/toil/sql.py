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
