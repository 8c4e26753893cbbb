"""A mail server that takes every letter at once and counts them: `python -m benchmarks.mail_sink PORT_FILE`.

Lean, so that what is measured is the sender: each conversation costs it a few microseconds a line.
"""

import asyncio
import sys
from pathlib import Path

ANSWERS = {b"EHLO": b"250-sink\r\n250 8BITMIME", b"QUIT": b"221 bye"}


class Conversation(asyncio.Protocol):
    def connection_made(self, transport):
        self._transport, self._begun, self._in_letter = transport, bytearray(), False
        transport.write(b"220 sink\r\n")

    def data_received(self, data):
        self._begun += data
        while True:
            end = b"\r\n.\r\n" if self._in_letter else b"\r\n"
            at = self._begun.find(end)
            if at < 0:
                return
            line = bytes(self._begun[:4]).upper()
            del self._begun[: at + len(end)]
            if self._in_letter:
                self._in_letter = False
                self._transport.write(b"250 kept\r\n")
            elif line == b"DATA":
                self._in_letter = True
                self._transport.write(b"354 go on\r\n")
            else:
                self._transport.write(ANSWERS.get(line, b"250 ok") + b"\r\n")


async def main(port_file: Path) -> None:
    server = await asyncio.get_running_loop().create_server(Conversation, "127.0.0.1", 0)
    port_file.with_suffix(".new").write_text(str(server.sockets[0].getsockname()[1]))
    port_file.with_suffix(".new").rename(port_file)
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1])))
