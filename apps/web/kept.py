"""What every page says and hardly anything changes: asked for once a minute by each process, and not by each page."""

import time
from collections.abc import Callable

SECONDS = 60


class Kept[Value]:
    """What `ask` said within the last minute, or since this process forgot it because it wrote something else."""

    def __init__(self, ask: Callable[[], Value]):
        self._ask = ask
        self._said: tuple[float, Value] | None = None

    def __call__(self) -> Value:
        if self._said is None or time.monotonic() - self._said[0] > SECONDS:
            self._said = (time.monotonic(), self._ask())
        return self._said[1]

    def forget(self) -> None:
        self._said = None
