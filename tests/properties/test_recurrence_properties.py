"""Whatever the rule, the first day, the hour and the zone: a series has the days and the moments it should (F21).

The second opinion is naive: it looks at each day of three years, and at each offset a zone ever has.
"""

import itertools
import json
import os
from bisect import bisect_right
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from apps.gatherings.moments import at
from apps.gatherings.recurrence import (
    LAST,
    Frequency,
    MonthEnd,
    MonthlyOn,
    Rule,
    check,
    last_allowed,
    needs_month_end_answer,
    occurrences,
)

ZONES = (
    "Africa/Cairo",  # gap at midnight
    "Africa/Casablanca",  # an hour back in Ramadan
    "Africa/El_Aaiun",
    "Africa/Johannesburg",
    "America/Asuncion",
    "America/Bogota",
    "America/Chicago",
    "America/Halifax",
    "America/Havana",  # gap at midnight
    "America/Los_Angeles",
    "America/Miquelon",
    "America/New_York",
    "America/Nuuk",  # gap on a Saturday night
    "America/Santiago",  # southern
    "America/Sao_Paulo",
    "America/St_Johns",  # half an hour
    "America/Scoresbysund",
    "Antarctica/Troll",  # two hours
    "Asia/Beirut",  # gap at midnight
    "Asia/Gaza",  # in Ramadan and in winter
    "Asia/Jerusalem",
    "Asia/Kathmandu",  # 45 minutes
    "Asia/Kolkata",
    "Asia/Tehran",
    "Asia/Tokyo",
    "Atlantic/Azores",
    "Australia/Adelaide",  # southern, half an hour
    "Australia/Lord_Howe",  # moves by half an hour
    "Australia/Sydney",
    "Europe/Berlin",
    "Europe/Chisinau",
    "Europe/Dublin",  # winter is the exception
    "Europe/Istanbul",
    "Europe/London",
    "Pacific/Apia",
    "Pacific/Auckland",
    "Pacific/Chatham",  # 45 minutes
    "Pacific/Easter",
    "Pacific/Kiritimati",  # 14 hours ahead
    "UTC",
)
BEGIN, END = date(2026, 1, 1), date(2045, 12, 31)

# The short form, for every run; the long form is CASES=200000 (F21).
CASES = int(os.environ.get("CASES", "160"))
LOTS = [ZONES[lot::4] for lot in range(4)]  # so that workers can share the long form
of_each_lot = settings(max_examples=CASES // len(LOTS), deadline=None)
few = settings(max_examples=max(CASES // 10, 30), deadline=None)

# ---- rules, as anybody may make them ---------------------------------------------------------------

first_days = st.dates(BEGIN, END) | st.sampled_from(
    [date(2028, 2, 29), date(2044, 2, 29), date(2027, 2, 28), date(2027, 1, 31), date(2026, 12, 31), END]
)
intervals = st.integers(1, 4) | st.integers(1, 99) | st.sampled_from([12, 24, 36])
weekdays = st.integers(0, 6)
answers = st.sampled_from(MonthEnd)
kinds = st.one_of(
    st.just({"frequency": Frequency.DAILY}),
    st.fixed_dictionaries(
        {"frequency": st.just(Frequency.WEEKLY), "weekdays": st.sets(weekdays, min_size=1).map(tuple)}
    ),
    st.fixed_dictionaries(
        {
            "frequency": st.just(Frequency.MONTHLY),
            "monthly": st.just(MonthlyOn.WEEKDAY),
            "nth": st.sampled_from([1, 2, 3, 4, LAST]),
            "weekdays": weekdays.map(lambda weekday: (weekday,)),
        }
    ),
    st.fixed_dictionaries(
        {
            "frequency": st.just(Frequency.MONTHLY),
            "monthly": st.just(MonthlyOn.DAY),
            "day": st.integers(1, 31) | st.integers(28, 31),
            "month_end": answers,
        }
    ),
    st.just({"frequency": Frequency.MONTHLY, "monthly": MonthlyOn.LAST_DAY}),
    st.fixed_dictionaries({"frequency": st.just(Frequency.YEARLY), "month_end": answers}),
    st.tuples(st.dates(date(2028, 1, 1), date(2028, 12, 31)), answers).map(
        lambda pair: {
            "frequency": Frequency.YEARLY,
            "month": pair[0].month,
            "day": pair[0].day,
            "month_end": pair[1],
        }
    ),
)
ends = st.one_of(
    st.just({}),
    st.fixed_dictionaries({"count": st.integers(1, 12) | st.integers(1, 400)}),
    st.fixed_dictionaries({"lasts": st.integers(0, 1096)}),
)


def _made(first: date, interval: int, kind: dict, end: dict) -> tuple[Rule, date]:
    if "lasts" in end:
        end = {"until": first + timedelta(days=end["lasts"])}
    return Rule(interval=interval, **kind, **end), first


series = st.builds(_made, first_days, intervals, kinds, ends)


# ---- the naive second opinion ----------------------------------------------------------------------


DAYS = [BEGIN + timedelta(days=n) for n in range(23 * 366)]


def naive_days(rule: Rule, first: date) -> list[date]:
    """All that the rule names in three years, without its end: each day is looked at alone."""
    latest = date(first.year + 3, first.month, 28 if (first.month, first.day) == (2, 29) else first.day)
    every = DAYS[(first - BEGIN).days : (latest - BEGIN).days + 1]
    interval, moved = rule.interval, rule.month_end == MonthEnd.LAST_DAY

    def is_last(day: date) -> bool:
        return (day + timedelta(days=1)).day == 1

    def months(day: date) -> int:
        return (day.year - first.year) * 12 + day.month - first.month

    match rule.frequency, rule.monthly:
        case Frequency.DAILY, _:
            return [day for day in every if (day - first).days % interval == 0]
        case Frequency.WEEKLY, _:
            right = [day for day in every if day.weekday() in rule.weekdays]
            begun = first - timedelta(days=first.weekday())
            return [day for day in right if (day - begun).days // 7 % interval == 0]
        case Frequency.YEARLY, _:
            wanted = (rule.month or first.month, rule.day or first.day)
            moved = moved and wanted == (2, 29)
            right = [
                day
                for day in every
                if (day.month, day.day) == wanted or (moved and day.month == 2 and day.day == 28 and is_last(day))
            ]
            return [day for day in right if (day.year - first.year) % interval == 0]
        case _, MonthlyOn.LAST_DAY:
            right = [day for day in every if is_last(day)]
        case _, MonthlyOn.DAY:
            right = [day for day in every if day.day == rule.day or (moved and day.day < rule.day and is_last(day))]
        case _:
            right = [day for day in every if day.weekday() in rule.weekdays]
            if rule.nth == LAST:
                right = [day for day in right if (day + timedelta(days=7)).month != day.month]
            else:
                right = [day for day in right if 7 * (rule.nth - 1) < day.day <= 7 * rule.nth]
    return [day for day in right if months(day) % interval == 0]


@lru_cache(maxsize=len(ZONES))
def changes(zone: str) -> list[tuple[datetime, timedelta, timedelta]]:
    """(UTC moment, offset before, offset after) of every change, found by looking at the clock each minute."""
    where, found = ZoneInfo(zone), []
    for number in range(24 * 366):
        start = datetime(2025, 12, 30, tzinfo=UTC) + timedelta(days=number)
        offsets = [(start + timedelta(days=later)).astimezone(where).utcoffset() for later in (0, 1)]
        if offsets[0] != offsets[1]:
            minutes = (start + timedelta(minutes=minute) for minute in range(1, 24 * 60 + 1))
            moment = next(minute for minute in minutes if minute.astimezone(where).utcoffset() != offsets[0])
            found.append((moment, *offsets))
    return found


@lru_cache(maxsize=len(ZONES))
def change_times(zone: str) -> list[datetime]:
    return [moment for moment, _before, _after in changes(zone)]


def naive_moment(day: date, clock: time, zone: str) -> tuple[datetime, timedelta, bool]:
    """(UTC, shifted, ambiguous): every offset the zone has around the day is tried."""
    asked = datetime.combine(day, clock, UTC)
    place = bisect_right(change_times(zone), asked)
    near = changes(zone)[max(place - 1, 0) : place + 1]
    offsets = {offset for change in near for offset in change[1:]} or {asked.astimezone(ZoneInfo(zone)).utcoffset()}
    meant = sorted(
        asked - offset for offset in offsets if (asked - offset).astimezone(ZoneInfo(zone)).utcoffset() == offset
    )
    if meant:
        return meant[0], timedelta(0), len(meant) > 1
    [(moment, before, after)] = [change for change in near if change[0] + change[1] <= asked < change[0] + change[2]]
    assert moment <= asked - before < moment + (after - before)
    return asked - before, after - before, False


# ---- what holds ------------------------------------------------------------------------------------

hours = st.times().map(lambda clock: clock.replace(second=0, microsecond=0)) | st.times(time(0, 0), time(3, 59))


def test_there_are_forty_zones():
    assert len(set(ZONES)) == len(ZONES) == 40


@pytest.mark.parametrize("lot", range(len(LOTS)))
@of_each_lot
@given(series, st.integers(0, 9), hours, st.integers(-9, 1100))
def test_a_series_in_a_zone(lot, made, place, clock, since):
    rule, first = made
    zone = LOTS[lot][place]
    named = naive_days(rule, first)
    expected = [day for day in named[: rule.count or 400] if rule.until is None or day <= rule.until]
    found = list(occurrences(rule, first))
    assert found == expected
    assert all(first <= day <= last_allowed(first) for day in found) and len(found) <= 400

    problems = [problem.field for problem in check(rule, first)]
    if not problems and rule.count is not None:
        assert len(found) == rule.count
    if not problems and rule.until is not None:
        assert [day for day in named if found[-1] < day <= rule.until] == []  # the last one is there

    moments = [at(day, clock, zone) for day in found]
    for day, moment in zip(found, moments, strict=True):
        assert (moment.utc, moment.shifted, moment.ambiguous) == naive_moment(day, clock, zone)
        assert moment.local.replace(tzinfo=None) == datetime.combine(day, clock) + moment.shifted
        assert moment.local.astimezone(UTC) == moment.utc
    assert all(earlier.utc < later.utc for earlier, later in itertools.pairwise(moments))

    after = first + timedelta(days=since)
    assert list(occurrences(rule, first, after=after)) == [day for day in found if day > after]


@pytest.mark.parametrize("zone", ZONES)
def test_around_every_change_of_the_clocks(zone):
    """The seconds at the edges of every gap and every fold, and its middle."""
    for moment, before, after in changes(zone):
        edges = [moment.replace(tzinfo=None) + offset for offset in (before, after)]
        middle = edges[0] + (edges[1] - edges[0]) / 2
        for local in (middle, *(edge + timedelta(seconds=s) for edge in edges for s in (-1, 0, 1))):
            found = at(local.date(), local.time(), zone)
            assert (found.utc, found.shifted, found.ambiguous) == naive_moment(local.date(), local.time(), zone)
        at_middle = at(middle.date(), middle.time(), zone)
        assert at_middle.shifted == max(after - before, timedelta(0))
        assert at_middle.ambiguous == (after < before)


def test_the_zones_have_gaps_and_folds_of_every_kind():
    gaps = {after - before for zone in ZONES for _moment, before, after in changes(zone)}
    assert {timedelta(minutes=minutes) for minutes in (-120, -60, -30, 30, 60, 120)} <= gaps
    assert sum(len(changes(zone)) for zone in ZONES) > 900


@few
@given(series)
def test_a_rule_is_stored_whole(made):
    rule, _first = made
    assert Rule.from_json(json.loads(json.dumps(rule.to_json()))) == rule


anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8) | st.sampled_from(["daily", "day"]),
    lambda inner: st.lists(inner, max_size=3),
    max_leaves=4,
)
names = st.sampled_from([*Rule.__dataclass_fields__, "color"])


@few
@given(series, st.dictionaries(names, anything, max_size=3))
def test_any_json_is_a_rule_or_is_refused(made, spoiled):
    try:
        rule = Rule.from_json(made[0].to_json() | spoiled)
    except ValueError as refused:
        assert str(refused)
    else:
        assert Rule.from_json(rule.to_json()) == rule
        assert all(day >= made[1] for day in occurrences(rule, made[1]))


@few
@given(series, st.integers(0, 399))
def test_a_series_cut_in_two_goes_on_as_it_was(made, place):
    """From any of its days on the rule names the same days, as far as the limits of the first part reach."""
    rule, first = made
    found = list(occurrences(replace(rule, count=None), first))
    if found:
        cut = found[place % len(found)]
        rest = [day for day in found if day >= cut]
        again = occurrences(replace(rule, count=None).pinned(first), cut)
        assert list(itertools.islice(again, len(rest))) == rest


@few
@given(series)
def test_the_question_is_asked_exactly_where_the_answer_matters(made):
    rule, first = made
    skipped, moved = (naive_days(replace(rule, month_end=answer), first) for answer in MonthEnd)
    assert needs_month_end_answer(rule, first) == (skipped != moved)
