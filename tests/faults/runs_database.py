"""The database is stopped, crowded and out of space (F10 to F12), and tasks run twice (F45)."""

import random
import time
from pathlib import Path

from tests import services
from tests.faults import installations
from tests.faults.result import Result, Size, seen
from tests.faults.stage import stage


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
