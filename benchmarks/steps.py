"""What a process does for a benchmark: `python -m benchmarks.steps STEP [arguments]`. Prints what it found as JSON."""

import contextlib
import io
import json
import statistics
import sys
import threading
import time
import uuid
from collections.abc import Callable
from pathlib import Path
from unittest import mock

import django

django.setup()

from django.conf import settings  # noqa: E402
from django.core.management import call_command  # noqa: E402
from django.db import connection  # noqa: E402
from django.test import Client  # noqa: E402
from django.test.utils import CaptureQueriesContext  # noqa: E402

from apps.accounts.models import Member  # noqa: E402
from apps.toil import rollup  # noqa: E402
from apps.toil.models import Entry, Item  # noqa: E402
from benchmarks import data, many_entries  # noqa: E402

LOGGED, LOGGED_BY_LINE = 400, 50  # entries with the sums, and as many without; a page shows those of the day


def _me() -> Member:
    return Member.objects.get(email="me@example.com")


def load(entries: str = str(data.ENTRIES), revisions: str = str(data.REVISIONS)) -> int:
    """The large installation."""
    data.load(int(entries), int(revisions))
    return Entry.objects.count()


def many(count: str) -> float:
    """Seconds for so many entries, made by the database."""
    began = time.perf_counter()
    with many_entries.without_indexes():
        many_entries.make(int(count), _me().today())
    return time.perf_counter() - began


def vacuum() -> None:
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE" if connection.vendor == "postgresql" else "ANALYZE")


def rebuild() -> tuple[float, float]:
    """Seconds, and how many MB of its own the process grew to at most beyond what it had."""
    Entry.objects.exists()  # connected
    peak, began = Peak(), time.perf_counter()
    with peak:
        call_command("rebuild_rollups", stdout=io.StringIO())
    return time.perf_counter() - began, peak.grown


class Peak:
    """How many MB the process grew to at most, looked at a hundred times a second. Pages of the database's file that
    SQLite maps are not its own: the system takes them back whenever it wants.
    """

    def __enter__(self) -> None:
        self._before = self._most = _own_memory()
        self._over = threading.Event()
        self._watch = threading.Thread(target=self._look)
        self._watch.start()

    def __exit__(self, *_ended) -> None:
        self._over.set()
        self._watch.join()

    def _look(self) -> None:
        while not self._over.wait(0.01):
            self._most = max(self._most, _own_memory())

    @property
    def grown(self) -> float:
        return self._most - self._before


def _own_memory() -> float:
    """MB; Linux tells kB."""
    status = Path("/proc/self/status").read_text(encoding="ascii")
    return int(status.partition("RssAnon:")[2].split()[0]) / 1024


def check() -> bool:
    call_command("check_rollups", stdout=io.StringIO())
    return True


def queries(pages: str) -> dict[str, int]:
    """How many each page asks, by its name, once its process is warm."""
    settings.ALLOWED_HOSTS = ["testserver"]
    client = Client()
    client.force_login(_me())
    found = {}
    for name, path in json.loads(pages).items():
        client.get(path)
        with CaptureQueriesContext(connection) as seen:
            client.get(path)
        found[name] = len(seen)
    return found


def log() -> tuple[float, float]:
    """Milliseconds (medians) of writing an entry with the sums and without, in turns."""
    me = _me()
    return _with_and_without_sums(lambda item: Entry.log(member=me, item=item, minutes=25, day=me.today()), LOGGED)


def log_by_line() -> tuple[float, float]:
    """The same of the request that a member makes."""
    settings.ALLOWED_HOSTS = ["testserver"]
    client = Client()
    client.force_login(_me())

    def ask(item: Item) -> None:
        form = {"line": f'25m "{item.name}"', "submission_id": str(uuid.uuid4())}
        if client.post("/toil/log/", form, headers={"HX-Request": "true"}).status_code != 200:
            raise ValueError(item.name)

    return _with_and_without_sums(ask, LOGGED_BY_LINE)


def _with_and_without_sums(write: Callable[[Item], object], count: int) -> tuple[float, float]:
    items = list(Item.objects.all()[:50])
    with_sums: list[float] = []
    without: list[float] = []
    for turn in range(2 * (count + 10)):
        item, has_sums = items[turn // 2 % len(items)], turn % 2 == 0
        with contextlib.nullcontext() if has_sums else mock.patch.object(rollup, "add"):
            began = time.perf_counter()
            write(item)
            took = (time.perf_counter() - began) * 1000
        if turn >= 20:
            (with_sums if has_sums else without).append(took)
    return statistics.median(with_sums), statistics.median(without)


def sign_in() -> dict:
    """A session of every member, and lines to log."""
    settings.ALLOWED_HOSTS = ["testserver"]
    sessions = []
    for member in Member.objects.active():
        client = Client()
        client.force_login(member)
        sessions.append(client.cookies[settings.SESSION_COOKIE_NAME].value)
    lines = [f'25m "{name}"' for name in Item.objects.order_by("id").values_list("name", flat=True)]
    return {"sessions": sessions, "lines": lines}


def count() -> int:
    """Of entries."""
    return Entry.objects.count()


STEPS = {
    each.__name__: each for each in (load, many, vacuum, rebuild, check, queries, log, log_by_line, sign_in, count)
}

if __name__ == "__main__":
    print(json.dumps(STEPS[sys.argv[1]](*sys.argv[2:])))
