"""What waits for one reader on Home that nobody sent them a message about: what they took on, and times to mark."""

from dataclasses import dataclass
from datetime import date

from apps.accounts.models import Member
from apps.gatherings import sql

SHOWN = 6  # of each


@dataclass(frozen=True, slots=True)
class Waiting:
    tasks: list[sql.Waits]  # what is due first, first
    polls: list[sql.Waits]  # times proposed and not marked yet

    @property
    def count(self) -> int:
        return len(self.tasks) + len(self.polls)


def for_reader(reader: Member) -> Waiting:
    """One query."""
    rows = sql.waiting(reader)
    tasks = sorted((row for row in rows if row.what == "task"), key=lambda row: (row.due or date.max, row.pk))
    return Waiting(tasks[:SHOWN], [row for row in rows if row.what == "poll"][:SHOWN])
