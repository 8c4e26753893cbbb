"""What /metrics says of messages, after real ones (R99)."""

import uuid
from datetime import timedelta

import pytest
from django.utils import timezone

from apps.reminders import tick
from apps.reminders.models import Delivery, Hold, State
from apps.reminders.models.delivery import Reason
from apps.reminders.plan import plan
from apps.reminders.send import send_due
from apps.web.models import Heartbeat
from tests.scraping import scrape

pytestmark = pytest.mark.django_db
ALL, OVER = "miraizu_deliveries", "miraizu_deliveries_over_last_hour"
DUE, OLDEST = "miraizu_deliveries_due", "miraizu_delivery_oldest_due_age_seconds"
TROUBLED = "miraizu_deliveries_troubled"


def _made(state: State, *, channel="email", ago=timedelta(), **fields) -> Delivery:
    now = timezone.now()
    leased = {"lease_until": now, "lease_token": uuid.uuid4()} if state == State.CLAIMED else {}
    ended = {"reason": Reason.REFUSED} if state in (State.DEAD, State.SKIPPED) else {}
    values = {
        "occurrence": f"meeting:{uuid.uuid4()}", "kind": "talk", "channel": channel, "to": "member:1", "state": state,
        "due_at": now - ago, "run_at": now - ago,
    }  # fmt: skip
    return Delivery.objects.create(**(values | leased | ended | fields))


def test_each_state_of_each_channel_is_there_from_the_beginning(settings):
    read = scrape(settings)
    assert set(read.by(ALL, "state")) == set(State.values)
    assert set(read.by(ALL, "channel")) == {"inbox", "email", "slack", "webhook"}
    assert set(read.by(ALL, "state").values()) == {0}
    assert set(read.by(OLDEST, "channel").values()) == {0}


def test_messages_are_counted_by_state_and_channel(settings):
    for state in State:
        _made(state)
    for _time in range(2):
        _made(State.DEAD, channel="webhook")
    read = scrape(settings)
    for state in State:
        assert read.of(ALL, channel="email", state=state) == 1
        assert read.of(ALL, channel="webhook", state=state) == (2 if state == State.DEAD else 0)


def test_one_that_was_really_sent_moves_from_due_to_sent(settings, member, talk, letters, awake):
    plan("talk", "meeting:1", [member])
    read = scrape(settings)
    assert read.of(DUE, channel="email") == read.of(ALL, channel="email", state="planned") == 1
    send_due("email")
    read = scrape(settings)
    assert read.of(DUE, channel="email") == read.of(ALL, channel="email", state="planned") == 0
    assert read.of(ALL, channel="email", state="sent") == read.of(OVER, channel="email", state="sent") == 1


def test_the_oldest_that_is_due_says_for_how_long(settings):
    _made(State.RETRY, ago=timedelta(minutes=10))
    _made(State.PLANNED, ago=timedelta(minutes=2))
    _made(State.PLANNED, ago=-timedelta(hours=2))  # not yet
    _made(State.CLAIMED, ago=timedelta(hours=1))  # in somebody's hands
    _made(State.SENT, ago=timedelta(days=1))
    read = scrape(settings)
    assert read.of(OLDEST, channel="email") == pytest.approx(600, abs=5)
    assert read.of(DUE, channel="email") == 2
    assert read.of(OLDEST, channel="slack") == 0


def test_within_the_hour(settings):
    now = timezone.now()
    _made(State.SENT, over_at=now - timedelta(minutes=50))
    _made(State.SENT, over_at=now - timedelta(minutes=70))
    _made(State.DEAD, over_at=now)
    read = scrape(settings)
    assert [read.of(OVER, channel="email", state=state) for state in ("sent", "dead", "skipped")] == [1, 1, 0]


def test_a_trouble_that_somebody_knows_of_alarms_no_more(settings):
    rows = [_made(State.DEAD), _made(State.UNKNOWN), _made(State.DEAD, is_test=True)]
    assert scrape(settings).of(TROUBLED, channel="email") == 2
    Delivery.objects.filter(pk=rows[0].pk).update(seen_at=timezone.now())
    assert scrape(settings).of(TROUBLED, channel="email") == 1


def test_who_is_at_work_and_since_when_not(settings):
    Heartbeat.beat("senders")
    Heartbeat.objects.create(name="scheduler", seen_at=timezone.now() - timedelta(minutes=5))
    tick.tell_jump(45.2)
    found = scrape(settings).by("miraizu_heartbeat_age_seconds", "process")
    assert found == {"senders": pytest.approx(0, abs=5), "scheduler": pytest.approx(300, abs=5)}


def test_that_everything_is_held(settings, admin):
    assert scrape(settings).of("miraizu_outgoing_held") == 0
    hold = Hold.objects.create(by=admin, why="The mail server moves")
    assert scrape(settings).of("miraizu_outgoing_held") == 1
    hold.released_at = timezone.now()
    hold.save()
    assert scrape(settings).of("miraizu_outgoing_held") == 0
