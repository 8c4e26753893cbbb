"""The database is stopped (F10), and crowded (F11)."""

import itertools
import random
import time
from pathlib import Path

from tests import services
from tests.faults import installations
from tests.faults.result import Result, Size, percentile, seen
from tests.faults.stage import Message, stage
from tests.faults.web import at_a_rate, web


def stopped(folder: Path, size: Size, seed: int, environment: dict[str, str]) -> Result:
    """F10: PostgreSQL is stopped hard and started again while three senders send; nobody starts them anew."""
    chance, rounds = random.Random(seed), max(size.kills // 3, 2)
    with services.postgres_to_mistreat() as (database, restart):
        environment = environment | {"DATABASE_URL": database}
        installations.python(environment, installations.MIGRATE)
        with stage(folder, environment, lease=size.lease, delay=0.02) as on:
            on.fill(email=size.messages)
            for _each in range(3):
                on.start()
            on.until_something_is_sent()
            for _each in range(rounds):
                time.sleep(chance.uniform(0.3, 1.0))
                restart()
            ended = sum(sender.poll() is not None for sender in on.senders)
            on.until_over(size.lease * 3 + 60 + size.messages / 5)
            verdict = on.verdict()
    good = verdict.lost == 0 and verdict.repeated <= 3 * rounds and verdict.unmarked == 0 and ended == 0
    return Result(
        "F10 PostgreSQL stopped hard", f"0 lost, at most {3 * rounds} repeats, all marked, nothing started anew",
        f"{seen(verdict)}; {ended} senders ended", good, verdict, {"seed": seed, "rounds": rounds},
    )  # fmt: skip


def crowded(folder: Path, size: Size, seed: int, environment: dict[str, str]) -> Result:
    """F11: four web processes write 20 rows a second as people ask them to, and two senders claim as many."""
    seconds = 500 if size.long else 8
    count = 20 * seconds
    with (
        stage(folder, environment, lease=120) as on,
        web(on.environment, folder, people=8, processes=4) as served,
    ):
        people = [served.person(number) for number in range(8)]
        for _each in range(2):
            on.start()
        channels = itertools.cycle(("webhook", "inbox"))
        on.plan(*(Message(f"row-{n}", next(channels), due=n * seconds / count) for n in range(count)))
        before = on.ask("SELECT COUNT(*) FROM toil_entry")[0][0]
        writes = at_a_rate(people, 20, seconds, lambda person, _number: person.log())
        on.until_over(120)
        verdict, most = on.verdict(), on.ask("SELECT MAX(tries) FROM reminders_delivery")[0][0]
        written = on.ask("SELECT COUNT(*) FROM toil_entry")[0][0] - before
        locked = sum(path.read_text().count("database is locked") for path in (served.log, folder / "senders.log"))
    p95 = percentile(writes.seconds, 0.95)
    good = (
        verdict.lost == 0 and verdict.repeated == 0 and most == 1 and not writes.errors
        and written == len(writes.seconds) and p95 <= size.within(0.1, 2)
    )  # fmt: skip
    return Result(
        "F11 SQLite with many who write", "0 claimed twice, 0 locked out, 95 % of writes within 100 ms",
        f"{seen(verdict)}; {written} of {len(writes.seconds)} written, {len(writes.errors)} errors"
        f"{' (' + writes.errors[0] + ')' if writes.errors else ''}, 95 % within {p95 * 1_000:.0f} ms; "
        f"at most {most} tries; the logs tell {locked} times of a lock",
        good, verdict, {"seed": seed, "p95": p95, "errors": writes.errors[:20], "locked": locked},
    )  # fmt: skip
