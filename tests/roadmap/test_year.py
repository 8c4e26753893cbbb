"""Days on the map's columns, in years that start in any month, and how far an item can be pushed."""

from datetime import date, timedelta
from fractions import Fraction
from math import ceil

import pytest

from apps.roadmap.year import COLUMNS, Span

YEAR = Span(date(2026, 4, 1))
# Two years of starts: the second year holds, or begins next to, the 29th of February 2028.
STARTS = [date(year, month, 1) for year in (2026, 2027) for month in range(1, 13)]
every_start = pytest.mark.parametrize("start", STARTS, ids=lambda day: f"{day:%Y-%m}")


def all_days(span: Span) -> list[date]:
    return [span.start + timedelta(days=n) for n in range(span.days)]


@pytest.mark.parametrize(
    ("day", "column"),
    [
        ("2026-04-01", 1),
        ("2026-04-07", 1),
        ("2026-04-08", 2),
        ("2026-04-15", 2),
        ("2026-04-16", 3),
        ("2026-04-23", 3),
        ("2026-04-24", 4),
        ("2026-04-30", 4),
        ("2026-05-01", 5),
        ("2026-05-31", 8),
        ("2026-12-31", 36),
        ("2027-01-01", 37),
        ("2027-02-28", 44),
        ("2027-03-01", 45),
        ("2027-03-31", 48),
        # What lies outside stands at the edge.
        ("2026-03-31", 1),
        ("2001-01-01", 1),
        ("2027-04-01", 48),
        ("2049-12-31", 48),
    ],
)
def test_a_day_stands_in_its_column(day, column):
    assert YEAR.column(date.fromisoformat(day)) == column


@every_start
def test_every_day_of_a_year_follows_the_formula(start):
    year = Span(start)
    for day in all_days(year):
        months_since = (day.year - start.year) * 12 + day.month - start.month
        assert year.column(day) == 4 * months_since + ceil(day.day / Fraction(31, 4))


@every_start
def test_columns_never_go_back_and_all_are_used(start):
    columns = [Span(start).column(day) for day in all_days(Span(start))]
    assert columns == sorted(columns)
    assert set(columns) == set(range(1, COLUMNS + 1))


@every_start
def test_a_quarter_is_drawn_on_as_many_columns_as_a_year(start):
    for number in range(1, 5):
        quarter = Span(start).quarter(number)
        for day in all_days(quarter):
            months_since = (day.year - quarter.start.year) * 12 + day.month - quarter.start.month
            assert quarter.column(day) == 16 * months_since + ceil(day.day / Fraction(31, 16))
        assert quarter.column(quarter.start) == 1
        assert quarter.column(quarter.end) >= 47
        assert quarter.column(quarter.start - timedelta(days=1)) == 1
        assert quarter.column(quarter.end + timedelta(days=1)) == COLUMNS


@pytest.mark.parametrize(
    ("start", "end", "place"),
    [
        ("2026-04-01", "2026-04-01", (1, 1)),
        ("2026-04-01", "2026-04-30", (1, 4)),
        ("2026-04-01", "2027-03-31", (1, 48)),
        ("2026-10-05", "2026-12-20", (25, 11)),
        ("2027-03-31", "2027-03-31", (48, 1)),
        ("2026-01-01", "2026-04-10", (1, 2)),  # began before the map
        ("2027-03-20", "2027-08-01", (47, 2)),  # goes on behind it
        ("2025-01-01", "2025-02-01", (1, 1)),
        ("2028-01-01", "2028-02-01", (48, 1)),
    ],
)
def test_what_lasts_has_a_first_column_and_a_length(start, end, place):
    assert YEAR.place(date.fromisoformat(start), date.fromisoformat(end)) == place


@every_start
def test_nothing_is_drawn_beyond_the_edge(start):
    year = Span(start)
    for day in all_days(year)[::17]:
        first, length = year.place(day, year.end)
        assert first >= 1 and length >= 1 and first + length - 1 == COLUMNS


@every_start
def test_a_year_has_twelve_months_four_quarters_and_all_its_days(start):
    year = Span(start)
    assert len(year.all_months) == 12 and year.all_months[0] == start
    assert year.end + timedelta(days=1) == date(start.year + 1, start.month, 1)
    assert [day for number in range(1, 5) for day in all_days(year.quarter(number))] == all_days(year)
    for number in range(1, 5):
        assert {year.quarter_of(day) for day in all_days(year.quarter(number))} == {number}


@every_start
def test_only_a_year_with_the_29th_of_february_has_366_days(start):
    year, leap_day = Span(start), date(2028, 2, 29)
    assert (leap_day in year) == (date(2027, 3, 1) <= start <= date(2027, 12, 1))
    assert year.days == (366 if leap_day in year else 365)
    if leap_day in year:
        assert year.column(leap_day) == year.column(date(2028, 3, 1)) - 1 or leap_day == year.end
        assert year.quarter_of(leap_day) == year.quarter_of(date(2028, 2, 1))


def test_a_year_may_end_on_the_29th_of_february():
    year = Span(date(2027, 3, 1))
    assert year.end == date(2028, 2, 29)
    assert year.column(year.end) == COLUMNS and year.quarter_of(year.end) == 4
    assert year.stretch(date(2028, 2, 1), date(2028, 2, 10), 400) == (date(2028, 2, 1), date(2028, 2, 29))


@pytest.mark.parametrize(
    ("day", "quarter"),
    [
        ("2026-04-01", 1), ("2026-06-30", 1), ("2026-07-01", 2), ("2026-09-30", 2), ("2026-10-01", 3),
        ("2026-12-31", 3), ("2027-01-01", 4), ("2027-03-31", 4), ("2020-01-01", 1), ("2030-01-01", 4),
    ],
)  # fmt: skip
def test_a_day_lies_in_a_quarter_and_outside_in_the_nearest(day, quarter):
    assert YEAR.quarter_of(date.fromisoformat(day)) == quarter


FAR = 10**12  # days: further than a date can say


@pytest.mark.parametrize(
    ("days", "start", "end"),
    [
        (0, "2026-10-05", "2026-12-20"),
        (7, "2026-10-12", "2026-12-27"),
        (-7, "2026-09-28", "2026-12-13"),
        (101, "2027-01-14", "2027-03-31"),
        (102, "2027-01-14", "2027-03-31"),
        (FAR, "2027-01-14", "2027-03-31"),
        (-187, "2026-04-01", "2026-06-16"),
        (-188, "2026-04-01", "2026-06-16"),
        (-FAR, "2026-04-01", "2026-06-16"),
    ],
)
def test_a_shift_keeps_the_length_and_ends_at_the_edge(days, start, end):
    shifted = YEAR.shift(date(2026, 10, 5), date(2026, 12, 20), days)
    assert [day.isoformat() for day in shifted] == [start, end]


@pytest.mark.parametrize(
    ("days", "end"),
    [
        (0, "2026-12-20"),
        (7, "2026-12-27"),
        (-7, "2026-12-13"),
        (-76, "2026-10-05"),
        (-77, "2026-10-05"),
        (-FAR, "2026-10-05"),
        (101, "2027-03-31"),
        (102, "2027-03-31"),
        (FAR, "2027-03-31"),
    ],
)
def test_a_stretch_keeps_the_start_and_ends_at_it_or_at_the_edge(days, end):
    start, stretched = YEAR.stretch(date(2026, 10, 5), date(2026, 12, 20), days)
    assert (start, stretched.isoformat()) == (date(2026, 10, 5), end)


def test_what_fills_the_year_stays_where_it_is():
    assert YEAR.shift(YEAR.start, YEAR.end, 30) == YEAR.shift(YEAR.start, YEAR.end, -30) == (YEAR.start, YEAR.end)


@pytest.mark.parametrize(
    ("start", "end", "touches"),
    [
        ("2026-03-01", "2026-03-31", False),
        ("2026-03-01", "2026-04-01", True),
        ("2027-03-31", "2027-05-01", True),
        ("2027-04-01", "2027-05-01", False),
        ("2025-01-01", "2029-01-01", True),
    ],
)
def test_what_shares_a_day_with_the_year_touches_it(start, end, touches):
    assert YEAR.touches(date.fromisoformat(start), date.fromisoformat(end)) is touches
