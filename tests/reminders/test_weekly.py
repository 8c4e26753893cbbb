"""The weekly letter: for managers and leads, on their first working morning, from what the parts have to say."""

from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine

from apps.accounts.models import Member
from apps.reminders import tick, weekly
from apps.reminders.letter import Action, Letter
from apps.reminders.models import Delivery, Manner, Preference, State
from apps.reminders.models.delivery import Reason
from apps.reminders.models.preference import EVERY_DAY
from apps.reminders.weekly import WEEKLY, Week
from tests import factories
from tests.gatherings import told

pytestmark = pytest.mark.django_db
EIGHT = datetime(2026, 11, 29, 23, tzinfo=UTC)  # Monday 30 November in Tokyo
LAST = Week(date(2026, 11, 23))


@pytest.fixture
def parts(monkeypatch):
    """Only those that a test registers."""
    some: list = []
    monkeypatch.setattr(weekly, "_parts", some)
    return some


@pytest.fixture
def tomoko(manager):
    Member.objects.filter(pk=manager.pk).update(time_zone="Asia/Tokyo")
    Manner.objects.create(member=manager, quiet_from=None, quiet_until=None, working_days=EVERY_DAY)
    manager.refresh_from_db()
    return manager


def theirs(email="tomoko@example.com"):
    return Delivery.objects.filter(kind=WEEKLY, recipient__email=email)


def planned_at(at: datetime) -> int:
    with time_machine.travel(at, tick=False):
        weekly.plan_ahead()
    return theirs().count()


def said_at(at: datetime = EIGHT):
    with time_machine.travel(at, tick=False):
        return told.say(WEEKLY, *theirs())


def test_it_is_one_of_the_planners():
    assert weekly.plan_ahead in tick._planners


def test_a_week_begins_on_monday():
    assert Week.of(date(2026, 11, 29)) == Week.of(date(2026, 11, 23)) == LAST
    assert LAST.last == date(2026, 11, 29)


def test_managers_and_leads_get_it_on_monday_at_eight_by_e_mail_and_nobody_else(tomoko, lead, member, admin):
    Member.objects.filter(pk__in=(lead.pk, member.pk, admin.pk)).update(time_zone="Asia/Tokyo")
    Manner.objects.bulk_create(
        Manner(member=one, quiet_from=None, quiet_until=None, working_days=EVERY_DAY) for one in (lead, member, admin)
    )
    assert planned_at(EIGHT - timedelta(minutes=16)) == 0
    assert planned_at(EIGHT - timedelta(minutes=15)) == 1
    assert planned_at(EIGHT + timedelta(hours=2)) == 1
    rows = Delivery.objects.filter(kind=WEEKLY)
    assert {(row.recipient, row.channel, row.due_at) for row in rows} == {
        (tomoko, "email", EIGHT), (lead, "email", EIGHT),
    }  # fmt: skip
    assert {row.occurrence for row in rows} == {"week:2026-11-23"}, "about the week that is over"


def test_who_works_from_wednesday_on_gets_it_on_wednesday(tomoko):
    Manner.objects.update(working_days=0b0011100)
    assert planned_at(EIGHT + timedelta(days=1)) == 0
    assert planned_at(EIGHT + timedelta(days=2)) == 1


def test_a_system_that_stood_still_sends_none_of_last_week(tomoko):
    assert planned_at(EIGHT + timedelta(days=6, hours=1)) == 0


def test_without_anything_to_say_it_is_not_sent(tomoko, parts):
    planned_at(EIGHT)
    assert said_at() == [Reason.NOT_WANTED]
    weekly.part(1)(lambda _reader, _week: None)
    assert said_at() == [Reason.NOT_WANTED]


def test_parts_stand_in_their_order_and_one_that_fails_is_left_out(tomoko, parts):
    asked = []

    def second(reader, week):
        asked.append((reader, week))
        return Letter("Second", ("Two.",), actions=(Action("See it", "/map/"), Action("And this", "/")))

    weekly.part(20)(second)
    weekly.part(10)(lambda _reader, _week: Letter("First", ("One.",)))
    weekly.part(15)(lambda _reader, _week: 1 / 0)
    planned_at(EIGHT)
    (letter,) = said_at()
    assert [one.subject for one in letter.parts] == ["First", "Second"]
    assert asked == [(tomoko, LAST)]
    assert [one.path for one in letter.actions] == ["/dashboard/letter/2026-11-23/"]
    assert letter.subject == "Your week in Miraizu: Monday 23 November to Sunday 29 November"


def test_ways_without_parts_get_them_as_text(tomoko, parts):
    weekly.part(10)(lambda _reader, _week: Letter("First", ("One.",)))
    planned_at(EIGHT)
    Delivery.objects.update(channel="inbox")
    (letter,) = said_at()
    assert letter.text == ("First", "One.") and not letter.parts
    assert [one.path for one in letter.actions] == ["/dashboard/letter/2026-11-23/"]


def test_what_is_no_news_stands_only_in_a_letter_that_has_some(tomoko, parts):
    weekly.part(5, news=False)(lambda _reader, _week: Letter("Where we stand", ()))
    planned_at(EIGHT)
    assert said_at() == [Reason.NOT_WANTED]
    weekly.part(10)(lambda _reader, _week: Letter("News", ()))
    (letter,) = said_at()
    assert [one.subject for one in letter.parts] == ["Where we stand", "News"]


def test_who_is_no_manager_any_more_gets_none(tomoko, parts):
    weekly.part(10)(lambda _reader, _week: Letter("First", ("One.",)))
    planned_at(EIGHT)
    Member.objects.update(role="member")
    assert said_at() == [Reason.NOT_WANTED]


@pytest.mark.parametrize("who", ["manager", "lead"])
def test_who_wants_none_gets_none(request, tomoko, lead, parts, letters, who):
    weekly.part(10)(lambda _reader, _week: Letter("First", ("One.",)))
    person = request.getfixturevalue(who)
    with time_machine.travel(EIGHT + timedelta(hours=9), tick=False):
        weekly.plan_ahead()
    Delivery.objects.exclude(recipient=person).delete()
    Delivery.objects.update(expires_at=None)
    Preference.objects.create(member=person, kind=WEEKLY, channel="email", choice="off")
    told.send_all()
    assert told.ended(WEEKLY) == {(State.SKIPPED, Reason.OPTED_OUT)}


def test_the_letter_arrives_with_its_parts_and_a_way_out(tomoko, lead, parts, letters):
    weekly.part(10)(lambda _reader, _week: Letter("First", ("One.",), actions=(Action("See it", "/map/"),)))
    planned_at(EIGHT)
    theirs(lead.email).delete()
    Delivery.objects.update(expires_at=None)
    told.send_all()
    (mail,) = letters.letters
    body = mail.get_body(("plain",)).get_content()
    assert "— First" in body and "One." in body and "http://localhost:8000/map/" in body
    assert mail["List-Unsubscribe"]


def test_pivots_of_the_week_are_in_it(tomoko, lead):
    planned_at(EIGHT)
    assert said_at() == [Reason.NOT_WANTED]
    with time_machine.travel(EIGHT - timedelta(days=2), tick=False):
        row = factories.future_map(lead, factories.plan())
        factories.next_revision(row, lead, factories.plan("Another"), is_pivot=True)
    Delivery.objects.exclude(kind=WEEKLY).delete()
    (letter,) = said_at()
    part = letter.parts[0]
    assert part.subject == "The map turned" and "no offer was accepted" in " ".join(part.text)
    assert part.actions[0].path == "/map/history/"


# ---- the settings -----------------------------------------------------------------------------------


def rows(client, person) -> str:
    client.force_login(person)
    return client.get("/settings/reminders/").text


def test_each_is_offered_only_what_may_come(client, lead, member, manager):
    managers = rows(client, manager)
    assert "The weekly letter" in managers and "The focus is to be looked at again" not in managers
    leads = rows(client, lead)
    assert "The focus is to be looked at again" in leads and "The weekly letter" in leads
    members = rows(client, member)
    for heading in ("Gatherings", "People", "Future map", "Toil"):
        assert f">{heading}</h3>" in members
    assert "The weekly letter" not in members and ">Stakeholders</h3>" not in members


def test_what_a_role_gets_by_itself_is_what_its_settings_show(client, member, manager):
    field = '<select class="input" name="choice-map_pivot-email"'
    for person, choice in ((member, "off"), (manager, "at_once")):
        chosen = rows(client, person).partition(field)[2].partition("</select>")[0]
        assert f'value="{choice}" selected' in chosen
