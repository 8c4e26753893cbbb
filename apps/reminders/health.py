"""Whether messages go out at all, for leads and admins on every page (R26), and what they have to look at (R14)."""

import time
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Q
from django.utils import timezone

from apps.reminders import sql
from apps.web.kept import Kept
from apps.web.models import Heartbeat
from apps.web.models.heartbeat import LATE_AFTER

SENDERS, SCHEDULER = "senders", "scheduler"
PROCESSES = (SENDERS, SCHEDULER, "worker")
JUMP = "clock jump "  # how names of heartbeats begin that tell of a clock that was set
JUMPS_SHOWN_FOR = timedelta(days=7)

_started = time.monotonic()


def begin() -> None:
    """Counts the first minutes of this process from now."""
    global _started
    _started = time.monotonic()


# One query a minute for each process.
news = Kept(sql.news)


def forget() -> None:
    news.forget()


def troubles() -> int:
    """How many deliveries are given up or of unknown outcome, and nobody knows of them; a minute old at most."""
    return news().troubles


def is_late(seen_at: datetime | None) -> bool:
    """Whether a process that was last seen then ought to have shown itself since. One never seen may still be starting
    in the first minutes of this process.
    """
    if seen_at is None:
        return time.monotonic() - _started > LATE_AFTER.total_seconds()
    return timezone.now() - seen_at > LATE_AFTER


@dataclass(frozen=True, slots=True)
class Process:
    name: str
    seen_at: datetime | None

    @property
    def is_late(self) -> bool:
        return is_late(self.seen_at)

    @property
    def is_here(self) -> bool:
        """Seen within the last minute."""
        return self.seen_at is not None and timezone.now() - self.seen_at < timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Jump:
    at: datetime
    seconds: int  # by which it was set ahead; below 0: back

    @property
    def back(self) -> int:
        return -self.seconds


def standstill(senders: datetime | None, scheduler: datetime | None) -> Process | None:
    """Which of the two, last seen then, ought to be at work and is not; the senders if neither is.

    A scheduler never seen may not be wanted: `manage.py senders` needs none.
    """
    both = [Process(SENDERS, senders), *([Process(SCHEDULER, scheduler)] if scheduler else [])]
    return next((each for each in both if each.is_late), None)


def look() -> Process | None:
    """`standstill`, asked of the rows."""
    rows = dict(Heartbeat.objects.filter(name__in=(SENDERS, SCHEDULER)).values_list("name", "seen_at"))
    return standstill(rows.get(SENDERS), rows.get(SCHEDULER))


def processes_and_jumps() -> tuple[list[Process], list[Jump]]:
    """When each background process was last seen, and when a machine's clock was set lately. One query."""
    rows = Heartbeat.objects.filter(
        Q(name__in=PROCESSES) | Q(name__startswith=JUMP, seen_at__gt=timezone.now() - JUMPS_SHOWN_FOR)
    ).order_by("-seen_at")[:20]
    seen = {row.name: row.seen_at for row in rows}
    jumps = [
        Jump(at, int(name.removeprefix(JUMP).removesuffix(" s"))) for name, at in seen.items() if name.startswith(JUMP)
    ]
    return [Process(name, seen.get(name)) for name in PROCESSES], jumps
