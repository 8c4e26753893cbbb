"""How fast reminders are planned and sent, on a PostgreSQL of its own: `python -m benchmarks.reminders`.

Four senders against the plain loop that promises nothing: four processes that hand each letter to smtplib over a
conversation they keep, and write that it is sent. The same letters, server and database, in turns.
"""

import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from tests import services

SENDERS = 4
LETTERS = int(os.environ.get("LETTERS", "4000"))
TURNS = int(os.environ.get("TURNS", "3"))
PLANNED = int(os.environ.get("PLANNED", "100000"))
LEAST_RATIO, MOST_SECONDS = 0.8, 30.0


def start(environment: dict[str, str], step: str, *numbers: int) -> subprocess.Popen:
    return subprocess.Popen(
        [sys.executable, "-m", "benchmarks.reminder_steps", step, *map(str, numbers)], env=environment,
        cwd=services.ROOT, text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
    )  # fmt: skip


def run(environment: dict[str, str], step: str, *numbers: int) -> str:
    """What the step printed. Raises CalledProcessError."""
    running = start(environment, step, *numbers)
    said, _nothing = running.communicate()
    if running.returncode:
        raise subprocess.CalledProcessError(running.returncode, step)
    return said


def together(environment: dict[str, str], step: str) -> tuple[float, float]:
    """Seconds until `SENDERS` processes that begin together are through, and the processor time they took."""
    running = [start(environment, step, number, SENDERS) for number in range(SENDERS)]
    for each in running:
        each.stdout.readline()  # ready
    began = time.perf_counter()
    for each in running:
        each.stdin.write("go\n")
        each.stdin.flush()
    spent = [float(each.communicate()[0]) for each in running]
    return time.perf_counter() - began, sum(spent)


def main() -> int:
    with services.postgres(durable=True) as database, tempfile.TemporaryDirectory() as folder:
        port_file = Path(folder) / "port"
        sink = subprocess.Popen([sys.executable, "-m", "benchmarks.mail_sink", str(port_file)], cwd=services.ROOT)
        try:
            while not port_file.exists():
                time.sleep(0.05)
            return report(
                os.environ
                | {
                    "DATABASE_URL": database, "MIRAIZU_VAR": folder, "REDIS_URL": "",
                    "SITE_URL": "http://localhost:8000", "DJANGO_SETTINGS_MODULE": "config.settings",
                    "EMAIL_URL": f"smtp://127.0.0.1:{port_file.read_text()}",
                }
            )  # fmt: skip
        finally:
            services.end(sink)


def report(environment: dict[str, str]) -> int:
    run(environment, "load")
    seconds, planned = json.loads(run(environment, "plan_many", PLANNED))
    print(f"\n{planned:,} deliveries planned in {seconds:.1f} s (goal: {MOST_SECONDS:.0f} s for 100,000)")
    rates: dict[str, list[float]] = {"send_plainly": [], "send_ours": []}
    for _turn in range(TURNS):
        for step, seen in rates.items():
            run(environment, "fall_due", LETTERS)
            took, spent = together(environment, step)
            if left := int(run(environment, "count_unsent")):
                print(f"{step}: {left} letters are not sent")
                return 1
            seen.append(LETTERS / took)
            print(
                f"{step:13}{LETTERS / took:7.0f} letters a second, {spent / LETTERS * 1000:5.1f} ms of processor each"
            )
    ratio = statistics.median(rates["send_ours"]) / statistics.median(rates["send_plainly"])
    print(f"{SENDERS} senders: {ratio:.2f} × the plain loop (goal: {LEAST_RATIO})")
    return 0 if ratio >= LEAST_RATIO and seconds <= MOST_SECONDS else 1


if __name__ == "__main__":
    sys.exit(main())
