"""Structured logs: one JSON object a line on standard error, UTC, with the request's id (R81).

In a terminal the same events are set for reading. No token, note or address of a calendar feed is ever logged:
requests are logged by the name of their view, not by their path.
"""

import sys

import structlog
from structlog.typing import Processor

SHARED: list[Processor] = [
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_log_level,
    structlog.stdlib.add_logger_name,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
]


def _without_path(_logger, _name, event: dict) -> dict:
    """Replaces the request line that django-structlog adds by the method alone: paths can hold tokens."""
    request = event.get("request")
    if isinstance(request, str):
        event["request"] = request.split(" ", 1)[0]
    event.pop("user_agent", None)
    return event


structlog.configure(
    processors=[
        structlog.stdlib.filter_by_level,
        *SHARED,
        structlog.stdlib.PositionalArgumentsFormatter(),
        structlog.processors.StackInfoRenderer(),
        structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
    ],
    logger_factory=structlog.stdlib.LoggerFactory(),
    cache_logger_on_first_use=True,
)

_renderer = (
    structlog.dev.ConsoleRenderer() if sys.stderr.isatty() else structlog.processors.JSONRenderer(ensure_ascii=False)
)

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "lines": {
            "()": structlog.stdlib.ProcessorFormatter,
            "foreign_pre_chain": SHARED,
            "processors": [
                _without_path,
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.format_exc_info,
                _renderer,
            ],
        }
    },
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "lines"}},
    "root": {"handlers": ["stderr"], "level": "INFO"},
    "loggers": {
        # Its warnings name paths; django-structlog logs the same requests by view.
        "django.request": {"level": "ERROR"},
        "django.security.csrf": {"level": "ERROR"},
        "django_structlog.middlewares.request": {"level": "CRITICAL"},
        # Its warnings name whole addresses, and that of a webhook is its secret.
        "urllib3": {"level": "ERROR"},
        "kombu": {"level": "WARNING"},
        "celery.beat": {"level": "WARNING"},
        # One line each for receiving and for finishing every doorbell would bury all else.
        "celery.app.trace": {"level": "WARNING"},
        "celery.worker.strategy": {"level": "WARNING"},
    },
}
