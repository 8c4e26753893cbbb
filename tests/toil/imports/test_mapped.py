"""Any CSV is read by its columns, which are guessed first, in English and Japanese."""

from datetime import date, time

import pytest

from apps.toil.imports import recognise
from apps.toil.imports.cells import Choices
from apps.toil.imports.dates import Order
from apps.toil.imports.durations import Unit
from apps.toil.imports.errors import ImportFileError
from apps.toil.imports.mapped import MAPPED, guess


def test_a_japanese_sheet_is_guessed_and_read(sample):
    table = sample("team_sheet_ja.csv")
    assert recognise(table.header) is None
    found = guess(table.header, table.samples())
    assert found.columns == {
        "day": 0, "person": 1, "email": 2, "item": 3, "category": 4, "stakeholder": 5, "duration": 6,
        "started": 7, "note": 8,
    }  # fmt: skip
    assert (found.unit, found.order) == (Unit.MINUTES, Order.YMD)
    lines = list(MAPPED.lines(table, found.as_choices()))
    assert [line.minutes for line in lines] == [25, 90, 90]
    assert [line.day for line in lines] == [date(2026, 11, 12), date(2026, 11, 12), date(2026, 11, 13)]
    assert (lines[0].started, lines[0].stakeholder) == (time(9, 5), "CS")
    assert lines[2].note == "登園記録が\n見つからない"


def test_an_english_sheet_with_semicolons_and_decimal_commas_is_guessed_and_read(sample):
    table = sample("team_sheet_en.csv")
    found = guess(table.header, table.samples())
    assert found.columns == {
        "day": 0, "person": 1, "item": 2, "category": 3, "stakeholder": 4, "duration": 5, "note": 6
    }  # fmt: skip
    assert (found.unit, found.order) == (Unit.HOURS, Order.DMY)
    assert [line.minutes for line in MAPPED.lines(table, found.as_choices())] == [30, 90]


@pytest.mark.parametrize(
    ("header", "role"),
    [
        ("日付", "day"), ("作業日", "day"), ("時間", "duration"), ("作業時間(h)", "duration"),
        ("作業時間（分）", "duration"),
        ("分", "duration"), ("担当者", "person"), ("氏名", "person"), ("メール", "email"), ("作業", "item"),
        ("作業内容", "item"), ("項目", "item"), ("タスク", "item"), ("カテゴリ", "category"), ("分類", "category"),
        ("依頼元", "stakeholder"), ("関係者", "stakeholder"), ("備考", "note"),
        ("メモ", "note"), ("開始時間", "started"),
        ("Work Date", "day"), ("Duration [min]", "duration"), ("E-mail", "email"), ("ＴＡＳＫ", "item"),
        ("Spent on", "day"), ("Worklog started", "day"), ("Log Date", "day"), ("Datum", "day"),
        ("Logged Time", "duration"), ("How long (min)?", "duration"), ("Dauer", "duration"), ("期間", "duration"),
        ("要約", "item"), ("キー", "item"), ("やったこと", "item"), ("アクティビティ", "item"), ("Tätigkeit", "item"),
        ("お名前", "person"), ("Benutzer", "person"), ("Projekt", "category"), ("プロジェクト", "category"),
        ("Kunde", "stakeholder"), ("顧客", "stakeholder"), ("終了時刻", "ended"), ("Bis", "ended"),
    ],
)  # fmt: skip
def test_a_name_gives_the_role_away(header, role):
    assert guess([header], []).columns == {role: 0}


@pytest.mark.parametrize(
    ("header", "cells", "unit"),
    [
        ("作業時間(分)", ["1", "2"], Unit.MINUTES),
        ("作業時間(h)", ["90"], Unit.HOURS),
        ("作業時間", ["25", "90"], Unit.MINUTES),
        ("作業時間", ["0.5", "2"], Unit.HOURS),
        ("作業時間", ["0.5", "2", "26.50"], Unit.HOURS),
        ("作業時間", ["12.5", "90", "45"], Unit.MINUTES),
        ("時間", ["1", "2"], Unit.UNCLEAR),
        ("時間", ["1:30", "25分"], None),
        ("Duration", ["5400", "60"], Unit.SECONDS),
        ("Time", ["5", "10", "15"], Unit.UNCLEAR),
        ("秒", ["5"], Unit.SECONDS),
    ],
)
def test_the_unit_comes_from_the_name_or_from_the_size_of_the_numbers(header, cells, unit):
    assert guess([header], [(cell,) for cell in cells]).unit is unit


def test_a_column_without_a_telling_name_is_known_by_its_look():
    rows = [("mei@komorebi.example", "2026-11-12"), ("aya@komorebi.example", "2026-11-13")]
    assert guess(["A", "B"], rows).columns == {"email": 0, "day": 1}


def test_the_persons_choices_win(table):
    file = table("a,b,c\n11/12/2026,2,Release\n")
    columns = {"day": 0, "duration": 1, "item": 2}
    (line,) = MAPPED.lines(file, Choices(order=Order.DMY, unit=Unit.HOURS, columns=columns))
    assert (line.day, line.minutes) == (date(2026, 12, 11), 120)


def test_choices_kept_as_plain_text_mean_the_same(table):
    columns = {"day": 0, "duration": 1, "item": 2}
    (line,) = MAPPED.lines(table("a,b,c\n11/12/2026,1,Release\n"), Choices("mdy", "hours", columns))
    assert (line.day, line.minutes) == (date(2026, 11, 12), 60)


def test_an_ambiguous_order_is_asked_for_and_nothing_is_assumed(table):
    file = table("day,minutes,task\n11/12/2026,30,Release\n12/11/2026,30,Release\n05/05/2026,30,Release\n")
    choices = guess(file.header, file.samples()).as_choices()
    assert MAPPED.order(file, choices) is Order.AMBIGUOUS
    lines = list(MAPPED.lines(file, choices))
    assert [problem.code for line in lines for problem in line.problems] == ["day_order", "day_order"]
    assert lines[2].day == date(2026, 5, 5)


def test_a_missing_choice_is_named(table):
    with pytest.raises(ImportFileError) as caught:
        list(MAPPED.lines(table("a,b\n1,2\n"), Choices(columns={"day": 0, "duration": 1})))
    assert "What was done" in str(caught.value)


def read(file, **choices):
    return list(MAPPED.lines(file, Choices(columns=guess(file.header, file.samples()).columns, **choices)))


def test_the_time_spent_follows_from_start_and_end(table):
    file = table(
        "日付,担当者,作業内容,開始,終了\n"
        "2026-11-12,森,リリース,9:00,9:25\n2026-11-12,森,障害,23:50,0:20\n2026-11-12,森,監査,9:00,\n"
    )
    lines = read(file)
    assert [line.minutes for line in lines] == [25, 30, None]
    assert [line.started for line in lines] == [time(9), time(23, 50), time(9)]


def test_a_start_with_its_day_says_both(table):
    (line,) = read(table("Start,Stop,Task\n2026-11-12 09:00,2026-11-12 09:25,Release\n"))
    assert (line.day, line.started, line.minutes) == (date(2026, 11, 12), time(9), 25)


def test_a_range_of_times_says_when_it_began(table):
    (line,) = read(table("日付,作業時間,作業内容\n2026-11-12,9:00～9:25,リリース\n"))
    assert (line.started, line.minutes) == (time(9), 25)


def test_a_sum_below_the_table_is_passed_over_and_settles_no_unit(table):
    file = table("日付,作業内容,工数\n2026-11-12,リリース,1.5\n2026-11-13,監査,2\n合計,,37.5\n,小計,37.5\n")
    assert MAPPED.unit(file, Choices(columns={"day": 0, "item": 1, "duration": 2})) is Unit.HOURS
    assert [line.minutes for line in read(file)] == [90, 120]


def test_whole_hours_with_a_large_sum_below_stay_to_be_asked_for(table):
    file = table("日付,作業内容,工数\n2026-11-12,リリース,2\n2026-11-13,監査,3\n合計,,40\n")
    assert [problem.code for line in read(file) for problem in line.problems] == ["duration_unit"] * 2


def test_a_row_without_a_day_that_is_no_sum_is_told(table):
    lines = read(table("date,minutes,task\n2026-11-12,25,Release\n,30,Total recall\n"))
    assert [problem.code for line in lines for problem in line.problems] == ["missing"]


def test_who_brings_it_counts_where_nobody_is_named(table):
    file = table("date,minutes,task,person\n2026-11-12,25,Release,\n2026-11-12,25,Release,Kenta\n")
    mine, theirs = read(file, importer="1"), read(file, importer="2")
    assert mine[0].key != theirs[0].key
    assert mine[1].key == theirs[1].key


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("padding", ["", ",,"])
def test_a_title_above_the_table_is_not_the_header(table, delimiter, padding):
    text = f"作業記録 2026年11月{padding}\n開発部,森{padding[1:]}\n\n日付,作業内容,分\n2026-11-12,リリース,25\n2026-11-13,監査,30\n"
    file = table(text.replace(",", delimiter))
    assert file.header == ("日付", "作業内容", "分")
    assert [(line.row, line.minutes) for line in read(file)] == [(5, 25), (6, 30)]


def test_a_row_of_values_is_never_the_header(table):
    with pytest.raises(ImportFileError) as caught:
        table("date,task,minutes\n2026-11-12,Release, all,25\n2026-11-13,Audit, half,25\n")
        list(table("date,task,minutes\n2026-11-12,Release, all,25\n2026-11-13,Audit, half,25\n").rows())
    assert caught.value.code == "column_count"
