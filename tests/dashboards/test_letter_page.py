"""The page of the weekly letter: the words of the mail, of any week, for whoever reads the dashboard."""

from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from django.utils.html import escape

from apps.people.models import LadderStep, Rung, Subject
from apps.reminders.models import Delivery
from apps.reminders.weekly import WEEKLY, plan_ahead
from apps.roadmap.models import CheckIn
from apps.roadmap.models.revision import document_of
from apps.toil.models import State
from apps.toil.models.state import change_state
from tests import factories, kept
from tests.gatherings import told

pytestmark = pytest.mark.django_db
PAGE = "/dashboard/letter/"
MONDAY = datetime(2026, 11, 16, 9, tzinfo=UTC)
OWN = f"{PAGE}2026-11-09/"


@pytest.fixture(autouse=True)
def monday():
    with time_machine.travel(MONDAY, tick=False) as clock:
        yield clock


@pytest.fixture
def full_week(lead):
    """Something of nearly everything that a letter tells."""
    fill(lead, 1)


def fill(lead, count: int) -> None:
    people = [factories.member() for _each in range(3)]
    for n in range(count):
        item = factories.item(name=f"Release <{n}>", name_ja=f"リリース {n}")
        for month in (8, 9, 10):
            for person in (lead, *people):
                factories.entry(person, item=item, minutes=400 if person == lead else 60, day=date(2026, month, 10))
        factories.entry(lead, item=item, minutes=60, day=date(2026, 11, 10))
        with time_machine.travel(MONDAY - timedelta(days=4), tick=False):
            LadderStep.claim(lead, Subject(item=item), rung=Rung.SOLO, day=date(2026, 11, 12))
            LadderStep.claim(people[0], Subject(topic=factories.topic()), rung=Rung.WATCHING, day=date(2026, 11, 12))
        with time_machine.travel(MONDAY - timedelta(days=10), tick=False):
            factories.gathering(lead, first_day=date(2026, 11, 12))
        change_state(factories.item(), State.GONE, lead, reason="It runs by itself.", on=date(2026, 11, 13))


def mailed(person):
    """What goes out by e-mail to them on this Monday."""
    plan_ahead()
    rows = Delivery.objects.filter(kind=WEEKLY, recipient=person, channel="email")
    (letter,) = told.say(WEEKLY, *rows, language=person.language)
    return letter


@pytest.mark.parametrize("who", ["manager", "lead"])
@pytest.mark.parametrize("language", ["en", "ja"])
def test_mail_and_page_say_the_same(client, request, lead, full_week, who, language):
    person = request.getfixturevalue(who)
    person.language = language
    person.save()
    client.force_login(person)
    page = client.get(OWN)
    letter = mailed(person)
    assert page.context["subject"] == letter.subject
    assert page.context["parts"] == list(letter.parts)
    assert [one.path for one in letter.actions] == [OWN]
    for part in letter.parts:
        for line in (part.subject, *part.text, *(word for fact in part.facts for word in fact)):
            assert escape(line) in page.text
        assert all(f'href="{escape(action.path)}"' in page.text for action in part.actions[:1])
    assert ("リリース" in page.text) == (language == "ja")
    kinds = [part.subject for part in letter.parts]
    assert len(kinds) == 6, kinds


@pytest.mark.parametrize("who", ["member", "lead", "manager", "admin"])
def test_whoever_reads_the_dashboard_reads_it(client, request, lead, full_week, who):
    client.force_login(request.getfixturevalue(who))
    page = client.get(PAGE)
    assert page.status_code == 200 and page.context["week"].first == date(2026, 11, 9)
    assert all(client.get(part.actions[0].path).status_code == 200 for part in page.context["parts"])


def test_a_week_without_anything_says_so(client, lead, manager):
    client.force_login(manager)
    page = client.get(PAGE)
    assert "A quiet week" in page.text and not page.context["parts"]


@pytest.mark.parametrize(
    ("asked", "leads_to"),
    [
        ("2026-11-11", "2026-11-09/"),
        ("2026-11-15", "2026-11-09/"),
        ("2026-W46-1", "2026-11-09/"),
        ("2026-11-16", ""),
        ("2026-11-18", ""),
        ("9999-12-30", ""),
    ],
)
def test_any_day_leads_to_a_letter_that_there_is(client, manager, asked, leads_to):
    client.force_login(manager)
    answer = client.get(f"{PAGE}{asked}/")
    assert (answer.status_code, answer.url) == (302, PAGE + leads_to)


@pytest.mark.parametrize("asked", ["nonsense", "1999-12-27", "0001-01-01", "2026-02-30", "9999-12-31"])
def test_what_is_no_week_is_not_found(client, manager, asked):
    client.force_login(manager)
    assert client.get(f"{PAGE}{asked}/").status_code == 404


def test_letters_follow_each_other(client, lead, manager):
    factories.entry(lead, day=date(2026, 10, 28))
    client.force_login(manager)

    def around(address: str) -> list:
        page = client.get(address)
        return [page.context[name] and page.context[name].isoformat() for name in ("older", "newer")]

    assert around(PAGE) == around(OWN) == ["2026-11-02", None]
    assert f'href="{PAGE}2026-11-02/" rel="prev"' in client.get(OWN).text
    assert around(f"{PAGE}2026-11-02/") == ["2026-10-26", "2026-11-09"]
    assert around(f"{PAGE}2026-10-26/") == [None, "2026-11-02"], "nothing was logged before"


def test_the_week_is_over_on_the_readers_own_clock(client, manager, lead, monday):
    monday.move_to(datetime(2026, 11, 15, 16, tzinfo=UTC))
    client.force_login(manager)
    assert client.get(PAGE).context["week"].first == date(2026, 11, 2)
    manager.time_zone = "Asia/Tokyo"
    manager.save()
    assert client.get(PAGE).context["week"].first == date(2026, 11, 9)


def test_the_dashboard_leads_to_it(client, manager):
    client.force_login(manager)
    assert f'href="{PAGE}"' in client.get("/dashboard/").text
    assert f'href="{PAGE}"' not in client.get("/dashboard/toil/").text


def test_its_queries_do_not_grow_with_its_rows(client, lead, manager, full_week, django_assert_max_num_queries):
    with time_machine.travel(MONDAY - timedelta(days=3), tick=False):
        row = factories.future_map(lead, factories.plan("Half of releases"))
        (item,) = document_of(row).items
        CheckIn.note(item=item, day=date(2026, 10, 12), status="doubt", words="Nobody has time.", by=lead)
        factories.next_revision(row, lead, factories.plan("Another"), is_pivot=True)
    client.force_login(manager)
    client.get(OWN)
    kept.forget()
    with django_assert_max_num_queries(35) as few:
        assert len(client.get(OWN).context["parts"]) == 7
    fill(lead, 8)
    kept.forget()
    with django_assert_max_num_queries(len(few)):
        client.get(OWN)
