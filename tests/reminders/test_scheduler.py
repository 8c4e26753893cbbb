"""What rings the doorbells: everything at its start, then as scheduled, with a file that shows that it is alive."""

from pathlib import Path

from config.celery import app
from config.scheduler import Scheduler


def test_everything_rings_once_at_the_start_and_then_in_its_time(monkeypatch):
    scheduler = Scheduler(app)
    rung = []
    monkeypatch.setattr(scheduler, "apply_entry", lambda entry, producer=None: rung.append(entry.task))
    wait = 0.0
    for _tick in range(3 * len(app.conf.beat_schedule)):
        wait = scheduler.tick()
        if wait > 0:
            break
    assert sorted(rung) == sorted(entry["task"] for entry in app.conf.beat_schedule.values())
    assert 0 < wait <= min(entry["schedule"] for entry in app.conf.beat_schedule.values())


def test_its_file_shows_that_it_is_alive():
    file = Path(app.conf.beat_schedule_filename)
    file.unlink(missing_ok=True)
    Scheduler(app, lazy=True)._do_sync()
    assert file.read_bytes() == b"", "nothing in it that another process could lock"
