"""The map's pages: what an address asks for, bad input beside its field, other people's drafts, counts and sizes."""

import re
from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from apps.roadmap import erasing
from apps.roadmap.document import FIELDS, new_id
from apps.roadmap.models import CheckIn, Draft, DraftState, Kind, Map, Reading, Revision, Status
from apps.stakeholders.models import StakeholderMerge
from apps.toil import months
from apps.toil.models.merge import Merge
from tests import factories

pytestmark = pytest.mark.django_db
WHY = {
    "name": "From hiring to growing",
    "learned": "Two months of interviews, and no offer was accepted.",
    "why": "The budget closes in the middle of this month.",
    "sure": "likely",
}


@pytest.fixture
def start(lead):
    """A year in which today lies in the eighth month."""
    return months.step(months.first(lead.today()), -7)


@pytest.fixture
def year_map(lead, start):
    days = (start.isoformat(), (start + timedelta(days=60)).isoformat())
    return factories.future_map(lead, factories.plan("Agree what SRE means", when=days), start=start)


@pytest.fixture
def as_lead(client, lead):
    client.force_login(lead)
    return client


def item_of(row: Map) -> str:
    row.refresh_from_db()
    return next(iter(row.revisions.get(number=row.head).document().items))


def form_of(page) -> dict:
    """What the page's last form would send, as a browser fills it in."""
    html = page.text[page.text.rindex('<form class="form"') :]
    sent: dict = {}
    for tag in re.findall(r"<input[^>]*>", html):
        name, value = re.search(r'name="([^"]+)"', tag), re.search(r'value="([^"]*)"', tag)
        if name and (('type="radio"' not in tag and 'type="checkbox"' not in tag) or " checked" in tag):
            sent[name[1]] = value[1].replace("&quot;", '"').replace("&amp;", "&") if value else ""
    for name, inner in re.findall(r'<textarea[^>]*name="([^"]+)"[^>]*>\s*(.*?)</textarea>', html, re.DOTALL):
        sent[name] = inner
    for name, inner in re.findall(r'<select[^>]*name="([^"]+)"[^>]*>(.*?)</select>', html, re.DOTALL):
        chosen = re.search(r'<option value="([^"]*)" selected', inner)
        sent[name] = chosen[1] if chosen else re.search(r'<option value="([^"]*)"', inner)[1]
    return sent


# ---- what an address asks for ---------------------------------------------------------------------


def test_without_a_map_the_page_says_how_it_begins(client, member, lead):
    client.force_login(member)
    page = client.get("/map/")
    assert page.status_code == 200 and "Draw the first map" not in page.text and "The lead draws" in page.text
    client.force_login(lead)
    assert "Draw the first map" in client.get("/map/").text
    for address in ("/map/history/", "/map/compare/", "/map/year/", "/map/?at=2026-01-01", "/map/?day=5"):
        assert client.get(address, follow=True).status_code == 200


@pytest.mark.parametrize(
    ("asked", "says"),
    [
        ("at=yesterday", "is no day"),
        ("at=2026-02-30", "is no day"),
        ("at=1999-01-01", "There was no map yet"),
        ("at=2999-01-01", "has not come yet"),
        ("revision=99", "has no version 99"),
        ("revision=-1", "has no version"),
        ("revision=" + "9" * 400, "has no version"),
        ("map=1850-01", "There is no map that starts in"),
        ("quarter=9", "Agree what SRE means"),
        ("view=sideways", "Agree what SRE means"),
        ("day=-4", "Agree what SRE means"),
        ("day=99999999999999", "Agree what SRE means"),
        ("at=%00", "is no day"),
    ],
)
def test_what_can_not_be_shown_is_told_and_something_is_shown(signed_in, year_map, asked, says):
    page = signed_in.get(f"/map/?{asked}", follow=True)
    assert page.status_code == 200 and says in page.text and "Agree what SRE means" in page.text


def test_the_map_as_of_a_day_is_the_last_one_of_that_day(signed_in, lead, year_map):
    key = f"item:{item_of(year_map)}"
    factories.next_revision(year_map, lead, {key: {"title": "Told differently"}})
    factories.next_revision(year_map, lead, {key: {"title": "And once more"}})
    today = lead.today().isoformat()
    assert "And once more" in signed_in.get(f"/map/?at={today}").text
    assert "Agree what SRE means" in signed_in.get("/map/?revision=1").text
    page = signed_in.get("/map/?revision=2").text
    assert "Told differently" in page and "You are looking at version 2" in page and "Back to today" in page


def test_last_years_map_stays_readable(signed_in, lead, year_map, start):
    factories.future_map(lead, factories.plan("What comes", when=_days(start, 12)), start=months.step(start, 12))
    assert "Agree what SRE means" in signed_in.get("/map/").text
    assert "What comes" in signed_in.get(f"/map/?map={months.step(start, 12):%Y-%m}").text


def _days(start: date, by: int) -> tuple[str, str]:
    first = months.step(start, by)
    return first.isoformat(), (first + timedelta(days=40)).isoformat()


def test_compare_takes_days_and_versions_and_says_what_it_can_not_read(signed_in, lead, year_map):
    factories.next_revision(year_map, lead, factories.plan("New below", "soil", _days(year_map.start, 2)))
    page = signed_in.get("/map/compare/?from=1&to=2").text
    assert "New below" in page and "1 added" in page
    today = lead.today()
    assert "Nothing is different" in signed_in.get(f"/map/compare/?from={today}&to={today}").text
    for asked, says in (("from=x", "neither a day"), ("from=77", "no version 77"), ("from=1999-01-01", "no map yet")):
        assert says in signed_in.get(f"/map/compare/?{asked}").text


# ---- drawing --------------------------------------------------------------------------------------


def test_looking_with_a_pencil_in_hand_writes_nothing(as_lead, year_map):
    for address in ("/map/draft/", "/map/draft/items/new/", f"/map/draft/items/{item_of(year_map)}/"):
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
    address, end = "/map/draft/items/new/", months.step(start, 12) + timedelta(days=40)
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
    address = f"/map/draft/items/new/?map={row}"
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
    as_lead.post("/map/draft/lanes/new/", {"name": "Machine room", "note": "", "ground": "below"})
    draft = Draft.objects.get()
    lane = next(lane for lane in draft.document.lanes if lane.name == "Machine room")
    assert not lane.above
    draft.change(factories.plan("In there", lane.id, _days(start, 1)))
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


# ---- publishing -----------------------------------------------------------------------------------


def test_publishing_without_changes_leads_back(as_lead, year_map):
    page = as_lead.get("/map/draft/publish/", follow=True)
    assert "there is nothing to publish" in page.text
    assert as_lead.post("/map/draft/publish/", WHY, follow=True).status_code == 200
    assert Revision.objects.count() == 1


def test_a_pivot_without_a_reason_is_not_published_and_keeps_what_was_typed(as_lead, lead, year_map):
    Draft.open_for(year_map, lead).change({f"item:{item_of(year_map)}": None})
    page = as_lead.post("/map/draft/publish/", {"name": "Kept", "learned": "Too short", "why": ""})
    assert page.status_code == 422 and "Kept" in page.text and "Too short" in page.text
    assert "in at least 20 characters" in page.text and Revision.objects.count() == 1


def test_publishing_twice_with_one_form_publishes_once(as_lead, lead, year_map):
    Draft.open_for(year_map, lead).change({f"item:{item_of(year_map)}": None})
    sent = WHY | {"submission_id": "6f1f6a4e-9c38-4d0b-8f7e-3f4f6a0c1d2e"}
    for _twice in range(2):
        assert as_lead.post("/map/draft/publish/", sent).status_code == 302
    assert [row.kind for row in Revision.objects.all()] == [Kind.FIRST, Kind.PIVOT]


def test_evidence_reads_as_on_the_day(as_lead, lead, year_map):
    seen = factories.observation(lead, text="They ask every day.")
    Draft.open_for(year_map, lead).change({f"item:{item_of(year_map)}": None})
    as_lead.post("/map/draft/publish/", WHY | {"evidence": [f"observation:{seen.pk}"]})
    type(seen).objects.filter(pk=seen.pk).update(text="Something else")
    page = as_lead.get(f"/map/{year_map}/2/")
    assert "They ask every day." in page.text and "Something else" not in page.text
    for nothing in ("observation:x", f"observation:{seen.pk + 1}", "check-in:1", "person:1"):
        Draft.open_for(year_map, lead).change(factories.plan("Again", "goals", _days(year_map.start, 1)))
        bad = as_lead.post("/map/draft/publish/", WHY | {"evidence": [nothing]})
        assert bad.status_code == 422 and "not offered here" in bad.text


def test_going_back_is_a_pivot_that_says_so(as_lead, lead, year_map):
    factories.next_revision(year_map, lead, {f"item:{item_of(year_map)}": {"title": "Told differently"}})
    assert as_lead.get(f"/map/{year_map}/1/restore/").status_code == 200
    assert as_lead.post(f"/map/{year_map}/1/restore/").status_code == 302
    assert "This is a pivot" in as_lead.get("/map/draft/publish/").text
    as_lead.post("/map/draft/publish/", WHY)
    newest = Revision.objects.get(number=3)
    assert (newest.kind, newest.said.restored) == (Kind.PIVOT, 1)
    assert "back to version 1" in as_lead.get(f"/map/{year_map}/3/").text


def test_readers_are_counted_and_named_only_to_who_published(client, lead, member, manager, year_map):
    factories.next_revision(year_map, lead, {f"item:{item_of(year_map)}": None})
    address = f"/map/{year_map}/2/"
    client.force_login(member)
    for _twice in range(2):
        client.post(f"{address}read/")
    assert Reading.objects.count() == 1
    client.force_login(manager)
    page = client.get(address).text
    assert "1 of 2 have read it" in page and member.display_name not in page[page.index("have read it") :]
    client.force_login(lead)
    page = client.get(address).text
    assert member.display_name in page[page.index("have read it") :]
    client.post(f"{address}read/")
    assert Reading.objects.count() == 1


def test_two_leads_put_both_together(client, lead, year_map, start):
    other, key = factories.lead(email="other@example.com", display_name="Other Lead"), f"item:{item_of(year_map)}"
    mine = Draft.open_for(year_map, lead)
    mine.change({key: {"title": "As I say", "signal": "Mine alone"}})
    factories.next_revision(year_map, other, {key: {"title": "As they say", "sure": "firm"}})
    client.force_login(lead)
    assert client.get("/map/draft/publish/").headers["Location"].startswith("/map/draft/merge/")
    page = client.get("/map/draft/merge/")
    assert "As I say" in page.text and "As they say" in page.text and "Agree what SRE means" in page.text
    assert client.post("/map/draft/merge/", {"head": "2"}).status_code == 422
    assert "Somebody published once more" in client.post("/map/draft/merge/", {"head": "1"}).text
    assert client.post("/map/draft/merge/", {"head": "2", f"{key}/title": "theirs"}).status_code == 302
    merged = Draft.objects.get(state=DraftState.OPEN).document.parts[key]
    assert (merged["title"], merged["signal"], merged["sure"]) == ("As they say", "Mine alone", "firm")
    kept = Draft.objects.get(state=DraftState.KEPT)
    assert "As I say" in kept.parts
    assert client.post(f"/map/drafts/{kept.pk}/take-up/").status_code == 302
    assert "As I say" in Draft.objects.get(state=DraftState.OPEN).parts


# ---- other people's -------------------------------------------------------------------------------


def test_a_draft_is_its_owners_until_it_is_shared(client, lead, member, year_map):
    draft = Draft.open_for(year_map, lead)
    draft.change(factories.plan("Nobody knows yet", "soil", _days(year_map.start, 1)))
    client.force_login(member)
    address = f"/map/drafts/{draft.pk}/"
    assert client.get(address).status_code == 404
    client.force_login(lead)
    for _twice in range(2):
        client.post("/map/draft/share/", {"wish": "shared"})
    client.force_login(member)
    assert "Nobody knows yet" in client.get(address).text
    assert "Nobody knows yet" not in client.get("/map/").text
    for deed in ("take-up", "remove"):
        assert client.post(f"{address}{deed}/").status_code == 403
    lead.is_active = False
    lead.save()
    assert client.get(address).status_code == 404


def test_another_lead_can_not_take_up_or_remove_my_kept_draft(client, lead, year_map):
    draft = Draft.open_for(year_map, lead)
    draft.change(factories.plan("Mine", "soil", _days(year_map.start, 1)))
    draft.keep_aside("discard")
    client.force_login(factories.lead(email="other@example.com"))
    assert client.post(f"/map/drafts/{draft.pk}/take-up/").status_code == 404
    client.post(f"/map/drafts/{draft.pk}/remove/")
    assert Draft.objects.filter(pk=draft.pk).exists()


def test_members_check_in_and_say_how_sure_they_are(client, member, year_map):
    item = item_of(year_map)
    client.force_login(member)
    sent = {"status": "doubt", "words": "Two pictures, no sentence", "day": member.today().isoformat(), "url": ""}
    assert "Two pictures" not in client.get("/map/").text  # kept by this process from now on
    assert client.post(f"/map/items/{item}/check-in/", sent).status_code == 302
    assert "in doubt, Two pictures, no sentence" in client.get("/map/").text
    assert Revision.objects.count() == 1  # the plan stays
    for typed, says in (
        ({"day": "2999-01-01"}, "has not come yet"), ({"words": " "}, "still empty"), ({"status": ""}, "Nothing is chosen"),
        ({"words": "x" * 501}, "too long"), ({"url": "javascript:alert(1)"}, "no web address"),
    ):  # fmt: skip
        page = client.post(f"/map/items/{item}/check-in/", sent | typed)
        assert page.status_code == 422 and says in page.text
    assert client.post(f"/map/items/{item}/sure/", {"sure": "firm", "why": "Five of eleven."}).status_code == 302
    again = client.post(f"/map/items/{item}/sure/", {"sure": "firm", "why": "Again."})
    assert again.status_code == 422 and "says so already" in again.text
    assert client.post("/map/items/nothing/check-in/", sent).status_code == 404


def test_a_dropped_item_stays_readable_with_why_it_left(signed_in, lead, year_map):
    item = item_of(year_map)
    factories.next_revision(year_map, lead, {f"item:{item}": None})
    page = signed_in.get(f"/map/items/{item}/")
    assert page.status_code == 200 and "This left the map" in page.text and "Read why" in page.text
    assert "Say how it goes" not in page.text
    # Who was still typing loses nothing.
    page = signed_in.post(f"/map/items/{item}/sure/", {"sure": "firm", "why": "Typed with care"})
    assert page.status_code == 422 and "left the map meanwhile" in page.text and "Typed with care" in page.text
    sent = {"status": "way", "words": "Went on anyway", "day": lead.today().isoformat()}
    assert signed_in.post(f"/map/items/{item}/check-in/", sent).status_code == 302
    assert "Went on anyway" in signed_in.get(f"/map/items/{item}/").text


def test_the_next_map_asks_of_each_unfinished_thing(as_lead, lead, year_map, start):
    factories.next_revision(year_map, lead, factories.plan("Done already", "soil", _days(start, 1)))
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


def item_of_title(row: Map, title: str) -> str:
    row.refresh_from_db()
    found = row.revisions.get(number=row.head).document().items.values()
    return next(item.id for item in found if item.title == title)


# ---- counts and sizes -----------------------------------------------------------------------------


def _many(start: date, count: int) -> dict:
    parts: dict = {}
    for n in range(count):
        title = ("Half of releases driven by developers", "監査資料をボタン1つでそろえられるようにする")[n % 2]
        begin = start + timedelta(days=(n * 37) % 300)
        days = (begin.isoformat(), (begin + timedelta(days=20 + n % 40)).isoformat())
        parts[f"item:{new_id()}"] = FIELDS["item"] | {
            "title": f"{title} {n}", "lane": ("goals", "soil", "toil")[n % 3], "when": list(days), "sure": "likely",
        }  # fmt: skip
    return parts


@pytest.mark.parametrize(
    "address", ["/map/", "/map/?view=list", "/map/compare/?from=1&to=2", "/map/history/", "/map/year/"]
)
def test_asks_the_database_no_more_with_more_on_the_map(as_lead, lead, year_map, address):
    def count() -> int:
        as_lead.get(address)
        with CaptureQueriesContext(connection) as seen:
            assert as_lead.get(address).status_code == 200
        return len(seen)

    factories.next_revision(year_map, lead, _many(year_map.start, 3), is_pivot=True)
    few = count()
    for n in range(6):
        factories.next_revision(year_map, lead, _many(year_map.start, 9), is_pivot=n % 2 == 0)
    assert count() <= few <= 15


def test_sixty_items_stay_within_120_kilobytes(as_lead, year_map, lead):
    factories.next_revision(year_map, lead, _many(year_map.start, 59))
    for address in ("/map/", "/map/draft/"):
        assert len(as_lead.get(address).content) <= 120_000


# ---- beside toil, groups and Home -----------------------------------------------------------------


def test_toil_and_groups_say_what_of_the_map_is_theirs_through_merges(as_lead, lead, year_map):
    group, other = factories.stakeholder(name="Support"), factories.stakeholder(name="Helpdesk")
    toil = factories.item(name="Data fix", stakeholder=factories.stakeholder(name="Schools"))
    key = f"item:{item_of(year_map)}"
    factories.next_revision(year_map, lead, {key: {"toil": [toil.pk], "groups": [other.pk]}})
    for address in (f"/toil/items/{toil.pk}/", f"/stakeholders/{toil.stakeholder_id}/", f"/stakeholders/{other.pk}/"):
        assert "Agree what SRE means" in as_lead.get(address).text
    assert "Agree what SRE means" not in as_lead.get(f"/stakeholders/{group.pk}/").text
    StakeholderMerge.make(other, group, lead)
    into = factories.item(name="Data fix in a screen")
    Merge.make(toil, into, lead)
    assert "Agree what SRE means" in as_lead.get(f"/stakeholders/{group.pk}/").text
    assert "Agree what SRE means" in as_lead.get(f"/toil/items/{into.pk}/").text
    page = as_lead.get(f"/map/items/{item_of(year_map)}/").text
    assert "Data fix in a screen" in page and "Support" in page


def test_home_says_the_quarters_goal_and_a_pivot_until_it_is_read(client, lead, member, year_map):
    quarter = year_map.year.quarter_of(lead.today())
    factories.next_revision(year_map, lead, {f"quarter:{quarter}": {"sentence": "Half of releases."}}, is_pivot=True)
    client.force_login(member)
    home = client.get("/").text
    assert "Half of releases." in home and "ruler" in home and factories.REASON.name in home
    client.post(f"/map/{year_map}/2/read/")
    assert factories.REASON.name not in client.get("/").text
    client.force_login(lead)
    assert factories.REASON.name not in client.get("/").text


def test_a_pivot_as_markdown_escapes_what_was_not_written_as_markdown(as_lead, lead, year_map):
    factories.next_revision(
        year_map, lead, {f"item:{item_of(year_map)}": {"title": "# *Not* a heading <b>"}}, is_pivot=True
    )
    answer = as_lead.get(f"/map/{year_map}/2/decision.md")
    assert answer["Content-Type"].startswith("text/markdown") and "attachment" in answer["Content-Disposition"]
    assert "\\# \\*Not\\* a heading \\<b\\>" in answer.text and factories.REASON.learned in answer.text


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
    address = "/map/draft/items/new/?lane=soil&quarter=3"
    sent = form_of(as_lead.get(address)) | {"title": "Reading circle"}
    assert as_lead.post("/map/draft/items/new/", sent).status_code == 302
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


def test_what_was_not_shown_is_not_published(as_lead, lead, year_map, start):
    draft = Draft.open_for(year_map, lead)
    draft.change(factories.plan("Seen", "soil", _days(start, 1)))
    seen = re.search(r'name="seen" value="(\w+)"', as_lead.get("/map/draft/publish/").text)[1]
    draft.change(factories.plan("Not seen", "soil", _days(start, 2)))
    page = as_lead.post("/map/draft/publish/", {"note": "Typed with care", "seen": seen})
    assert page.status_code == 409 and "changed since you looked" in page.text and "Typed with care" in page.text
    draft.refresh_from_db()
    assert as_lead.post("/map/draft/publish/", {"note": "", "seen": draft.seen}).status_code == 302
    assert year_map.revisions.count() == 2


def test_keeping_the_draft_keeps_what_was_typed_about_it(as_lead, lead, member, year_map):
    Draft.open_for(year_map, lead).change({f"item:{item_of(year_map)}": None})
    as_lead.post("/map/draft/publish/", {"learned": "Half a sentence", "first": [member.pk], "keep": "1"})
    page = as_lead.get("/map/draft/publish/").text
    assert "Half a sentence" in page and re.search(rf'value="{member.pk}"[^>]* checked', page)


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


@pytest.mark.parametrize("month", ["2026-13", "next", "2026-04-01", "0000-00", "%00"])
def test_a_map_that_is_not_there_is_not_found(as_lead, year_map, month):
    for address in (f"/map/{month}/1/", f"/map/{month}/1/restore/", f"/map/{month}/next/", f"/map/draft/?map={month}"):
        assert as_lead.get(address).status_code == 404


def test_no_process_shows_a_name_that_was_erased(signed_in, lead, year_map):
    key = f"item:{item_of(year_map)}"
    factories.next_revision(year_map, lead, {key: {"title": "Kenta drives"}})
    draft = Draft.open_for(year_map, lead)
    draft.keep_reason({"learned": ["Kenta asked for it"], "first": ["1"]})
    pages = ["/map/", "/map/?view=list", "/map/compare/?from=1&to=2", f"/map/{year_map}/2/", "/map/history/"]
    assert all("Kenta drives" in signed_in.get(page).text for page in pages)
    erasing.replace_name("Kenta", "Somebody")
    for page in pages:
        text = signed_in.get(page).text
        assert "Somebody drives" in text and "Kenta" not in text
    draft.refresh_from_db()
    assert draft.reason == {"learned": ["Somebody asked for it"], "first": ["1"]}
