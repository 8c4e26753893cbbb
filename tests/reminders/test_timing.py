"""Quiet hours, free days and digests hold messages back and drop none (R20), on the reader's clock."""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone

from apps.reminders import send
from apps.reminders.letter import Action, Letter
from apps.reminders.models import Choice, Delivery, Manner, Preference, State
from apps.reminders.models.delivery import Reason
from apps.reminders.plan import call_off, plan
from apps.reminders.timing import may_come

TOKYO = ZoneInfo("Asia/Tokyo")


def _tokyo(day: int, hour: int, minute: int = 0) -> datetime:
    """In November 2026, of which the 27th is a Friday."""
    return datetime(2026, 11, day, hour, minute, tzinfo=TOKYO)


@pytest.mark.parametrize(
    ("due", "choice", "expires", "comes"),
    [
        (_tokyo(27, 12), Choice.AT_ONCE, None, _tokyo(27, 12)),
        (_tokyo(26, 21), Choice.AT_ONCE, None, _tokyo(27, 8)),
        (_tokyo(26, 3), Choice.AT_ONCE, None, _tokyo(26, 8)),
        (_tokyo(27, 21), Choice.AT_ONCE, None, _tokyo(30, 8)),  # over the weekend
        (_tokyo(28, 12), Choice.AT_ONCE, None, _tokyo(30, 8)),
        (_tokyo(26, 21), Choice.AT_ONCE, _tokyo(27, 7), _tokyo(26, 19, 59)),  # useless in the morning
        (_tokyo(28, 12), Choice.AT_ONCE, _tokyo(28, 13), _tokyo(27, 19, 59)),
        (_tokyo(26, 10), Choice.DAILY, None, _tokyo(27, 9)),
        (_tokyo(27, 10), Choice.DAILY, None, _tokyo(30, 9)),
        (_tokyo(26, 8, 30), Choice.DAILY, None, _tokyo(26, 9)),
        (_tokyo(26, 10), Choice.WEEKLY, None, _tokyo(30, 9)),
        (_tokyo(26, 10), Choice.DAILY, _tokyo(26, 15), _tokyo(26, 10)),  # useless tomorrow
    ],
)
def test_a_message_comes_when_its_reader_takes_one(due, choice, expires, comes):
    assert may_come(due.astimezone(UTC), Manner(), TOKYO, choice, expires=expires) == comes


def test_when_clocks_change_the_morning_is_still_the_morning():
    berlin = ZoneInfo("Europe/Berlin")
    due = datetime(2026, 3, 28, 22, tzinfo=berlin)  # the night in which an hour is left out
    manner = Manner(quiet_from=time(20), quiet_until=time(8), working_days=0b1111111)
    assert may_come(due, manner, berlin, Choice.AT_ONCE, expires=None) == datetime(2026, 3, 29, 8, tzinfo=berlin)


@pytest.mark.django_db
def test_a_digest_carries_what_is_still_to_be_said_and_nothing_twice(talk, member, awake, letters):
    Preference.objects.create(member=member, kind="talk", channel="email", choice=Choice.DAILY)
    for number in range(3):
        plan("talk", f"meeting:{number}", [member])
    call_off(Reason.CANCELLED, "meeting:0")
    talk.reasons["meeting:1"] = Reason.NOT_WANTED
    carried = Delivery.objects.filter(channel="email", kind="talk", state=State.CARRIED)
    assert carried.count() == 2
    send.send_due("email")
    assert not letters.letters
    past = timezone.now() - timedelta(seconds=1)
    Delivery.objects.filter(channel="email").update(run_at=past, due_at=past)
    send.send_due("email")
    send.send_due("email")
    (letter,) = letters.letters
    for form in ("plain", "html"):
        body = letter.get_body((form,)).get_content()
        assert "About meeting:2" in body
        assert "meeting:0" not in body and "meeting:1" not in body
    states = dict(Delivery.objects.filter(channel="email", kind="talk").values_list("occurrence", "state"))
    assert states == {"meeting:0": State.SKIPPED, "meeting:1": State.SKIPPED, "meeting:2": State.SENT}
    assert Delivery.objects.get(kind="digest").state == State.SENT


@pytest.mark.django_db
def test_a_digest_is_whole_by_every_way(talk, member, awake, letters, hooks, hooked):
    """With the links of what it carries, and with the parts of what has parts itself."""
    for channel in ("slack", "webhook"):
        hooked(channel)
    for channel in ("email", "slack", "webhook"):
        Preference.objects.create(member=member, kind="talk", channel=channel, choice=Choice.DAILY)
    inner = Letter("Inner <!here>", ("Its words.",), actions=(Action("Open it", "/map/"),))
    talk.letters["meeting:1"] = Letter("Outer", (), parts=(inner,))
    plan("talk", "meeting:1", [member])
    past = timezone.now() - timedelta(seconds=1)
    Delivery.objects.exclude(channel="inbox").update(run_at=past, due_at=past)
    for channel in ("email", "slack", "webhook"):
        send.send_due(channel)
    (letter,) = letters.letters
    for form in ("plain", "html"):
        body = letter.get_body((form,)).get_content()
        assert "Outer" in body and "Its words." in body and "http://localhost:8000/map/" in body
    slack, webhook = sorted((post.said for post in hooks.posts), key=lambda said: "data" in said)
    written = str(slack["blocks"])
    assert "Outer" in written and "Its words." in written and "/map/|Open it>" in written and "<!here>" not in written
    assert [each["subject"] for each in webhook["data"]["letters"]] == ["Outer", "Inner <!here>"]
    assert webhook["data"]["letters"][1]["actions"] == [{"label": "Open it", "url": "http://localhost:8000/map/"}]


@pytest.mark.django_db
def test_what_does_not_fit_into_a_digest_goes_with_another(talk, member, awake, letters):
    Preference.objects.create(member=member, kind="talk", channel="email", choice=Choice.DAILY)
    for number in range(120):
        plan("talk", f"meeting:{number}", [member])
    past = timezone.now() - timedelta(seconds=1)
    Delivery.objects.filter(channel="email").update(run_at=past, due_at=past)
    for _each in range(4):
        send.send_due("email")
    assert len(letters.letters) == 3
    carried = Delivery.objects.filter(channel="email", kind="talk")
    assert set(carried.values_list("state", flat=True)) == {State.SENT}
    assert len(set(carried.values_list("carried_by", flat=True))) == 3


@pytest.mark.django_db
def test_a_digest_of_one_thing_is_that_thing(talk, member, awake, letters):
    Preference.objects.create(member=member, kind="talk", channel="email", choice=Choice.DAILY)
    plan("talk", "meeting:1", [member])
    past = timezone.now() - timedelta(seconds=1)
    Delivery.objects.filter(channel="email").update(run_at=past, due_at=past)
    send.send_due("email")
    (letter,) = letters.letters
    assert letter["Subject"] == "About meeting:1"
    assert "It is so far." in letter.get_body(("plain",)).get_content()
    assert Delivery.objects.get(kind="talk", channel="email").state == State.SENT


@pytest.mark.django_db
def test_a_digest_of_nothing_is_not_sent(talk, member, awake, letters):
    Preference.objects.create(member=member, kind="talk", channel="email", choice=Choice.DAILY)
    plan("talk", "meeting:1", [member])
    talk.reasons["meeting:1"] = Reason.CANCELLED
    past = timezone.now() - timedelta(seconds=1)
    Delivery.objects.filter(channel="email").update(run_at=past, due_at=past)
    send.send_due("email")
    assert not letters.letters
    assert Delivery.objects.get(kind="digest").reason == Reason.NOT_WANTED
    assert Delivery.objects.get(kind="talk", channel="email").reason == Reason.CANCELLED
