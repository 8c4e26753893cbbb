"""A limit on how long a conversation over the wire may take as a whole, counted from the outside (R16).

Time-outs of sockets count from the last byte: a server that sends one a second never meets them.
"""

import contextlib
import os
import socket
import threading
import time
from collections.abc import Callable

LOOK = 0.25  # seconds between two looks at what runs


class Deadline:
    """Ends conversations that last longer than `seconds`, by shutting the socket they wait on."""

    def __init__(self, seconds: float, open_socket: Callable[[], socket.socket | None]):
        self.until = time.monotonic() + seconds
        self.passed = False
        self._open_socket = open_socket

    def __enter__(self) -> "Deadline":
        _watch(self)
        return self

    def __exit__(self, *_error) -> None:
        _running.discard(self)

    @property
    def left(self) -> float:
        """Seconds; never less than a moment, because 0 means for ever to some."""
        return max(self.until - time.monotonic(), 0.01)

    def end(self) -> None:
        self.passed = True
        sock = self._open_socket()
        if sock is not None:
            with contextlib.suppress(OSError):
                # On the plain socket below TLS: the wrapper would wait for a goodbye.
                socket.socket.shutdown(sock, socket.SHUT_RDWR)


# One thread looks at all of them: one for each conversation would cost more than the rest of a short one.
_running: set[Deadline] = set()
_watcher: tuple[int, threading.Thread] | None = None
_starting = threading.Lock()


def _watch(deadline: Deadline) -> None:
    global _watcher
    _running.add(deadline)
    if _watcher is None or _watcher[0] != os.getpid() or not _watcher[1].is_alive():  # a forked child has no threads
        with _starting:
            if _watcher is None or _watcher[0] != os.getpid() or not _watcher[1].is_alive():
                if _watcher is not None and _watcher[0] != os.getpid():
                    _running.intersection_update({deadline})  # what the parent talks about is the parent's
                _watcher = os.getpid(), threading.Thread(target=_look, name="deadlines", daemon=True)
                _watcher[1].start()


def _look() -> None:
    while True:
        time.sleep(LOOK)
        now = time.monotonic()
        for each in list(_running):
            if now >= each.until and not each.passed:
                each.end()
