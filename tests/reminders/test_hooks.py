"""Webhooks, Slack-compatible and signed, with a real HTTP server on loopback (R7, R9, R10, R18, R69)."""

import time
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from django.utils import timezone
from standardwebhooks.webhooks import Webhook, WebhookVerificationError

from apps.reminders import send
from apps.reminders.channels import slack
from apps.reminders.letter import Letter
from apps.reminders.models import Delivery, Destination, Gate, State
from apps.reminders.models.delivery import Reason
from apps.reminders.plan import plan

pytestmark = pytest.mark.django_db


def _go(member, channel: str, occurrence: str = "meeting:1") -> Delivery:
    plan("alarm", occurrence, [member])
    send.send_due(channel)
    return Delivery.objects.get(channel=channel, occurrence=occurrence)


def _due_again(delivery: Delivery) -> None:
    Delivery.objects.filter(pk=delivery.pk).update(run_at=timezone.now() - timedelta(seconds=1))
    Gate.objects.update(closed_until=None)


def test_a_signed_webhook_is_what_the_specification_s_own_library_accepts(talk, member, awake, hooks, hooked):
    destination = hooked("webhook")
    delivery = _go(member, "webhook")
    (post,) = hooks.posts
    said = Webhook(destination.secret).verify(post.body, post.headers)
    assert post.headers["webhook-id"] == str(delivery.pk)
    assert said["type"] == "miraizu.alarm"
    assert said["data"]["subject"] == "About meeting:1"
    assert delivery.state == State.SENT
    with pytest.raises(WebhookVerificationError):
        Webhook(destination.secret).verify(post.body + b" ", post.headers)


def test_for_a_day_both_secrets_sign(talk, member, awake, hooks, hooked):
    destination = hooked("webhook")
    old = destination.secret
    new = destination.new_secret()
    destination.save()
    _go(member, "webhook")
    for secret in (old, new):
        Webhook(secret).verify(hooks.posts[0].body, hooks.posts[0].headers)
    Destination.objects.update(rotated_at=timezone.now() - timedelta(hours=25))
    _go(member, "webhook", "meeting:2")
    Webhook(new).verify(hooks.posts[1].body, hooks.posts[1].headers)
    with pytest.raises(WebhookVerificationError):
        Webhook(old).verify(hooks.posts[1].body, hooks.posts[1].headers)


def test_every_try_has_the_same_id(talk, member, awake, hooks, hooked):
    hooked("webhook")
    hooks.answer = lambda _post, n: (503 if n < 3 else 200, {})
    delivery = _go(member, "webhook")
    for _each in range(2):
        _due_again(delivery)
        send.send_due("webhook")
    delivery.refresh_from_db()
    assert (delivery.state, delivery.tries) == (State.SENT, 3)
    assert {post.headers["webhook-id"] for post in hooks.posts} == {str(delivery.pk)}


def test_address_and_secret_can_not_be_read_in_the_database(hooked, django_db_blocker):
    from django.db import connection

    destination = hooked("webhook")
    with connection.cursor() as cursor:
        cursor.execute("SELECT url, secret FROM reminders_destination")
        stored = cursor.fetchone()
    assert "127.0.0.1" not in stored[0] and "whsec_" not in stored[1]
    assert Destination.objects.get().secret == destination.secret


def test_with_another_key_an_address_has_to_be_given_anew(talk, member, awake, hooks, hooked, settings):
    hooked("webhook")
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "another key, long enough to be taken for one", []
    delivery = _go(member, "webhook")
    assert (delivery.state, delivery.reason) == (State.DEAD, Reason.REFUSED)
    assert not hooks.posts


@pytest.mark.parametrize(
    ("status", "state"),
    [
        (200, State.SENT),
        (202, State.SENT),
        (204, State.SENT),
        (301, State.DEAD),
        (400, State.DEAD),
        (401, State.DEAD),
        (403, State.DEAD),
        (404, State.DEAD),
        (408, State.RETRY),
        (410, State.DEAD),
        (425, State.RETRY),
        (429, State.RETRY),
        (500, State.RETRY),
        (503, State.RETRY),
    ],
)
@pytest.mark.parametrize("channel", ["slack", "webhook"])
def test_what_a_receiver_says_decides_what_comes_next(talk, member, awake, hooks, hooked, channel, status, state):
    hooked(channel)
    hooks.answer = lambda _post, _n: (status, {"Location": "http://127.0.0.1:1/"} if status == 301 else {})
    delivery = _go(member, channel)
    assert delivery.state == state
    assert len(hooks.posts) == 1


@pytest.mark.parametrize(
    ("asked", "least", "most"),
    [("30", 30, 45), ("0", 7, 13), ("-1", 60, 75), ("abc", 60, 75), ("99999999", 3600, 3601), ("date", 25, 31)],
)
def test_who_asks_for_silence_gets_it(talk, member, awake, hooks, hooked, asked, least, most):
    hooked("slack")
    if asked == "date":
        asked = (datetime.now(UTC) + timedelta(seconds=30)).strftime("%a, %d %b %Y %H:%M:%S GMT")
    hooks.answer = lambda _post, _n: (429, {"Retry-After": asked})
    before = timezone.now()
    delivery = _go(member, "slack")
    assert least - 1 <= (delivery.run_at - before).total_seconds() <= most + 5
    # Nor does anything else go there before that time.
    other = _go(member, "slack", "meeting:2")
    assert len(hooks.posts) == 1
    assert other.state == State.PLANNED
    assert (other.run_at - before).total_seconds() >= min(least, 60) * (asked != "0") - 1


def test_an_address_that_is_gone_is_switched_off_and_its_owner_told(talk, member, awake, hooks, hooked):
    destination = hooked("slack")
    hooks.answer = lambda _post, _n: (410, {})
    _go(member, "slack")
    destination.refresh_from_db()
    assert destination.off_because == "gone"
    told = Delivery.objects.filter(kind="destination_off")
    assert set(told.values_list("channel", flat=True)) == {"inbox", "email"}
    assert _go(member, "inbox", "meeting:2").state == State.SENT
    assert not Delivery.objects.filter(channel="slack", occurrence="meeting:2").exists()


def test_ten_failures_over_an_hour_switch_an_address_off_and_nine_do_not(talk, member, awake, hooks, hooked):
    destination = hooked("webhook")
    hooks.answer = lambda _post, _n: (500, {})
    delivery = _go(member, "webhook")
    for number in range(2, 11):
        destination.refresh_from_db()
        assert destination.off_at is None
        Gate.objects.update(failing_since=timezone.now() - timedelta(minutes=61))
        _due_again(delivery)
        send.send_due("webhook")
        assert len(hooks.posts) == number
    destination.refresh_from_db()
    assert destination.off_because == "failing"


def test_one_host_that_fails_does_not_hold_up_another(talk, member, awake, hooks, hooked):
    bad = hooked("webhook", language="ja")
    Destination.objects.filter(pk=bad.pk).update(host="bad.example")
    good = hooked("webhook")
    hooks.answer = lambda post, _n: (500 if bad.secret and "ja" in post.body.decode() else 200, {})
    for number in range(8):
        plan("alarm", f"meeting:{number}", [member])
    talk.letters = {f"meeting:{number}": Letter("ja", ()) for number in range(8)}
    hooks.answer = lambda _post, n: (500, {}) if n <= 0 else (200, {})
    Gate.objects.create(key="webhook:bad.example", failures=9, closed_until=timezone.now() + timedelta(minutes=5))
    send.send_due("webhook")
    states = Delivery.objects.filter(channel="webhook")
    assert states.filter(destination=good, state=State.SENT).count() == 8
    assert states.filter(destination=bad, state=State.PLANNED).count() == 8


def test_slack_gets_one_message_a_second_and_each_has_its_turn(talk, member, awake, hooks, hooked):
    hooked("slack")
    for number in range(5):
        plan("alarm", f"meeting:{number}", [member])
    send.send_due("slack")
    assert len(hooks.posts) == 1
    waits = sorted(
        (row.run_at - timezone.now()).total_seconds()
        for row in Delivery.objects.filter(channel="slack").exclude(state=State.SENT)
    )
    assert len(waits) == 4
    for before, after in pairwise(waits):
        assert 0.9 < after - before < 1.1


def test_who_is_late_does_not_come_right_before_the_next(talk, member, awake, hooks, hooked):
    hooked("slack")
    for number in range(3):
        plan("alarm", f"meeting:{number}", [member])
    # All had their turn already, as after a pause of the sender.
    Delivery.objects.filter(channel="slack").update(slot_at=timezone.now() - timedelta(seconds=2))
    for _each in range(12):
        send.send_due("slack")
        time.sleep(0.3)
    times = sorted(post.at for post in hooks.posts)
    assert len(times) == 3
    assert all(later - earlier >= 0.9 for earlier, later in pairwise(times))


@pytest.mark.parametrize(
    "text",
    ["<!channel>", "@channel", "@here", "<@U123>", "&lt;!everyone&gt;", "<http://evil.example|Open>", "a & b < c > d"],
)
def test_nobody_is_called_by_what_somebody_typed(talk, member, awake, hooks, hooked, text):
    hooked("slack")
    talk.letters["meeting:1"] = Letter(text, (text,), ((text, text),))
    _go(member, "slack")
    said = hooks.posts[0].body.decode()
    for call in ("<!", "<@", "<http", "@channel", "@here"):
        assert call not in said
    assert slack.escaped("a & b") == "a &amp; b"


def test_an_address_inside_the_network_is_never_called(talk, member, awake, hooks, hooked, settings):
    hooked("webhook")
    settings.OUTBOUND_HOSTS = []
    delivery = _go(member, "webhook")
    assert (delivery.state, delivery.reason) == (State.DEAD, Reason.REFUSED)
    assert delivery.attempts.get().code == "address"
    assert not hooks.posts
