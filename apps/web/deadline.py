"""A limit on how long a conversation over the wire may take as a whole, counted from the outside (R16).

Time-outs of sockets count from the last byte: a server that sends one a second never meets them.
"""

import contextlib
import socket
import threading
import time
from collections.abc import Callable


class Deadline:
    """Ends conversations that last longer than `seconds`, by shutting the socket they wait on."""

    def __init__(self, seconds: float, open_socket: Callable[[], socket.socket | None]):
        self.until = time.monotonic() + seconds
        self.passed = False
        self._open_socket = open_socket
        self._timer = threading.Timer(seconds, self._end)
        self._timer.daemon = True

    def __enter__(self) -> "Deadline":
        self._timer.start()
        return self

    def __exit__(self, *_error) -> None:
        self._timer.cancel()

    @property
    def left(self) -> float:
        """Seconds; never less than a moment, because 0 means for ever to some."""
        return max(self.until - time.monotonic(), 0.01)

    def _end(self) -> None:
        self.passed = True
        sock = self._open_socket()
        if sock is not None:
            with contextlib.suppress(OSError):
                # On the plain socket below TLS: the wrapper would wait for a goodbye.
                socket.socket.shutdown(sock, socket.SHUT_RDWR)
