"""On Home: what waits for the reader, each thing gone once it is answered, in one query."""

from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from apps.gatherings import waiting
from apps.gatherings.coming import mine
from apps.gatherings.listed import ListedMeeting
from apps.gatherings.models import Answer, FollowUp, Participant, Rsvp
from apps.people.models import Interest, JourneyStep, LadderStep, Signal, Subject, Topic, TopicMerge
from apps.people.sql import count_waiting
from tests import factories
from tests.gatherings.test_planning import MONDAY, circle

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def monday():
    with time_machine.travel(MONDAY, tick=False) as clock:
        yield clock


@pytest.fixture
def meeting(lead):
    return circle(lead, title="Lunch with a book").meetings.get(number=1)


def home(client, member):
    client.force_login(member)
    return client.get("/").text


def test_nothing_waits(client, member):
    assert "Waiting for you" not in home(client, member)


def test_who_said_no_is_neither_asked_nor_told_again(client, lead, member, meeting):
    Participant.invite(meeting.gathering, [member], lead)
    client.force_login(member)
    client.post(f"/gatherings/{meeting.gathering_id}/leave/")
    assert "Lunch with a book" not in home(client, member)
    assert not mine(member, timezone.now())
    assert Participant.invite(meeting.gathering, [member], lead) == 0
    client.post(f"/gatherings/{meeting.gathering_id}/join/")
    assert [line.meeting for line in mine(member, timezone.now())] == [ListedMeeting.of(meeting)]


def test_what_one_took_on_waits_the_most_urgent_first(client, lead, member, meeting):
    for words, days in (("Some day", None), ("Next week", 7), ("Late", -2)):
        due = None if days is None else member.today() + timedelta(days=days)
        FollowUp.objects.create(meeting=meeting, words=words, owner=member, due=due)
    FollowUp.objects.create(meeting=meeting, words="Of the lead", owner=lead)
    found = waiting.for_reader(member)
    assert [task.words for task in found.tasks] == ["Late", "Next week", "Some day"]
    page = home(client, member)
    assert "was due" in page and "Of the lead" not in page
    task = found.tasks[0]
    address = f"/gatherings/{meeting.gathering_id}/{meeting.number}/follow-ups/{task.pk}/"
    assert client.post(address, {"done": "on", "next": "/"}).url == "/"
    assert client.post(address, {"done": "on", "next": "https://elsewhere.example/"}).url == "/"
    assert [task.words for task in waiting.for_reader(member).tasks] == ["Next week", "Some day"]


def test_it_is_one_query(member, lead, meeting, django_assert_num_queries):
    for words in ("Write it down", "Ask them"):
        FollowUp.objects.create(meeting=meeting, words=words, owner=member)
    with django_assert_num_queries(1):
        assert waiting.for_reader(member).count == 2
    with django_assert_num_queries(1):
        mine(member, timezone.now())


def test_what_is_counted_is_what_the_models_say(lead, member):
    topics = [Topic.named(name, lead) for name in ("Terraform", "Kubernetes", "SQL")]
    now, item = timezone.now(), Subject(item=factories.item())
    for days in (0, 29, 31):
        with time_machine.travel(now - timedelta(days=days), tick=False):
            note = Signal.note(member, lead, words=f"{days} days ago", day=lead.today())
            Signal.note(lead, member, words="about somebody else", day=lead.today())
    note.accept()
    for topic in topics:
        Interest.propose(member, topic, lead, keen=1, wants=["read"])
    Interest.objects.get(topic=topics[0]).confirm()
    TopicMerge.make(topics[1], topics[2], lead)
    LadderStep.propose(member, item, lead, rung=2, day=lead.today())
    JourneyStep.propose(member, lead, place=2, day=lead.today())
    kinds = (Signal.objects, Interest.objects.of_standing(), LadderStep.objects, JourneyStep.objects)
    for person in (member, lead):
        said = sum(rows.waiting().filter(person=person).count() for rows in kinds)
        assert count_waiting(person) == said
    assert count_waiting(member) >= 5


def test_coming_up_is_what_concerns_the_reader(lead, member, meeting):
    row, other = meeting.gathering, factories.member()
    nothing = circle(lead, title="Of others")
    mob = circle(other, title="Led once", kind="mob")
    led = mob.meetings.get(number=2)
    led.facilitator = member
    led.save()
    Rsvp.say(meeting, Answer.MAYBE, member=member)
    Rsvp.say(meeting, Answer.GOING, member=other)
    Rsvp.say(meeting, Answer.ONLINE, guest="Ann")
    assert [(line.meeting, line.coming, line.mine) for line in mine(member, timezone.now())] == [
        (ListedMeeting.of(meeting), 2, "maybe"),
        (ListedMeeting.of(led), 0, ""),
    ]
    (first, second) = mine(member, timezone.now())
    assert (first.meeting.label, second.meeting.facilitator.short_name) == (row.title, member.short_name)
    assert first.meeting.starts_at == meeting.starts_at
    Rsvp.say(meeting, Answer.NO, member=member)
    assert [line.meeting for line in mine(member, timezone.now())] == [ListedMeeting.of(led)]
    meeting.seats = 1
    meeting.save()
    Rsvp.say(meeting, Answer.GOING, member=member)
    assert mine(member, timezone.now())[0].waits
    Rsvp.say(nothing.meetings.get(number=1), Answer.NO, member=member)
    led.cancel(other)
    assert [line.meeting for line in mine(member, timezone.now())] == [ListedMeeting.of(meeting)]
