"""A page that could not be made says why, where it is nobody's fault: a full disk, a database that is away."""

import errno
import sqlite3

import pytest
from django.db import InterfaceError, OperationalError, ProgrammingError
from django.test import RequestFactory
from django.utils import translation
from psycopg import errors as postgres

from apps.web.views import errors


def _caused(error: Exception, cause: Exception) -> Exception:
    error.__cause__ = cause
    return error


def _sqlite(words: str, code: int) -> Exception:
    cause = sqlite3.OperationalError(words)
    cause.sqlite_errorcode = code
    return _caused(OperationalError(words), cause)


def _page(error: Exception):
    request = RequestFactory().post("/toil/log/", {"line": "25m Manual release"})
    try:
        raise error
    except Exception:
        return errors.server_error(request)


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (OSError(errno.ENOSPC, "No space left on device"), 507),
        (OperationalError("database or disk is full"), 507),
        (_caused(OperationalError("could not extend file"), postgres.DiskFull("could not extend file")), 507),
        (_caused(ValueError("?"), OSError(errno.ENOSPC, "No space left on device")), 507),
        (_sqlite("disk I/O error", sqlite3.SQLITE_IOERR_SHMSIZE), 507),
        (_sqlite("disk I/O error", sqlite3.SQLITE_IOERR_READ), 503),
        (OperationalError("database is locked"), 503),
        (OperationalError("connection failed: Connection refused"), 503),
        (_caused(OperationalError("terminating connection"), postgres.AdminShutdown("terminating connection")), 503),
        (InterfaceError("connection already closed"), 503),
        (OperationalError("no such table: toil_entry"), 500),
        (ProgrammingError("syntax error"), 500),
        (_caused(OperationalError("canceling statement"), postgres.QueryCanceled("canceling statement")), 500),
        (OSError(errno.EACCES, "Permission denied"), 500),
        (ZeroDivisionError(), 500),
    ],
)
def test_what_failed_decides_what_the_page_says(error, status):
    page = _page(error)
    assert page.status_code == status
    assert str(errors.WORDS[status][0]).replace("'", "&#x27;") in page.text
    assert ("Retry-After" in page.headers) == (status == 503)
    assert "Traceback" not in page.text


def test_what_was_typed_is_still_there_and_the_words_are_the_reader_s():
    with translation.override("ja"):
        page = _page(OperationalError("database or disk is full"))
    assert "空き容量がありません" in page.text
    assert "25m Manual release" in page.text


def test_sqlite_says_that_it_is_full_in_these_words():
    database = sqlite3.connect(":memory:")
    database.execute("CREATE TABLE kept (words)")
    database.execute("PRAGMA max_page_count = 3")
    with pytest.raises(sqlite3.OperationalError, match="disk is full"):
        database.execute("INSERT INTO kept VALUES (?)", ["x" * 100_000])
