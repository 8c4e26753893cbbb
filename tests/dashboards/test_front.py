"""The dashboard's front page: its figures against sums done by hand, whose share it shows, and what it refuses."""

import re
from datetime import date, timedelta

import pytest
import time_machine

from apps.dashboards import sql
from apps.dashboards.load import Carried, Desk
from apps.dashboards.models import OpenDesk
from apps.dashboards.period import Period
from apps.gatherings.models import Attendance, Participant
from apps.people.models import LadderStep, Rung, Subject
from tests import factories, kept

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("november")]
PAGE = "/dashboard/"
YEAR = Period(date(2026, 1, 1), date(2026, 12, 1))


@pytest.fixture
def team(lead):
    """Three people besides the lead."""
    return [factories.member() for _each in range(3)]


def log(person, month: int, minutes: int, item=None, day: int = 10):
    factories.entry(person, item=item, minutes=minutes, day=date(2026, month, day))


def figure(client, label: str):
    return next(each for each in client.get(PAGE).context["figures"] if each.label == label)


# ---- who may be shown -----------------------------------------------------------------------------------


@pytest.mark.parametrize("who", ["member", "lead", "manager"])
def test_everybody_reads_it(client, request, lead, who):
    client.force_login(request.getfixturevalue(who))
    page = client.get(PAGE)
    assert page.status_code == 200 and "Not enough to say" in page.text


def test_the_share_of_the_first_sre_is_shown_only_with_their_yes(client, lead, manager, team):
    for month in (9, 10):
        log(lead, month, 300)
        for person in team:
            log(person, month, 100)
    client.force_login(manager)
    page = client.get(PAGE)
    assert not page.context["scaling"].is_split and lead.short_name not in page.text
    assert all(row.own is None for row in page.context["scaling"].rows)
    client.post("/dashboard/desk/", {"on": "1"})
    assert not OpenDesk.objects.exists(), "nobody else says it for them"
    client.force_login(lead)
    for _twice in range(2):
        client.post("/dashboard/desk/", {"on": "1"})
    client.force_login(manager)
    page = client.get(PAGE)
    assert page.context["scaling"].is_split and f"{lead.short_name}, 5 h" in page.text
    assert figure(client, "Toil on the first SRE").value == "50"
    client.force_login(lead)
    client.post("/dashboard/desk/", {"on": "0"})
    assert not client.get(PAGE).context["scaling"].is_split


def test_fewer_than_three_others_are_no_group_to_show(client, lead, manager, team):
    OpenDesk.choose(lead, on=True)
    for month in (9, 10):
        log(lead, month, 300)
        for person in team[:2]:
            log(person, month, 100)
    client.force_login(manager)
    page = client.get(PAGE)
    assert not page.context["scaling"].is_split
    assert [row.own for row in page.context["scaling"].rows] == [None, None, None]
    client.force_login(lead)
    assert "once three others have logged toil" in client.get(PAGE).text


def test_effective_hands_need_three_people(client, lead, manager, team):
    log(lead, 10, 200)
    log(team[0], 10, 200)
    client.force_login(manager)
    assert figure(client, "Effective hands").value == ""
    log(team[1], 10, 200)
    assert figure(client, "Effective hands").value == "3.0"


def test_ninety_days_are_not_set_against_a_month(client, lead, manager, team):
    OpenDesk.choose(lead, on=True)
    for person in team:
        for month in (8, 9, 10):
            log(person, month, 100)
    for month, minutes in ((8, 900), (9, 700), (10, 300)):
        log(lead, month, minutes)
    client.force_login(manager)
    found = client.get(f"{PAGE}?period=quarter").context["figures"][0]
    assert (found.value, found.note, found.tone) == ("62", "50 % in October 2026", ""), "one month shows no way"
    found = figure(client, "Toil on the first SRE")
    assert (found.note, found.tone) == ("75 % in August 2026, 50 % in October 2026", "up")


def test_the_first_sre_is_the_lead_who_joined_first(lead):
    later = factories.lead(email="later@example.com")
    assert Desk.of_first_sre().is_of(lead)
    type(lead).objects.filter(pk=later.pk).update(joined_at=None, created_at="2020-01-01T00:00Z")
    assert Desk.of_first_sre().is_of(lead), "who has not come yet is not first"
    lead.is_active = False
    lead.save()
    assert Desk.of_first_sre().is_of(later)


# ---- figures --------------------------------------------------------------------------------------------


def test_toil_in_all_is_that_of_the_last_full_month(client, lead, manager):
    log(lead, 1, 600)
    log(lead, 10, 120)
    log(lead, 11, 999)
    client.force_login(manager)
    found = figure(client, "Toil in all")
    assert (found.value, found.tone) == ("2", "up")
    assert "10 h in January 2026" in found.note


def test_items_that_one_person_at_most_can_do(client, lead, member, manager):
    alone, shared, gone = (factories.item() for _each in range(3))
    for item, people in ((alone, [lead]), (shared, [lead, member])):
        for person in people:
            step = LadderStep.claim(person, Subject(item=item), rung=Rung.SOLO, day=date(2026, 11, 2))
            step.agree(lead)
    type(gone).objects.filter(pk=gone.pk).update(state="gone")
    client.force_login(manager)
    found = figure(client, "Toil only one person can do")
    assert (found.value, found.unit, found.tone) == ("1", "of 2 items", "up")
    assert "2 of them" in found.note


def test_came_counts_each_person_once_and_of_those_who_take_part(client, lead, manager, team):
    gone = factories.member(is_active=False)
    for back, cancelled in ((-3, False), (-10, False), (-5, True), (-40, False)):
        row = factories.gathering(lead, first_day=date(2026, 11, 16) + timedelta(days=back))
        meeting = row.meetings.get()
        for person in (lead, *team, gone):
            Participant.join(row, person)
        Attendance.list_people(meeting, lead, {person.pk: "" for person in (lead, team[0], gone)}, [])
        Attendance.list_guests(meeting, lead, ["A guest"], [])
        if cancelled or back == -40:
            Attendance.list_people(meeting, lead, {team[1].pk: ""}, [])
        if cancelled:
            meeting.cancel(lead)
    client.force_login(manager)
    found = figure(client, "Came to a session")
    assert (found.value, found.unit, found.note) == ("2", "people", "18 Oct to 16 November 2026, of 4 who take part")
    Attendance.objects.filter(member=team[0]).update(removed_at=meeting.starts_at, role="")
    assert figure(client, "Came to a session").value == "1", "who took it away was not there"


@pytest.mark.parametrize("is_open", [True, False])
def test_each_figure_leads_to_its_rows(client, lead, manager, team, is_open):
    OpenDesk.choose(lead, on=is_open)
    for month in (9, 10):
        for person in (lead, *team):
            log(person, month, 60)
    client.force_login(manager)
    first, *rest = client.get(PAGE).context["figures"]
    assert all(client.get(each.address).status_code == 200 for each in (first, *rest))
    shown = [client.get(each.address).context["sums"] for each in (first, rest[0])]
    assert [each["n"] for each in shown] == [2 if is_open else 8, 4], "of the lead or of all, and of October"


def test_loads_are_sums_by_month(lead, member):
    log(lead, 9, 30)
    log(lead, 9, 30)
    log(member, 9, 40)
    (load,) = sql.loads(date(2026, 1, 1), date(2026, 12, 1), lead.pk).values()
    assert (load.minutes, load.own, load.others, load.people) == (100, 60, 40, 2)
    assert load.hands == pytest.approx(1 / (0.6**2 + 0.4**2))


def test_the_last_ninety_days_begin_within_a_month(lead):
    today = date(2026, 11, 16)
    for days, minutes in ((0, 1), (89, 2), (90, 4), (91, 8)):
        factories.entry(lead, minutes=minutes, day=today - timedelta(days=days))
    load = sql.load_between(today - timedelta(days=89), today, lead.pk)
    assert load and load.minutes == 1 + 2


def test_a_straight_line_goes_on_and_never_below_nothing(lead):
    def ahead(period=YEAR):
        return [round(each) for each in Carried(Desk.of_first_sre(), period, date(2026, 11, 16)).ahead("minutes")]

    for month, minutes in ((10, 150), (9, 250), (8, 350)):
        log(lead, month, minutes)
    assert ahead() == [], "three months are too few"
    for month, minutes in ((7, 450), (6, 550), (5, 650)):
        log(lead, month, minutes)
    assert ahead() == [50, 0]
    assert ahead(Period(date(2026, 5, 1), date(2026, 10, 1))) == [], "nothing is to come of a period that is over"


def test_a_line_goes_on_from_the_last_month_in_which_anything_was_logged(lead):
    for month, minutes in ((6, 600), (7, 500), (8, 400), (9, 300)):
        log(lead, month, minutes)
    carried = Carried(Desk.of_first_sre(), YEAR, date(2026, 11, 16))
    assert carried.drawn[-1] == date(2026, 9, 1)
    assert [round(each) for each in carried.ahead("minutes")] == [200, 100, 0], "October, November, December"


def test_a_period_that_is_over_leads_to_its_own_rows_and_field(client, lead, manager, team):
    OpenDesk.choose(lead, on=True)
    item = factories.item()
    LadderStep.claim(lead, Subject(item=item), rung=Rung.SOLO, day=date(2026, 9, 1))
    for month in (3, 4, 5, 6, 7, 8, 9):
        for person in (lead, *team):
            log(person, month, 60, item)
    client.force_login(manager)
    context = client.get(f"{PAGE}?period=own&since=2026-03&until=2026-08").context
    assert "since=2026-06-03&until=2026-08-31" in context["figures"][0].address, "ninety days"
    assert not context["field"].people, "nobody had taken a step by then"
    LadderStep.claim(team[0], Subject(item=item), rung=Rung.SOLO, day=date(2026, 9, 2))
    LadderStep.objects.get(person=team[0]).agree(lead)
    assert figure(client, "Toil only one person can do").value == "0"
    context = client.get(f"{PAGE}?period=own&since=2026-03&until=2026-08").context
    assert context["figures"][2].value == "1", "as it was then"
    assert "Today</a>" not in client.get(f"{PAGE}?period=own&since=2026-03&until=2026-08").text


def test_a_quarter_is_drawn_with_the_one_before_it(client, lead, manager):
    for month in (7, 8, 9, 10):
        log(lead, month, 60)
    client.force_login(manager)
    context = client.get(f"{PAGE}?period=quarter").context
    assert [row.month.month for row in context["scaling"].rows] == [7, 8, 9, 10, 11]
    assert "Drawn together with as many months before" in client.get(f"{PAGE}?period=quarter").text
    assert len(context["kinds"].sheet.rows) == 2, "its own months"


def test_the_table_below_the_chart_holds_what_the_chart_draws(client, lead, manager):
    for month in (7, 8, 9):
        log(lead, month, 60)
    client.force_login(manager)
    with time_machine.travel("2026-10-02 09:00Z", tick=False):
        context = client.get(f"{PAGE}?period=quarter").context
    assert [row.label.month for row in context["scaling_table"].sheet.rows] == [7, 8, 9, 10]


def test_gatherings_lead_to_those_of_their_days(client, lead, manager, team):
    for month, day in ((3, 5), (10, 20), (10, 27)):
        with time_machine.travel(date(2026, month, 1), tick=False):
            row = factories.gathering(lead, first_day=date(2026, month, day))
        Attendance.objects.create(meeting=row.meetings.get(), member=lead)
    client.force_login(manager)
    (came,) = client.get(PAGE).context["came"].sheet.rows
    assert came.cells[0] == 3 and len(client.get(came.address).context["earlier"]) == 3
    assert len(client.get(figure(client, "Came to a session").address).context["earlier"]) == 2
    march = client.get(f"{PAGE}?period=own&since=2026-03&until=2026-03").context["came"].sheet.rows[0].address
    page = client.get(march)
    assert len(page.context["earlier"]) == 1 and "All that were" in page.text
    for days in ("since=x&until=2026-02-30", "since=2030-01-01", "until=1999-01-01"):
        assert client.get(f"/gatherings/?all=earlier&{days}").status_code == 200


# ---- the page -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("query", "first", "last", "status"),
    [
        ("", "2025-12", "2026-11", 200),
        ("?period=quarter", "2026-10", "2026-12", 200),
        ("?period=own&since=2026-02&until=2026-04", "2026-02", "2026-04", 200),
        ("?period=own&since=2026-04&until=2026-02", "2025-12", "2026-11", 422),
        ("?period=own&since=0001-01&until=9999-12", "2025-12", "2026-11", 422),
        ("?period=own", "2025-12", "2026-11", 422),
        ("?period=nonsense&at=nonsense", "2025-12", "2026-11", 200),
    ],
)
def test_the_months_are_chosen_by_the_address(client, manager, lead, query, first, last, status):
    client.force_login(manager)
    page = client.get(PAGE + query)
    period = page.context["period"]
    assert (f"{period.first:%Y-%m}", f"{period.last:%Y-%m}", page.status_code) == (first, last, status)


def test_months_in_the_wrong_order_are_told_beside_the_field(client, manager):
    client.force_login(manager)
    assert "This is before the first month." in client.get(f"{PAGE}?period=own&since=2026-04&until=2026-02").text


def test_its_year_is_that_of_the_map_with_its_pivots(client, lead, manager):
    row = factories.future_map(lead, factories.plan())
    factories.next_revision(row, lead, factories.plan("Another goal"), is_pivot=True)
    for month in (9, 10):
        log(lead, month, 300)
    client.force_login(manager)
    page = client.get(PAGE)
    assert page.context["period"] == Period(date(2026, 4, 1), date(2027, 3, 1))
    assert (
        page.text.count("From hiring to growing") == 4
    )  # in two drawings of the chart, below the narrow one, and below the map
    assert "Another goal" in page.text


@pytest.mark.parametrize("language", ["en", "ja"])
@pytest.mark.parametrize("months", [[], [10], [9, 10], list(range(1, 12))])
def test_it_opens_with_any_number_of_months(client, lead, manager, team, language, months):
    OpenDesk.choose(lead, on=True)
    manager.language = language
    manager.save()
    category = factories.category()
    for month in months:
        for person in (lead, *team):
            log(person, month, 1_440 if month == 9 else 1, factories.item(category=category), day=1)
    client.force_login(manager)
    for query in ("", "?period=quarter", "?period=own&since=2026-02&until=2026-02"):
        assert client.get(PAGE + query).status_code == 200


def test_its_queries_do_not_grow_with_its_rows(client, lead, manager, team, django_assert_max_num_queries):
    def more(count: int):
        for _each in range(count):
            item = factories.item(category=factories.category())
            for month in (8, 9, 10):
                for person in (lead, *team):
                    log(person, month, 30, item)
            LadderStep.claim(lead, Subject(item=item), rung=Rung.SOLO, day=date(2026, 9, 1))

    OpenDesk.choose(lead, on=True)
    client.force_login(manager)
    more(2)
    client.get(PAGE)
    kept.forget()
    with django_assert_max_num_queries(33) as few:
        client.get(PAGE)
    more(8)
    kept.forget()
    with django_assert_max_num_queries(len(few)):
        client.get(PAGE)


# ---- the field at any day -------------------------------------------------------------------------------


def test_the_field_is_looked_at_on_any_day_of_the_months(client, lead, manager, team):
    item = factories.item()
    log(team[0], 10, 60, item)
    for day, rung in ((date(2026, 3, 3), Rung.DRIVING), (date(2026, 6, 3), Rung.SOLO)):
        with time_machine.travel(day, tick=False):
            step = LadderStep.claim(team[0], Subject(item=item), rung=rung, day=day)
            step.agree(lead)
    client.force_login(manager)
    for day, rung in (("2026-03-02", None), ("2026-03-03", Rung.DRIVING), ("2026-06-04", Rung.SOLO)):
        page = client.get(PAGE, {"at": "own", "day": day})
        cells = page.context["field"].rows[0].cells
        assert page.status_code == 200 and ([cell.rung for cell in cells] == [rung] if rung else cells == ())


@pytest.mark.parametrize("day", ["2019-01-01", "2026-12-24", "x", "", "9" * 5_000])
def test_a_day_that_is_none_of_them_is_said_so_beside_the_field(client, manager, day):
    client.force_login(manager)
    page = client.get(PAGE, {"at": "own", "day": day})
    assert page.status_code == 422 and page.context["day_form"].errors["day"] and page.context["at"] == "now"


def test_where_only_one_other_logged_in_a_month_nobody_is_told_apart(client, lead, manager, team):
    OpenDesk.choose(lead, on=True)
    for month in (8, 9, 10):
        log(lead, month, 300)
        for person in team:
            log(person, month, 100)
    client.force_login(manager)
    assert client.get(PAGE).context["is_split"]
    log(lead, 7, 300)
    log(team[0], 7, 100)
    page = client.get(PAGE)
    assert not page.context["is_split"] and all(row.own is None for row in page.context["scaling"].rows)


def test_a_pivot_of_the_front_page_leads_to_its_reason(client, lead, manager):
    row = factories.future_map(lead, factories.plan())
    factories.next_revision(row, lead, factories.plan(title="Grow, not hire"))
    client.force_login(manager)
    page = client.get(PAGE)
    (address,) = re.findall(r'href="(/map/2026-04/\d+/)" dir="auto">', page.text)
    assert client.get(address).status_code == 200
