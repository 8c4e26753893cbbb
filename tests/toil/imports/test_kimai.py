"""Exports of Kimai are read, of newer and older versions."""

from datetime import date, time

import pytest

from apps.toil.imports import recognise
from apps.toil.imports.kimai import KIMAI
from apps.toil.imports.mapped import guess


def test_it_works(sample):
    table = sample("kimai.csv")
    assert recognise(table.header) is KIMAI
    lines = list(KIMAI.lines(table))
    first = lines[0]
    assert (first.day, first.started, first.minutes) == (date(2026, 11, 12), time(8), 75)
    assert (first.item, first.category, first.stakeholder) == ("Manual release", "Operations", "Customer support")
    assert (first.note, first.origin_id) == ("Rolled back twice [release]", "501")
    assert lines[2].item == "ログ調査"
    assert not any(line.problems for line in lines)


def test_the_alias_is_the_name_and_without_it_the_user_name(sample):
    assert [line.person_name for line in KIMAI.lines(sample("kimai.csv"))] == ["Kenta Mori", "mei", "佐藤 綾"]


def test_older_exports_count_seconds_and_use_semicolons(sample):
    table = sample("kimai_older.csv")
    assert recognise(table.header) is KIMAI
    assert table.delimiter == ";"
    assert [line.minutes for line in KIMAI.lines(table)] == [75, 45]


def test_decimal_hours_and_iso_lengths_are_understood(table):
    header = "Date,From,To,Duration,Customer,Project,Activity\n"
    row = "2026-11-12,,,{},CS,Ops,Release\n"
    assert [line.minutes for line in KIMAI.lines(table(header + row.format("1.25") + row.format("PT1H30M")))] == [
        75,
        90,
    ]


def test_a_list_of_flights_is_not_taken_for_it():
    assert recognise(("Date", "From", "To", "Duration", "Airline", "Seat type")) is None


def test_one_long_row_of_decimal_hours_does_not_make_the_file_one_of_seconds(table):
    header = "Date,From,To,Duration,Customer,Project,Activity\n"
    row = "2026-11-12,,,{},CS,Ops,Release\n"
    lines = list(KIMAI.lines(table(header + row.format("1.25") + row.format("26.50") + row.format("2.00"))))
    assert [line.minutes for line in lines] == [75, None, 120]
    assert [problem.code for problem in lines[1].problems] == ["duration_over_day"]


@pytest.mark.parametrize(
    "header",
    [
        "Datum,Von,Bis,Dauer,Benutzer,Kunde,Projekt,Tätigkeit,Beschreibung",
        "日付,開始,終了,期間,ユーザー,顧客,プロジェクト,アクティビティ,説明",
    ],
)
def test_exports_in_german_and_japanese_are_guessed(header):
    assert guess(header.split(","), []).columns == {
        "day": 0, "started": 1, "ended": 2, "duration": 3, "person": 4, "stakeholder": 5, "category": 6, "item": 7,
        "note": 8,
    }  # fmt: skip
