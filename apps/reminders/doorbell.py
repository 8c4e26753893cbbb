"""Waking the senders. One that nobody hears costs seconds and nothing else: the rows are the truth (decision 1)."""

import structlog
from celery import current_app

log = structlog.get_logger(__name__)


def ring(channels: tuple[str, ...] = ()) -> None:
    """Tells a worker that something is due. Never raises, and never takes longer than the broker's time-out (R23)."""
    try:
        current_app.send_task("reminders.send_due", args=[list(channels)], retry=False, expires=30)
    except Exception as error:  # whatever a broker that is away says: senders also look by themselves
        log.info("reminders.unheard", error=type(error).__name__)
