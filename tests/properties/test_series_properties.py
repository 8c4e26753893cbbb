"""Whatever is done to a series: what has begun stays as it was, with its answers, and nothing is planned twice (R36)."""

from datetime import UTC, date, datetime, time, timedelta

import pytest
import time_machine
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from apps.gatherings import schedule
from apps.gatherings.models import Answer, Gathering, Meeting, Rsvp
from apps.gatherings.recurrence import Frequency, Rule
from apps.gatherings.schedule import Slot
from tests import factories

pytestmark = pytest.mark.django_db

START = datetime(2026, 11, 2, 9, tzinfo=UTC)
RULES = st.one_of(
    st.builds(
        Rule,
        st.just(Frequency.WEEKLY),
        interval=st.integers(1, 3),
        weekdays=st.sets(st.integers(0, 6), min_size=1, max_size=3).map(tuple),
        count=st.none() | st.integers(1, 20),
    ),
    st.builds(Rule, st.just(Frequency.DAILY), interval=st.integers(1, 9), count=st.none() | st.integers(1, 20)),
)
DEEDS = st.lists(
    st.tuples(
        st.sampled_from(["wait", "one", "following", "all", "skip", "cancel", "restore", "extend", "rest", "answer"]),
        st.integers(0, 30),
        RULES,
        st.integers(0, 9),
    ),
    min_size=3,
    max_size=9,
)
KEPT = ("number", "starts_at", "ends_at", "clock", "zone", "place", "minutes", "cancelled_at")


def kept(gathering: Gathering, now: datetime) -> dict:
    """What has begun, with who had answered what."""
    rows = Meeting.objects.filter(gathering=gathering, starts_at__lte=now)
    answers = {row.pk: sorted(row.rsvps.values_list("member", "answer", "has_seat")) for row in rows}
    return {row.pk: ([getattr(row, name) for name in KEPT], answers[row.pk]) for row in rows}


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rule=RULES, deeds=DEEDS)
def test_what_was_stays_whatever_is_changed(rule, deeds):
    lead, member = factories.lead(email=f"lead{factories.stakeholder().pk}@example.com"), factories.member()
    with time_machine.travel(START, tick=False) as clock:
        row = Gathering(
            kind="mob", title="Mob", organiser=lead, zone="Europe/Berlin", first_day=date(2026, 11, 3), clock=time(15),
            minutes=50, rule=rule.to_json(), place="Here",
        )  # fmt: skip
        schedule.begin(row, date(2026, 11, 2))
        for deed, number, other, shift in deeds:
            now = datetime.now(UTC)
            before = kept(row, now)
            ahead = list(row.meetings.filter(starts_at__gt=now).order_by("pattern_day"))
            one = ahead[number % len(ahead)] if ahead else None
            slot = Slot(time(9 + shift), 30 + shift, "Europe/Berlin", f"Room {shift}")
            row.refresh_from_db()
            if deed == "wait":
                clock.shift(timedelta(days=number))
            elif deed == "extend":
                schedule.extend(row, now.date())
                assert schedule.extend(row, now.date()) == 0
            elif deed == "rest":
                schedule.rest(row, now.date() + timedelta(days=number + 1), lead)
            elif one is not None:
                match deed:
                    case "one":
                        schedule.change_one(one, slot, one.day + timedelta(days=shift))
                    case "following":
                        schedule.change_following(one, slot, day=one.day, rule=other)
                    case "all":
                        days = {"day": one.day + timedelta(days=shift), "rule": row.recurrence} if number % 2 else {}
                        schedule.change_all(one, slot, **days)
                    case "skip":
                        schedule.skip(one, lead)
                    case "cancel":
                        one.cancel(lead, "why")
                    case "restore":
                        one.restore()
                    case "answer" if not one.is_cancelled:
                        Rsvp.say(one, Answer.GOING, member=member)
            assert {pk: was for pk, was in kept(row, now).items() if pk in before} == before
            days = list(row.meetings.exclude(pattern_day=None).values_list("pattern_day", flat=True))
            assert len(days) == len(set(days)) and row.meetings.filter(pattern_day=None, cancelled_at=None).count() == 0
            numbers = list(row.meetings.values_list("number", flat=True))
            assert len(numbers) == len(set(numbers))
        answered = Rsvp.objects.filter(meeting__gathering=row).count()
        schedule.extend(row, datetime.now(UTC).date())
        assert schedule.extend(row, datetime.now(UTC).date()) == 0
        assert Rsvp.objects.filter(meeting__gathering=row).count() == answered
