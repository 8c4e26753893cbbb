"""The people of the large installation: 60 topics, 5,000 notes, steps on the ladders; a series of 400 meetings with 100
people, and a circle with a book.
"""

import random
from datetime import date, datetime, time, timedelta

from django.utils import timezone

from apps.accounts.models import Member
from apps.gatherings import schedule
from apps.gatherings.models import Answer, Book, Gathering, Meeting, Participant, Rsvp
from apps.gatherings.recurrence import Frequency, Rule
from apps.people.models import Consent, Interest, JourneyStep, LadderStep, Signal, Topic
from apps.toil.models import Item

TOPICS, SIGNALS, MEETINGS, PEOPLE, STEPS = 60, 5_000, 400, 100, 4_000


def gather(members: list[Member], items: list[Item], today: date, chance: random.Random, words: list[str]) -> None:
    now = timezone.now()
    topics = Topic.objects.bulk_create(Topic(name=f"Topic {n}", by=members[0]) for n in range(TOPICS))
    pairs = {(chance.randrange(len(members)), chance.randrange(TOPICS)) for _each in range(2_500)}
    Interest.objects.bulk_create(
        Interest(
            person=members[one], topic=topics[topic], keen=chance.choice((1, 2, 3)), wants_learn=True, confirmed_at=now
        )
        for one, topic in sorted(pairs)
    )
    notes = Signal.objects.bulk_create(
        Signal(
            person=chance.choice(members), by=members[0], words=" ".join(chance.choices(words, k=12)),
            day=today - timedelta(days=chance.randrange(400)), topic=chance.choice(topics),
        )
        for _each in range(SIGNALS)
    )  # fmt: skip
    Consent.objects.bulk_create(Consent(signal=note) for note in notes[: SIGNALS * 4 // 5])
    JourneyStep.objects.bulk_create(
        JourneyStep(person=one, place=1 + n % 5, day=today, confirmed_at=now, is_current=True)
        for n, one in enumerate(members)
    )
    climbed = {(chance.randrange(len(members)), chance.randrange(len(items))) for _each in range(STEPS)}
    LadderStep.objects.bulk_create(
        LadderStep(
            person=members[one], item=items[item], rung=chance.choice((1, 2, 3, 4, 5)), day=today, confirmed_at=now,
            counts_from=now, is_current=True,
        )
        for one, item in sorted(climbed)
    )  # fmt: skip
    _series(members, today, chance)


def _series(members: list[Member], today: date, chance: random.Random) -> None:
    rule = Rule(Frequency.DAILY, count=MEETINGS)
    row = Gathering(
        kind="reading", title="Every day", organiser=members[0], zone="UTC", first_day=today - timedelta(days=300),
        clock=time(9), minutes=30, rule=rule.to_json(), place="Here",
    )  # fmt: skip
    schedule.begin(row, today)
    joined = members[:PEOPLE]
    Participant.objects.bulk_create(
        (Participant(gathering=row, member=one, joined_at=timezone.now()) for one in joined), ignore_conflicts=True
    )
    meetings = list(Meeting.objects.filter(gathering=row).order_by("number"))
    Rsvp.objects.bulk_create(
        Rsvp(meeting=meeting, member=one, answer=Answer.GOING, has_seat=True, line=n, at=meeting.starts_at)
        for meeting in meetings
        for n, one in enumerate(chance.sample(joined, 40))
    )
    book = Book.begin(row, title="A long book", settled_until=datetime.combine(today, time(0), timezone.now().tzinfo))
    book.add([(f"Chapter {n}", 20) for n in range(1, 41)])
