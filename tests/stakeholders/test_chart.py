"""The chart “use frequency × pain”: whatever groups there are, each is named or numbered, and nothing hides another."""

import random
import re
from itertools import combinations, pairwise, permutations
from math import hypot

import pytest
from django.template.loader import render_to_string
from hypothesis import example, given, settings
from hypothesis import strategies as st

from apps.stakeholders.chart import (
    CORNERS,
    FEW,
    NAME,
    SAY,
    SPEAKING,
    Chart,
    Place,
    layout,
    shorten,
    text_width,
)

LEFT, TOP, RIGHT, BOTTOM = 60, 30, 720, 400
LONG = "The people who run the yearly conference of all partners and need the registration system to be up for three days long"
LONG_JA = "全国の保育施設で毎日アプリを使っている園長先生と主任の先生" * 4 + "など"
NAMES = [
    "Customer support",
    "QA",
    LONG,
    LONG_JA,
    "👩‍👩‍👧‍👦🇯🇵👍🏽" * 12,
    "e\u0301\u0327" * 40,
    "ﷺ",
    "WWWW",
    "x" * 120,
    "I",
]


def place(key: int = 1, frequency: int = 3, pain: int = 3, **more) -> Place:
    given = {"name": f"Group {key}", "say": "Waits for a release", "confidence": "likely"} | more
    return Place(key=key, frequency=frequency, pain=pain, **given)


def many(count: int, **more) -> list[Place]:
    dice = random.Random(count)
    return [
        place(
            key,
            dice.randint(1, 5),
            dice.randint(1, 5),
            confidence=dice.choice(["hunch", "likely", "firm"]),
            is_focus=key % 7 == 0,
            came_from=dice.choice([None, (1, 1), (3, 4)]),
            **more,
        )
        for key in range(count)
    ]


def crosses(one, other) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]


def away(box, dot) -> float:
    """How far the box is from the middle of the dot."""
    return hypot(dot.cx - min(max(dot.cx, box[0]), box[2]), dot.cy - min(max(dot.cy, box[1]), box[3]))


def touches(box, dot, radius: float) -> bool:
    return away(box, dot) < radius


def covered(label) -> tuple[float, float, float, float]:
    """What the label covers, worked out from what the template draws."""
    width = max(text_width(label.name, NAME), text_width(label.say, SAY))
    left = label.x - width * {"start": 0, "middle": 0.5, "end": 1}[label.anchor]
    return left, label.name_y - 11, left + width, (label.say_y or label.name_y) + 3


def is_sound(chart: Chart, places) -> None:
    assert [dot.place for dot in chart.dots] == sorted(places, key=lambda p: p.key)
    for dot in chart.dots:
        assert (dot.label is None) != (dot.number is None)
        for radius in (8, dot.ring, dot.focus_ring or 0):
            assert dot.cx - radius >= LEFT and dot.cx + radius <= RIGHT
            assert dot.cy - radius >= TOP and dot.cy + radius <= BOTTOM
        assert bool(dot.focus_ring) == dot.place.is_focus
        if dot.trail:
            x1, y1, x2, y2 = dot.trail
            assert hypot(x2 - dot.cx, y2 - dot.cy) == pytest.approx(dot.ring, abs=0.2)
            assert hypot(x1 - dot.cx, y1 - dot.cy) > dot.ring + 8
    assert [dot.number for dot in chart.numbered] == list(range(1, len(chart.numbered) + 1))
    assert set(chart.numbered) == {dot for dot in chart.dots if dot.number}
    boxes = [covered(dot.label) for dot in chart.dots if dot.label]
    for box in boxes:
        assert box[0] >= LEFT and box[1] >= TOP and box[2] <= RIGHT and box[3] <= BOTTOM
        assert not any(crosses(box, corner) for corner in CORNERS)
        assert not any(touches(box, dot, 13) for dot in chart.dots)
        belongs_to_its_own(box, chart)
    assert not any(crosses(one, other) for one, other in combinations(boxes, 2))


def belongs_to_its_own(box, chart: Chart) -> None:
    """The label that covers the box lies nearer to its own dot than to any other."""
    nearest = sorted(away(box, dot) for dot in chart.dots)
    (own,) = (dot for dot in chart.dots if dot.label and covered(dot.label) == box)
    assert away(box, own) == nearest[0] and nearest[1:2] != nearest[:1]


def test_no_groups_give_an_empty_chart():
    assert layout([]) == Chart((), ())


def test_a_group_sits_in_the_middle_of_its_cell_and_speaks_towards_the_middle_of_the_chart():
    left, right = layout([place(1, 1, 2), place(2, 5, 2)]).dots
    assert (left.cx, left.cy, right.cx, right.cy) == (126, 289, 654, 289)
    assert left.label.anchor == "start" and left.label.x > left.cx + left.ring
    assert right.label.anchor == "end" and right.label.x < right.cx - right.ring
    assert (left.label.name, left.label.say) == ("Group 1", "Waits for a release")


def test_a_name_tries_the_other_side_then_above_then_below():
    mine, right, left, over = place(1, 2, 3, is_focus=True), place(2, 3, 3), place(3, 1, 3), place(4, 2, 4)
    for places, anchor, is_above, is_below in (
        ([mine], "start", False, False),
        ([mine, right], "end", False, False),
        ([mine, right, left], "middle", True, False),
        ([mine, right, left, over], "middle", False, True),
    ):
        dot = layout(places).dots[0]
        assert dot.label.anchor == anchor and dot.label.say == "Waits for a release"
        assert (dot.label.say_y < dot.cy - dot.ring, dot.label.name_y > dot.cy + dot.ring) == (is_above, is_below)


def test_a_long_name_is_shortened_and_what_was_said_left_out_before_a_number_is_given():
    row = [place(key, key, 3, name=LONG_JA, say="", confidence="firm") for key in range(1, 6)]
    assert all(dot.label.name.endswith("…") for dot in layout(row).dots)
    for count in (1, 2, 3, 4):
        cell = layout([place(key, 5, 4, name=LONG_JA) for key in range(count)]).dots
        assert [bool(dot.label.say) for dot in cell] == [count < 3] * count
    chart = layout([place(key, 5, 5, name=LONG_JA) for key in range(30)])
    labels = [dot.label for dot in chart.dots if dot.label]
    assert all(text_width(label.name, NAME) > 6 * NAME.size for label in labels)
    assert [dot.place.name for dot in chart.numbered] == [LONG_JA] * (30 - len(labels)) != []


def test_less_sure_is_wider_also_among_many():
    for others in (0, 9, 27):
        far = [place(key, 1 + key % 2, 1 + key % 5) for key in range(10, 10 + others)]
        seen = layout([place(n, 3 + n, 3, confidence=c) for n, c in enumerate(["firm", "likely", "hunch"])] + far).dots
        firm, likely, hunch = (dot.ring for dot in seen[:3])
        assert 13 < firm < likely < hunch
        if not others:
            assert (firm, likely, hunch) == (20, 32, 48)


@pytest.mark.parametrize("cell", [(3, 3), (5, 5), (1, 1), (4, 1)])
@pytest.mark.parametrize("count", [2, 3, 4, 5, 7, 11, 14, 15, 22, 30])
def test_groups_in_one_cell_do_not_lie_on_each_other_and_stay_in_it(cell, count):
    places = [place(key, *cell, is_focus=key == 3) for key in range(count)]
    chart = layout(places)
    is_sound(chart, places)
    for one, other in combinations(chart.dots, 2):
        assert (one.cx - other.cx) ** 2 + (one.cy - other.cy) ** 2 >= 16**2
    left, bottom = LEFT + 132 * (cell[0] - 1), BOTTOM - 74 * (cell[1] - 1)
    for dot in chart.dots:
        assert left + 8 <= dot.cx <= left + 124 and bottom - 66 <= dot.cy <= bottom - 8


def test_groups_that_share_a_corner_leave_its_words_readable():
    for corner, cell in zip(CORNERS, [(1, 5), (5, 5), (1, 1), (5, 1)], strict=True):
        for count in (1, 2, 3, 6, 12):
            chart = layout([place(key, *cell) for key in range(count)])
            words = (corner[0] + 4, corner[1] + 4, corner[2] - 4, corner[3] - 4)
            assert not any(touches(words, dot, 8) for dot in chart.dots)
            assert count > 2 or not any(touches(words, dot, dot.ring) for dot in chart.dots)


def test_a_trail_leads_from_the_old_place_to_the_edge():
    moved, stayed, new = layout(
        [place(1, 4, 3, came_from=(2, 3)), place(2, 1, 1, came_from=(1, 1)), place(3, 5, 5)]
    ).dots
    assert tuple(moved.trail) == (258, 215, moved.cx - moved.ring, 215)
    assert stayed.trail is None and new.trail is None


def test_labels_of_neighbours_keep_off_rings_and_trails_where_there_is_room():
    chart = layout([place(1, 5, 4, confidence="firm"), place(2, 4, 4, came_from=(3, 3)), place(3, 5, 2)])
    for dot in chart.dots:
        box = covered(dot.label)
        assert not any(touches(box, other, other.ring) for other in chart.dots)


def test_what_was_said_gives_way_before_the_name_does():
    (dot,) = layout([place(1, 3, 3, name="Customer support", say=LONG)]).dots
    assert dot.label.name == "Customer support"
    assert dot.label.say.endswith("…") and LONG.startswith(dot.label.say[:-1])
    assert dot.place.say == LONG


def test_without_words_the_name_stands_alone():
    (dot,) = layout([place(say="")]).dots
    assert dot.label.say_y is None and dot.label.say == ""
    assert dot.cy < dot.label.name_y < dot.cy + 8


def test_the_focus_finds_room_first():
    def seen(focus: int | None):
        return layout([place(k, 3, 4, name="A group with a long name", is_focus=k == focus) for k in range(16)])

    numbered = [dot.place.key for dot in seen(focus=None).numbered]
    assert numbered and all(seen(focus=key).dots[key].label for key in numbered)


@pytest.mark.parametrize("count", [0, 1, 4, 12, 30, 60])
@pytest.mark.parametrize("name", ["Sales", LONG, LONG_JA, "👩‍👩‍👧‍👦👍🏽" * 15, "e\u0301" * 60, "\u200d"])
@pytest.mark.parametrize("say", ["", "\u0301", "Once a quarter", LONG_JA])
def test_any_number_of_groups_and_any_name(count, name, say):
    places = many(count, name=name, say=say)
    is_sound(layout(places), places)


def test_four_and_twelve_spread_groups_are_all_named():
    cells = [(5, 4), (4, 4), (5, 2), (4, 1), (1, 2), (3, 4), (2, 5), (4, 3), (5, 5), (1, 1), (3, 2), (2, 3)]
    for count in (4, 12):
        assert not layout([place(key, *cells[key]) for key in range(count)]).numbered


LONG_NAMES = [
    "監査法人および自治体の監査担当者",
    "コールセンター（委託先）",
    "QA",
    "地域子育て支援センター",
    "Customer support",
    LONG_JA,
]


@pytest.mark.parametrize("seed", range(12))
@pytest.mark.parametrize("count", [4, 8, 12, 30])
def test_random_places_and_long_names(count, seed):
    dice = random.Random(seed)
    places = [
        place(
            key,
            dice.randint(1, 5),
            dice.randint(1, 5),
            name=dice.choice(LONG_NAMES),
            say=LONG_JA,
            confidence=dice.choice(["hunch", "likely", "firm"]),
            is_focus=key < 2,
            came_from=dice.choice([None, (2, 2), (5, 1)]),
        )
        for key in range(count)
    ]
    chart = layout(places)
    is_sound(chart, places)
    most = 0 if count <= FEW else 2 * count // 5
    assert len(chart.numbered) <= most
    if count > SPEAKING:
        assert not any(dot.label and dot.label.say for dot in chart.dots)
    # The ring of one group lies over the name of another only where there are few, or just touches it.
    if count > FEW:
        for dot, other in permutations(chart.dots, 2):
            assert not dot.label or not touches(covered(dot.label), other, other.ring * 0.6)
    for dot, other in permutations(chart.dots, 2):
        assert not touches((other.cx, other.cy, other.cx, other.cy), dot, dot.ring) or dot.ring <= 14


def test_few_groups_keep_what_was_said_also_over_a_trail():
    """The four of the story, as in the drawing they were designed from."""
    support = place(1, 5, 5, name="Customer support", say="9 data fixes a week, by asking Aoi", came_from=(2, 1))
    developers = place(2, 5, 4, name="Developers", say="2 to 3 h wait for a release slot", came_from=(5, 3))
    facilities = place(3, 5, 2, name="Childcare facilities", say="2 complaints", confidence="hunch", came_from=(4, 2))
    parents = place(4, 3, 1, name="Parents", say="Almost never write to us")
    for dot in layout([support, developers, facilities, parents]).dots:
        assert (dot.label.name, dot.label.say) == (dot.place.name, dot.place.say)
        assert dot.label.anchor == "end" and dot.label.x < dot.cx - dot.ring


def test_names_of_neighbours_read_as_two():
    dots = layout([place(1, 5, 5), place(2, 5, 4), place(3, 5, 4)]).dots
    boxes = sorted((covered(dot.label) for dot in dots), key=lambda box: box[1])
    for upper, lower in pairwise(boxes):
        assert lower[1] - upper[3] >= 6


def test_the_chart_says_what_a_focus_looks_like_and_the_table_who_is_one_and_where_they_sat():
    focus = place(1, 5, 5, is_focus=True, came_from=(2, 1))
    others = [place(2, 3, 3, came_from=(3, 3)), place(3, 1, 1)]
    shown = render_to_string("stakeholders/chart.html", {"chart": layout([focus, *others])})
    assert shown.count("Our focus") == 2 and "kd-focus" in shown
    rows = re.findall("<tr>.*?</tr>", shown)
    assert [len(re.findall("<t[hd]", row)) for row in rows] == [6] * 4
    assert "Our focus" in rows[1] and "<td>About every month · Hardly noticed</td>" in rows[1]
    assert all("<td>–</td>" in row for row in rows[2:])
    assert "Our focus" not in render_to_string("stakeholders/chart.html", {"chart": layout(others)})


# Widths in em, bold and not, measured in Chromium with DejaVu Sans (for English) and Noto Sans CJK JP (for Japanese).
MEASURED = {
    "W": (1.104, 0.989), "m": (1.042, 0.974), "O": (0.85, 0.787), "n": (0.712, 0.634), "0": (0.696, 0.636),
    "r": (0.493, 0.411), "i": (0.343, 0.278), "&": (0.872, 0.78), "+": (0.838, 0.838), "保": (1, 1), "ア": (1, 1),
    "、": (1, 1), "…": (1, 1), "Щ": (1.33, 1.1), "Œ": (1.167, 1.07),
}  # fmt: skip


@pytest.mark.parametrize("char", MEASURED)
def test_no_sign_is_wider_than_thought(char):
    assert text_width(char, NAME) >= MEASURED[char][0] * NAME.size
    assert text_width(char, SAY) >= MEASURED[char][1] * SAY.size


def test_the_order_in_which_groups_come_changes_nothing():
    places = many(30)
    shuffled = random.Random(1).sample(places, len(places))
    assert layout(shuffled) == layout(places) == layout(iter(places))


def test_width_knows_full_width_marks_and_emoji():
    assert text_width("保育、", NAME) == text_width("ＱＡ（", NAME) == 3 * NAME.size
    assert text_width("e\u0301", NAME) == text_width("é", NAME) == text_width("e", NAME)
    assert NAME.size < text_width("👍🏽", NAME) == text_width("👍", NAME) < 1.5 * NAME.size
    assert text_width("", NAME) == 0


@pytest.mark.parametrize("text", NAMES)
def test_a_shortened_text_fits_and_keeps_marks_together(text):
    for room in (30, 97, 200, 5000):
        short = shorten(text, NAME, room)
        assert text_width(short, NAME) <= room
        assert short == text or (short.endswith("…") and text.startswith(short[:-1].rstrip()))
        rest = text[len(short) - 1 :] if short != text else ""
        assert not rest.startswith(("\u0301", "\u0327", "\u200d", "\U0001f3fd"))
        assert not short.endswith("\u200d…")


names = st.one_of(st.sampled_from(NAMES), st.text(min_size=1, max_size=120))
few_cells = st.sampled_from([(5, 5), (5, 4), (3, 3), (1, 1)])
any_cell = st.tuples(st.integers(1, 5), st.integers(1, 5))


@st.composite
def charts(draw):
    cells = draw(st.sampled_from([few_cells, any_cell, st.just((5, 1))]))
    return [
        place(
            key,
            *draw(cells),
            name=draw(names),
            say=draw(st.one_of(st.just(""), names)),
            confidence=draw(st.sampled_from(["hunch", "likely", "firm"])),
            is_own=draw(st.booleans()),
            is_focus=draw(st.booleans()),
            came_from=draw(st.none() | any_cell),
        )
        for key in draw(st.lists(st.integers(1, 10**6), unique=True, max_size=32))
    ]


@settings(max_examples=60, deadline=None)
@given(charts(), st.randoms(use_true_random=False))
@example([], random.Random(0))
def test_whatever_the_groups_nothing_hides_another(places, dice):
    chart = layout(places)
    is_sound(chart, places)
    for one, other in combinations(chart.dots, 2):
        assert (one.cx - other.cx) ** 2 + (one.cy - other.cy) ** 2 >= 16**2
    again = list(places)
    dice.shuffle(again)
    assert layout(again) == chart


@settings(max_examples=150, deadline=None)
@given(st.text(max_size=140), st.floats(30, 400))
def test_any_text_can_be_shortened(text, room):
    assert text_width(shorten(text, SAY, room), SAY) <= room
