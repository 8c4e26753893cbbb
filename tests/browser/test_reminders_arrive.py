"""The whole way of a message, as people see it: planned in one browser, it arrives in another one's open inbox, by mail
and at a webhook, once each, with the worker killed in between. With nothing set up, and as in production.
"""

import contextlib
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from email import message_from_bytes
from email.policy import default
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import Browser, Page, expect

from tests import services
from tests.browser.people import DESKTOP
from tests.reminders import sinks

pytestmark = pytest.mark.worker
PASSWORD = "quiet paper lantern"
PEOPLE = """
import django; django.setup()
from apps.accounts.models import Member, Organisation
Organisation.objects.create(name="Komorebi", time_zone="Asia/Tokyo")
for name, role in (("aoi", "lead"), ("kenta", "member")):
    Member.objects.make(f"{name}@example.com", name.title(), password="quiet paper lantern", role=role,
                        time_zone="Asia/Tokyo")
"""


@dataclass
class Installation:
    """What `make up` starts, with receivers beside it."""

    address: str
    process: subprocess.Popen
    hooks: sinks.Hooks
    letters: Callable[[], list]

    def workers(self) -> list[int]:
        """The Celery workers, without their schedulers."""
        below = [pid for pid in services.descendants(self.process.pid) if b"celery" in _command(pid)]
        return [pid for pid in below if not any(pid in services.descendants(other) for other in below)]

    def kill_the_worker(self) -> None:
        (worker,) = self.workers()
        os.kill(worker, signal.SIGKILL)
        give_up = time.monotonic() + 10
        while worker in services.descendants(self.process.pid) and time.monotonic() < give_up:
            time.sleep(0.05)

    def wait_for_the_worker(self) -> None:
        give_up = time.monotonic() + 30
        while not self.workers() and time.monotonic() < give_up:
            time.sleep(0.2)


def _command(pid: int) -> bytes:
    with contextlib.suppress(OSError):
        return Path(f"/proc/{pid}/cmdline").read_bytes()
    return b""


@pytest.fixture(params=["with nothing set up", "in production"])
def installation(request, tmp_path) -> Iterator[Installation]:
    port = services.free_port()
    with contextlib.ExitStack() as running:
        hooks = running.enter_context(sinks.hooks())
        environment = os.environ | {
            "MIRAIZU_VAR": str(tmp_path / "var"), "PORT": str(port), "SITE_URL": f"http://localhost:{port}",
            "DATABASE_URL": "", "REDIS_URL": "", "EMAIL_URL": "", "DJANGO_SETTINGS_MODULE": "config.settings",
            "MIRAIZU_OUTBOUND_HTTP": "true", "MIRAIZU_OUTBOUND_HOSTS": "127.0.0.0/8",
            "MIRAIZU_OUTBOUND_PORTS": str(hooks.port),
        }  # fmt: skip
        folder = tmp_path / "var" / "mail"
        letters: Callable[[], list] = lambda: [  # noqa: E731
            message_from_bytes(each.read_bytes(), policy=default) for each in folder.glob("*")
        ]
        if request.param == "in production":
            mail = running.enter_context(sinks.mail())
            letters = lambda: list(mail.letters)  # noqa: E731
            environment |= {
                "DATABASE_URL": running.enter_context(services.postgres()),
                "REDIS_URL": running.enter_context(services.redis()),
                "EMAIL_URL": f"smtp://127.0.0.1:{mail.port}",
            }
        run = {"env": environment, "cwd": services.ROOT}
        subprocess.run([sys.executable, "manage.py", "prepare"], check=True, stdout=subprocess.DEVNULL, **run)
        subprocess.run([sys.executable, "-c", PEOPLE], check=True, **run)
        log = running.enter_context((tmp_path / "up.log").open("wb"))
        process = subprocess.Popen(
            [sys.executable, "manage.py", "up"], stdout=log, stderr=log, start_new_session=True, **run
        )
        running.callback(services.end, process, 20)
        services.wait_until_serving(f"http://localhost:{port}/healthz/ready", within=60)
        yield Installation(f"http://localhost:{port}", process, hooks, letters)


@pytest.fixture
def window(chromium: Browser, installation) -> Iterator[Callable[[str], Page]]:
    contexts = []

    def opened(name: str) -> Page:
        contexts.append(chromium.new_context(base_url=installation.address, viewport=DESKTOP, locale="en"))
        page = contexts[-1].new_page()
        page.goto("/accounts/login/")
        page.fill("[name=login]", f"{name}@example.com")
        page.fill("[name=password]", PASSWORD)
        page.press("[name=password]", "Enter")
        page.wait_for_url(f"{installation.address}/")
        return page

    yield opened
    for context in contexts:
        context.close()


def _looks(page: Page) -> None:
    """As when somebody comes back to the tab."""
    page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")


def _choose(page: Page, hook: str) -> None:
    """At any hour and on any day, the reminder before a gathering by every way, one of them a webhook."""
    page.goto("/settings/reminders/addresses/new/")
    page.get_by_label("Name").fill("My program")
    page.get_by_label("Signed webhook").check()
    page.get_by_label("Address", exact=True).fill(hook)
    page.get_by_role("button", name="Add it").click()
    expect(page.locator("main")).to_contain_text("whsec_")
    page.goto("/settings/reminders/")
    for day in page.locator("[name=working_days]").all():
        day.check()
    for time_field in ("quiet_from", "quiet_until"):
        page.locator(f"[name={time_field}]").fill("")
    for channel in ("email", "webhook"):
        page.locator(f"[name=choice-gathering_second-{channel}]").select_option("at_once")
    page.get_by_role("button", name="Save").first.click()
    expect(page.locator(".toast")).to_be_visible()


def _plan(page: Page) -> None:
    begins = datetime.now(ZoneInfo("Asia/Tokyo")) + timedelta(minutes=2)
    page.goto("/gatherings/new/?kind=event")
    page.locator("[name=title]").fill("Restart together")
    page.locator("[name=day]").fill(begins.date().isoformat())
    page.locator("[name=clock]").fill(begins.strftime("%H:%M"))
    page.get_by_role("button", name="Plan it").click()
    expect(page.locator("h1")).to_have_text("Restart together")
    page.goto("/gatherings/1/invite/")
    page.get_by_label("Kenta").check()
    page.get_by_role("button", name=re.compile("Invite")).first.click()
    expect(page.locator(".toast")).to_contain_text("1 person is invited")


def _until(met: Callable[[], bool], within: float) -> None:
    give_up = time.monotonic() + within
    while not met() and time.monotonic() < give_up:
        time.sleep(0.2)
    assert met()


def test_what_is_planned_arrives_by_every_way_once(installation, window):
    kenta, aoi = window("kenta"), window("aoi")
    _choose(kenta, installation.hooks.url)
    kenta.goto("/inbox/")
    expect(kenta.locator("main")).to_contain_text("Nothing waits for you")
    installation.kill_the_worker()
    _plan(aoi)  # while another worker starts

    installation.wait_for_the_worker()
    subjects = lambda: sorted(each["Subject"] for each in installation.letters())  # noqa: E731
    _until(lambda: len(installation.hooks.posts) >= 1 and len(subjects()) >= 1, within=40)
    _looks(kenta)
    line = kenta.locator(".inbox__line").filter(has_text="Invitation: Restart together")
    expect(line).to_be_visible()
    assert kenta.locator("#unread-rail .count").count() == 0, "it is before the reader's eyes"
    line.get_by_role("button", name="Join").click()
    expect(line).to_contain_text("You answered “Join”.")

    _until(lambda: len(installation.hooks.posts) >= 2 and len(subjects()) >= 2, within=90)
    _looks(kenta)
    expect(kenta.locator(".inbox__line:not(.is-answered)").first).to_contain_text("Restart together")
    time.sleep(3)  # whatever would come a second time
    assert len(subjects()) == 2 and subjects()[1] == "Invitation: Restart together"
    assert re.match(r"(In \d minutes?|It begins now): Restart together", subjects()[0])
    ids = [post.headers["webhook-id"] for post in installation.hooks.posts]
    assert len(ids) == len(set(ids)) == 2
