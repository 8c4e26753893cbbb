"""Senders and workers are killed, stopped and restarted while they send (F1 to F6, F17)."""

import os
import random
import signal
import time
from pathlib import Path

from tests.faults.result import Result, Size, seen
from tests.faults.stage import stage


def killed(folder: Path, size: Size, seed: int, environment: dict[str, str]) -> Result:
    """F1: one of four senders is killed at random, again and again, while they send."""
    chance = random.Random(seed)
    with stage(folder, environment, lease=size.lease) as on:
        third = size.messages // 3
        on.fill(email=size.messages - 2 * third, webhook=third, inbox=third)
        for _each in range(4):
            on.start()
        on.until_something_is_sent()
        for _each in range(size.kills):
            time.sleep(chance.uniform(0.1, 0.6))
            on.kill_one(chance)
        last = time.monotonic()
        on.until_over(size.lease * 3 + size.messages / 10)
        rest, verdict = time.monotonic() - last, on.verdict()
    good = verdict.lost == 0 and verdict.repeats.get("email", 0) <= size.kills and verdict.unmarked == 0
    return Result(
        "F1 kill -9 while sending", f"0 lost, at most {size.kills} repeats by mail, all marked",
        f"{seen(verdict)}; rest done {rest:.0f} s after the last kill", good, verdict,
        {"seed": seed, "kills": size.kills, "rest": rest},
    )  # fmt: skip


def killed_after_the_receiver_s_yes(folder: Path, size: Size, seed: int, environment: dict[str, str]) -> Result:
    """F2: a sender ends itself after the receiver's OK and before it is recorded, so many times."""
    lives = folder / "lives"
    lives.mkdir(parents=True)
    for number in range(size.kills):
        (lives / str(number)).touch()
    deadly = {"MIRAIZU_FAULT_TIMES": str(lives)}
    with stage(folder, environment, lease=size.lease, faults=",after_call=kill") as on:
        on.fill(email=size.messages // 2)
        for _each in range(4):
            on.start(**deadly)
        on.until_over(size.lease * 3 * size.kills + size.messages / 10, **deadly)
        verdict = on.verdict()
    repeated = verdict.repeats.get("email", 0)
    good = verdict.lost == 0 and repeated <= size.kills and verdict.unmarked == 0 and not list(lives.iterdir())
    return Result(
        "F2 killed between the receiver's OK and our record", f"at most {size.kills} repeats, every one marked",
        seen(verdict), good, verdict, {"seed": seed},
    )  # fmt: skip


def killed_before_the_call(folder: Path, size: Size, seed: int, environment: dict[str, str]) -> Result:
    """R5: a sender ends itself after it wrote that a try begins and before anything goes over the wire."""
    kills = max(size.kills // 2, 1)
    lives = folder / "lives"
    lives.mkdir(parents=True)
    for number in range(kills):
        (lives / str(number)).touch()
    deadly = {"MIRAIZU_FAULT_TIMES": str(lives)}
    with stage(folder, environment, lease=size.lease, faults=",after_begin=kill") as on:
        on.fill(email=size.messages // 4)
        for _each in range(2):
            on.start(**deadly)
        on.until_over(size.lease * 3 * kills + size.messages / 5, **deadly)
        verdict = on.verdict()
        written = sum(each.outcome == "unknown" for each in on.tries())
    good = verdict.lost == 0 and verdict.repeated == 0 and written == kills and not list(lives.iterdir())
    return Result(
        "R5 killed between the record of a try and its call", f"0 lost, 0 repeats; {kills} tries of unknown outcome",
        f"{seen(verdict)}; {written} of unknown outcome", good, verdict, {"seed": seed, "kills": kills},
    )  # fmt: skip


def worker_killed(folder: Path, size: Size, seed: int, environment: dict[str, str]) -> Result:
    """F3: a whole Celery worker with all it started is killed, and another one begins."""
    chance, rounds = random.Random(seed), max(size.kills // 2, 2)
    with stage(folder, environment, lease=size.lease, delay=0.02) as on:
        half = size.messages // 2
        on.fill(email=size.messages - half, webhook=half)
        on.start_worker()
        on.until_something_is_sent()
        for _each in range(rounds):
            time.sleep(chance.uniform(0.2, 1.0))
            os.killpg(on.senders[0].pid, signal.SIGKILL)
            on.senders.pop(0).wait()
            on.start_worker()
            time.sleep(2)
        on.until_over(size.lease * 3 + 60 + size.messages / 5)
        verdict = on.verdict()
    good = verdict.lost == 0 and verdict.repeated <= 4 * rounds and verdict.unmarked == 0
    return Result(
        "F3 a whole worker killed", f"0 lost, at most {4 * rounds} repeats, all marked", seen(verdict), good, verdict,
        {"seed": seed, "rounds": rounds},
    )  # fmt: skip


def poisoned(folder: Path, size: Size, seed: int, environment: dict[str, str]) -> Result:
    """F4: one message kills whoever sends it."""
    with stage(folder, environment, lease=size.lease, faults=",poison=kill") as on:
        on.fill(email=size.messages // 3)
        on.python(
            "import django; django.setup()\n"
            "from apps.reminders.models import Delivery\n"
            "Delivery.objects.filter(occurrence='email:7').update(payload={'poison': True})"
        )
        for _each in range(2):
            on.start()
        ended = 0
        give_up = time.monotonic() + size.lease * 8 + 60
        while on.left() and time.monotonic() < give_up:
            ended += on.revive()
            time.sleep(0.2)
        verdict = on.verdict()
    good = verdict.states.get("dead") == 1 and verdict.states.get("sent") == verdict.planned - 1 and ended <= 3
    return Result(
        "F4 a message that kills its sender", "given up after 3 tries, all others sent, at most 3 restarts",
        f"{verdict.states}, {ended} restarts", good, verdict, {"seed": seed, "restarts": ended},
    )  # fmt: skip


def stopped(folder: Path, size: Size, seed: int, environment: dict[str, str]) -> Result:
    """F5: a sender is stopped for longer than its lease and goes on."""
    chance = random.Random(seed)
    rounds = max(size.kills // 3, 2)
    # SQLite has one writer, and this one may stand still as it: the others wait for it, as long as they would.
    with stage(folder, environment, lease=size.lease, grace=6, delay=0.02) as on:
        on.fill(email=size.messages)
        for _each in range(4):
            on.start()
        on.until_something_is_sent()
        for _each in range(rounds):
            sender = chance.choice(on.senders)
            os.kill(sender.pid, signal.SIGSTOP)
            time.sleep(size.lease + 1.5)
            os.kill(sender.pid, signal.SIGCONT)
            time.sleep(chance.uniform(0.1, 0.5))
        on.until_over(size.lease * 3 + size.messages / 5)
        verdict = on.verdict()
    good = verdict.lost == 0 and verdict.repeated <= rounds and verdict.unmarked == 0
    return Result(
        "F5 stopped beyond the lease", f"0 lost, at most {rounds} repeats, all marked", seen(verdict), good, verdict,
        {"seed": seed, "rounds": rounds},
    )  # fmt: skip


def many_at_once(folder: Path, size: Size, seed: int, environment: dict[str, str]) -> Result:
    """F6: six senders with a schedule each, and nothing goes wrong."""
    with stage(folder, environment, lease=size.lease * 5) as on:
        third = size.messages // 3
        on.fill(email=size.messages - 2 * third, webhook=third, inbox=third)
        for _each in range(6):
            on.start()
        on.until_over(60 + size.messages / 10)
        verdict = on.verdict()
    good = verdict.lost == 0 and verdict.repeated == 0 and verdict.states == {"sent": verdict.planned}
    return Result(
        "F6 six at once", "0 lost, 0 repeats", seen(verdict), good, verdict, {"seed": seed}
    )  # fmt: skip


def restarted(folder: Path, size: Size, seed: int, environment: dict[str, str]) -> Result:
    """F17: senders are told to end, one after the other, again and again, while they send."""
    chance, longest = random.Random(seed), 0.0
    with stage(folder, environment, lease=size.lease * 5, delay=0.02) as on:
        on.fill(email=size.messages)
        for _each in range(3):
            on.start()
        on.until_something_is_sent()
        for number in range(size.kills):
            sender = on.senders[number % 3]
            sender.send_signal(signal.SIGTERM)
            began = time.monotonic()
            sender.wait(60)
            longest = max(longest, time.monotonic() - began)
            on.revive()
            time.sleep(chance.uniform(0.3, 0.8))
        on.until_over(60 + size.messages / 5)
        verdict = on.verdict()
    good = verdict.lost == 0 and verdict.repeated == 0 and longest <= 35
    return Result(
        "F17 rolling restarts", "0 lost, 0 repeats, each ends within 35 s",
        f"{seen(verdict)}; the slowest ended after {longest:.1f} s", good, verdict, {"seed": seed, "slowest": longest},
    )  # fmt: skip
