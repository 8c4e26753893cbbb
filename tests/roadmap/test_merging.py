"""What two people made of the same map: what is merged, what collides, and that nothing goes without an answer (F24)."""

import itertools
from datetime import date

import pytest

from apps.roadmap.document import FIELDS, Document, check, empty
from apps.roadmap.merging import MINE, THEIRS, Merge
from apps.roadmap.year import Span

YEAR = Span(date(2026, 4, 1))
AUTUMN, WINTER = ["2026-10-05", "2026-12-20"], ["2027-01-05", "2027-02-20"]


def item(title: str, lane="goals", **fields) -> dict:
    return FIELDS["item"] | {"title": title, "lane": lane, "when": AUTUMN} | fields


BASE = empty().with_changes(
    {
        "lane:up": {"name": "Platform", "above": True, "position": 3},
        "lane:down": {"name": "Roots", "above": False, "position": 5},
        "item:a": item("A", notes="As it was"),
        "item:b": item("B", "soil"),
        "item:up": item("Up", "up"),
        "item:down": item("Down", "down"),
        "seat:s": {"quarter": 1, "role": "First SRE", "member": 7},
        "past:p": {"when": "2025", "text": "How it began"},
    }
)


def merge(theirs: dict, mine: dict, base: Document = BASE) -> Merge:
    merged = Merge(base, base.with_changes(theirs), base.with_changes(mine))
    check(merged.theirs, YEAR)
    check(merged.mine, YEAR)
    return merged


def names(merged: Merge) -> set[str]:
    return {collision.name for collision in merged.collisions}


def all_answers(merged: Merge):
    for sides in itertools.product((MINE, THEIRS, None), repeat=len(merged.collisions)):
        yield {collision.name: side for collision, side in zip(merged.collisions, sides, strict=True) if side}


@pytest.mark.parametrize(
    ("theirs", "mine"),
    [
        ({"item:a": {"title": "Theirs"}}, {"item:b": {"title": "Mine"}}),
        ({"item:a": {"title": "Theirs"}}, {"item:a": {"sure": "firm"}}),
        ({"item:a": {"when": WINTER}}, {"item:a": {"notes": "Mine", "owner": 3}}),
        ({"item:a": {"lane": "up"}}, {"item:a": {"title": "Mine"}}),
        ({"item:new": item("Theirs")}, {"item:own": item("Mine", "soil")}),
        ({"item:a": None}, {"item:b": None}),
        ({"item:a": None}, {"item:new": item("Mine")}),
        ({"lane:up": {"name": "Theirs"}}, {"lane:up": {"note": "Mine"}}),
        ({"lane:up": {"position": 9}}, {"item:new": item("Mine", "up")}),
        ({"lane:new": FIELDS["lane"] | {"name": "Theirs"}}, {"lane:own": FIELDS["lane"] | {"name": "Mine"}}),
        ({"quarter:1": {"name": "Theirs"}}, {"quarter:1": {"sentence": "Mine"}}),
        ({"seat:s": {"member": 8}}, {"seat:s": {"role": "Lead"}}),
        ({"past:p": {"when": "2024"}}, {"past:p": {"text": "Mine"}}),
        ({"map": {"title": "Theirs"}}, {"quarter:4": {"name": "Mine"}}),
        # A lane goes, and what lay there went elsewhere before.
        ({"lane:up": None, "item:up": {"lane": "goals"}}, {"item:up": {"title": "Mine"}}),
    ],
    ids=lambda changes: str(changes)[:40],
)
def test_what_only_one_touched_is_taken_from_them(theirs, mine):
    for first, second in ((theirs, mine), (mine, theirs)):
        merged = merge(first, second)
        assert merged.collisions == []
        one_after_the_other = BASE.with_changes(first).with_changes(second)
        assert merged.settle({}) == one_after_the_other
        check(merged.settle({}), YEAR)


@pytest.mark.parametrize(
    "changes",
    [
        {"item:a": {"title": "Both", "sure": "firm"}},
        {"item:a": None},
        {"item:new": item("Both")},
        {"lane:up": None, "item:up": {"lane": "goals"}},
        {"seat:s": {"member": None, "how": "hoped"}},
    ],
    ids=lambda changes: str(changes)[:40],
)
def test_the_same_said_by_both_is_no_collision(changes):
    merged = merge(changes, changes)
    assert merged.collisions == [] and merged.settle({}) == BASE.with_changes(changes)


@pytest.mark.parametrize(
    ("key", "field", "theirs", "mine"),
    [
        ("item:a", "title", "Theirs", "Mine"),
        ("item:a", "when", WINTER, ["2026-10-06", "2026-12-20"]),
        ("item:a", "sure", "likely", "firm"),
        ("item:a", "owner", 8, 9),
        ("item:a", "owner", 8, None),
        ("item:a", "notes", "Theirs", "Mine"),
        ("item:a", "toil", [1], [2]),
        ("item:a", "lane", "up", "soil"),
        ("lane:up", "name", "Theirs", "Mine"),
        ("lane:up", "position", 1.5, 8),
        ("quarter:2", "sentence", "Theirs", "Mine"),
        ("seat:s", "member", 8, None),
        ("past:p", "text", "Theirs", "Mine"),
        ("map", "title", "Theirs", "Mine"),
    ],
)
def test_one_field_changed_by_both_is_asked_for(key, field, theirs, mine):
    base = BASE.with_changes({key: {field: 7}}) if field == "owner" else BASE
    merged = merge({key: {field: theirs}}, {key: {field: mine}}, base)
    (collision,) = merged.collisions
    assert (collision.key, collision.field, collision.name) == (key, field, f"{key}/{field}")
    assert (collision.base, collision.theirs, collision.mine) == (base.parts[key][field], theirs, mine)
    assert merged.settle({collision.name: THEIRS}) == merged.theirs
    assert merged.settle({collision.name: MINE}) == merged.settle({}) == merged.mine


def test_fields_of_one_part_are_answered_one_by_one():
    merged = merge(
        {"item:a": {"title": "Theirs", "notes": "Theirs", "sure": "firm"}},
        {"item:a": {"title": "Mine", "notes": "Mine", "owner": 4}},
    )
    assert names(merged) == {"item:a/title", "item:a/notes"}
    settled = merged.settle({"item:a/title": THEIRS, "item:a/notes": MINE}).parts["item:a"]
    assert (settled["title"], settled["notes"], settled["sure"], settled["owner"]) == ("Theirs", "Mine", "firm", 4)


@pytest.mark.parametrize(
    ("key", "changes"),
    [
        ("item:a", {"title": "Changed"}),
        ("item:b", {"lane": "toil"}),
        ("seat:s", {"member": None}),
        ("past:p", {"text": "Changed"}),
        ("lane:down", {"note": "Changed"}),
    ],
)
@pytest.mark.parametrize("who_drops", [MINE, THEIRS])
def test_what_one_dropped_and_the_other_changed_is_asked_for(key, changes, who_drops):
    drop, change = {key: None}, {key: changes}
    if key == "lane:down":
        drop["item:down"] = {"lane": "soil"}
    merged = merge(drop, change) if who_drops == THEIRS else merge(change, drop)
    assert names(merged) == {f"{key}/"}
    assert key not in merged.settle({f"{key}/": who_drops})
    kept = merged.settle({f"{key}/": THEIRS if who_drops == MINE else MINE})
    assert kept.parts[key] == BASE.parts[key] | changes
    for answers in all_answers(merged):
        check(merged.settle(answers), YEAR)


@pytest.mark.parametrize(("lane", "lies", "falls_to"), [("up", "up", "goals"), ("down", "down", "soil")])
@pytest.mark.parametrize("who_drops", [MINE, THEIRS])
@pytest.mark.parametrize("what", ["added", "moved there"])
def test_an_item_put_into_a_lane_that_the_other_dropped_is_asked_for(lane, lies, falls_to, who_drops, what):
    drop = {f"lane:{lane}": None, f"item:{lies}": {"lane": falls_to}}
    put = {"item:new": item("New", lane)} if what == "added" else {"item:b": {"lane": lane}}
    (key,) = put
    merged = merge(drop, put) if who_drops == THEIRS else merge(put, drop)
    assert names(merged) == {f"lane:{lane}/"}
    dropped = merged.settle({f"lane:{lane}/": who_drops})
    assert f"lane:{lane}" not in dropped and dropped.parts[key]["lane"] == falls_to
    kept = merged.settle({f"lane:{lane}/": THEIRS if who_drops == MINE else MINE})
    assert kept.parts[f"lane:{lane}"] == BASE.parts[f"lane:{lane}"] and kept.parts[key]["lane"] == lane
    for answers in all_answers(merged):
        check(merged.settle(answers), YEAR)


@pytest.mark.parametrize("who_drops", [MINE, THEIRS])
def test_an_item_moved_by_both_finds_the_lane_that_one_of_them_dropped(who_drops):
    """One moves it into the lane, the other drops that lane and moves it elsewhere: each answer holds."""
    put = {"item:a": {"lane": "down"}}
    drop = {"lane:down": None, "item:down": None, "item:a": {"lane": "toil"}}
    merged = merge(drop, put) if who_drops == THEIRS else merge(put, drop)
    who_puts = THEIRS if who_drops == MINE else MINE
    assert names(merged) == {"item:a/lane", "lane:down/"}
    assert merged.settle({"item:a/lane": who_puts, "lane:down/": who_puts}).parts["item:a"]["lane"] == "down"
    assert merged.settle({"item:a/lane": who_puts, "lane:down/": who_drops}).parts["item:a"]["lane"] == "soil"
    assert merged.settle({"item:a/lane": who_drops, "lane:down/": who_drops}).parts["item:a"]["lane"] == "toil"
    for answers in all_answers(merged):
        check(merged.settle(answers), YEAR)


def test_a_changed_item_in_a_lane_that_goes_with_it_is_asked_for_on_its_own():
    merged = merge({"lane:up": None, "item:up": None}, {"item:up": {"title": "Mine"}, "lane:up": {"name": "Mine"}})
    assert names(merged) == {"item:up/", "lane:up/"}
    only_item = merged.settle({"item:up/": MINE, "lane:up/": THEIRS})
    assert only_item.parts["item:up"] == BASE.parts["item:up"] | {"title": "Mine", "lane": "goals"}
    only_lane = merged.settle({"item:up/": THEIRS, "lane:up/": MINE})
    assert "item:up" not in only_lane and only_lane.parts["lane:up"]["name"] == "Mine"
    for answers in all_answers(merged):
        check(merged.settle(answers), YEAR)


def test_two_first_maps_drawn_at_once_are_merged():
    theirs = empty().with_changes({"item:a": item("Theirs"), "map": {"title": "Theirs"}, "quarter:1": {"name": "One"}})
    mine = empty().with_changes({"item:b": item("Mine"), "map": {"title": "Mine"}, "quarter:2": {"name": "Two"}})
    merged = Merge(Document({}), theirs, mine)
    assert names(merged) == {"map/title"}
    settled = merged.settle({"map/title": THEIRS})
    check(settled, YEAR)
    assert {"item:a", "item:b"} <= set(settled.parts) and settled.title == "Theirs"
    assert [quarter.name for quarter in settled.quarters] == ["One", "Two", "", ""]


def test_of_two_first_maps_only_what_both_moved_is_asked_for():
    theirs, mine = (
        empty().with_changes({"lane:goals": {"position": 9}}),
        empty().with_changes({"map": {"title": "Mine"}}),
    )
    merged = Merge(Document({}), theirs, mine)
    assert merged.collisions == []
    assert merged.settle({}).parts["lane:goals"]["position"] == 9 and merged.settle({}).title == "Mine"


def test_answers_to_nothing_that_was_asked_change_nothing():
    merged = merge({"item:a": {"title": "Theirs"}}, {"item:b": {"title": "Mine"}})
    assert merged.settle({"item:a/title": MINE, "item:zz/": THEIRS, "": THEIRS}) == merged.settle({})


def test_merging_changes_none_of_the_three():
    sides = [{"item:a": {"title": "Theirs"}, "lane:up": None, "item:up": None}, {"item:up": {"title": "Mine"}}]
    merged = merge(*sides)
    before = [document.dumps() for document in (merged.base, merged.theirs, merged.mine)]
    for answers in all_answers(merged):
        merged.settle(answers)
    assert [document.dumps() for document in (merged.base, merged.theirs, merged.mine)] == before
