"""What the organisation's channels get: what anybody may join, and nothing of what is by invitation."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from apps.gatherings import notices, planned_ahead, schedule
from apps.gatherings.models import Participant
from apps.reminders import send
from apps.reminders.models import Delivery, Destination, Gate, Preference, State
from apps.reminders.models.delivery import Reason
from tests import factories
from tests.gatherings import told
from tests.gatherings.test_planning import sent
from tests.reminders import sinks

pytestmark = pytest.mark.django_db
SOON = timedelta(days=1, minutes=10)


@pytest.fixture
def room(settings):
    """A chat room of the organisation that keeps what is written there."""
    with sinks.hooks() as sink:
        settings.OUTBOUND_HTTP, settings.OUTBOUND_PORTS = True, [sink.port]
        settings.OUTBOUND_HOSTS = ["127.0.0.0/8"]
        row = Destination(channel="slack", name="#everybody", url=sink.url, host="127.0.0.1")
        row.new_secret()
        row.save()
        sink.row = row
        yield sink


def written(room) -> list[str]:
    """The first lines of what reached the room."""
    Delivery.objects.filter(channel="slack").exclude(state__in=(State.SENT, State.SKIPPED)).update(
        run_at="2020-01-01T00:00Z", slot_at=None
    )
    for _each in range(5):
        Gate.objects.update(passed_at=None)
        Delivery.objects.filter(channel="slack", state=State.PLANNED).update(run_at="2020-01-01T00:00Z")
        send.send_due("slack")
    return [post.said["text"] for post in room.posts]


def test_something_new_is_told_with_its_way_in(room, client, lead):
    client.force_login(lead)
    day = (lead.today() + timedelta(days=9)).isoformat()
    assert client.post("/gatherings/new/", sent(title="Lunch <!channel>", day=day)).status_code == 302
    row = Delivery.objects.get(channel="slack")
    assert row.kind == notices.PLANNED and row.recipient is None
    assert row.due_at - row.created_at > timedelta(minutes=4), "time to mend a slip"
    (said,) = written(room)
    assert said.startswith("New: Lunch") and "<!channel>" not in said
    (post,) = room.posts
    assert "anybody may join" in post.body.decode() and "/gatherings/" in post.body.decode()


def test_what_is_by_invitation_is_never_told(room, lead, member):
    row = told.gathering(lead, SOON, member, is_open=False)
    notices.planned(row)
    planned_ahead.plan_ahead()
    schedule.change_one(told.only(row), told.slot(told.only(row), place="Elsewhere"), told.only(row).day, by=lead)
    told.only(row).cancel(lead)
    told.only(row).restore(lead)
    assert not Delivery.objects.filter(destination=room.row).exists()


def test_moved_before_it_is_announced_it_is_announced_as_it_is_then(room, lead):
    row = told.gathering(lead, SOON)
    notices.planned(row)
    schedule.change_one(told.only(row), told.slot(told.only(row), place="Elsewhere"), told.only(row).day, by=lead)
    (said,) = written(room)
    assert said.startswith("New: ") and "Elsewhere" in room.posts[0].body.decode()
    schedule.change_one(told.only(row), told.slot(told.only(row), place="The garden"), told.only(row).day, by=lead)
    assert len(written(room)) == 2, "from then on each change is news"


def test_it_becomes_closed_between_plan_and_send(room, lead):
    row = told.gathering(lead)
    notices.planned(row)
    row.is_open = False
    row.save()
    assert written(room) == []
    assert Delivery.objects.get(channel="slack").reason == Reason.NOT_WANTED


def test_reminded_a_day_before_once_and_told_of_changes(room, lead, member):
    row = told.gathering(lead, SOON, member)
    meeting = told.only(row)
    meeting.__class__.objects.update(created_at=meeting.starts_at - timedelta(days=20))
    for _each in range(3):
        planned_ahead.plan_ahead()
    assert Delivery.objects.filter(channel="slack").count() == 1
    schedule.change_one(told.only(row), told.slot(meeting, place="Elsewhere"), meeting.day, by=lead)
    told.only(row).cancel(lead)
    said = written(room)
    assert len(said) == 1 and said[0].startswith("Cancelled"), "neither the reminder nor the move is true any more"
    told.only(row).restore(lead)
    assert written(room)[1:] == ["It happens after all: Release together"]


def test_a_restored_one_is_news_only_to_who_heard_of_the_cancelling(room, lead):
    row = told.gathering(lead, timedelta(days=3))
    told.only(row).cancel(lead)
    told.only(row).restore(lead)
    assert written(room) == []


def test_a_channel_gets_only_what_it_wants(room, lead):
    room.row.change(lead, without=[notices.PLANNED])
    row = told.gathering(lead)
    notices.planned(row)
    assert not Delivery.objects.filter(channel="slack").exists()
    room.row.change(lead, without=[])
    notices.planned(row)
    room.row.change(lead, without=[notices.PLANNED])
    assert written(room) == []
    assert Delivery.objects.get(channel="slack").reason == Reason.OPTED_OUT


def test_a_member_may_ask_for_it_too(lead, member):
    row = told.gathering(lead)
    notices.planned(row)
    assert not Delivery.objects.exists(), "nobody gets it who did not ask"
    other = factories.member()
    for person in (member, other):
        Preference.objects.create(member=person, kind=notices.PLANNED, channel="inbox", choice="at_once")
    Participant.invite(row, [other], lead)
    notices.planned(row)
    rows = Delivery.objects.filter(kind=notices.PLANNED, channel="inbox")
    told.send_all()
    assert dict(rows.values_list("recipient__email", "state")) == {member.email: State.SENT, other.email: State.SKIPPED}


def test_many_meetings_cost_no_more_than_few(room, lead):
    def queries() -> int:
        planned_ahead.plan_ahead()
        with CaptureQueriesContext(connection) as asked:
            planned_ahead.plan_ahead()
        return len(asked)

    told.gathering(lead, SOON)
    few = queries()
    for number in range(12):
        told.gathering(lead, SOON, title=f"Number {number}")
    assert queries() == few
