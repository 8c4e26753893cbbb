"""Background work of the toil room. A task is a doorbell: what to do stands in rows (reliability.md, decision 1)."""

from datetime import timedelta

from celery import shared_task
from django.utils import timezone

from apps.web.models import Submission


@shared_task(name="toil.tidy")
def tidy() -> None:
    """Clears submissions that can't be repeated any more."""
    Submission.objects.filter(created_at__lt=timezone.now() - timedelta(days=30)).delete()
