"""The one Django project: settings, addresses, permissions, and the processes' entry points."""

from config.celery import app as celery_app

__all__ = ["celery_app"]
