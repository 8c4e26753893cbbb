"""Lengths of time are read as other programs write them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.toil.imports.durations import DAY_MINUTES, Unit, read, seconds
from apps.toil.imports.errors import CellError


@pytest.mark.parametrize(
    ("text", "minutes"),
    [
        ("01:30:00", 90), ("1:30", 90), ("0:05", 5), ("24:00", 1440), ("1:30 h", 90), ("1.5 h", 90), ("1.5h", 90),
        ("1,5 h", 90), ("1h 30m", 90), ("1h30", 90), ("1 h 30 min", 90), ("2 hours", 120), ("45 mins", 45),
        ("90 min", 90), ("5400s", 90), ("1d 2h", 600), ("1h, 30m", 90), ("PT1H30M", 90), ("PT45M", 45), ("PT90S", 2),
        ("P1D", 1440), ("1時間30分", 90), ("1時間半", 90), ("25分", 25), ("１：３０", 90), ("２５分", 25),
        ("9:00-9:25", 25), ("9:00～9:25", 25), ("23:50 – 0:10", 20), ("47:06 min", 47),
    ],
)  # fmt: skip
@pytest.mark.parametrize("unit", Unit)
def test_a_text_that_names_its_unit_means_the_same_in_every_column(text, minutes, unit):
    assert read(text, unit) == minutes


@pytest.mark.parametrize(
    ("text", "unit", "minutes"),
    [
        ("90", Unit.MINUTES, 90), ("90", Unit.SECONDS, 2), ("5400", Unit.SECONDS, 90), ("1.5", Unit.HOURS, 90),
        ("1,5", Unit.HOURS, 90), ("0.25", Unit.HOURS, 15), ("2", Unit.HOURS, 120), ("1,440", Unit.MINUTES, 1440),
        ("1,250", Unit.HOURS, 75), ("3,600", Unit.SECONDS, 60), ("９０", Unit.MINUTES, 90),
        ("0.41666666666", Unit.HOURS, 25), ("0.41666666666666667", Unit.HOURS, 25),
    ],
)  # fmt: skip
def test_a_bare_number_counts_what_its_column_says(text, unit, minutes):
    assert read(text, unit) == minutes


@pytest.mark.parametrize(("text", "minutes"), [("1", 1), ("29", 1), ("89", 1), ("90", 2), ("149", 2), ("150", 3)])
def test_halves_are_rounded_up_and_a_moment_is_a_minute(text, minutes):
    assert read(text, Unit.SECONDS) == minutes


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "missing"), ("  ", "missing"), ("0", "duration_zero"), ("00:00:00", "duration_zero"),
        ("24:01", "duration_over_day"), ("24:00:01", "duration_over_day"), ("1w", "duration_over_day"),
        ("-5", "duration"), ("1e309", "duration"), ("inf", "duration"), ("NaN", "duration"), ("1:60", "duration"),
        ("h", "duration"), ("P", "duration"), ("PT", "duration"), ("30m 1h", "duration"), ("1 2", "duration"),
        ("soon", "duration"), ("1:2:3:4", "duration"), ("1.2.3", "duration"), ("٣", "duration"),
    ],
)  # fmt: skip
def test_what_is_no_length_of_a_row_is_refused(text, code):
    with pytest.raises(CellError) as caught:
        read(text, Unit.MINUTES)
    assert caught.value.code == code
    assert str(caught.value)


@pytest.mark.parametrize("text", ["2", "0.5", "90", "1,440,000"])
def test_a_bare_number_is_not_read_before_its_unit_is_said(text):
    with pytest.raises(CellError) as caught:
        read(text, Unit.UNCLEAR)
    assert caught.value.code == "duration_unit"


@given(st.integers(1, DAY_MINUTES))
def test_every_way_of_writing_gives_the_same_minutes(minutes):
    hours, rest = divmod(minutes, 60)
    ways = (
        f"{hours}:{rest:02d}",
        f"{hours:02d}:{rest:02d}:00",
        f"{hours}h {rest}m",
        f"PT{hours}H{rest}M",
        f"{minutes} min",
    )
    assert {read(way, Unit.SECONDS) for way in ways} == {minutes}


@given(st.text(max_size=60), st.sampled_from(Unit))
def test_any_text_is_a_length_or_refused(text, unit):
    try:
        assert seconds(text, unit) >= 0
    except CellError as error:
        assert str(error)
