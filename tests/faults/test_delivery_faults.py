"""The short form of the fault runs (R100); `make faults` runs the long one.

Real senders, workers, web servers, databases, Redis and receivers as processes; seeded. A miss prints what was seen.
"""

import os
import shutil

import pytest

from tests import services
from tests.faults import runs
from tests.faults.installations import environment

SEED = int(os.environ.get("FAULT_SEED", "1"))
# Each where it says most: all of them together are to take about three minutes of every `make test`.
ON_SQLITE = ("F4", "F5", "F6", "F11", "F12", "F16", "F45")
ON_POSTGRESQL = ("F1", "F2", "F3", "F7", "F8", "F9", "F17", "F45", "R29")
_AT_SOCKETS = "each of these answers is tested at the sockets with every run (tests/reminders, tests/web)"
_AT_ROWS = "the same is tested at the rows with every run (tests/reminders/test_engine.py)"
LONG_ONLY = {
    "F13": _AT_SOCKETS, "F14": _AT_SOCKETS, "F15": _AT_SOCKETS, "F18": _AT_ROWS, "R5": _AT_ROWS, "R6": _AT_ROWS,
    "F38": "it takes two minutes to be told; the same is tested at the rows (tests/reminders/test_standstill.py)",
    "F41": "a few hundred at once say nothing",
}  # fmt: skip
pytestmark = pytest.mark.worker


def _run(name: str, tmp_path, database: str = "") -> None:
    try:
        result = runs.RUNS[name](tmp_path / "stage", runs.SHORT, SEED, environment(tmp_path / "var", database))
    except services.Missing as missing:
        pytest.skip(f"missing: {missing}")
    assert result.good, result.line()


@pytest.mark.parametrize("name", ON_SQLITE)
def test_on_sqlite(name, tmp_path, migrated_folder):
    shutil.copytree(migrated_folder, tmp_path / "var")
    _run(name, tmp_path)


@pytest.mark.parametrize("name", ON_POSTGRESQL)
def test_on_postgresql(name, tmp_path, own_postgres):
    _run(name, tmp_path, own_postgres)


def test_on_a_postgresql_that_stops(tmp_path, migrated_postgres):
    _run("F10", tmp_path)


def test_every_run_has_a_short_form_or_says_why_not():
    assert {*ON_SQLITE, *ON_POSTGRESQL, "F10", *LONG_ONLY} == set(runs.RUNS)
    for name in runs.RUNS:
        assert ("SQLite" in runs.where(name)) >= (name in ON_SQLITE)
        assert ("PostgreSQL" in runs.where(name)) >= (name in ON_POSTGRESQL)
