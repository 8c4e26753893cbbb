"""The map as its readers ask for it: addresses, check-ins, what stands beside toil, groups and Home, counts and sizes."""

from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from apps.roadmap import erasing
from apps.roadmap.document import FIELDS, new_id
from apps.roadmap.models import Draft, Revision
from apps.stakeholders.models import StakeholderMerge
from apps.toil import months
from apps.toil.models.merge import Merge
from tests import factories
from tests.roadmap.pages import days_of, item_of

pytestmark = pytest.mark.django_db


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
    factories.future_map(lead, factories.plan("What comes", when=days_of(start, 12)), start=months.step(start, 12))
    assert "Agree what SRE means" in signed_in.get("/map/").text
    assert "What comes" in signed_in.get(f"/map/?map={months.step(start, 12):%Y-%m}").text


def test_compare_takes_days_and_versions_and_says_what_it_can_not_read(signed_in, lead, year_map):
    factories.next_revision(year_map, lead, factories.plan("New below", "soil", days_of(year_map.start, 2)))
    page = signed_in.get("/map/compare/?from=1&to=2").text
    assert "New below" in page and "1 added" in page
    today = lead.today()
    assert "Nothing is different" in signed_in.get(f"/map/compare/?from={today}&to={today}").text
    for asked, says in (("from=x", "neither a day"), ("from=77", "no version 77"), ("from=1999-01-01", "no map yet")):
        assert says in signed_in.get(f"/map/compare/?{asked}").text


@pytest.mark.parametrize("month", ["2026-13", "next", "2026-04-01", "0000-00", "%00"])
def test_a_map_that_is_not_there_is_not_found(as_lead, year_map, month):
    for address in (f"/map/{month}/1/", f"/map/{month}/1/restore/", f"/map/{month}/next/", f"/map/draft/?map={month}"):
        assert as_lead.get(address).status_code == 404


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
