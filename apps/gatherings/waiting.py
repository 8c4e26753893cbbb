"""What waits for one reader on Home: yes or no to what was noted about them, invitations, and what they took on."""

from dataclasses import dataclass
from datetime import date, datetime

from apps.accounts.models import Member
from apps.gatherings import sql

SHOWN = 6  # invitations, and tasks


@dataclass(frozen=True, slots=True)
class Waiting:
    notes: int
    invitations: list[sql.Waits]
    tasks: list[sql.Waits]  # what is due first, first
    polls: list[sql.Waits]  # times proposed and not marked yet

    @property
    def count(self) -> int:
        return self.notes + len(self.invitations) + len(self.tasks) + len(self.polls)


def for_reader(reader: Member, now: datetime) -> Waiting:
    """One query."""
    rows = sql.waiting(reader, now)
    notes = sum(row.pk for row in rows if row.what == "notes")
    tasks = sorted((row for row in rows if row.what == "task"), key=lambda row: (row.due or date.max, row.pk))
    invitations, polls = ([row for row in rows if row.what == what][:SHOWN] for what in ("invitation", "poll"))
    return Waiting(notes, invitations, tasks[:SHOWN], polls)
