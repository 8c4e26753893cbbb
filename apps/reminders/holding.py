"""Holding everything that goes out, and letting it go (decision 10, R94, R95)."""

from dataclasses import dataclass
from datetime import timedelta

from django.db import IntegrityError, models, transaction
from django.db.models import Count, Q
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from apps.accounts.models import Member
from apps.reminders import health, rescue
from apps.reminders.channels import CHANNELS
from apps.reminders.doorbell import ring
from apps.reminders.models import CLAIMABLE, Delivery, Hold

OLD = timedelta(hours=24)  # what was due so long ago is hardly news any more


class Drop(models.TextChoices):
    """What is not to go out when a hold ends."""

    NOTHING = "nothing", _("Send all of them")
    STALE = "stale", _("Send those that still help, and drop the stale ones")
    ALL = "all", _("Drop all of them")


def hold(by: Member | None, why: str) -> Hold | None:
    """Holds everything that goes out; None if somebody holds it already."""
    try:
        with transaction.atomic():
            held = Hold.objects.create(by=by, why=why)
    except IntegrityError:
        return None
    health.forget()
    return held


def release(by: Member, drop: Drop) -> int | None:
    """Ends the hold, and drops in the same transaction what is not to go; gives how many that are, or None if nothing
    was held.
    """
    with transaction.atomic():
        if not Hold.objects.standing().update(released_at=timezone.now(), released_by=by):
            return None
        dropped = 0
        if drop != Drop.NOTHING:
            while some := rescue.stop(_due() if drop == Drop.ALL else _due().filter(_stale()), by):
                dropped += some
        transaction.on_commit(ring)
    health.forget()
    return dropped


def _due() -> models.QuerySet[Delivery]:
    outgoing = [channel.name for channel in CHANNELS.values() if channel.outgoing]
    return Delivery.objects.filter(channel__in=outgoing, state__in=CLAIMABLE, run_at__lte=timezone.now())


def _stale() -> Q:
    """What comes too late to help, or was due a day ago and more."""
    now = timezone.now()
    return Q(expires_at__lte=now) | Q(due_at__lt=now - OLD)


@dataclass(frozen=True, slots=True)
class Waiting:
    label: str | Promise  # of the channel
    count: int
    stale: int


def ahead() -> list[Waiting]:
    """What would go out if the hold ended now, by channel. One query."""
    rows = _due().order_by().values("channel").annotate(n=Count("pk"), stale=Count("pk", filter=_stale()))
    found = {row["channel"]: row for row in rows}
    return [
        Waiting(channel.label, found[name]["n"], found[name]["stale"])
        for name, channel in CHANNELS.items()
        if name in found
    ]
