"""The days of a series, its limits and its words (R31, R33)."""

import itertools
import json
from datetime import date, timedelta

import pytest
from django.utils import translation

from apps.gatherings.recurrence import (
    LAST,
    Frequency,
    MonthEnd,
    MonthlyOn,
    Rule,
    check,
    described,
    last_allowed,
    needs_month_end_answer,
    occurrences,
)

MONDAY, TUESDAY, WEDNESDAY, THURSDAY, FRIDAY, SATURDAY, SUNDAY = range(7)
FIRST = date(2026, 11, 13)  # a Friday


def daily(**more) -> Rule:
    return Rule(Frequency.DAILY, **more)


def weekly(*weekdays: int, **more) -> Rule:
    return Rule(Frequency.WEEKLY, weekdays=weekdays, **more)


def on_weekday(nth: int, weekday: int, **more) -> Rule:
    return Rule(Frequency.MONTHLY, monthly=MonthlyOn.WEEKDAY, nth=nth, weekdays=(weekday,), **more)


def on_day(day: int, month_end: MonthEnd | None = None, **more) -> Rule:
    return Rule(Frequency.MONTHLY, monthly=MonthlyOn.DAY, day=day, month_end=month_end, **more)


def on_last_day(**more) -> Rule:
    return Rule(Frequency.MONTHLY, monthly=MonthlyOn.LAST_DAY, **more)


def yearly(**more) -> Rule:
    return Rule(Frequency.YEARLY, **more)


def days(rule: Rule, first: date, most: int | None = None, after: date | None = None) -> list[str]:
    return [day.isoformat() for day in itertools.islice(occurrences(rule, first, after=after), most)]


# ---- days ------------------------------------------------------------------------------------------


def test_daily_begins_with_the_first_day():
    assert days(daily(), FIRST, 3) == ["2026-11-13", "2026-11-14", "2026-11-15"]


def test_every_third_day_goes_over_the_end_of_the_year():
    assert days(daily(interval=3), date(2026, 12, 29), 3) == ["2026-12-29", "2027-01-01", "2027-01-04"]


def test_every_second_friday():
    assert days(weekly(FRIDAY, interval=2), FIRST, 3) == ["2026-11-13", "2026-11-27", "2026-12-11"]


def test_the_next_day_of_the_rule_comes_first_where_the_first_day_is_none():
    assert days(weekly(MONDAY), FIRST, 2) == ["2026-11-16", "2026-11-23"]


def test_weeks_are_counted_from_the_monday_before_the_first_day():
    """The Monday of the first week has passed, and the next week is none of the series."""
    assert days(weekly(MONDAY, interval=2), FIRST, 2) == ["2026-11-23", "2026-12-07"]


def test_sunday_belongs_to_the_week_that_ends_with_it():
    sunday = date(2026, 11, 15)
    assert days(weekly(MONDAY, SUNDAY, interval=2), sunday, 3) == ["2026-11-15", "2026-11-23", "2026-11-29"]


def test_several_days_of_a_week_come_in_their_order():
    rule = weekly(THURSDAY, MONDAY, THURSDAY)
    assert rule.weekdays == (MONDAY, THURSDAY)
    assert days(rule, FIRST, 3) == ["2026-11-16", "2026-11-19", "2026-11-23"]


def test_every_99_weeks():
    assert days(weekly(FRIDAY, interval=99), FIRST) == ["2026-11-13", "2028-10-06"]


@pytest.mark.parametrize(
    ("nth", "weekday", "expected"),
    [
        (1, SUNDAY, ["2026-12-06", "2027-01-03", "2027-02-07"]),
        (2, TUESDAY, ["2026-12-08", "2027-01-12", "2027-02-09"]),
        (3, FRIDAY, ["2026-11-20", "2026-12-18", "2027-01-15"]),
        (4, MONDAY, ["2026-11-23", "2026-12-28", "2027-01-25"]),
        (LAST, FRIDAY, ["2026-11-27", "2026-12-25", "2027-01-29"]),
        (LAST, MONDAY, ["2026-11-30", "2026-12-28", "2027-01-25"]),  # a fifth one, or a fourth
    ],
)
def test_monthly_on_the_nth_weekday(nth, weekday, expected):
    assert days(on_weekday(nth, weekday), FIRST, 3) == expected


def test_the_last_weekday_of_a_month_that_has_only_four():
    assert days(on_weekday(LAST, SUNDAY), date(2027, 2, 1), 1) == ["2027-02-28"]


def test_the_31st_with_the_months_without_it_skipped():
    assert days(on_day(31, MonthEnd.SKIP), date(2027, 1, 31), 7) == [
        "2027-01-31",
        "2027-03-31",
        "2027-05-31",
        "2027-07-31",
        "2027-08-31",
        "2027-10-31",
        "2027-12-31",
    ]


def test_the_31st_or_the_last_day_of_each_month():
    assert days(on_day(31, MonthEnd.LAST_DAY), date(2028, 1, 31), 12) == [
        "2028-01-31",
        "2028-02-29",
        "2028-03-31",
        "2028-04-30",
        "2028-05-31",
        "2028-06-30",
        "2028-07-31",
        "2028-08-31",
        "2028-09-30",
        "2028-10-31",
        "2028-11-30",
        "2028-12-31",
    ]


@pytest.mark.parametrize("day", [29, 30])
@pytest.mark.parametrize(("answer", "expected"), [(MonthEnd.SKIP, "2027-03-{day}"), (MonthEnd.LAST_DAY, "2027-02-28")])
def test_the_29th_and_30th_in_february(day, answer, expected):
    assert days(on_day(day, answer), date(2027, 2, 1), 1) == [expected.format(day=day)]


def test_the_last_day_of_every_month():
    assert days(on_last_day(), FIRST, 4) == ["2026-11-30", "2026-12-31", "2027-01-31", "2027-02-28"]


def test_months_are_counted_from_the_month_of_the_first_day():
    """Its 1st has passed, and the month after it is none of the series."""
    assert days(on_day(1, interval=2), FIRST, 2) == ["2027-01-01", "2027-03-01"]


def test_yearly_for_three_years():
    assert days(yearly(), FIRST) == ["2026-11-13", "2027-11-13", "2028-11-13", "2029-11-13"]


def test_29_february_is_skipped_in_other_years():
    assert days(yearly(month_end=MonthEnd.SKIP), date(2028, 2, 29)) == ["2028-02-29"]


def test_29_february_or_the_last_day_of_february():
    """The series ends with the last day that 3 years allow: 28 February 2031."""
    expected = ["2028-02-29", "2029-02-28", "2030-02-28", "2031-02-28"]
    assert days(yearly(month_end=MonthEnd.LAST_DAY), date(2028, 2, 29)) == expected


def test_a_series_cut_in_two_keeps_its_29_february():
    rule = yearly(month_end=MonthEnd.LAST_DAY).pinned(date(2028, 2, 29))
    assert days(rule, date(2030, 2, 28)) == ["2030-02-28", "2031-02-28", "2032-02-29", "2033-02-28"]


def test_a_count_is_exact():
    assert len(days(weekly(FRIDAY, count=10), FIRST)) == 10
    assert days(weekly(FRIDAY, count=1), FIRST) == ["2026-11-13"]
    assert len(days(daily(count=400), FIRST)) == 400


def test_a_count_does_not_count_what_is_skipped():
    assert days(on_day(31, MonthEnd.SKIP, count=3), date(2027, 1, 31)) == ["2027-01-31", "2027-03-31", "2027-05-31"]


def test_the_day_a_rule_lasts_until_is_its_own():
    assert days(weekly(FRIDAY, until=date(2026, 11, 27)), FIRST) == ["2026-11-13", "2026-11-20", "2026-11-27"]
    assert days(weekly(FRIDAY, until=date(2026, 11, 26)), FIRST) == ["2026-11-13", "2026-11-20"]


def test_without_an_end_it_stops_after_three_years_or_400_times():
    assert len(days(daily(), FIRST)) == 400
    assert days(weekly(FRIDAY), FIRST)[-1] == "2029-11-09"
    assert days(on_day(13), FIRST)[-1] == "2029-11-13"  # that day is the last one allowed


def test_the_last_day_allowed_of_a_leap_day_is_the_28th():
    assert last_allowed(date(2028, 2, 29)) == date(2031, 2, 28)
    assert last_allowed(FIRST) == date(2029, 11, 13)


def test_at_the_end_of_the_calendar_it_stops():
    assert days(weekly(*range(7)), date(9999, 12, 30)) == ["9999-12-30", "9999-12-31"]
    assert days(on_last_day(), date(9999, 12, 1)) == ["9999-12-31"]
    assert days(yearly(), date(9998, 1, 1)) == ["9998-01-01", "9999-01-01"]


def test_a_place_in_the_middle_shifts_nothing():
    rule = weekly(MONDAY, THURSDAY, interval=2, count=5)
    whole = days(rule, FIRST)
    assert whole == ["2026-11-23", "2026-11-26", "2026-12-07", "2026-12-10", "2026-12-21"]
    assert days(rule, FIRST, after=date(2026, 11, 26)) == whole[2:]
    assert days(rule, FIRST, after=date(2026, 11, 27)) == whole[2:]
    assert days(rule, FIRST, after=date(2026, 1, 1)) == whole
    assert days(rule, FIRST, after=date(2026, 12, 21)) == []


def test_a_rule_without_sense_gives_no_days_but_says_so_at_once():
    with pytest.raises(ValueError, match="interval"):
        occurrences(daily(interval=0), FIRST)
    with pytest.raises(ValueError, match="weekdays"):
        occurrences(weekly(), FIRST)


# ---- the question at the end of the month ----------------------------------------------------------


@pytest.mark.parametrize(
    ("rule", "first", "asked"),
    [
        (on_day(28), FIRST, False),
        (on_day(29), FIRST, True),
        (on_day(30), FIRST, True),
        (on_day(31), FIRST, True),
        (on_day(31, interval=12), date(2027, 1, 31), False),  # only Januaries
        (on_day(31, interval=2), date(2027, 1, 31), True),
        (on_day(30, interval=12), date(2027, 2, 1), True),
        (on_last_day(), date(2027, 1, 31), False),
        (on_weekday(LAST, FRIDAY), date(2027, 1, 31), False),
        (yearly(), date(2028, 2, 29), True),
        (yearly(), date(2028, 2, 28), False),
        (yearly(), date(2027, 12, 31), False),
        (yearly(month=2, day=29), date(2029, 2, 28), True),
        (yearly(month=2, day=29, interval=99), date(2029, 2, 28), True),  # it would be the first day itself
        (yearly(month=2, day=29, interval=99), date(2029, 3, 1), False),  # it has passed
        (yearly(interval=3), date(2028, 2, 29), True),  # the last day allowed
        (daily(), date(2028, 2, 29), False),
        (weekly(TUESDAY), date(2028, 2, 29), False),
        # half-filled forms
        (Rule(Frequency.MONTHLY), date(2027, 1, 31), False),
        (Rule(Frequency.MONTHLY, monthly=MonthlyOn.DAY), date(2027, 1, 31), True),
        (on_day(31, interval=0), FIRST, False),
        (yearly(month=13, day=1), FIRST, False),
    ],
)
def test_the_form_asks_where_a_month_does_not_have_the_day(rule, first, asked):
    assert needs_month_end_answer(rule, first) is asked


# ---- limits ----------------------------------------------------------------------------------------

LATEST = date(2029, 11, 13)


@pytest.mark.parametrize(
    ("rule", "field", "text"),
    [
        (daily(interval=0), "interval", "Choose a number from 1 to 99."),
        (daily(interval=100), "interval", "Choose a number from 1 to 99."),
        (daily(interval=-1), "interval", "Choose a number from 1 to 99."),
        (weekly(), "weekdays", "Choose at least one day of the week."),
        (weekly(7), "weekdays", "Choose at least one day of the week."),
        (weekly(-1, 3), "weekdays", "Choose at least one day of the week."),
        (Rule(Frequency.MONTHLY), "monthly", "Choose on which day of the month."),
        (on_day(0), "day", "Choose a day from 1 to 31."),
        (on_day(32), "day", "Choose a day from 1 to 31."),
        (on_weekday(5, FRIDAY), "nth", "Choose which one of the month: the first to the fourth, or the last."),
        (on_weekday(0, FRIDAY), "nth", "Choose which one of the month: the first to the fourth, or the last."),
        (on_weekday(1, 7), "weekdays", "Choose one day of the week."),
        (yearly(month=4, day=31), "day", "No year has this day. Choose another one."),
        (yearly(month=13, day=1), "day", "No year has this day. Choose another one."),
        (yearly(month=2), "day", "No year has this day. Choose another one."),
        (yearly(day=2), "day", "No year has this day. Choose another one."),
        (daily(count=0), "count", "Choose a number of times from 1 to 400."),
        (daily(count=-3), "count", "Choose a number of times from 1 to 400."),
        (daily(count=401), "count", "Choose a number of times from 1 to 400."),
        (daily(count=3, until=LATEST), "count", "End it after a number of times or on a day, not both."),
        (
            on_day(31),
            "month_end",
            "Not every month has this day. Choose whether to skip it or to use the last day.",
        ),
        (
            yearly(month=2, day=29),
            "month_end",
            "Not every year has this day. Choose whether to skip it or to use the last day.",
        ),
        (
            daily(until=FIRST - timedelta(days=1)),
            "until",
            "The end is before the first day. Choose a later end.",
        ),
        (
            weekly(FRIDAY, until=LATEST + timedelta(days=1)),
            "until",
            "A series can last 3 years. Choose an earlier end.",
        ),
        (
            daily(until=date(2027, 12, 18)),  # the 401st
            "until",
            "That would be more than 400 times. Choose an earlier end, or meet less often.",
        ),
        (
            weekly(FRIDAY, count=158),
            "count",
            "That many times would take more than 3 years. Choose fewer, or meet more often.",
        ),
        (
            weekly(THURSDAY, until=FIRST),
            "frequency",
            "With this rule it would never happen. Choose another day, or a later end.",
        ),
        (
            yearly(month=2, day=29, month_end=MonthEnd.SKIP, until=date(2027, 12, 31)),
            "frequency",
            "With this rule it would never happen. Choose another day, or a later end.",
        ),
    ],
)
def test_a_limit_is_refused_with_a_text(rule, field, text):
    with translation.override("en"):
        assert [(problem.field, str(problem.message)) for problem in check(rule, FIRST)] == [(field, text)]


def test_a_day_that_none_of_the_months_has_never_happens():
    [problem] = check(on_day(30, MonthEnd.SKIP, interval=12), date(2027, 2, 1))
    assert problem.field == "frequency"
    assert check(on_day(30, MonthEnd.LAST_DAY, interval=12), date(2027, 2, 1)) == []


def test_all_that_is_wrong_is_said_at_once():
    assert [problem.field for problem in check(weekly(interval=0, count=0), FIRST)] == ["interval", "weekdays", "count"]


@pytest.mark.parametrize(
    "rule",
    [
        daily(),
        daily(interval=99),
        daily(count=400),
        daily(until=date(2027, 12, 17)),  # the 400th
        daily(until=FIRST),
        weekly(FRIDAY, until=LATEST),
        weekly(FRIDAY, count=157),
        on_day(28),
        on_day(31, MonthEnd.SKIP),
        on_weekday(LAST, SUNDAY, interval=36),
        on_last_day(count=36),
        yearly(count=4),
    ],
)
def test_what_lies_within_the_limits_passes(rule):
    assert check(rule, FIRST) == []


def test_the_texts_are_in_the_language_of_whoever_reads_them():
    [problem] = check(weekly(), FIRST)
    assert not isinstance(problem.message, str)


# ---- stored ----------------------------------------------------------------------------------------


def test_only_what_says_something_is_stored():
    assert weekly(MONDAY, THURSDAY, until=date(2027, 3, 3)).to_json() == {
        "frequency": "weekly",
        "interval": 1,
        "weekdays": [0, 3],
        "until": "2027-03-03",
    }
    assert on_day(31, MonthEnd.LAST_DAY, count=5).to_json() == {
        "frequency": "monthly",
        "interval": 1,
        "monthly": "day",
        "day": 31,
        "month_end": "last_day",
        "count": 5,
    }


@pytest.mark.parametrize(
    "rule",
    [
        daily(interval=99),
        weekly(*range(7)),
        on_weekday(LAST, SUNDAY),
        on_day(31, MonthEnd.SKIP, count=1),
        on_last_day(),
        yearly(month=2, day=29, month_end=MonthEnd.LAST_DAY, until=date(2031, 1, 1)),
    ],
)
def test_a_stored_rule_is_the_same_again(rule):
    assert Rule.from_json(json.loads(json.dumps(rule.to_json()))) == rule


def test_columns_without_a_choice_are_no_choice():
    rule = Rule("weekly", weekdays=[FRIDAY], monthly="", month_end="")
    assert rule == weekly(FRIDAY) and rule.frequency is Frequency.WEEKLY
    with pytest.raises(ValueError, match="hourly"):
        Rule("hourly")


WEEKLY = {"frequency": "weekly", "interval": 1, "weekdays": [4]}
MONTHLY = {"frequency": "monthly", "interval": 1}


@pytest.mark.parametrize(
    ("data", "text"),
    [
        (None, "A rule is an object"),
        ([], "A rule is an object"),
        ("weekly", "A rule is an object"),
        ({}, "frequency: it is missing"),
        ({"interval": 1}, "frequency: it is missing"),
        ({"frequency": "hourly"}, "frequency: It is none of daily, weekly, monthly, yearly"),
        ({"frequency": ["daily"]}, "frequency: It is none of"),
        ({"frequency": None}, "frequency: It is none of"),
        (WEEKLY | {"color": "red"}, "'color': a rule has no such field"),
        (WEEKLY | {7: 7}, "'7': a rule has no such field"),
        (WEEKLY | {"interval": "1"}, "interval: It is not a whole number"),
        (WEEKLY | {"interval": 1.0}, "interval: It is not a whole number"),
        (WEEKLY | {"interval": True}, "interval: It is not a whole number"),
        (WEEKLY | {"interval": None}, "interval: It is not a whole number"),
        (WEEKLY | {"interval": 0}, "interval: Choose a number from 1 to 99"),
        (WEEKLY | {"interval": 100}, "interval: Choose a number from 1 to 99"),
        (WEEKLY | {"weekdays": []}, "weekdays: Choose at least one"),
        (WEEKLY | {"weekdays": [7]}, "weekdays: Choose at least one"),
        (WEEKLY | {"weekdays": [0, 0]}, "weekdays: It is not a list of different whole numbers"),
        (WEEKLY | {"weekdays": ["0"]}, "weekdays: It is not a whole number"),
        (WEEKLY | {"weekdays": [[0]]}, "weekdays: It is not a whole number"),
        (WEEKLY | {"weekdays": 4}, "weekdays: It is not a list"),
        (WEEKLY | {"weekdays": "4"}, "weekdays: It is not a list"),
        (WEEKLY | {"count": 0}, "count: Choose a number of times from 1 to 400"),
        (WEEKLY | {"count": 401}, "count: Choose a number of times from 1 to 400"),
        (WEEKLY | {"count": 5, "until": "2027-03-03"}, "count: End it after a number of times or on a day"),
        (WEEKLY | {"until": "2027-02-29"}, "until: It is not a day like"),
        (WEEKLY | {"until": "20270303"}, "until: It is not a day like"),
        (WEEKLY | {"until": "2027-W09-3"}, "until: It is not a day like"),
        (WEEKLY | {"until": "2027-03-03T00:00"}, "until: It is not a day like"),
        (WEEKLY | {"until": "\ud800"}, "until: It is not a day like"),
        (WEEKLY | {"until": date(2027, 3, 3)}, "until: It is not a day like"),
        (WEEKLY | {"day": 4}, "day: it is no field of this kind of rule"),
        (WEEKLY | {"month_end": "skip"}, "month_end: it is no field of this kind of rule"),
        ({"frequency": "daily", "weekdays": [4]}, "weekdays: it is no field of this kind of rule"),
        (MONTHLY, "monthly: Choose on which day of the month"),
        (MONTHLY | {"monthly": "never"}, "monthly: It is none of weekday, day, last_day"),
        (MONTHLY | {"monthly": "day"}, "day: Choose a day from 1 to 31"),
        (MONTHLY | {"monthly": "day", "day": 32}, "day: Choose a day from 1 to 31"),
        (MONTHLY | {"monthly": "day", "day": 31, "month_end": "last"}, "month_end: It is none of skip, last_day"),
        (MONTHLY | {"monthly": "day", "day": 31, "nth": 1}, "nth: it is no field of this kind of rule"),
        (MONTHLY | {"monthly": "last_day", "day": 31}, "day: it is no field of this kind of rule"),
        (MONTHLY | {"monthly": "weekday", "nth": 5, "weekdays": [4]}, "nth: Choose which one of the month"),
        (MONTHLY | {"monthly": "weekday", "nth": 1, "weekdays": [3, 4]}, "weekdays: Choose one day of the week"),
        (MONTHLY | {"monthly": "weekday", "nth": 1}, "weekdays: Choose one day of the week"),
        ({"frequency": "yearly", "month": 2, "day": 30}, "day: No year has this day"),
        ({"frequency": "yearly", "month": 2}, "day: No year has this day"),
    ],
)
def test_what_is_no_rule_is_refused_with_its_field(data, text):
    with translation.override("en"), pytest.raises(ValueError) as refused:
        Rule.from_json(data)
    assert str(refused.value).startswith(text)


# ---- words -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("rule", "first", "words"),
    [
        (daily(), FIRST, "Every day"),
        (daily(interval=2), FIRST, "Every second day"),
        (daily(interval=10), FIRST, "Every 10 days"),
        (weekly(FRIDAY), FIRST, "Every Friday"),
        (weekly(FRIDAY, interval=2), FIRST, "Every second Friday"),
        (weekly(FRIDAY, interval=3), FIRST, "Every 3 weeks on Friday"),
        (weekly(MONDAY, THURSDAY), FIRST, "Every week on Monday and Thursday"),
        (weekly(MONDAY, THURSDAY, interval=2), FIRST, "Every second week on Monday and Thursday"),
        (weekly(MONDAY, THURSDAY, interval=99), FIRST, "Every 99 weeks on Monday and Thursday"),
        (weekly(MONDAY, WEDNESDAY, FRIDAY), FIRST, "Every week on Monday, Wednesday and Friday"),
        (weekly(*range(5)), FIRST, "Every week from Monday to Friday"),
        (weekly(SATURDAY, SUNDAY), FIRST, "Every week on Saturday and Sunday"),
        (on_weekday(2, TUESDAY), FIRST, "On the second Tuesday of every month"),
        (on_weekday(LAST, FRIDAY), FIRST, "On the last Friday of every month"),
        (on_weekday(1, MONDAY, interval=2), FIRST, "On the first Monday of every second month"),
        (on_weekday(3, MONDAY, interval=3), FIRST, "Every 3 months on the third Monday"),
        (on_weekday(4, MONDAY, interval=3), FIRST, "Every 3 months on the fourth Monday"),
        (on_last_day(), FIRST, "On the last day of every month"),
        (on_last_day(interval=6), FIRST, "Every 6 months on the last day"),
        (on_day(1), FIRST, "On the 1st of every month"),
        (on_day(22), FIRST, "On the 22nd of every month"),
        (on_day(31, MonthEnd.SKIP), FIRST, "On the 31st of every month, skipping shorter months"),
        (on_day(30, MonthEnd.LAST_DAY), FIRST, "On the 30th of every month, or the last day of a shorter month"),
        (yearly(), FIRST, "Every year on 13 November"),
        (yearly(interval=2), FIRST, "Every second year on 13 November"),
        (yearly(interval=3), FIRST, "Every 3 years on 13 November"),
        (
            yearly(month_end=MonthEnd.LAST_DAY),
            date(2028, 2, 29),
            "Every year on 29 February, or the last day of February",
        ),
        (yearly(month_end=MonthEnd.SKIP), date(2028, 2, 29), "Every year on 29 February, in leap years only"),
        (
            weekly(MONDAY, THURSDAY, until=date(2027, 3, 3)),
            FIRST,
            "Every week on Monday and Thursday, until 3 March 2027",
        ),
        (weekly(FRIDAY, count=10), FIRST, "Every Friday, 10 times"),
        (weekly(FRIDAY, count=1), FIRST, "Every Friday, once"),
        (
            on_day(31, MonthEnd.LAST_DAY, count=4),
            FIRST,
            "On the 31st of every month, or the last day of a shorter month, 4 times",
        ),
    ],
)
def test_a_rule_in_words(rule, first, words):
    assert check(rule, first) == []
    with translation.override("en"):
        assert described(rule, first) == words


JAPANESE = [
    (daily(), FIRST, "毎日"),
    (daily(interval=2), FIRST, "隔日"),
    (daily(interval=10), FIRST, "10日ごと"),
    (weekly(FRIDAY), FIRST, "毎週金曜日"),
    (weekly(FRIDAY, interval=2), FIRST, "隔週金曜日"),
    (weekly(FRIDAY, interval=3), FIRST, "3週ごとの金曜日"),
    (weekly(MONDAY, THURSDAY), FIRST, "毎週月曜日・木曜日"),
    (weekly(MONDAY, WEDNESDAY, FRIDAY, interval=2), FIRST, "隔週月曜日・水曜日・金曜日"),
    (weekly(*range(5)), FIRST, "毎週月曜日から金曜日"),
    (on_weekday(2, TUESDAY), FIRST, "毎月第2火曜日"),
    (on_weekday(LAST, FRIDAY), FIRST, "毎月最終金曜日"),
    (on_weekday(1, MONDAY, interval=2), FIRST, "隔月第1月曜日"),
    (on_last_day(), FIRST, "毎月末日"),
    (on_last_day(interval=6), FIRST, "6か月ごとの末日"),
    (on_day(15), FIRST, "毎月15日"),
    (on_day(31, MonthEnd.SKIP), FIRST, "毎月31日（ない月は休み）"),
    (on_day(30, MonthEnd.LAST_DAY, count=4), FIRST, "毎月30日（ない月は末日）、全4回"),
    (yearly(), FIRST, "毎年11月13日"),
    (yearly(interval=2), FIRST, "2年ごとの11月13日"),
    (yearly(month_end=MonthEnd.LAST_DAY), date(2028, 2, 29), "毎年2月29日（ない年は2月末日）"),
    (yearly(month_end=MonthEnd.SKIP), date(2028, 2, 29), "毎年2月29日（うるう年のみ）"),
    (weekly(MONDAY, THURSDAY, until=date(2027, 3, 3)), FIRST, "毎週月曜日・木曜日、2027年3月3日まで"),
    (weekly(FRIDAY, count=1), FIRST, "毎週金曜日、全1回"),
]


@pytest.mark.parametrize(("rule", "first", "words"), JAPANESE)
def test_a_rule_in_japanese(rule, first, words):
    with translation.override("ja"):
        assert described(rule, first) == words
