"""Places where a test ends or stops this very process, to see what others make of what it left behind (R100).

Nothing happens unless MIRAIZU_FAULTS names a place, like after_call=kill.
"""

import os
import signal
from pathlib import Path

from django.conf import settings


def reach(place: str) -> None:
    """Kills or stops this process if `place` is in settings.FAILPOINTS, like {"after_call": "kill"}.

    With a folder in MIRAIZU_FAULT_TIMES each time takes one of the files there, and then there are no more.
    """
    deed = settings.FAILPOINTS.get(place)
    if deed is None:
        return
    if (left := os.environ.get("MIRAIZU_FAULT_TIMES")) and not _take_one(Path(left)):
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
