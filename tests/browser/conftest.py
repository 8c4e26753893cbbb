"""A real server and a real Chromium for the browser tests."""

import os
import subprocess
import sys

import pytest
from playwright.sync_api import Browser, sync_playwright

from tests import services

FLAGS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync", "--disable-dev-shm-usage",
]  # fmt: skip


def pytest_collection_modifyitems(items):
    for item in items:
        if "tests/browser" in str(item.path):
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="session")
def chromium() -> Browser:
    try:
        binary = services.chromium_binary()
    except services.Missing as missing:
        pytest.skip(f"missing: {missing}")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=binary, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def story(tmp_path_factory):
    """The example story in English, served by the real web server, for tests that only look; gives its address."""
    yield from _serve(tmp_path_factory.mktemp("story"), "en")


@pytest.fixture(scope="module")
def own_story(tmp_path_factory):
    """The same, for one module that writes."""
    yield from _serve(tmp_path_factory.mktemp("own"), "en")


def _serve(folder, language: str):
    port = services.free_port()
    environment = os.environ | {
        "MIRAIZU_VAR": str(folder),
        "PORT": str(port),
        "SITE_URL": f"http://localhost:{port}",
        "ALLOWED_HOSTS": "localhost",
        "DATABASE_URL": "",
        "REDIS_URL": "",
        "WEB_CONCURRENCY": "1",
    }
    run = [sys.executable, "manage.py"]
    subprocess.run([*run, "prepare"], env=environment, cwd=services.ROOT, check=True, stdout=subprocess.DEVNULL)
    subprocess.run(
        [*run, "load_story", "--language", language, "--with-passwords"],
        env=environment, cwd=services.ROOT, check=True, stdout=subprocess.DEVNULL,
    )  # fmt: skip
    server = subprocess.Popen(
        [sys.executable, "-m", "gunicorn", "config.wsgi", "--config", "config/gunicorn.py"],
        env=environment, cwd=services.ROOT,
    )  # fmt: skip
    try:
        address = f"http://localhost:{port}"
        services.wait_until_serving(f"{address}/healthz/live")
        yield address
    finally:
        services.end(server)
