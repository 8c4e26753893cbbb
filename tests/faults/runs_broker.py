"""Redis is emptied, killed, stopped and away for long (F7 to F9, R23, R29)."""

import base64
import itertools
import random
import re
import threading
import time
from pathlib import Path

import redis

from tests import services
from tests.faults.result import Result, Size, percentile, seen
from tests.faults.stage import Message, Stage, stage
from tests.faults.web import Answer, Person, Seen, at_a_rate, web

# Nothing but a task that came by the broker writes this row.
FORGET_WORKER = """
import django; django.setup()
from apps.web.models import Heartbeat
Heartbeat.objects.filter(name="worker").delete()
"""
RING_WORKER = """
import django; django.setup()
from config.celery import app
app.send_task("web.heartbeat")
"""
WORKER_SEEN = "SELECT COUNT(*) FROM web_heartbeat WHERE name = 'worker'"


def mistreated(folder: Path, size: Size, seed: int, environment: dict[str, str]) -> Result:
    """F7, F8: Redis is emptied, killed, started anew without what it knew, and stopped, while messages fall due."""
    chance, rounds, late = random.Random(seed), max(size.kills // 3, 2), 0.0
    with (
        services.redis_to_mistreat() as broker,
        stage(folder, environment | {"REDIS_URL": broker.url}, lease=size.lease * 5) as on,
    ):
        on.start_worker()
        on.fill(email=10)
        on.until_something_is_sent()
        for number in range(rounds):
            deed = (broker.empty, broker.kill, broker.stop)[number % 3]
            deed()
            on.fill(first=(number + 1) * 1_000, email=size.messages // rounds)
            began = time.monotonic()
            while on.left():
                if time.monotonic() - began > 90:
                    break
                time.sleep(0.3)
            late = max(late, time.monotonic() - began)
            broker.restore()
            time.sleep(chance.uniform(0.1, 0.5))
        verdict = on.verdict()
    good = verdict.lost == 0 and verdict.repeated == 0 and late <= 30
    return Result(
        "F7, F8 Redis emptied, killed, stopped", "0 lost, 0 repeats, at most 30 s later",
        f"{seen(verdict)}; all sent {late:.0f} s after they fell due at the latest", good, verdict,
        {"seed": seed, "rounds": rounds, "late": late},
    )  # fmt: skip


def _heard_again(on: Stage, within: float) -> float:
    """Rings for a task and waits until a worker has run it; gives the seconds. Raises TimeoutError."""
    on.python(FORGET_WORKER)
    began = time.monotonic()
    on.python(RING_WORKER)
    on.until(lambda: on.ask(WORKER_SEEN)[0][0] == 1, within=within)
    return time.monotonic() - began


def stopped_under_the_web(folder: Path, size: Size, seed: int, environment: dict[str, str]) -> Result:
    """F8, R23: Redis stands still, with every connection open, while people work at 20 requests a second; some of
    these ring the doorbell. Nothing is started anew.
    """
    seconds = 600 if size.long else 8
    usual = 60 if size.long else 5
    rings: list[float] = []
    turn = itertools.count()

    def ask(person: Person, number: int) -> Answer:
        if next(turn) % 40 == 0:
            answer = person.ring()
            rings.append(answer.seconds)
            return answer
        return person.log() if number % 2 else person.get("/toil/")

    with (
        services.redis_to_mistreat() as broker,
        stage(folder, environment | {"REDIS_URL": broker.url}, lease=120) as on,
        web(on.environment, folder, people=5) as served,
    ):
        on.start_worker()
        people = [served.person(number) for number in range(4)]
        _heard_again(on, within=60)
        before = at_a_rate(people, 20, usual, ask)
        rings.clear()
        planned = on.plan(*(Message(f"while-{n}", due=n * seconds / 40) for n in range(40)))
        broker.stop()
        entering = Seen()
        enter = threading.Thread(target=_enter, args=[served, seconds, entering])
        enter.start()
        during = at_a_rate(people, 20, seconds, ask)
        enter.join()
        # Others come too: after two minutes leads are told that the scheduler stands still.
        on.until(lambda: len(on.lateness("mail", planned.values())) == len(planned), within=120)
        broker.restore()
        back = _heard_again(on, within=120)
        verdict, late = on.verdict(), max(on.lateness("mail", planned.values()))
    grown = percentile(during.seconds, 0.95) - percentile(before.seconds, 0.95)
    errors = before.errors + during.errors + entering.errors
    rang = max(rings)
    good = (
        verdict.lost == 0 and verdict.repeated == 0 and not errors and late <= 60 and back <= size.within(60, 100)
        and grown <= size.within(0.05, 1) and rang <= size.within(0.5 + percentile(before.seconds, 0.95), 3)
    )  # fmt: skip
    return Result(
        "F8 Redis stands still under the web",
        "0 web errors, 95 % of requests at most 50 ms longer, ringing within 0.5 s; reminders at most 60 s late; heard "
        "again within 60 s",
        f"{seen(verdict)}; {len(errors)} errors in {len(during.seconds)} requests and {len(entering.seconds)} sign-ins"
        f"{' (' + errors[0] + ')' if errors else ''}; 95 % {grown * 1_000:+.0f} ms, the longest ringing {rang:.2f} s, "
        f"the longest sign-in {max(entering.seconds):.2f} s; {late:.1f} s late; heard again after {back:.1f} s",
        good, verdict, {"seed": seed, "grown": grown, "rang": rang, "late": late, "back": back, "errors": errors[:20]},
    )  # fmt: skip


def _enter(served, seconds: float, seen: Seen) -> None:
    """Somebody signs in every few seconds, the right way and the wrong way: both are counted against guessing, so not
    more often than may be wrong from one place.
    """
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        one = Person(served.port)
        one.get("/accounts/login/")
        wrong = one.post("/accounts/login/", login="nobody@example.com", password="not it at all")
        right = one.sign_in(4)
        for answer, meant in ((wrong, (200, 429)), (right, (302, 429))):
            seen.seconds.append(answer.seconds)
            if answer.status not in meant:
                seen.errors.append(f"sign-in {answer.status}")
        time.sleep(20)  # 20 wrong ones in five minutes are too many from one place


def away_for_long(folder: Path, size: Size, seed: int, environment: dict[str, str]) -> Result:
    """F9: Redis is away for more tries to reach it than Celery makes by itself; the worker comes back on its own."""
    most = 400 if size.long else 120
    with (
        services.redis_to_mistreat() as broker,
        stage(folder, environment | {"REDIS_URL": broker.url}, lease=120) as on,
    ):
        worker = on.start_worker("tests.faults.hasty_worker")
        _heard_again(on, within=60)
        broker.kill()
        on.fill(email=20)
        log = folder / "senders.log"
        tried = lambda: log.read_text().count("Cannot connect to redis")  # noqa: E731
        on.until(lambda: tried() > most, within=300)
        on.until_over(60)
        broker.restore()
        back, tries, ended = _heard_again(on, within=120), tried(), worker.poll() is not None
        verdict = on.verdict()
    good = verdict.lost == 0 and verdict.repeated == 0 and not ended and back <= size.within(30, 60)
    return Result(
        "F9 Redis away for more than a hundred tries", "0 lost, 0 repeats; heard again without a restart",
        f"{seen(verdict)}; {tries} tries, heard again {back:.1f} s after its return", good, verdict,
        {"seed": seed, "tries": tries, "back": back},
    )  # fmt: skip


MARK = "Qwyzzle"  # stands in no other word
WORDS = f"""
import django; django.setup()
from datetime import timedelta
from pathlib import Path
from django.core.files.base import ContentFile
from apps.accounts.models import Member
from apps.gatherings import notices
from apps.reminders.models import Destination, Manner
from apps.reminders.models.preference import EVERY_DAY
from apps.reminders.trial import send_test
from apps.toil.models import ImportRun
from apps.toil.tasks import apply_one
from tests import factories
lead = Member.objects.get(email="person0@example.com")
one = factories.member(display_name="{MARK} Mizuno", email="{MARK.lower()}@example.com", password="quiet paper lantern field")
# So that the invitation is sent at any hour at which somebody runs this.
Manner.objects.create(member=one, quiet_from=None, quiet_until=None, working_days=EVERY_DAY)
gathering = factories.gathering(lead, title="{MARK} reads", place="Room {MARK}")
notices.invited(gathering, [one.pk])
where = Destination(member=one, channel="webhook", name="{MARK}", url="https://{MARK.lower()}.example/x", host="{MARK.lower()}.example")
where.new_secret(); where.save()
send_test(one, "webhook", where, None)
send_test(one, "email", None, None)
run = ImportRun.objects.create(member=one, format="mapped", file_name="{MARK}.csv", rows_total=1, state="waiting",
    choices={{"columns": {{"day": 0, "duration": 1, "item": 2}}}})
run.file.save("{MARK}.csv", ContentFile("date,minutes,task\\n2025-01-02,5,{MARK} release\\n".encode()))
apply_one.delay(run.pk)
"""
IMPORTED = "SELECT COUNT(*) FROM toil_importrun WHERE state = 'done'"


def reads_no_names(folder: Path, size: Size, seed: int, environment: dict[str, str]) -> Result:
    """R29: all that goes to Redis and all that lies in it, while people work: their names are not in it."""
    with (
        services.redis_to_mistreat() as broker,
        stage(folder, environment | {"REDIS_URL": broker.url}, lease=120) as on,
        web(on.environment, folder, people=2) as served,
        _Overheard(broker.url) as heard,
    ):
        # Ringing before anybody hears it: what rings lies in Redis then.
        on.python(WORDS)
        person = Person(served.port)
        for password in ("not it at all", "quiet paper lantern field"):
            person.get("/accounts/login/")
            person.post("/accounts/login/", login=f"{MARK.lower()}@example.com", password=password)
        person.post("/toil/log/", line=f"25m {MARK} cleaning")
        person.ring()
        lying = _everything(broker.url)
        on.start_worker()
        on.until(lambda: on.ask(IMPORTED)[0][0] == 1 and not on.left(), within=120)
        lying += _everything(broker.url)
    said = heard.text
    tasks = len(set(re.findall(r"(?:toil|reminders|web|people|gatherings)\.[a-z_]+", said)))
    found = sum(_opened(text).lower().count(MARK.lower()) for text in (said, lying))
    good = found == 0 and tasks >= 3
    return Result(
        "R29 what Redis gets to know", "names, titles, addresses: 0 times",
        f"{found} times in {len(said) + len(lying):,} letters about {tasks} tasks", good, None, {"seed": seed},
    )  # fmt: skip


class _Overheard:
    """All commands that a Redis gets, as text."""

    def __init__(self, url: str):
        self.text = ""
        # However long nobody says anything; the library would stop listening after some seconds.
        self._client = redis.Redis.from_url(url, socket_timeout=None)
        self._ended = threading.Event()
        self._begun = threading.Event()
        self._thread = threading.Thread(target=self._listen, daemon=True)

    def _listen(self) -> None:
        with self._client.monitor() as monitor:
            self._begun.set()
            while not self._ended.is_set():
                self.text += str(monitor.next_command()["command"]) + "\n"

    def __enter__(self) -> "_Overheard":
        self._thread.start()
        self._begun.wait(10)
        return self

    def __exit__(self, *_error) -> None:
        self._ended.set()
        self._client.ping()  # one more to hear, so that it looks whether it is to end
        self._thread.join(10)


def _everything(url: str) -> str:
    """All keys and values, as text."""
    client, text = redis.Redis.from_url(url, decode_responses=True, encoding_errors="replace"), ""
    for key in client.scan_iter():
        match client.type(key):
            case "string":
                value: object = client.get(key)
            case "list":
                value = client.lrange(key, 0, -1)
            case "hash":
                value = client.hgetall(key)
            case "set":
                value = client.smembers(key)
            case "zset":
                value = client.zrange(key, 0, -1)
            case other:
                raise RuntimeError(f"A key of the type {other}: {key}")
        text += f"{key} {value}\n"
    return text


def _opened(text: str) -> str:
    """With the bodies of tasks, which are base64, as what they say."""
    bodies = re.findall(r'\\*"body\\*": \\*"([A-Za-z0-9+/=]+)', text)
    return text + "\n".join(base64.b64decode(body).decode(errors="replace") for body in bodies)
