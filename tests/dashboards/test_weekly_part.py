"""What the weekly letter says: what changed, three figures, and one thing to look at; and what it keeps to itself."""

from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from django.utils import translation

from apps.dashboards.models import OpenDesk
from apps.gatherings.models import Attendance
from apps.people.models import LadderStep, Roughly, Rung, Subject
from apps.reminders.weekly import Week, said_of
from apps.roadmap.models import CheckIn
from apps.roadmap.models.revision import document_of
from apps.toil.models import State
from apps.toil.models.state import change_state
from tests import factories

pytestmark = pytest.mark.django_db
WEEK = Week(date(2026, 11, 9))
MONDAY = datetime(2026, 11, 16, 9, tzinfo=UTC)
IN_IT = datetime(2026, 11, 11, 9, tzinfo=UTC)


@pytest.fixture(autouse=True)
def monday():
    with time_machine.travel(MONDAY, tick=False):
        yield


@pytest.fixture
def team(lead):
    """Three people besides the lead."""
    return [factories.member(display_name=f"Person {n}") for n in range(3)]


def log(person, day: int, minutes: int, month: int = 11, item=None):
    factories.entry(person, item=item, minutes=minutes, day=date(2026, month, day))


def says(reader, week=WEEK) -> list[str]:
    """Everything that the letter says, line by line."""
    lines = []
    for part in said_of(reader, week):
        lines += [part.subject, *part.text, *(f"{label}: {value}" for label, value in part.facts)]
    return lines


def part(reader, beginning: str):
    return next((one for one in said_of(reader, WEEK) if one.subject.startswith(beginning)), None)


def stand(person, rung, item, at=IN_IT):
    with time_machine.travel(at, tick=False):
        step = LadderStep.claim(person, Subject(item=item), rung=rung, day=at.date())
        if not step.counts:
            step.agree(factories.Member.objects.get(email="aoi@example.com"))
    return step


# ---- toil -------------------------------------------------------------------------------------------


def test_a_week_in_which_nothing_happened_says_nothing(lead, manager):
    item = factories.item()
    for month in (8, 9, 10):
        log(lead, 1, 600, month, item)
    log(lead, 8, 60)
    log(lead, 16, 60)
    assert said_of(manager, WEEK) == [], "no figures and nothing to look at without news"


@pytest.mark.parametrize(
    ("before", "words"),
    [
        (0, "Nothing was logged in the week before."),
        (60, "1 h more than in the week before."),
        (180, "1 h less than in the week before."),
        (120, "As much as in the week before."),
    ],
)
def test_it_compares_the_week_with_the_one_before(lead, manager, before, words):
    log(lead, 9, 100)
    log(lead, 15, 20)
    if before:
        log(lead, 8, before)
    first = said_of(manager, WEEK)[0]
    assert first.subject == "Toil: 2 h in the week"
    assert first.text == (words,), "one week is no mean"
    assert first.actions[0].path == "/toil/?since=2026-11-09&until=2026-11-15"


@pytest.mark.parametrize(
    ("now", "words"),
    [
        (70, "10 min more than the mean of the 4 weeks before, 1 h."),
        (30, "30 min less than the mean of the 4 weeks before, 1 h."),
        (60, "As much as the mean of the 4 weeks before, 1 h."),
    ],
)
def test_and_with_the_mean_of_the_four_before(lead, manager, now, words):
    log(lead, 11, now)
    for month, day, minutes in ((10, 12, 60), (10, 25, 60), (11, 1, 120), (10, 11, 999)):
        log(lead, day, minutes, month)
    assert said_of(manager, WEEK)[0].text[1] == words, "a week without any counts"


def test_a_log_that_is_young_has_a_mean_of_the_weeks_it_has(lead, manager):
    log(lead, 11, 60)
    log(lead, 3, 60)
    log(lead, 29, 30, 10)
    assert said_of(manager, WEEK)[0].text[1] == "15 min more than the mean of the 2 weeks before, 45 min."


# ---- people, gatherings, the map, what is gone --------------------------------------------------------


def test_who_took_a_step_up_is_named(lead, manager, team):
    item, other = factories.item(name="Manual release"), factories.item(name="Data fix")
    up, twice, down = team
    stand(up, Rung.DRIVING, item)
    stand(twice, Rung.WATCHING, item)
    stand(twice, Rung.NAVIGATING, item, IN_IT + timedelta(days=1))
    stand(down, Rung.SOLO, item, IN_IT - timedelta(days=7))
    stand(down, Rung.DRIVING, item)
    stand(lead, Rung.SOLO, other, MONDAY)
    assert part(manager, "2 steps").text == (
        "Person 0: “Driving” at “Manual release”.",
        "Person 1: “Navigating” at “Manual release”.",
    )


def test_a_step_that_nobody_agreed_to_or_that_is_shown_roughly_is_not_told(lead, manager, team):
    item = factories.item()
    waits, rough, asked = team
    with time_machine.travel(IN_IT, tick=False):
        LadderStep.claim(waits, Subject(item=item), rung=Rung.SOLO, day=IN_IT.date())
        LadderStep.propose(asked, Subject(item=item), lead, rung=Rung.SOLO, day=IN_IT.date())
        Roughly.choose(rough, on=True)
    stand(rough, Rung.SOLO, item)
    for reader in (manager, lead, rough):
        assert said_of(reader, WEEK) == []


def test_gatherings_say_how_many_came(lead, manager, team):
    with time_machine.travel(IN_IT - timedelta(days=7), tick=False):
        came, unnoted, off = (
            factories.gathering(lead, title=title, first_day=date(2026, 11, 12)).meetings.get()
            for title in ("Release together", "Talks", "Never")
        )
        off.cancel(lead)
    Attendance.list_people(came, lead, {person.pk: "" for person in team}, [])
    Attendance.take_away(came, team[0])
    Attendance.list_guests(came, lead, ["A guest"], [])
    found = part(manager, "2 gatherings were held")
    assert found.text == ("“Release together”: 3 people came.", "“Talks”: nobody noted who came.")
    assert all(person.short_name not in str(found) for person in team)
    off.gathering.delete()
    unnoted.gathering.delete()
    alone = part(manager, "1 gathering was held")
    assert alone.actions[0].path == f"/gatherings/{came.gathering_id}/1/"


def test_toil_that_is_gone_is_told_with_its_reason(lead, manager):
    one, other, taken_up = (factories.item(name=name) for name in ("Manual release", "Old report", "Data fix"))
    change_state(one, State.GONE, lead, reason="It runs\nby itself.", on=date(2026, 11, 9))
    change_state(other, State.GONE, lead, reason="Nobody asks.", on=date(2026, 11, 16))
    change_state(taken_up, State.ACCEPTED, lead, reason="Too rare.", on=date(2026, 11, 10))
    found = part(manager, "1 item is gone")
    assert found.text == ("“Manual release”: It runs by itself.",)
    assert found.actions[0].path == f"/toil/items/{one.pk}/"


def test_of_many_it_names_five(lead, manager):
    for n in range(7):
        change_state(factories.item(name=f"Item {n}"), State.GONE, lead, reason="Done.", on=date(2026, 11, 10))
    found = part(manager, "7 items are gone")
    assert len(found.text) == 6 and found.text[-1] == "And 2 more of them."
    assert found.actions[0].path == "/toil/items/?state=gone"


def test_a_pivot_is_told_with_its_reason_before_the_figures(lead, manager):
    with time_machine.travel(IN_IT, tick=False):
        row = factories.future_map(lead, factories.plan())
        factories.next_revision(row, lead, factories.plan("Another goal"), is_pivot=True)
    found = said_of(manager, WEEK)
    assert [one.subject for one in found] == ["The map turned", "Where we stand"]
    assert any("no offer was accepted" in line for line in found[0].text)


# ---- three figures ------------------------------------------------------------------------------------


def figures(reader, week=WEEK) -> dict[str, str]:
    return dict(next(one for one in said_of(reader, week) if one.subject == "Where we stand").facts)


def test_the_share_of_the_first_sre_is_in_it_only_with_their_yes(lead, manager, team):
    for person, minutes in ((lead, 300), *((one, 100) for one in team)):
        log(person, 5, minutes, 10)
        log(person, 10, minutes)
    assert list(figures(manager)) == ["Effective hands", "Toil in all", "Toil only one person can do"]
    OpenDesk.choose(lead, on=True)
    assert figures(manager)["Toil on the first SRE"] == "50 % in 90 days (50 % in October 2026)"
    assert figures(manager)["Toil in all"] == "10 h in October"
    assert all(lead.short_name not in line for line in says(manager))


def test_of_fewer_than_three_people_no_figure_reveals_one(lead, manager, team):
    OpenDesk.choose(lead, on=True)
    item = factories.item(name="Manual release")
    for person, minutes in ((lead, 300), (team[0], 100)):
        log(person, 5, minutes, 10, item)
        log(person, 10, minutes, item=item)
    found = figures(manager)
    assert "Toil on the first SRE" not in found and found["Effective hands"].startswith("Not enough to say")
    look = part(manager, "To look at")
    assert look.text == ("It costs 6 h 40 min a month, more than any other toil.",), "no share of one person"


def test_an_earlier_letter_says_what_it_said(lead, manager, team):
    item = factories.item(name="Manual release")
    for month in (8, 9, 10):
        for person in (lead, *team):
            log(person, 10, 600 if person == lead else 60, month, item)
    log(lead, 10, 60, item=item)
    stand(lead, Rung.SOLO, item, IN_IT - timedelta(days=30))
    said = says(manager)
    with time_machine.travel(MONDAY + timedelta(days=60), tick=False):
        for month in (11, 12):
            for person in team:
                log(person, 20, 900, month, item)
        change_state(item, State.GONE, lead, reason="It runs by itself.")
        stand(team[0], Rung.SOLO, item, MONDAY + timedelta(days=50))
        assert says(manager) == said
    assert "Toil only one person can do: 1 of 1 items (1 of them on 1 August 2026)" in said


# ---- one thing to look at -----------------------------------------------------------------------------


def test_one_thing_to_look_at_with_why_and_where(lead, manager, team):
    item, light = factories.item(name="Manual release"), factories.item(name="Data fix")
    for month in (8, 9, 10):
        for person in (lead, *team):
            log(person, 10, 600 if person == lead else 60, month, item)
            log(person, 11, 30, month, light)
    log(lead, 10, 60)
    look = part(manager, "To look at")
    assert look.subject == "To look at: “Manual release”"
    assert look.text == ("It costs 13 h a month, and 77 percent of it lies on one person.",)
    assert look.actions[0].path == f"/toil/items/{item.pk}/"
    assert lead.short_name not in str(look)


def test_a_goal_that_somebody_came_to_doubt_comes_first(lead, manager):
    with time_machine.travel(IN_IT - timedelta(days=20), tick=False):
        row = factories.future_map(lead, factories.plan("Half of releases"), factories.plan("Another"))
    days = {"Half of releases": date(2026, 11, 12), "Another": date(2026, 11, 2)}
    for item in document_of(row).items.values():
        CheckIn.note(item=item.id, day=days[item.title], status="doubt", words="Nobody has time.", by=lead)
    log(lead, 10, 60)
    look = part(manager, "To look at")
    assert look.subject == "To look at: “Half of releases” is in doubt" and look.text == ("Nobody has time.",)
    assert look.actions[0].path.startswith("/map/")


# ---- languages ----------------------------------------------------------------------------------------


def test_it_speaks_the_readers_language(lead, manager, team):
    item = factories.item(name="Manual release", name_ja="手動リリース")
    for month in (8, 9, 10):
        log(lead, 10, 600, month, item)
    log(lead, 10, 60, item=item)
    change_state(factories.item(), State.GONE, lead, reason="済み", on=date(2026, 11, 10))
    stand(team[0], Rung.DRIVING, item)
    with translation.override("ja"):
        said = "".join(says(manager))
    assert "手動リリース" in said and "運転" in said
