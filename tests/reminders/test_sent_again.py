"""What comes late: tried again, sent again by hand or held, it keeps to its reader's hours, and says why it does not go."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.urls import reverse
from django.utils import timezone

from apps.accounts.models import Member
from apps.reminders import rescue, send
from apps.reminders.models import Choice, Delivery, Handling, Hold, Manner, Preference, State, What
from apps.reminders.models.delivery import FOR_GOOD, Reason
from apps.reminders.plan import plan

pytestmark = pytest.mark.django_db
# Seconds: the database's clock is not the frozen one, so that what has to wait would be taken again and again.
ONCE = 0.2
TOKYO = ZoneInfo("Asia/Tokyo")
FRIDAY_EVENING = datetime(2026, 11, 20, 20, 5, tzinfo=TOKYO)
MONDAY_MORNING = datetime(2026, 11, 23, 8, tzinfo=TOKYO)


@pytest.fixture
def reader(member):
    Member.objects.filter(pk=member.pk).update(time_zone="Asia/Tokyo")
    Manner.objects.create(member=member)
    member.refresh_from_db()
    return member


@pytest.fixture
def at_desk(client, lead):
    def go(row, what=What.AGAIN) -> str:
        client.force_login(lead)
        return client.post(reverse("reminders:handle", args=[row.pk]), {"what": what}, follow=True).text

    return go


def _mail() -> Delivery:
    return Delivery.objects.get(channel="email")


def _given_up(reader, kind="talk", **fields) -> Delivery:
    plan(kind, "meeting:1", [reader])
    now = timezone.now()
    values = {"state": State.DEAD, "reason": Reason.REFUSED, "over_at": now, "run_at": now, "tries": 1} | fields
    Delivery.objects.filter(channel="email").update(**values)
    return _mail()


@pytest.mark.parametrize(("kind", "waits"), [("talk", True), ("alarm", False)])
def test_what_failed_in_the_evening_is_tried_again_in_the_morning(talk, reader, letters, kind, waits):
    with time_machine.travel(FRIDAY_EVENING, tick=False) as clock:
        _given_up(reader, kind, state=State.RETRY, reason="", over_at=None)
        send.send_due("email", budget=ONCE)
        assert len(letters.letters) == (0 if waits else 1)
        if waits:
            assert (_mail().state, _mail().run_at) == (State.RETRY, MONDAY_MORNING)
        clock.move_to(MONDAY_MORNING)
        send.send_due("email", budget=ONCE)
        assert len(letters.letters) == 1


def test_what_would_help_nobody_in_the_morning_comes_all_the_same(talk, reader, letters):
    with time_machine.travel(FRIDAY_EVENING, tick=False):
        expires = FRIDAY_EVENING + timedelta(hours=3)
        _given_up(reader, state=State.RETRY, reason="", over_at=None, expires_at=expires)
        send.send_due("email", budget=ONCE)
    assert len(letters.letters) == 1


def test_what_was_held_over_the_evening_keeps_to_the_hours_too(talk, reader, letters, admin):
    with time_machine.travel(FRIDAY_EVENING, tick=False) as clock:
        clock.shift(-timedelta(hours=1))
        held = Hold.objects.create(by=admin, why="The server moves")
        plan("talk", "meeting:1", [reader])
        assert _mail().run_at == timezone.now()
        clock.shift(timedelta(hours=4))
        Hold.objects.filter(pk=held.pk).update(released_at=timezone.now())
        send.send_due("email", budget=ONCE)
        assert (_mail().state, _mail().run_at) == (State.PLANNED, MONDAY_MORNING)


def test_sent_again_at_night_it_says_when_it_goes(talk, reader, letters, lead, at_desk):
    Member.objects.filter(pk=lead.pk).update(time_zone="Asia/Tokyo")
    with time_machine.travel(MONDAY_MORNING - timedelta(hours=5), tick=False) as clock:
        said = at_desk(_given_up(reader))
        assert "It waits until" in said and "8:00" in said and "quiet hours" in said
        send.send_due("email", budget=ONCE)
        assert not letters.letters and _mail().state == State.PLANNED
        clock.move_to(MONDAY_MORNING)
        send.send_due("email", budget=ONCE)
        assert len(letters.letters) == 1


def test_it_says_that_it_waits_for_a_hold(talk, reader, awake_reader, admin, at_desk):
    row = _given_up(reader)
    Hold.objects.create(by=admin, why="The server moves")
    assert "once what is held is let go" in at_desk(row)


@pytest.fixture
def awake_reader(reader):
    Manner.objects.filter(member=reader).update(quiet_from=None, quiet_until=None, working_days=0b1111111)


def test_what_would_be_refused_again_stays_and_says_why(talk, reader, awake_reader, at_desk):
    row = _given_up(reader)
    talk.reasons["meeting:1"] = Reason.NOT_WANTED
    assert "Not sent again. It no longer concerned the person." in at_desk(row)
    assert _mail().state == State.DEAD and not Handling.objects.exists()


def test_nobody_is_sent_what_they_chose_not_to_get(talk, reader, awake_reader, at_desk):
    row = _given_up(reader)
    Preference.objects.create(member=reader, kind="talk", channel="email", choice=Choice.OFF)
    assert "The person chose not to get it" in at_desk(row)
    assert _mail().state == State.DEAD


@pytest.mark.parametrize("reason", [reason for reason in Reason if reason not in (Reason.REFUSED, Reason.UNKNOWN)])
def test_it_is_offered_where_it_can_help(talk, reader, client, lead, reason):
    _given_up(reader, state=State.SKIPPED, reason=reason)
    client.force_login(lead)
    page = client.get("/deliveries/?channel=email").text
    assert ('value="again"' in page) == (reason not in FOR_GOOD)


def test_a_second_refusal_stands_in_its_history(talk, reader, awake_reader, client, lead, at_desk):
    at_desk(_given_up(reader))
    talk.reasons["meeting:1"] = Reason.ERASED
    send.send_due("email", budget=ONCE)
    history = client.get("/deliveries/?channel=email").text.partition('class="attempts"')[2].partition("</ol>")[0]
    again, _space, end = history.partition("Asked to go again")
    assert again and "What it spoke of was erased" in end


def test_its_history_stands_in_the_order_of_time(talk, reader, client, lead, at_desk):
    row = _given_up(reader)
    at_desk(row, What.KNOWN)
    history = client.get("/deliveries/?channel=email").text.partition('class="attempts"')[2].partition("</ol>")[0]
    assert "Known" in history and "Given up" not in history, "its end was told by its last try"
    at_desk(row)
    Delivery.objects.filter(pk=row.pk).update(state=State.SKIPPED, reason=Reason.LEFT, over_at=timezone.now())
    history = client.get("/deliveries/?channel=email").text.partition('class="attempts"')[2].partition("</ol>")[0]
    places = [history.index(word) for word in ("Known", "Asked to go again", "no longer here")]
    assert places == sorted(places)


def test_with_all_goes_nothing_that_somebody_decided_about(talk, reader, awake_reader, client, lead):
    plan("talk", "meeting:1", [reader])
    for number, values in enumerate(
        [
            {"state": State.DEAD, "reason": Reason.REFUSED},
            {"state": State.DEAD, "reason": Reason.REFUSED, "seen_at": timezone.now()},
            {"state": State.SKIPPED, "reason": Reason.DROPPED},
            {"state": State.SKIPPED, "reason": Reason.STALE, "expires_at": timezone.now() - timedelta(hours=1)},
            {"state": State.SKIPPED, "reason": Reason.NO_ADDRESS},
        ]
    ):
        plan("talk", f"meeting:{number}", [reader])
        Delivery.objects.filter(channel="email", occurrence=f"meeting:{number}").update(
            over_at=timezone.now(), **values
        )
    client.force_login(lead)
    assert "Send 2 again" in client.get("/deliveries/?channel=email").text
    answer = client.post("/deliveries/all/", {"what": "again", "channel": "email"}, follow=True)
    assert "2 go out again if they are still wanted. Quiet hours are kept." in answer.text
    rows = Delivery.objects.filter(channel="email", state=State.PLANNED)
    assert set(rows.values_list("occurrence", flat=True)) == {"meeting:0", "meeting:4"}
    # One of them alone, looked at, may go whatever was decided before.
    stopped = Delivery.objects.get(channel="email", occurrence="meeting:2")
    assert isinstance(rescue.send_one_again(stopped, lead), datetime)


def test_one_of_unknown_outcome_that_waits_for_the_morning_is_no_trouble(talk, reader, letters, lead):
    with time_machine.travel(MONDAY_MORNING - timedelta(hours=5), tick=False):
        row = _given_up(reader, state=State.UNKNOWN, reason="", over_at=None, unknowns=1)
        rescue.send_one_again(row, lead)
        send.send_due("email", budget=ONCE)
        assert (_mail().state, _mail().unknowns) == (State.PLANNED, 1)
        assert not Delivery.objects.troubled().exists()
