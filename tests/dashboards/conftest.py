"""A day in November, on which most tests of the dashboard stand."""

import pytest
import time_machine


@pytest.fixture
def november():
    with time_machine.travel("2026-11-16 09:00Z", tick=False) as clock:
        yield clock
