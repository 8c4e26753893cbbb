"""What has to be looked at again and again: lost leases, what is due, what became stale. Any number may do so (R24)."""

import time
from collections.abc import Callable
from datetime import timedelta

import structlog
from django.utils import timezone

from apps.reminders import inbox, lease
from apps.reminders.models import Delivery, State
from apps.reminders.models.delivery import CLAIMABLE, UNSENT, Reason
from apps.web.models import Heartbeat

log = structlog.get_logger(__name__)
TIDY_EVERY = timedelta(seconds=55)
JUMP = 30.0  # seconds between the two clocks that are worth telling (R38)

# What rooms plan ahead: each is asked at every planning, for what falls due in the next days.
_planners: list[Callable[[], None]] = []


def plans_ahead(planner: Callable[[], None]) -> Callable[[], None]:
    """Registers what a room plans ahead. It must not mind being asked twice."""
    _planners.append(planner)
    return planner


def tick() -> None:
    """Takes back lost leases and ends what is stale."""
    lease.reap()
    end_stale()


def tidy_inboxes() -> None:
    """What lies in inboxes and no longer holds is put away: one process a minute does so, and nobody minds two."""
    now = timezone.now()
    _row, is_first = Heartbeat.objects.get_or_create(name="inboxes", defaults={"seen_at": now})
    long_ago = Heartbeat.objects.filter(name="inboxes", seen_at__lte=now - TIDY_EVERY)
    if is_first or long_ago.update(seen_at=now):
        inbox.tidy()


def end_stale() -> int:
    """What would come too late is not sent (R11); gives how many."""
    now = timezone.now()
    return Delivery.objects.filter(state__in=UNSENT, expires_at__lte=now).update(
        state=State.SKIPPED, reason=Reason.STALE, over_at=now
    )


def plan_ahead() -> None:
    """Asks each room what falls due in the next days. One that fails does not keep the others from planning."""
    for planner in _planners:
        try:
            planner()
        except Exception:
            log.exception("reminders.planner", planner=f"{planner.__module__}.{planner.__name__}")


def due_channels(waiting: timedelta = timedelta()) -> list[str]:
    """The channels by which something has been due for so long and nobody has taken it."""
    before = timezone.now() - waiting
    return list(
        Delivery.objects.filter(state__in=CLAIMABLE, run_at__lte=before)
        .order_by()
        .values_list("channel", flat=True)
        .distinct()
    )


class Clocks:
    """Tells when the machine's clock was set: it is compared with one that only goes on (R38)."""

    def __init__(self) -> None:
        self._before = (time.time(), time.monotonic())

    def jump(self) -> float:
        """Seconds by which the clock jumped since the last look; 0 for less than `JUMP`."""
        wall, steady = time.time(), time.monotonic()
        jumped = (wall - self._before[0]) - (steady - self._before[1])
        self._before = (wall, steady)
        return jumped if abs(jumped) > JUMP else 0.0


def tell_jump(seconds: float) -> None:
    """Keeps that the clock was set, for the page of deliveries (R38)."""
    log.warning("reminders.clock_jump", seconds=round(seconds))
    Heartbeat.beat(f"clock jump {round(seconds):+d} s"[:40])
