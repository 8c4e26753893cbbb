"""Many entries of the log, made by the database: millions would take an hour by way of Python.

The same on every run: who, what and when are mixed from the row's number. The rows lie in no order, as after an import
of years: the days of a month are on all pages.
"""

import contextlib
from collections.abc import Iterator
from datetime import date, timedelta

from django.db import connection, transaction
from django.utils import timezone

from apps.web.plain_sql import argument

DAYS = 730  # two years, until `last`
STAKEHOLDERS = 10

# What the two databases call differently; n numbers the rows from 1 to the first parameter.
_WORDS = {
    "postgresql": {
        "numbers": "SELECT n FROM generate_series(1, %s::bigint) AS numbers (n)",
        "day": "%s::date - (%s - 1 - (n - 1) * %s / %s)::int",
        "clock": "make_time((8 + three / 64 %% 12)::int, (two / 256 %% 60)::int, 0)",
    },
    "sqlite": {
        "numbers": "SELECT n FROM (WITH RECURSIVE count (n) AS"
        " (SELECT 1 UNION ALL SELECT n + 1 FROM count WHERE n < %s) SELECT n FROM count)",
        "day": "date(%s, '-' || (%s - 1 - (n - 1) * %s / %s) || ' days')",
        "clock": "printf('%%02d:%%02d:00', 8 + three / 64 %% 12, two / 256 %% 60)",
    },
}
# Each is made, asked, and dropped again; by its place anything of a table is found at once.
_TABLES = {
    "many_who": "SELECT id, ROW_NUMBER() OVER (ORDER BY id) - 1 AS place FROM accounts_member WHERE is_active",
    "many_what": "SELECT id, ROW_NUMBER() OVER (ORDER BY id) - 1 AS place FROM toil_item WHERE merged_into_id IS NULL",
    "many_whom": "SELECT id, ROW_NUMBER() OVER (ORDER BY id) - 1 AS place FROM stakeholders_stakeholder",
}
_MIXED = """
CREATE TEMPORARY TABLE many_mixed AS
WITH numbers AS ({numbers}),
one AS (SELECT n, n * 2654435761 %% 4294967296 AS one FROM numbers),
two AS (SELECT n, (one + one / 32768) * 1103515245 %% 4294967296 AS two FROM one)
SELECT n, two, (two + two / 32768) * 1103515245 %% 4294967296 AS three FROM two
"""
_ENTRIES = """
INSERT INTO toil_entry (member_id, item_id, stakeholder_id, day, clock, minutes, note, source, created_at, version)
SELECT who.id, what.id, whom.id, {day}, {clock}, 5 + 5 * (two / 64 %% 12),
    CASE WHEN n %% 2 = 0 THEN 'release data audit ' || n ELSE '' END, 'quick', %s, 1
FROM many_mixed
JOIN many_who AS who ON who.place = two / 4096 %% %s
JOIN many_what AS what ON what.place = three / 4096 %% %s
JOIN many_whom AS whom ON whom.place = n %% %s
ORDER BY three
"""


def make(count: int, last: date) -> None:
    """So many entries of the two years that end with `last`, spread over all members and items and the first ten
    stakeholders; without their sums.
    """
    words = _WORDS[connection.vendor]
    with transaction.atomic(), connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            # Each row would be looked up in three tables again, and be kept in memory until then.
            cursor.execute("SET LOCAL session_replication_role = replica")
        counts = []
        for name, text in _TABLES.items():
            cursor.execute(f"CREATE TEMPORARY TABLE {name} AS {text}")
            cursor.execute(f"CREATE INDEX {name}_by_place ON {name} (place, id)")
            cursor.execute(f"SELECT COUNT(*) FROM {name}")
            counts.append(cursor.fetchone()[0])
        cursor.execute(_MIXED.format(**words), [count])
        members, items, stakeholders = counts
        cursor.execute(
            _ENTRIES.format(**words),
            [
                last.isoformat(), DAYS, DAYS, count, argument(timezone.now()), members, items,
                min(stakeholders, STAKEHOLDERS),
            ],
        )  # fmt: skip
        for name in (*_TABLES, "many_mixed"):
            cursor.execute(f"DROP TABLE {name}")
        if connection.vendor == "postgresql":
            cursor.execute("SET LOCAL session_replication_role = origin")


@contextlib.contextmanager
def without_indexes() -> Iterator[None]:
    """On PostgreSQL the log has none meanwhile, and gets the same ones again: that is a tenth of the time."""
    if connection.vendor != "postgresql":
        yield
        return
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT indexname, indexdef FROM pg_indexes WHERE tablename = 'toil_entry'"
            " AND indexname NOT IN (SELECT conname FROM pg_constraint)"
        )
        indexes = cursor.fetchall()
        for name, _text in indexes:
            cursor.execute(f"DROP INDEX {name}")
        yield
        cursor.execute("SET maintenance_work_mem = '1GB'")
        for _name, text in indexes:
            cursor.execute(text)


def first_day(last: date) -> date:
    return last - timedelta(days=DAYS - 1)
