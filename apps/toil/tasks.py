"""Background work of the toil room. A task is a doorbell: what to do stands in rows (reliability.md, decision 1)."""

from datetime import timedelta

from celery import shared_task
from django.utils import timezone

from apps.toil import apply_import
from apps.toil.models import ImportRun
from apps.web.models import Submission

KEPT_FILES = timedelta(days=7)
KEPT_SUBMISSIONS = timedelta(days=30)


@shared_task(name="toil.apply_import")
def apply_one(pk: int) -> None:
    """Applies an import if nobody else does."""
    run = apply_import.claim(pk)
    if run is not None:
        apply_import.apply(run)


@shared_task(name="toil.run_waiting_imports")
def run_waiting_imports() -> None:
    """Applies imports whose doorbell was lost, or whose worker was killed."""
    for pk in apply_import.waiting():
        apply_one(pk)


@shared_task(name="toil.tidy")
def tidy() -> None:
    """Clears submissions that can't be repeated any more, and files nobody applied."""
    now = timezone.now()
    Submission.objects.filter(created_at__lt=now - KEPT_SUBMISSIONS).delete()
    for run in ImportRun.objects.filter(created_at__lt=now - KEPT_FILES).exclude(file=""):
        run.file.delete(save=True)
