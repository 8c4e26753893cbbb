"""Receivers as a process of their own: every message they take stands in a file before they answer.

    python -m tests.faults.sink FOLDER [seconds of delay]

Writes the ports to FOLDER/ports, and a line for each message to FOLDER/mail and FOLDER/hooks: its id.
"""

import asyncio
import email
import os
import signal
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from aiosmtpd.smtp import SMTP


class Kept:
    def __init__(self, path: Path):
        self._file = os.open(path, os.O_CREAT | os.O_WRONLY | os.O_APPEND, 0o600)

    def keep(self, id: str) -> None:
        os.write(self._file, f"{time.time():.3f} {id}\n".encode())


class Mail:
    def __init__(self, kept: Kept, delay: float):
        self._kept, self._delay = kept, delay

    async def handle_DATA(self, _server, _session, envelope):
        await asyncio.sleep(self._delay)
        id = email.message_from_bytes(envelope.content)["Message-ID"].strip()
        self._kept.keep(id.strip("<>").split("@")[0])
        return "250 kept"


def hooks(kept: Kept, delay: float) -> ThreadingHTTPServer:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self):
            self.rfile.read(int(self.headers.get("Content-Length", 0)))
            time.sleep(delay)
            kept.keep(self.headers.get("webhook-id", "-"))
            self.send_response(200)
            self.send_header("Content-Length", "2")
            self.end_headers()
            self.wfile.write(b"ok")

        def log_message(self, *_said):
            pass

    return ThreadingHTTPServer(("127.0.0.1", 0), Handler)


async def main(folder: Path, delay: float) -> None:
    server = hooks(Kept(folder / "hooks"), delay)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    mail = Mail(Kept(folder / "mail"), delay)
    smtp = await asyncio.get_running_loop().create_server(
        lambda: SMTP(mail, enable_SMTPUTF8=True, timeout=600), "127.0.0.1", 0
    )
    (folder / "ports.new").write_text(f"{smtp.sockets[0].getsockname()[1]} {server.server_port}")
    (folder / "ports.new").rename(folder / "ports")
    ended = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, ended.set)
    await ended.wait()


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1]), float(sys.argv[2]) if len(sys.argv) > 2 else 0.0))
