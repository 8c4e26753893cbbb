"""Runs the benchmark on a PostgreSQL of its own and prints a table: p50, p95, ratio to the floor, queries, bytes."""

import json
import re
import statistics
import sys
import tempfile
import time
import uuid
from datetime import UTC, datetime, timedelta
from pathlib import Path

from apps.stakeholders import chart
from benchmarks.browser import ROUNDS, Browser, measure
from benchmarks.installation import Installation
from tests import services

PAGES = {
    "Home": "/",
    "Log page": "/toil/",
    "Items page": "/toil/items/",
    "Stakeholders": "/stakeholders/",
    "One group": "/stakeholders/1/",
    "Focus": "/stakeholders/focus/",
    "Our SRE": "/our-sre/",
    "Map": "/map/",
    "Map as of": f"/map/?at={datetime.now(UTC).date() - timedelta(days=100)}",
    "Compare": "/map/compare/?from=100&to=900",
    "People": "/people/",
    "Field": "/people/field/",
    "Gatherings": "/gatherings/",
    "Series": "/gatherings/1/",
}
LIMITS = {"ratio": 2.0, "queries": 12, "first visit": 60_000, "later visits": 12_000}
# (× floor, queries) of pages that have a goal of their own.
OWN_LIMITS = {"Map": (2.0, 15), "Map as of": (2.0, 15), "Compare": (3.0, 15), "People": (2.0, 15), "Series": (2.0, 15)}
# Measured to be seen, without a goal: their work grows with what a page shows of 200 members' words.
WITHOUT_GOAL = ("Focus", "Our SRE", "Field", "Gatherings")


def weigh(browser: Browser) -> tuple[int, int]:
    """Bytes of Home as they travel: on the first visit with all files, and afterwards."""
    encodings = {"Accept-Encoding": "br, gzip"}
    page = len(browser.ask("GET", "/", **encodings)[2])
    html = browser.ask("GET", "/")[2].decode()
    files = {path for path in re.findall(r'(?:href|src)="(/static/[^"#]+)', html) if "print" not in path}
    return page + sum(len(browser.ask("GET", path, **encodings)[2]) for path in files), page


def lay_out() -> float:
    """Milliseconds for the places of thirty names, which a process does once for each change of the chart."""
    names = ("Night shift of the nursery", "自治体の保育課と監査の担当者")
    places = [
        chart.Place(n, names[n % 2], names[n % 2], 1 + n % 5, 1 + n % 4, "likely", came_from=(5, 5)) for n in range(30)
    ]
    started = time.perf_counter()
    chart.layout(places)
    return (time.perf_counter() - started) * 1000


def main() -> int:
    with services.postgres() as database, tempfile.TemporaryDirectory() as folder:
        installation = Installation(Path(folder), database)
        installation.step("load")
        installation.step("vacuum")
        queries = installation.step("queries", json.dumps(PAGES))
        with installation.served():
            return report(Browser(installation.port), queries)


def report(browser: Browser, queries: dict[str, int]) -> int:
    browser.sign_in()
    reads = measure(
        {name: lambda path=path: browser.ask("GET", path) for name, path in {"floor": "/floor/", **PAGES}.items()}
    )
    token = browser.token("/")
    line = {"line": "25m release data 1", "csrfmiddlewaretoken": token}
    item = re.search(r"/toil/items/(\d+)/", browser.ask("GET", "/toil/items/?sort=name")[2].decode())[1]
    name = re.search(rf'/toil/items/{item}/">([^<]+)<', browser.ask("GET", "/toil/items/?sort=name")[2].decode())[1]
    line["line"] = f'25m "{name}"'

    def quick_log() -> tuple:
        answer = browser.ask("POST", "/toil/log/", line | {"submission_id": str(uuid.uuid4())})
        browser.cookies.pop("messages", None)  # the page that follows shows the toast, and takes it
        return answer

    writes = measure(
        {
            "floor": lambda: browser.ask("POST", "/floor/write/", {"item": item, "csrfmiddlewaretoken": token}),
            "Quick log": quick_log,
        },
    )
    first, later = weigh(browser)
    worst = []
    print(f"\n{'':14}{'p50 ms':>9}{'p95 ms':>9}{'× floor':>9}{'queries':>9}")
    for group in (reads, writes):
        floor = statistics.median(group["floor"])
        for name, times in group.items():
            ratio = statistics.median(times) / floor
            p95 = statistics.quantiles(times, n=20)[-1]
            asked = queries.get(name, "")
            print(f"{name:14}{statistics.median(times):9.1f}{p95:9.1f}{ratio:9.2f}{asked:>9}")
            if name in WITHOUT_GOAL:
                continue
            most_ratio, most_queries = OWN_LIMITS.get(name, (LIMITS["ratio"], LIMITS["queries"]))
            if ratio > most_ratio or (asked and asked > most_queries):
                worst.append(name)
    drawn = statistics.median(lay_out() for _turn in range(ROUNDS))
    print(
        f"\nChart of 30 groups, laid out anew: {drawn:.1f} ms, {drawn / statistics.median(reads['floor']):.2f} × floor"
    )
    print(f"\nHome, compressed: {first:,} bytes on the first visit, {later:,} afterwards")
    if first > LIMITS["first visit"] or later > LIMITS["later visits"]:
        worst.append("weight of Home")
    print(f"Above its goal: {', '.join(worst) or 'nothing'}")
    return 1 if worst else 0


if __name__ == "__main__":
    sys.exit(main())
