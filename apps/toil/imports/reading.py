"""From an uploaded CSV file to its header and rows, within the limits of R74.

This module knows CSV and nothing of toil: which column means what is said by the formats. A table is walked
as often as needed; what is wrong with the file as a whole is raised on the way, what is wrong with one row
is said on it.
"""

import csv
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from typing import BinaryIO

from django.utils.translation import gettext_lazy as _

from apps.toil.imports.decoding import SAMPLE, read_text
from apps.toil.imports.errors import CellProblem, ImportFileError, say

MAX_ROWS = 20_000
MAX_COLUMNS = 100
MAX_CELL_BYTES = 64 * 1024
DELIMITERS = (",", ";", "\t")

_LINE = re.compile(r"[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+")
# Excel writes and reads this line to say which separator follows; it shows no row for it.
_SEPARATOR_LINE = re.compile(r'"?sep=(?P<separator>[,;\t])"?[^\S\r\n]*(?:\r\n|\r|\n)', re.IGNORECASE)
_SNIFFED_RECORDS = 25
# What a cell below a header may be, and a column's name never is: a number, a day, a time.
_VALUE = re.compile(r"[0-9][0-9.,:/年月日 -]*")
# Rows above the header that may hold a title, a period, a department.
_MOST_TITLE_ROWS = 5
_QUOTED_CELL = re.compile(r'"(?:[^"]++|"")*+"')
_LINE_END = re.compile(r"\r\n|\r|\n")


@dataclass(frozen=True, slots=True)
class Row:
    """One row of data. `number` is what a spreadsheet shows; the header usually is 1."""

    number: int
    cells: tuple[str, ...]
    problem: CellProblem | None = None


@dataclass(frozen=True, slots=True)
class Table:
    """A decoded file: its header, and `rows()` for what stands below."""

    header: tuple[str, ...]
    encoding: str
    delimiter: str
    _text: str
    _start: int
    _header_row: int

    def rows(self) -> Iterator[Row]:
        """The rows below the header, one by one; empty rows are passed over but counted in the numbers.

        A row of another width carries a problem. Raises ImportFileError: `header_only`, `too_many_rows`,
        `too_many_columns`, `cell_too_large`, `unclosed_quote`, and `column_count` if every row has another
        width.
        """
        expected = len(self.header)
        seen = misfits = 0
        first_misfit: CellProblem | None = None
        for number, cells in _records(self._text, self._start, self.delimiter):
            if number <= self._header_row or not any(map(str.strip, cells)):
                continue
            seen += 1
            if seen > MAX_ROWS:
                raise _too_many_rows()
            cells = _without_empty_tail(cells, expected)
            problem = None
            if len(cells) != expected:
                problem = _column_count(expected, len(cells))
                misfits += 1
                first_misfit = first_misfit or problem
            yield Row(number, tuple(cells), problem)
        if not seen:
            raise _header_only()
        if first_misfit and misfits == seen:
            raise ImportFileError(
                "column_count",
                say(_("No row has as many cells as the header. %(example)s"), example=first_misfit.message),
            )

    def samples(self, count: int = 20) -> list[Row]:
        """The first rows, for a page that shows them or guesses from them. Raises as `rows` does."""
        return list(islice(self.rows(), count))

    def column(self, position: int) -> Iterator[str]:
        """Every cell of one column, in order; rows of another width are left out. Raises as `rows` does."""
        return (row.cells[position] for row in self.rows() if row.problem is None)


def read_table(file: BinaryIO) -> Table:
    """The table in a binary file, read from where the file stands; reads at most 5 MB.

    Raises ImportFileError: all of `decoding.read_text`, `header_only`, and what is wrong as far as the first
    row.
    """
    text, encoding = read_text(file)
    separator_line = _SEPARATOR_LINE.match(text)
    start = separator_line.end() if separator_line else 0
    delimiter = separator_line["separator"] if separator_line else _sniff(text)
    filled = (record for record in _records(text, start, delimiter) if any(map(str.strip, record[1])))
    first = list(islice(filled, _MOST_TITLE_ROWS + 1 + _SNIFFED_RECORDS))
    if not first:
        raise _header_only()
    number, cells = first[_place_of_header([cells for _number, cells in first])]
    header = tuple(cell.strip() for cell in _without_empty_tail(cells, 0))
    table = Table(header, encoding, delimiter, text, start, number)
    next(table.rows())
    return table


def _place_of_header(rows: list[list[str]]) -> int:
    """The first row as wide as most of those below it, if it is wider than all above; else the first of all.

    Sheets often begin with a title and a period. A file in which no row fits keeps its first row as the header, so
    that what is wrong with it is told of the rows.
    """
    widths = [len(_without_empty_tail(cells, 0)) for cells in rows]
    for place, width in enumerate(widths[: _MOST_TITLE_ROWS + 1]):
        below = range(place + 1, len(rows))
        if place and any(_VALUE.fullmatch(cell.strip()) for cell in rows[place]):
            continue
        fitting = sum(widths[n] <= width <= len(rows[n]) for n in below)
        if fitting * 2 > len(below) and all(above < width for above in widths[:place]):
            return place
    return 0


def _records(text: str, start: int, delimiter: str) -> Iterator[tuple[int, list[str]]]:
    """Numbered records. A record is a row of the spreadsheet and may run over several lines of the text."""
    held: list[str] = []
    reader = csv.reader(_hold(text, start, held), delimiter=delimiter, strict=True)
    lines_before = 1 if start else 0
    number = 0
    while True:
        number += 1
        first_line = lines_before + reader.line_num + 1
        held.clear()
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error:
            raise _unclosed_quote(held, delimiter, first_line) from None
        if len(cells) > MAX_COLUMNS:
            raise _too_many_columns(number)
        for cell in cells:
            # A character takes four bytes at most, so short cells need no counting.
            if len(cell) * 4 > MAX_CELL_BYTES and len(cell.encode()) > MAX_CELL_BYTES:
                raise _cell_too_large(number)
        yield number, cells


def _hold(text: str, start: int, held: list[str]) -> Iterator[str]:
    for match in _LINE.finditer(text, start):
        held.append(match[0])
        yield match[0]


def _sniff(text: str) -> str:
    """The delimiter that gives most of the first rows the same number of columns; quotes are honoured."""

    def fits(delimiter: str) -> tuple[bool, float, int]:
        widths = Counter(len(cells) for cells in _first_records(text, delimiter))
        if not widths:
            return False, 0.0, 0
        [(width, count)] = widths.most_common(1)
        return width > 1, count / widths.total(), width

    # The first of equals wins, and a file of one column is called a comma file.
    return max(DELIMITERS, key=fits)


def _first_records(text: str, delimiter: str) -> Iterator[list[str]]:
    reader = csv.reader((match[0] for match in _LINE.finditer(text, 0, SAMPLE)), delimiter=delimiter)
    try:
        yield from islice(filter(None, reader), _SNIFFED_RECORDS)
    except csv.Error:
        return


def _without_empty_tail(cells: list[str], expected: int) -> list[str]:
    """Spreadsheets pad rows with separators; such padding is no column."""
    end = len(cells)
    while end > expected and not cells[end - 1].strip():
        end -= 1
    return cells[:end]


def _header_only() -> ImportFileError:
    return ImportFileError(
        "header_only",
        _("This file has a header and no rows below it. Export it again for the days you want."),
    )


def _too_many_rows() -> ImportFileError:
    return ImportFileError(
        "too_many_rows",
        say(
            _("This file has more than %(limit)s rows. Export shorter periods and bring them one by one."),
            limit=f"{MAX_ROWS:,}",
        ),
    )


def _too_many_columns(row: int) -> ImportFileError:
    return ImportFileError(
        "too_many_columns",
        say(
            _("Row %(row)s has more than %(limit)s columns. Keep those about your log and bring the file again."),
            row=row,
            limit=MAX_COLUMNS,
        ),
        row=row,
    )


def _cell_too_large(row: int) -> ImportFileError:
    return ImportFileError(
        "cell_too_large",
        say(
            _("A cell in row %(row)s is larger than %(limit)s KB. Shorten it and bring the file again."),
            row=row,
            limit=MAX_CELL_BYTES // 1024,
        ),
        row=row,
    )


def _unclosed_quote(lines: list[str], delimiter: str, first_line: int) -> ImportFileError:
    """What made the reader stop: a quote without an end, text behind one, or a cell beyond any limit."""
    line = _line_of_open_quote("".join(lines), delimiter, first_line)
    if line is None:
        return _cell_too_large(first_line)
    return ImportFileError(
        "unclosed_quote",
        say(
            _(
                "A quotation mark opens in line %(line)s and is not closed where the cell ends."
                " Close it there, or export the file again."
            ),
            line=line,
        ),
        row=line,
    )


def _line_of_open_quote(record: str, delimiter: str, first_line: int) -> int | None:
    """The line in which the unclosed cell opens; None if every quoted cell of the record closes."""
    position = 0
    while position < len(record):
        if record[position] == '"':
            closed = _QUOTED_CELL.match(record, position)
            if closed is None or record[closed.end() : closed.end() + 1] not in ("", delimiter, "\r", "\n"):
                return first_line + len(_LINE_END.findall(record, 0, position))
            position = closed.end() + 1
        else:
            next_cell = record.find(delimiter, position)
            position = next_cell + 1 if next_cell >= 0 else len(record)
    return None


def _column_count(expected: int, found: int) -> CellProblem:
    return CellProblem(
        "",
        "column_count",
        say(
            _("The header has %(expected)s columns, this row has %(found)s. A quotation mark may be missing."),
            expected=expected,
            found=found,
        ),
    )
