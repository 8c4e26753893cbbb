"""When a try that failed is made again (R9): soon at first, then ever more seldom, and not all at the same moment."""

import random
from datetime import timedelta

WAITS = (10, 60, 300, 1_200, 3_600)  # seconds after the first, second, … try
JITTER = 0.2
MOST_UNKNOWN = 3  # tries of unknown outcome, the first among them (R8)

# The breaker of a channel or host: from so many failures in a row on, nobody knocks for a while (R15).
FAILURES_TO_CLOSE = 5
FIRST_PAUSE, LONGEST_PAUSE = 15, 300  # seconds

# An address that fails so often over so long is switched off, and its owner told (R9).
FAILURES_TO_SWITCH_OFF = 10
FAILING_FOR = timedelta(hours=1)


def wait(tries: int, asked: float | None = None) -> timedelta:
    """How long to wait after try number `tries` failed; at least the `asked` seconds of a Retry-After (R10)."""
    seconds = WAITS[min(tries, len(WAITS)) - 1] * random.uniform(1 - JITTER, 1 + JITTER)  # noqa: S311 (no secret)
    return timedelta(seconds=max(seconds, asked or 0))


def pause(failures: int) -> timedelta | None:
    """How long a channel or host is left alone after so many failures in a row; None while it is still tried."""
    if failures < FAILURES_TO_CLOSE:
        return None
    return timedelta(seconds=min(FIRST_PAUSE * 2 ** (failures - FAILURES_TO_CLOSE), LONGEST_PAUSE))
