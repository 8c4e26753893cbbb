"""Worklogs of Jira are read, from Tempo and from others."""

from datetime import date, time
from zoneinfo import ZoneInfo

import pytest

from apps.toil.imports import recognise
from apps.toil.imports.cells import Choices
from apps.toil.imports.jira import JIRA
from apps.toil.imports.mapped import guess


def test_it_works_with_tempo(sample):
    table = sample("jira_tempo.csv")
    assert recognise(table.header) is JIRA
    first, second, third = JIRA.lines(table)
    assert (first.day, first.started, first.minutes) == (date(2026, 11, 12), time(9, 5), 90)
    assert (first.item, first.category, first.stakeholder) == ("Manual release", "Operations", "Customer support")
    assert (first.note, first.person_name) == ("OPS-12 Rolled back twice", "Kenta Mori")
    assert (second.minutes, second.note) == (15, "OPS-31")
    assert (third.item, third.minutes) == ("脆弱性対応", 120)


def test_it_works_with_seconds_and_jiras_own_dates(sample):
    table = sample("jira_worklogs.csv")
    assert recognise(table.header) is JIRA
    lines = list(JIRA.lines(table))
    assert [line.minutes for line in lines] == [90, 600, 30]
    assert [line.started for line in lines] == [time(9, 5), time(16), time(23, 30)]
    assert lines[0].origin_id == "10021"


def test_a_time_in_another_zone_is_moved_to_the_persons_own(sample):
    lines = list(JIRA.lines(sample("jira_worklogs.csv"), Choices(zone=ZoneInfo("Asia/Tokyo"))))
    assert (lines[2].day, lines[2].started) == (date(2026, 11, 14), time(8, 30))


@pytest.mark.parametrize(("text", "minutes"), [("1h 30m", 90), ("1d 2h", 600), ("30m", 30), ("5400", 90)])
def test_time_spent_is_read_as_jira_writes_it(table, text, minutes):
    file = table(f"Issue Key,Summary,Author,Started,Time Spent\nOPS-1,Release,Kenta,2026-11-12,{text}\n")
    assert [line.minutes for line in JIRA.lines(file)] == [minutes]


def test_a_teams_own_list_with_hours_is_not_taken_for_it():
    assert recognise(("Work date", "Hours", "Username", "Note")) is None


@pytest.mark.parametrize(
    ("header", "roles"),
    [
        ("Issue,Title,Date,Hours,Assignee", {"item": 1, "day": 2, "duration": 3, "person": 4}),
        (
            "Project,Date,User,Activity,Issue,Comment,Hours",
            {"category": 0, "day": 1, "person": 2, "item": 3, "note": 5, "duration": 6},
        ),
    ],
)
def test_lists_of_other_trackers_are_not_taken_for_it(header, roles):
    names = tuple(header.split(","))
    assert recognise(names) is None
    assert guess(names, []).columns == roles


def test_a_missing_column_is_named():
    header = ("Issue Key", "Issue summary", "Work date", "Full name")
    assert recognise(header) is JIRA
    assert JIRA.missing(header) == ("Time Spent (seconds)",)
