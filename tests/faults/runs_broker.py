"""Redis is emptied, killed, stopped and away for long (F7 to F9, R23, R29)."""

import random
import time
from pathlib import Path

from tests import services
from tests.faults.result import Result, Size, seen
from tests.faults.stage import stage


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
