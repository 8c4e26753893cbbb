"""Whatever is uploaded, it is read or refused in words; nothing else happens, and memory stays bounded."""

import io
import tracemalloc

from hypothesis import given
from hypothesis import strategies as st

from apps.toil.imports import FORMATS, recognise
from apps.toil.imports.errors import ImportFileError
from apps.toil.imports.mapped import MAPPED, guess
from apps.toil.imports.reading import read_table
from apps.toil.imports.toggl import TOGGL

SIGNS = st.sampled_from(
    [*"\",;\t\n\r\x00'=-@ ", "day", "minutes", "item", "12/11/2026", "1:30", "時間", "sep=;\n", "🚀"]
)
ENCODINGS = st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "utf-16-be", "cp932"])


def bring(data):
    try:
        table = read_table(io.BytesIO(data))
        found = recognise(table.header) or MAPPED
        list(found.lines(table, guess(table.header, table.samples()).as_choices()))
    except ImportFileError as error:
        assert str(error)
        assert error.code


@given(st.binary(max_size=400))
def test_any_bytes(data):
    bring(data)


@given(st.lists(SIGNS, max_size=80), ENCODINGS, st.binary(max_size=3))
def test_anything_like_a_csv(signs, encoding, tail):
    bring("".join(signs).encode(encoding, "ignore") + tail)


@given(st.sampled_from(list(FORMATS)), st.lists(st.lists(st.text(max_size=12), max_size=14), min_size=1, max_size=5))
def test_any_cells_under_every_known_header(code, rows):
    header = [names[0] for names in FORMATS[code].columns.values()]
    bring("\n".join([",".join(header), *(",".join(row) for row in rows)]).encode("utf-8", "ignore"))


def test_twenty_thousand_rows_take_little_memory():
    header = (
        "User,Email,Client,Project,Task,Description,Billable,Start date,Start time,End date,End time,Duration,Tags\n"
    )
    row = "佐藤 綾,aya@komorebi.example,CS,リリース,,リリース {},No,2026-11-12,09:05:00,2026-11-12,09:30:00,00:25:00,夜間\n"
    data = (header + "".join(row.format(number) for number in range(20_000))).encode()
    tracemalloc.start()
    try:
        read = sum(line.minutes for line in TOGGL.lines(read_table(io.BytesIO(data))))
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert read == 20_000 * 25
    assert peak < 60 * 1024**2
