"""The day to look again at the focus: who hears, when, and until when."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine

from apps.accounts.models import Member
from apps.reminders import tick
from apps.reminders.models import Delivery
from apps.reminders.models.delivery import Reason
from apps.stakeholders import notices
from apps.stakeholders.models.focus import standing
from tests import factories
from tests.gatherings import told

pytestmark = pytest.mark.django_db
NINE = datetime(2026, 12, 1, 0, tzinfo=UTC)  # in Tokyo


@pytest.fixture
def kept(lead):
    Member.objects.filter(pk=lead.pk).update(time_zone="Asia/Tokyo")
    return factories.decision(lead, review_on=datetime(2026, 12, 1, tzinfo=UTC).date())


def planned_at(at: datetime) -> set[str]:
    with time_machine.travel(at, tick=False):
        standing.forget()
        notices.plan_ahead()
    return told.who(notices.FOCUS)


def test_it_is_one_of_the_planners():
    assert notices.plan_ahead in tick._planners


def test_the_leads_hear_on_its_morning_where_they_are(kept, lead, member, manager):
    factories.lead(email="second@example.com", time_zone="UTC")
    assert planned_at(NINE - timedelta(minutes=16)) == set()
    assert planned_at(NINE - timedelta(minutes=15)) == {lead.email}
    assert Delivery.objects.filter(channel="inbox").get().due_at == NINE
    assert planned_at(NINE + timedelta(hours=9)) == {lead.email, "second@example.com"}
    assert planned_at(NINE + timedelta(days=9)) == {lead.email, "second@example.com"}, "once"
    assert Delivery.objects.count() == 4


def test_it_waits_until_somebody_looked_and_is_asked_again_for_the_next_day(kept, lead):
    planned_at(NINE)
    said = told.letter(notices.FOCUS)
    assert said.subject == "Look again: First, lower the load inside"
    assert said.actions[0].path == "/stakeholders/focus/"
    kept.look_again(lead, kept.review_on + timedelta(days=90), "It holds.")
    assert told.say(notices.FOCUS) == [Reason.NOT_WANTED]
    planned_at(NINE + timedelta(days=90))
    assert {row.schedule_rev for row in Delivery.objects.all()} == {
        kept.review_on.toordinal() - 90,
        kept.review_on.toordinal(),
    }


def test_another_decision_or_another_role_ends_it(kept, lead):
    planned_at(NINE)
    Member.objects.filter(pk=lead.pk).update(role="member")
    assert told.say(notices.FOCUS) == [Reason.NOT_WANTED]
    Member.objects.filter(pk=lead.pk).update(role="lead")
    assert told.letter(notices.FOCUS)
    factories.decision(lead, review_on=kept.review_on + timedelta(days=90))
    assert told.say(notices.FOCUS) == [Reason.NOT_WANTED]


def test_without_a_decision_nothing_is_asked(lead, django_assert_num_queries):
    standing.forget()
    with django_assert_num_queries(1):
        notices.plan_ahead()
    assert not Delivery.objects.exists()
