"""A Celery worker that asks for a broker that is away twenty times a second, so that a hundred tries take seconds (F9).

Nothing else differs from production: python -m tests.faults.hasty_worker worker … takes what celery takes.
"""

import sys

from celery.__main__ import main
from kombu import Connection

WAIT = 0.05  # seconds between two tries
usual = Connection.ensure_connection


def hastily(self, errback=None, max_retries=None, **named):
    named |= {"interval_start": WAIT, "interval_step": 0, "interval_max": WAIT}
    return usual(self, errback, max_retries, **named)


Connection.ensure_connection = hastily

if __name__ == "__main__":
    sys.exit(main())
