"""What the ORM can't say in one statement, the same on SQLite and PostgreSQL. Tests run it on both."""

import itertools
from collections.abc import Iterable, Sequence
from datetime import date

from django.db import connection, models

MOST_ROWS = 500  # both databases limit the parameters of one statement

Row = tuple[int, date, int, int]  # owner, month, minutes, times


def add_to_months(sums: Iterable[tuple[type[models.Model], str, Iterable[Row]]]) -> None:
    """Adds the rows to the sums of each model, owned by its column, making rows that are not there yet.

    Upserts, so that two people logging at the same moment both count; both databases speak ON CONFLICT.
    Rows are sorted, so that two transactions lock them in the same order.
    """
    statements = [
        _upsert(model._meta.db_table, column, part)
        for model, column, rows in sums
        for part in itertools.batched(sorted(rows), MOST_ROWS)
    ]
    if statements and not getattr(connection.features, "uses_server_side_binding", True):  # PostgreSQL alone has it
        # After every entry that is logged: once to the server and back instead of three times.
        texts, values = zip(*statements, strict=True)
        statements = [("; ".join(texts), list(itertools.chain.from_iterable(values)))]
    with connection.cursor() as cursor:
        for text, arguments in statements:
            cursor.execute(text, arguments)


def _upsert(table: str, column: str, rows: Sequence[Row]) -> tuple[str, list]:
    marks = ", ".join(["(%s, %s, %s, %s)"] * len(rows))
    return (
        f"INSERT INTO {table} ({column}, month, minutes, times) VALUES {marks} "  # noqa: S608 (names of ours)
        f"ON CONFLICT ({column}, month) DO UPDATE SET "
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
    """Changes whenever an item is added, renamed, merged, deleted or put into another state."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT COUNT(*), MAX(created_at), SUM(version), (SELECT MAX(id) FROM toil_statechange) FROM toil_item"
        )
        return tuple(cursor.fetchone())
