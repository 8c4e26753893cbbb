"""A detailed report of Clockify is read."""

from datetime import date, time

from apps.toil.imports import recognise
from apps.toil.imports.clockify import CLOCKIFY
from apps.toil.imports.dates import Order


def test_it_works(sample):
    table = sample("clockify_detailed.csv")
    assert recognise(table.header) is CLOCKIFY
    first, second, third = CLOCKIFY.lines(table)
    assert (first.day, first.started, first.minutes, first.item) == (
        date(2026, 11, 12), time(9, 5), 25, "Manual release",
    )  # fmt: skip
    assert (second.day, second.started, second.item) == (date(2026, 11, 25), time(19, 10), "On call")
    assert second.note == "Pager at dinner [night]"
    assert (third.item, third.category, third.stakeholder) == ("出席記録の修正", "データメンテナンス", "保護者")


def test_one_day_above_twelve_settles_the_order_for_the_file(sample):
    assert CLOCKIFY.order(sample("clockify_detailed.csv")) is Order.MDY


def test_decimal_hours_do_where_the_other_column_was_left_out(table):
    header = "Project,Description,User,Start Date,Start Time,End Date,Duration (decimal)\n"
    file = table(header + "Ops,Release,Kenta,2026-11-12,09:00:00,2026-11-12,1.50\n")
    assert recognise(file.header) is CLOCKIFY
    assert [line.minutes for line in CLOCKIFY.lines(file)] == [90]
