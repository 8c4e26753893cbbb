"""A detailed report of Toggl Track is read."""

from datetime import date, time

import pytest

from apps.toil.imports import recognise
from apps.toil.imports.errors import ImportFileError
from apps.toil.imports.toggl import TOGGL

HEADER = (
    "User", "Email", "Client", "Project", "Task", "Description", "Billable",
    "Start date", "Start time", "End date", "End time", "Duration", "Tags",
)  # fmt: skip


@pytest.fixture
def lines(sample):
    return list(TOGGL.lines(sample("toggl_detailed.csv")))


def test_it_works(lines):
    first = lines[0]
    assert (first.row, first.day, first.started, first.minutes) == (2, date(2026, 11, 12), time(9, 5), 25)
    assert (first.item, first.category, first.stakeholder) == ("Manual release", "Releases", "Customer support")
    assert (first.person_name, first.person_email) == ("Kenta Mori", "kenta@komorebi.example")
    assert not any(line.problems for line in lines)


def test_a_task_names_the_item_and_the_description_becomes_the_note(lines):
    assert lines[1].item == "Fix attendance records"
    assert lines[1].note == 'Three children moved to another class, "sun" and "moon" [urgent, data]'


def test_without_task_and_description_the_project_is_the_item(lines):
    assert lines[2].item == "Log investigation"


def test_seconds_are_rounded_half_up_and_never_to_nothing(lines):
    assert [line.minutes for line in lines[1:3]] == [90, 1]


def test_a_description_over_two_lines_is_one_japanese_item(lines):
    assert lines[3].item == "手動リリース （午前の分）"
    assert (lines[3].person_name, lines[3].stakeholder, lines[3].row) == ("佐藤 綾", "保育施設", 5)


def test_a_description_too_long_for_a_name_stands_whole_in_the_note(table):
    long = "why the release failed " * 20
    row = ["A", "a@b.example", "", "P", "", long, "No", "2026-11-12", "", "", "", "0:30", ""]
    (line,) = TOGGL.lines(table(",".join(HEADER) + "\n" + ",".join(row)))
    assert len(line.item) <= 120
    assert line.item.endswith("…")
    assert line.note == long.strip()
    assert line.problems == ()


def test_its_header_is_recognised():
    assert recognise(HEADER) is TOGGL
    assert recognise((*HEADER, "Amount (USD)")) is TOGGL


def test_other_names_of_its_columns_are_known():
    header = ("Description", "Billable", "Duration", "Member", "Email", "Project", "Tags", "Start date", "Start time",
              "Stop date", "Stop time")  # fmt: skip
    assert recognise(header) is TOGGL


def test_a_missing_column_is_named(table):
    header = [name for name in HEADER if name != "Duration"]
    assert recognise(tuple(header)) is TOGGL
    assert TOGGL.missing(tuple(header)) == ("Duration",)
    with pytest.raises(ImportFileError) as caught:
        list(TOGGL.lines(table(",".join(header) + "\n" + ",".join("x" for _name in header))))
    assert (caught.value.code, caught.value.column) == ("missing_column", "Duration")
    assert "“Duration”" in str(caught.value)
