"""Whatever senders do, in whatever order, and wherever they vanish: nothing is lost, and no repeat is silent (F36).

Three senders, a receiver that counts, and a clock that goes on: time passes by moving every moment in the rows back. The
short form, for every run; the long form is `EXAMPLES=2000 STEPS=50 pytest --timeout 0` on this module.
"""

import itertools
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
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)

from apps.reminders import kinds, lease, send, sql
from apps.reminders.channels import CHANNELS
from apps.reminders.kinds import Kind
from apps.reminders.letter import Letter
from apps.reminders.models import Attempt, Delivery, Gate, Hold, Outcome, State
from apps.reminders.models.delivery import OVER, Reason
from apps.reminders.plan import call_off, plan
from apps.reminders.ready import ready
from apps.reminders.send import Ended
from apps.reminders.tick import end_stale
from tests import factories

pytestmark = pytest.mark.django_db
EXAMPLES, STEPS = int(os.environ.get("EXAMPLES", "25")), int(os.environ.get("STEPS", "40"))
LEASE, LEFT = 120, 40  # seconds
EMAIL = CHANNELS["email"]
MOMENTS = ("due_at", "run_at", "expires_at", "lease_until")


class Sender:
    """What a process that sends has in its hands; `trying` is the try it has begun, `unwritten` the one that ended."""

    def __init__(self) -> None:
        self.claim: sql.Claim | None = None
        self.left: list = []
        self.trying: tuple[Delivery, int] | None = None
        self.unwritten: sql.Finish | None = None

    def vanish(self) -> None:
        self.claim, self.left, self.trying, self.unwritten = None, [], None, None

    def write(self) -> None:
        if self.unwritten:
            sql.finish(self.unwritten)
            self.unwritten = None


class Deliveries(RuleBasedStateMachine):
    def __init__(self):
        super().__init__()
        self.rows = transaction.atomic()
        self.rows.__enter__()
        self.member = factories.member(email=f"machine{factories.stakeholder().pk}@example.com")
        self.senders = [Sender() for _each in range(3)]
        self.taken: Counter = Counter()  # by the receiver
        self.revs: dict[int, int] = {}
        self.over: dict = {}
        self.numbers = itertools.count()

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

    @initialize()
    def three_are_planned(self):
        for number in range(3):
            self.somebody_plans(number, None)

    # Twice, so that senders work more often than anything else happens.
    @rule(who=senders_, outcome=st.sampled_from(["sent", "sent", "temporary", "permanent", "unknown"]))
    def works(self, who, outcome):
        """The next step of one who sends: to claim, to begin, or to end a try."""
        sender = self.senders[who]
        if sender.trying:
            self._end(sender, outcome)
        elif sender.left:
            self._begin(sender)
        else:
            self._claim(sender, 2)

    @rule(who=senders_, outcome=st.sampled_from(["sent", "temporary", "unknown"]))
    def works_on(self, who, outcome):
        self.works(who, outcome)
        self.works(who, outcome)

    def _claim(self, sender: Sender, most: int) -> None:
        claim = sql.claim("email", most, LEASE, outgoing=True)
        if claim.ids:
            sender.claim, sender.left = claim, list(claim.ids)

    def _begin(self, sender: Sender) -> None:
        id, token = sender.left.pop(0), sender.claim.token
        number = None
        for one in ready(EMAIL, [id], token):
            if not isinstance(one.found, Letter):
                sender.write()
                send.end(one.delivery, token, State.SKIPPED, one.found)
                return
            assert not one.delivery.is_stale(), "what comes too late is not begun"
            begin = sql.Begin(id, token, LEFT, "sender", outgoing=True)
            number = sql.finish_and_begin(sender.unwritten, begin) if sender.unwritten else sql.begin(begin)
            sender.trying, sender.unwritten = (one.delivery, number), None
        if number is None:
            sender.write()
            sql.release([id, *sender.left], token)
            sender.vanish()

    def _end(self, sender: Sender, outcome: str) -> None:
        delivery, number = sender.trying
        self.taken[delivery.pk] += outcome in ("sent", "unknown")
        if outcome == "sent" and sender.left:  # written with what begins next
            ended = Ended(Outcome.SENT, outcome)
            sender.trying = None
            sender.unwritten = send.finished(delivery, sender.claim.token, number, ended, timezone.now())
            return
        send.record(EMAIL, delivery, sender.claim.token, number, Ended(Outcome(outcome), outcome), Letter("", ()))
        sender.trying = None
        if not sender.left:
            sender.vanish()

    @rule(who=senders_, outcome=st.sampled_from(["sent", "temporary", "permanent"]))
    def stands_still_beyond_its_lease_while_others_go_on(self, who, outcome):
        if not self.senders[who].trying:
            return
        self.time_passes_and_somebody_looks(130)
        for _each in range(4):
            self.works((who + 1) % 3, "sent")
        self._end(self.senders[who], outcome)

    @rule(who=senders_, outcome=st.sampled_from(["sent", "temporary"]))
    def ends_a_little_after_its_lease(self, who, outcome):
        """Who waited for the database is not taken for lost at once."""
        sender = self.senders[who]
        mine = (
            Delivery.objects.filter(pk=sender.trying[0].pk, lease_token=sender.claim.token) if sender.trying else None
        )
        until = mine.values_list("lease_until", flat=True).first() if mine is not None else None
        if until is None or until < timezone.now():
            return
        self.time_passes((until - timezone.now()).total_seconds() + 1)
        self.somebody_looks()
        assert mine.exists(), "taken back too soon"
        self._end(sender, outcome)

    @rule(who=senders_, handed_over=st.booleans())
    def vanishes(self, who, handed_over):
        sender = self.senders[who]
        if sender.trying and handed_over:
            self.taken[sender.trying[0].pk] += 1
        sender.vanish()

    @rule(who=senders_, vanishes=st.booleans())
    def nothing_that_is_sent_is_seen_to_end(self, who, vanishes):
        """Receivers take all and say nothing, or whoever sends is killed by it; three times over."""
        sender = self.senders[who]
        if sender.trying:
            return
        for _each in range(3):
            sender.vanish()
            self.time_passes_and_somebody_looks(4_000)
            self._claim(sender, 50)
            while sender.left or sender.trying:
                if not sender.trying:
                    self._begin(sender)
                elif vanishes:
                    self.taken[sender.trying[0].pk] += 1
                    sender.trying = None
                else:
                    self._end(sender, "unknown")

    @rule(who=senders_)
    def its_time_passes_in_the_hands_of_a_sender(self, who):
        sender = self.senders[who]
        if sender.claim:
            return
        end = timezone.now() + timedelta(seconds=60)
        plan("machine", f"soon over:{next(self.numbers)}", [self.member], expires_at=end)
        self._claim(sender, 50)
        self.time_passes(70)
        while sender.left or sender.trying:
            self._end(sender, "sent") if sender.trying else self._begin(sender)

    @rule(who=senders_)
    def is_told_to_stop(self, who):
        sender = self.senders[who]
        if sender.claim and not sender.trying:
            sender.write()
            sql.release(sender.left, sender.claim.token)
            sender.vanish()

    @rule(seconds=st.sampled_from([15, 90, 130, 4_000]))
    def time_passes_and_somebody_looks(self, seconds):
        self.time_passes(seconds)
        self.somebody_looks()

    @rule(seconds=st.sampled_from([1, 15, 90, 130]))
    def time_passes(self, seconds):
        for name in MOMENTS:
            Delivery.objects.exclude(**{name: None}).update(**{name: F(name) - timedelta(seconds=seconds)})
        Gate.objects.exclude(closed_until=None).update(closed_until=F("closed_until") - timedelta(seconds=seconds))

    @rule()
    def somebody_looks(self):
        lease.reap()
        end_stale()

    @rule()
    def an_admin_holds_everything_for_a_moment(self):
        hold = Hold.objects.create(by=self.member, why="A look")
        assert not sql.claim("email", 1, LEASE, outgoing=True).ids
        Hold.objects.filter(pk=hold.pk).update(released_at=timezone.now())

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
    def a_try_nobody_saw_end_says_so(self):
        said = Attempt.objects.filter(finished_at=None).values_list("outcome", flat=True)
        assert set(said) <= {Outcome.STARTED, Outcome.UNKNOWN}

    @invariant()
    def every_try_of_unknown_outcome_counts_and_marks_those_after_it(self):
        for delivery in Delivery.objects.prefetch_related("attempts"):
            unknown = [each.n for each in delivery.attempts.all() if each.outcome == Outcome.UNKNOWN]
            assert len(unknown) <= delivery.unknowns
            assert delivery.unknowns < 3 or delivery.state in OVER, "three are enough"
            assert all(each.after_unknown for each in delivery.attempts.all() if unknown and each.n > unknown[0])

    @invariant()
    def what_is_over_stays_over(self):
        now_over = dict(Delivery.objects.filter(state__in=OVER).values_list("pk", "state"))
        assert self.over.items() <= now_over.items()
        self.over = now_over

    @invariant()
    def what_is_called_sent_was_taken(self):
        for delivery in Delivery.objects.filter(state=State.SENT):
            assert self.taken[delivery.pk] >= 1

    @invariant()
    def nobody_tries_for_ever(self):
        for delivery in Delivery.objects.all():
            assert delivery.unknowns <= 3
            assert delivery.tries == delivery.attempts.count()
            assert self.taken[delivery.pk] <= delivery.tries

    def _drain(self) -> None:
        """Everybody comes to an end: then each message was taken, or says why not."""
        for sender in self.senders:
            sender.vanish()
        for _each in range(12):
            self.time_passes(4_000)
            lease.reap()
            sender = self.senders[0]
            self._claim(sender, 50)
            while sender.left or sender.trying:
                self._end(sender, "sent") if sender.trying else self._begin(sender)
        for delivery in Delivery.objects.all():
            assert delivery.state in OVER, delivery.state
            assert delivery.reason or self.taken[delivery.pk]
        self.no_repeat_is_silent()


def _say(rows) -> dict:
    return {row.pk: Letter("About it", ()) for row in rows}


def test_nothing_is_lost_and_no_repeat_is_silent(monkeypatch):
    always = Kind("machine", "Machine", "Tests", _say, frozenset({"email"}), urgent=True)
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
