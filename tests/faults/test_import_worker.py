"""An import is applied by a real Celery worker process, also when a worker is killed with the work in its hands (F27)."""

import os
import shutil
import subprocess
import sys

import pytest

from tests import services
from tests.faults import installations
from tests.faults.installations import environment

# The short form, for every run; the long form is FAULT_ROWS=20000 (R100).
ROWS = int(os.environ.get("FAULT_ROWS", "3000"))

MAKE = """
import io, sys, django; django.setup()
from django.core.files.base import ContentFile
from apps.accounts.models import Member
from apps.toil.models import ImportRun
me = Member.objects.first() or Member.objects.make("aoi@example.com", "Aoi", password="quiet paper lantern", role="lead")
text = "date,minutes,task\\n" + "".join(f"2025-{n % 12 + 1:02}-{n % 27 + 1:02},{n % 90 + 1},Item {n % 40}\\n" for n in range(ROWS))
run = ImportRun.objects.create(member=me, format="mapped", file_name="a.csv", rows_total=ROWS, state="waiting",
    choices={"columns": {"day": 0, "duration": 1, "item": 2}})
run.file.save("a.csv", ContentFile(text.encode()))
print(run.pk)
"""
OTHERS = """
import time, django; django.setup()
from apps.accounts.models import Member
from apps.toil.models import ImportRun
longest, give_up = 0, time.monotonic() + 60
while ImportRun.objects.get().state != "done" and time.monotonic() < give_up:
    began = time.monotonic()
    Member.objects.update(theme="dark")
    longest = max(longest, time.monotonic() - began)
    time.sleep(0.02)
print(longest, ImportRun.objects.get().state)
"""
LOOK = """
import django; django.setup()
from apps.toil.models import ImportRun, Entry
from apps.toil import rollup
run = ImportRun.objects.get()
print(run.state, run.rows_done, Entry.objects.count(), len(rollup.differences()))
"""


def _python(environment, code: str) -> list[str]:
    return installations.python(environment, code).split()


def _watch(environment, state: str, within: float = 90) -> subprocess.Popen:
    """A process that looks again and again until the import is in `state`; it has begun when this returns. Who wants to
    see a state that passes begins to look before it can: starting Django may take longer than the state lasts.
    """
    wait = f"""
import time, django; django.setup()
from apps.toil.models import ImportRun
print("watching", flush=True)
give_up = time.monotonic() + {within}
while ImportRun.objects.get().state != "{state}" and time.monotonic() < give_up:
    time.sleep(0.05)
"""
    watch = subprocess.Popen(
        [sys.executable, "-c", wait + LOOK], env=environment, cwd=services.ROOT, stdout=subprocess.PIPE, text=True
    )
    assert watch.stdout is not None and watch.stdout.readline() == "watching\n"
    return watch


def _seen(watch: subprocess.Popen, state: str) -> list[str]:
    """What LOOK printed once the import was in `state`."""
    said, _errors = watch.communicate()
    if said.split()[:1] != [state]:
        raise TimeoutError(f"{said.split()} instead of {state}")
    return said.split()


def _until(environment, state: str) -> list[str]:
    """Waits for a state that lasts."""
    return _seen(_watch(environment, state), state)


@pytest.fixture(params=["embedded", "PostgreSQL and Redis"])
def installation(request, tmp_path):
    """Environment of an installation of its own, prepared."""
    if request.param == "embedded":
        shutil.copytree(request.getfixturevalue("migrated_folder"), tmp_path, dirs_exist_ok=True)
        yield environment(tmp_path)
        return
    database = request.getfixturevalue("own_postgres")
    with services.redis() as broker:
        yield environment(tmp_path, database, broker)


@pytest.mark.worker
def test_the_worker_applies_what_waits(installation):
    _python(installation, MAKE.replace("ROWS", str(ROWS)))
    with services.worker(installation):
        assert _until(installation, "done")[2:] == [str(ROWS), "0"]


@pytest.mark.worker
def test_a_worker_killed_half_way_leaves_nothing_and_the_next_one_finishes(installation):
    _python(installation, MAKE.replace("ROWS", str(ROWS)))
    watch = _watch(installation, "applying")
    with services.worker(installation) as process:
        _seen(watch, "applying")
        process.kill()
        process.wait()
    seen = _python(installation, LOOK)
    assert seen[2] in ("0", str(ROWS)), "all or nothing"
    # The lease of the dead worker runs out; a minute is shortened here to now.
    _python(installation, "import django; django.setup()\nfrom apps.toil.models import ImportRun\n"
            "from django.utils import timezone\nImportRun.objects.filter(state='applying').update(lease_until=timezone.now())")  # fmt: skip
    with services.worker(installation):
        assert _until(installation, "done")[2:] == [str(ROWS), "0"]


@pytest.mark.worker
def test_nobody_is_turned_away_while_rows_with_an_item_each_are_written(installation):
    _python(installation, MAKE.replace("ROWS", str(ROWS)).replace("n % 40}", "n}"))
    with services.worker(installation):
        longest, state = _python(installation, OTHERS)
    assert state == "done"
    assert float(longest) < 5, "then SQLite gives up"
