"""Whatever senders do, in whatever order, and wherever they vanish: nothing is lost, and no repeat is silent (F36).

Three senders, a receiver that counts, and a clock that goes on: time passes by moving every moment in the rows back. The
short form, for every run; the long form is `EXAMPLES=2000 STEPS=50 pytest --timeout 0` on this module.
"""

import os
from collections import Counter
from datetime import timedelta

import pytest
from django.db import transaction
from django.db.models import F
from django.utils import timezone
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from apps.reminders import kinds, lease, retry, send, sql
from apps.reminders.channels import CHANNELS
from apps.reminders.kinds import Kind
from apps.reminders.letter import Letter
from apps.reminders.models import Attempt, Delivery, Gate, Hold, Outcome, State
from apps.reminders.models.delivery import OVER, Reason
from apps.reminders.plan import call_off, plan
from apps.reminders.send import Ended
from apps.reminders.tick import end_stale
from tests import factories

pytestmark = pytest.mark.django_db
EXAMPLES, STEPS = int(os.environ.get("EXAMPLES", "25")), int(os.environ.get("STEPS", "40"))
LEASE, LEFT = 120, 40  # seconds
EMAIL = CHANNELS["email"]
MOMENTS = ("due_at", "run_at", "expires_at", "lease_until")


class Sender:
    """What a process that sends has in its hands; `trying` is the try it has begun."""

    def __init__(self) -> None:
        self.claim: sql.Claim | None = None
        self.left: list = []
        self.trying: tuple[Delivery, int] | None = None

    def vanish(self) -> None:
        self.claim, self.left, self.trying = None, [], None


class Deliveries(RuleBasedStateMachine):
    def __init__(self):
        super().__init__()
        self.rows = transaction.atomic()
        self.rows.__enter__()
        self.member = factories.member(email=f"machine{factories.stakeholder().pk}@example.com")
        self.senders = [Sender() for _each in range(3)]
        self.taken: Counter = Counter()  # by the receiver
        self.revs: dict[int, int] = {}

    def teardown(self):
        try:
            self._drain()
        finally:
            transaction.set_rollback(True)
            self.rows.__exit__(None, None, None)

    meetings, senders_ = st.integers(0, 4), st.integers(0, 2)

    @rule(number=meetings, expires=st.sampled_from([None, 60, 5_000]))
    def somebody_plans(self, number, expires):
        end = timezone.now() + timedelta(seconds=expires) if expires else None
        rev = self.revs.setdefault(number, 0)
        plan("machine", f"meeting:{number}", [self.member], rev=rev, expires_at=end)

    @rule(number=meetings)
    def it_moves(self, number):
        self.revs[number] = self.revs.get(number, 0) + 1
        with transaction.atomic():
            call_off(Reason.MOVED, f"meeting:{number}", before=self.revs[number])
            plan("machine", f"meeting:{number}", [self.member], rev=self.revs[number])

    @rule(number=meetings)
    def it_is_cancelled(self, number):
        call_off(Reason.CANCELLED, f"meeting:{number}")

    @rule(who=senders_, most=st.integers(1, 3))
    def claims(self, who, most):
        sender = self.senders[who]
        if sender.claim is None:
            sender.claim = sql.claim("email", most, LEASE, outgoing=True)
            sender.left = list(sender.claim.ids)
            if not sender.left:
                sender.claim = None

    @precondition(lambda self: any(each.left and not each.trying for each in self.senders))
    @rule(who=senders_)
    def begins(self, who):
        sender = self.senders[who]
        if not sender.left or sender.trying:
            return
        id = sender.left.pop(0)
        delivery = Delivery.objects.filter(pk=id, lease_token=sender.claim.token).first()
        if delivery is not None and (n := sql.begin(id, sender.claim.token, LEFT, f"s{who}", outgoing=True)):
            sender.trying = delivery, n
        elif not sender.left:
            sql.release([id], sender.claim.token)
            sender.vanish()

    @precondition(lambda self: any(each.trying for each in self.senders))
    @rule(who=senders_, outcome=st.sampled_from(["sent", "sent", "temporary", "permanent", "unknown"]))
    def ends(self, who, outcome):
        sender = self.senders[who]
        if not sender.trying:
            return
        delivery, n = sender.trying
        self.taken[delivery.pk] += outcome in ("sent", "unknown")
        send.record(EMAIL, delivery, sender.claim.token, n, Ended(Outcome(outcome), outcome), Letter("", ()))
        sender.trying = None
        if not sender.left:
            sender.vanish()

    @rule(who=senders_, handed_over=st.booleans())
    def vanishes(self, who, handed_over):
        sender = self.senders[who]
        if sender.trying and handed_over:
            self.taken[sender.trying[0].pk] += 1
        sender.vanish()

    @rule(who=senders_)
    def is_told_to_stop(self, who):
        sender = self.senders[who]
        if sender.claim and not sender.trying:
            sql.release(sender.left, sender.claim.token)
            sender.vanish()

    @rule(seconds=st.sampled_from([1, 15, 90, 130, 4_000]))
    def time_passes(self, seconds):
        for name in MOMENTS:
            Delivery.objects.exclude(**{name: None}).update(**{name: F(name) - timedelta(seconds=seconds)})
        Gate.objects.exclude(closed_until=None).update(closed_until=F("closed_until") - timedelta(seconds=seconds))

    @rule()
    def somebody_looks(self):
        lease.reap()
        end_stale()

    @rule(held=st.booleans())
    def an_admin_holds_or_releases(self, held):
        Hold.objects.standing().update(released_at=timezone.now())
        if held:
            Hold.objects.create(by=self.member, why="A look")

    @invariant()
    def no_repeat_is_silent(self):
        for delivery in Delivery.objects.filter(pk__in=[pk for pk, count in self.taken.items() if count > 1]):
            tries = list(Attempt.objects.filter(delivery=delivery))
            marked = sum(
                each.outcome in (Outcome.UNKNOWN, Outcome.STARTED) or each.possible_repeat or each.after_unknown
                for each in tries
            )
            assert marked >= self.taken[delivery.pk] - 1

    @invariant()
    def what_is_called_sent_was_taken(self):
        for delivery in Delivery.objects.filter(state=State.SENT):
            assert self.taken[delivery.pk] >= 1

    @invariant()
    def nobody_tries_for_ever(self):
        for delivery in Delivery.objects.all():
            assert delivery.unknowns <= retry.MOST_UNKNOWN
            assert delivery.tries == delivery.attempts.count()
            assert self.taken[delivery.pk] <= delivery.tries

    def _drain(self) -> None:
        """Everybody comes to an end: then each message was taken, or says why not."""
        Hold.objects.standing().update(released_at=timezone.now())
        for sender in self.senders:
            sender.vanish()
        for _each in range(12):
            self.time_passes(4_000)
            lease.reap()
            for who in range(3):
                self.claims(who, 50)
                while self.senders[who].left or self.senders[who].trying:
                    self.begins(who)
                    self.ends(who, "sent")
        for delivery in Delivery.objects.all():
            assert delivery.state in OVER, delivery.state
            assert delivery.reason or self.taken[delivery.pk]
        self.no_repeat_is_silent()


def test_nothing_is_lost_and_no_repeat_is_silent(monkeypatch):
    always = Kind("machine", "Machine", "Tests", lambda rows: {}, frozenset({"email"}), urgent=True)
    monkeypatch.setitem(kinds._kinds, "machine", always)
    run_state_machine_as_test(
        Deliveries,
        settings=settings(
            max_examples=EXAMPLES,
            stateful_step_count=STEPS,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
