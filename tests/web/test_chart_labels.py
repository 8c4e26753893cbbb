"""Labels of charts: apart from each other, within the chart, and as wide as they are drawn."""

import itertools

from hypothesis import given
from hypothesis import strategies as st

from apps.web import charts

HEIGHTS = st.lists(st.floats(0, 200), max_size=12)


@given(HEIGHTS)
def test_spread_labels_are_apart_in_order_and_within_bounds(wanted):
    placed = charts.spread(wanted, 17, 0, 200)
    assert len(placed) == len(wanted)
    assert all(-0.1 <= y <= 200.1 for y in placed)
    ordered = [placed[i] for i in sorted(range(len(wanted)), key=lambda i: wanted[i])]
    gap = min(17, 200 / max(1, len(wanted) - 1))
    assert all(after - before >= gap - 0.11 for before, after in itertools.pairwise(ordered))


@given(HEIGHTS)
def test_labels_with_room_stay_where_they_want_to_be(wanted):
    apart = [n * 20.0 for n in range(len(wanted[:8]))]
    assert charts.spread(apart, 17, 0, 200) == apart


@given(st.text(max_size=60), st.floats(0, 400))
def test_what_is_shortened_fits(text, width):
    shown = charts.fit(text, width)
    assert charts.text_width(shown) <= width or shown == ""
    assert shown == text or shown == "" or shown.endswith("…")


@given(st.lists(st.tuples(st.floats(40, 1060), st.text(max_size=40)), max_size=9))
def test_flags_never_cover_each_other(wanted):
    wanted.sort()
    found = charts.flags(wanted, 1120)
    assert [flag.x for flag in found] == [x for x, _text in wanted]
    for row in range(3):
        flags = [flag for flag in found if flag.row == row and flag.text]
        for flag, after in itertools.pairwise(flags):
            assert flag.x + 10 + charts.text_width(flag.text) <= after.x + 0.01
    assert all(flag.x + 10 + charts.text_width(flag.text) <= 1120.01 for flag in found if flag.text)
