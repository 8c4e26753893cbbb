"""Asking in plain SQL, the same on SQLite and PostgreSQL, where a page asks so often that the ORM's writing counts."""

from collections.abc import Collection
from datetime import UTC, date, datetime
from typing import Any

from django.db import connection


def fetch(text: str, arguments: list) -> list[tuple]:
    with connection.cursor() as cursor:
        cursor.execute(text, arguments)
        return cursor.fetchall()


def marks(values: Collection) -> str:
    """What stands between the brackets of `IN (…)`; of nothing, what nothing is equal to."""
    return ", ".join(["%s"] * len(values)) or "NULL"


def argument(at: datetime) -> Any:
    """A moment as the database takes it."""
    return connection.ops.adapt_datetimefield_value(at)


def as_moment(said: Any) -> Any:
    """A moment or None. PostgreSQL gives it; SQLite gives one without its zone, which is UTC, or its letters."""
    if isinstance(said, str):
        said = datetime.fromisoformat(said)
    return said.replace(tzinfo=UTC) if said is not None and said.tzinfo is None else said


def as_day(said: Any) -> Any:
    """A day or None. PostgreSQL gives it; SQLite gives its letters where it is no column's own."""
    return date.fromisoformat(said) if isinstance(said, str) else said
