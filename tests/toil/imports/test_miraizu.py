"""Our own export is read back."""

from datetime import date, time

import pytest

from apps.toil import csv_out
from apps.toil.imports import recognise
from apps.toil.imports.miraizu import COLUMNS, MIRAIZU, unguard
from apps.web import csv_file


def test_it_works(sample):
    table = sample("miraizu.csv")
    assert recognise(table.header) is MIRAIZU
    first, _second, third = MIRAIZU.lines(table)
    assert (first.day, first.started, first.minutes, first.item) == (
        date(2026, 11, 12), time(9, 5), 25, "Manual release",
    )  # fmt: skip
    assert (first.category, first.stakeholder, first.origin_id) == ("Releases", "CS", "1")
    assert (third.item, third.started) == ("手動リリース", time(18, 40))


def test_the_columns_are_those_of_the_export():
    assert COLUMNS == csv_out.COLUMNS


def test_the_formula_guard_is_taken_off(sample):
    notes = [line.note for line in MIRAIZU.lines(sample("miraizu.csv"))]
    assert notes[1:] == ["=SUM(A1:A9) was in the cell", "-2件だけ残った"]


@pytest.mark.parametrize("sign", ["=", "+", "-", "@", "\t", "\r"])
def test_exactly_one_apostrophe_is_taken_off_before_a_formula_sign(sign):
    assert unguard(csv_file.guard(f"{sign}1")) == f"{sign}1"
    assert unguard(f"''{sign}1") == f"'{sign}1"


@pytest.mark.parametrize("text", ["'quoted'", "'", "''", "rock 'n' roll", ""])
def test_other_apostrophes_stay(text):
    assert unguard(text) == text
