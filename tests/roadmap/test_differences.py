"""What is told of two documents, and which of it makes a pivot (product.md, “Future map”)."""

from datetime import date

import pytest

from apps.roadmap.changes import Difference, What
from apps.roadmap.document import FIELDS, Document, DocumentError, check, empty
from apps.roadmap.year import Span

YEAR = Span(date(2026, 4, 1))
AUTUMN = ["2026-10-05", "2026-12-20"]  # all of it in the third quarter

ADJUSTMENT, PIVOT = "adjustment", "pivot"


def item(lane: str, **fields) -> dict:
    return FIELDS["item"] | {"title": f"In {lane}", "lane": lane, "when": AUTUMN} | fields


BASE = empty().with_changes(
    {
        "map": {"title": "Our year"},
        "lane:up": {"name": "Platform", "above": True, "position": 1.5},
        "lane:down": {"name": "Roots", "above": False, "position": 5},
        "item:goal": item("goals", signal="Half of them", owner=7, toil=[3], groups=[5]),
        "item:soil": item("soil"),
        "item:toil": item("toil"),
        "item:up": item("up"),
        "item:down": item("down"),
        "quarter:1": {"name": "Start", "sentence": "Look first", "shape": "One and a half"},
        "seat:aoi": {"quarter": 1, "role": "First SRE", "member": 7, "position": 1},
        "seat:open": {"quarter": 1, "role": "Second", "member": None, "how": "hoped", "position": 2},
        "past:hired": {"when": "2025", "text": "Aoi came", "position": 1},
        "past:page": {"when": "2026", "text": "The first page", "position": 2},
    }
)


def told(difference: Difference) -> set[str]:
    """Everything that is told, as “item goal: moved sure”."""
    said = set()
    for kind in ("items", "lanes", "quarters", "backstory"):
        for change in getattr(difference, kind):
            said.add(f"{kind} {change.id}: {' '.join(what.value for what in change.happened)}")
    for change in difference.shape:
        counted = {"joined": change.joined, "left": change.left, "turned": change.turned}
        said.add(f"shape {change.number}: {' '.join(name for name, seats in counted.items() if seats)}")
    if difference.title:
        said.add("title")
    return said


def lane(**fields) -> dict:
    return FIELDS["lane"] | {"name": "New", "position": 9} | fields


CASES = [
    # Wording and how sure
    ("title of the map", {"map": {"title": "Another year"}}, ADJUSTMENT, {"title"}),
    ("title of a goal", {"item:goal": {"title": "All of them"}}, ADJUSTMENT, {"items goal: renamed"}),
    ("signal", {"item:goal": {"signal": "Three of four"}}, ADJUSTMENT, {"items goal: words"}),
    ("notes", {"item:goal": {"notes": "As Mei said"}}, ADJUSTMENT, {"items goal: words"}),
    ("linked toil", {"item:goal": {"toil": [3, 4]}}, ADJUSTMENT, {"items goal: words"}),
    ("linked groups", {"item:goal": {"groups": []}}, ADJUSTMENT, {"items goal: words"}),
    ("surer", {"item:goal": {"sure": "firm"}}, ADJUSTMENT, {"items goal: sure"}),
    ("other owner", {"item:goal": {"owner": 8}}, ADJUSTMENT, {"items goal: owner"}),
    ("no owner", {"item:goal": {"owner": None}}, ADJUSTMENT, {"items goal: owner"}),
    ("sentence of a quarter", {"quarter:1": {"sentence": "Listen"}}, ADJUSTMENT, {"quarters 1: words"}),
    ("name of a quarter", {"quarter:4": {"name": "Harvest"}}, ADJUSTMENT, {"quarters 4: words"}),
    ("words about the shape", {"quarter:1": {"shape_sentence": "And Kenta"}}, ADJUSTMENT, {"quarters 1: words"}),
    # Days
    ("later within a quarter", {"item:goal": {"when": ["2026-10-12", "2026-12-27"]}}, ADJUSTMENT, {"items goal: moved"}),
    ("to the quarter's last day", {"item:goal": {"when": ["2026-10-01", "2026-12-31"]}}, ADJUSTMENT, {"items goal: moved longer"}),
    ("longer within a quarter", {"item:goal": {"when": ["2026-10-05", "2026-12-31"]}}, ADJUSTMENT, {"items goal: longer"}),
    ("shorter within a quarter", {"item:goal": {"when": ["2026-11-01", "2026-12-20"]}}, ADJUSTMENT, {"items goal: shorter"}),
    ("end into the next quarter", {"item:goal": {"when": ["2026-10-05", "2027-01-01"]}}, PIVOT, {"items goal: longer"}),
    ("start into the one before", {"item:goal": {"when": ["2026-09-30", "2026-12-20"]}}, PIVOT, {"items goal: longer"}),
    ("whole quarter later", {"item:goal": {"when": ["2027-01-05", "2027-03-20"]}}, PIVOT, {"items goal: moved"}),
    ("own goal across a quarter", {"item:up": {"when": ["2027-01-05", "2027-03-20"]}}, PIVOT, {"items up: moved"}),
    # Added
    ("goal added", {"item:new": item("goals")}, PIVOT, {"items new: added"}),
    ("added in an own lane above", {"item:new": item("up")}, PIVOT, {"items new: added"}),
    ("soil added", {"item:new": item("soil")}, ADJUSTMENT, {"items new: added"}),
    ("toil added", {"item:new": item("toil")}, ADJUSTMENT, {"items new: added"}),
    ("added in an own lane below", {"item:new": item("down")}, ADJUSTMENT, {"items new: added"}),
    ("own lane added", {"lane:new": lane()}, ADJUSTMENT, {"lanes new: added"}),
    ("own lane with a goal", {"lane:new": lane(), "item:new": item("new")}, PIVOT, {"lanes new: added", "items new: added"}),
    ("own lane below with an item", {"lane:new": lane(above=False), "item:new": item("new")}, ADJUSTMENT, {"lanes new: added", "items new: added"}),
    ("backstory added", {"past:new": {"text": "A new office"}}, ADJUSTMENT, {"backstory new: added"}),
    # Dropped
    ("goal dropped", {"item:goal": None}, PIVOT, {"items goal: dropped"}),
    ("soil dropped", {"item:soil": None}, PIVOT, {"items soil: dropped"}),
    ("toil dropped", {"item:toil": None}, PIVOT, {"items toil: dropped"}),
    ("dropped from a lane below", {"item:down": None}, PIVOT, {"items down: dropped"}),
    ("lane dropped", {"lane:up": None, "item:up": {"lane": "goals"}}, PIVOT, {"lanes up: dropped", "items up: lane"}),
    ("lane below dropped", {"lane:down": None, "item:down": {"lane": "soil"}}, PIVOT, {"lanes down: dropped", "items down: lane"}),
    ("backstory dropped", {"past:page": None}, PIVOT, {"backstory page: dropped"}),
    # Lanes
    ("lane renamed", {"lane:up": {"name": "Ground"}}, ADJUSTMENT, {"lanes up: renamed"}),
    ("note of a lane", {"lane:goals": {"note": "Ours"}}, ADJUSTMENT, {"lanes goals: words"}),
    ("lanes in another order", {"lane:up": {"position": 0.5}}, ADJUSTMENT, {"lanes up: order"}),
    ("lane under the ground", {"lane:up": {"above": False}}, PIVOT, {"lanes up: order"}),
    ("lane above the ground", {"lane:down": {"above": True}}, PIVOT, {"lanes down: order"}),
    ("goal to another lane above", {"item:goal": {"lane": "up"}}, ADJUSTMENT, {"items goal: lane"}),
    ("soil to toil", {"item:soil": {"lane": "toil"}}, ADJUSTMENT, {"items soil: lane"}),
    ("goal under the ground", {"item:goal": {"lane": "soil"}}, PIVOT, {"items goal: lane"}),
    ("soil above the ground", {"item:down": {"lane": "goals"}}, PIVOT, {"items down: lane"}),
    # Team shape
    ("seat added", {"seat:new": {"quarter": 2, "role": "Third"}}, PIVOT, {"shape 2: joined"}),
    ("seat dropped", {"seat:open": None}, PIVOT, {"shape 1: left"}),
    ("seat filled", {"seat:open": {"member": 8, "how": "guest"}}, PIVOT, {"shape 1: turned"}),
    ("other role", {"seat:aoi": {"role": "Lead"}}, PIVOT, {"shape 1: turned"}),
    ("seat in another quarter", {"seat:aoi": {"quarter": 3}}, PIVOT, {"shape 1: left", "shape 3: joined"}),
    ("seats in another order", {"seat:aoi": {"position": 3}}, ADJUSTMENT, {"quarters 1: order"}),
    # Backstory
    ("backstory in other words", {"past:hired": {"text": "Aoi joined"}}, ADJUSTMENT, {"backstory hired: words"}),
    ("backstory's time", {"past:hired": {"when": "Spring 2025"}}, ADJUSTMENT, {"backstory hired: words"}),
    ("backstory in another order", {"past:hired": {"position": 3}}, ADJUSTMENT, {"backstory hired: order"}),
    # Together
    (
        "all of one item",
        {"item:goal": {"when": ["2026-10-06", "2026-12-21"], "lane": "up", "title": "T", "sure": "firm", "owner": 1, "notes": "N"}},
        ADJUSTMENT,
        {"items goal: moved lane renamed sure owner words"},
    ),
    ("one pivot among adjustments", {"map": {"title": "X"}, "item:goal": {"sure": "firm"}, "item:toil": None}, PIVOT, {"title", "items goal: sure", "items toil: dropped"}),
]  # fmt: skip


@pytest.mark.parametrize(("changes", "kind", "says"), [case[1:] for case in CASES], ids=[case[0] for case in CASES])
def test_what_is_told_and_whether_it_is_a_pivot(changes, kind, says):
    difference = Difference(BASE, BASE.with_changes(changes), YEAR)
    assert bool(difference)
    assert told(difference) == says
    assert difference.is_pivot is (kind == PIVOT)


@pytest.mark.parametrize("changes", [case[1] for case in CASES], ids=[case[0] for case in CASES])
def test_what_is_taken_back_is_told_too(changes):
    after = BASE.with_changes(changes)
    there, back = Difference(BASE, after, YEAR), Difference(after, BASE, YEAR)
    assert {line.partition(":")[0] for line in told(there)} == {line.partition(":")[0] for line in told(back)}
    assert set(there.by_item) == set(back.by_item)


def test_nothing_is_told_of_the_same():
    difference = Difference(BASE, BASE.with_changes({}), YEAR)
    assert not difference and told(difference) == set() and not difference.is_pivot and difference.title is None
    assert difference.counts == {"added": 0, "moved": 0, "changed": 0, "dropped": 0, "other": 0, "same": 5}


@pytest.mark.parametrize("quarter", [1, 2, 3, 4])
def test_an_item_across_a_quarter_is_a_pivot_in_a_year_that_starts_in_any_month(quarter):
    for month in range(1, 13):
        year = Span(date(2027, month, 1))
        part = year.quarter(quarter)
        whole = [part.start.isoformat(), part.end.isoformat()]
        before = empty().with_changes({"item:a": item("goals", when=whole)})
        within = [part.start.isoformat(), part.all_months[2].isoformat()]
        assert not Difference(before, before.with_changes({"item:a": {"when": within}}), year).is_pivot
        for other in {1, 2, 3, 4} - {quarter}:
            day = year.quarter(other).start.isoformat()
            assert Difference(before, before.with_changes({"item:a": {"when": [day, day]}}), year).is_pivot


def test_changes_are_told_in_one_order_with_the_first_word_first():
    after = BASE.with_changes(
        {
            "item:new": item("soil"),
            "item:goal": {"when": ["2026-10-06", "2026-12-21"], "sure": "likely"},
            "item:up": {"title": "Other"},
            "item:toil": None,
            "item:down": {"when": ["2026-10-05", "2026-12-10"]},
        }
    )
    items = Difference(BASE, after, YEAR).items
    assert [(change.id, change.what) for change in items] == [
        ("new", What.ADDED), ("goal", What.MOVED), ("down", What.SHORTER), ("up", What.RENAMED), ("toil", What.DROPPED),
    ]  # fmt: skip
    assert items[1].happened == (What.MOVED, What.SURE)
    assert [change.drawn for change in items] == ["added", "moved", "moved", "changed", "dropped"]
    assert items[4].part.title == "In toil" and items[4].after is None and items[0].before is None


def test_counts_say_what_happened_to_every_item():
    after = BASE.with_changes(
        {
            "item:new": item("soil"),
            "item:newer": item("toil"),
            "item:goal": {"when": ["2026-10-06", "2026-12-21"], "sure": "likely"},
            "item:up": {"when": ["2026-10-05", "2026-12-10"]},
            "item:down": {"title": "Other"},
            "item:toil": None,
        }
    )
    assert Difference(BASE, after, YEAR).counts == {
        "added": 2,
        "moved": 2,
        "changed": 1,
        "dropped": 1,
        "other": 0,
        "same": 1,
    }


def test_the_first_map_differs_from_nothing_by_all_it_says():
    difference = Difference(Document({}), BASE, YEAR)
    assert {change.what for change in difference.items} == {What.ADDED}
    assert len(difference.lanes) == 6 and difference.title == ("", "Our year")


def test_a_team_is_told_seat_by_seat():
    after = BASE.with_changes(
        {"seat:open": {"member": 9, "how": "core"}, "seat:aoi": None, "seat:kenta": {"quarter": 1, "role": "Guest"}}
    )
    (change,) = Difference(BASE, after, YEAR).shape
    assert [seat.id for seat in change.joined] == ["kenta"]
    assert [seat.id for seat in change.left] == ["aoi"]
    assert [(before.member, seat.member) for before, seat in change.turned] == [(None, 9)]


@pytest.mark.parametrize(
    "changes",
    [
        {"lane:goals": {"above": False}},
        {"lane:soil": {"above": True}},
        {"lane:goals": {"kind": "own"}},
        {"lane:up": {"kind": "soil"}},
        {"lane:toil": None},
    ],
    ids=lambda changes: str(changes),
)
def test_no_adjustment_is_made_of_a_pivot_by_moving_a_standard_lane(changes):
    with pytest.raises(DocumentError):
        check(BASE.with_changes(changes), YEAR)


@pytest.mark.parametrize(
    "changes",
    [
        {"item:goal": {"when": ["20261005", "2026-12-20"]}},
        {"item:goal": {"when": ["2026-W41-1", "2026-12-20"]}},
        {"item:goal": {"when": ["2026-12-20", "2026-10-05"]}},
        {"item:goal": {"when": ["2026-03-31", "2026-10-05"]}},
        {"item:goal": {"when": ["2027-03-31", "2027-04-01"]}},
        {"item:goal": {"when": ["2026-10-05"]}},
        {"item:goal": {"when": [1, 2]}},
        {"item:goal": {"title": ""}},
        {"item:goal": {"title": "half a character: \ud800"}},
        {"item:goal": {"title": "x" * 121}},
        {"item:goal": {"lane": "nowhere"}},
        {"item:goal": {"lane": "shape"}},
        {"item:goal": {"sure": "very"}},
        {"item:goal": {"owner": True}},
        {"item:goal": {"toil": ["3"]}},
        {"item:goal": {"colour": "red"}},
        {"item:an id that is longer than check-ins take": item("goals")},
        {"item:": item("goals")},
        {"item:a/b": item("goals")},
        {"seat:aoi": {"quarter": True}},
        {"seat:aoi": {"quarter": 5}},
        {"lane:up": {"position": float("nan")}},
        {"lane:up": {"position": float("inf")}},
        {"lane:up": None},  # while an item lies there
        {"quarter:5": FIELDS["quarter"]},
        {"quarter:2": None},
        {"map": None},
        {"map:2": FIELDS["map"]},
        {"cloud:1": {"title": "No such kind"}},
    ],
    ids=lambda changes: ascii(changes)[:50],
)
def test_what_is_no_map_is_refused(changes):
    check(BASE, YEAR)
    with pytest.raises(DocumentError):
        check(BASE.with_changes(changes), YEAR)


def test_a_part_without_fields_is_no_part():
    with pytest.raises(DocumentError):
        check(Document({**BASE.parts, "item:goal": ["no", "fields"]}), YEAR)
