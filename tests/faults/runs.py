"""All fault runs (reliability.md) by their names: each is seeded, bounded, and gives what it saw.

Short forms run with every `make test`; `make faults` runs the long ones and writes the figures down.
"""

from collections.abc import Callable

from tests.faults import (
    runs_broker,
    runs_database,
    runs_disk,
    runs_receivers,
    runs_senders,
    runs_standstill,
    runs_tasks,
    runs_time,
)
from tests.faults.result import LONG, SHORT, Result, Size

RUNS: dict[str, Callable[..., Result]] = {
    "F1": runs_senders.killed,
    "F2": runs_senders.killed_after_the_receiver_s_yes,
    "F3": runs_senders.worker_killed,
    "F4": runs_senders.poisoned,
    "F5": runs_senders.stopped,
    "F6": runs_senders.many_at_once,
    "F7": runs_broker.mistreated,
    "F8": runs_broker.stopped_under_the_web,
    "F9": runs_broker.away_for_long,
    "F10": runs_database.stopped,
    "F11": runs_database.crowded,
    "F12": runs_disk.full,
    "F13": runs_receivers.mail_server_mistreats,
    "F14": runs_receivers.asked_for_silence,
    "F15": runs_receivers.answers_too_much,
    "F16": runs_time.clock_set,
    "F17": runs_senders.restarted,
    "F18": runs_time.down_for_hours,
    "F38": runs_standstill.told,
    "F41": runs_time.many_at_the_same_minute,
    "F45": runs_tasks.twice,
    "R5": runs_senders.killed_before_the_call,
    "R6": runs_receivers.nothing_open_while_it_hangs,
    "R29": runs_broker.reads_no_names,
}

BOTH, POSTGRESQL, SQLITE = ("SQLite", "PostgreSQL"), ("PostgreSQL",), ("SQLite",)
# Runs that are about one database alone, or with Redis, which belongs to the installation with PostgreSQL.
ONLY_ON = {
    "F3": POSTGRESQL,
    "F7": POSTGRESQL,
    "F8": POSTGRESQL,
    "F9": POSTGRESQL,
    "F38": POSTGRESQL,
    "F10": POSTGRESQL,
    "F11": SQLITE,
    "F12": SQLITE,
    "R29": POSTGRESQL,
    "R6": POSTGRESQL,
}


def where(name: str) -> tuple[str, ...]:
    """The databases a run is made on."""
    return ONLY_ON.get(name, BOTH)


__all__ = ["LONG", "RUNS", "SHORT", "Result", "Size"]
