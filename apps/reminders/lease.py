"""What becomes of deliveries whose sender vanished (R8): a begun try leaves an unknown outcome, others nothing."""

import time

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from apps.reminders import retry, sql
from apps.reminders.models import Attempt, Delivery, Outcome, State
from apps.reminders.models.delivery import Reason

AT_ONCE = 500
# Seconds. Who had to wait longer for the database was not the only one: first those write who sent something.
PATIENCE = 0.5


def reap() -> int:
    """Takes back what was claimed and whose lease is over; gives how many. Any number of processes may do so."""
    began = time.monotonic()
    with transaction.atomic():
        if time.monotonic() - began > PATIENCE:
            return 0
        lost = sql.take_back(AT_ONCE, settings.REMINDERS_GRACE)
        if lost:
            Attempt.objects.filter(delivery__in=lost, outcome=Outcome.STARTED).update(outcome=Outcome.UNKNOWN)
            Delivery.objects.filter(pk__in=lost, state=State.UNKNOWN, unknowns__gte=retry.MOST_UNKNOWN).update(
                state=State.DEAD, reason=Reason.UNKNOWN, over_at=timezone.now(), seen_at=None
            )
    return len(lost)
