"""Receivers on loopback that keep all they take, and answer as a test wants."""

import contextlib
import email
import json
import socket
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from email.message import EmailMessage
from email.policy import default
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from aiosmtpd.controller import Controller

from tests import services


@dataclass
class Mail:
    """`answer` gives the reply to a message, or None for 250; it sees the recipients and how many came before."""

    port: int = 0
    letters: list[EmailMessage] = field(default_factory=list)
    tries: int = 0
    answer: Callable[[list[str], int], str | None] = lambda _to, _n: None

    async def handle_DATA(self, _server, _session, envelope):
        self.tries += 1
        said = self.answer(envelope.rcpt_tos, self.tries)
        if said is None or said.startswith("2"):
            self.letters.append(email.message_from_bytes(envelope.content, policy=default))
        return said or "250 kept"


@contextlib.contextmanager
def mail() -> Iterator[Mail]:
    sink = Mail(port=services.free_port())
    controller = Controller(sink, hostname="127.0.0.1", port=sink.port)
    controller.start()
    try:
        yield sink
    finally:
        controller.stop()


@dataclass
class Post:
    at: float  # time.monotonic() seconds
    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def said(self) -> dict:
        return json.loads(self.body)


@dataclass
class Hooks:
    """`answer` gives status and headers; it sees the request and how many came before."""

    port: int = 0
    posts: list[Post] = field(default_factory=list)
    answer: Callable[[Post, int], tuple[int, dict[str, str]]] = lambda _post, _n: (200, {})

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/hook"


@contextlib.contextmanager
def hooks() -> Iterator[Hooks]:
    sink = Hooks()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            length = int(self.headers.get("Content-Length", 0))
            headers = {name.lower(): value for name, value in self.headers.items()}
            post = Post(time.monotonic(), self.path, headers, self.rfile.read(length))
            sink.posts.append(post)
            status, extra = sink.answer(post, len(sink.posts))
            self.send_response(status)
            for name, value in extra.items():
                self.send_header(name, value)
            self.send_header("Content-Length", "2")
            self.end_headers()
            self.wfile.write(b"ok")

        def log_message(self, *_said):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    sink.port = server.server_port
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield sink
    finally:
        server.shutdown()
        server.server_close()


@contextlib.contextmanager
def raw(talk: Callable[[socket.socket], None]) -> Iterator[int]:
    """A server that talks as `talk` does with each who connects; gives its port."""
    server = socket.create_server(("127.0.0.1", 0))
    open_ = [True]

    def serve() -> None:
        while open_[0]:
            try:
                peer, _address = server.accept()
            except OSError:
                return
            threading.Thread(target=_one, args=(talk, peer), daemon=True).start()

    threading.Thread(target=serve, daemon=True).start()
    try:
        yield server.getsockname()[1]
    finally:
        open_[0] = False
        server.close()


def _one(talk: Callable[[socket.socket], None], peer: socket.socket) -> None:
    with peer, contextlib.suppress(OSError):
        talk(peer)
