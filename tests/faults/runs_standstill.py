"""The scheduler and then all senders stand still (F38)."""

import os
import signal
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

from tests import services
from tests.faults.result import Result, Size
from tests.faults.stage import Stage, stage
from tests.faults.web import Person, web

MOST = 180.0  # seconds
YOUNG = 125  # seconds in which a web process tells nobody yet: what was last seen long ago is about to start


def told(folder: Path, size: Size, seed: int, environment: dict[str, str]) -> Result:
    """F38: first the scheduler is killed, then, with it at work again, the worker, whose senders are all there are."""
    with (
        services.redis_to_mistreat() as broker,
        stage(folder, environment | {"REDIS_URL": broker.url}, lease=120) as on,
        web(on.environment, folder, people=1) as served,
    ):
        worker, beat, lead = on.start_worker(beat=False), on.start_beat(), served.person(0)
        _until_ready(on, lead)
        time.sleep(YOUNG)
        first = _seconds_until_told(on, lead, beat, "The scheduler stands still")
        on.start_beat()
        _until_ready(on, lead)
        second = _seconds_until_told(on, lead, worker, "Nothing is being sent")
        on.start_worker(beat=False)
        _until_ready(on, lead)
        letters = len(on.taken("mail"))
    latest = max(*first.values(), *second.values())
    good = latest <= MOST and letters == 2
    say = lambda found: ", ".join(f"{what} after {seconds:.0f} s" for what, seconds in found.items())  # noqa: E731
    return Result(
        "F38 scheduler or senders stand still", "ready page 503, words on the page, a letter, each within 180 s",
        f"scheduler: {say(first)}; senders: {say(second)}; {letters} letters to one lead", good, None,
        {"seed": seed, "scheduler": first, "senders": second},
    )  # fmt: skip


def _until_ready(on: Stage, lead: Person) -> None:
    on.until(lambda: lead.get("/healthz/ready").status == 200, within=90)


def _seconds_until_told(on: Stage, lead: Person, process: subprocess.Popen, words: str) -> dict[str, float]:
    """Kills `process`, and gives how long it took until each way of telling told."""
    before, found = len(on.taken("mail")), {}
    ways: dict[str, Callable[[], bool]] = {
        "not ready": lambda: lead.get("/healthz/ready").status == 503,
        "words": lambda: words in lead.get("/").text,
        "letter": lambda: len(on.taken("mail")) > before,
    }
    os.kill(process.pid, signal.SIGKILL)
    process.wait()
    began = time.monotonic()
    while len(found) < len(ways) and time.monotonic() - began < 2 * MOST:
        for name, is_told in ways.items():
            if name not in found and is_told():
                found[name] = time.monotonic() - began
        time.sleep(1)
    return {name: found.get(name, 2 * MOST) for name in ways}
