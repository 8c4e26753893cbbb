"""Drawing through the pages: bad input beside its field, two windows of one draft, and what becomes of it."""

from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from apps.roadmap.document import FIELDS
from apps.roadmap.models import CheckIn, Draft, DraftState, Status
from apps.toil import months
from tests import factories
from tests.roadmap.pages import days_of, form_of, item_of, item_of_title

pytestmark = pytest.mark.django_db


def test_looking_with_a_pencil_in_hand_writes_nothing(as_lead, year_map):
    for address in ("/map/draft/", "/map/draft/new-item/", f"/map/draft/items/{item_of(year_map)}/"):
        assert as_lead.get(address).status_code == 200
    assert not Draft.objects.exists()


def test_a_form_that_is_sent_untouched_changes_nothing(as_lead, lead, year_map):
    item = item_of(year_map)
    toil = [factories.item().pk, factories.item().pk]
    groups = [factories.stakeholder().pk for _n in range(2)]
    links = {"toil": toil[::-1], "groups": groups[::-1], "notes": "**Rollback** counts"}
    factories.next_revision(year_map, lead, {f"item:{item}": links})
    address = f"/map/draft/items/{item}/"
    sent = form_of(as_lead.get(address)) | {"toil": toil, "groups": groups}
    assert as_lead.post(address, sent).status_code == 302
    assert not Draft.objects.filter(step__gt=0).exists()


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        ({"title": ""}, "This is still empty"),
        ({"title": "x" * 300}, "too long: at most 120"),
        ({"title": "漢" * 300}, "too long: at most 120"),
        ({"end": "2000-01-01"}, "It ends before it starts"),
        ({"end": "2027-02-29"}, "This is no date"),
        ({"end": "tomorrow"}, "This is no date"),
        ({"lane": "shape"}, "not offered here"),
        ({"lane": "nowhere"}, "not offered here"),
        ({"sure": "certain"}, "not offered here"),
        ({"owner": "999999"}, "not offered here"),
        ({"toil": ["999999"]}, "not offered here"),
        ({"signal": "x" * 501}, "too long: at most 500"),
    ],
)
def test_bad_input_is_told_beside_its_field_and_nothing_typed_is_lost(as_lead, year_map, typed, says):
    address = f"/map/draft/items/{item_of(year_map)}/"
    sent = form_of(as_lead.get(address)) | {"notes": "Typed with care"} | typed
    page = as_lead.post(address, sent)
    assert page.status_code == 422 and says in page.text and "Typed with care" in page.text
    assert not Draft.objects.filter(step__gt=0).exists()


def test_what_lies_outside_the_year_is_asked_about(as_lead, lead, year_map, start):
    """Clamped to the edge, or the rest kept for the next map."""
    address, end = "/map/draft/new-item/", months.step(start, 12) + timedelta(days=40)
    sent = form_of(as_lead.get(address)) | {"title": "Goes on", "start": str(months.step(start, 11)), "end": str(end)}
    page = as_lead.post(address, sent)
    assert page.status_code == 422 and "Draw it to the edge of this map" in page.text
    assert as_lead.post(address, sent | {"outside": "clamp"}).status_code == 302
    draft = Draft.objects.get()
    drawn = next(item for item in draft.document.items.values() if item.title == "Goes on")
    assert drawn.end == year_map.year.end
    assert as_lead.post(address, sent | {"title": "Further", "outside": "next"}).status_code == 302
    coming = Draft.objects.get(map__start=months.step(start, 12))
    further = next(iter(coming.document.items.values()))
    assert (further.title, further.start, further.end) == ("Further", coming.map.start, end)
    whole = sent | {"title": "Later", "start": str(end - timedelta(days=5)), "outside": "next"}
    assert as_lead.post(address, whole).status_code == 302
    draft.refresh_from_db(), coming.refresh_from_db()
    assert "Later" in coming.parts and "Later" not in draft.parts
    too_far = sent | {"end": str(end + timedelta(days=800)), "outside": "next"}
    assert "even behind the next map" in as_lead.post(address, too_far).text
    early = sent | {"start": str(start - timedelta(days=50)), "end": str(start - timedelta(days=9)), "outside": "clamp"}
    assert "This lies before the map" in as_lead.post(address, early).text


def test_the_twenty_ninth_of_february_is_a_day(client, lead):
    row = factories.future_map(lead, start=date(2027, 7, 1))
    client.force_login(lead)
    address = f"/map/draft/new-item/?map={row}"
    sent = form_of(client.get(address)) | {"title": "Leap", "start": "2028-02-29", "end": "2028-02-29"}
    assert client.post(address, sent).status_code == 302
    assert "Leap" in Draft.objects.get().parts


def test_two_windows_of_one_draft_lose_nothing(as_lead, year_map):
    address = f"/map/draft/items/{item_of(year_map)}/"
    first, second = form_of(as_lead.get(address)), form_of(as_lead.get(address))
    assert as_lead.post(address, first | {"title": "By the first"}).status_code == 302
    assert as_lead.post(address, second | {"signal": "By the second"}).status_code == 302
    item = next(iter(Draft.objects.get().document.items.values()))
    assert (item.title, item.signal) == ("By the first", "By the second")
    page = as_lead.post(address, second | {"title": "By the second"})
    assert page.status_code == 409 and "changed in another window" in page.text and "By the second" in page.text
    assert as_lead.post(address, second | {"title": "By the second", "use_mine": "yes"}).status_code == 302
    assert next(iter(Draft.objects.get().document.items.values())).title == "By the second"


def test_a_lane_goes_only_when_its_items_are_told_where(as_lead, year_map, start):
    as_lead.post("/map/draft/new-lane/", {"name": "Machine room", "note": "", "ground": "below"})
    draft = Draft.objects.get()
    lane = next(lane for lane in draft.document.lanes if lane.name == "Machine room")
    assert not lane.above
    draft.change(factories.plan("In there", lane.id, days_of(start, 1)))
    address = f"/map/draft/lanes/{lane.id}/drop/"
    page = as_lead.post(address, {})
    assert page.status_code == 422 and "In there" in page.text and "Nothing is chosen yet" in page.text
    assert as_lead.post(address, {"to": "soil"}).status_code == 302
    draft.refresh_from_db()
    moved = next(item for item in draft.document.items.values() if item.title == "In there")
    assert moved.lane == "soil" and lane.id not in draft.document.lane_by_id
    for standard in ("goals", "shape"):
        assert as_lead.post(f"/map/draft/lanes/{standard}/drop/", {"to": "soil"}).status_code == 404


def test_seats_are_kept_added_and_left(as_lead, lead, member, year_map):
    address = "/map/draft/quarters/3/"
    sent = {"name": "Sharing", "sentence": "Half of it.", "shape": "Two", "shape_sentence": ""}
    forms = {"seats-TOTAL_FORMS": "3", "seats-INITIAL_FORMS": "0"}
    rows = [(lead.pk, "Lead", "core"), ("", "From outside", "hoped"), ("", "", "core")]
    for n, (who, role, how) in enumerate(rows):
        forms |= {f"seats-{n}-member": who, f"seats-{n}-role": role, f"seats-{n}-how": how}
    assert as_lead.post(address, sent | forms).status_code == 302
    quarter = Draft.objects.get().document.quarters[2]
    assert (quarter.name, [(seat.member, seat.role) for seat in quarter.seats]) == (
        "Sharing",
        [(lead.pk, "Lead"), (None, "From outside")],
    )
    nobody = forms | {"seats-1-how": "core"}
    assert "Say who it is, or hope for somebody" in as_lead.post(address, sent | nobody).text
    assert as_lead.get("/map/draft/quarters/5/").status_code == 404


def test_moving_stops_at_the_edge_of_the_map(as_lead, year_map):
    item = item_of(year_map)
    address = f"/map/draft/items/{item}/move/"
    as_lead.post(address, {"days": "-99999"})
    assert not Draft.objects.filter(step__gt=0).exists()  # it stands at the edge already
    as_lead.post(address, {"days": "7"})
    as_lead.post(address, {"longer": "99999"})
    as_lead.post(address, {"days": "no number"})
    moved = Draft.objects.get().document.items[item]
    assert (moved.start, moved.end) == (year_map.start + timedelta(days=7), year_map.year.end)


def test_the_next_map_asks_of_each_unfinished_thing(as_lead, lead, year_map, start):
    factories.next_revision(year_map, lead, factories.plan("Done already", "soil", days_of(start, 1)))
    done = next(i.id for i in year_map.revisions.get(number=2).document().items.values() if i.title == "Done already")
    CheckIn.note(item=done, day=lead.today(), status=Status.DONE, words="Yes", by=lead)
    item, address = item_of_title(year_map, "Agree what SRE means"), f"/map/{year_map}/next/"
    page = as_lead.get(address).text
    assert "Agree what SRE means" in page and "Done already" not in page
    assert as_lead.post(address, {}).status_code == 422
    assert as_lead.post(address, {f"item-{item}": "keep"}).status_code == 302
    coming = Draft.objects.get(map__start=months.step(start, 12))
    carried = coming.document.items[item]
    assert carried.title == "Agree what SRE means" and carried.start == coming.map.start
    # Somebody who put another thing into it meanwhile is in nobody's way.
    as_lead.post(address, {f"item-{item}": "keep"})
    coming.refresh_from_db()
    assert list(coming.document.items) == [item] and len(coming.document.backstory) == 1
    factories.next_revision(coming.map, lead)
    assert as_lead.get(address).headers["Location"].endswith(f"?map={coming.map}")


def test_a_first_map_that_was_put_aside_can_be_taken_up_again(as_lead, lead):
    month = f"{lead.today():%Y-%m}"
    assert as_lead.post("/map/new/", {"start": month, "title": "First try"}).status_code == 302
    assert "starts in this month already" in as_lead.post("/map/new/", {"start": month, "title": ""}).text
    as_lead.post("/map/draft/aside/", {"map": month})
    kept = Draft.objects.get(state=DraftState.KEPT)
    assert "Take it up again" in as_lead.get("/map/").text
    assert as_lead.post("/map/new/", {"start": month, "title": "Second try"}).status_code == 302
    as_lead.post(f"/map/drafts/{kept.pk}/take-up/")
    assert Draft.objects.get(state=DraftState.OPEN).document.title == "First try"
    assert as_lead.post("/map/draft/publish/", {"map": month}).status_code == 302
    assert "First try" in as_lead.get("/map/").text


def test_a_new_item_lands_where_its_form_said(as_lead, year_map):
    address = "/map/draft/new-item/?lane=soil&quarter=3"
    sent = form_of(as_lead.get(address)) | {"title": "Reading circle"}
    assert as_lead.post("/map/draft/new-item/", sent).status_code == 302
    added = next(item for item in Draft.objects.get().document.items.values() if item.title == "Reading circle")
    third = year_map.year.quarter(3)
    assert (added.lane, added.start, added.end) == ("soil", third.start, third.end)


def test_two_windows_of_a_team_or_a_backstory_lose_nothing(as_lead, lead, member, year_map):
    address = "/map/draft/quarters/2/"

    def team(rows: list[tuple], base: str) -> dict:
        sent = {"name": "", "sentence": "", "shape": "", "shape_sentence": "", "rows_base": base}
        known = sum(bool(seat) for seat, *_rest in rows)
        sent |= {"seats-TOTAL_FORMS": str(len(rows)), "seats-INITIAL_FORMS": str(known)}
        for n, (seat, who, role, how) in enumerate(rows):
            sent |= {
                f"seats-{n}-seat": seat,
                f"seats-{n}-member": who or "",
                f"seats-{n}-role": role,
                f"seats-{n}-how": how,
            }
        return sent

    as_lead.post(address, team([("", lead.pk, "Lead", "core"), ("", member.pk, "Guest", "guest")], "{}"))
    draft = Draft.objects.get()
    base = form_of(as_lead.get(address))["rows_base"]
    one, two = draft.document.quarters[1].seats
    first = team([(one.id, lead.pk, "Changed by the first", "core"), (two.id, member.pk, "Guest", "guest")], base)
    second = team([(one.id, lead.pk, "Lead", "core"), (two.id, member.pk, "Changed by the second", "guest")], base)
    assert as_lead.post(address, first).status_code == 302
    assert as_lead.post(address, second).status_code == 302
    draft.refresh_from_db()
    assert {seat.role for seat in draft.document.quarters[1].seats} == {"Changed by the first", "Changed by the second"}
    third = team([(one.id, lead.pk, "Changed by the third", "core"), (two.id, member.pk, "Guest", "guest")], base)
    page = as_lead.post(address, third)
    assert page.status_code == 409 and "Changed by the third" in page.text
    assert as_lead.post(address, third | {"use_mine": "yes"}).status_code == 302


def test_a_team_asks_the_database_no_more_with_more_seats(as_lead, lead, year_map):
    def count() -> int:
        with CaptureQueriesContext(connection) as seen:
            assert as_lead.get("/map/draft/quarters/1/").status_code == 200
        return len(seen)

    as_lead.get("/map/draft/quarters/1/")
    few = count()
    seats = {
        f"seat:s{n}": FIELDS["seat"] | {"quarter": 1, "role": "Guild", "member": factories.member().pk, "position": n}
        for n in range(9)
    }
    factories.next_revision(year_map, lead, seats)
    as_lead.get("/map/draft/quarters/1/")
    assert count() == few


@pytest.mark.parametrize(
    "base", ["", "[]", "1", "{", '{"seat:x": {}}', '{"seat:x": 1}', '{"past:x": {"when": "a"}}', "[" * 100_000]
)
def test_what_a_form_remembers_is_not_trusted(as_lead, lead, year_map, base):
    seats = {"seats-TOTAL_FORMS": "1", "seats-INITIAL_FORMS": "1", "seats-0-seat": "x", "seats-0-member": str(lead.pk)}
    sent = {"name": "Named", "seats-0-role": "Lead", "seats-0-how": "core", "rows_base": base, "base": base}
    assert as_lead.post("/map/draft/quarters/1/", sent | seats).status_code == 302
    assert Draft.objects.get().document.quarters[0].name == "Named"


class TestTheTeamOfAQuarter:
    ADDRESS = "/map/draft/quarters/2/"

    @staticmethod
    def seats(*names: str, quarter: int = 1) -> dict:
        return {
            f"seat:{name}": FIELDS["seat"] | {"quarter": quarter, "role": name, "how": "hoped", "position": place}
            for place, name in enumerate(names, start=1)
        }

    def roles(self, quarter: int) -> list[str]:
        document = Draft.objects.open().get().document
        return [seat.role for seat in document.quarters[quarter - 1].seats]

    def test_is_taken_over_from_the_quarter_before(self, as_lead, lead, year_map):
        factories.next_revision(year_map, lead, self.seats("Lead", "Second"))
        assert "Take over the team of Q1" in as_lead.get(self.ADDRESS).text
        page = as_lead.get(self.ADDRESS + "?take=before")
        assert "Take over" not in page.text
        assert as_lead.post(self.ADDRESS, form_of(page)).status_code == 302
        assert self.roles(2) == self.roles(1) == ["Lead", "Second"]
        assert "Take over" not in as_lead.get(self.ADDRESS).text

    def test_stands_in_the_order_that_is_asked_for(self, as_lead, lead, year_map):
        factories.next_revision(year_map, lead, self.seats("First", "Second", "Third", quarter=2))
        sent = form_of(as_lead.get(self.ADDRESS))
        as_lead.post(self.ADDRESS, sent | {"name": "Only a name"})
        assert "seat" not in Draft.objects.open().get().steps.get().forward  # nobody was moved
        as_lead.post(self.ADDRESS, sent | {"name": "Only a name", "seats-2-ORDER": "0"})
        assert self.roles(2) == ["Third", "First", "Second"]

    def test_says_what_is_wrong_with_a_link_to_its_field(self, as_lead, year_map):
        sent = form_of(as_lead.get(self.ADDRESS)) | {
            "seats-0-role": "Lead",
            "seats-0-how": "core",
            "seats-0-member": "",
        }
        page = as_lead.post(self.ADDRESS, sent)
        assert page.status_code == 422
        assert '<a href="#id_seats-0-member">Who, row 1: Say who it is, or hope for somebody.</a>' in page.text


def test_a_draft_says_of_each_item_what_it_does(as_lead, lead, year_map, start):
    item = item_of(year_map)
    as_lead.post(f"/map/draft/items/{item}/move/", {"days": "7"})
    as_lead.post(f"/map/draft/items/{item}/move/", {"longer": "7"})
    draft = Draft.objects.open().get()
    draft.change(factories.plan("Not there before", "soil", days_of(start, 3)))
    page = as_lead.get("/map/draft/").text
    assert page.count('<span class="flag flag--moved">Moved. </span>') == 2  # in the picture and in the list
    assert page.count('<span class="flag flag--added">Added. </span>') == 2
    as_lead.post("/map/draft/undo/")
    said = as_lead.post("/map/draft/undo/", follow=True).text
    assert "Undone: Longer, Agree what SRE means" in said


def test_a_shared_draft_shows_what_it_would_drop(client, lead, member, year_map):
    draft = Draft.open_for(year_map, lead)
    draft.change({f"item:{item_of(year_map)}": None})
    Draft.objects.filter(pk=draft.pk).update(is_shared=True)
    client.force_login(member)
    page = client.get(f"/map/drafts/{draft.pk}/").text
    assert 'data-diff="dropped"' in page and page.count("Dropped.") == 0 and ">Dropped" in page
