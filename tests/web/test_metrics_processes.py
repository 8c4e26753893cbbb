"""Several web processes count as one: a real gunicorn, as in production (R99)."""

import os
import shutil
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import pytest
from prometheus_client.multiprocess import MultiProcessCollector

from tests import services
from tests.faults import installations
from tests.faults.web import web
from tests.scraping import BEARER, TOKEN, Scrape

pytestmark = pytest.mark.worker
REQUESTS, SECONDS = "miraizu_http_requests_total", "miraizu_http_request_duration_seconds_count"
UNKNOWN = {"method": "GET", "route": "none", "status": "4xx"}
HTTP = (REQUESTS, SECONDS, "miraizu_http_request_database_queries_count")
MOST = 1_200


def _status(port: int, path: str) -> int:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=20) as answer:
            return answer.status
    except urllib.error.HTTPError as error:
        return error.code


def _scrape(port: int) -> Scrape:
    request = urllib.request.Request(f"http://127.0.0.1:{port}/metrics", headers=BEARER)
    with urllib.request.urlopen(request, timeout=20) as answer:
        return Scrape(answer.read().decode())


def _unknown(port: int, first: int, count: int) -> None:
    """So many requests to addresses that don't exist, each to another one."""
    with ThreadPoolExecutor(8) as pool:
        codes = list(pool.map(lambda number: _status(port, f"/no-such-page-{number}/"), range(first, first + count)))
    assert set(codes) == {404}


def _of_each(folder) -> dict[int, float]:
    """How many such requests each running process answered, by its id."""
    found = {}
    for path in folder.glob("counter_[0-9]*.db"):
        samples = [sample for family in MultiProcessCollector.merge([str(path)]) for sample in family.samples]
        pid = int(path.stem.removeprefix("counter_"))
        found[pid] = sum(sample.value for sample in samples if sample.labels == UNKNOWN)
    return found


def _until(holds, within: float = 20) -> None:
    give_up = time.monotonic() + within
    while not holds():
        assert time.monotonic() < give_up, "it did not come to that in time"
        time.sleep(0.1)


@pytest.fixture(scope="module")
def migrated(tmp_path_factory):
    def migrate(folder):
        installations.python(installations.environment(folder), installations.MIGRATE)

    return services.once(tmp_path_factory, "migrated", migrate)


def test_the_sum_holds_over_processes_and_their_ends(tmp_path, migrated):
    shutil.copytree(migrated, tmp_path / "var")
    environment, folder = installations.environment(tmp_path / "var"), tmp_path / "var" / "metrics"
    folder.mkdir()
    (folder / "counter_1.db").write_bytes(b"of an earlier start")
    with web(environment, tmp_path / "web", people=1, METRICS_TOKEN=TOKEN) as served:
        asked = 0
        while asked < MOST and (len(_of_each(folder)) < 2 or min(_of_each(folder).values()) == 0):
            _unknown(served.port, asked, 40)
            asked += 40
        counted = _of_each(folder)
        assert len(counted) == 2 and min(counted.values()) > 0, counted
        assert sum(counted.values()) == asked
        for _time in range(6):  # whichever process answers
            read = _scrape(served.port)
            assert read.of(REQUESTS, **UNKNOWN) == asked
            assert read.of(SECONDS, method="GET", route="none") == asked
        assert set(read.by(REQUESTS, "route")) == {"none", "web:live", "web:metrics"}
        # One ends as after its share of requests, the other as when somebody kills it.
        for pid, how in zip(sorted(counted), (signal.SIGTERM, signal.SIGKILL), strict=True):
            os.kill(pid, how)
            _until(lambda pid=pid: pid not in _of_each(folder) and len(_of_each(folder)) == 2)
            assert _scrape(served.port).of(REQUESTS, **UNKNOWN) == asked
        _unknown(served.port, asked, 40)
        read = _scrape(served.port)
        assert read.of(REQUESTS, **UNKNOWN) == read.of(SECONDS, method="GET", route="none") == asked + 40
        assert len(list(folder.iterdir())) == 6, "two files of each process, and two of those that ended"


@contextmanager
def _gunicorn(folder, **extra: str):
    port = services.free_port()
    environment = installations.environment(folder) | {"PORT": str(port), "METRICS_TOKEN": TOKEN} | extra
    with (folder / "web.log").open("wb") as said:
        process = subprocess.Popen(
            [sys.executable, "-m", "gunicorn", "--config", "config/gunicorn.py", "config.wsgi"],
            env=environment, cwd=services.ROOT, stdout=said, stderr=said,
        )  # fmt: skip
    try:
        services.wait_until_serving(f"http://127.0.0.1:{port}/healthz/live", within=60)
        yield port
    finally:
        services.end(process)


def test_without_a_database_requests_are_still_told(tmp_path):
    nobody = services.free_port()
    with _gunicorn(tmp_path, DATABASE_URL=f"postgresql://me:secret@127.0.0.1:{nobody}/none") as port:
        assert _status(port, "/metrics") == 401
        read = _scrape(port)
        assert read.of("miraizu_database_up") == 0
        assert read.of(REQUESTS, method="GET", route="web:live", status="2xx") >= 1
        assert read.of(REQUESTS, method="GET", route="web:metrics", status="4xx") == 1
        assert "miraizu_deliveries" not in read.text


def test_without_room_to_count_pages_are_served_all_the_same(tmp_path):
    (tmp_path / "metrics").write_text("no folder")
    with _gunicorn(tmp_path) as port:
        assert _status(port, "/healthz/live") == 200
        read = _scrape(port)
        assert read.of("miraizu_database_up") is not None
        assert not any(read.by(name, "route") for name in HTTP)
    assert "metrics.not_counted" in (tmp_path / "web.log").read_text()
