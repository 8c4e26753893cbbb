"""A file that is no log is refused with a sentence, whatever it is called (R74)."""

import gzip
import io
import zipfile

import pytest

from apps.toil.imports.errors import ImportFileError
from apps.toil.imports.reading import MAX_CELL_BYTES, read_table

HEADER = "day,minutes,item\n"
ROW = "2026-11-12,25,Release\n"


def refusal(content):
    data = content.encode() if isinstance(content, str) else content
    with pytest.raises(ImportFileError) as caught:
        list(read_table(io.BytesIO(data)).rows())
    assert str(caught.value)
    return caught.value


def zipped(name):
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr(name, HEADER + ROW)
    return file.getvalue()


@pytest.mark.parametrize("data", [b"", b"\n\n", b"  \r\n", b"\xef\xbb\xbf", b"\xff\xfe", b"\xff\xfe\n\x00"])
def test_an_empty_file(data):
    assert refusal(data).code == "empty"


@pytest.mark.parametrize("content", ["day,minutes,item", HEADER, HEADER + "\n\n", HEADER + ",,\n,,\n"])
def test_a_header_only(content):
    assert refusal(content).code == "header_only"


@pytest.mark.parametrize("name", ["log.csv", "xl/workbook.xml"])
def test_an_archive_or_a_workbook_under_another_name(name):
    assert refusal(zipped(name)).code == "packed"


def test_a_gzip_file():
    assert refusal(gzip.compress((HEADER + ROW).encode())).code == "packed"


@pytest.mark.parametrize(
    "data", [b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR", b"%PDF-1.7\n%\xe2\xe3", bytes(range(256)) * 4, b"\x00" * 500]
)
def test_a_binary_file(data):
    assert refusal(data).code == "binary"


def test_a_zero_byte_is_named_with_its_line():
    error = refusal(HEADER + ROW + "2026-11-12,2\x005,Release\n")
    assert (error.code, error.row) == ("nul", 3)


def test_more_than_five_megabytes_are_not_even_read():
    class Endless(io.RawIOBase):
        given = 0

        def read(self, size=-1):
            self.given += size
            return b"x" * size

    file = Endless()
    with pytest.raises(ImportFileError) as caught:
        read_table(file)
    assert caught.value.code == "too_large"
    assert file.given == 5 * 1024 * 1024 + 1


def test_twenty_thousand_rows_are_fine():
    assert sum(1 for _row in read_table(io.BytesIO((HEADER + ROW * 20_000).encode())).rows()) == 20_000


def test_one_row_more_is_refused():
    error = refusal(HEADER + ROW * 20_001)
    assert error.code == "too_many_rows"
    assert "20,000" in str(error)


def test_empty_rows_are_not_counted_among_them():
    rows = list(read_table(io.BytesIO((HEADER + "\n" * 20_001 + ROW).encode())).rows())
    assert [row.number for row in rows] == [20_003]


def test_more_than_a_hundred_columns():
    assert refusal(",".join(f"c{n}" for n in range(101)) + "\n" + ",".join("1" * 101) + "\n").code == "too_many_columns"


@pytest.mark.parametrize(
    "cell", ["x" * (MAX_CELL_BYTES + 1), "時" * (MAX_CELL_BYTES // 3 + 1), '"' + "x" * 200_000 + '"']
)
def test_a_cell_above_64_kilobytes(cell):
    error = refusal(HEADER + f"2026-11-12,25,{cell}\n")
    assert (error.code, error.row) == ("cell_too_large", 2)


def test_a_cell_of_64_kilobytes_is_fine():
    file = io.BytesIO((HEADER + f"2026-11-12,25,{'x' * MAX_CELL_BYTES}\n").encode())
    assert len(list(read_table(file).rows())) == 1


@pytest.mark.parametrize(
    ("content", "line"),
    [
        (HEADER + ROW + '2026-11-12,25,"Release\n' + ROW * 3, 3),
        (HEADER + '2026-11-12,25,"two\nlines"\n2026-11-12,25,"open\n' + ROW, 4),
        (HEADER + '2026-11-12,25,"open\n2026-11-12,25,"closed"\n', 2),
        (HEADER + '2026-11-12,25,"""quoted"" and open\n' + ROW, 2),
        (HEADER + '2026-11-12,"first\nis closed","second\nis not\n' + ROW, 3),
        ("sep=,\n" + HEADER + '2026-11-12,25,"Release\n' + ROW, 3),
        ('"day,minutes\n2026-11-12,25\n', 1),
        (HEADER + '2026-11-12,25,"Release\n' + ROW * 10_000, 2),
    ],
)  # fmt: skip
def test_an_unclosed_quote_is_named_with_the_line_it_opens_in(content, line):
    error = refusal(content)
    assert (error.code, error.row) == ("unclosed_quote", line)
    assert f"line {line}" in str(error)


def test_a_row_of_another_width_is_its_own_problem():
    rows = list(read_table(io.BytesIO((HEADER + ROW + "2026-11-12,25\n" + "2026-11-12,25,a,b\n").encode())).rows())
    assert [row.problem and row.problem.code for row in rows] == [None, "column_count", "column_count"]
    assert [row.number for row in rows] == [2, 3, 4]
    assert "3 columns, this row has 2" in str(rows[1].problem.message)


def test_padding_behind_a_row_is_no_column():
    rows = list(read_table(io.BytesIO((HEADER + ROW.replace("\n", ",,\n")).encode())).rows())
    assert [(len(row.cells), row.problem) for row in rows] == [(3, None)]


def test_if_every_row_has_another_width_the_file_is_refused():
    assert refusal(HEADER + "2026-11-12,25\n" * 3).code == "column_count"
