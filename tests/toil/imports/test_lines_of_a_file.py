"""Each row becomes a line with its problems beside it, and the same row always gets the same key."""

import pytest

from apps.toil.imports.miraizu import MIRAIZU

HEADER = "day,started,person,email,item,category,stakeholder,minutes,note,source,id\n"
ROW = "2026-11-12,,Kenta,k@b.example,Release,,CS,25,,quick,1\n"


def problems(table, row):
    return [(problem.column, problem.code) for line in MIRAIZU.lines(table(HEADER + row)) for problem in line.problems]


@pytest.mark.parametrize(
    ("minutes", "code"),
    [
        ("0", "duration_zero"),
        ("-5", "duration"),
        ("99999", "duration_over_day"),
        ("1e309", "duration"),
        ("1441", "duration_over_day"),
        ("", "missing"),
        ("soon", "duration"),
        ("9" * 5_000, "duration"),
    ],
)
def test_impossible_minutes_are_a_problem_of_their_column(table, minutes, code):
    assert problems(table, f"2026-11-12,,,,Release,,,{minutes},,,\n") == [("minutes", code)]


@pytest.mark.parametrize("minutes", ["１２", "12", " 12 ", "12分", "0:12"])
def test_minutes_may_be_written_wide_or_with_a_unit(table, minutes):
    (line,) = MIRAIZU.lines(table(HEADER + f"2026-11-12,,,,Release,,,{minutes},,,\n"))
    assert line.minutes == 12


@pytest.mark.parametrize("day", ["2026-02-30", "yesterday", "9999-01-01", "0001-01-01", "2026-11-12 banana"])
def test_a_day_that_is_none_is_a_problem_of_its_column(table, day):
    assert problems(table, f"{day},,,,Release,,,25,,,\n") == [("day", "day")]


def test_every_problem_of_a_row_is_told_at_once(table):
    assert problems(table, ",,,,,,,,note,,\n") == [("day", "missing"), ("minutes", "missing"), ("item", "missing")]


def test_texts_too_long_to_keep_are_problems(table):
    long = "n" * 10_000
    assert problems(table, f"2026-11-12,,,,{long},,,25,{long},,\n") == [("item", "too_long"), ("note", "too_long")]


def test_texts_that_would_turn_a_page_around_are_cleaned(table):
    (line,) = MIRAIZU.lines(table(HEADER + '2026-11-12,,,,"Re\u202elease\n 🚀",,,25,a\x07b,,\n'))
    assert (line.item, line.note) == ("Release 🚀", "ab")


def test_a_line_with_problems_has_no_key(table):
    (line,) = MIRAIZU.lines(table(HEADER + "2026-11-12,,,,Release,,,0,,,\n"))
    assert line.key == ""


def keys(table, rows, header=HEADER):
    return [line.key for line in MIRAIZU.lines(table(header + rows))]


def test_the_same_file_again_has_the_same_keys(table):
    assert keys(table, ROW * 3) == keys(table, ROW * 3)


def test_equal_rows_in_one_file_are_told_apart(table):
    assert len(set(keys(table, ROW * 3))) == 3


def test_a_longer_export_of_the_same_log_keeps_the_keys_it_had(table):
    later = ROW.replace("-12,", "-13,")
    assert set(keys(table, ROW * 2)) < set(keys(table, later + ROW * 2))


def test_columns_nobody_reads_do_not_change_a_key(table):
    header, row = HEADER.replace(",id\n", ",id,rate\n"), ROW.replace(",1\n", ",1,0.00\n")
    assert keys(table, row, header) == keys(table, ROW)


@pytest.mark.parametrize(
    ("old", "new"), [("-12,", "-13,"), ("25", "26"), ("Release", "Audit"), ("k@b", "m@b"), ("CS", "QA")]
)
def test_another_entry_has_another_key(table, old, new):
    assert keys(table, ROW.replace(old, new)) != keys(table, ROW)


def test_a_key_fits_its_column(table):
    assert [len(key) for key in keys(table, ROW)] == [64]
