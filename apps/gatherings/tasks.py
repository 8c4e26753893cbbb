"""What runs by the clock: series reach 120 days ahead, moments follow the zone data, what was read is written down."""

from celery import shared_task
from django.utils import timezone

from apps.gatherings import reading, schedule


@shared_task(name="gatherings.extend")
def extend() -> None:
    """Idempotent, so that it may run as often as it likes."""
    schedule.recompute(timezone.now())
    schedule.extend_all(timezone.localdate())
    reading.settle_all(timezone.now())
