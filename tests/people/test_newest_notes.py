"""The page of people asks for notes in plain SQL: it says of each what the models say, and shows no more of them."""

from datetime import timedelta

import pytest
from django.utils import timezone

from apps.accounts.models import Member
from apps.people import notes, sql
from apps.people.models import JourneyStep, LadderStep, Rung, Signal, Subject, Topic
from apps.people.models.asked import DAYS_TO_ANSWER
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def people(lead):
    return [lead, *(factories.member() for _each in range(3)), factories.member(password=None)]


@pytest.fixture
def every_note(people):
    """Of each pair one that waits, one kept, one corrected and answered, one expired; one about who is not here."""
    today = timezone.localdate()
    topic = Topic.named("Releases", people[0])
    for number, (person, by) in enumerate((a, b) for a in people for b in people[:3] if a != b):
        day = today - timedelta(days=number % 4)
        for kind in ("waits", "kept", "corrected", "expired"):
            row = Signal.note(
                person, by, words=f"{kind} {number}", day=day, place="#x" if number % 2 else "", topic=topic
            )
            if kind == "kept":
                row.accept()
            elif kind == "corrected":
                row.correct("My own words", "So it is")
            elif kind == "expired":
                Signal.objects.filter(pk=row.pk).update(at=timezone.now() - timedelta(days=DAYS_TO_ANSWER, minutes=1))
    gone = factories.member()
    Signal.note(gone, people[0], words="of who left", day=today).accept()
    Signal.note(people[1], gone, words="by who left", day=today).accept()
    Member.objects.filter(pk=gone.pk).update(is_active=False)


def told(row) -> tuple:
    topic = row.topic.label if row.topic else None
    return (
        row.pk, row.person_id, row.person.display_name, row.by_id, row.by.display_name, row.words, row.day, row.place,
        bool(row.corrected_at), row.answer, row.topic_id, topic, row.is_accepted, row.has_person_joined,
    )  # fmt: skip


def test_it_says_what_the_models_say(people, every_note):
    known = {one.pk: one for one in Member.objects.active().as_persons()}
    for reader in people[:4]:
        expected = [told(row) for row in Signal.objects.seen_by(reader).told()]
        assert [told(row) for row in notes.newest(reader, 1_000, known)] == expected
        assert [told(row) for row in notes.newest(reader, 5, known)] == expected[:5]


def test_who_has_not_joined_and_is_waited_for(lead, member):
    noted, stepped, placed, answered, expired, _nothing = (factories.member(password=None) for _each in range(6))
    today = timezone.localdate()
    topic = Topic.named("Releases", lead)
    Signal.note(noted, lead, words="Asked", day=today)
    LadderStep.propose(stepped, Subject(topic=topic), lead, rung=Rung.WATCHING, day=today)
    JourneyStep.propose(placed, lead, place=2, day=today)
    Signal.note(answered, lead, words="Asked", day=today).accept()
    row = Signal.note(expired, lead, words="Asked", day=today)
    Signal.objects.filter(pk=row.pk).update(at=timezone.now() - timedelta(days=DAYS_TO_ANSWER, minutes=1))
    Signal.note(member, lead, words="Has joined", day=today)
    assert {one.pk for one in sql.not_joined()} == {noted.pk, stepped.pk, placed.pk}
    Member.objects.filter(pk=noted.pk).update(is_active=False)
    assert {one.pk for one in sql.not_joined()} == {stepped.pk, placed.pk}
