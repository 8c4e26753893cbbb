"""What the tests themselves stand on."""

import subprocess
import time

from tests import services


def test_what_does_not_end_is_ended_with_all_that_it_started():
    child = subprocess.Popen(["sh", "-c", "sleep 100 & wait"])
    began = time.monotonic()
    with services.ending_children(0.5):
        child.wait()
    assert time.monotonic() - began < 30
