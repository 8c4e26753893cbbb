"""Senders or the scheduler stand still: who stands still can't tell, so every web process looks, and has the leads and
admins told by a letter that it sends itself (R26).
"""

import threading
import time
from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

import structlog
from django.db import DatabaseError, connection
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from apps.accounts.models import Member
from apps.reminders import health
from apps.reminders.kinds import Kind, register
from apps.reminders.letter import Action, Letter
from apps.reminders.models import Delivery
from apps.reminders.models.delivery import Reason
from apps.reminders.plan import plan
from apps.reminders.send import send_due
from apps.web.models import Heartbeat
from apps.web.models.heartbeat import LATE_AFTER

log = structlog.get_logger(__name__)
KIND = "standstill"
LOOK = 20.0  # seconds between two looks
HELPS_FOR = timedelta(days=1)
# The subject, what it means, and what to do.
_SAYS = {
    health.SENDERS: (
        gettext_lazy("Miraizu sends nothing at the moment"),
        gettext_lazy("Reminders wait until it runs again. Nothing is lost."),
        gettext_lazy("Look whether the service “worker” runs, and what its log says; then start it again."),
    ),
    health.SCHEDULER: (
        gettext_lazy("Miraizu's scheduler stands still"),
        gettext_lazy("Messages still go out; what Miraizu does by itself each minute or hour waits."),
        gettext_lazy("Look whether the service “beat” runs, and what its log says; then start it again."),
    ),
}


def tell(still: health.Process) -> None:
    """Plans the letter: one for each time that something stands still, however many processes see it."""
    seen_at = still.seen_at.isoformat() if still.seen_at else ""
    plan(
        KIND, f"standstill:{still.name}:{seen_at or 'never'}", Member.objects.caretakers(),
        expires_at=timezone.now() + HELPS_FOR, payload={"name": still.name, "seen_at": seen_at},
    )  # fmt: skip


def _say(deliveries: Sequence[Delivery]) -> dict[UUID, Letter | Reason]:
    seen = dict(Heartbeat.objects.filter(name__in=health.PROCESSES).values_list("name", "seen_at"))
    return {each.pk: _one(each, seen.get(each.payload.get("name", ""))) for each in deliveries}


def _one(delivery: Delivery, seen_at: datetime | None) -> Letter | Reason:
    before = delivery.payload.get("seen_at")
    if seen_at is not None and (not before or seen_at > datetime.fromisoformat(before)):
        return Reason.NOT_WANTED  # it is at work again
    facts = ((_("Last seen"), date_format(timezone.localtime(seen_at), "DATETIME_FORMAT")),) if seen_at else ()
    actions = (Action(_("What is at work"), f"{reverse('reminders:deliveries')}#at-work"),)
    subject, *text = _SAYS[delivery.payload.get("name", health.SENDERS)]
    return Letter(subject=str(subject), text=tuple(map(str, text)), facts=facts, actions=actions)


class Watch:
    """Looks for as long as its process lives."""

    def __init__(self) -> None:
        self._began = time.monotonic()

    def start(self) -> None:
        threading.Thread(target=self._run, name="watch", daemon=True).start()

    def _run(self) -> None:
        while True:
            time.sleep(LOOK)
            try:
                self.look()
            except DatabaseError as error:  # away: `/healthz/ready` says so
                log.warning("reminders.no_database", error=type(error).__name__)
            except Exception:
                log.exception("reminders.watch")
            finally:
                connection.close()

    def look(self) -> None:
        """Not in the first minutes: after a break everything was last seen long ago, and is about to start."""
        if time.monotonic() - self._began < LATE_AFTER.total_seconds():
            return
        if still := health.look():
            tell(still)
            send_due("email", only=KIND)


def register_all() -> None:
    register(
        Kind(
            KIND, gettext_lazy("Senders or the scheduler stand still"), gettext_lazy("Miraizu itself"), _say,
            frozenset({"email"}), urgent=True, choosable=False, order=910,
        )
    )  # fmt: skip
