"""A timer that runs for long, and a week without a line: who is asked, when, and answered where they read it."""

from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from django.utils import timezone

from apps.reminders import tick
from apps.reminders.models import Choice, Delivery, Manner, Preference
from apps.reminders.models.delivery import Reason
from apps.toil import notices
from apps.toil.models import Entry, Item, Timer
from tests import factories
from tests.gatherings import told

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)


def plan():
    notices.plan_ahead()


def running(member, hours=9.0, item=None, **fields) -> Timer:
    return Timer.objects.create(member=member, item=item, started_at=timezone.now() - hours * HOUR, **fields)


def test_it_is_one_of_the_planners():
    assert notices.plan_ahead in tick._planners


# ---- a timer ----------------------------------------------------------------------------------------


def test_after_a_working_day_its_owner_is_asked_once_in_the_inbox(member):
    running(member, 7.9)
    plan()
    assert told.planned() == []
    Timer.objects.update(started_at=timezone.now() - 8 * HOUR)
    plan()
    plan()
    assert told.planned() == [("toil_timer", "inbox", member.email)]


def test_it_is_stopped_where_the_message_lies_with_the_usual_minutes(client, member):
    item = factories.item(name="Manual release")
    Item.objects.update(usual_minutes=25)
    running(member, item=item)
    plan()
    told.send_all()
    said = told.letter(notices.TIMER)
    assert said.subject == "Your timer still runs: Manual release"
    stop, goes_on = said.answers
    assert (stop.label, goes_on.label) == ("Stop it, and log 25 min", "It goes on")
    client.force_login(member)
    assert client.post(stop.path, dict(stop.fields) | {"next": "/inbox/"}).url == "/inbox/"
    assert Entry.objects.get().minutes == 25 and not Timer.objects.exists()
    assert told.say(notices.TIMER) == [Reason.NOT_WANTED]


def test_even_after_twelve_hours_the_offered_minutes_are_taken(client, member):
    row = running(member, 20, factories.item())
    client.force_login(member)
    client.post("/toil/timer/stop/", {"minutes": "30", "started": row.mark})
    assert Entry.objects.get().minutes == 30


@pytest.mark.parametrize("minutes", ["-5", "x", "0", "", "99999999999999999999"])
def test_other_minutes_than_offered_are_asked_for(client, member, minutes):
    row = running(member, 20, factories.item())
    client.force_login(member)
    assert client.post("/toil/timer/stop/", {"minutes": minutes, "started": row.mark}).url == "/toil/timer/"
    assert not Entry.objects.exists() and Timer.objects.exists()


def test_an_offer_for_an_earlier_run_does_not_stop_this_one(client, member):
    row = running(member, 2, factories.item())
    client.force_login(member)
    client.post("/toil/timer/stop/", {"minutes": "30", "started": row.mark - 90_000})
    assert Timer.objects.exists() and not Entry.objects.exists()


def test_it_goes_on_and_the_inbox_is_empty(client, member):
    running(member, line="something")
    plan()
    told.send_all()
    (goes_on,) = told.letter(notices.TIMER).answers
    client.force_login(member)
    assert "Your timer still runs: something" in client.get("/inbox/").text
    client.post(goes_on.path)
    assert "Your timer still runs" not in client.get("/inbox/").text
    plan()
    assert told.planned() == [] and Timer.objects.exists()


def test_a_timer_that_was_stopped_or_started_anew_is_not_spoken_of(member):
    row = running(member)
    plan()
    row.delete()
    assert told.say(notices.TIMER) == [Reason.NOT_WANTED]
    running(member, 1)
    assert told.say(notices.TIMER) == [Reason.NOT_WANTED]


def test_many_timers_are_planned_and_said_with_few_queries(django_assert_max_num_queries):
    people = [factories.member() for _each in range(30)]
    at = timezone.now() - 9 * HOUR
    Timer.objects.bulk_create(Timer(member=one, started_at=at) for one in people)
    with django_assert_max_num_queries(10):
        plan()
    rows = list(Delivery.objects.all())
    with django_assert_max_num_queries(1):
        assert len(told.say(notices.TIMER, *rows)) == 30


def test_who_left_is_not_asked():
    running(factories.member(is_active=False))
    plan()
    assert not Delivery.objects.exists()


# ---- a week -----------------------------------------------------------------------------------------

FRIDAY = date(2026, 11, 27)
IN_TOKYO = datetime(2026, 11, 27, 6, tzinfo=UTC)  # 15:00


@pytest.fixture
def keen(lead):
    """Logs, and wants to hear of an empty week."""
    person = factories.member(time_zone="Asia/Tokyo")
    Preference.objects.create(member=person, kind=notices.WEEK, channel="inbox", choice=Choice.AT_ONCE)
    factories.entry(person, day=FRIDAY - timedelta(days=9))
    return person


def planned_at(at: datetime) -> int:
    with time_machine.travel(at, tick=False):
        plan()
    return Delivery.objects.filter(kind=notices.WEEK).count()


def test_nobody_hears_of_it_who_did_not_ask(lead, member):
    factories.entry(member, day=FRIDAY - timedelta(days=9))
    assert planned_at(IN_TOKYO) == 0


def test_on_friday_afternoon_where_they_are_and_not_before(keen):
    assert planned_at(IN_TOKYO - timedelta(minutes=1)) == 0
    assert planned_at(IN_TOKYO) == 1
    assert planned_at(IN_TOKYO + timedelta(hours=1)) == 1, "once a week"


def test_on_their_own_last_working_day(keen):
    Manner.objects.create(member=keen, working_days=0b0000111)
    assert planned_at(IN_TOKYO - timedelta(days=2)) == 1


def test_a_line_or_a_long_silence_says_it_all(keen, lead):
    factories.entry(keen, day=FRIDAY - timedelta(days=4))
    assert planned_at(IN_TOKYO) == 0
    Entry.objects.update(day=FRIDAY - timedelta(days=70))
    assert planned_at(IN_TOKYO) == 0, "who does not log is left in peace"


def test_what_is_logged_meanwhile_is_seen(keen):
    assert planned_at(IN_TOKYO) == 1
    with time_machine.travel(IN_TOKYO + HOUR, tick=False):
        assert told.letter(notices.WEEK).subject == "Nothing logged this week"
    with time_machine.travel(IN_TOKYO + timedelta(days=4), tick=False):
        assert told.say(notices.WEEK) == [Reason.STALE]
    factories.entry(keen, day=FRIDAY)
    with time_machine.travel(IN_TOKYO + HOUR, tick=False):
        assert told.say(notices.WEEK) == [Reason.NOT_WANTED]
