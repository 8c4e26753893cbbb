"""From a draft to the map: the reason, the readers, two leads at once, and whose draft it is."""

import re

import pytest

from apps.roadmap import evidence
from apps.roadmap.models import CheckIn, Draft, DraftState, Kind, Reading, Revision
from apps.roadmap.publish import ChangedSince, publish
from apps.toil import months
from tests import factories
from tests.roadmap.pages import days_of, item_of

pytestmark = pytest.mark.django_db


WHY = {
    "name": "From hiring to growing",
    "learned": "Two months of interviews, and no offer was accepted.",
    "why": "The budget closes in the middle of this month.",
    "sure": "likely",
}


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
        Draft.open_for(year_map, lead).change(factories.plan("Again", "goals", days_of(year_map.start, 1)))
        bad = as_lead.post("/map/draft/publish/", WHY | {"evidence": [nothing]})
        assert bad.status_code == 422 and "not offered here" in bad.text


def test_evidence_is_searched_among_all_there_is_and_what_is_ticked_stays(as_lead, lead, year_map, start):
    old = factories.observation(lead, text="The pager rang at night", day=start)
    ticked = factories.observation(lead, text="Nobody else knew how", day=start)
    for _each in range(evidence.OFFERED):
        factories.observation(lead, text="Newer and about something else")
    item = item_of(year_map)
    check = CheckIn.note(item=item, day=lead.today(), status="doubt", words="The PAGER is quiet", by=lead)
    toil = factories.item(name="Answer the pager by hand")
    factories.entry(lead, item=toil, minutes=40, day=months.step(months.first(lead.today()), -1))
    Draft.open_for(year_map, lead).change({f"item:{item}": {"title": "Told differently"}})
    names = {f"observation:{old.pk}", f"check-in:{check.pk}", f"toil:{toil.pk}"}

    def offered(page):
        return set(re.findall(r'name="evidence" value="([^"]+)"', page.text))

    assert not {f"observation:{old.pk}", f"toil:{toil.pk}"} & offered(as_lead.get("/map/draft/publish/"))
    kept = f"observation:{ticked.pk}"
    found = as_lead.get("/map/draft/publish/evidence/", {"find": " pager ", "evidence": kept})
    assert offered(found) == names | {kept} and "3 pieces say this" in found.text
    assert re.search(rf'value="{kept}"[^>]* checked', found.text)
    none = as_lead.get(
        "/map/draft/publish/evidence/", {"find": "pager moon", "evidence": [kept, "person:1", "check-in:x"]}
    )
    assert offered(none) == {kept} and "Nothing else says this" in none.text
    as_lead.post("/map/draft/publish/", WHY | {"is_pivot": "on", "evidence": sorted(names)})
    assert len(Revision.objects.get(number=2).said.evidence) == 3


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


def test_a_draft_is_its_owners_until_it_is_shared(client, lead, member, year_map):
    draft = Draft.open_for(year_map, lead)
    draft.change(factories.plan("Nobody knows yet", "soil", days_of(year_map.start, 1)))
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


def test_another_lead_goes_on_from_a_draft_that_is_shared(client, lead, member, year_map):
    draft = Draft.open_for(year_map, lead)
    draft.change(factories.plan("Half drawn", "soil", days_of(year_map.start, 1)))
    address, other = f"/map/drafts/{draft.pk}/go-on/", factories.lead(email="other@example.com")
    client.force_login(other)
    assert client.post(address).status_code == 404  # nobody was let look
    Draft.objects.filter(pk=draft.pk).update(is_shared=True)
    Draft.open_for(year_map, other).change(factories.plan("Other work", "soil", days_of(year_map.start, 2)))
    factories.next_revision(year_map, factories.lead(email="third@example.com"), {"map": {"title": "Published since"}})
    lead.is_active = False
    lead.save()
    assert client.get(address, follow=True).status_code == 200
    assert "Half drawn" in client.get(f"/map/drafts/{draft.pk}/").text
    page = client.post(address, follow=True)
    assert "Half drawn" in page.text and "Put both together" in page.text
    mine = Draft.objects.open().get(owner=other)
    assert (mine.base, mine.document.parts) == (1, draft.document.parts)
    assert "Other work" in Draft.objects.kept().get(owner=other).parts
    assert Draft.objects.open().filter(pk=draft.pk).exists()
    client.force_login(member)
    assert client.post(address).status_code == 403


def test_another_lead_can_not_take_up_or_remove_my_kept_draft(client, lead, year_map):
    draft = Draft.open_for(year_map, lead)
    draft.change(factories.plan("Mine", "soil", days_of(year_map.start, 1)))
    draft.keep_aside("discard")
    client.force_login(factories.lead(email="other@example.com"))
    assert client.post(f"/map/drafts/{draft.pk}/take-up/").status_code == 404
    client.post(f"/map/drafts/{draft.pk}/remove/")
    assert Draft.objects.filter(pk=draft.pk).exists()


def test_what_was_not_shown_is_not_published(as_lead, lead, year_map, start):
    draft = Draft.open_for(year_map, lead)
    draft.change(factories.plan("Seen", "soil", days_of(start, 1)))
    seen = re.search(r'name="seen" value="(\w+)"', as_lead.get("/map/draft/publish/").text)[1]
    draft.change(factories.plan("Not seen", "soil", days_of(start, 2)))
    page = as_lead.post("/map/draft/publish/", {"note": "Typed with care", "seen": seen})
    assert page.status_code == 409 and "changed since you looked" in page.text and "Typed with care" in page.text
    draft.refresh_from_db()
    assert as_lead.post("/map/draft/publish/", {"note": "", "seen": draft.seen}).status_code == 302
    assert year_map.revisions.count() == 2


def test_what_changes_in_the_very_moment_of_publishing_is_not_published(lead, year_map, start):
    draft = Draft.open_for(year_map, lead)
    draft.change(factories.plan("Seen", "soil", days_of(start, 1)))
    draft.refresh_from_db()
    seen = draft.seen
    draft.change(factories.plan("Not seen", "soil", days_of(start, 2)))
    with pytest.raises(ChangedSince):
        publish(draft, seen=seen)
    assert year_map.revisions.count() == 1 and Draft.objects.open().filter(pk=draft.pk).exists()


def test_keeping_the_draft_keeps_what_was_typed_about_it(as_lead, lead, member, year_map):
    Draft.open_for(year_map, lead).change({f"item:{item_of(year_map)}": None})
    as_lead.post("/map/draft/publish/", {"learned": "Half a sentence", "first": [member.pk], "keep": "1"})
    page = as_lead.get("/map/draft/publish/").text
    assert "Half a sentence" in page and re.search(rf'value="{member.pk}"[^>]* checked', page)
