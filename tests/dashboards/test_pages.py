"""The pages beside the front page: their sums against sums done by hand, what they keep to themselves, their CSV."""

import csv
import io
import random
from datetime import date, time

import pytest
import time_machine

from apps.accounts.models import Member
from apps.dashboards import pages
from apps.dashboards.models import OpenDesk
from apps.dashboards.sheet import Unit
from apps.people.models import LadderStep, Rung, Subject
from apps.toil.models import Entry, StateChange
from apps.toil.models.state import State
from tests import factories, kept

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("november")]


@pytest.fixture
def team(lead):
    return [factories.member() for _each in range(3)]


def log(person, month: int, minutes: int, item=None, day: int = 10, **fields):
    return factories.entry(person, item=item, minutes=minutes, day=date(2026, month, day), **fields)


def sheet(client, page: str, section: str, query: str = ""):
    found = {key: each for key, each, _csv in client.get(f"/dashboard/{page}/{query}").context["sections"]}
    return found[section].sheet


def by_label(sheet) -> dict:
    return {row.label: row.cells for row in sheet.rows}


def month(number: int) -> date:
    return date(2026, number, 1)


def figure(client, page: str, label: str):
    return next(each for each in client.get(f"/dashboard/{page}/").context["figures"] if each.label == label)


def read_csv(client, page: str, section: str, query: str = "") -> list[list[str]]:
    answer = client.get(f"/dashboard/{page}/{section}.csv{query}")
    assert answer.status_code == 200 and answer["Content-Type"].startswith("text/csv")
    return list(csv.reader(io.StringIO(answer.getvalue().decode("utf-8-sig"))))


# ---- all of them ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", pages.BESIDE)
@pytest.mark.parametrize("who", ["member", "lead", "manager"])
def test_an_empty_page_says_why(client, request, name, who):
    client.force_login(request.getfixturevalue(who))
    page = client.get(f"/dashboard/{name}/")
    assert page.status_code == 200
    for _key, section, _csv in page.context["sections"]:
        assert section.sheet.rows or section.empty in page.text


@pytest.mark.parametrize("name", pages.BESIDE)
@pytest.mark.parametrize(
    "query",
    [
        "?period=own&since=2026-09&until=2026-02", "?period=own&since=1026-01&until=2026-02", "?period=own",
        "?period=own&since=2026-09&until=" + "9" * 10_000, "?period=" + "x" * 2_000, "?since=%00",
    ],
)  # fmt: skip
def test_months_that_can_not_be_read_are_said_so_and_the_page_stands(client, manager, name, query):
    client.force_login(manager)
    page = client.get(f"/dashboard/{name}/{query}")
    assert page.status_code == (422 if "period=own" in query else 200)
    assert page.context["period"].first == month(1).replace(year=2025, month=12)
    assert client.get(f"/dashboard/{name}/{next(iter(pages.BESIDE[name].sections))}.csv{query}").status_code == 200


def test_of_a_part_that_there_is_not_there_is_no_file(client, manager):
    client.force_login(manager)
    for address in ("toil/nothing.csv", "nothing/months.csv", "toil/front.csv"):
        assert client.get(f"/dashboard/{address}").status_code == 404


@pytest.mark.parametrize(("page", "section"), [(p, s) for p, one in pages.ALL.items() for s in one.sections])
def test_the_file_holds_every_row_of_the_part(client, manager, lead, team, page, section):
    for person in team:
        log(person, 10, 60, factories.item(), clock=time(9, 0))
    client.force_login(manager)
    rows = read_csv(client, page, section)
    assert len(set(map(len, rows))) == 1, "as many cells as the header has"
    if page != "front":
        assert len(rows) - 1 == len(sheet(client, page, section).rows)


def test_numbers_of_the_file_are_numbers_and_texts_no_formulas(client, manager, team):
    item = factories.item(name="=1+1")
    for person in team:
        log(person, 6, 300, item)
    client.force_login(manager)
    rows = read_csv(client, "toil", "items")
    assert rows[1][:2] == ["'=1+1", "900"]
    falling = read_csv(client, "toil", "falling", "?period=own&since=2026-04&until=2026-09")
    assert falling[0][0] == "Toil item"


@pytest.mark.parametrize("name", pages.BESIDE)
def test_the_count_of_queries_does_not_grow(client, manager, lead, django_assert_max_num_queries, name):
    def grow(count: int) -> None:
        for _each in range(count):
            person, item = factories.member(), factories.item(stakeholder=factories.stakeholder())
            log(person, 10, 50, item)
            LadderStep.objects.create(
                person=person, item=item, rung=Rung.SOLO, day=date(2026, 9, 2), is_current=True,
                confirmed_at="2026-09-02 10:00Z", counts_from="2026-09-02 10:00Z",
            )  # fmt: skip

    client.force_login(manager)
    grow(3)
    client.get(f"/dashboard/{name}/")
    kept.forget()
    with django_assert_max_num_queries(40) as few:
        client.get(f"/dashboard/{name}/")
    grow(15)
    kept.forget()
    with django_assert_max_num_queries(len(few.captured_queries)):
        client.get(f"/dashboard/{name}/")
    kept.forget()
    assert len(few.captured_queries) <= 25


# ---- toil -----------------------------------------------------------------------------------------------


def test_sums_of_a_random_log_are_those_of_the_naive_count(client, manager, team):
    chance = random.Random(7)
    items, groups = [factories.item(area=area) for area in ("", "data", "process")], [None, factories.stakeholder()]
    for _each in range(60):
        log(
            chance.choice(team), chance.randint(1, 11), chance.randint(5, 400), chance.choice(items),
            day=chance.randint(1, 15), stakeholder=chance.choice(groups), clock=time(chance.randint(0, 23), 0),
        )  # fmt: skip
    client.force_login(manager)
    entries = list(Entry.objects.select_related("item", "stakeholder"))
    total = sum(entry.minutes for entry in entries)

    def naive(key) -> dict:
        sums: dict = {}
        for entry in entries:
            sums[key(entry)] = sums.get(key(entry), 0) + entry.minutes
        return sums

    by_month = by_label(sheet(client, "toil", "months"))
    assert {m: cells[0] for m, cells in by_month.items() if cells[0]} == naive(lambda e: e.day.replace(day=1))
    by_item = {row.label: row.cells[0] for row in sheet(client, "toil", "items").rows}
    assert by_item == naive(lambda e: e.item.label)
    by_group = {row.label: row.cells[0] for row in sheet(client, "toil", "stakeholders").rows}
    assert by_group == naive(lambda e: e.stakeholder.label if e.stakeholder else "Nobody in particular")
    assert sum(row.cells[0] for row in sheet(client, "toil", "areas").rows) == total
    kinds = sheet(client, "toil", "kinds")
    assert sum(cell for row in kinds.rows for cell in row.cells) == total
    hours = sheet(client, "toil", "hours")
    assert sum(cell for row in hours.rows for cell in row.cells) == total
    assert figure(client, "toil", "Toil in the period").value == f"{round(total / 60):,}"


def test_what_rises_and_what_falls_is_told_by_three_months_against_three(client, manager, team):
    up, down, steady, small = (factories.item(name=name) for name in ("Up", "Down", "Steady", "Small"))
    for number in (5, 6, 7):
        log(team[0], number, 100, up, day=7), log(team[0], number, 400, down), log(team[0], number, 600, steady)
    for number in (8, 9, 10):
        log(team[0], number, 300, up), log(team[0], number, 100, down), log(team[0], number, 670, steady)
        log(team[0], number, 50, small)
    client.force_login(manager)
    assert by_label(sheet(client, "toil", "rising")) == {"Up": (100, 300, 200, 2)}
    assert by_label(sheet(client, "toil", "falling")) == {"Down": (400, 100, -300, -0.75)}
    assert "−5 h" in client.get("/dashboard/toil/").text


def test_before_six_full_months_nothing_rises(client, manager, team):
    new, old = factories.item(name="New"), factories.item(name="Old")
    for number in (6, 7, 8, 9, 10):
        log(team[0], number, 300, old)
    log(team[0], 10, 600, new)
    client.force_login(manager)
    assert not sheet(client, "toil", "rising").rows
    assert "goes back less than six full months" in client.get("/dashboard/toil/").text
    assert figure(client, "toil", "Items that rise").value == ""
    rows = by_label(sheet(client, "toil", "items"))
    assert rows["New"][3:] == (600, None, None), "over the one month since its first entry"
    assert rows["Old"][3:] == (300, None, None)
    log(team[0], 5, 290, old, day=8)
    assert not sheet(client, "toil", "rising").rows, "begun in the second week, it is no month to compare with"
    log(team[0], 5, 10, old, day=7)
    assert by_label(sheet(client, "toil", "rising")) == {"New": (0, 600, 600, None)}


def test_what_is_summed_leads_to_its_rows_of_the_log(client, manager, team):
    kind = factories.category(name="Deploys")
    group = factories.stakeholder(name="App team")
    one = factories.item(name="Release", category=kind, area="process")
    log(team[0], 10, 60, one, stakeholder=group)
    log(team[1], 10, 30, factories.item(name="Odd", category=None, area=""), stakeholder=None)
    client.force_login(manager)
    of_log = {}
    for section, label in (
        ("stakeholders", "App team"), ("stakeholders", "Nobody in particular"), ("areas", "No area"), ("items", "Release"),
    ):  # fmt: skip
        row = next(row for row in sheet(client, "toil", section).rows if row.label == label)
        of_log[label] = client.get(row.address).context["sums"]["minutes"]
        assert of_log[label] == row.cells[0], label
    (area,) = (row for row in sheet(client, "toil", "areas").rows if row.label != "No area")
    assert client.get(area.address).context["sums"]["minutes"] == area.cells[0] == 60
    kinds = sheet(client, "toil", "kinds")
    for column, minutes in zip(kinds.columns, kinds.rows[-2].cells, strict=True):
        assert client.get(column.address).context["sums"]["minutes"] == minutes, column.label
    assert client.get(kinds.rows[-2].address).context["sums"]["minutes"] == 90


def test_a_month_that_is_not_over_says_so_in_the_file(client, manager, team):
    log(team[0], 10, 60), log(team[0], 11, 30)
    client.force_login(manager)
    header, *rows = read_csv(client, "toil", "months")
    assert header[-1] == "So far"
    assert [row[0] for row in rows if row[-1]] == ["2026-11"]
    header, *rows = read_csv(client, "toil", "months", "?period=own&since=2026-09&until=2026-10")
    assert "So far" not in header


def test_toil_is_set_against_the_working_time_of_those_who_logged(client, manager, lead, team):
    Member.objects.filter(pk=team[0].pk).update(weekly_capacity_minutes=1_200)
    for person in team:
        log(person, 10, 600)
    client.force_login(manager)
    rows = by_label(sheet(client, "toil", "capacity"))
    assert rows[month(10)][0] == pytest.approx(1_800 / ((1_200 + 2_400 + 2_400) * 31 / 7))
    assert len(sheet(client, "toil", "capacity").columns) == 1, "without their yes there is no line of the first SRE"
    OpenDesk.choose(lead, on=True)
    for day in (10, 11, 12):
        log(lead, 10, 1_000, day=day)
    rows = sheet(client, "toil", "capacity")
    assert [column.label for column in rows.columns] == ["Everybody", lead.short_name]
    assert by_label(rows)[month(10)][1] == pytest.approx(3_000 / (2_400 * 31 / 7))


@pytest.mark.parametrize("people", [1, 2])
def test_hours_and_working_time_of_fewer_than_three_are_not_told(client, manager, team, people):
    for person in team[:people]:
        log(person, 10, 600, clock=time(3, 0))
    client.force_login(manager)
    for section in ("capacity", "hours"):
        assert not sheet(client, "toil", section).rows
        assert len(read_csv(client, "toil", section)) == 1


def test_what_digging_saved_stands_beside_what_it_promised(client, manager, team):
    item = factories.item(name="Disk alarm", state=State.GONE, upkeep_minutes=20)
    for number in (4, 5, 6):
        log(team[0], number, 120, item)
    log(team[0], 9, 60, item)
    StateChange.objects.create(item=item, state=State.GONE, on=date(2026, 7, 2), reason="Alarm removed")
    client.force_login(manager)
    cells = by_label(sheet(client, "toil", "saved"))["Disk alarm"]
    # Three full months since: August, September, October.
    assert cells[2:] == (3 * 100, 3 * 120 - 60, 3 * 120 - 60 - 300)


# ---- load -----------------------------------------------------------------------------------------------


def test_hands_are_the_inverse_of_the_sum_of_squares_and_told_of_three_people_only(client, manager, lead, team):
    for person, minutes in zip(team, (100, 200, 300), strict=True):
        log(person, 9, minutes)
    for person in team[:2]:
        log(person, 10, 100)
    client.force_login(manager)
    rows = by_label(sheet(client, "load", "hands"))
    assert rows[month(9)] == (pytest.approx(600**2 / (100**2 + 200**2 + 300**2)), 3)
    assert rows[month(10)] == (None, None)


def test_one_desk_is_told_only_with_the_yes_of_the_first_sre(client, manager, lead, team):
    for person in team:
        log(person, 10, 100)
    log(lead, 10, 700)
    client.force_login(manager)
    assert not sheet(client, "load", "desk").rows and len(read_csv(client, "load", "desk")) == 1
    OpenDesk.choose(lead, on=True)
    assert by_label(sheet(client, "load", "desk"))[month(10)] == (0.7, 0.7)
    OpenDesk.choose(lead, on=False)
    page = client.get("/dashboard/load/")
    assert lead.short_name not in page.text.replace("Leads", "")


def test_coverage_is_the_share_of_what_two_people_could_do_at_the_end_of_the_month(client, manager, lead, team):
    shared, single = factories.item(name="Shared"), factories.item(name="Single")
    for person, day in ((team[0], date(2026, 1, 3)), (team[1], date(2026, 10, 20))):
        with time_machine.travel(day, tick=False):
            step = LadderStep.claim(person, Subject(item=shared), rung=Rung.SOLO, day=day)
            step.agree(lead)
    for number in (9, 10):
        log(team[0], number, 300, shared), log(team[0], number, 100, single), log(team[0], number, 100)
    client.force_login(manager)
    rows = by_label(sheet(client, "load", "coverage"))
    assert rows[month(9)] == (0, 300, 200, 0, 0)
    assert rows[month(10)] == (300, 0, 200, 0, 0.6)
    assert figure(client, "load", "Coverage").value == "60"


# ---- learning -------------------------------------------------------------------------------------------


def step(person, item, rung, day: date, lead) -> None:
    with time_machine.travel(day, tick=False):
        row = LadderStep.claim(person, Subject(item=item), rung=rung, day=day)
        if not row.counts:
            row.agree(lead)


def test_steps_up_are_counted_and_steps_down_are_not(client, manager, lead, team):
    item = factories.item()
    step(team[0], item, Rung.DRIVING, date(2026, 8, 3), lead)
    step(team[0], item, Rung.WATCHING, date(2026, 9, 3), lead)
    step(team[1], item, Rung.SOLO, date(2026, 9, 4), lead)
    client.force_login(manager)
    rows = by_label(sheet(client, "learning", "steps"))
    assert rows[month(8)] == (0, 0, 1, 0, 0, 1) and rows[month(9)] == (0, 0, 0, 1, 0, 1)
    assert [row.label for row in sheet(client, "learning", "moved").rows] == [p.short_name for p in (team[1], team[0])]


def test_steps_of_who_leaves_are_gone_with_them_and_come_back(client, manager, lead, team):
    """A process keeps what it counted of steps; nothing is forgotten by hand here."""
    LadderStep.claim(lead, Subject(item=factories.item()), rung=Rung.SOLO, day=date(2026, 10, 2))
    client.force_login(manager)

    def told():
        return [figure(client, "learning", label).value for label in ("Steps up the ladder", "People who moved")]

    assert told() == ["1", "1"]
    for is_here in (False, True):
        Member.objects.filter(pk=lead.pk).update(is_active=is_here)
        assert told() == (["1", "1"] if is_here else ["0", "0"])
    LadderStep.claim(lead, Subject(item=factories.item()), rung=Rung.SOLO, day=date(2026, 10, 3))
    assert told() == ["2", "1"]


def test_whoever_shows_their_steps_roughly_is_not_named(client, manager, lead, team):
    from apps.people.models import Roughly

    step(team[0], factories.item(), Rung.SOLO, date(2026, 9, 4), lead)
    Roughly.objects.create(person=team[0])
    client.force_login(manager)
    assert not sheet(client, "learning", "moved").rows
    assert all(team[0].short_name not in cell for row in read_csv(client, "learning", "moved") for cell in row)


def test_teams_of_fewer_than_three_are_told_together(client, manager, lead, team):
    Member.objects.filter(pk__in=[person.pk for person in team]).update(team="Development")
    Member.objects.filter(pk=lead.pk).update(team="Infrastructure")
    client.force_login(manager)
    rows = by_label(sheet(client, "learning", "teams"))
    assert rows == {"Development": (3, 0, 0)}, "the lead and the manager are two"
    factories.member()
    assert by_label(sheet(client, "learning", "teams"))["Smaller teams, and people without one"] == (3, 0, 0)


# ---- how it is written ----------------------------------------------------------------------------------


def test_every_column_says_what_its_numbers_are(client, manager, team):
    for person in team:
        log(person, 10, 90, factories.item())
    client.force_login(manager)
    for name in pages.BESIDE:
        for _key, section, _csv in client.get(f"/dashboard/{name}/").context["sections"]:
            assert section.help
            for column in section.sheet.columns:
                assert column.label and isinstance(column.unit, Unit)
