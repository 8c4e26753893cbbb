"""Whatever is drawn on a map, in whatever order by whomever: its history can be replayed, merged, and looked back at."""

import copy
import json
from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import transaction
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from apps.roadmap import chain, erasing, verify
from apps.roadmap import publish as publishing
from apps.roadmap.changes import Difference, What
from apps.roadmap.document import FIELDS, Document, canonical, check, empty, id_of, kind_of
from apps.roadmap.merging import MINE, THEIRS, Merge
from apps.roadmap.models import Draft, Kind, Map, Revision, Step
from apps.roadmap.models.revision import as_of, document_of, forget
from apps.roadmap.publish import NothingChanged, Overtaken, merged, publish, say_how_sure
from apps.roadmap.year import Span
from tests import factories

YEAR = Span(date(2027, 3, 1))  # ends on the 29th of February
few = settings(max_examples=60, deadline=None)

STANDARD = ("goals", "soil", "toil")
words = st.text(max_size=12) | st.sampled_from(["Kenta drives", "半分のリリース", "~", '"~":', "now", "\x00", "𠮷🌱"])
titles = words.filter(bool)
days = st.integers(0, YEAR.days - 1).map(lambda n: YEAR.start + timedelta(days=n))
whens = st.tuples(days, days).map(lambda pair: [day.isoformat() for day in sorted(pair)])
positions = st.sampled_from([0, 1, 1.0, 1.5, 2, 2.0, -3, -0.0])
ids = st.none() | st.integers(1, 9)
links = st.lists(st.integers(1, 2**62), max_size=3)

OTHERS = {
    "lane": {"name": words, "note": words, "above": st.booleans(), "position": positions},
    "seat": {
        "quarter": st.integers(1, 4),
        "role": words,
        "member": ids,
        "how": st.sampled_from(["core", "guest", "hoped"]),
        "position": positions,
    },
    "past": {"when": words, "text": titles, "position": positions},
    "quarter": {"name": words, "sentence": words, "shape": words, "shape_sentence": words},
    "map": {"title": words},
}


def item(lanes) -> dict[str, st.SearchStrategy]:
    return {
        "title": titles,
        "lane": st.sampled_from(sorted(lanes)),
        "when": whens,
        "sure": st.sampled_from(["hunch", "likely", "firm"]),
        "signal": words,
        "owner": ids,
        "notes": words,
        "toil": links,
        "groups": links,
        "gatherings": links,
        "topics": links,
    }


@st.composite
def documents(draw, base: Document | None = None) -> Document:
    """Any map; with `base`, one that keeps much of it."""
    document = base or empty()
    for key in ("lane:l1", "lane:l2", "seat:s1", "seat:s2", "past:p1", "quarter:2", "map"):
        document = document.with_changes(draw(one_change(key, document)))
    lanes = {*STANDARD, *(id_of(key) for key in ("lane:l1", "lane:l2") if key in document)}
    for key in ("item:i1", "item:i2", "item:i3"):
        document = document.with_changes(draw(one_change(key, document, lanes)))
    check(document, YEAR)
    return document


@st.composite
def one_change(draw, key: str, document: Document, lanes=STANDARD) -> dict:
    """One part added, changed in some fields, dropped, or left alone."""
    kind, now = kind_of(key), document.parts.get(key)
    deed = draw(st.sampled_from(["leave", "change", "drop"]))
    if deed == "drop" and kind not in ("map", "quarter"):
        return {key: None}
    is_homeless = kind == "item" and now is not None and now["lane"] not in lanes
    if deed == "leave" and not is_homeless:
        return {}
    fields = item(lanes) if kind == "item" else OTHERS[kind]
    if now is None:
        return {key: {name: draw(strategy) for name, strategy in fields.items()}}
    chosen = draw(st.sets(st.sampled_from(sorted(fields)))) | ({"lane"} if is_homeless else set())
    return {key: {name: draw(fields[name]) for name in sorted(chosen)}}


@st.composite
def pairs(draw) -> tuple[Document, Document]:
    first = draw(documents())
    return first, draw(documents(first))


@st.composite
def threes(draw) -> tuple[Document, Document, Document]:
    """What two people made of the same map."""
    base = draw(documents())
    return base, draw(documents(base)), draw(documents(base))


@few
@given(pairs())
def test_the_changes_from_one_to_the_other_make_the_other_to_the_letter(two):
    first, second = two
    assert first.with_changes(first.changes_to(second)).dumps() == second.dumps()
    assert second.with_changes(second.changes_to(first)).dumps() == first.dumps()
    assert first.changes_to(first) == {} == second.changes_to(second)
    for key, fields in first.changes_to(second).items():
        kept = first.parts.get(key, {}).items()
        assert (
            fields is None
            or key not in first
            or all(canonical((n, v)) not in map(canonical, kept) for n, v in fields.items())
        )


@few
@given(documents(), st.randoms())
def test_what_is_written_down_reads_the_same_in_whatever_order_it_was_made(document, chance):
    assert Document.loads(document.dumps()) == document
    assert Document.loads(document.dumps()).dumps() == document.dumps()
    keys = list(document.parts)
    chance.shuffle(keys)
    shuffled = Document({key: dict(reversed(document.parts[key].items())) for key in keys})
    assert shuffled.dumps() == document.dumps()


@few
@given(pairs())
def test_a_difference_tells_everything_and_no_more(two):
    difference = Difference(*two, YEAR)
    rooms = (difference.items, difference.lanes, difference.quarters, difference.backstory, difference.shape)
    assert bool(difference) == (any(rooms) or difference.title is not None)
    dropped = {key for key, fields in two[0].changes_to(two[1]).items() if fields is None}
    told = {
        f"{kind}:{change.id}"
        for kind, room in (("item", difference.items), ("lane", difference.lanes), ("past", difference.backstory))
        for change in room
        if change.what == What.DROPPED
    } | {f"seat:{seat.id}" for change in difference.shape for seat in change.left}
    assert dropped <= told and (difference.is_pivot or not dropped)
    items = {name: count for name, count in difference.counts.items() if name != "other"}
    assert sum(items.values()) == len({*two[0].items, *two[1].items})


@few
@given(pairs())
def test_merging_with_what_nobody_changed_changes_nothing(two):
    base, other = two
    for merge in (Merge(base, other, base), Merge(base, base, other), Merge(base, other, other)):
        assert merge.collisions == [] and merge.settle({}) == other
    assert Merge(base, base, base).settle({}) == base


@few
@given(threes(), st.data())
def test_any_answers_make_a_map_that_can_be_published(three, data):
    merge = Merge(*three)
    answers = {each.name: data.draw(st.sampled_from([MINE, THEIRS])) for each in merge.collisions}
    settled = merge.settle(answers)
    check(settled, YEAR)
    base, theirs, mine = three
    assert set(settled.parts) <= set(theirs.parts) | set(mine.parts)  # ids stay, and none is made
    other = Merge(base, mine, theirs)
    swapped = {name: MINE if side == THEIRS else THEIRS for name, side in answers.items()}
    assert {each.name for each in other.collisions} == set(answers) and other.settle(swapped) == settled


@few
@given(threes(), st.data())
def test_nothing_is_lost_without_an_answer(three, data):
    base, theirs, mine = three
    merge = Merge(*three)
    answers = {each.name: data.draw(st.sampled_from([MINE, THEIRS])) for each in merge.collisions}
    settled = merge.settle(answers)
    gone = {id_of(each.key) for each in merge.collisions if kind_of(each.key) == "lane" and each.key not in settled}
    for side, against in ((theirs, MINE), (mine, THEIRS)):
        for key, fields in base.changes_to(side).items():
            if answers.get(f"{key}/") == against or (key not in base and key in theirs and key in mine):
                continue  # two who add a part never give it the same id
            if fields is None:
                asked = f"{key}/" in answers  # somebody put an item into a lane that was dropped
                assert key not in settled or asked
                continue
            for name, value in fields.items():
                is_moved = kind_of(key) == "item" and name == "lane" and value in gone
                if not is_moved and answers.get(f"{key}/{name}") != against:
                    assert settled.parts[key][name] == value


@few
@given(pairs(), titles, titles)
def test_a_replaced_text_keeps_the_digest_of_the_first(two, old, new):
    about = {"map_id": 1, "start": date(2026, 4, 1), "number": 1, "kind": "first", "by_id": 1, "previous": chain.FIRST}
    about |= {"day": date(2027, 3, 1), "at": datetime(2027, 3, 1, tzinfo=UTC)}
    content = {"changes": two[0].changes_to(two[1]), "said": {"name": "Kenta came", "evidence": [{"text": "Kenta"}]}}
    body = canonical(content)
    replaced = canonical(chain.replace(content, old, new))
    again = canonical(chain.replace(json.loads(replaced), new, "x"))
    assert chain.digest(body=body, **about) == chain.digest(body=replaced, **about) == chain.digest(body=again, **about)
    assert chain.read(body) == content and not chain.is_replaced(body)
    assert chain.is_replaced(replaced) == (replaced != body)


# ---- the history of one map, against a replay in plain dictionaries -----------------------------------


def plain(parts: dict) -> dict:
    return copy.deepcopy(parts)


class Plan:
    """What the test believes somebody's draft to be."""

    def __init__(self, base: int, parts: dict):
        self.base, self.parts = base, parts
        self.before: list[dict] = []
        self.behind: list[dict] = []


class History(RuleBasedStateMachine):
    """Three editors of one map, on days that go on. `published` holds (day, parts) of every revision as it was made."""

    def __init__(self):
        super().__init__()
        self.rows = transaction.atomic()
        self.rows.__enter__()
        forget()
        self.map = Map.objects.create(start=YEAR.start)
        self.people = [factories.member(role="lead") for _n in range(3)]
        self.published: list[tuple[date, dict]] = []
        self.plans: dict[int, Plan] = {}
        self.day = date(2027, 3, 1)
        self.has_new = False

    def teardown(self):
        try:
            self.look_back(self.published)
        finally:
            transaction.set_rollback(True)
            self.rows.__exit__(None, None, None)
            forget()

    def head_parts(self) -> dict:
        return plain(self.published[-1][1]) if self.published else plain(empty().parts)

    def draft(self, who: int) -> Draft:
        draft = Draft.open_for(self.map, self.people[who])
        if who not in self.plans:
            self.plans[who] = Plan(len(self.published), self.head_parts())
        return draft

    def now(self) -> datetime:
        return datetime(self.day.year, self.day.month, self.day.day, 3, tzinfo=UTC)

    def was_published(self, parts: dict, revision: Revision) -> None:
        self.published.append((self.day, plain(parts)))
        assert revision.number == len(self.published) and revision.day == self.day
        self.has_new = True

    editors = st.integers(0, 2)

    @initialize(data=st.data())
    def somebody_draws_the_first_map(self, data):
        self.edit_and_publish(0, data)

    @rule(who=editors, data=st.data())
    def edit(self, who, data):
        draft = self.draft(who)
        plan = self.plans[who]
        changes = draft.document.changes_to(data.draw(documents(draft.document)))
        after = plain(plan.parts)
        for key, fields in changes.items():
            if fields is None:
                del after[key]
            else:
                after[key] = {**after.get(key, FIELDS[kind_of(key)]), **plain(fields)}
        if draft.change(changes):
            plan.before.append(plan.parts)
            plan.parts, plan.behind = after, []
        assert draft.document.parts == plan.parts

    @precondition(lambda self: any(plan.before for plan in self.plans.values()))
    @rule(who=editors)
    def undo(self, who):
        draft, plan = self.draft(who), self.plans[who]
        if draft.undo():
            plan.behind.append(plan.parts)
            plan.parts = plan.before.pop()
        else:
            assert not plan.before

    @precondition(lambda self: any(plan.behind for plan in self.plans.values()))
    @rule(who=editors)
    def redo(self, who):
        draft, plan = self.draft(who), self.plans[who]
        if draft.redo():
            plan.before.append(plan.parts)
            plan.parts = plan.behind.pop()
        else:
            assert not plan.behind

    @rule(days=st.integers(0, 3))
    def time_goes_on(self, days):
        self.day += timedelta(days=days)

    @rule(who=editors, is_pivot=st.booleans(), data=st.data())
    def publish(self, who, is_pivot, data):
        draft, plan = self.draft(who), self.plans[who]
        is_stale = plan.base != len(self.published)
        try:
            revision = publish(draft, factories.REASON, is_pivot=is_pivot, at=self.now())
        except Overtaken:
            assert is_stale
            self.solve(who, data)
            return
        except NothingChanged:
            assert self.published and plan.parts == self.published[-1][1]
            return
        assert not is_stale
        if not self.published:
            assert revision.kind == Kind.FIRST
        elif set(self.published[-1][1]) - set(plan.parts) or is_pivot:
            assert revision.kind == Kind.PIVOT
        del self.plans[who]
        self.was_published(plan.parts, revision)

    @rule(who=editors, data=st.data())
    def edit_and_publish(self, who, data):
        self.edit(who, data)
        self.publish(who, False, data)

    def solve(self, who, data):
        """Both are merged with any answers; what was in the draft stays aside."""
        draft, plan, head = self.draft(who), self.plans[who], len(self.published)
        merge = Merge(draft.base_document, document_of(self.map, head), draft.document)
        answers = {each.name: data.draw(st.sampled_from([MINE, THEIRS])) for each in merge.collisions}
        settled = merge.settle(answers)
        kept = Draft.objects.kept().count()
        draft = merged(draft, settled, head)
        assert Document.loads(Draft.objects.kept().order_by("-pk")[0].parts).parts == plan.parts
        assert Draft.objects.kept().count() == kept + 1
        self.plans[who] = Plan(head, plain(settled.parts))
        assert draft.undo() is None and draft.document.parts == self.plans[who].parts

    @precondition(lambda self: len(self.published) > 1)
    @rule(who=editors, data=st.data())
    def go_back(self, who, data):
        number = data.draw(st.integers(1, len(self.published)))
        wanted = plain(self.published[number - 1][1])
        begun = list(Draft.objects.open().filter(owner=self.people[who]))
        draft = Draft.restore(self.map, self.people[who], self.map.revisions.get(number=number))
        assert draft.document.parts == wanted
        assert all(Draft.objects.kept().get(pk=other.pk).parts == other.parts for other in begun)
        self.plans[who] = Plan(len(self.published), wanted)
        try:
            revision = publish(draft, factories.REASON, at=self.now())
        except NothingChanged:
            assert wanted == self.published[-1][1]
        else:
            del self.plans[who]
            assert (revision.kind, revision.said.restored) == (Kind.PIVOT, number)
            self.was_published(wanted, revision)

    @precondition(lambda self: self.published)
    @rule(who=editors, sure=st.sampled_from(["hunch", "likely", "firm"]), data=st.data())
    def say_how_sure(self, who, sure, data):
        parts = self.head_parts()
        on_the_map = sorted(key for key in parts if key.startswith("item:"))
        if not on_the_map:
            return
        key = data.draw(st.sampled_from(on_the_map))
        try:
            revision = say_how_sure(self.map, id_of(key), sure, "We saw it.", self.people[who], at=self.now())
        except NothingChanged:
            assert parts[key]["sure"] == sure
        else:
            parts[key]["sure"] = sure
            assert (revision.kind, revision.said.note) == (Kind.ADJUSTMENT, "We saw it.")
            self.was_published(parts, revision)

    @rule(name=st.sampled_from(["Kenta", "soil", "リリース"]))
    def a_name_goes(self, name):
        erasing.replace_name(name, "Mei")
        self.map.refresh_from_db()
        for _day, parts in self.published:
            replace_words(parts, name)
        for who, plan in self.plans.items():
            replace_words(plan.parts, name)
            if not Draft.objects.open().get(owner=self.people[who]).steps.exists():
                plan.before, plan.behind = [], []
        kept = [*Step.objects.values_list("forward", flat=True), *Step.objects.values_list("back", flat=True)]
        assert not any("Kenta" in written for written in kept) or name != "Kenta"
        self.has_new = bool(self.published)

    # -- what always holds

    @invariant()
    def drafts_are_as_planned(self):
        for draft in Draft.objects.open().select_related("map"):
            plan = self.plans[self.people.index(draft.owner)]
            assert draft.document.parts == plan.parts and draft.base == plan.base

    @invariant()
    def the_newest_days_are_what_was_published(self):
        if self.has_new:
            self.look_back(self.published[-2:])
            self.has_new = False

    def look_back(self, revisions: list) -> None:
        """The map as of the days around these revisions is what the last one until then said; the chain holds."""
        forget()
        assert list(verify.faults()) == []
        self.map.refresh_from_db()
        assert self.map.head == len(self.published)
        for day in {day + timedelta(days=n) for day, _parts in revisions for n in (-1, 0, 1)}:
            until = [parts for published_on, parts in self.published if published_on <= day]
            revision = as_of(self.map, day)
            assert (revision.number if revision else 0) == len(until)
            assert not until or document_of(self.map, revision.number).parts == until[-1]

    @precondition(lambda self: len(self.published) > 1)
    @rule(data=st.data())
    def compare_two(self, data):
        numbers = st.integers(1, len(self.published))
        first, second = (document_of(self.map, data.draw(numbers)) for _n in range(2))
        assert first.with_changes(first.changes_to(second)).dumps() == second.dumps()
        difference = Difference(first, second, YEAR)
        assert set(difference.by_item) >= set(first.items) ^ set(second.items)  # ids stay: none is told under another
        for change in difference.items:
            assert change.before is None or change.before == first.items[change.id]
            assert change.after is None or change.after == second.items[change.id]


NAMED = {"title", "name", "note", "sentence", "shape", "shape_sentence", "signal", "notes", "role", "text"}


def replace_words(parts: dict, name: str) -> None:
    for key, part in parts.items():
        for field, value in part.items():
            if field in NAMED or (field == "when" and key.startswith("past:")):
                part[field] = value.replace(name, "Mei")


@pytest.mark.django_db
@pytest.mark.long
def test_the_map_of_any_day_is_what_was_published_until_then(lead, monkeypatch):
    # Whole documents as often as their place in the history can matter within a few steps.
    monkeypatch.setattr(publishing, "KEYFRAME_EVERY", 3)
    monkeypatch.setattr(erasing, "KEYFRAME_EVERY", 3)
    run_state_machine_as_test(History, settings=settings(max_examples=16, stateful_step_count=25, deadline=None))
