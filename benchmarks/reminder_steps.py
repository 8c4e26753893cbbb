"""What one process does of the benchmark of reminders: `python -m benchmarks.reminder_steps STEP [numbers]`."""

import json
import os
import resource
import smtplib
import sys
import time
from datetime import time as clock
from datetime import timedelta

import django

django.setup()

from django.conf import settings  # noqa: E402
from django.core.management import call_command  # noqa: E402
from django.db import connection  # noqa: E402
from django.utils import timezone  # noqa: E402

from apps.accounts.models import Member, Organisation, Role  # noqa: E402
from apps.gatherings import schedule  # noqa: E402
from apps.gatherings.models import Answer, Gathering, Kind, Meeting, Participant, Rsvp  # noqa: E402
from apps.gatherings.notices import FIRST, of_meeting  # noqa: E402
from apps.reminders.channels.email import message  # noqa: E402
from apps.reminders.kinds import kind  # noqa: E402
from apps.reminders.models import Delivery, State  # noqa: E402
from apps.reminders.plan import plan  # noqa: E402
from apps.reminders.send import send_due  # noqa: E402

MEMBERS, MEETINGS = 2_000, 100


def _people() -> list[Member]:
    return list(Member.objects.filter(email__startswith="m"))


def _meetings() -> list[Meeting]:
    return list(Meeting.objects.select_related("gathering"))


def load() -> None:
    """An installation with many members and meetings."""
    call_command("migrate", interactive=False, verbosity=0)
    call_command("createcachetable", verbosity=0)
    Organisation.objects.get_or_create(only=True, defaults={"name": "Komorebi"})
    now = timezone.now()
    aoi = Member.objects.make("aoi@example.com", "Aoi", password="quiet paper lantern", role=Role.LEAD)
    Member.objects.bulk_create(
        Member(email=f"m{n}@example.com", display_name=f"Member {n}", joined_at=now, password="!")
        for n in range(MEMBERS)
    )
    for n in range(MEETINGS):
        row = Gathering(
            kind=Kind.READING, title=f"Meeting {n}", organiser=aoi, zone="UTC", clock=clock(9), minutes=60,
            first_day=(now + timedelta(days=5)).date(), place="Room 2",
        )  # fmt: skip
        schedule.begin(row, now.date())


def plan_many(wanted: int) -> None:
    """Prints the seconds that planning took, and how many deliveries there are then."""
    people, meetings, due = _people(), _meetings(), timezone.now() + timedelta(days=4)
    began, planned = time.perf_counter(), 0
    for meeting in meetings:
        if some := people[: (wanted - planned) // 2]:  # the inbox and e-mail
            plan(FIRST, of_meeting(meeting.pk), some, due)
            planned += 2 * len(some)
    print(json.dumps([time.perf_counter() - began, Delivery.objects.count()]))


def fall_due(wanted: int) -> None:
    """So many first reminders by e-mail, due now, of meetings that people said they come to; nothing else."""
    people, meetings, now = _people(), _meetings(), timezone.now()
    for each in (Delivery, Participant, Rsvp):
        each.objects.all().delete()
    pairs = [(meetings[(n + n // len(people)) % len(meetings)], people[n % len(people)]) for n in range(wanted)]
    Participant.objects.bulk_create(Participant(gathering=m.gathering, member=p, joined_at=now) for m, p in pairs)
    Rsvp.objects.bulk_create(
        Rsvp(meeting=m, member=p, answer=Answer.GOING, has_seat=True, line=n, at=now) for n, (m, p) in enumerate(pairs)
    )
    Delivery.objects.bulk_create(
        [
            Delivery(
                occurrence=of_meeting(meeting.pk), kind=FIRST, channel="email", to=f"member:{person.pk}",
                recipient=person, due_at=now, run_at=now,
            )
            for meeting, person in pairs
        ],
        batch_size=1_000,
    )  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")


def count_unsent() -> None:
    print(Delivery.objects.exclude(state=State.SENT).count())


def send_ours(_number: int, _of: int) -> None:
    """As a sender does."""
    _wait()
    send_due("email", budget=600)


def send_plainly(number: int, of: int) -> None:
    """For each row: smtplib.send, update. It promises nothing: killed, it repeats or loses what it had in hand."""
    rows = list(Delivery.objects.filter(state=State.PLANNED).select_related("recipient").order_by("id"))[number::of]
    server = settings.MAILERS["default"]["OPTIONS"]
    _wait()
    with smtplib.SMTP(server["host"], server["port"]) as talking:
        said = kind(FIRST).say(rows)
        for row in rows:
            made = message(said[row.pk], row)
            talking.sendmail(made.from_email, made.to, made.message().as_bytes())
            Delivery.objects.filter(pk=row.pk).update(state=State.SENT, over_at=timezone.now())


def _wait() -> None:
    """Until all that were started are ready."""
    connection.ensure_connection()
    print("ready", flush=True)
    sys.stdin.readline()


STEPS = {each.__name__: each for each in (load, plan_many, fall_due, count_unsent, send_ours, send_plainly)}

if __name__ == "__main__":
    STEPS[sys.argv[1]](*map(int, sys.argv[2:]))
    if sys.argv[1].startswith("send"):
        spent = resource.getrusage(resource.RUSAGE_SELF)
        print(spent.ru_utime + spent.ru_stime, flush=True)
        if os.environ.get("PROFILE"):
            print(len(connection.queries), file=sys.stderr)
