"""Disks that are full: of the data, of temporary files, of the logs (F12)."""

import contextlib
import sqlite3
import time
from pathlib import Path

from tests.faults.result import Result, Size, seen
from tests.faults.small_disk import SmallDisk, small_disk
from tests.faults.stage import Message, stage
from tests.faults.web import Answer, Person, web

WORDS, FULL = "There is no space left", 507
COUNTS = """
import django; django.setup()
from apps.toil import rollup
from apps.toil.models import Entry
from apps.web.models import Submission
from django.db import connection
with connection.cursor() as cursor:
    cursor.execute("PRAGMA integrity_check")  # by Django's own connection: checks of columns use its functions
    print(Entry.objects.count(), Submission.objects.count(), len(rollup.differences()), cursor.fetchone()[0])
"""
# More than is kept in memory, and not too many rows.
CSV = b"date,minutes,task,note\n" + (b"2025-01-02,5,Manual release," + b"x" * 150 + b"\n") * 9_000


def full(folder: Path, size: Size, seed: int, environment: dict[str, str]) -> Result:
    """F12: one disk after the other is full while people log, bring files in, and messages fall due; then it is free
    again, and nothing is started anew.
    """
    rounds = 10 if size.long else 1
    troubles: list[str] = []
    with (
        small_disk(folder / "data") as data,
        small_disk(folder / "temporary", 4) as temporary,
        small_disk(folder / "logs", 4) as logs,
    ):
        var = data.folder / "var"
        var.mkdir()
        with (
            contextlib.closing(sqlite3.connect(f"{environment['MIRAIZU_VAR']}/miraizu.sqlite3")) as migrated,
            contextlib.closing(sqlite3.connect(var / "miraizu.sqlite3")) as database,
        ):
            migrated.backup(database)
        environment = environment | {"MIRAIZU_VAR": str(var)}
        with (
            stage(folder / "stage", environment, lease=8) as on,
            web(
                on.environment, folder / "stage", people=2, log=logs.folder / "web.log", TMPDIR=str(temporary.folder)
            ) as served,
        ):
            person = served.person(1)
            on.start()
            logged = 0
            for number in range(rounds):
                on.plan(*(Message(f"before-{number}-{n}", due=n * 0.2) for n in range(30)))
                logged += _data_disk(data, person, troubles)
                _temporary_disk(temporary, person, troubles)
                logged += _log_disk(logs, data, person, troubles)
            on.until_over(180)
            verdict = on.verdict()
            entries, submissions, differences, whole = on.python(COUNTS).split(maxsplit=3)
    partial = (int(entries) != logged) + (int(submissions) != logged) + int(differences)
    whole = whole.strip()
    good = verdict.lost == 0 and verdict.unmarked == 0 and not troubles and not partial and whole == "ok"
    return Result(
        "F12 a full disk", "nothing half-written, the database whole, a page that says it, and it goes on by itself",
        f"{seen(verdict)}; {logged} logged, {partial} half-written, integrity {whole}; "
        f"{'; '.join(troubles) or 'each said so and went on'}",
        good, verdict, {"seed": seed, "troubles": troubles},
    )  # fmt: skip


def _data_disk(disk: SmallDisk, person: Person, troubles: list[str]) -> int:
    """Logs until the disk takes no more, and once it is free again; gives how many were logged."""
    disk.fill()
    logged, answer = 0, person.log()
    # What the database had reserved for itself it still fills.
    for _each in range(2_000):
        if answer.status != 302:
            break
        logged += 1
        disk.fill()
        answer = person.log()
    _expect(answer, FULL, troubles, "data disk", WORDS)
    _expect(person.get("/toil/"), 200, troubles, "reading with a full data disk")
    time.sleep(3)  # for senders to meet it too
    disk.free()
    answer = person.log()
    _expect(answer, 302, troubles, "data disk free again")
    return logged + (answer.status == 302)


def _temporary_disk(disk: SmallDisk, person: Person, troubles: list[str]) -> None:
    disk.fill()
    _expect(person.upload("/toil/import/", CSV), FULL, troubles, "temporary disk", WORDS)
    disk.free()
    _expect(person.upload("/toil/import/", CSV), 302, troubles, "temporary disk free again")


def _log_disk(logs: SmallDisk, data: SmallDisk, person: Person, troubles: list[str]) -> int:
    """What can't be written down still gets its answer, also where the data disk is full at the same time."""
    logs.fill()
    answer = person.log()
    _expect(answer, 302, troubles, "log disk")
    logged = int(answer.status == 302)
    logged += _data_disk(data, person, troubles)
    logs.free()
    return logged


def _expect(answer: Answer, status: int, troubles: list[str], where: str, words: str = "") -> None:
    if answer.status != status or words not in answer.text or "Traceback" in answer.text:
        troubles.append(f"{where}: {answer.status} instead of {status}")
