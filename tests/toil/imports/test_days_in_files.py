"""Days are read as other programs write them, and an order nobody can tell is asked for."""

from datetime import date, time, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.toil.imports.dates import Moment, Order, guess_order, read, read_clock
from apps.toil.imports.errors import CellError

NOVEMBER = date(2026, 11, 12)


@pytest.mark.parametrize(
    "text",
    [
        "2026-11-12", "2026/11/12", "2026.11.12", "20261112", "12-Nov-2026", "12/Nov/26", "12 November 2026",
        "Nov 12, 2026", "2026年11月12日", "2026年11月12日（木）", "2026/11/12(木)", "２０２６／１１／１２",
        "12.11.2026", " 2026-11-12 ", "Thu 12 Nov 2026", "Thursday, 12 November 2026", "12/11月/26", "令和8年11月12日",
        "R8.11.12", "令和８年１１月１２日（木）",
    ],
)  # fmt: skip
@pytest.mark.parametrize("order", [Order.AMBIGUOUS, Order.YMD, Order.DMY])
def test_a_day_that_needs_no_order_is_the_same_under_any(text, order):
    assert read(text, order) == Moment(NOVEMBER)


@pytest.mark.parametrize(
    ("text", "order"),
    [("12/11/2026", Order.DMY), ("11/12/2026", Order.MDY), ("12-11-26", Order.DMY), ("26/11/12", Order.YMD)],
)
def test_three_numbers_follow_the_order_of_the_file(text, order):
    assert read(text, order).day == NOVEMBER


@pytest.mark.parametrize(
    ("text", "clock"),
    [
        ("2026-11-12 09:05", time(9, 5)), ("2026-11-12T09:05:10", time(9, 5, 10)), ("12/Nov/26 9:05 AM", time(9, 5)),
        ("12/Nov/26 12:05 AM", time(0, 5)), ("12/Nov/26 12:05 PM", time(12, 5)),
        ("2026年11月12日 午後3時05分", time(15, 5)),
        ("2026-11-12T09:05:00.000+0900", time(9, 5)), ("2026-11-12T09:05:00Z", time(9, 5)),
        ("2026-11-12, 21:05", time(21, 5)),
        ("2026/11/12(木) 9:05", time(9, 5)), ("2026-11-12 9:05\u202fPM", time(21, 5)),
        ("12/11月/26 9:05 午前", time(9, 5)), ("12/11月/26 9:05 午後", time(21, 5)),
    ],
)  # fmt: skip
def test_a_time_may_follow(text, clock):
    assert read(text, Order.AMBIGUOUS) == Moment(NOVEMBER, clock)


@pytest.mark.parametrize(
    ("text", "order", "today", "day"),
    [
        ("11月12日", Order.AMBIGUOUS, date(2026, 11, 25), date(2026, 11, 12)),
        ("11月30日（月）", Order.AMBIGUOUS, date(2026, 11, 25), date(2025, 11, 30)),
        ("11/12", Order.MDY, date(2026, 11, 12), date(2026, 11, 12)),
        ("11/12", Order.YMD, date(2026, 11, 11), date(2025, 11, 12)),
        ("11/12", Order.DMY, date(2026, 11, 25), date(2025, 12, 11)),
        ("11/25", Order.AMBIGUOUS, date(2026, 11, 25), date(2026, 11, 25)),
        ("2/29", Order.MDY, date(2026, 11, 25), date(2024, 2, 29)),
    ],
)
def test_a_day_without_a_year_is_the_last_such_day(text, order, today, day):
    assert read(text, order, today=today).day == day


def test_the_first_year_of_an_era_has_a_name():
    assert read("令和元年5月1日", Order.YMD).day == date(2019, 5, 1)
    assert read("平成30年4月1日", Order.YMD).day == date(2018, 4, 1)


def test_a_time_with_an_offset_is_moved_to_the_zone_given():
    tokyo = timezone(timedelta(hours=9))
    assert read("2026-11-12T23:30:00Z", Order.YMD, tokyo) == Moment(date(2026, 11, 13), time(8, 30))
    assert read("2026-11-12T23:30:00", Order.YMD, tokyo) == Moment(NOVEMBER, time(23, 30))


@pytest.mark.parametrize(
    ("text", "order", "code"),
    [
        ("", Order.YMD, "missing"), ("11/12/2026", Order.AMBIGUOUS, "day_order"),
        ("11/12/2026", Order.YMD, "day_order"),
        ("25/12/2026", Order.MDY, "day_other_order"), ("12/25/2026", Order.DMY, "day_other_order"),
        ("2026-02-29", Order.YMD, "day"), ("31/31/2026", Order.DMY, "day"), ("2026-11-12 25:00", Order.YMD, "day"),
        ("2026-11-12 13:00 PM", Order.YMD, "day"), ("12-Foo-2026", Order.DMY, "day"), ("1/1/0001", Order.DMY, "day"),
        ("46338", Order.YMD, "day"), ("tomorrow", Order.YMD, "day"), ("2026-11-12 and more", Order.YMD, "day"),
    ],
)  # fmt: skip
def test_what_is_no_day_is_refused(text, order, code):
    with pytest.raises(CellError) as caught:
        read(text, order)
    assert caught.value.code == code
    assert str(caught.value)


@pytest.mark.parametrize(
    ("samples", "order"),
    [
        (["11/12/2026", "01/13/2026"], Order.MDY),
        (["11/12/2026", "13/01/2026"], Order.DMY),
        (["11/12/2026", "10/09/2026"], Order.AMBIGUOUS),
        (["13/01/2026", "01/13/2026"], Order.AMBIGUOUS),
        (["2026-11-12", "2026-11-13"], Order.YMD),
        (["2026-11-12", "12/Nov/26 9:05 AM"], Order.YMD),
        (["2026-11-12", "13/11/2026"], Order.DMY),
        (["10.11.2026", "09.08.2026"], Order.DMY),
        (["99/99/2026", "", "13/01/2026 09:00"], Order.DMY),
        (["11/25/26"], Order.MDY),
        (["11/12", "11/25"], Order.MDY),
        (["11/12", "10/09"], Order.AMBIGUOUS),
        (["11月12日"], Order.YMD),
        (["26/11/12"], Order.AMBIGUOUS),
        ([], Order.YMD),
    ],
)
def test_the_order_is_decided_from_all_of_the_file(samples, order):
    assert guess_order(samples) is order


def test_one_value_settles_it_however_late_it_comes():
    assert guess_order([*["01/02/2026"] * 5_000, "01/31/2026"]) is Order.MDY


@pytest.mark.parametrize(("text", "clock"), [("9:05", time(9, 5)), ("", None), ("25:00", None), ("soon", None)])
def test_a_clock_alone(text, clock):
    assert read_clock(text) == clock


@given(
    st.dates(date(1970, 1, 1), date(2100, 12, 31)),
    st.sampled_from(["%d/%m/%Y", "%Y-%m-%d", "%d.%m.%Y", "%Y年%m月%d日"]),
)
def test_a_day_written_is_the_day_read(day, pattern):
    assert read(day.strftime(pattern), Order.DMY).day == day


@given(st.text(max_size=80), st.sampled_from(Order))
def test_any_text_is_a_day_or_refused(text, order):
    guess_order([text])
    try:
        read(text, order, timezone(timedelta(hours=-11)))
    except CellError as error:
        assert str(error)
