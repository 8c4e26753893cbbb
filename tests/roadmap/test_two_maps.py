"""Two years side by side: what is said of one map is said of that one, and no two cover the same months."""

from datetime import timedelta
from unittest import mock

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from apps.accounts.models import Organisation
from apps.roadmap import json_file
from apps.roadmap.document import DocumentError, Sure, empty
from apps.roadmap.look import Look
from apps.roadmap.models import Draft, Map
from apps.roadmap.models.revision import document_of
from apps.roadmap.publish import publish
from apps.toil import months
from tests import factories
from tests.roadmap.pages import days_of, item_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def coming(lead, year_map):
    """The map of the next year, with the one item of this year's on it."""
    start, item = months.step(year_map.start, 12), item_of(year_map)
    part = document_of(year_map).parts[f"item:{item}"]
    return factories.future_map(lead, {f"item:{item}": part | {"when": list(days_of(start, 0))}}, start=start)


def sure_of(row: Map) -> Sure:
    row.refresh_from_db()
    return document_of(row).items[item_of(row)].sure


def test_how_sure_somebody_is_goes_on_the_map_they_look_at(signed_in, year_map, coming):
    item = item_of(year_map)
    page = signed_in.get(f"/map/items/{item}/?map={coming}").text
    assert f"/map/items/{item}/sure/?map={coming}" in page
    answer = signed_in.post(f"/map/items/{item}/sure/?map={coming}", {"sure": "firm", "why": "Signed today."})
    assert answer.url == f"/map/items/{item}/?map={coming}"
    assert (sure_of(year_map), sure_of(coming)) == (Sure.HUNCH, Sure.FIRM)
    assert (year_map.head, coming.head) == (1, 2)


def test_a_leads_links_lead_to_the_map_they_look_at(as_lead, lead, year_map, coming):
    page = as_lead.get(f"/map/?map={coming}").text
    for address in ("/map/draft/", "/map/draft/new-item/"):
        assert f'href="{address}?map={coming}"' in page
    item = item_of(year_map)
    assert f"/map/draft/items/{item}/?map={coming}" in as_lead.get(f"/map/items/{item}/?map={coming}").text


def test_a_draft_of_next_year_does_not_stand_in_the_way_of_this_years_map(as_lead, lead, year_map, coming):
    Draft.open_for(coming, lead).change(factories.plan("Later", "soil", days_of(coming.start, 2)))
    page = as_lead.get("/map/").text
    assert "Change the map" in page and "Go on with your draft" not in page
    assert f'href="/map/draft/?map={coming}"' in page  # it is named below
    item = item_of(year_map)
    assert as_lead.get(f"/map/draft/items/{item}/?map={year_map}").status_code == 200


def test_on_a_past_day_before_its_year_the_address_still_leads_to_the_coming_map(year_map, coming):
    today = coming.revisions.get().day + timedelta(days=9)
    with mock.patch.object(Organisation, "today", lambda _self: today):
        look = Look.at({"map": str(coming), "at": (today - timedelta(days=3)).isoformat()})
        again = Look.at(dict(pair.split("=") for pair in look.query().lstrip("?").split("&")))
    assert again.map == look.map == coming and again.day == look.day


class TestNoTwoMapsCoverTheSameMonths:
    @pytest.fixture
    def half(self, year_map):
        return months.step(year_map.start, 6)

    def test_not_by_publishing_a_draft_that_was_begun_before(self, as_lead, lead, year_map, half):
        other = factories.lead(email="other@example.com")
        row = Map.objects.create(start=half)
        draft = Draft.open_for(row, other)
        draft.change(factories.plan("Mine", "soil", days_of(half, 1)))
        with pytest.raises(DocumentError):
            publish(draft)
        as_lead.force_login(other)
        page = as_lead.post(f"/map/draft/publish/?map={row}", {"note": "Kept"})
        assert page.status_code == 422 and "covers a part of this year" in page.text and "Kept" in page.text
        row.refresh_from_db()
        assert row.head == 0

    def test_not_by_a_file(self, as_lead, year_map, half):
        content = json_file.written(empty(), half).encode()
        page = as_lead.post("/map/import/", {"file": SimpleUploadedFile("map.json", content)})
        assert page.status_code == 422 and "covers a part of this year" in page.text
        assert not Draft.objects.open().filter(map__start=half).exists()

    def test_but_one_after_the_other(self, lead, year_map):
        draft = Draft.open_for(Map.objects.create(start=months.step(year_map.start, 12)), lead)
        draft.change({"map": {"title": "Next"}})
        assert publish(draft).number == 1


class TestIdsOfAFile:
    """A file may name its parts as it likes: letters, digits, “-” and “_”."""

    @pytest.mark.parametrize("name", ["my-item_1", "new", "undo", "-"])
    def test_lead_to_their_pages_and_forms(self, as_lead, lead, year_map, name):
        part = next(iter(factories.plan("From a file", "soil", days_of(year_map.start, 1)).values()))
        factories.next_revision(year_map, lead, {f"item:{name}": part, f"lane:{name}": LANE})
        assert "From a file" in as_lead.get(f"/map/items/{name}/").text
        assert 'value="From a file"' in as_lead.get(f"/map/draft/items/{name}/").text
        assert 'value="Ours"' in as_lead.get(f"/map/draft/lanes/{name}/").text


LANE = {"kind": "own", "name": "Ours", "note": "", "above": False, "position": 9}


def test_the_link_to_exactly_this_shows_the_same_for_ever(signed_in, lead, year_map):
    item, now = item_of(year_map), Look.at({})
    for link in (now.exactly(view="list"), now.exactly(quarter=2)):
        assert f"revision=1&at={now.day}" in link
    factories.next_revision(year_map, lead, {f"item:{item}": {"title": "Told differently"}})
    with mock.patch.object(Organisation, "today", lambda _self: now.today + timedelta(days=5)):
        page = signed_in.get("/map/" + now.exactly()).text
        look = Look.at({"map": str(year_map), "revision": "1", "at": now.day.isoformat()})
    assert "Told differently" not in page and "You are looking at version 1, as of" in page
    assert (look.number, look.day, look.is_now) == (1, now.day, False)
