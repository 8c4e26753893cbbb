"""Each task of the app runs twice (F45): a doorbell that rings again changes nothing."""

import json
from pathlib import Path

from tests.faults.result import Result, Size
from tests.faults.stage import stage

# For each task, what there is to do for it; a task that is not here is a miss.
TO_DO = """
from datetime import timedelta
from django.core.files.base import ContentFile
from django.utils import timezone
from apps.gatherings.models import Gathering, Meeting
from apps.gatherings.recurrence import Frequency, Rule
from apps.people.models import Interest, Keen, Topic
from apps.reminders.models import Delivery, Destination
from apps.reminders.models.preference import EVERY_DAY, Manner
from apps.toil.models import ImportRun
from apps.web.models import Submission
from tests import factories

now = timezone.now()
lead, member = factories.lead(), factories.member()
for each in (lead, member):
    Manner.objects.create(member=each, quiet_from=None, quiet_until=None, working_days=EVERY_DAY)

def due(name, **fields):
    values = {"occurrence": name, "kind": "test", "channel": "inbox", "to": f"member:{member.pk}", "recipient": member,
        "due_at": now, "run_at": now} | fields
    return Delivery.objects.create(**values)

def claimed(name, **fields):
    import uuid
    return due(name, state="claimed", lease_token=uuid.uuid4(), lease_until=now - timedelta(hours=1), **fields)

def waiting_import(name):
    run = ImportRun.objects.create(member=member, format="mapped", file_name=name, rows_total=20, state="waiting",
        choices={"columns": {"day": 0, "duration": 1, "item": 2}})
    text = "date,minutes,task\\n" + "".join(f"2025-01-{n % 27 + 1:02},{n + 1},Item {n % 4}\\n" for n in range(20))
    run.file.save(name, ContentFile(text.encode()))
    return run

def weekly():
    row = factories.gathering(lead, rule=Rule(Frequency.WEEKLY, interval=1, weekdays=(lead.today().weekday(),)).to_json())
    ahead = row.meetings.order_by("pattern_day")
    last = ahead[3].pattern_day
    Meeting.objects.filter(gathering=row, pattern_day__gt=last).delete()
    Gathering.objects.filter(pk=row.pk).update(planned_until=last)

def unanswered():
    row = Interest.propose(member, Topic.named("Terraform", lead), lead, keen=Keen.KEEN, wants=["learn"])
    Interest.objects.filter(pk=row.pk).update(proposed_at=now - timedelta(days=31))

def old_submission():
    row = Submission.objects.create(member=member, form="log", submission_id="0b5cb3a8-6d64-4f7b-9f3b-2f4c6a5d7e80")
    Submission.objects.filter(pk=row.pk).update(created_at=now - timedelta(days=31))
    run = waiting_import("old.csv")
    ImportRun.objects.filter(pk=run.pk).update(created_at=now - timedelta(days=8), state="done")

def removed():
    row = Destination.make(member, member, channel="slack", name="Phone", url="https://hooks.example.com/x",
        host="hooks.example.com", language="en")
    row.remove(member)
    Destination.objects.filter(pk=row.pk).update(off_at=now - timedelta(days=2))

def soon():
    starts = now + timedelta(days=1, minutes=5)
    local = starts.astimezone(lead.zone)
    factories.gathering(lead, zone=str(lead.zone), first_day=local.date(), clock=local.time().replace(microsecond=0))

def mixed():
    due("one"); due("letter", channel="email")

def to_tick():
    claimed("lost"); due("stale", expires_at=now - timedelta(minutes=1)); due("due")

to_do = {
    "gatherings.extend": weekly,
    "people.forget_unanswered": unanswered,
    "reminders.forget_removed": removed,
    "reminders.plan_ahead": soon,
    "reminders.send_due": mixed,
    "reminders.tick": to_tick,
    "toil.apply_import": lambda: [waiting_import("one.csv").pk],
    "toil.run_waiting_imports": lambda: waiting_import("two.csv") and None,
    "toil.tidy": old_submission,
    "web.heartbeat": lambda: None,
}
"""
TWICE = (
    """
import json, sys, django; django.setup()
from django.apps import apps
from django.db import connection
from config.celery import app
app.loader.import_default_modules()
mine = sorted(name for name in app.tasks if not name.startswith("celery."))
"""
    + TO_DO
    + """
def dump():
    tables = {}
    for model in apps.get_models(include_auto_created=True):
        if model._meta.db_table != "web_heartbeat":
            rows = model._base_manager.order_by("pk").values()
            tables[model._meta.db_table] = [json.dumps(row, default=str, sort_keys=True) for row in rows]
    return tables

def changed(before, after):
    return sorted(table for table in before if before[table] != after[table])

told = {"missing": sorted(set(mine) - set(to_do)), "gone": sorted(set(to_do) - set(mine)), "tasks": {}}
for name in to_do:
    arguments = to_do[name]() or []
    start = dump()
    app.tasks[name](*arguments)
    once = dump()
    app.tasks[name](*arguments)
    told["tasks"][name] = [changed(start, once), changed(once, dump())]
print(json.dumps(told))
"""
)


def twice(folder: Path, size: Size, seed: int, environment: dict[str, str]) -> Result:
    """F45: each task has something to do, does it, and runs once more; nothing is replaced by something easier. All
    tables are compared but the one of heartbeats.
    """
    with stage(folder, environment, lease=120) as on:
        told = json.loads(on.python(TWICE).splitlines()[-1])
        letters = on.taken("mail")
    tasks: dict[str, list] = told["tasks"]
    idle = [name for name, (once, _again) in tasks.items() if not once and name != "web.heartbeat"]
    differ = [f"{name} ({', '.join(again)})" for name, (_once, again) in tasks.items() if again]
    strange = [*told["missing"], *told["gone"], *idle, *differ]
    good = not strange and letters and len(letters) == len(set(letters))
    return Result(
        "F45 every task twice", "the same as once, for all tasks there are",
        f"{len(tasks)} tasks, {len(differ)} differ{': ' + ', '.join(differ) if differ else ''}; not known here: "
        f"{', '.join(told['missing']) or 'none'}; gone: {', '.join(told['gone']) or 'none'}; without anything to do: "
        f"{', '.join(idle) or 'none'}",
        bool(good), None, {"seed": seed, "changed": tasks},
    )  # fmt: skip
