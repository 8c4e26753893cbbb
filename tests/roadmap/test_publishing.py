"""Drafts, and how they become revisions: adjustment or pivot, chained, never changed."""

import pytest
from django.db import DatabaseError, connection, transaction

from apps.roadmap import erasing, verify
from apps.roadmap.models import Draft, Kind, Map, Revision
from apps.roadmap.models.revision import Immutable
from apps.roadmap.publish import NothingChanged, Overtaken, Reason, ReasonMissing, publish, say_how_sure
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def year_map(lead):
    return factories.future_map(lead, factories.plan())


def only_item(row: Map) -> str:
    row.refresh_from_db()
    return next(iter(Revision.objects.get(map=row, number=row.head).document().items))


def test_the_first_publication_asks_for_neither_adjustment_nor_pivot(year_map):
    first = year_map.revisions.get()
    assert (first.kind, first.number, year_map.head) == (Kind.FIRST, 1, 1)
    assert [item.title for item in first.document().items.values()] == ["Half of releases driven by developers"]
    assert list(verify.faults()) == []


def test_publishing_without_changes_says_so(year_map, lead):
    with pytest.raises(NothingChanged):
        publish(Draft.open_for(year_map, lead))


def test_a_pivot_needs_its_reason(year_map, lead):
    draft = Draft.open_for(year_map, lead)
    draft.change({f"item:{only_item(year_map)}": None})
    for reason in (Reason(), Reason("Name", "too short", factories.REASON.why), Reason("Name", "x" * 19, "y" * 20)):
        with pytest.raises(ReasonMissing):
            publish(draft, reason)
    japanese = Reason("育成へ", "採用には至らなかった。", "予算が十五日に締まる。")
    assert publish(draft, japanese).kind == Kind.PIVOT


def test_an_adjustment_may_be_called_a_pivot(year_map, lead):
    key = f"item:{only_item(year_map)}"
    assert factories.next_revision(year_map, lead, {key: {"sure": "firm"}}).kind == Kind.ADJUSTMENT
    assert factories.next_revision(year_map, lead, {key: {"sure": "hunch"}}, is_pivot=True).kind == Kind.PIVOT


def test_a_draft_from_before_somebody_elses_publication_is_not_published(year_map, lead):
    mine = Draft.open_for(year_map, lead)
    mine.change(factories.plan("Mine", lane="soil"))
    other = factories.member(role="lead")
    factories.next_revision(year_map, other, factories.plan("Theirs", lane="soil"))
    with pytest.raises(Overtaken):
        publish(mine)
    mine.refresh_from_db()
    assert "Mine" in mine.parts


def test_anyone_may_say_how_sure_they_are(year_map, member):
    item = only_item(year_map)
    revision = say_how_sure(year_map, item, "firm", "Five of the last eleven were.", member)
    assert (revision.kind, revision.by, revision.said.note) == (
        Kind.ADJUSTMENT, member, "Five of the last eleven were.",
    )  # fmt: skip
    with pytest.raises(NothingChanged):
        say_how_sure(year_map, item, "firm", "Again.", member)


def test_a_published_revision_is_refused_to_the_model(year_map):
    revision = year_map.revisions.get()
    for deed in (
        revision.save,
        revision.delete,
        lambda: Revision.objects.update(kind="pivot"),
        lambda: Revision.objects.filter(pk=revision.pk).delete(),
        lambda: Revision.objects.bulk_update([revision], ["kind"]),
    ):
        with pytest.raises(Immutable):
            deed()


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE roadmap_revision SET body = replace(body, 'Half', 'All')",
        "UPDATE roadmap_revision SET kind = 'pivot'",
        "UPDATE roadmap_revision SET digest = previous",
        "UPDATE roadmap_revision SET by_id = by_id + 1",
        "DELETE FROM roadmap_revision",
    ],
)
def test_a_published_revision_is_refused_to_sql(year_map, statement):
    with pytest.raises(DatabaseError, match="can not be"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)
    assert list(verify.faults()) == []


def test_steps_of_a_draft_are_undone_and_redone(year_map, lead):
    draft = Draft.open_for(year_map, lead)
    begin = draft.document
    draft.change(factories.plan("One", lane="soil"))
    draft.change(factories.plan("Two", lane="soil"))
    both = draft.document
    draft.undo()
    draft.undo()
    assert draft.document == begin and draft.undo() is None
    draft.redo()
    draft.redo()
    assert draft.document == both and draft.redo() is None
    draft.undo()
    draft.change(factories.plan("Three", lane="soil"))
    assert draft.redo() is None
    titles = {item.title for item in draft.document.items.values()}
    assert {"One", "Three"} <= titles and "Two" not in titles


def test_a_name_goes_and_the_chain_holds(year_map, lead):
    factories.next_revision(year_map, lead, {"quarter:3": {"shape_sentence": "Kenta joins half-time"}})
    assert erasing.replace_name("Kenta", "Somebody", by=lead) == 1
    year_map.refresh_from_db()
    newest = year_map.revisions.get(number=2)
    assert "Kenta" not in newest.body and newest.document().quarters[2].shape_sentence == "Somebody joins half-time"
    assert list(verify.faults()) == []
    assert erasing.replace_name("Somebody", "A colleague") == 1
    assert "Kenta" not in year_map.revisions.get(number=2).erasure.body
    assert list(verify.faults()) == []
