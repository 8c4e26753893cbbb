"""Celery's scheduler, remembering in memory what it rang for."""

from datetime import timedelta
from pathlib import Path

from celery import beat


class Scheduler(beat.Scheduler):
    """Rings once for everything when it starts, and then as scheduled: what there is to do is found in rows, so that
    it need not know what was done before.

    Celery's default keeps that in a database file, whose locks a loaded machine may refuse (“locking protocol”): it
    ended and rang no more. Here the file only shows that the scheduler is alive (docker-compose.yml).
    """

    def setup_schedule(self) -> None:
        super().setup_schedule()
        for entry in self.schedule.values():
            entry.last_run_at = self.app.now() - timedelta(days=1)

    def sync(self) -> None:
        """Every three minutes, and at the end."""
        Path(self.app.conf.beat_schedule_filename).touch()
