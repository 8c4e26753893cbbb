"""The short form of the delivery engine's faults (R100); `make faults` runs the long one.

Real senders, workers, databases, Redis and receivers as processes; seeded. A miss prints what was seen.
"""

import os
import shutil

import pytest

from tests.faults import runs
from tests.faults.installations import environment

SEED = int(os.environ.get("FAULT_SEED", "1"))
pytestmark = pytest.mark.worker


@pytest.mark.parametrize("name", ["F1", "F4", "F5", "F6"])
def test_on_sqlite(name, tmp_path, migrated_folder):
    shutil.copytree(migrated_folder, tmp_path / "var")
    result = runs.RUNS[name](tmp_path / "stage", runs.SHORT, SEED, environment(tmp_path / "var"))
    assert result.good, result.line()


@pytest.mark.parametrize("name", ["F1", "F2", "F3", "F5", "F7", "F17"])
def test_on_postgresql(name, tmp_path, own_postgres):
    result = runs.RUNS[name](tmp_path / "stage", runs.SHORT, SEED, environment(tmp_path / "var", own_postgres))
    assert result.good, result.line()


def test_on_a_postgresql_that_stops(tmp_path, migrated_postgres):
    result = runs.database_stopped(tmp_path / "stage", runs.SHORT, SEED, environment(tmp_path / "var"))
    assert result.good, result.line()
