"""An installation to be mistreated: a database, receivers, senders as processes, and what became of each message."""

import contextlib
import json
import os
import random
import signal
import sqlite3
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import psycopg

from tests import services
from tests.faults import installations

FILL = """
import json, sys, django; django.setup()
from datetime import timedelta
from django.utils import timezone
from apps.accounts.models import Member, Organisation
from apps.reminders.models import Delivery, Destination
wanted, hook, expires, first = json.loads(sys.argv[1]), sys.argv[2], float(sys.argv[3]), int(sys.argv[4])
Organisation.objects.get_or_create(only=True, defaults={"name": "Komorebi"})
aoi = Member.objects.first() or Member.objects.make("aoi@example.com", "Aoi", password="quiet paper lantern")
now = timezone.now()
end = now + timedelta(seconds=expires) if expires else None
rows = []
for channel, count in wanted.items():
    to, where = f"member:{aoi.pk}", None
    if channel in ("webhook", "slack"):
        where = Destination(member=aoi, channel=channel, name=channel, url=hook, host=f"{channel}.example")
        where.new_secret(); where.save(); to = where.to
    rows += [Delivery(occurrence=f"{channel}:{n}", kind="test", channel=channel, to=to, recipient=aoi, destination=where,
                      due_at=now, run_at=now, expires_at=end) for n in range(first, first + count)]
Delivery.objects.bulk_create(rows, batch_size=500)
"""
LOOK = """
import json, django; django.setup()
from collections import Counter
from django.db.models import Count
from apps.reminders.models import Attempt, Delivery, InboxLine
rows = list(Delivery.objects.values_list("id", "channel", "state", "reason", "unknowns", "tries"))
again = set(map(str, Attempt.objects.filter(after_unknown=True).values_list("delivery", flat=True)))
late = set(map(str, Attempt.objects.filter(possible_repeat=True).values_list("delivery", flat=True)))
print(json.dumps({"rows": [[str(r[0]), *r[1:]] for r in rows], "marked": sorted(again | late),
                  "inbox": InboxLine.objects.count()}))
"""
LEFT = "SELECT COUNT(*) FROM reminders_delivery WHERE state NOT IN ('sent', 'dead', 'skipped')"


@dataclass
class Verdict:
    """What became of all messages: counted at the receivers, and in the rows."""

    planned: int
    states: dict[str, int]
    lost: int  # neither seen by a receiver nor given up or skipped with a reason
    repeats: dict[str, int]  # messages beyond the first at the receiver, by channel
    unmarked: int  # repeats of messages whose row says nothing of it

    @property
    def repeated(self) -> int:
        return sum(self.repeats.values())


@dataclass
class Stage:
    folder: Path
    environment: dict[str, str]
    senders: list[subprocess.Popen] = field(default_factory=list)
    kills: int = 0

    def python(self, code: str, *arguments: str) -> str:
        return installations.python(self.environment, code, *arguments)

    def fill(self, *, expires: float = 0, first: int = 0, **wanted: int) -> None:
        """Plans so many messages by channel, numbered from `first`, due now; `expires` seconds from now they help nobody
        (0: never).
        """
        port = self.ports[1]
        self.python(FILL, json.dumps(wanted), f"http://127.0.0.1:{port}/hook", str(expires), str(first))

    @property
    def ports(self) -> tuple[int, int]:
        mail, hooks = (self.folder / "ports").read_text().split()
        return int(mail), int(hooks)

    def start(self, **extra: str) -> subprocess.Popen:
        sender = subprocess.Popen(
            [sys.executable, "manage.py", "senders"], env=self.environment | extra, cwd=services.ROOT,
            stdout=subprocess.DEVNULL, stderr=(self.folder / "senders.log").open("ab"),
            start_new_session=True,
        )  # fmt: skip
        self.senders.append(sender)
        return sender

    def revive(self, **extra: str) -> int:
        """Starts anew what has ended, as a supervisor does; gives how many."""
        ended = [sender for sender in self.senders if sender.poll() is not None]
        for sender in ended:
            self.senders.remove(sender)
            self.start(**extra)
        return len(ended)

    def kill_one(self, chance: random.Random) -> None:
        sender = chance.choice(self.senders)
        with contextlib.suppress(ProcessLookupError):
            os.kill(sender.pid, signal.SIGKILL)
        sender.wait()
        self.kills += 1
        self.revive()

    def left(self) -> int:
        """How many are not over yet. Asked again and again, so without starting a process."""
        if address := self.environment["DATABASE_URL"]:
            with psycopg.connect(address) as connection:
                return connection.execute(LEFT).fetchone()[0]
        with contextlib.closing(
            sqlite3.connect(f"{self.environment['MIRAIZU_VAR']}/miraizu.sqlite3", timeout=30)
        ) as database:
            return database.execute(LEFT).fetchone()[0]

    def until_over(self, within: float, **extra: str) -> None:
        """Waits, reviving senders. Raises TimeoutError."""
        give_up = time.monotonic() + within
        while self.left():
            if time.monotonic() > give_up:
                raise TimeoutError(f"{self.left()} left")
            self.revive(**extra)
            time.sleep(0.3)

    def taken(self, name: str) -> list[str]:
        """The ids at a receiver, "mail" or "hooks", in the order of their coming."""
        path = self.folder / name
        return [line.split()[1] for line in path.read_text().splitlines()] if path.exists() else []

    def verdict(self) -> Verdict:
        found = json.loads(self.python(LOOK))
        at = {"email": Counter(self.taken("mail")), "webhook": Counter(self.taken("hooks"))}
        marked, lost, unmarked = set(found["marked"]), 0, 0
        repeats: dict[str, int] = {}
        states = Counter(row[2] for row in found["rows"])
        for id, channel, state, _reason, _unknowns, _tries in found["rows"]:
            if channel == "inbox":
                continue
            seen = at[channel][id]
            lost += not seen and state not in ("dead", "skipped")
            if seen > 1:
                repeats[channel] = repeats.get(channel, 0) + seen - 1
                unmarked += id not in marked
        inbox = sum(1 for row in found["rows"] if row[1] == "inbox" and row[2] == "sent")
        lost += inbox - found["inbox"]
        return Verdict(len(found["rows"]), dict(states), lost, repeats, unmarked)

    def start_worker(self, **extra: str) -> subprocess.Popen:
        """A Celery worker with its scheduler, as in production."""
        worker = subprocess.Popen(
            [sys.executable, "-m", "celery", "-q", "--app", "config", "worker", "--beat", "--pool", "threads",
             "--concurrency", "4", "--loglevel", "WARNING", "--without-gossip", "--without-mingle", "--hostname",
             f"w{len(self.senders)}@%h", "--schedule", str(self.folder / f"beat{len(self.senders)}")],
            env=self.environment | extra, cwd=services.ROOT, stdout=subprocess.DEVNULL,
            stderr=(self.folder / "senders.log").open("ab"), start_new_session=True,
        )  # fmt: skip
        self.senders.append(worker)
        return worker


@contextlib.contextmanager
def stage(
    folder: Path,
    environment: dict[str, str],
    *,
    delay: float = 0.0,
    lease: float = 4.0,
    grace: float = 0.3,
    faults: str = "",
) -> Iterator[Stage]:
    """With the migrated database of `environment`; receivers answer after `delay` seconds. `faults` is added to
    MIRAIZU_FAULTS. Ends all that it started.
    """
    folder.mkdir(parents=True, exist_ok=True)
    sink = subprocess.Popen([sys.executable, "-m", "tests.faults.sink", str(folder), str(delay)], cwd=services.ROOT)
    made = Stage(folder, {})
    try:
        give_up = time.monotonic() + 30
        while not (folder / "ports").exists():
            if time.monotonic() > give_up or sink.poll() is not None:
                raise TimeoutError("the receivers did not start")
            time.sleep(0.05)
        mail, hooks = made.ports
        made.environment = environment | {
            "EMAIL_URL": f"smtp://127.0.0.1:{mail}",
            "MIRAIZU_OUTBOUND_HTTP": "true",
            "MIRAIZU_OUTBOUND_HOSTS": "127.0.0.0/8",
            "MIRAIZU_OUTBOUND_PORTS": str(hooks),
            "MIRAIZU_FAULTS": f"lease={lease},left={lease / 4},grace={grace}{faults}",
        }
        yield made
    finally:
        for sender in made.senders:
            with contextlib.suppress(ProcessLookupError):
                os.kill(sender.pid, signal.SIGCONT)
            services.end(sender)
            # A worker that was killed has left its scheduler behind.
            with contextlib.suppress(ProcessLookupError):
                os.killpg(sender.pid, signal.SIGKILL)
        services.end(sink)
