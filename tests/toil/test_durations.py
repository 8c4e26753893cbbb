"""Durations are read as people type them, and everything else is refused with a reason (issue, sections 3 and 7)."""

from datetime import time

import pytest
from django.utils import translation

from apps.toil import durations

NUL, LONE_SURROGATE = "\x00", "\ud800"


@pytest.mark.parametrize(
    ("typed", "minutes"),
    [
        ("25m", 25),
        ("25 min", 25),
        ("90 min", 90),
        ("1 minute", 1),
        ("1h", 60),
        ("1h30", 90),
        ("1h 30m", 90),
        ("1 h 30 min", 90),
        ("1H30M", 90),
        ("2 hours", 120),
        ("1.5h", 90),
        ("1,5h", 90),
        ("1.33h", 80),
        ("1:30", 90),
        ("0:05", 5),
        ("01:30:00", 90),
        ("00:00:45", 1),
        ("24h", 1440),
        ("25分", 25),
        ("1時間", 60),
        ("1時間半", 90),
        ("1時間30分", 90),
        ("1時間20", 80),
        ("半時間", 30),
        ("２５分", 25),
        ("１時間半", 90),
        ("１：３０", 90),
        ("１．５ｈ", 90),
        ("  25m  ", 25),
        ("8-9.15", 75),
        ("8:00-9:15", 75),
        ("8 - 9:15", 75),
        ("8–9.15", 75),
        ("8〜9", 60),
        ("８～９", 60),
        ("8から9まで", 60),
        ("8 to 9", 60),
        ("23:30-0:15", 45),
        ("22-24", 120),
    ],
)
def test_a_duration_is_read_as_people_type_it(typed, minutes):
    assert durations.read(typed) == minutes


@pytest.mark.parametrize(("typed", "minutes"), [("25", 25), ("１２", 12), ("1", 1), ("1440", 1440)])
def test_a_bare_number_counts_as_minutes_where_only_minutes_can_be_meant(typed, minutes):
    assert durations.read(typed, bare=True) == minutes


def test_a_bare_number_is_no_duration_elsewhere():
    with pytest.raises(durations.DurationError) as error:
        durations.read("25")
    assert error.value.code == "unreadable"


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("0", "zero"),
        ("0m", "zero"),
        ("0:00", "zero"),
        ("0h", "zero"),
        ("-5", "negative"),
        ("−5", "negative"),
        ("－５", "negative"),
        ("-5m", "negative"),
        ("1.5", "fraction"),
        ("1,5", "fraction"),
        ("1.5m", "fraction"),
        ("99999", "long"),
        ("1e309", "long"),
        ("25h", "long"),
        ("1441", "long"),
        ("9-9", "range"),
        ("", "unreadable"),
        ("   ", "unreadable"),
        ("soon", "unreadable"),
        ("1:75", "unreadable"),
        ("8-25", "unreadable"),
        ("25m extra", "unreadable"),
        (NUL, "unreadable"),
        (f"2{NUL}5m", "unreadable"),
        (LONE_SURROGATE, "unreadable"),
        ("1" * 10_000, "unreadable"),
        ("x" * 10_000, "unreadable"),
        ("٢٥", "any"),
        ("NaN", "unreadable"),
        ("inf", "unreadable"),
        ("½h", "unreadable"),
    ],
)
def test_what_is_no_duration_is_refused_with_its_reason(typed, code):
    try:
        minutes = durations.read(typed, bare=True)
    except durations.DurationError as error:
        assert code in (error.code, "any")
        assert str(error)
    else:
        assert (code, minutes) == ("any", 25)


def test_a_range_says_when_the_work_began():
    assert durations.read_span("8.30-9.15") == durations.Span(45, time(8, 30))
    assert durations.read_span("23:30-0:15").start == time(23, 30)


def test_an_estimate_may_be_longer_than_a_day():
    assert durations.read("40h", longest=600_000) == 2400
    with pytest.raises(durations.DurationError) as error:
        durations.read("99999h", longest=600_000)
    assert error.value.code == "too_long"


@pytest.mark.parametrize(
    ("minutes", "english", "japanese"),
    [
        (5, "5 min", "5分"),
        (60, "1 h", "1時間"),
        (65, "1 h 05 min", "1時間5分"),
        (80, "1 h 20 min", "1時間20分"),
        (1440, "24 h", "24時間"),
    ],
)
def test_minutes_are_shown_in_the_readers_language(minutes, english, japanese):
    with translation.override("en"):
        assert durations.show(minutes) == english
    with translation.override("ja"):
        assert durations.show(minutes) == japanese


@pytest.mark.parametrize("language", ["en", "ja"])
def test_what_is_shown_can_be_typed_again(language):
    with translation.override(language):
        for minutes in range(1, durations.LONGEST + 1):
            assert durations.read(durations.show(minutes)) == minutes


def test_each_reason_is_said_in_japanese_too():
    for code in ("zero", "negative", "fraction", "long", "too_long", "range", "unreadable"):
        with translation.override("en"):
            english = str(durations.DurationError(code))
        with translation.override("ja"):
            assert str(durations.DurationError(code)) != english
