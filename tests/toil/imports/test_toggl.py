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
    header = [name for name in HEADER if name not in ("Duration", "End time")]
    assert recognise(tuple(header)) is TOGGL
    assert TOGGL.missing(tuple(header)) == ("Duration",)
    with pytest.raises(ImportFileError) as caught:
        list(TOGGL.lines(table(",".join(header) + "\n" + ",".join("x" for _name in header))))
    assert (caught.value.code, caught.value.column) == ("missing_column", "Duration")
    assert "“Duration”" in str(caught.value)


SHORT = "Description,Start date,Start time,End date,End time,Client\n"


def test_the_time_spent_follows_from_start_and_end(table):
    rows = (
        "Release,2026-11-12,09:00:00,2026-11-12,09:25:10,-\n"
        "Pager,2026-11-12,23:50:00,2026-11-13,00:10:00,CS\n"
        "Weekend,2026-11-13,18:00:00,2026-11-15,09:00:00,CS\n"
    )
    lines = list(TOGGL.lines(table(SHORT + rows)))
    assert [line.minutes for line in lines] == [25, 20, None]
    assert [problem.code for problem in lines[2].problems] == ["duration_over_day"]


def test_a_dash_stands_for_nothing(table):
    row = ["A", "a@b.example", "-", "-", "-", "Release", "No", "2026-11-12", "9:00", "", "", "47:06 min", "-"]
    (line,) = TOGGL.lines(table(",".join(HEADER) + "\n" + ",".join(row)))
    assert (line.item, line.category, line.stakeholder, line.note, line.minutes) == ("Release", "", "", "", 47)
