"""Charts of hard data: nothing collides or leaves the drawing, whatever it is about; what is said is so."""

import itertools
import re
from datetime import date

import pytest
from django.utils import translation

from apps.dashboards import kinds, month_charts
from apps.dashboards.month_charts import FULL, HALF, PHONE, Chart, Drawing
from apps.dashboards.sheet import Column, Row, Sheet, Unit, as_csv, shown, written
from apps.toil import months
from apps.web.charts import text_width

LETTERS = 12  # px of a text's height
ABOVE, BELOW = 9, 3  # px of a letter over and under the line it stands on
ENGLISH = "Certificates of the payment gateway that nobody else may renew and that expire at night"[:80]
JAPANESE = "夜間に期限が切れる決済ゲートウェイの証明書を関係者の立ち会いのもとで更新する作業と、その後の動作確認および結果の報告を関係部署ごとに行うための資料づくりと会議"
SHORT = ("Releases", "監査対応")


def sheet(count: int, kinds_: int, value, unit: Unit = Unit.MINUTES, names=SHORT, first=date(2022, 2, 1)) -> Sheet:
    """`value` gives the cell of the nth month and the kth column."""
    columns = tuple(Column(f"{k} {names[k % len(names)]}", unit, k % 7) for k in range(kinds_))
    every = [months.step(first, n) for n in range(count)]
    return Sheet(
        "Month", columns, tuple(Row(month, tuple(value(n, k) for k in range(kinds_))) for n, month in enumerate(every))
    )


def uneven(n: int, k: int) -> int:
    return (n * 37 + k * 101) % 300 + 5


def outlier(n: int, k: int) -> int:
    """A month five hundred times as high as the others."""
    return 200 * (500 if n == 1 else 1) + k


HARD = {
    "a month": sheet(1, 3, uneven),
    "a kind": sheet(6, 1, uneven),
    "twelve kinds": sheet(8, 12, uneven),
    "sixty months": sheet(60, 4, uneven),
    "fifteen months": sheet(15, 7, uneven),
    "fourteen months": sheet(14, 7, uneven),
    "an outlier": sheet(12, 7, outlier),
    "an outlier at the end": sheet(2, 7, outlier),
    "a few minutes": sheet(3, 2, lambda n, k: n + k),
    "an hour and a half": sheet(3, 1, lambda n, k: 70 + n * 15),
    "long English names": sheet(9, 7, uneven, names=[ENGLISH]),
    "long Japanese names": sheet(9, 7, uneven, names=[JAPANESE]),
    "much of the same": sheet(4, 12, lambda n, k: 60),
    "nearly nothing but in one": sheet(4, 12, lambda n, k: 90_000 if k == 5 else 1),
    "fractions": sheet(5, 12, lambda n, k: 1 / 3 + n / 7),
}  # fmt: skip
LINES = HARD | {
    "shares": sheet(12, 3, lambda n, k: (n + k) % 11 / 10, Unit.SHARE),
    "small shares": sheet(3, 2, lambda n, k: 0.002 * (n + k), Unit.SHARE),
    "hands": sheet(12, 2, lambda n, k: 1.04 + n / 3 + k, Unit.NUMBER),
    "counts": sheet(12, 5, lambda n, k: n % 3, Unit.COUNT),
    "one": sheet(2, 1, lambda n, k: 1, Unit.COUNT),
    "gaps": sheet(12, 4, lambda n, k: None if (n + k) % 3 == 0 else 40 * n + k),
    "zeros": sheet(5, 3, lambda n, k: 0),
}
CHARTS = [
    pytest.param(draw, each, id=f"{draw.__name__} of {name}")
    for draw, those in ((month_charts.stacked, HARD), (month_charts.lines, LINES))
    for name, each in those.items()
]
EACH = pytest.mark.parametrize(("draw", "of"), CHARTS)


@pytest.fixture(params=["en", "ja"])
def language(request):
    with translation.override(request.param):
        yield request.param


def drawings(draw, of: Sheet) -> list[Drawing]:
    found = [chart for width in (FULL, HALF) if (chart := draw(of, width=width))]
    assert len(found) == 2 and [each.wide.width for each in found] == [FULL, HALF]
    assert found[0].narrow == found[1].narrow and found[0].narrow.width == PHONE
    assert found[1].middle is None
    return [found[0].wide, found[0].middle, found[1].wide, found[0].narrow]


def boxes(drawing: Drawing) -> dict[str, list[tuple[float, float, float, float]]]:
    """Left, top, right and bottom of every text, as the template sets it."""

    def box(left: float, y: float, text: str) -> tuple[float, float, float, float]:
        return left, y - ABOVE, left + text_width(text), y + BELOW

    return {
        "grid": [box(drawing.left - 8 - text_width(line.text), line.y + 4, line.text) for line in drawing.grid],
        "ticks": [box(tick.x - text_width(tick.text) / 2, drawing.floor + 18, tick.text) for tick in drawing.ticks],
        "labels": [box(drawing.right + 16, each.y + 4, f"{each.text} {each.value}") for each in drawing.labels],
    }


# ---- where things stand ---------------------------------------------------------------------------------


@EACH
def test_every_text_stands_inside_the_drawing_and_apart_from_the_others(language, draw, of):
    for drawing in drawings(draw, of):
        every = [(what, box) for what, found in boxes(drawing).items() for box in found]
        for what, (left, top, right, bottom) in every:
            assert left >= 0 and right <= drawing.width, (what, drawing.width, left, right)
            assert top >= 0 and bottom <= drawing.height, (what, drawing.width, top, bottom)
        for (what, one), (other_what, other) in itertools.combinations(every, 2):
            is_apart = one[2] <= other[0] or other[2] <= one[0] or one[3] <= other[1] or other[3] <= one[1]
            assert is_apart, (drawing.width, what, one, other_what, other)


@EACH
def test_labels_are_a_line_apart_and_in_the_order_of_what_they_name(language, draw, of):
    for drawing in drawings(draw, of):
        by_place = sorted(drawing.labels, key=lambda label: label.y)
        assert all(after.y - before.y >= LETTERS for before, after in itertools.pairwise(by_place))
        assert [label.at for label in by_place] == sorted(label.at for label in drawing.labels)
        assert all(label.y - label.at == pytest.approx(label.slope, abs=0.11) for label in drawing.labels)
        assert all(label.text and label.value for label in drawing.labels)


@EACH
def test_every_mark_is_inside_the_drawing(language, draw, of):
    for drawing in drawings(draw, of):
        for part in drawing.parts:
            assert part.width > 0 and part.height > 0
            assert drawing.left <= part.x and part.x + part.width <= drawing.right
            assert part.y >= month_charts.TOP and round(part.y + part.height, 1) <= drawing.floor
        for curve in drawing.curves:
            numbers = [float(each) for path in curve.paths for each in re.findall(r"-?[\d.]+", path)]
            spots = [*zip(numbers[::2], numbers[1::2], strict=True), *((dot.x, dot.y) for dot in curve.dots)]
            assert spots
            for x, y in spots:
                assert drawing.left <= x <= drawing.right and month_charts.TOP <= y <= drawing.floor


@EACH
def test_pieces_of_a_bar_stand_on_each_other(language, draw, of):
    for drawing in drawings(draw, of):
        for _x, bar in itertools.groupby(drawing.parts, key=lambda part: part.x):
            at: float = drawing.floor
            for part in bar:
                assert part.y + part.height == pytest.approx(at, abs=0.01)
                at = part.y


@EACH
def test_the_grid_has_a_few_lines_of_different_names(language, draw, of):
    for drawing in drawings(draw, of):
        assert 1 <= len(drawing.grid) <= 7
        assert len({line.text for line in drawing.grid}) == len(drawing.grid)
        assert all(month_charts.TOP <= line.y < drawing.floor for line in drawing.grid)


@EACH
def test_months_are_named_as_far_as_there_is_room(language, draw, of):
    for drawing in drawings(draw, of):
        assert drawing.ticks
        if len(of.rows) > month_charts.WITH_YEAR:
            assert all(re.fullmatch(r"20\d\d", tick.text) for tick in drawing.ticks)


@pytest.mark.parametrize("name", ["long English names", "long Japanese names"])
@pytest.mark.parametrize("draw", [month_charts.stacked, month_charts.lines])
def test_a_long_name_is_cut_at_the_chart_and_whole_in_legend_and_table(draw, name):
    of = HARD[name]
    for drawing in drawings(draw, of)[:3]:
        assert drawing.labels and all(label.text.endswith("…") for label in drawing.labels)
    assert [key.label for key in draw(of).legend] == [column.label for column in of.columns]


# ---- what is said ---------------------------------------------------------------------------------------


def test_of_nothing_there_is_no_chart():
    nothing = sheet(0, 2, uneven)
    assert month_charts.stacked(nothing) is None and month_charts.lines(nothing) is None
    assert month_charts.stacked(sheet(5, 3, lambda n, k: 0)) is None
    assert month_charts.lines(sheet(5, 3, lambda n, k: None)) is None
    running = Sheet("Month", (Column("Toil", Unit.MINUTES, 1),), (Row(date(2026, 11, 1), (60,), is_running=True),))
    assert month_charts.stacked(running) is None and month_charts.lines(running) is None, "a month that is not over"


def test_beside_an_outlier_the_others_stay_in_table_and_legend():
    of = HARD["an outlier"]
    chart = month_charts.stacked(of)
    assert isinstance(chart, Chart) and len(chart.legend) == 7
    assert len({part.x for part in chart.wide.parts}) == 12, "and a bar, however low"
    assert [cell.text for cell in shown(of)[0].cells][:2] == ["3 h 20 min", "3 h 21 min"]
    assert len(shown(of)) == 12
    tiny = sheet(4, 2, lambda n, k: 90_000 if n == 1 else 1)
    assert [key.value for key in month_charts.stacked(tiny).legend] == ["1 min", "1 min"]
    assert not month_charts.stacked(tiny).is_labelled, "too low to be drawn, so the legend names them"


@EACH
def test_what_the_labels_and_the_legend_say_is_the_last_month(language, draw, of):
    chart = draw(of)
    last = {
        column.label: month_charts.short(cell, column.unit)
        for column, cell in zip(of.columns, of.rows[-1].cells, strict=True)
    }
    assert all(last[key.label] == key.value for key in chart.legend)
    if draw is month_charts.stacked:
        for label in chart.wide.labels:
            begins = label.text.removesuffix("…")
            assert label.value in {value for name, value in last.items() if name.startswith(begins)}


@EACH
def test_the_finding_names_the_first_and_the_last_value(language, draw, of):
    says = draw(of).says
    told = [row for row in of.rows if row.cells[0] is not None]
    assert of.columns[0].label in says
    for row in (told[0], told[-1]):
        assert written(row.cells[0], of.columns[0].unit) in says and row.name in says


def test_what_fell_and_what_rose_most_is_said_with_what_it_was():
    of = sheet(3, 3, lambda n, k: [(600, 60, 0), (1, 1, 1), (60, 1_200, 0)][n][k])
    assert kinds.chart(of, FULL).says == (
        "Hours of toil by category and month. 0 Releases fell from 10 h to 1 h. 1 監査対応 rose from 1 h to 20 h."
    )
    hardly = sheet(2, 1, lambda n, k: 100 + n * 10)
    assert kinds.chart(hardly, FULL).says == "Hours of toil by category and month.", "from 2 h to 2 h is no rise"


@pytest.mark.parametrize(
    ("highest", "unit", "lines"),
    [
        (3, Unit.MINUTES, [10]), (55, Unit.MINUTES, [20, 40]), (90, Unit.MINUTES, [60]), (119, Unit.MINUTES, [60]),
        (300, Unit.MINUTES, [60, 120, 180, 240, 300]), (100_000, Unit.MINUTES, [30_000, 60_000, 90_000]),
        (1, Unit.COUNT, [1]), (7, Unit.COUNT, [2, 4, 6]), (0, Unit.COUNT, [1]),
        (1, Unit.SHARE, [0.2, 0.4, 0.6, 0.8, 1]), (0.004, Unit.SHARE, [0.01]), (2.5, Unit.NUMBER, [0.5, 1, 1.5, 2, 2.5]),
    ],
)  # fmt: skip
def test_lines_of_the_grid_are_at_round_values(highest, unit, lines):
    assert month_charts.grid(highest, unit) == pytest.approx(lines)


# ---- table and file -------------------------------------------------------------------------------------


@pytest.mark.parametrize("of", LINES.values(), ids=LINES)
def test_table_and_file_say_the_same(language, of):
    header, rows = as_csv(of)
    table = shown(of)
    assert header[0] == of.of and [len(row) for row in rows] == [len(header)] * len(table)
    for row, seen, asked in zip(rows, table, of.rows, strict=True):
        assert row[0] == f"{asked.label:%Y-%m}" and seen.name == asked.name
        for value, cell, column in zip(row[1:], seen.cells, of.columns, strict=True):
            assert written(value, column.unit) == cell.text
            assert cell.label == column.label and cell.is_number


@pytest.mark.parametrize(
    ("value", "unit", "text", "bare"),
    [
        (-0.3, Unit.MINUTES, "0 min", 0), (-90.0, Unit.MINUTES, "−1 h 30 min", -90), (None, Unit.SHARE, "—", None),
        (0.0, Unit.CHANGE, "±0 %", 0.0), (-0.25, Unit.CHANGE, "−25 %", -0.25), (-3, Unit.COUNT, "−3", -3),
        ((1, 2, 3), Unit.SERIES, "1, 2, 3", "1 2 3"), ("Ada", Unit.TEXT, "Ada", "Ada"),
    ],
)  # fmt: skip
def test_a_value_is_written_once_for_people_and_once_for_programs(value, unit, text, bare):
    of = Sheet("Item", (Column("Anything", unit),), (Row("One", (value,)),))
    assert shown(of)[0].cells[0].text == text
    assert as_csv(of)[1] == [["One", bare]]
