"""Places where a test ends or stops this very process, to see what others make of what it left behind (R100).

Nothing happens unless MIRAIZU_FAILPOINTS names a place, and it is only read where MIRAIZU_FAULTS is set.
"""

import os
import signal
from pathlib import Path

from django.conf import settings


def reach(place: str) -> None:
    """Kills or stops this process if `place` is in settings.FAILPOINTS, like {"after_call": "kill"}.

    With a file in MIRAIZU_FAILPOINT_TIMES, a kill takes one of the lives that stand there, and then no more.
    """
    deed = settings.FAILPOINTS.get(place)
    if deed is None:
        return
    if (left := os.environ.get("MIRAIZU_FAILPOINT_TIMES")) and not _take_one(Path(left)):
        return
    os.kill(os.getpid(), {"kill": signal.SIGKILL, "stop": signal.SIGSTOP}[deed])


def _take_one(folder: Path) -> bool:
    """Whether one of the files in `folder` could be taken away: each is one time."""
    for each in folder.iterdir():
        try:
            each.unlink()
        except FileNotFoundError:
            continue
        return True
    return False
