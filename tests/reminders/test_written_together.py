"""That one message was sent is written together with that the next one begins; also where the database fails then."""

import pytest
from django.db import OperationalError
from django.utils import timezone

from apps.reminders import send, sql
from apps.reminders.models import Attempt, Delivery, Outcome, State
from apps.reminders.plan import plan

pytestmark = pytest.mark.django_db


@pytest.fixture
def three(talk, member, awake, letters):
    for number in range(3):
        plan("talk", f"meeting:{number}", [member])
    return letters


def _states() -> list[str]:
    return sorted(Delivery.objects.filter(channel="email").values_list("state", flat=True))


def test_each_is_written_before_the_next_goes_over_the_wire(three, monkeypatch):
    seen, email = [], send.CHANNELS["email"]
    handed_over = email.send
    monkeypatch.setattr(email, "send", lambda *said: (seen.append(_states().count(State.SENT)), handed_over(*said))[1])
    send.send_due("email")
    assert seen == [0, 1, 2]
    assert _states() == [State.SENT] * 3
    assert {each.outcome for each in Attempt.objects.all()} == {Outcome.SENT}


def test_a_database_that_fails_between_two_makes_neither_a_repeat(three, monkeypatch):
    def fail(*_both):
        raise OperationalError("the connection is closed")

    monkeypatch.setattr(sql, "finish_and_begin", fail)
    send.send_due("email")
    assert _states() == [State.SENT] * 3
    assert len(three.letters) == Attempt.objects.filter(outcome=Outcome.SENT, possible_repeat=False).count() == 3


def test_a_database_whose_answer_is_lost_leaves_what_began_to_its_lease(three, monkeypatch):
    both = sql.finish_and_begin

    def lose_the_answer(*these):
        both(*these)
        raise OperationalError("the connection is closed")

    monkeypatch.setattr(sql, "finish_and_begin", lose_the_answer)
    with pytest.raises(OperationalError):
        send.send_due("email")
    assert len(three.letters) == 1
    assert _states() == [State.CLAIMED, State.CLAIMED, State.SENT]
    assert sorted(Attempt.objects.values_list("outcome", "possible_repeat")) == [
        (Outcome.SENT, False),
        (Outcome.STARTED, False),
    ]


def test_what_is_written_twice_because_nobody_knew_is_no_repeat(three):
    claim = sql.claim("email", 1, 120, outgoing=True)
    delivery = Delivery.objects.get(pk=claim.ids[0])
    number = sql.begin(sql.Begin(delivery.pk, claim.token, 40, "test", outgoing=True))
    ended = send.finished(delivery, claim.token, number, send.Ended(Outcome.SENT), timezone.now())
    assert sql.finish(ended)
    assert not sql.finish(ended)
    assert list(Attempt.objects.values_list("outcome", "possible_repeat")) == [(Outcome.SENT, False)]
    # Somebody else's end of the same try is one.
    sql.finish(ended._replace(said=ended.said._replace(at=timezone.now())))
    assert Attempt.objects.get().possible_repeat
