"""The web server as in production, as a process, and people who use it by HTTP."""

import atexit
import contextlib
import functools
import http.client
import os
import re
import shutil
import subprocess
import sys
import tempfile
import threading
import time
import urllib.parse
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from html import unescape
from pathlib import Path

from tests import services
from tests.faults import installations

PASSWORD = "quiet paper lantern field"
PEOPLE = """
import sys, django; django.setup()
from apps.accounts.models import Member, Organisation
from apps.toil.models import Item
Organisation.objects.get_or_create(only=True, defaults={"name": "Komorebi"})
for number in range(int(sys.argv[1])):
    if not Member.objects.filter(email=f"person{number}@example.com").exists():
        Member.objects.make(f"person{number}@example.com", f"Person {number}", password=sys.argv[2],
            role="lead" if number == 0 else "member")
Item.objects.get_or_create(name="Manual release")
"""
# Names with hashes, as the pages ask for them; not packed, which takes longest and is not what is tested.
PACK = """
import django
from django.conf import settings
settings.STORAGES["staticfiles"]["BACKEND"] = "django.contrib.staticfiles.storage.ManifestStaticFilesStorage"
django.setup()
from django.core.management import call_command
from apps.web.management.commands.prepare import NOT_SERVED
call_command("collectstatic", interactive=False, verbosity=0, ignore_patterns=NOT_SERVED)
"""


@dataclass
class Answer:
    status: int
    text: str
    headers: dict[str, str]
    seconds: float


class Person:
    """A browser without a screen: keeps its cookies and its connection. Not for two threads at once."""

    def __init__(self, port: int):
        self._port, self._cookies = port, {}
        self._line: http.client.HTTPConnection | None = None

    def get(self, path: str) -> Answer:
        return self._ask("GET", path, None, {})

    def post(self, path: str, **fields: str) -> Answer:
        fields["csrfmiddlewaretoken"] = self._cookies.get("csrf", "")
        kind = {"Content-Type": "application/x-www-form-urlencoded"}
        return self._ask("POST", path, urllib.parse.urlencode(fields).encode(), kind)

    def upload(self, path: str, content: bytes, **fields: str) -> Answer:
        fields["csrfmiddlewaretoken"] = self._cookies.get("csrf", "")
        mark = uuid.uuid4().hex
        parts = [f'--{mark}\r\nContent-Disposition: form-data; name="{n}"\r\n\r\n{v}\r\n' for n, v in fields.items()]
        head = f'--{mark}\r\nContent-Disposition: form-data; name="file"; filename="a.csv"\r\nContent-Type: text/csv\r\n\r\n'
        body = "".join(parts).encode() + head.encode() + content + f"\r\n--{mark}--\r\n".encode()
        return self._ask("POST", path, body, {"Content-Type": f"multipart/form-data; boundary={mark}"})

    def sign_in(self, number: int) -> Answer:
        self.get("/accounts/login/")
        return self.post("/accounts/login/", login=f"person{number}@example.com", password=PASSWORD)

    def log(self) -> Answer:
        self._cookies.pop("messages", None)  # the page after the one before has shown its toast, and taken it
        return self.post("/toil/log/", line="25m manual release", submission_id=str(uuid.uuid4()))

    def ring(self) -> Answer:
        """Asks for a test message to the inbox: a request that rings the doorbell."""
        return self.post("/settings/reminders/test/", channel="inbox", submission_id=str(uuid.uuid4()))

    def _ask(self, method: str, path: str, body: bytes | None, headers: dict[str, str]) -> Answer:
        headers["Cookie"] = "; ".join(f"{name}={value}" for name, value in self._cookies.items())
        began = time.monotonic()
        for again in (True, False):
            line = self._line or http.client.HTTPConnection("127.0.0.1", self._port, timeout=60)
            fresh, self._line = self._line is None, line
            try:
                line.request(method, path, body, headers)
                answer = line.getresponse()
                text = answer.read().decode(errors="replace")
                break
            except (http.client.HTTPException, OSError):
                # A server closes what nobody used for a while, as browsers know.
                self._line = None
                line.close()
                if fresh or not again:
                    raise
        for name, value in answer.getheaders():
            if name.lower() == "set-cookie" and (said := re.match(r"([^=]+)=([^;]*)", value)):
                self._cookies[said[1]] = said[2]
        if answer.getheader("Connection", "").lower() == "close":
            self._line = None
        seconds = time.monotonic() - began
        return Answer(answer.status, unescape(text), {n.lower(): v for n, v in answer.getheaders()}, seconds)


@dataclass
class Seen:
    """What many requests met."""

    seconds: list[float] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)


@dataclass
class Web:
    port: int
    log: Path
    process: subprocess.Popen

    def person(self, number: int) -> Person:
        """Somebody who is signed in. Raises RuntimeError."""
        one = Person(self.port)
        answer = one.sign_in(number)
        if answer.status != 302:
            raise RuntimeError(f"signing in was answered with {answer.status}")
        return one


@functools.cache
def _packed() -> str:
    """The folder of static files, packed once by each process that tests; gone when that ends."""
    folder = tempfile.mkdtemp(prefix="miraizu-static-")
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    installations.python(installations.environment(Path(folder)), PACK)
    return f"{folder}/static"


@contextlib.contextmanager
def web(
    environment: dict[str, str], folder: Path, *, people: int, processes: int = 2, log: Path | None = None, **extra: str
) -> Iterator[Web]:
    """Serves the migrated installation of `environment`, with so many people in it (`Web.person`)."""
    folder.mkdir(parents=True, exist_ok=True)
    port, log = services.free_port(), log or folder / "web.log"
    environment = environment | {
        "PORT": str(port), "HOST": "127.0.0.1", "SITE_URL": f"http://127.0.0.1:{port}",
        "WEB_CONCURRENCY": str(processes), **extra,
    }  # fmt: skip
    shutil.copytree(_packed(), Path(environment["MIRAIZU_VAR"]) / "static", dirs_exist_ok=True)
    installations.python(environment, PEOPLE, str(people), PASSWORD)
    with log.open("ab") as said:
        process = subprocess.Popen(
            [sys.executable, "-m", "gunicorn", "--config", "config/gunicorn.py", "config.wsgi"],
            env=environment, cwd=services.ROOT, stdout=said, stderr=said, start_new_session=True,
        )  # fmt: skip
    try:
        services.wait_until_serving(f"http://127.0.0.1:{port}/healthz/live", within=60)
        yield Web(port, log, process)
    finally:
        services.end(process)
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, 9)


def at_a_rate(people: list[Person], rate: float, seconds: float, ask: Callable[[Person, int], Answer]) -> Seen:
    """`rate` requests a second for so long, by these people in turn; an answer of 500 and more is an error, and so is
    none.
    """
    seen, each = Seen(), len(people) / rate

    def use(person: Person, first: int) -> None:
        began, number = time.monotonic() + first / rate, 0
        while number * each < seconds:
            time.sleep(max(began + number * each - time.monotonic(), 0))
            try:
                answer = ask(person, number * len(people) + first)
                error = f"{answer.status} {answer.text[:200]}" if answer.status >= 500 else ""
                took = answer.seconds
            except (http.client.HTTPException, OSError) as failed:
                error, took = type(failed).__name__, 60.0
            with seen.lock:
                seen.seconds.append(took)
                if error:
                    seen.errors.append(error)
            number += 1

    threads = [threading.Thread(target=use, args=(person, number)) for number, person in enumerate(people)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    return seen
