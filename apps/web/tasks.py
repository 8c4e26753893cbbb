"""The worker's sign of life."""

from celery import shared_task

from apps.web.models import Heartbeat


@shared_task(name="web.heartbeat")
def heartbeat() -> None:
    Heartbeat.beat("worker")
