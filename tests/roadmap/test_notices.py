"""That the map turned, told once with its reason; and a word asked of who holds an item, once a month."""

from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from django.utils import timezone

from apps.accounts.models import Member
from apps.reminders import tick
from apps.reminders.models import Delivery
from apps.reminders.models.delivery import Reason as Why
from apps.roadmap import notices, said
from apps.roadmap.models import CheckIn, Reading
from apps.roadmap.publish import Reason
from tests import factories
from tests.gatherings import told

pytestmark = pytest.mark.django_db


def turn(row, by, **how):
    return factories.next_revision(row, by, factories.plan("Another goal"), is_pivot=True, **how)


def test_everybody_hears_once_and_managers_by_e_mail_as_well(year_map, lead, member, manager):
    factories.known()
    factories.member(is_active=False)
    turn(year_map, lead)
    assert told.planned() == sorted([
        ("map_pivot", "inbox", member.email),
        ("map_pivot", "inbox", manager.email),
        ("map_pivot", "email", manager.email),
    ])  # fmt: skip


def test_neither_the_first_map_nor_an_adjustment_nor_the_past_is_news(lead, member, start):
    row = factories.future_map(lead, factories.plan(), start=start)
    factories.next_revision(row, lead, {"map": {"title": "Another title"}}, reason=Reason())
    assert not Delivery.objects.exists()
    turn(row, lead, at=timezone.now() - timedelta(days=30))
    assert not Delivery.objects.exists()


def test_the_letter_says_why(year_map, lead, manager, letters):
    told.Manner.objects.create(
        member=manager, quiet_from=None, quiet_until=None, working_days=told.EVERY_DAY
    )  # fmt: skip
    turn(year_map, lead)
    told.send_all()
    (mail,) = letters.letters
    body = mail.get_body(("plain",)).get_content()
    assert mail["Subject"] == "The map turned: From hiring to growing"
    assert "no offer was accepted" in body and "The budget closes" in body


def test_reading_it_in_the_inbox_puts_it_away(client, year_map, lead, member):
    revision = turn(year_map, lead)
    told.send_all()
    (answer,) = told.letter(notices.PIVOT).answers
    client.force_login(member)
    assert "From hiring to growing" in client.get("/inbox/").text
    assert client.post(answer.path, {"next": "/inbox/"}).url == "/inbox/"
    assert Reading.objects.get().revision == revision
    assert told.say(notices.PIVOT) == [Why.NOT_WANTED]


def test_those_who_hear_first_hear_an_hour_before_the_others(year_map, lead, member, manager):
    named = Reason(name="Turned", learned=factories.REASON.learned, why=factories.REASON.why, first=(member.pk,))
    turn(year_map, lead, reason=named)
    due = dict(Delivery.objects.filter(channel="inbox").values_list("recipient", "due_at"))
    assert due[manager.pk] - due[member.pk] == timedelta(hours=1)


def test_a_thousand_are_told_with_few_queries(year_map, lead, django_assert_max_num_queries):
    now = timezone.now()
    Member.objects.bulk_create(
        Member(email=f"m{n}@example.com", display_name=f"M {n}", joined_at=now) for n in range(1_000)
    )
    revision = turn(year_map, lead)
    Delivery.objects.all().delete()
    with django_assert_max_num_queries(12):
        notices.turned(revision)
    rows = list(Delivery.objects.filter(kind=notices.PIVOT, channel="inbox"))
    assert len(rows) == 1_000
    with django_assert_max_num_queries(6):
        told.say(notices.PIVOT, *rows)


# ---- check-ins --------------------------------------------------------------------------------------

TEN = datetime(2026, 12, 1, 1, tzinfo=UTC)  # in Tokyo, on a Tuesday


@pytest.fixture
def held(lead):
    """An item of the winter that somebody in Tokyo holds."""
    owner = factories.member(time_zone="Asia/Tokyo", email="holder@example.com")
    days = (date(2026, 10, 5), date(2026, 12, 20))
    with time_machine.travel(datetime(2026, 11, 20, tzinfo=UTC), tick=False):
        factories.future_map(lead, factories.plan("Half of releases", when=days, owner=owner.pk))
    return owner


def planned_at(at: datetime) -> set[str]:
    with time_machine.travel(at, tick=False):
        notices.plan_ahead()
    return told.who(notices.CHECK_IN)


def asked_at(at: datetime):
    with time_machine.travel(at, tick=False):
        return told.say(notices.CHECK_IN)


def test_it_is_one_of_the_planners():
    assert notices.plan_ahead in tick._planners


def test_who_holds_an_item_is_asked_once_a_month(held, lead, member):
    assert planned_at(TEN - timedelta(minutes=16)) == set()
    assert planned_at(TEN) == {held.email}
    assert planned_at(TEN + timedelta(days=3)) == {held.email}
    assert Delivery.objects.count() == 1, "only the inbox, and once"
    (letter,) = asked_at(TEN)
    assert letter.subject == "How is it going? Half of releases"
    assert letter.actions[0].path.startswith("/map/items/")


def test_on_the_first_day_on_which_they_work(held):
    told.Manner.objects.create(member=held, working_days=0b0010000)  # Fridays
    assert planned_at(TEN + timedelta(days=2)) == set()
    assert planned_at(TEN + timedelta(days=3)) == {held.email}


def check(held, day, status="way"):
    (item,) = said.to_check(day)
    CheckIn.note(item=item.id, day=day, status=status, words="Well", by=held)
    return item


def test_a_word_within_three_weeks_is_enough(held):
    planned_at(TEN)
    check(held, date(2026, 12, 1))
    assert asked_at(TEN) == [Why.NOT_WANTED]
    Delivery.objects.all().delete()
    assert planned_at(TEN) == set()


def test_what_ended_is_not_asked_about_again(held):
    check(held, date(2026, 11, 1), "given_up")
    assert planned_at(TEN) == set()


def test_another_month_asks_anew_and_the_old_question_is_gone(held):
    planned_at(TEN)
    assert asked_at(TEN + timedelta(days=31)) == [Why.STALE]
    planned_at(datetime(2027, 1, 1, 2, tzinfo=UTC))
    assert Delivery.objects.count() == 2
    with time_machine.travel(datetime(2027, 1, 2, tzinfo=UTC), tick=False):
        (_old, new) = told.say(notices.CHECK_IN, *Delivery.objects.order_by("due_at"))
    assert "Its time on the map is over: say how it ended." in new.text


def test_whoever_lost_it_or_left_is_not_asked(held, lead):
    planned_at(TEN)
    Delivery.objects.update(recipient=lead)
    assert asked_at(TEN) == [Why.NOT_WANTED]
    Delivery.objects.all().delete()
    Member.objects.filter(pk=held.pk).update(is_active=False)
    assert planned_at(TEN) == set()


def test_in_the_middle_of_a_month_nobody_looks(held, django_assert_max_num_queries):
    with time_machine.travel(datetime(2026, 12, 15, tzinfo=UTC), tick=False), django_assert_max_num_queries(1):
        notices.plan_ahead()
