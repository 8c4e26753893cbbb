"""Whether digging pays: the formulas of product.md, with their edges."""

from datetime import date

import pytest

from apps.toil.payback import Cost, baseline, monthly_cost, pays_back_after, saved

TODAY = date(2026, 4, 18)
JAN, FEB, MAR, APR = (date(2026, month, 1) for month in (1, 2, 3, 4))


def test_the_monthly_cost_is_the_mean_of_the_last_three_full_months():
    assert monthly_cost({JAN: 60, FEB: 90, MAR: 120, APR: 999}, TODAY) == Cost(90, 3)


def test_a_month_without_the_toil_counts_as_nothing():
    assert monthly_cost({date(2025, 6, 1): 60, MAR: 90}, TODAY) == Cost(30, 3)


@pytest.mark.parametrize(
    ("by_month", "cost"),
    [({MAR: 90}, Cost(90, 1)), ({FEB: 30, MAR: 90}, Cost(60, 2))],
)
def test_a_young_item_is_measured_by_the_months_it_has_and_says_so(by_month, cost):
    assert monthly_cost(by_month, TODAY) == cost
    assert cost.is_partial


@pytest.mark.parametrize("by_month", [{}, {APR: 50}, {MAR: 0}])
def test_before_a_full_month_there_is_no_cost(by_month):
    assert monthly_cost(by_month, TODAY) is None


def test_an_item_quiet_for_three_months_costs_nothing():
    assert monthly_cost({date(2025, 6, 1): 60}, TODAY) == Cost(0, 3)


def test_the_last_full_months_reach_over_the_new_year():
    months = {date(2025, 11, 1): 30, date(2025, 12, 1): 60, JAN: 90}
    assert monthly_cost(months, date(2026, 2, 1)) == Cost(60, 3)


def test_the_baseline_is_what_it_cost_before_it_was_gone():
    assert baseline({JAN: 60, FEB: 90, MAR: 120}, date(2026, 4, 1)) == Cost(90, 3)
    assert baseline({JAN: 60, FEB: 90, MAR: 120}, date(2026, 3, 31)) == Cost(75, 2)


@pytest.mark.parametrize(
    ("dig", "cost", "upkeep", "months"),
    [(600, 100, 0, 6), (600, 100, 40, 10), (0, 100, 0, 0), (50, 100, 0, 0.5)],
)
def test_digging_pays_back_after_its_time_over_what_it_saves(dig, cost, upkeep, months):
    assert pays_back_after(dig, cost, upkeep) == pytest.approx(months)


@pytest.mark.parametrize(("cost", "upkeep"), [(100, 100), (100, 120), (0, 0)])
def test_digging_never_pays_where_the_upkeep_is_no_less(cost, upkeep):
    assert pays_back_after(600, cost, upkeep) is None


def test_hours_saved_are_the_baseline_less_what_still_came():
    gone = saved({date(2025, 10, 1): 60, date(2025, 11, 1): 60, date(2025, 12, 1): 60, FEB: 10}, JAN, 20, TODAY)
    assert (gone.months, gone.actual, gone.promised) == (3, 170, 120)


def test_the_month_counts_that_it_was_gone_from_the_first_day_of():
    assert saved({date(2026, 2, 1): 90}, MAR, 0, TODAY).months == 1


def test_the_month_it_went_in_counts_on_neither_side():
    before = {date(2025, 10, 1): 60, date(2025, 11, 1): 60, date(2025, 12, 1): 60}
    assert saved(before | {JAN: 500}, date(2026, 1, 20), 0, TODAY).actual == 120


def test_savings_are_negative_where_it_costs_more_than_before():
    worse = saved({date(2025, 12, 1): 30, FEB: 100, MAR: 100}, date(2026, 1, 2), 50, TODAY)
    assert (worse.actual, worse.promised) == (-140, -40)


def test_nothing_is_saved_before_a_full_month_is_over():
    before = {JAN: 60, FEB: 60}
    assert saved(before, date(2026, 3, 31), 0, TODAY) is None
    assert saved(before, date(2026, 3, 31), 0, date(2026, 5, 1)).months == 1


def test_nothing_is_said_about_savings_without_a_baseline():
    assert saved({}, JAN, 0, TODAY) is None
    assert saved({JAN: 50}, JAN, 0, TODAY) is None
