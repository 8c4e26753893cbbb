"""Doorbells (reliability.md, decision 1): each looks at the rows and does what is due; anybody may ring at any time."""

from celery import shared_task

from apps.reminders import tick as ticking
from apps.reminders.channels import CHANNELS
from apps.reminders.models import Destination
from apps.reminders.send import send_due
from apps.reminders.ticker import stopping
from apps.web.models import Heartbeat


@shared_task(name="reminders.send_due")
def send(channels: list[str] | None = None) -> None:
    """Sends what is due, by the named channels or by all that have something."""
    for name in channels or ticking.due_channels():
        if name in CHANNELS:
            send_due(name, stop=stopping)


@shared_task(name="reminders.tick")
def tick() -> None:
    """Takes back lost leases and ends what is stale; then sends what is due."""
    ticking.tick()
    Heartbeat.beat("scheduler")
    send()


@shared_task(name="reminders.plan_ahead")
def plan_ahead() -> None:
    ticking.plan_ahead()


@shared_task(name="reminders.forget_removed")
def forget_removed() -> None:
    Destination.objects.all().forget_removed()
