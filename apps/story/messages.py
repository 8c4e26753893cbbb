"""What the story's people were told of late: an inbox with three things to answer, and deliveries of every state."""

import uuid
from datetime import datetime, timedelta

from django.utils import timezone

from apps.accounts.models import Member
from apps.gatherings.models import Gathering, Meeting
from apps.gatherings.notices import AFTERWARDS, CHAPTER, FIRST, MOVED, of_meeting
from apps.people.models import LadderStep, Signal
from apps.people.notices import CLAIM, NOTICED, STEP, occurrence
from apps.reminders.models import Attempt, Delivery, Destination, InboxLine, Manner, Outcome, State
from apps.reminders.models.delivery import Reason
from apps.reminders.models.destination import OffBecause

SENDER = "miraizu:7:sender-email"


def tell(people: dict[str, Member], met: dict[str, Gathering], begun: datetime) -> None:
    """Written as it was, because nobody can be told yesterday; what waits is asked again before it goes."""
    now = timezone.now()
    # What the deeds of fourteen months planned just now, nobody needs to hear.
    Delivery.objects.filter(recipient__in=people.values(), created_at__gte=begun).delete()
    aoi, kenta = people["aoi"], people["kenta"]
    # The next meetings are up to a week away, whatever the day: who is reminded of them by now chose so.
    for person in (aoi, kenta):
        Manner.objects.create(member=person, day_before=7 * 24 * 60)
    circle, mob = (met[key].meetings.ahead(now).first() for key in ("circle", "mob"))
    last = met["mob"].meetings.over(now).first()
    if circle is None or mob is None or last is None:
        return
    for kind, meeting, person, hours in (
        (FIRST, circle, kenta, 2), (FIRST, circle, aoi, 2), (CHAPTER, circle, aoi, 20), (FIRST, mob, aoi, 3),
    ):  # fmt: skip
        _into_inbox(person, _delivery(kind, meeting, person, "inbox", now - timedelta(hours=hours), State.SENT))
    _ask_them(kenta, aoi, now)
    sent = _delivery(FIRST, circle, kenta, "email", now - timedelta(hours=2), State.SENT)
    _try(sent, 1, Outcome.SENT)
    unknown = _delivery(FIRST, circle, aoi, "email", now - timedelta(minutes=8), State.UNKNOWN, tries=1, unknowns=1,
                        run_at=now + timedelta(hours=1))  # fmt: skip
    _try(unknown, 1, Outcome.UNKNOWN)
    dead = _delivery(AFTERWARDS, last, kenta, "email", now - timedelta(hours=30), State.DEAD, reason=Reason.REFUSED,
                     tries=1)  # fmt: skip
    _try(dead, 1, Outcome.PERMANENT, "SMTP 550", "The server for e-mail refuses the letter or its address.")
    _delivery(MOVED, last, kenta, "email", now - timedelta(days=5), State.SKIPPED, reason=Reason.MOVED)
    retried = _delivery(FIRST, mob, kenta, "email", now - timedelta(minutes=3), State.RETRY, tries=1,
                        run_at=now + timedelta(hours=1))  # fmt: skip
    _try(retried, 1, Outcome.TEMPORARY, "SMTP 451", "The server for e-mail can't take it now.")
    _delivery(MOVED, circle, aoi, "email", now, State.PLANNED, run_at=now + timedelta(hours=9))
    _addresses(aoi, now)


def _ask_them(kenta: Member, aoi: Member, now: datetime) -> None:
    """What waits for an answer: a note about Kenta and a step of his, and a step that Mei claims."""
    note = Signal.objects.waiting().filter(person=kenta).first()
    step = LadderStep.objects.waiting().filter(person=kenta).first()
    claim = LadderStep.objects.to_agree().first()
    for kind, row, person, days in ((NOTICED, note, kenta, 5), (STEP, step, kenta, 2), (CLAIM, claim, aoi, 3)):
        if row is not None:
            at = now - timedelta(days=days)
            _into_inbox(person, _row(kind, occurrence(row), person, "inbox", at, State.SENT))


def _addresses(aoi: Member, now: datetime) -> None:
    """A channel of everybody and an address of Aoi's own. Both are off, and belong to nobody: a story tells no one."""
    board = "進捗ボード" if aoi.language == "ja" else "Status board"
    for owner, channel, name, because, days in (
        (None, "slack", "#sre-together", OffBecause.GONE, 4), (aoi, "webhook", board, OffBecause.OWNER, 40),
    ):  # fmt: skip
        host = f"{channel}.example.com"
        made = Destination.make(owner, aoi, channel=channel, name=name, url=f"https://{host}/miraizu", host=host,
                                language=aoi.language)  # fmt: skip
        made.off_at, made.off_because = now - timedelta(days=days), because
        made.save(update_fields=["off_at", "off_because"])


def _into_inbox(person: Member, row: Delivery) -> None:
    InboxLine.objects.create(delivery=row, member=person, arrived_at=row.due_at)


def _delivery(
    kind: str, meeting: Meeting, person: Member, channel: str, at: datetime, state: State, **more
) -> Delivery:  # fmt: skip
    return _row(kind, of_meeting(meeting.pk), person, channel, at, state, schedule_rev=meeting.schedule_rev, **more)


def _row(kind: str, about: str, person: Member, channel: str, at: datetime, state: State, **more) -> Delivery:
    over = at if state in (State.SENT, State.DEAD, State.SKIPPED) else None
    more.setdefault("run_at", at)
    return Delivery.objects.create(
        occurrence=about, kind=kind, channel=channel, to=f"member:{person.pk}", recipient=person,
        due_at=at, state=state, over_at=over, created_at=at, **more,
    )  # fmt: skip


def _try(row: Delivery, number: int, outcome: Outcome, code: str = "", detail: str = "") -> None:
    done = None if outcome == Outcome.UNKNOWN else row.due_at + timedelta(seconds=1)
    Attempt.objects.create(
        delivery=row, n=number, lease_token=uuid.uuid4(), sender=SENDER, started_at=row.due_at, finished_at=done,
        outcome=outcome, code=code, detail=detail,
    )  # fmt: skip
