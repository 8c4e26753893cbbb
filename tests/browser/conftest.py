"""A real server and a real Chromium for the browser tests."""

import contextlib
import json
import os
import re
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from tests import services
from tests.browser import people
from tests.browser.people import DESKTOP, PHONE

SIGNED_IN = "signed_in.json"  # cookies by role
FLAGS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync", "--disable-dev-shm-usage",
]  # fmt: skip


def pytest_collection_modifyitems(items):
    for item in items:
        if "tests/browser" in str(item.path):
            item.add_marker(pytest.mark.browser)


# Of the module, so that all tests in one language run before those in the other: changing it loads pages.
@pytest.fixture(scope="module", params=[("en", DESKTOP), ("ja", PHONE)], ids=["English, desktop", "Japanese, phone"])
def reader(request):
    """Language and size of the window."""
    return request.param


@pytest.fixture(scope="session")
def chromium() -> Browser:
    try:
        binary = services.chromium_binary()
    except services.Missing as missing:
        pytest.skip(f"missing: {missing}")
    playwright = sync_playwright().start()
    browser = playwright.chromium.launch(executable_path=binary, args=FLAGS)
    yield browser
    # One that does not end would hold up everything.
    with services.ending_children(60):
        browser.close()
        playwright.stop()


@pytest.fixture(scope="session")
def loaded(tmp_path_factory, chromium):
    """A folder to copy: prepared, with the example story in English, and its people signed in (`SIGNED_IN`).

    Packing static files and signing in take longest of all.
    """
    return services.once(tmp_path_factory, "loaded", lambda folder: _make(folder, chromium))


@pytest.fixture(scope="session")
def story(tmp_path_factory, loaded):
    """The example story in English, served by the real web server, for tests that only look; gives its address."""
    yield from serve_copy(loaded, tmp_path_factory.mktemp("story"))


@pytest.fixture(scope="module")
def own_story(tmp_path_factory, loaded):
    """The same, for one module that writes."""
    yield from serve_copy(loaded, tmp_path_factory.mktemp("own"))


@pytest.fixture(scope="module")
def without_map(tmp_path_factory, loaded):
    """The same, before anybody has drawn a map."""
    yield from serve_copy(loaded, tmp_path_factory.mktemp("bare"), _take_maps)


def say_that_senders_are_at_work(folder: Path) -> None:
    """No worker runs here, and after two minutes each page would say so to the lead."""
    with contextlib.closing(sqlite3.connect(folder / "miraizu.sqlite3")) as database:
        database.execute("INSERT INTO web_heartbeat VALUES ('senders', '2999-01-01')")
        database.commit()


def _take_maps(folder: Path) -> None:
    """Empties the tables of the map, whatever guards them."""
    with contextlib.closing(sqlite3.connect(folder / "miraizu.sqlite3")) as database:
        of_maps = "SELECT name, sql FROM sqlite_master WHERE type = ? AND tbl_name LIKE 'roadmap\\_%' ESCAPE '\\'"
        guards = list(database.execute(of_maps, ["trigger"]))
        for name, _sql in guards:
            database.execute(f"DROP TRIGGER {name}")
        for name, _sql in list(database.execute(of_maps, ["table"])):
            database.execute(f"DELETE FROM {name}")
        for _name, sql in guards:
            database.execute(sql)
        database.commit()


def _make(folder: Path, chromium: Browser) -> None:
    run, options = [sys.executable, "manage.py"], {"env": environment(folder), "cwd": services.ROOT}
    subprocess.run([*run, "prepare"], check=True, stdout=subprocess.DEVNULL, **options)
    subprocess.run(
        [*run, "load_story", "--language", "en", "--with-passwords"], check=True, stdout=subprocess.DEVNULL, **options
    )
    with served(folder) as address:
        cookies = {}
        for role in people.KEYS:
            context = people.sign_in(chromium, address, role)
            cookies[role] = context.cookies()
            context.close()
    (folder / SIGNED_IN).write_text(json.dumps(cookies))


def serve_copy(loaded: Path, folder: Path, change: Callable[[Path], None] | None = None):
    # Static files are only read, so all copies share them.
    shutil.copytree(loaded, folder, dirs_exist_ok=True, ignore=shutil.ignore_patterns("static"))
    (folder / "static").symlink_to(loaded / "static")
    if change:
        change(folder)
    say_that_senders_are_at_work(folder)
    with served(folder) as address:
        for role, cookies in json.loads((folder / SIGNED_IN).read_text()).items():
            people.remember(address, role, cookies)
        yield address


def environment(folder: Path, port: int = 0) -> dict[str, str]:
    return os.environ | {
        "MIRAIZU_VAR": str(folder),
        "PORT": str(port or 8000),
        "SITE_URL": f"http://localhost:{port or 8000}",
        "ALLOWED_HOSTS": "localhost",
        "DATABASE_URL": "",
        "REDIS_URL": "",
        "WEB_CONCURRENCY": "1",
    }


@contextlib.contextmanager
def served(folder: Path):
    port = services.free_port()
    server = subprocess.Popen(
        [sys.executable, "-m", "gunicorn", "config.wsgi", "--config", "config/gunicorn.py"],
        env=environment(folder, port), cwd=services.ROOT,
    )  # fmt: skip
    try:
        address = f"http://localhost:{port}"
        services.wait_until_serving(f"{address}/healthz/live")
        yield address
    finally:
        services.end(server)


@pytest.fixture
def window(chromium, own_story):
    """Opens a window for a role. In none of them the console says anything but refusals that a test asks for, and what
    htmx says when a newer request replaces one under way.
    """
    contexts, said = [], []

    def opened(role: str, language: str = "en", at: str = own_story, viewport=DESKTOP, **options) -> Page:
        context = people.sign_in(chromium, at, role, language, viewport=viewport, base_url=at, **options)
        context.on("console", lambda message: said.append(message.text))
        context.on("weberror", lambda error: said.append(str(error.error)))
        contexts.append(context)
        return context.new_page()

    yield opened
    for context in contexts:
        context.close()
    assert [text for text in said if not re.search("status of 4(22|09)|^htmx:", text)] == []
