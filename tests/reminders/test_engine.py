"""Planning, claiming, sending and recording, with a real SMTP server on loopback (R1 to R13)."""

import uuid
from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from apps.reminders import lease, retry, send, sql
from apps.reminders.letter import Letter
from apps.reminders.models import Attempt, Delivery, Hold, InboxLine, Manner, Outcome, Preference, State
from apps.reminders.models.delivery import Reason
from apps.reminders.plan import call_off, plan
from apps.reminders.tick import end_stale
from tests import factories

pytestmark = pytest.mark.django_db


def _states() -> set[tuple[str, str, str]]:
    return set(Delivery.objects.values_list("channel", "state", "reason"))


def _send() -> None:
    for channel in ("inbox", "email", "slack", "webhook"):
        send.send_due(channel)


def _lease_over() -> None:
    Delivery.objects.filter(state=State.CLAIMED).update(lease_until=timezone.now() - timedelta(seconds=10))


def _due_again() -> None:
    Delivery.objects.filter(state__in=(State.RETRY, State.UNKNOWN)).update(run_at=timezone.now() - timedelta(seconds=1))


def test_a_message_goes_by_the_usual_channels_once(talk, member, awake, letters):
    plan("talk", "meeting:1", [member])
    plan("talk", "meeting:1", [member])
    assert Delivery.objects.count() == 2
    _send()
    _send()
    assert _states() == {("inbox", "sent", ""), ("email", "sent", "")}
    assert InboxLine.objects.filter(member=member).count() == 1
    (letter,) = letters.letters
    assert letter["To"] == member.email
    assert letter["Subject"] == "About meeting:1"
    delivery = Delivery.objects.get(channel="email")
    assert letter["Message-ID"].startswith(f"<{delivery.pk}@")
    assert letter["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert letter["List-Unsubscribe"].startswith("<http://") and letter["List-Unsubscribe"].endswith(">")
    attempt = delivery.attempts.get()
    assert (attempt.n, attempt.outcome, attempt.possible_repeat) == (1, Outcome.SENT, False)
    assert attempt.finished_at >= attempt.started_at


def test_both_forms_of_a_letter_say_the_same_in_the_reader_s_language(talk, member, awake, letters):
    member.language = "ja"
    member.save()
    talk.letters["meeting:1"] = Letter("輪読会", ("第5章です。",), (("いつ", "15:00"),))
    plan("talk", "meeting:1", [member])
    _send()
    (letter,) = letters.letters
    for kind in ("plain", "html"):
        body = letter.get_body((kind,)).get_content()
        assert "第5章です。" in body and "15:00" in body
        assert "今後は受け取らない" in body
    assert 'lang="ja"' in letter.get_body(("html",)).get_content()


@pytest.mark.parametrize(
    "title", ["a\r\nBcc: x@example.com", "a\u2028b", "\x00\x07", "長い" * 400, "=?utf-8?q?x?=", ""]
)
def test_any_title_makes_a_letter_with_one_subject_line(talk, member, awake, letters, title):
    talk.letters["meeting:1"] = Letter(title or "?", (title,))
    plan("talk", "meeting:1", [member])
    _send()
    (letter,) = letters.letters
    assert letter["Bcc"] is None
    assert len(letter["Subject"]) <= 200
    assert letters.tries == 1


def test_what_is_claimed_by_one_is_not_claimed_by_another(talk, member, awake):
    for number in range(5):
        plan("alarm", f"meeting:{number}", [member])
    first = sql.claim("email", 3, 120, outgoing=True)
    second = sql.claim("email", 3, 120, outgoing=True)
    assert (len(first.ids), len(second.ids)) == (3, 2)
    assert not set(first.ids) & set(second.ids)
    assert not sql.claim("email", 3, 120, outgoing=True).ids


@pytest.mark.postgres
def test_however_the_database_goes_about_it_no_more_are_claimed_than_asked_for(talk, member, awake):
    """What PostgreSQL believes to be tiny it reads again for each row of the other side of a join."""
    plan("alarm", "meeting:0", [member])
    Delivery.objects.filter(channel="inbox").delete()
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE reminders_delivery")
    for number in range(1, 12):
        plan("alarm", f"meeting:{number}", [member])
    claim = sql.claim("email", 3, 120, outgoing=True)
    assert len(claim.ids) == 3
    assert len(sql.claim("email", 9, 120, outgoing=True).ids) == 9
    _lease_over()
    assert len(sql.take_back(2, 0)) == 2


def test_the_lease_is_counted_by_the_clock_of_the_database(talk, member, awake):
    plan("alarm", "meeting:1", [member])
    sql.claim("email", 1, 120, outgoing=True)
    row = Delivery.objects.get(channel="email")
    assert abs((row.lease_until - sql.now()) - timedelta(seconds=120)) < timedelta(seconds=5)


def test_a_lease_that_ran_out_before_a_try_began_leaves_no_trace(talk, member, awake, letters):
    plan("alarm", "meeting:1", [member])
    sql.claim("email", 1, 120, outgoing=True)
    _lease_over()
    assert lease.reap() == 1
    row = Delivery.objects.get(channel="email")
    assert (row.state, row.unknowns, row.tries) == (State.PLANNED, 0, 0)
    _send()
    assert len(letters.letters) == 1


def _begun() -> sql.Claim:
    claim = sql.claim("email", 1, 120, outgoing=True)
    assert sql.begin(sql.Begin(claim.ids[0], claim.token, 40, "test", True))
    return claim


def test_a_try_that_was_not_seen_to_end_is_unknown_and_made_again_with_a_mark(talk, member, awake, letters):
    plan("alarm", "meeting:1", [member])
    _begun()
    _lease_over()
    lease.reap()
    row = Delivery.objects.get(channel="email")
    assert (row.state, row.unknowns) == (State.UNKNOWN, 1)
    assert row.attempts.get().outcome == Outcome.UNKNOWN
    assert list(Delivery.objects.troubled()) == [row]
    _send()
    row.refresh_from_db()
    assert row.state == State.SENT
    assert [(each.n, each.outcome, each.after_unknown) for each in row.attempts.all()] == [
        (1, Outcome.UNKNOWN, False),
        (2, Outcome.SENT, True),
    ]


def test_what_kills_its_sender_is_given_up_after_three_tries(talk, member, awake):
    plan("alarm", "meeting:1", [member])
    for number in range(3):
        assert Delivery.objects.get(channel="email").unknowns == number
        _begun()
        _lease_over()
        lease.reap()
    row = Delivery.objects.get(channel="email")
    assert (row.state, row.reason, row.tries) == (State.DEAD, Reason.UNKNOWN, 3)
    assert not sql.claim("email", 1, 120, outgoing=True).ids


def test_who_lost_the_lease_writes_the_try_and_not_the_state(talk, member, awake, letters):
    plan("alarm", "meeting:1", [member])
    claim = _begun()
    _lease_over()
    lease.reap()
    late = Delivery.objects.get(channel="email")
    _send()
    sent_at = Delivery.objects.get(channel="email").over_at
    send.record(send.CHANNELS["email"], late, claim.token, 1, send.Ended(Outcome.TEMPORARY, "timeout"), Letter("", ()))
    row = Delivery.objects.get(channel="email")
    assert (row.state, row.over_at) == (State.SENT, sent_at)
    first = row.attempts.get(n=1)
    assert (first.outcome, first.possible_repeat) == (Outcome.TEMPORARY, True)


def test_no_try_begins_with_too_little_left_of_the_lease(talk, member, awake):
    plan("alarm", "meeting:1", [member])
    claim = sql.claim("email", 1, 30, outgoing=True)
    assert sql.begin(sql.Begin(claim.ids[0], claim.token, 40, "test", True)) is None
    assert sql.begin(sql.Begin(claim.ids[0], uuid.uuid4(), 0, "test", True)) is None
    assert Attempt.objects.count() == 0
    assert sql.release(claim.ids, claim.token) == 1
    assert Delivery.objects.get(channel="email").state == State.PLANNED


@pytest.mark.parametrize(
    ("answer", "state", "reason"),
    [
        ("421 later", State.RETRY, ""),
        ("451 later", State.RETRY, ""),
        ("452 full", State.RETRY, ""),
        ("550 nobody", State.DEAD, Reason.REFUSED),
        ("552 too large", State.DEAD, Reason.REFUSED),
        ("554 no", State.DEAD, Reason.REFUSED),
    ],
)
def test_what_a_mail_server_says_decides_what_comes_next(talk, member, awake, letters, answer, state, reason):
    letters.answer = lambda _to, n: answer if n == 1 else None
    plan("alarm", "meeting:1", [member])
    before = timezone.now()
    send.send_due("email")
    row = Delivery.objects.get(channel="email")
    assert (row.state, row.reason) == (state, reason)
    assert row.attempts.get().code == f"SMTP {answer[:3]}"
    if state == State.RETRY:
        assert timedelta(seconds=7) < row.run_at - before < timedelta(seconds=14)
        _due_again()
        send.send_due("email")
        row.refresh_from_db()
        assert row.state == State.SENT
        assert len({each["Message-ID"] for each in letters.letters}) == 1


def test_a_server_that_is_away_costs_waits_that_grow(talk, member, awake, settings):
    settings.MAILERS = {
        "default": {"BACKEND": "apps.reminders.channels.email.Backend", "OPTIONS": {"host": "127.0.0.1", "port": 1}}
    }
    plan("alarm", "meeting:1", [member])
    for usual in (10, 60, 300):
        before = timezone.now()
        _due_again()
        send.send_due("email")
        row = Delivery.objects.get(channel="email")
        assert row.state == State.RETRY
        assert 0.75 * usual < (row.run_at - before).total_seconds() < 1.3 * usual


def test_what_fails_until_its_time_has_passed_is_given_up(talk, member, awake, letters):
    letters.answer = lambda _to, _n: "451 later"
    plan("alarm", "meeting:1", [member], expires_at=timezone.now() + timedelta(seconds=5))
    send.send_due("email")
    row = Delivery.objects.get(channel="email")
    assert (row.state, row.reason) == (State.DEAD, Reason.EXPIRED)


def test_what_comes_too_late_is_not_sent(talk, member, awake, letters):
    now = timezone.now()
    plan("alarm", "meeting:1", [member], now - timedelta(hours=8), expires_at=now - timedelta(hours=7))
    plan("alarm", "meeting:2", [member], now - timedelta(hours=8), expires_at=now - timedelta(hours=7))
    send.send_due("email")
    end_stale()
    assert {(row.state, row.reason) for row in Delivery.objects.all()} == {(State.SKIPPED, Reason.STALE)}
    assert not letters.letters


def test_what_changed_between_plan_and_send_is_asked_again(talk, member, awake, letters):
    for number in range(5):
        plan("alarm", f"meeting:{number}", [member])
    talk.reasons["meeting:0"] = Reason.CANCELLED
    talk.fails.add("meeting:1")
    Preference.objects.create(member=member, kind="alarm", channel="email", choice="off")
    Delivery.objects.filter(occurrence="meeting:3").update(kind="talk")
    send.send_due("email")
    said = dict(Delivery.objects.filter(channel="email").values_list("occurrence", "reason"))
    assert said == {
        "meeting:0": Reason.OPTED_OUT,
        "meeting:1": Reason.OPTED_OUT,
        "meeting:2": Reason.OPTED_OUT,
        "meeting:3": "",
        "meeting:4": Reason.OPTED_OUT,
    }
    send.send_due("inbox")
    said = dict(Delivery.objects.filter(channel="inbox").values_list("occurrence", "reason"))
    assert said["meeting:0"] == Reason.CANCELLED
    assert said["meeting:1"] == Reason.BROKEN
    assert said["meeting:2"] == ""


def test_nothing_goes_to_who_has_left_or_was_erased(talk, member, awake, letters):
    other = factories.member(display_name="Left", email="left@example.com", is_active=False)
    plan("alarm", "meeting:1", [other])
    _send()
    assert {row.reason for row in Delivery.objects.all()} == {Reason.LEFT}
    plan("alarm", "meeting:2", [member])
    member.delete()
    assert not Delivery.objects.filter(occurrence="meeting:2").exists()
    assert not letters.letters


def test_while_somebody_holds_everything_only_the_inbox_goes_on(talk, member, awake, letters):
    hold = Hold.objects.create(by=member, why="After a restore")
    plan("alarm", "meeting:1", [member])
    _send()
    assert _states() == {("inbox", "sent", ""), ("email", "planned", "")}
    Hold.objects.filter(pk=hold.pk).update(released_at=timezone.now())
    _send()
    assert len(letters.letters) == 1


def test_a_hold_also_stops_what_a_sender_already_has(talk, member, awake):
    plan("alarm", "meeting:1", [member])
    claim = sql.claim("email", 1, 120, outgoing=True)
    Hold.objects.create(by=member, why="Stop")
    assert sql.begin(sql.Begin(claim.ids[0], claim.token, 40, "test", True)) is None


def test_a_new_revision_takes_the_earlier_ones_back(talk, member, awake, letters):
    for rev in range(10):
        call_off(Reason.MOVED, "meeting:1", before=rev)
        plan("alarm", "meeting:1", [member], rev=rev)
    _send()
    assert len(letters.letters) == 1
    assert Delivery.objects.filter(channel="email", state=State.SKIPPED, reason=Reason.MOVED).count() == 9
    assert Delivery.objects.get(channel="email", state=State.SENT).schedule_rev == 9


def test_the_breaker_of_one_channel_leaves_the_others_alone(talk, member, awake, settings):
    settings.MAILERS = {
        "default": {"BACKEND": "apps.reminders.channels.email.Backend", "OPTIONS": {"host": "127.0.0.1", "port": 1}}
    }
    for number in range(10):
        plan("alarm", f"meeting:{number}", [member])
    _send()
    tried = Delivery.objects.filter(channel="email", tries__gt=0).count()
    assert tried == retry.FAILURES_TO_CLOSE
    assert InboxLine.objects.count() == 10


def test_a_sender_that_is_told_to_stop_gives_back_what_it_has_not_begun(talk, member, awake, letters):
    import threading

    stop = threading.Event()
    letters.answer = lambda _to, _n: stop.set()
    for number in range(5):
        plan("alarm", f"meeting:{number}", [member])
    send.send_due("email", stop=stop)
    assert len(letters.letters) == 1
    assert Delivery.objects.filter(channel="email", state=State.PLANNED).count() == 4


def test_nothing_is_open_in_the_database_while_the_server_is_talked_to(talk, member, awake, letters, monkeypatch):
    email, depth, seen = send.CHANNELS["email"], len(connection.savepoint_ids), []
    sent = email.send
    # The test has a transaction of its own: one more would be the sender's.
    monkeypatch.setattr(email, "send", lambda *said: (seen.append(len(connection.savepoint_ids)), sent(*said))[1])
    plan("alarm", "meeting:1", [member])
    send.send_due("email")
    assert seen == [depth]
    assert len(letters.letters) == 1


def test_more_than_enough_for_one_day_comes_the_next(talk, member, awake, letters):
    Manner.objects.update(most_a_day=2)
    for number in range(4):
        plan("talk", f"meeting:{number}", [member])
    plan("talk", "meeting:soon", [member], expires_at=timezone.now() + timedelta(minutes=30))
    plan("alarm", "meeting:now", [member])
    send.send_due("email")
    sent = Delivery.objects.filter(channel="email", state=State.SENT).values_list("occurrence", flat=True)
    assert len(sent) == 4
    assert {"meeting:soon", "meeting:now"} <= set(sent)
    later = Delivery.objects.filter(channel="email", state=State.PLANNED)
    assert len(later) == 2
    for row in later:
        assert row.run_at.astimezone(member.zone).date() > member.today()
        assert row.delayed_by > timedelta()
