"""The Celery application. Messages are doorbells: the rows they speak of are the truth (reliability.md)."""

import os

from celery import Celery
from celery.signals import setup_logging, worker_ready, worker_shutting_down

import config.file_broker  # noqa: F401  (so that its addresses are known)

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

app = Celery("miraizu")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


@setup_logging.connect
def _use_our_logging(**_kwargs) -> None:
    """Keeps Celery from replacing the log format of `config.logs`."""
    from logging.config import dictConfig

    from django.conf import settings

    dictConfig(settings.LOGGING)


@worker_ready.connect
def _ring_at_start(**_kwargs) -> None:
    """Shows at once that the worker is there, and looks for what was left waiting; afterwards the schedule does."""
    from apps.reminders.ticker import Ticker

    Ticker().start()
    for task in ("web.heartbeat", "toil.run_waiting_imports"):
        app.send_task(task)


@worker_shutting_down.connect
def _finish_what_is_in_hand(**_kwargs) -> None:
    """Senders end after the message they are at and give back the rest, so that a restart repeats nothing (R28)."""
    from apps.reminders.ticker import stopping

    stopping.set()
