"""Sends what is due without Celery: looks every second until it is told to stop."""

import signal
from datetime import timedelta

from django.core.management.base import BaseCommand

from apps.reminders.ticker import Ticker, stopping


class Command(BaseCommand):
    help = "Sends due reminders without a broker, until SIGTERM or Ctrl-C; any number may run beside the workers."

    def handle(self, *_args, **_options) -> None:
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_signal: stopping.set())
        Ticker(unheard=timedelta()).run()
