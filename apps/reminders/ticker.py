"""Looks after due deliveries in every worker, also where nobody rings: without Redis, or with one that hangs (R21).

The doorbell makes it fast, this makes it certain. One thread looks; each channel that is late gets a sender of its own,
so that a server that hangs holds up nobody else (R15).
"""

import threading
import time
from datetime import timedelta

import structlog
from django.db import DatabaseError, close_old_connections, connection

from apps.reminders import tick
from apps.reminders.send import send_due
from apps.web.models import Heartbeat

log = structlog.get_logger(__name__)

LOOK = 1.0  # seconds between two looks
UNHEARD = timedelta(seconds=2)  # due for so long and still not taken: nobody heard the doorbell
REAP, PLAN, BEAT = 5.0, 20.0, 20.0  # seconds between

stopping = threading.Event()  # set when this process is told to end: senders finish what they have in hand (R28)


class Ticker:
    """`run` looks until `stopping` is set. Any number of processes may have one (R24)."""

    def __init__(self, *, unheard: timedelta = UNHEARD) -> None:
        self._unheard = unheard
        self._senders: dict[str, threading.Thread] = {}
        self._last: dict[str, float] = {}
        self._clocks = tick.Clocks()

    def start(self) -> threading.Thread:
        thread = threading.Thread(target=self.run, name="ticker", daemon=True)
        thread.start()
        return thread

    def run(self) -> None:
        while not stopping.wait(LOOK):
            try:
                close_old_connections()
                self.look()
            except DatabaseError as error:  # away for a moment: it is asked again
                log.warning("reminders.no_database", error=type(error).__name__)
                connection.close()
            except Exception:
                log.exception("reminders.ticker")
        for thread in self._senders.values():
            thread.join(30)
        connection.close()

    def look(self) -> None:
        """Does what is due: takes back lost leases, plans ahead, and sends what nobody has taken."""
        if jumped := self._clocks.jump():
            tick.tell_jump(jumped)
        if self._is_time("beat", BEAT):
            Heartbeat.beat("senders")
        if self._is_time("reap", REAP):
            tick.tick()
        if self._is_time("plan", PLAN):
            tick.plan_ahead()
            tick.tidy_inboxes()
        for channel in tick.due_channels(self._unheard):
            running = self._senders.get(channel)
            if running is None or not running.is_alive():
                self._senders[channel] = threading.Thread(
                    target=_send, args=[channel], name=f"sender-{channel}", daemon=True
                )
                self._senders[channel].start()

    def _is_time(self, name: str, every: float) -> bool:
        now = time.monotonic()
        if now - self._last.get(name, -every) < every:
            return False
        self._last[name] = now
        return True


def _send(channel: str) -> None:
    try:
        send_due(channel, stop=stopping)
    except DatabaseError as error:
        log.warning("reminders.no_database", error=type(error).__name__)
    except Exception:
        log.exception("reminders.sender", channel=channel)
    finally:
        connection.close()
