"""Receivers as a process of their own: every message they take stands in a file before they answer.

    python -m tests.faults.sink FOLDER [seconds of delay]

Writes the ports to FOLDER/ports; a line for each message taken to FOLDER/mail and FOLDER/hooks: when, and its id; and
one for each try to FOLDER/tries: when, the receiver, and what it met there.

How they misbehave stands in FOLDER/script, as JSON: for each receiver (what an e-mail address has before the @, or the
last part of a hook's address) what its tries meet, one after the other, and then they are well. "connect" is whoever
opens a connection for e-mail. For e-mail: "rcpt 550" and "data 451" answer so, "drip" answers a byte a second, "hang
connect", "hang data" and "hang dot" say nothing at that point (after the dot, the letter is kept), "drop" hangs up in
the middle. For hooks: a status, perhaps with what it asks for in Retry-After ("429 30", "429 date+30"), and "301",
"big", "bomb" and "slow". While there is a FOLDER/closed, nobody listens for e-mail.
"""

import asyncio
import contextlib
import email
import email.utils
import gzip
import json
import os
import signal
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from aiosmtpd.smtp import SMTP

FOR_EVER = 3_600  # seconds
BIG = 10_000_000  # bytes


class Kept:
    def __init__(self, path: Path):
        self._file = os.open(path, os.O_CREAT | os.O_WRONLY | os.O_APPEND, 0o600)

    def keep(self, *words: str) -> None:
        os.write(self._file, f"{time.time():.3f} {' '.join(words)}\n".encode())


class Script:
    """What each try meets. Counts them."""

    def __init__(self, folder: Path):
        self._path, self._tries, self._lock = folder / "script", Kept(folder / "tries"), threading.Lock()
        self._counts: dict[str, int] = {}

    def step(self, receiver: str) -> str:
        """What the next try of `receiver` meets; "" if all goes well."""
        with self._lock:
            number = self._counts.get(receiver, 0)
            self._counts[receiver] = number + 1
        steps: list[str] = []
        with contextlib.suppress(FileNotFoundError):
            steps = json.loads(self._path.read_text()).get(receiver, [])
        step = steps[number] if number < len(steps) else ""
        self._tries.keep(receiver, step or "well")
        return step


class Mail:
    def __init__(self, kept: Kept, delay: float, script: Script):
        self._kept, self._delay, self._script = kept, delay, script

    async def handle_RCPT(self, server, _session, envelope, address, _options):
        envelope.step = step = self._script.step(address.split("@")[0])
        if step.startswith("rcpt "):
            return f"{step.split()[1]} as the script says"
        if step == "drip":
            for byte in b"250-" + b"x" * 60 + b"\r\n":
                server.transport.write(bytes([byte]))
                await asyncio.sleep(1)
        envelope.rcpt_tos.append(address)
        return "250 ok"

    async def handle_DATA(self, server, _session, envelope):
        await asyncio.sleep(self._delay)
        step = envelope.step
        if step.startswith("data "):
            return f"{step.split()[1]} as the script says"
        id = email.message_from_bytes(envelope.content)["Message-ID"].strip()
        self._kept.keep(id.strip("<>").split("@")[0])
        if step == "hang dot":
            await asyncio.sleep(FOR_EVER)
        return "250 kept"


class Scripted(SMTP):
    async def smtp_DATA(self, arg):
        step = getattr(self.envelope, "step", "")
        if step == "hang data":
            await asyncio.sleep(FOR_EVER)
        if step == "drop":
            self.transport.abort()
            return
        await super().smtp_DATA(arg)


class Silent(asyncio.Protocol):
    """Takes a connection and says nothing."""


class MailServer:
    def __init__(self, mail: Mail, script: Script, folder: Path):
        self._mail, self._script, self._closed = mail, script, folder / "closed"
        self._server: asyncio.Server | None = None
        self.port = 0

    async def open(self) -> None:
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(self._talk, "127.0.0.1", self.port)
        self.port = self._server.sockets[0].getsockname()[1]

    def _talk(self) -> asyncio.BaseProtocol:
        if self._script.step("connect") == "hang connect":
            return Silent()
        return Scripted(self._mail, enable_SMTPUTF8=True, timeout=600)

    async def watch(self) -> None:
        """Closes and opens as the file says."""
        while True:
            await asyncio.sleep(0.05)
            if self._closed.exists() and self._server:
                self._server.close()
                self._server = None
            elif not self._closed.exists() and not self._server:
                await self.open()


def hooks(kept: Kept, delay: float, script: Script) -> ThreadingHTTPServer:
    bomb = gzip.compress(b"\0" * BIG * 5)

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self):
            self.rfile.read(int(self.headers.get("Content-Length", 0)))
            what, _, asked = script.step(self.path.rpartition("/")[2]).partition(" ")
            time.sleep(delay)
            if what == "slow":
                self._slowly()
                return
            status = int(what) if what.isdecimal() else 200
            body = {"big": b"x" * BIG, "bomb": bomb}.get(what, b"ok")
            if status == 200:
                kept.keep(self.headers.get("webhook-id", "-"))
            self.send_response(status)
            if what == "bomb":
                self.send_header("Content-Encoding", "gzip")
            if status == 301:
                self.send_header("Location", f"http://127.0.0.1:{self.server.server_port}/hook/canary")
            if asked:
                self.send_header("Retry-After", self._date(asked) if asked.startswith("date") else asked)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            with contextlib.suppress(OSError):  # whoever has read enough hangs up
                self.wfile.write(body)

        def _date(self, asked: str) -> str:
            return email.utils.formatdate(time.time() + int(asked.removeprefix("date")), usegmt=True)

        def _slowly(self) -> None:
            self.close_connection = True
            with contextlib.suppress(OSError):
                for byte in b"HTTP/1.1 200 OK\r\nX-Slow: " + b"x" * 60 + b"\r\n\r\n":
                    self.wfile.write(bytes([byte]))
                    self.wfile.flush()
                    time.sleep(1)

        def log_message(self, *_said):
            pass

    return ThreadingHTTPServer(("127.0.0.1", 0), Handler)


async def main(folder: Path, delay: float) -> None:
    script = Script(folder)
    server = hooks(Kept(folder / "hooks"), delay, script)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    mail = MailServer(Mail(Kept(folder / "mail"), delay, script), script, folder)
    await mail.open()
    (folder / "ports.new").write_text(f"{mail.port} {server.server_port}")
    (folder / "ports.new").rename(folder / "ports")
    watch = asyncio.create_task(mail.watch())
    ended = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, ended.set)
    await ended.wait()
    watch.cancel()


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1]), float(sys.argv[2]) if len(sys.argv) > 2 else 0.0))
