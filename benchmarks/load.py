"""Two hundred members at work at once: `python -m benchmarks.load`, on a PostgreSQL and a Redis of its own.

Fifty requests a second arrive at moments drawn beforehand, whether or not the earlier ones are answered, and a time is
counted from the moment a request was due. Web and worker run as `manage.py up` starts them. MINUTES is how long.
"""

import asyncio
import os
import random
import signal
import statistics
import sys
import tempfile
import time
import uuid
from collections import defaultdict
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlencode

from benchmarks.goals import Goals
from benchmarks.installation import Installation
from tests import services

MINUTES = float(os.environ.get("MINUTES", "10"))
RATE = float(os.environ.get("RATE", "50"))  # a second
ENTRIES = int(os.environ.get("ENTRIES", "50000"))
REVISIONS = 100  # of the map
WARM_UP = 10  # seconds, not counted
WITHIN = 20.0  # seconds; a later answer is none
MOST_AT_ONCE = 1_000  # beyond it nothing more is asked: the server stands still
MOST, MOST_OF_DASHBOARD = 300.0, 500.0  # ms, of 95 in a hundred
# Of a hundred requests, and the addresses each kind takes in turn.
KINDS = {
    "Home": (30, ["/"]),
    "Log an entry": (25, ["/toil/log/"]),
    "Log page": (15, ["/toil/"]),
    "Items": (10, ["/toil/items/"]),
    "Dashboard": (
        10,
        ["/dashboard/", "/dashboard/toil/", "/dashboard/", "/dashboard/load/", "/dashboard/", "/dashboard/learning/",
         "/dashboard/", "/dashboard/map/"],
    ),
    "Map": (5, ["/map/"]),
    "People, gatherings": (5, ["/people/", "/gatherings/"]),
}  # fmt: skip
CSRF = "a" * 32  # the same in cookie and form


@dataclass
class Seen:
    """Of one kind: milliseconds of the answers, by the minute in which each was due, and what went wrong."""

    by_minute: dict[int, list[float]] = field(default_factory=lambda: defaultdict(list))
    errors: list[str] = field(default_factory=list)

    @property
    def times(self) -> list[float]:
        return [took for times in self.by_minute.values() for took in times]


class Visitor:
    """A member's browser: as many keep-alive connections as it needs at once."""

    def __init__(self, port: int, session: str):
        self._port, self._cookie = port, f"session={session}; csrf={CSRF}"
        self._idle: list[tuple[asyncio.StreamReader, asyncio.StreamWriter]] = []

    async def ask(self, path: str, form: dict[str, str] | None) -> int:
        """The status. Raises OSError, asyncio.IncompleteReadError."""
        reader, writer = await self._connection()
        try:
            status = await self._converse(reader, writer, path, form)
        except BaseException:
            writer.close()
            raise
        self._idle.append((reader, writer))
        return status

    async def _connection(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        while self._idle:
            reader, writer = self._idle.pop()
            if not reader.at_eof() and not writer.is_closing():
                return reader, writer
            writer.close()  # the server ends those that nobody uses
        return await asyncio.open_connection("127.0.0.1", self._port)

    async def _converse(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, path: str, form: dict[str, str] | None
    ) -> int:
        body = urlencode(form).encode() if form else b""
        head = [
            f"{'POST' if form else 'GET'} {path} HTTP/1.1", "Host: localhost", f"Cookie: {self._cookie}",
            "Accept: text/html", "Accept-Encoding: br, gzip",
        ]  # fmt: skip
        if form:
            head += [
                "Content-Type: application/x-www-form-urlencoded", f"Content-Length: {len(body)}", "HX-Request: true",
            ]  # fmt: skip
        writer.write("\r\n".join([*head, "", ""]).encode() + body)
        answer = (await reader.readuntil(b"\r\n\r\n")).decode().lower().split("\r\n")
        headers = dict(line.split(": ", 1) for line in answer[1:] if line)
        if "content-length" in headers:
            await reader.readexactly(int(headers["content-length"]))
        elif headers.get("transfer-encoding") == "chunked":
            while size := int(await reader.readline(), 16):
                await reader.readexactly(size + 2)
            await reader.readline()
        return int(answer[0].split()[1])


def arrivals(chance: random.Random, seconds: float) -> list[tuple[float, str, str]]:
    """(second, kind, address) of all requests of so many seconds: `RATE` a second on average, each at any moment."""
    turns: dict[str, int] = defaultdict(int)
    kinds, weights = list(KINDS), [share for share, _paths in KINDS.values()]
    moments = sorted(chance.uniform(0, seconds) for _each in range(round(RATE * seconds)))
    found = []
    for moment in moments:
        (kind,) = chance.choices(kinds, weights)
        paths = KINDS[kind][1]
        found.append((moment, kind, paths[turns[kind] % len(paths)]))
        turns[kind] += 1
    return found


async def visit(port: int, sessions: list[str], lines: list[str]) -> tuple[dict[str, Seen], int]:
    """What was seen of each kind, and how many entries were logged in all, the warm-up's too."""
    chance = random.Random(40)
    visitors = [Visitor(port, session) for session in sessions]
    seen = {kind: Seen() for kind in KINDS}
    logged = 0
    running: set[asyncio.Task] = set()
    began = time.perf_counter() + 0.1

    async def one(due: float, kind: str, path: str) -> None:
        nonlocal logged
        form = None
        if kind == "Log an entry":
            line, once = chance.choice(lines), str(uuid.UUID(int=chance.getrandbits(128), version=4))
            form = {"line": line, "submission_id": once, "csrfmiddlewaretoken": CSRF}
        wrong = ""
        try:
            status = await asyncio.wait_for(chance.choice(visitors).ask(path, form), WITHIN)
            if status == 200:
                logged += form is not None
            else:
                wrong = str(status)
        except (OSError, asyncio.IncompleteReadError) as error:  # TimeoutError is an OSError
            wrong = type(error).__name__
        took = time.perf_counter() - began - due
        if due < WARM_UP:
            return
        if wrong:
            seen[kind].errors.append(wrong)
        else:
            seen[kind].by_minute[int((due - WARM_UP) // 60)].append(took * 1000)

    for due, kind, path in arrivals(chance, WARM_UP + MINUTES * 60):
        await asyncio.sleep(max(0.0, began + due - time.perf_counter()))
        if len(running) >= MOST_AT_ONCE:
            seen[kind].errors.append("not asked")
            continue
        task = asyncio.create_task(one(due, kind, path))
        running.add(task)
        task.add_done_callback(running.discard)
    if running:
        await asyncio.wait(running)
    return seen, logged


def main() -> int:
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # what was started is ended on the way out
    with (
        services.postgres(durable=True) as database,
        services.redis() as redis,
        tempfile.TemporaryDirectory() as folder,
    ):
        here = Installation(
            Path(folder), database, workers=2, REDIS_URL=redis, DJANGO_SETTINGS_MODULE="config.settings"
        )
        here.step("load", ENTRIES, REVISIONS)
        here.step("vacuum")
        ready, before = here.step("sign_in"), here.step("count")
        with here.served(), services.worker(here.environment):
            print(f"Load of the machine before it begins: {os.getloadavg()[0]:.1f} of {os.cpu_count()} processors")
            seen, logged = asyncio.run(visit(here.port, ready["sessions"], ready["lines"]))
        return report(seen, here.step("count") - before, logged)


def report(seen: dict[str, Seen], written: int, logged: int) -> int:
    asked = sum(len(each.times) + len(each.errors) for each in seen.values())
    print(f"\n{asked:,} requests in {MINUTES:g} minutes, {asked / MINUTES / 60:.1f} a second\n")
    print(f"{'':20}{'count':>8}{'p50 ms':>9}{'p95 ms':>9}{'p99 ms':>9}{'errors':>8}")
    goals = Goals()
    p95 = {}
    for kind, each in seen.items():
        cuts = _cuts(each.times)
        p95[kind] = cuts[94]
        count = len(each.times) + len(each.errors)
        print(f"{kind:20}{count:8,}{cuts[49]:9.1f}{cuts[94]:9.1f}{cuts[98]:9.1f}{len(each.errors):8}")
    minutes = sorted({minute for each in seen.values() for minute in each.by_minute})
    of_all = [[took for each in seen.values() for took in each.by_minute.get(minute, ())] for minute in minutes]
    print("\np95 of all, minute by minute:", *(f"{_p95(times):.0f}" for times in of_all), "ms\n")
    for kind, took in p95.items():
        goals.hold(f"{kind}, p95 in ms", took, MOST_OF_DASHBOARD if kind == "Dashboard" else MOST)
    errors = sorted({wrong for each in seen.values() for wrong in each.errors})
    goals.hold("errors" + "".join(f", {wrong}" for wrong in errors), sum(len(each.errors) for each in seen.values()), 0)
    goals.hold("entries that are not what was said to be logged", abs(written - logged), 0)
    return goals.exit_code()


def _cuts(times: list[float]) -> list[float]:
    return statistics.quantiles(times, n=100) if len(times) > 1 else [float("inf")] * 99


def _p95(times: list[float]) -> float:
    return _cuts(times)[94]


if __name__ == "__main__":
    sys.exit(main())
