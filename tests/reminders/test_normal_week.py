"""A week as it usually is, by the clock, with the kinds of all rooms: how much of it comes by e-mail, and how little.

The figures stand in docs/members.md.
"""

from collections import Counter
from collections.abc import Callable
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.utils import timezone

from apps.accounts.models import Member
from apps.gatherings import schedule
from apps.gatherings.models import Answer, Book, Participant, Rsvp
from apps.gatherings.recurrence import Frequency, Rule
from apps.people.models import LadderStep, Signal, Subject
from apps.reminders import kinds, tick
from apps.reminders.letter import Letter
from apps.reminders.models import Delivery, State
from apps.reminders.models.delivery import CLAIMABLE
from apps.stakeholders.models.focus import standing
from apps.toil.models import Timer
from tests import factories
from tests.gatherings import told

pytestmark = pytest.mark.django_db
# The week of a month's first working day, so that nothing which comes once a month is missed.
MONDAY = datetime(2026, 11, 30, tzinfo=ZoneInfo("Asia/Tokyo"))
DAY, HOUR = timedelta(days=1), timedelta(hours=1)
BY_DAY = range(7, 20)  # at night nobody does anything, and nothing comes by e-mail


@pytest.fixture
def week():
    """Lives through it hour by hour, each deed at its time; gives what was sent: (member, channel): {kind: count}."""

    def live(deeds: dict[timedelta, Callable[[], object]]) -> dict[tuple[Member, str], Counter]:
        sent: dict[tuple[Member, str], Counter] = {}
        for hour in (hour for hour in range(7 * 24) if hour % 24 in BY_DAY):
            with time_machine.travel(MONDAY + hour * HOUR, tick=False):
                if deed := deeds.get(hour * HOUR):
                    deed()
                standing.forget()
                for planner in tick._planners:
                    planner()
                for row, is_sent in _send_due():
                    if is_sent:
                        sent.setdefault((row.recipient, row.channel), Counter())[row.kind] += 1
        return sent

    return live


def _send_due() -> list[tuple[Delivery, bool]]:
    """What is due, sent as a sender would; where it has nothing to say any more, it is not."""
    handled = []
    due = Delivery.objects.filter(state__in=CLAIMABLE, run_at__lte=timezone.now())
    for row in due.select_related("recipient"):
        said = kinds.kind(row.kind).say([row])[row.pk]
        is_sent = isinstance(said, Letter) and not row.is_stale()
        row.state, row.reason = (State.SENT, "") if is_sent else (State.SKIPPED, "stale")
        row.save()
        handled.append((row, is_sent))
    return handled


@pytest.fixture
def people(db):
    """Where messages come as everybody gets them who never chose."""
    with time_machine.travel(MONDAY - 30 * DAY, tick=False):
        lead = factories.lead(time_zone="Asia/Tokyo")
        Member.objects.filter(pk=lead.pk).update(is_admin=True)
        factories.decision(lead, review_on=(MONDAY + DAY).date())
        return {
            "lead": lead,
            "manager": factories.manager(time_zone="Asia/Tokyo"),
            "keen": factories.member(display_name="Keen", time_zone="Asia/Tokyo"),
            "quiet": factories.member(display_name="Quiet", time_zone="Asia/Tokyo"),
        }


def _weekly(lead: Member, day: int, *joined: Member, **fields):
    """A series at eleven on a day of the week, that has gone on for a while."""
    rule = Rule(Frequency.WEEKLY, interval=1, weekdays=(day,)).to_json()
    return told.gathering(lead, day * DAY + 11 * HOUR, *joined, rule=rule, skips_holidays=False, **fields)


def test_a_normal_week_is_calm(people, week):
    """Keen: three gatherings, one of them moved, one led; an invitation, a note about them, a step up and one claimed, an
    item of the map held, a timer forgotten, a pivot. Quiet: one gathering, an invitation, the pivot. Manager and lead get
    the weekly letter, with the pivot of the week before.
    """
    lead, keen, quiet = people["lead"], people["keen"], people["quiet"]
    with time_machine.travel(MONDAY, tick=False):
        mob = _weekly(lead, 1, keen)
        circle = _weekly(lead, 2, keen, quiet, kind="reading", title="The book")
        event = _weekly(lead, 3, keen, kind="event", title="Talks")
        book = Book.begin(circle, title="SRE")
        book.add([("Embracing risk", 24), ("Toil", 12), ("Monitoring", 20)])
        for row in (mob, circle):
            Rsvp.say(told.only(row), Answer.GOING, member=keen)
        book.chapters.get(number=2).take(keen)
    item = factories.item(name="Manual release")
    with time_machine.travel(MONDAY - 40 * DAY, tick=False):
        days = ("2026-10-05", "2027-02-20")
        row = factories.future_map(lead, factories.plan("Half of releases", when=days, owner=keen.pk))
    with time_machine.travel(MONDAY - 3 * DAY, tick=False):
        past = timezone.now()
        factories.next_revision(row, lead, factories.plan("More help"), is_pivot=True, at=past)

    def propose():
        LadderStep.propose(keen, Subject(item), lead, rung=3, day=lead.today())

    def invite():
        Participant.invite(told.gathering(lead, 20 * DAY, title="Another one"), [keen, quiet], lead)

    def move():
        meeting = told.only(event)
        schedule.change_one(meeting, told.slot(meeting, place="Keyaki"), meeting.day, by=lead)

    sent = week({
        9 * HOUR: lambda: Signal.note(keen, lead, words="Asked how it works", day=lead.today()),
        10 * HOUR: invite,
        DAY + 13 * HOUR: propose,
        DAY + 15 * HOUR: move,
        2 * DAY + 9 * HOUR: lambda: LadderStep.objects.get().confirm(),
        2 * DAY + 10 * HOUR: lambda: book.chapters.get(number=3).assign(keen, None, lead),
        2 * DAY + 14 * HOUR: lambda: factories.next_revision(row, lead, factories.plan("Another"), is_pivot=True),
        3 * DAY + 9 * HOUR: lambda: Timer.objects.create(member=keen, item=item, started_at=timezone.now()),
        3 * DAY + 16 * HOUR: lambda: LadderStep.claim(keen, Subject(item), rung=4, day=keen.today()),
        4 * DAY + 10 * HOUR: lambda: LadderStep.objects.get(counts_from=None).agree(lead),
    })  # fmt: skip

    def count(person: str, channel: str) -> int:
        return sum(sent.get((people[person], channel), Counter()).values())

    assert {person: count(person, "email") for person in people} == {"keen": 6, "quiet": 2, "lead": 5, "manager": 2}
    assert {person: count(person, "inbox") for person in people} == {"keen": 16, "quiet": 4, "lead": 13, "manager": 1}
