"""What the dashboard costs with millions of entries, against what it costs with ten thousand of the same members and
items: `python -m benchmarks.dashboards`, on a PostgreSQL and an SQLite of its own. ENTRIES makes it smaller.

Both installations are served at the same time and asked in turns.
"""

import contextlib
import json
import os
import shutil
import signal
import statistics
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import psycopg

from benchmarks.browser import Browser, measure
from benchmarks.goals import Goals
from benchmarks.installation import Installation
from tests import services

FEW, MANY = 10_000, int(os.environ.get("ENTRIES", "5000000"))
MANY_ON_SQLITE = MANY // 10
ROUNDS = int(os.environ.get("ROUNDS", "50"))
REVISIONS = 100
PAGES = {
    "Dashboard": "/dashboard/",
    "Its toil": "/dashboard/toil/",
    "Its load": "/dashboard/load/",
    "Its learning": "/dashboard/learning/",
    "Its map": "/dashboard/map/",
}
# × its cost with few entries, × the floor, queries.
FRONT, BESIDE, MOST_QUERIES = {"few": 1.2, "floor": 3.0}, {"few": 1.5}, 25
MOST_LOGGING, MOST_SECONDS, MOST_MEGABYTES = 1.3, 120.0, 100.0


def main() -> int:
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # what was started is ended on the way out
    goals = Goals()
    with tempfile.TemporaryDirectory() as folder:
        with _on_postgres(Path(folder) / "postgres") as (few, many):
            report(goals, "PostgreSQL", few, many, MANY)
        few, many = _on_sqlite(Path(folder) / "sqlite")
        report(goals, "SQLite", few, many, MANY_ON_SQLITE)
    return goals.exit_code()


@contextlib.contextmanager
def _on_postgres(folder: Path) -> Iterator[tuple[Installation, Installation]]:
    with services.postgres(durable=True) as database:
        few = Installation(folder / "few", database)
        few.step("load", 0, REVISIONS)
        with psycopg.connect(database.replace("/miraizu?", "/postgres?"), autocommit=True) as server:
            server.execute("CREATE DATABASE many TEMPLATE miraizu")
        shutil.copytree(folder / "few", folder / "many")
        yield few, Installation(folder / "many", database.replace("/miraizu?", "/many?"))


def _on_sqlite(folder: Path) -> tuple[Installation, Installation]:
    few = Installation(folder / "few", "")
    few.step("load", 0, REVISIONS)
    shutil.copytree(folder / "few", folder / "many")
    return few, Installation(folder / "many", "")


def report(goals: Goals, database: str, few: Installation, many: Installation, count: int) -> None:
    for each, entries in ((few, FEW), (many, count)):
        made = each.step("many", entries)
        each.step("vacuum")
        seconds, grown = each.step("rebuild")
        each.step("vacuum")
    print(f"\n{database}: {count:,} entries, made in {made:.0f} s, against {FEW:,}\n")
    goals.hold("seconds to make the sums anew", seconds, MOST_SECONDS)
    goals.hold("MB that it grew by", grown, MOST_MEGABYTES)
    print("The sums equal the log" if many.step("check") else "")
    queries = many.step("queries", json.dumps(PAGES))
    with few.served(), many.served():
        _report_pages(goals, Browser(few.port), Browser(many.port), queries)
    for step, what in (("log_by_line", "Logging by a line"), ("log", "Writing its entry")):
        with_sums, without = many.step(step)
        print(f"{what}: {with_sums:.2f} ms, without the sums {without:.2f} ms")
        goals.hold(f"{what}, × without the sums", with_sums / without, MOST_LOGGING)


def _report_pages(goals: Goals, few: Browser, many: Browser, queries: dict[str, int]) -> None:
    asks = {}
    for browser in (few, many):
        browser.sign_in()
        for name, path in {"floor": "/floor/", **PAGES}.items():
            asks[browser, name] = lambda browser=browser, path=path: browser.ask("GET", path)
    times = {key: statistics.median(seen) for key, seen in measure(asks, ROUNDS).items()}
    print(f"\n{'p50':14}{'few, ms':>9}{'many, ms':>9}{'× few':>9}{'× floor':>9}{'queries':>9}")
    for name in ("floor", *PAGES):
        least, took, floor = times[few, name], times[many, name], times[many, "floor"]
        print(f"{name:14}{least:9.1f}{took:9.1f}{took / least:9.2f}{took / floor:9.2f}{queries.get(name, ''):>9}")
    print()
    for name in PAGES:
        most = FRONT if name == "Dashboard" else BESIDE
        goals.hold(f"{name}, × with few", times[many, name] / times[few, name], most["few"])
        if "floor" in most:
            goals.hold(f"{name}, × floor", times[many, name] / times[many, "floor"], most["floor"])
        goals.hold(f"{name}, queries", queries[name], MOST_QUERIES)


if __name__ == "__main__":
    sys.exit(main())
