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
from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import NamedTuple

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
PLAN = """
import json, sys, django; django.setup()
from datetime import timedelta
from pathlib import Path
from django.utils import timezone
from apps.accounts.models import Member, Organisation
from apps.reminders.models import Delivery, Destination, Manner
from apps.reminders.models.preference import EVERY_DAY
Organisation.objects.get_or_create(only=True, defaults={"name": "Komorebi"})
wanted, hook, people, places, rows = json.loads(Path(sys.argv[1]).read_text()), sys.argv[2], {}, {}, []
now = timezone.now()
def person(name):
    if name not in people:
        people[name] = Member.objects.filter(email=f"{name}@example.com").first() or Member.objects.make(
            f"{name}@example.com", name.title(), password=None)
        # So that a digest is sent at any hour at which somebody runs this.
        Manner.objects.get_or_create(member=people[name], defaults={"quiet_from": None, "quiet_until": None, "working_days": EVERY_DAY})
    return people[name]
def place(channel, name):
    if name not in places:
        made = Destination(member=person("aoi"), channel=channel, name=name, url=f"{hook}/{name}", host=f"{name}.example")
        made.new_secret(); made.save(); places[name] = made
    return places[name]
for each in wanted:
    where = place(each["channel"], each["to"]) if each["channel"] in ("webhook", "slack") else None
    who = person("aoi" if where else each["to"])
    due = now + timedelta(seconds=each["due"])
    end = now + timedelta(seconds=each["expires"]) if each["expires"] is not None else None
    rows.append(Delivery(occurrence=each["occurrence"], kind=each["kind"], channel=each["channel"], recipient=who,
        to=where.to if where else f"member:{who.pk}", destination=where, due_at=due, run_at=due, expires_at=end,
        state=each["state"]))
Delivery.objects.bulk_create(rows, batch_size=500)
print(json.dumps({row.occurrence: [str(row.pk), row.due_at.timestamp()] for row in rows}))
"""
TRIES = """
import json, django; django.setup()
from apps.reminders.models import Attempt
print(json.dumps([[a.delivery.occurrence, a.outcome, a.code, a.started_at.timestamp(),
    a.finished_at.timestamp() if a.finished_at else None] for a in Attempt.objects.select_related("delivery").order_by("started_at")]))
"""
ROWS = """
import json, django; django.setup()
from apps.reminders.models import Delivery
print(json.dumps({d.occurrence: [d.state, d.reason, d.tries, d.run_at.timestamp()] for d in Delivery.objects.all()}))
"""
LEFT = "SELECT COUNT(*) FROM reminders_delivery WHERE state NOT IN ('sent', 'dead', 'skipped')"


@dataclass(frozen=True, slots=True)
class Message:
    """One to be planned."""

    occurrence: str
    channel: str = "email"
    to: str = "aoi"  # what the address has before the @, or the last part of the hook's address
    due: float = 0.0  # seconds from now
    expires: float | None = None  # seconds from now
    kind: str = "test"
    state: str = "planned"


class Planned(NamedTuple):
    id: str
    due: float  # seconds since 1970


class Try(NamedTuple):
    occurrence: str
    outcome: str
    code: str
    began: float  # seconds since 1970
    ended: float | None  # None: nobody saw it end

    @property
    def seconds(self) -> float:
        return (self.ended or self.began) - self.began


class Row(NamedTuple):
    state: str
    reason: str
    tries: int
    run_at: float  # seconds since 1970


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

    def plan(self, *messages: Message) -> dict[str, Planned]:
        """Plans each; gives them by their occurrence."""
        wanted = self.folder / "wanted"
        wanted.write_text(json.dumps([asdict(each) for each in messages]))
        made = json.loads(self.python(PLAN, str(wanted), f"http://127.0.0.1:{self.ports[1]}/hook"))
        return {occurrence: Planned(*row) for occurrence, row in made.items()}

    def tries(self) -> list[Try]:
        return [Try(*each) for each in json.loads(self.python(TRIES))]

    def rows(self) -> dict[str, Row]:
        """By occurrence."""
        return {occurrence: Row(*row) for occurrence, row in json.loads(self.python(ROWS)).items()}

    def script(self, **steps: list[str]) -> None:
        """What tries meet at the receivers, by receiver (sink.py)."""
        self.folder.mkdir(parents=True, exist_ok=True)
        (self.folder / "script.new").write_text(json.dumps(steps))
        (self.folder / "script.new").rename(self.folder / "script")

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
        return self.ask(LEFT)[0][0]

    def ask(self, query: str) -> list[tuple]:
        """The rows of a query, by a connection of its own."""
        if address := self.environment["DATABASE_URL"]:
            with psycopg.connect(address) as connection:
                return connection.execute(query).fetchall()
        with contextlib.closing(
            sqlite3.connect(f"{self.environment['MIRAIZU_VAR']}/miraizu.sqlite3", timeout=30)
        ) as database:
            return database.execute(query).fetchall()

    def until(self, true: Callable[[], bool], within: float) -> float:
        """Waits; gives how many seconds it took. Raises TimeoutError."""
        began = time.monotonic()
        while not true():
            if time.monotonic() - began > within:
                raise TimeoutError
            time.sleep(0.1)
        return time.monotonic() - began

    def until_something_is_sent(self) -> None:
        with contextlib.suppress(TimeoutError):
            self.until(lambda: bool(self.taken("mail")), within=60)

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
        return [id for _at, id in self.lines(name)]

    def lines(self, name: str) -> list[tuple[float, str]]:
        """What a receiver wrote down, "mail", "hooks" or "tries": when, in seconds since 1970, and what."""
        path = self.folder / name
        lines = path.read_text().splitlines() if path.exists() else []
        return [(float(at), what) for at, _, what in (line.partition(" ") for line in lines)]

    def lateness(self, name: str, planned: Iterable[Planned]) -> list[float]:
        """By how many seconds after they were due these came to a receiver for the first time."""
        came: dict[str, float] = {}
        for at, id in self.lines(name):
            came.setdefault(id, at)
        return [came[each.id] - each.due for each in planned if each.id in came]

    def verdict(self) -> Verdict:
        found = json.loads(self.python(LOOK))
        at = {"email": Counter(self.taken("mail")), "webhook": Counter(self.taken("hooks"))}
        marked, lost, unmarked = set(found["marked"]), 0, 0
        repeats: dict[str, int] = {}
        states = Counter(row[2] for row in found["rows"])
        for id, channel, state, _reason, _unknowns, _tries in found["rows"]:
            if channel not in at:  # the inbox is counted below; Slack's messages have no name
                continue
            seen = at[channel][id]
            lost += not seen and state not in ("dead", "skipped")
            if seen > 1:
                repeats[channel] = repeats.get(channel, 0) + seen - 1
                unmarked += id not in marked
        inbox = sum(1 for row in found["rows"] if row[1] == "inbox" and row[2] == "sent")
        lost += inbox - found["inbox"]
        return Verdict(len(found["rows"]), dict(states), lost, repeats, unmarked)

    def start_worker(self, program: str = "celery", *, beat: bool = True, **extra: str) -> subprocess.Popen:
        """A Celery worker, with its scheduler or without, as in production."""
        scheduler = ["--beat", "--schedule", str(self.folder / f"beat{len(self.senders)}")] if beat else []
        return self._start_celery(
            program, "worker", *scheduler, "--pool", "threads", "--concurrency", "4", "--without-gossip",
            "--without-mingle", "--hostname", f"w{len(self.senders)}@%h", **extra,
        )  # fmt: skip

    def start_beat(self) -> subprocess.Popen:
        """The scheduler by itself."""
        return self._start_celery(
            "celery", "beat", "--pidfile=", "--schedule", str(self.folder / f"beat{len(self.senders)}")
        )

    def _start_celery(self, program: str, *words: str, **extra: str) -> subprocess.Popen:
        process = subprocess.Popen(
            [sys.executable, "-m", program, "-q", "--app", "config", *words, "--loglevel", "WARNING"],
            env=self.environment | extra, cwd=services.ROOT, stdout=subprocess.DEVNULL,
            stderr=(self.folder / "senders.log").open("ab"), start_new_session=True,
        )  # fmt: skip
        self.senders.append(process)
        return process


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
        for sender in made.senders:  # told all together: each may still have a message in hand
            with contextlib.suppress(ProcessLookupError):
                os.kill(sender.pid, signal.SIGCONT)
                sender.send_signal(signal.SIGTERM)
        until = time.monotonic() + 10
        for sender in made.senders:
            services.end(sender, max(until - time.monotonic(), 0.1))
            # A worker that was killed has left its scheduler behind.
            with contextlib.suppress(ProcessLookupError):
                os.killpg(sender.pid, signal.SIGKILL)
        services.end(sink)
