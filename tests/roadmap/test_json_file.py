"""A map out as a file and in as a draft: the same to the letter, whoever is here."""

import copy
import json
from datetime import date, timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from apps.accounts.models import Member
from apps.gatherings.models import Gathering
from apps.people.models import Topic
from apps.roadmap import json_file, verify
from apps.roadmap.document import Document, LaneKind, check, empty, is_words, kind_of
from apps.roadmap.json_file import read, write, written
from apps.roadmap.models import Draft, Kind, Map, Revision
from apps.roadmap.publish import NothingChanged, publish
from apps.stakeholders.models import Stakeholder, StakeholderMerge
from apps.toil.models import Item as ToilItem
from apps.toil.models import Merge
from apps.web.text import clean
from tests import factories
from tests.properties.test_roadmap_properties import YEAR, documents
from tests.roadmap.map_files import ITEM, START, changed, head, part

pytestmark = pytest.mark.django_db


def brought(text: str, by) -> Draft:
    found = read(text)
    return Draft.bring(found.start, by, found.document)


def elsewhere(lead) -> Member:
    """All that is here goes by other names, and what the file names is here anew, the last first: as in another
    installation. The lead there.
    """
    people = list(Member.objects.values("display_name", "email", "role").order_by("-pk"))
    toil, groups = list(ToilItem.objects.order_by("-pk")), list(Stakeholder.objects.order_by("-pk"))
    for row in Member.objects.all():
        Member.objects.filter(pk=row.pk).update(email=f"old-{row.email}")
    ToilItem.objects.update(name="Another item")
    Map.objects.update(start=date(2001, 1, 1))
    for group in groups:
        Stakeholder.objects.filter(pk=group.pk).update(tag=f"old-{group.tag}")
        factories.stakeholder(name=group.name, tag=group.tag)
    for item in toil:
        factories.item(name=item.name)
    for person in people:
        factories.member(**person)
    return Member.objects.get(email=lead.email)


def test_a_file_says_who_and_what_by_name_and_not_by_row(rich, lead, mei):
    data = json.loads(head(rich))
    assert list(data) == ["format", "version", "start", "parts", "people", "toil", "groups"]
    assert (data["format"], data["version"], data["start"]) == ("miraizu-map", 1, "2026-04")
    assert data["people"] == [
        {"name": "Aoi Mizuno", "email": "aoi@example.com"},
        {"name": "Mei Tanaka", "email": "mei@example.com"},
    ]
    assert [entry["name"] for entry in data["toil"]] == ['</script> "半角ｶﾅ" \\ 🔥', "Manual release"]
    assert data["groups"] == [{"name": "Clinics", "tag": "clinics"}, {"name": "事業部", "tag": "事業部"}]
    item = data["parts"][ITEM]
    assert (item["owner"], item["toil"], item["groups"]) == (1, [1, 2], [2, 1])
    assert (data["parts"]["seat:s1"]["member"], data["parts"]["seat:s2"]["member"]) == (2, None)


def test_a_file_that_comes_back_says_the_same_to_the_letter(rich, lead):
    text = head(rich)
    found = read(text)
    assert (found.start, found.missing) == (START, ())
    assert found.document.dumps() == rich.revisions.get().document().dumps()
    with pytest.raises(NothingChanged):
        publish(brought(text, lead))


def test_a_map_that_goes_round_gives_the_same_file(rich, lead):
    """Exported, changed, brought back as it was, published, exported."""
    text = head(rich)
    factories.next_revision(rich, lead, {ITEM: None}, {"past:p1": {"text": "Something else"}})
    assert head(rich) != text
    publish(brought(text, lead), factories.REASON)
    assert head(rich) == text


def test_another_installation_with_the_same_people_gives_the_same_file(rich, lead):
    text = head(rich)
    other = elsewhere(lead)
    revision = publish(brought(text, other))
    row = Map.objects.get(start=START)
    assert (row.pk != rich.pk, revision.kind, revision.by, head(row)) == (True, Kind.FIRST, other, text)
    ids = [named(revision.document().parts) for revision in (revision, rich.revisions.get())]
    assert ids[0].isdisjoint(ids[1]) and len(ids[0]) == len(ids[1])
    assert not [fault for fault in verify.faults() if fault.place.startswith("2026-04")]


def named(parts: dict) -> set[tuple]:
    item, seat = parts[ITEM], parts["seat:s1"]
    found = {("toil", pk) for pk in item["toil"]} | {("groups", pk) for pk in item["groups"]}
    return found | {("people", item["owner"]), ("people", seat["member"])}


def test_as_of_an_older_revision(rich, lead):
    text = head(rich)
    factories.next_revision(rich, lead, {ITEM: {"title": "Renamed", "owner": None}})
    assert write(Map.objects.get(), 1) == text != head(rich)
    assert json.loads(head(rich))["parts"][ITEM]["title"] == "Renamed"


def storable(document: Document, rows: dict[str, list[int]]) -> Document:
    """As forms would have kept it, on rows that are there."""
    parts = copy.deepcopy(document.parts)
    for key, fields in parts.items():
        kind = kind_of(key)
        for name, value in fields.items():
            if is_words(kind, name):
                lines = name in ("signal", "notes")
                needed = "x" if (kind, name) in (("item", "title"), ("past", "text")) else ""
                fields[name] = clean(value, lines=lines) or needed
            elif name in ("owner", "member") and value:
                fields[name] = rows["people"][value % len(rows["people"])]
            elif name in ("toil", "groups", "gatherings", "topics"):
                fields[name] = list(dict.fromkeys(rows[name][pk % len(rows[name])] for pk in value))
    return Document(parts)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_whatever_is_drawn_comes_back(lead, data):
    if not ToilItem.objects.exists():
        for n in range(3):
            factories.member()
            factories.item(name=f"Item ~{n} 手動")
            factories.stakeholder(tag=f"組{n}")
            factories.topic(name=f"Skill ~{n} 学習")
            factories.gathering(lead, title="Mob", first_day=lead.today() + timedelta(days=n))
    models = {"people": Member, "toil": ToilItem, "groups": Stakeholder, "gatherings": Gathering, "topics": Topic}
    rows = {name: list(model.objects.order_by("pk").values_list("pk", flat=True)) for name, model in models.items()}
    document = storable(data.draw(documents()), rows)
    check(document, YEAR)
    text = written(document, YEAR.start)
    found = read(text.encode())
    assert (found.start, found.missing) == (YEAR.start, ())
    assert found.document.dumps() == document.dumps()
    assert written(found.document, found.start) == text


def test_what_is_not_here_is_left_out_and_named(rich, lead, mei):
    text = head(rich)
    Member.objects.filter(pk=mei.pk).update(is_active=False)
    ToilItem.objects.filter(name="Manual release").update(name="Releasing")
    Stakeholder.objects.filter(tag="clinics").update(tag="hospitals")
    found = read(text)
    assert found.missing == ("Mei Tanaka", "Manual release", "Clinics")
    parts = found.document.parts
    assert (parts["seat:s1"]["member"], parts["item:i2"]["owner"], parts[ITEM]["owner"]) == (None, None, lead.pk)
    assert parts[ITEM]["toil"] == [ToilItem.objects.get(name__contains="script").pk]
    assert parts[ITEM]["groups"] == [Stakeholder.objects.get(tag="事業部").pk]
    check(found.document, Map(start=START).year)


def test_what_no_part_speaks_of_is_not_missed(rich):
    data = json.loads(head(rich))
    data["people"].append({"name": "Nobody", "email": "nobody@example.com"})
    assert read(json.dumps(data)).missing == ()


def test_merged_rows_are_exported_and_found_as_what_they_became(rich, lead):
    before = head(rich)
    release = ToilItem.objects.get(name="Manual release")
    between, last = factories.item(name="Release"), factories.item(name="Deploying")
    clinics, hospitals = Stakeholder.objects.get(tag="clinics"), factories.stakeholder(name="Hospitals", tag="hosp")
    Merge.make(release, between, lead)
    Merge.make(between, last, lead)
    StakeholderMerge.make(clinics, hospitals, lead)
    text = head(rich)
    assert [entry["name"] for entry in json.loads(text)["toil"]] == ['</script> "半角ｶﾅ" \\ 🔥', "Deploying"]
    for each in (before, text):  # what was exported before the merge leads to where it ended
        item = read(each).document.parts[ITEM]
        assert item["toil"][1] == last.pk and item["groups"][1] == hospitals.pk
    publish(brought(before, lead), factories.REASON)
    assert head(rich) == text


def test_two_that_became_one_are_named_once(rich, lead):
    Merge.make(ToilItem.objects.get(name="Manual release"), ToilItem.objects.get(name__contains="script"), lead)
    data = json.loads(head(rich))
    assert len(data["toil"]) == 1 and data["parts"][ITEM]["toil"] == [1]


def test_names_meet_as_in_the_log_and_emails_to_the_letter(rich, lead, mei):
    data = json.loads(head(rich))
    data["toil"][1]["name"] = " manual  RELEASE "
    data["groups"][0]["tag"] = "Ｃlinics"
    data["people"][1]["email"] = " MEI@example.com "
    found = read(json.dumps(data))
    assert found.missing == () and found.document == rich.revisions.get().document()
    data["people"][1]["email"] = "méi@example.com"
    assert read(json.dumps(data)).missing == ("Mei Tanaka",)


def test_an_item_of_the_very_name_comes_before_one_that_is_like_it(rich, lead):
    ToilItem.objects.filter(name="Manual release").update(name="manual release")
    exact = factories.item(name="Manual Release")
    data = json.loads(head(rich))
    data["toil"][1]["name"] = "Manual Release"
    assert read(json.dumps(data)).document.parts[ITEM]["toil"][1] == exact.pk


def send(client, content, name="map.json"):
    content = content if isinstance(content, bytes) else content.encode()
    return client.post(reverse("roadmap:import"), {"file": SimpleUploadedFile(name, content, "application/json")})


def told(response) -> list[str]:
    return [str(message) for message in response.wsgi_request._messages]


def test_every_member_exports(signed_in, rich, lead):
    first = head(rich)
    factories.next_revision(rich, lead, {ITEM: {"sure": "firm"}})
    response = signed_in.get("/map/export.json?map=2026-04")
    assert (response.status_code, response["Content-Type"]) == (200, "application/json")
    assert response["Content-Disposition"] == 'attachment; filename="miraizu-map-2026-04-version-2.json"'
    assert response.content.decode() == head(rich) != first
    older = signed_in.get("/map/export.json?map=2026-04&revision=1")
    assert older.content.decode() == first
    assert "version-1.json" in older["Content-Disposition"]


@pytest.mark.parametrize(
    "query", ["?map=2030-01", "?map=2026-04&revision=9", "?map=2026-04&revision=x", "?at=nonsense"]
)
def test_a_map_that_is_not_there_is_not_exported_as_another(signed_in, rich, query):
    assert signed_in.get(f"/map/export.json{query}").status_code == 404


def test_there_is_nothing_to_export_before_the_first_map(signed_in, lead):
    Draft.open_for(Map.objects.create(start=START), lead)
    for query in ("", "?map=2026-04"):
        assert signed_in.get(f"/map/export.json{query}").status_code == 404


def test_the_history_leads_to_the_file_and_the_new_map_to_the_import(as_lead, rich):
    assert "/map/export.json?map=2026-04" in as_lead.get("/map/history/").text
    assert "/map/import/" in as_lead.get("/map/new/").text
    page = as_lead.get("/map/import/")
    assert page.status_code == 200 and 'enctype="multipart/form-data"' in page.text


def test_only_leads_import(client, rich, member, manager, admin):
    text = head(rich)
    for person in (member, manager, admin):
        client.force_login(person)
        assert client.get("/map/import/").status_code == 403
        assert send(client, text).status_code == 403
    assert not Draft.objects.exists()


def test_a_file_becomes_a_draft_and_the_map_keeps_its_history(as_lead, rich, lead):
    data = json.loads(head(rich))
    del data["parts"]["item:i2"]
    before = list(Revision.objects.values())
    response = send(as_lead, json.dumps(data))
    assert response["Location"] == "/map/draft/?map=2026-04"
    assert told(response) == ["The map of the file is your draft now."]
    draft = Draft.objects.get()
    assert (draft.map, draft.owner, draft.base, draft.state, draft.restored) == (rich, lead, 1, "open", None)
    assert "item:i2" not in draft.document and ITEM in draft.document
    assert list(Revision.objects.values()) == before and head(rich) != json.dumps(data)
    assert "The map of the file is your draft now." in as_lead.get(response["Location"]).text
    revision = publish(draft, factories.REASON)  # what is dropped is a pivot, whoever dropped it
    assert (revision.kind, revision.number) == (Kind.PIVOT, 2)
    assert list(verify.faults()) == []


def test_small_changes_of_a_file_are_an_adjustment(as_lead, rich):
    data = changed(json.loads(head(rich)), f"parts/{ITEM}/sure", "likely")
    send(as_lead, json.dumps(data))
    assert publish(Draft.objects.get()).kind == Kind.ADJUSTMENT


def test_a_file_of_a_month_without_a_map_begins_one(as_lead, rich, lead):
    data = json.loads(written(empty(), date(2027, 4, 1)))
    response = send(as_lead, json.dumps(data))
    assert response["Location"] == "/map/draft/?map=2027-04"
    row = Map.objects.get(start=date(2027, 4, 1))
    assert (row.head, row.drafts.get().base, Revision.objects.count()) == (0, 0, 1)
    assert as_lead.get(response["Location"]).status_code == 200


def test_an_open_draft_is_put_aside_and_said_so(as_lead, rich, lead):
    mine, other = Draft.open_for(rich, lead), factories.member(role="lead")
    mine.change(factories.plan("Mine", lane=LaneKind.SOIL))
    theirs = Draft.open_for(rich, other)
    response = send(as_lead, head(rich))
    assert told(response) == ["The map of the file is your draft now. The draft you had is put aside."]
    mine.refresh_from_db()
    theirs.refresh_from_db()
    assert (mine.state, mine.kept_why, theirs.state) == ("kept", "other", "open")
    assert "Mine" in mine.parts and Draft.objects.open().get(owner=lead).pk != mine.pk


def test_what_was_left_out_is_told(as_lead, rich, mei):
    text = head(rich)
    Member.objects.filter(pk=mei.pk).update(is_active=False)
    response = send(as_lead, text)
    assert told(response)[1] == "Not found here, and left out: Mei Tanaka."


def test_of_very_many_that_were_left_out_some_are_named(as_lead, lead):
    parts = empty().with_changes({f"seat:{n}": part("seat", member=n) for n in range(1, 31)}).parts
    data = json.loads(written(empty(), START)) | {"parts": parts}
    data["people"] = [{"name": f"P{n}", "email": f"p{n}@example.org"} for n in range(1, 31)]
    says = told(send(as_lead, json.dumps(data)))[1]
    assert "P1, P2" in says and "P12, 18 more." in says and "P13" not in says


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "This file is empty."),
        (b"no json", "This is no JSON"),
        (b" " * 3_000_000, "at most 1 MB"),
        (b"[" * 900_000, "nested too deeply"),
        (b'{"format": "\xff"}', "no text in UTF-8"),
        (b'{"format": "miraizu-map", "version": 1, "<b>\\ud800\\u0000": 1, "<b>\\ud800\\u0000": 2}', "&lt;b&gt;"),
    ],
)
def test_what_is_wrong_stands_beside_the_file(as_lead, content, says):
    response = send(as_lead, content)
    assert response.status_code == 422
    assert says in response.text and 'id="id_file_error"' in response.text
    assert not Map.objects.exists() and not Draft.objects.exists()


def test_no_file_at_all_is_said(as_lead):
    response = as_lead.post("/map/import/")
    assert response.status_code == 422 and "No file is chosen yet." in response.text


def test_exporting_asks_the_database_no_more_with_more_parts(rich, lead, django_assert_num_queries):
    factories.next_revision(rich, lead, *(factories.plan(f"Item {n}", owner=lead.pk) for n in range(30)))
    rich.refresh_from_db()
    write(rich, rich.head)
    with django_assert_num_queries(3):
        write(rich, rich.head)
    text = write(rich, rich.head)
    with django_assert_num_queries(3):
        read(text)


def test_a_file_is_no_larger_than_what_can_be_read(rich):
    assert len(head(rich).encode()) < json_file.MOST_BYTES
