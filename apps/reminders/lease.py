"""What becomes of deliveries whose sender vanished (R8): a begun try leaves an unknown outcome, others nothing."""

from django.db import transaction
from django.utils import timezone

from apps.reminders import retry, sql
from apps.reminders.models import Attempt, Delivery, Outcome, State
from apps.reminders.models.delivery import Reason

AT_ONCE = 500


def reap() -> int:
    """Takes back what was claimed and whose lease is over; gives how many. Any number of processes may do so."""
    with transaction.atomic():
        lost = [each.id for each in sql.take_back(AT_ONCE)]
        if lost:
            Attempt.objects.filter(delivery__in=lost, outcome=Outcome.STARTED).update(outcome=Outcome.UNKNOWN)
            Delivery.objects.filter(pk__in=lost, state=State.UNKNOWN, unknowns__gte=retry.MOST_UNKNOWN).update(
                state=State.DEAD, reason=Reason.UNKNOWN, over_at=timezone.now(), seen_at=None
            )
    return len(lost)
