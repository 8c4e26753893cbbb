"""Figures against sums done by hand: weeks, desks, shares, trends."""

from datetime import date, timedelta

import pytest
import time_machine

from apps.toil import figures, payback, sql
from apps.toil.models import State
from apps.toil.models.state import change_state
from tests import factories

pytestmark = pytest.mark.django_db
TODAY = date(2026, 3, 18)  # a Wednesday; the last three full months are December, January and February
FEBRUARY, JANUARY, DECEMBER = date(2026, 2, 10), date(2026, 1, 20), date(2025, 12, 28)


@pytest.fixture(autouse=True)
def _wednesday():
    with time_machine.travel("2026-03-18 09:00Z", tick=False):
        yield


def log(person, item, minutes: int, day: date = FEBRUARY, times: int = 1):
    for _n in range(times):
        factories.entry(person, item=item, minutes=minutes, day=day)


# ---- heavy, and on one desk ---------------------------------------------------------------------------


def test_ranks_by_minutes_a_month_times_the_share_of_the_busiest(member, lead, manager):
    costly, narrow, spread = (factories.item(name=name) for name in ("Costly", "Narrow", "Spread"))
    for item in (costly, narrow, spread):
        log(manager, item, 1, date(2025, 6, 1))  # none of them is new
    log(lead, costly, 300, times=2)  # 900 in three months, two thirds by one person: 300 × 0.667 = 200
    log(member, costly, 300)
    log(lead, narrow, 200, times=4)  # 267 a month, all by one person
    log(lead, spread, 250, times=2)  # 330 a month, hardly more than half by one: 167
    log(member, spread, 245, times=2)
    rows = figures.heavy_on_one_desk(TODAY)
    assert [(row.label, row.minutes, round(row.share, 3)) for row in rows] == [
        ("Narrow", 267, 1.0),
        ("Costly", 300, 0.667),
        ("Spread", 330, 0.505),
    ]


def test_names_nothing_that_less_than_half_hangs_on_one_person(member, lead, manager):
    item = factories.item()
    for person in (member, lead, manager):
        log(person, item, 100)
    assert figures.heavy_on_one_desk(TODAY) == []


def test_an_item_that_goes_leaves_the_ranking_at_once(lead):
    item = factories.item()
    log(lead, item, 100)
    assert [row.pk for row in figures.heavy_on_one_desk(TODAY)] == [item.pk]
    change_state(item, State.GONE, lead, reason="A job does it now")
    assert figures.heavy_on_one_desk(TODAY) == []


def test_shares_are_kept_for_a_minute_and_names_and_states_are_not(member, lead, django_assert_num_queries):
    item = factories.item(name="Data fix")
    log(lead, item, 60)
    with time_machine.travel("2026-03-18 09:00:00Z", tick=False):
        assert figures.heavy_on_one_desk(TODAY)[0].share == 1
        log(member, item, 30)
        type(item).objects.update(name="Data fixes")
        with django_assert_num_queries(1):
            (row,) = figures.heavy_on_one_desk(TODAY)
    assert (row.label, row.minutes, row.share) == ("Data fixes", 90, 1)
    figures.forget()
    assert round(figures.heavy_on_one_desk(TODAY)[0].share, 2) == 0.67


def test_the_busiest_share_counts_ninety_days_back_from_today(member, lead):
    item = factories.item()
    log(lead, item, 300, TODAY - timedelta(days=90))  # one day too old
    log(lead, item, 60, TODAY - timedelta(days=89))
    log(member, item, 20, TODAY)
    assert figures.busiest_shares([item.pk], TODAY) == {item.pk: 0.75}
    assert figures.busiest_shares([], TODAY) == {}


# ---- items ------------------------------------------------------------------------------------------


def rows_of(*items):
    return figures.item_rows([item.pk for item in items], figures.monthly_costs(TODAY), TODAY)


def test_a_row_shows_means_of_three_full_months_and_no_running_one(member):
    item = factories.item(category=None, stakeholder=None)
    log(member, item, 60, DECEMBER)
    log(member, item, 30, FEBRUARY, times=2)
    log(member, item, 500, TODAY)
    (row,) = rows_of(item)
    assert (row.cost.minutes, row.cost.times, row.cost.of) == (40, 1, 3)
    assert (row.category, row.stakeholder, row.state) == ("", "", State.OBSERVED)


@pytest.mark.parametrize(
    ("days", "minutes", "of"),
    [
        ([FEBRUARY], 60, 1),
        ([JANUARY], 30, 2),
        ([JANUARY, FEBRUARY], 60, 2),
        ([DECEMBER], 20, 3),
        ([date(2025, 6, 1), FEBRUARY], 20, 3),  # nothing in between, but not new
        ([TODAY], None, 0),
    ],
)
def test_a_new_item_is_judged_by_the_months_it_has(member, days, minutes, of):
    item = factories.item()
    for day in days:
        log(member, item, 60, day)
    on_its_page = payback.monthly_cost(figures.minutes_by_month(item), TODAY)
    for cost in (rows_of(item)[0].cost, on_its_page):
        assert (cost and (cost.minutes, cost.of)) == (minutes and (minutes, of))


def test_what_was_logged_and_taken_back_does_not_make_an_item_old(member):
    item = factories.item()
    factories.entry(member, item=item, day=date(2025, 6, 1)).remove()
    log(member, item, 60)
    assert rows_of(item)[0].cost.of == 1


@pytest.mark.parametrize(("times", "trend"), [((4, 4, 2), -0.5), ((2, 4, 6), 1.0), ((3, 3, 3), 0.0), ((2, 2, 2), None)])
def test_the_trend_sets_the_last_full_month_against_the_two_before(member, times, trend):
    item = factories.item()
    for day, count in zip((DECEMBER, JANUARY, FEBRUARY), times, strict=True):
        log(member, item, 10, day, count)
    assert rows_of(item)[0].trend == trend


def test_rows_come_in_the_order_asked_for_and_skip_what_is_gone(member):
    first, second = factories.item(), factories.item()
    assert [row.pk for row in figures.item_rows([second.pk, 10**6, first.pk], {}, TODAY)] == [second.pk, first.pk]


# ---- weeks and shares -----------------------------------------------------------------------------------


def test_a_week_begins_where_the_member_says(member):
    category = factories.category(name="Audits", tint=5)
    item, bare = factories.item(category=category), factories.item(category=None)
    log(member, item, 30, date(2026, 3, 15))  # Sunday
    log(member, item, 20, date(2026, 3, 16))
    log(member, bare, 10, TODAY)
    from_monday = [(row.label, row.minutes) for row in figures.week_by_category(TODAY, 0)]
    assert from_monday == [("Audits", 20), ("No category", 10)]
    assert figures.week_by_category(TODAY, 6)[0].minutes == 50
    assert figures.week_by_category(TODAY, 6)[0].width == 300


def test_the_share_curve_is_the_members_part_of_each_month(member, lead):
    item = factories.item()
    log(lead, item, 90, JANUARY)
    log(member, item, 30, JANUARY)
    log(lead, item, 50, FEBRUARY)
    log(member, item, 50, FEBRUARY)
    curve = figures.share_curve(member, TODAY)
    assert [share.share for share in curve.months] == [0.25, 0.5]
    assert (curve.begin.month, curve.now.month) == (date(2026, 1, 1), date(2026, 2, 1))


def test_one_month_draws_no_curve(member):
    log(member, factories.item(), 30)
    assert figures.share_curve(member, TODAY) is None


def test_what_became_of_it_tells_of_what_one_logged_the_latest_first(client, lead, member):
    mine, other, merged = (factories.item(name=name) for name in ("Mine", "Of others", "Merged"))
    factories.entry(member, item=mine)
    factories.entry(member, item=merged)
    factories.entry(lead, item=other)
    change_state(mine, State.AGREED, lead, reason="It costs too much", on=JANUARY)
    change_state(mine, State.GONE, lead, reason="A script does it", on=FEBRUARY)
    change_state(other, State.AGREED, lead, on=FEBRUARY)
    change_state(merged, State.AGREED, lead, on=FEBRUARY)
    merged.merged_into = other
    merged.save()
    found = sql.news(member.pk, State.OBSERVED, 4)
    assert [(one.label, one.state, one.on) for one in found] == [
        ("Mine", "gone", FEBRUARY),
        ("Mine", "agreed", JANUARY),
    ]
    assert len(sql.news(member.pk, State.OBSERVED, 1)) == 1
    client.force_login(member)
    page = client.get("/").text
    assert "A script does it" in page and "Of others" not in page
