"""Commas, semicolons and tabs are told apart, whatever the cells hold."""

import pytest

CELLS = [["day", "hours", "item"], ["12.11.2026", "1,5", "a; b, c"], ["13.11.2026", "0,25", "d\te"]]


def quoted(delimiter):
    return "".join(delimiter.join(f'"{cell}"' for cell in row) + "\r\n" for row in CELLS)


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_quoted_cells_may_hold_any_delimiter(table, delimiter):
    file = table(quoted(delimiter))
    assert file.delimiter == delimiter
    assert [list(row.cells) for row in file.rows()] == CELLS[1:]


def test_decimal_commas_do_not_make_a_comma_file(table):
    assert table("Datum;Stunden\n12.11.2026;1,5\n13.11.2026;0,5\n").delimiter == ";"


def test_commas_in_a_header_do_not_outvote_the_rows(table):
    assert table("day;item, short;minutes\n2026-11-12;Release;25\n2026-11-13;Audit;30\n").delimiter == ";"


def test_a_separator_line_is_obeyed_and_not_counted(table):
    file = table("sep=;\nday;minutes\n2026-11-12;25\n")
    assert file.header == ("day", "minutes")
    assert [row.number for row in file.rows()] == [2]


@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r"])
def test_every_line_end_is_one(table, line_end):
    file = table(line_end.join(["day,minutes", "2026-11-12,25", "2026-11-13,30", ""]))
    assert [row.number for row in file.rows()] == [2, 3]


def test_rows_are_numbered_as_a_spreadsheet_does(table):
    file = table('\nday,item\n2026-11-12,"two\nlines"\n\n2026-11-13,one\n')
    assert [row.number for row in file.rows()] == [3, 5]


def test_a_table_can_be_walked_again(table):
    file = table("day,minutes\n2026-11-12,25\n")
    assert list(file.rows()) == list(file.rows())
