"""The broker where there is no Redis: files in a folder, as kombu keeps them, but each whole before anybody sees it."""

import tempfile
import time
import uuid
from pathlib import Path

from kombu.exceptions import ChannelError
from kombu.transport import TRANSPORT_ALIASES, filesystem
from kombu.utils.encoding import str_to_bytes
from kombu.utils.json import dumps

TRIES, PAUSE = 50, 0.01  # seconds between looks at a table that somebody is writing


class Channel(filesystem.Channel):
    """Kombu writes a message under the name that workers look for. One that looks just then takes it away, reads it
    empty, and ends, and with it everything that was started together.
    """

    def _put(self, queue, payload, **kwargs):  # type: ignore[override]  # kombu names it in two ways
        """Puts `payload` into the queue. Raises ChannelError where the folder can't be written."""
        name = f"{round(time.monotonic() * 1000)}_{uuid.uuid4()}.{queue}.msg"
        try:
            with tempfile.NamedTemporaryFile(dir=self.data_folder_out, suffix=".new", delete=False) as file:
                file.write(str_to_bytes(dumps(payload)))
            Path(file.name).replace(Path(self.data_folder_out) / name)
        except OSError as error:
            raise ChannelError(f"Cannot add {name} to the queue.") from error

    def get_table(self, exchange: str) -> list:
        """The queues of an exchange. Raises ValueError where its file stays half written."""
        for _try in range(TRIES):
            try:
                return super().get_table(exchange)
            except ValueError:
                time.sleep(PAUSE)
        return super().get_table(exchange)


class Transport(filesystem.Transport):
    Channel = Channel


TRANSPORT_ALIASES["files"] = f"{__name__}:Transport"
