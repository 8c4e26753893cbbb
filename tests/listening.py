"""Servers on loopback for tests of what goes out: one that answers as a test wants, and a canary nobody may reach."""

import contextlib
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from pathlib import Path


class Listening:
    """Where a server listens, and what it saw."""

    def __init__(self, port: int):
        self.port = port
        self.connections = 0
        self.requests: list[bytes] = []
        self.names: list[str | None] = []  # as TLS asked for them


@contextlib.contextmanager
def canary() -> Iterator[Listening]:
    """Counts connections to one port of 127.0.0.1 and ::1."""
    with contextlib.ExitStack() as closing:
        while True:
            four = socket.create_server(("127.0.0.1", 0))
            try:
                six = socket.create_server(("::1", four.getsockname()[1]), family=socket.AF_INET6)
                break
            except OSError:  # taken there
                four.close()
        seen = Listening(four.getsockname()[1])
        for listener in (four, six):
            closing.callback(_accept(listener, seen, lambda _connection: None))
        yield seen


@contextlib.contextmanager
def server(talk: Callable[[socket.socket], object], certificate: Path | None = None) -> Iterator[Listening]:
    """Reads a request, and lets `talk` answer it over the connection; over TLS with a `certificate`."""
    listener = socket.create_server(("127.0.0.1", 0))
    seen = Listening(listener.getsockname()[1])
    context = None
    if certificate:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate)
        context.sni_callback = lambda _socket, name, _context: seen.names.append(name)

    def converse(connection: socket.socket) -> None:
        spoken = context.wrap_socket(connection, server_side=True) if context else connection
        with spoken:
            seen.requests.append(_request(spoken))
            talk(spoken)
            if context:
                spoken.unwrap()

    stop = _accept(listener, seen, converse)
    try:
        yield seen
    finally:
        stop()


def _accept(listener: socket.socket, seen: Listening, converse: Callable[[socket.socket], None]) -> Callable[[], None]:

    def one(connection: socket.socket) -> None:
        with connection, contextlib.suppress(OSError, ValueError):
            connection.settimeout(20)
            converse(connection)

    def run() -> None:
        while True:
            try:
                connection, _address = listener.accept()
            except OSError:  # closed
                return
            seen.connections += 1
            threading.Thread(target=one, args=(connection,), daemon=True).start()

    threading.Thread(target=run, daemon=True).start()

    def stop() -> None:
        with contextlib.suppress(OSError):
            listener.shutdown(socket.SHUT_RDWR)
        listener.close()

    return stop


def _request(connection: socket.socket) -> bytes:
    """Headers and body of one request."""
    found = b""
    while b"\r\n\r\n" not in found:
        found += _more(connection)
    head, body = found.split(b"\r\n\r\n", 1)
    length = next(
        int(line.split(b":")[1]) for line in head.split(b"\r\n") if line.lower().startswith(b"content-length:")
    )
    while len(body) < length:
        body += _more(connection)
    return head + b"\r\n\r\n" + body


def _more(connection: socket.socket) -> bytes:
    more = connection.recv(65_536)
    if not more:
        raise OSError("gone")
    return more
