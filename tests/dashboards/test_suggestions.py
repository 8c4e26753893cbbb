"""What the dashboard asks the lead for next: which, in which order, why with its numbers, and where it is done."""

from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine

from apps.dashboards.models import OpenDesk
from apps.gatherings.models import Dismissal
from apps.people.models import Interest, Keen, LadderStep, Rung, Subject, Topic
from apps.roadmap.document import LaneKind
from apps.roadmap.models import CheckIn
from apps.roadmap.models.revision import document_of
from apps.toil.models import State
from apps.toil.models.state import change_state
from tests import factories, kept

pytestmark = pytest.mark.django_db
PAGE = "/dashboard/"
NOW = datetime(2026, 11, 16, 9, tzinfo=UTC)
TODAY = NOW.date()


@pytest.fixture(autouse=True)
def november():
    with time_machine.travel(NOW, tick=False):
        yield


def shown(client, reader, query=""):
    kept.forget()
    client.force_login(reader)
    return client.get(PAGE + query).context["suggestions"]


def only(client, reader):
    (one,) = shown(client, reader)
    return one


@pytest.fixture
def mob(lead):
    """An item of two hours a month, three quarters of them on one desk, and two people below solo."""
    item = factories.item(name="Manual release")
    people = [factories.member(given_name=name) for name in ("Kenta", "Mei")]
    for person, minutes in ((lead, 90), (people[0], 30)):
        factories.entry(person, item=item, minutes=minutes, day=date(2026, 10, 20))
    for person in people:
        step = LadderStep.claim(person, Subject(item=item), rung=Rung.NAVIGATING, day=date(2026, 11, 2))
        step.agree(lead)
    return item


@pytest.fixture
def terraform(lead):
    topic = Topic.named("Terraform", lead)
    for name in ("Ryo", "Yui", "Sakura"):
        Interest.say(factories.member(given_name=name), topic, keen=Keen.KEEN, wants=["read"])
    return topic


def goal(lead, title="Half of releases", when=("2026-10-05", "2026-12-20"), **fields):
    row = factories.future_map(lead, factories.plan(title, when=when, **fields))
    (item,) = document_of(row).items.values()
    return item


def say(item, lead, status, days_ago, words="We wait for the budget."):
    CheckIn.note(item=item.id, day=TODAY - timedelta(days=days_ago), status=status, words=words, by=lead)


@pytest.fixture
def due(lead):
    return factories.decision(lead, review_on=TODAY - timedelta(days=12))


# ---- each kind --------------------------------------------------------------------------------------


def test_the_next_best_mob_with_its_three_factors(client, lead, mob):
    one = only(client, lead)
    assert one.title == "Mob on “Manual release” with Kenta, Mei"
    assert one.factors == (
        ("monthly cost", "2 h"), ("on the busiest desk", "75 %"), ("1 + people below solo", "3"),
    )  # fmt: skip
    page = client.get(one.address)
    assert page.status_code == 200 and [person.given_name for person in page.context["to_invite"]] == ["Kenta", "Mei"]
    text = client.get(PAGE).text
    assert "monthly cost <b>2 h</b> × on the busiest desk <b>75 %</b> × 1 + people below solo <b>3</b>" in text


def test_no_mob_that_is_planned_put_away_or_of_what_is_gone(client, lead, mob):
    row = factories.gathering(lead, item=mob)
    assert not shown(client, lead)
    row.meetings.get().cancel(lead)
    assert shown(client, lead)
    Dismissal.put_away(lead, f"mob-{mob.pk}")
    assert not shown(client, lead)
    Dismissal.objects.all().delete()
    change_state(mob, State.GONE, lead, reason="It runs by itself.")
    assert not shown(client, lead)


def test_a_reading_circle_for_what_enough_are_keen_on(client, lead, terraform):
    one = only(client, lead)
    assert one.title == "3 people want Terraform" and one.factors == (("of them keen", "3"),)
    assert "Ryo, Yui, Sakura" in one.why
    assert client.get(one.address).status_code == 200 and "kind=reading" in one.address
    factories.gathering(lead, kind="reading", topic=terraform)
    assert not shown(client, lead)


def test_a_goal_that_somebody_doubts(client, lead):
    item = goal(lead)
    assert only(client, lead).why.startswith("Nobody said for 42 days"), "since it began"
    say(item, lead, "way", 3)
    assert only(client, lead).why == "It began 42 days ago, and is still a hunch."
    say(item, lead, "doubt", 2)
    one = only(client, lead)
    assert one.title == "A goal in doubt: “Half of releases”"
    assert one.why == "In doubt since Saturday 14 November: We wait for the budget."
    assert one.factors == (("how sure", "Hunch"), ("days without a check-in", "2"), ("days left", "34"))
    assert client.get(one.address).context["item"].id == item.id
    say(item, lead, "done", 1)
    assert not shown(client, lead)


def test_a_goal_whose_time_is_over(client, lead):
    goal(lead, when=("2026-08-01", "2026-11-10"), sure="firm")
    assert only(client, lead).why == "Its time ended 6 days ago, and nobody said how."


def test_a_firm_goal_that_somebody_spoke_of_lately_and_one_to_come_are_in_no_doubt(client, lead):
    say(goal(lead, sure="firm"), lead, "way", 20)
    row = factories.Map.objects.get()
    factories.next_revision(
        row, lead, factories.plan("Later", when=("2026-12-01", "2026-12-20")), factories.plan("Soil", LaneKind.SOIL)
    )
    assert not shown(client, lead)


def test_of_several_goals_the_one_that_is_most_in_doubt(client, lead):
    goal(lead, "Quiet")
    row = factories.Map.objects.get()
    factories.next_revision(row, lead, factories.plan("Doubted", when=("2026-11-01", "2027-01-20"), sure="firm"))
    row.refresh_from_db()
    doubted = next(one for one in document_of(row).items.values() if one.title == "Doubted")
    say(doubted, lead, "doubt", 1)
    assert "Doubted" in only(client, lead).title


def test_the_focus_that_is_to_be_looked_at_again(client, lead, due):
    one = only(client, lead)
    assert one.title == "Look again at our focus: “First, lower the load inside”"
    assert one.why == "It was to be looked at again on Wednesday 4 November, 12 days ago."
    assert client.get(one.address).status_code == 200
    due.look_again(lead, TODAY + timedelta(days=1), "It holds.")
    assert not shown(client, lead)
    due.look_again(lead, TODAY, "It holds.")
    assert only(client, lead).why == "It is to be looked at again today."


# ---- all of them --------------------------------------------------------------------------------------


def test_at_most_three_in_their_order(client, lead, mob, terraform, due):
    assert [one.action for one in shown(client, lead)] == ["Plan a mob", "Start a reading circle", "Look again"]
    goal(lead)
    assert [one.action for one in shown(client, lead)] == ["Plan a mob", "Start a reading circle", "Say how it goes"]
    text = client.get(PAGE).text
    assert text.index("figures--ruled") < text.index("What the figures ask for next") < text.index("scaling-title")


def test_only_leads_and_admins_are_asked(client, lead, admin, member, manager, mob, terraform):
    assert len(shown(client, lead)) == len(shown(client, admin)) == 2
    for reader in (member, manager):
        assert not shown(client, reader)
        assert "What the figures ask for next" not in client.get(PAGE).text


def test_there_is_no_box_where_nothing_is_asked_nor_beside_months_that_are_over(client, lead, mob):
    assert shown(client, lead)
    assert not shown(client, lead, "?period=own&since=2026-02&until=2026-04")
    mob.ladder_steps.all().delete()
    assert not shown(client, lead) and "What the figures ask for next" not in client.get(PAGE).text


@pytest.mark.parametrize("language", ["en", "ja"])
def test_what_is_asked_stands_in_the_page_of_each_language(client, lead, mob, terraform, due, language):
    lead.language = language
    lead.save()
    goal(lead)
    assert len(shown(client, lead)) == 3
    assert client.get(PAGE).text.count('class="asks__what"') == 3


def test_the_leads_page_asks_no_more_with_more_rows(client, lead, mob, terraform, due, django_assert_max_num_queries):
    def more(count: int):
        people = [factories.member() for _each in range(3)]
        for n in range(count):
            item, topic = factories.item(category=factories.category()), Topic.named(f"Topic {n} {count}", lead)
            for person in (lead, *people):
                for month in (8, 9, 10):
                    factories.entry(person, item=item, day=date(2026, month, 20))
                LadderStep.claim(person, Subject(item=item), rung=Rung.WATCHING, day=date(2026, 11, 2))
                Interest.say(person, topic, keen=Keen.KEEN, wants=["read"])

    goal(lead)
    factories.next_revision(factories.Map.objects.get(), lead, factories.plan("Another goal"), is_pivot=True)
    OpenDesk.choose(lead, on=True)
    client.force_login(lead)
    more(1)
    client.get(PAGE)
    with django_assert_max_num_queries(25) as few:
        assert len(client.get(PAGE).context["suggestions"]) == 3
    asked = len(few)
    more(6)
    client.get(PAGE)
    with django_assert_max_num_queries(asked):
        client.get(PAGE)
