"""What was published before items of the map named gatherings and topics: it reads, holds and compares as ever, and is
never written anew. The texts and digests below were written by the version before.
"""

import json
from datetime import UTC, date, datetime

import pytest

from apps.roadmap import erasing, verify
from apps.roadmap.changes import Difference
from apps.roadmap.document import FIELDS, LATER, Document
from apps.roadmap.json_file import read, write
from apps.roadmap.merging import Merge
from apps.roadmap.models import Draft, Keyframe, Kind, Map, Revision
from apps.roadmap.models.revision import document_of
from tests import factories

pytestmark = pytest.mark.django_db

REST = (
    '"lane:goals":{"above":true,"kind":"goals","name":"","note":"","position":2},'
    '"lane:shape":{"above":true,"kind":"shape","name":"","note":"","position":1},'
    '"lane:soil":{"above":false,"kind":"soil","name":"","note":"","position":3},'
    '"lane:toil":{"above":false,"kind":"toil","name":"","note":"","position":4},"map":{"title":""},'
    '"quarter:1":{"name":"","sentence":"","shape":"","shape_sentence":""},'
    '"quarter:2":{"name":"","sentence":"","shape":"","shape_sentence":""},'
    '"quarter:3":{"name":"","sentence":"","shape":"","shape_sentence":""},'
    '"quarter:4":{"name":"","sentence":"","shape":"","shape_sentence":""}}'
)
HALF = (
    '"item:half":{"groups":[],"lane":"goals","notes":"半分","owner":null,"signal":"","sure":"%s",'
    '"title":"%s","toil":[7001],"when":["2026-10-05","2026-12-20"]}'
)
MOB = (
    '"item:mob":{"groups":[],"lane":"soil","notes":"","owner":null,"signal":"","sure":"hunch",'
    '"title":"Mob Thursdays","toil":[],"when":["2026-07-01","2027-02-20"]}'
)
FIRST = "{" + HALF % ("hunch", "Half of releases") + "," + REST
BODIES = (
    '{"changes":' + FIRST + ',"said":{}}',
    '{"changes":{"item:half":{"sure":"likely"},' + MOB + '},"said":{}}',
)
DIGESTS = (
    "796b083054bb2ea4bad098e82990cf2e7239bdcf6c40e9f0a435b70aa6245b2d",
    "209695402db81820ed6cd4362a17fc32d58af41e91e16aaf175b1affa0565f51",
)
DRAFT = "{" + HALF % ("likely", "Renamed") + "," + REST
STEPS = (
    ('{"item:half":{"title":"Renamed"}}', '{"item:half":{"title":"Half of releases"}}'),
    ('{"item:mob":null}', "{" + MOB + "}"),
)


@pytest.fixture
def aoi():
    return factories.lead(id=7001)


@pytest.fixture
def old(aoi):
    """The rows as they lie in a database that an earlier version wrote."""
    factories.item(pk=7001, name="Manual release")
    row = Map.objects.create(pk=7001, start=date(2026, 4, 1), head=2)
    for number, (body, digest) in enumerate(zip(BODIES, DIGESTS, strict=True), start=1):
        Revision(
            map=row, number=number, kind=Kind.FIRST if number == 1 else Kind.ADJUSTMENT, by=aoi,
            day=date(2026, 10, 5 + number), at=datetime(2026, 10, 5 + number, 1, 30, tzinfo=UTC), body=body,
            previous=DIGESTS[number - 2] if number > 1 else "0" * 64, digest=digest,
        ).save()  # fmt: skip
    Keyframe.objects.create(revision=row.revisions.get(number=1), parts=FIRST)
    return row


@pytest.fixture
def old_draft(old, aoi):
    draft = Draft.objects.create(map=old, owner=aoi, base=2, parts=DRAFT, step=2)
    for number, (forward, back) in enumerate(STEPS, start=1):
        draft.steps.create(number=number, forward=forward, back=back)
    return draft


def stored() -> list[tuple]:
    return [*Revision.objects.order_by("number").values_list("body", "digest"), *Keyframe.objects.values_list("parts")]


def test_it_holds_and_reads_with_nothing_in_what_it_does_not_say(old):
    assert list(verify.faults()) == []
    item = document_of(old).items["half"]
    assert (item.toil, item.groups, item.gatherings, item.topics) == ((7001,), (), (), ())
    assert all(set(part) == set(FIELDS["item"]) for _id, part in document_of(old).of("item"))


def test_read_and_written_it_has_the_letters_it_had(old):
    assert Document.loads(FIRST).dumps() == FIRST
    before = stored()
    erasing.rebuild_keyframes(old)
    assert stored() == before


def test_what_is_published_next_stands_on_it_without_touching_it(old, aoi):
    before, topic = stored(), factories.topic(name="Terraform")
    factories.next_revision(old, aoi, {"item:half": {"topics": [topic.pk]}})
    factories.next_revision(old, aoi, {"item:half": {"topics": []}})
    old.refresh_from_db()
    assert stored()[:2] == before[:2] and stored()[-1] == before[-1] and list(verify.faults()) == []
    assert old.revisions.get(number=3).changes == {"item:half": {"topics": [topic.pk]}}
    assert document_of(old, 2) == document_of(old, 4) and document_of(old, 2).dumps() == document_of(old, 4).dumps()


def test_it_compares_without_a_difference_that_is_none(old, aoi, client):
    client.force_login(aoi)
    page = client.get("/map/compare/?from=1&to=2")
    assert [(change.id, change.what) for change in page.context["difference"].items] == [
        ("mob", "added"),
        ("half", "sure"),
    ]
    assert "rests on" not in page.text
    assert not Difference(Document.loads(FIRST), document_of(old, 1), old.year)
    for address in ("/map/", "/map/history/", "/map/items/half/", f"/map/{old}/2/"):
        assert client.get(f"{address}?map={old}").status_code == 200


def test_an_old_draft_goes_on_step_by_step(old, old_draft, aoi):
    assert old_draft.undo().number == 2
    old_draft.refresh_from_db()
    assert old_draft.document.items["mob"].gatherings == ()
    assert old_draft.change({"item:half": {"topics": [5]}})
    old_draft.refresh_from_db()
    assert old_draft.undo() and old_draft.redo()
    old_draft.refresh_from_db()
    assert old_draft.document.items["half"].topics == (5,)
    # An old step takes back what it did, and nothing that was linked since.
    assert old_draft.undo() and old_draft.undo()
    old_draft.refresh_from_db()
    assert old_draft.document == document_of(old)
    assert old_draft.parts == document_of(old).dumps()


def test_a_draft_that_changes_nothing_of_it_has_nothing_to_publish(old, aoi):
    draft = Draft.open_for(old, aoi)
    assert draft.parts == "{" + HALF % ("likely", "Half of releases") + "," + MOB + "," + REST
    assert not draft.change({"item:half": {"gatherings": [], "topics": []}})


def test_two_who_drew_on_it_are_put_together(old, old_draft):
    theirs = document_of(old).with_changes({"item:half": {"topics": [5]}})
    both = Merge(document_of(old), theirs, old_draft.document)
    assert both.collisions == []
    assert (both.settle({}).parts["item:half"]["topics"], both.settle({}).parts["item:half"]["title"]) == (
        [5],
        "Renamed",
    )


def test_its_file_is_the_one_it_always_was_and_comes_back(old):
    text = write(old, 2)
    data = json.loads(text)
    assert list(data) == ["format", "version", "start", "parts", "people", "toil", "groups"]
    assert set(data["parts"]["item:half"]) == set(FIELDS["item"]) - set(LATER["item"])
    found = read(text)
    assert found.document == document_of(old) and found.missing == ()
