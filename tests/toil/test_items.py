"""Items: states with reasons, merging with nothing lost, and two people editing at once."""

import re
import uuid
from datetime import date, timedelta
from html import unescape

import pytest
import time_machine

from apps.toil import rollup, undo
from apps.toil.models import DigWork, Entry, Item, ItemLink, Merge, State, Timer
from apps.toil.models.state import change_state
from apps.web.models import MergeError
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def release():
    return factories.item(name="Manual release")


@pytest.fixture
def twin():
    return factories.item(name="Deploy by hand", name_ja="手作業デプロイ")


@pytest.fixture
def as_lead(client, lead):
    client.force_login(lead)
    return client


def words(item, **changes) -> dict:
    return {"name": item.name, "version": item.version, "description": "", **changes}


def undo_token(response) -> str:
    return unescape(re.search(r'name="undo" value="([^"]+)"', response.content.decode())[1])


# ---- making and editing


def test_an_item_sent_twice_is_observed_once(signed_in, member):
    sent = {"name": "Certificate rotation", "submission_id": uuid.uuid4(), "dig_estimate_minutes": "40h"}
    for _again in range(2):
        assert signed_in.post("/toil/items/new/", sent).status_code == 302
    item = Item.objects.get()
    assert (item.created_by, item.state, item.dig_estimate_minutes) == (member, State.OBSERVED, 2_400)
    assert item.state_changes.get().by == member


def test_an_item_edited_meanwhile_shows_theirs_and_keeps_mine(signed_in, release):
    Item.objects.filter(pk=release.pk).update(description="their words", version=2)
    response = signed_in.post(f"/toil/items/{release.pk}/edit/", words(release, description="my words"))
    page = response.content.decode()
    assert response.status_code == 409
    assert "my words" in page
    assert "their words" in page
    assert Item.objects.get().description == "their words"


def test_after_a_conflict_saving_again_uses_mine(signed_in, release):
    Item.objects.filter(pk=release.pk).update(version=2)
    page = signed_in.post(f"/toil/items/{release.pk}/edit/", words(release, description="my words")).content.decode()
    version = re.search(r'name="version" value="(\d+)"', page)[1]
    signed_in.post(f"/toil/items/{release.pk}/edit/", words(release, description="my words", version=version))
    assert Item.objects.get().description == "my words"


def test_an_edit_that_says_no_version_never_overwrites(signed_in, release):
    response = signed_in.post(f"/toil/items/{release.pk}/edit/", words(release, name="Else", version=""))
    assert response.status_code == 409
    assert Item.objects.get().name == "Manual release"


@pytest.mark.parametrize(
    ("field", "typed"),
    [
        ("name", ""),
        ("name", "\u202e"),
        ("name", "n" * 121),
        ("name_ja", "n" * 121),
        ("short_name", "n" * 41),
        ("description", "n" * 10_000),
        ("area", "nowhere"),
        ("category", "99999999"),
        ("owner", "x"),
        ("dig_estimate_minutes", "-5"),
        ("dig_estimate_minutes", "1e309"),
        ("upkeep_minutes", "1.5"),
    ],
)
def test_bad_input_is_said_beside_its_field(signed_in, release, field, typed):
    sent = words(release, short_name_ja="kept") | {field: typed}
    response = signed_in.post(f"/toil/items/{release.pk}/edit/", sent)
    assert response.status_code == 422
    assert f'id="id_{field}_error"' in response.content.decode()
    assert 'value="kept"' in response.content.decode()
    release.refresh_from_db()
    assert (release.name, release.version) == ("Manual release", 1)


def test_an_upkeep_of_nothing_is_left_empty(signed_in, release):
    signed_in.post(f"/toil/items/{release.pk}/edit/", words(release, upkeep_minutes="", dig_estimate_minutes="90"))
    release.refresh_from_db()
    assert (release.upkeep_minutes, release.dig_estimate_minutes) == (None, 90)


# ---- states


@pytest.mark.parametrize("state", ["gone", "accepted"])
@pytest.mark.parametrize("reason", ["", "   ", "\x00"])
def test_gone_and_accepted_need_a_reason(as_lead, lead, release, state, reason):
    sent = {"state": state, "on": lead.today(), "reason": reason}
    response = as_lead.post(f"/toil/items/{release.pk}/state/", sent)
    assert response.status_code == 422
    assert 'id="id_reason_error"' in response.content.decode()
    release.refresh_from_db()
    assert release.state == State.OBSERVED
    assert not release.state_changes.exists()


def test_a_state_is_recorded_with_who_when_and_why(as_lead, lead, release):
    sent = {"state": "gone", "on": lead.today(), "reason": "A pipeline does it."}
    assert as_lead.post(f"/toil/items/{release.pk}/state/", sent).status_code == 302
    change = release.state_changes.get()
    assert (change.state, change.by, change.on, change.reason) == ("gone", lead, lead.today(), "A pipeline does it.")
    release.refresh_from_db()
    assert release.state == State.GONE


def test_a_change_entered_late_does_not_hide_a_later_one(lead, release):
    change_state(release, State.GONE, lead, reason="done", on=date(2026, 3, 1))
    change_state(release, State.DIGGING, lead, on=date(2026, 2, 1))
    release.refresh_from_db()
    assert release.state == State.GONE


def test_a_state_in_the_future_is_refused(as_lead, lead, release):
    sent = {"state": "agreed", "on": lead.today() + timedelta(days=2)}
    response = as_lead.post(f"/toil/items/{release.pk}/state/", sent)
    assert response.status_code == 422
    assert 'id="id_on_error"' in response.content.decode()


@pytest.mark.parametrize("state", ["", "vanished", "\x00"])
def test_a_state_that_is_none_is_refused(as_lead, lead, release, state):
    assert as_lead.post(f"/toil/items/{release.pk}/state/", {"state": state, "on": lead.today()}).status_code == 422


@pytest.mark.parametrize("what", ["state", "merge"])
def test_a_member_neither_moves_nor_merges_items(signed_in, release, what):
    assert signed_in.get(f"/toil/items/{release.pk}/{what}/").status_code == 403
    assert signed_in.post(f"/toil/items/{release.pk}/{what}/", {"state": "agreed"}).status_code == 403


# ---- merging


@pytest.fixture
def full_twin(twin, member, lead):
    for minutes in (10, 20, 30):
        factories.entry(member, item=twin, minutes=minutes)
    DigWork.objects.create(item=twin, member=lead, day=lead.today(), minutes=60)
    ItemLink.objects.create(item=twin, title="Runbook", url="https://example.com/")
    return twin


def whose(item) -> tuple[int, int, int]:
    return item.entries.count(), item.dig_work.count(), item.links.count()


def test_a_merge_moves_everything(as_lead, full_twin, release):
    response = as_lead.post(f"/toil/items/{full_twin.pk}/merge/", {"target": release.pk})
    assert response["Location"] == f"/toil/items/{release.pk}/"
    assert whose(release) == (3, 1, 1)
    assert whose(full_twin) == (0, 0, 0)
    assert rollup.differences() == []


def test_a_merge_can_be_undone_and_moves_back_only_what_it_moved(as_lead, member, full_twin, release):
    own = factories.entry(member, item=release)
    page = as_lead.post(f"/toil/items/{full_twin.pk}/merge/", {"target": release.pk}, follow=True)
    later = factories.entry(member, item=release)
    as_lead.post("/toil/undo/", {"undo": undo_token(page)})
    assert whose(full_twin) == (3, 1, 1)
    assert set(release.entries.all()) == {own, later}
    full_twin.refresh_from_db()
    assert full_twin.merged_into is None
    assert rollup.differences() == []


def test_a_merge_can_be_taken_back_long_after(as_lead, lead, full_twin, release):
    with time_machine.travel("2026-01-01 09:00Z"):
        merge = Merge.make(full_twin, release, lead)
    as_lead.post(f"/toil/items/{release.pk}/merge/{merge.pk}/undo/")
    assert whose(full_twin) == (3, 1, 1)


def test_taking_a_merge_back_twice_is_no_fault(as_lead, lead, full_twin, release):
    merge = Merge.make(full_twin, release, lead)
    for _again in range(2):
        assert as_lead.post(f"/toil/items/{release.pk}/merge/{merge.pk}/undo/").status_code == 302
    assert whose(full_twin) == (3, 1, 1)


def test_a_merged_items_address_leads_to_where_it_went(signed_in, lead, twin, release):
    Merge.make(twin, release, lead)
    response = signed_in.get(f"/toil/items/{twin.pk}/")
    assert response["Location"] == f"/toil/items/{release.pk}/"


@pytest.mark.parametrize("typed", ["deploy by hand", "手作業デプロイ", '"Deploy by hand"', '+"Deploy by hand"'])
def test_a_merged_items_name_still_logs_to_where_it_went(signed_in, lead, twin, release, typed):
    Merge.make(twin, release, lead)
    signed_in.post("/toil/log/", {"line": f"25m {typed}"})
    assert Entry.objects.get().item == release


def test_a_name_merged_twice_over_logs_to_where_it_ended(signed_in, lead, twin, release):
    last = factories.item(name="Shipping")
    Merge.make(twin, release, lead)
    Merge.make(release, last, lead)
    signed_in.post("/toil/log/", {"line": "25m deploy by hand"})
    assert Entry.objects.get().item == last
    assert signed_in.get(f"/toil/items/{twin.pk}/", follow=True).status_code == 200


def test_a_deletion_undone_after_a_merge_comes_back_where_the_item_went(lead, member, twin, release):
    entry = factories.entry(member, item=twin)
    token = undo.token(member, undo.removed(entry))
    entry.remove()
    Merge.make(twin, release, lead)
    undo.perform(token, member)
    assert Entry.objects.get().item == release
    assert rollup.differences() == []


def test_an_edit_undone_after_a_merge_never_goes_back_to_the_merged_item(lead, member, twin, release):
    other = factories.item()
    entry = factories.entry(member, item=twin)
    before = entry.values()
    entry.change(1, item=other)
    token = undo.token(member, undo.changed(entry, before))
    Merge.make(twin, release, lead)
    undo.perform(token, member)
    assert Entry.objects.get().item == release


def test_a_running_timer_goes_with_the_merge(lead, member, twin, release):
    from django.utils import timezone

    Timer.objects.create(member=member, item=twin, started_at=timezone.now())
    Merge.make(twin, release, lead)
    assert Timer.objects.get().item == release


def test_an_item_is_not_merged_into_itself_nor_twice(lead, twin, release):
    with pytest.raises(MergeError):
        Merge.make(twin, twin, lead)
    Merge.make(twin, release, lead)
    for source, target in ((twin, release), (release, twin)):
        with pytest.raises(MergeError):
            Merge.make(source, target, lead)


@pytest.mark.parametrize("target", ["", "x", "99999999", "SELF"])
def test_a_merge_into_no_item_is_said_beside_the_field(as_lead, twin, release, target):
    target = twin.pk if target == "SELF" else target
    response = as_lead.post(f"/toil/items/{twin.pk}/merge/", {"target": target})
    assert response.status_code == 422
    assert 'id="id_target_error"' in response.content.decode()


def test_a_merged_item_is_in_no_list_and_takes_no_entry(signed_in, lead, member, twin, release):
    Merge.make(twin, release, lead)
    assert "Deploy by hand" not in signed_in.get("/toil/items/").content.decode()
    sent = {"item": twin.pk, "minutes": "25m", "day": member.today()}
    assert signed_in.post("/toil/entries/new/", sent).status_code == 422
    assert signed_in.post("/toil/again/", {"item": twin.pk}).status_code == 404


# ---- digging


def test_digging_hours_sent_twice_are_noted_once(signed_in, member, release):
    sent = {"minutes": "2h", "day": member.today(), "submission_id": uuid.uuid4()}
    for _again in range(2):
        assert signed_in.post(f"/toil/items/{release.pk}/digging/", sent).status_code == 302
    assert DigWork.objects.get().minutes == 120


def test_other_peoples_digging_hours_are_not_mine_to_delete(signed_in, lead, release):
    work = DigWork.objects.create(item=release, member=lead, day=lead.today(), minutes=60)
    assert signed_in.post(f"/toil/items/{release.pk}/digging/{work.pk}/delete/").status_code == 404
    assert DigWork.objects.exists()


@pytest.mark.parametrize("url", ["javascript:alert(1)", "data:text/html,x", "ftp://example.com/", "x" * 600, ""])
def test_a_link_is_an_address_of_the_web(signed_in, release, url):
    response = signed_in.post(f"/toil/items/{release.pk}/links/", {"title": "Runbook", "url": url})
    assert response.status_code == 422
    assert not ItemLink.objects.exists()


def test_the_item_page_says_when_digging_pays_and_what_was_saved(signed_in, lead, member, release):
    with time_machine.travel("2026-04-18 09:00Z", tick=False):
        signed_in.force_login(member)
        for month in (10, 11, 12):
            factories.entry(member, item=release, day=date(2025, month, 5), minutes=120)
        change_state(release, State.GONE, lead, reason="A pipeline does it.", on=date(2026, 1, 10))
        Item.objects.filter(pk=release.pk).update(dig_estimate_minutes=240, upkeep_minutes=60)
        digging = signed_in.get(f"/toil/items/{release.pk}/").context["digging"]
    assert digging["estimate_pays"] == 4
    assert (digging["saved"].actual, digging["saved"].promised, digging["never"]) == (240, 120, False)


@pytest.mark.parametrize(
    "query",
    ["?page=0", "?page=99999", "?page=x", "?sort=evil", "?state=x&category=x", "?q=%00", "?category=99999999999999"],
)
def test_the_list_of_items_opens_at_any_address(signed_in, release, query):
    assert signed_in.get("/toil/items/" + query).status_code == 200


# ---- names that would be mistaken for each other


@pytest.mark.parametrize("name", ["Manual release", " MANUAL  release ", "Ｍａｎｕａｌ release"])
def test_a_name_that_another_item_answers_to_is_refused_beside_its_field(signed_in, release, name):
    for field in ("name", "short_name"):
        answer = signed_in.post("/toil/items/new/", {"name": "Something else", field: name})
        assert answer.status_code == 422
        assert f'id="id_{field}_error"' in answer.text
        assert "Manual release" in answer.text
    assert Item.objects.get() == release


def test_an_item_keeps_its_own_name(signed_in, release):
    assert (
        signed_in.post(f"/toil/items/{release.pk}/edit/", words(release, short_name="Manual release")).status_code
        == 302
    )


# ---- undo


def test_undoing_a_line_that_made_an_item_takes_the_item_back_too_and_redo_brings_both(signed_in):
    page = signed_in.post("/toil/log/", {"line": '25m +"Polish the lantern"'}, follow=True)
    pk = Item.objects.get().pk
    page = signed_in.post("/toil/undo/", {"undo": undo_token(page), "turns_back": "1"}, follow=True)
    assert "Taken back: 25 min, Polish the lantern" in page.text
    assert ">Redo<" in page.text
    assert not Item.objects.exists()
    page = signed_in.post("/toil/undo/", {"undo": undo_token(page)}, follow=True)
    assert ">Undo<" in page.text
    assert (Item.objects.get().pk, Entry.objects.get().minutes) == (pk, 25)


def test_undoing_a_line_leaves_an_item_that_others_have_logged_since(signed_in, member):
    page = signed_in.post("/toil/log/", {"line": '25m +"Polish the lantern"'}, follow=True)
    factories.entry(factories.member(), item=Item.objects.get())
    signed_in.post("/toil/undo/", {"undo": undo_token(page)})
    assert Item.objects.get().entries.count() == 1


def test_deleted_digging_hours_come_back(signed_in, member, release):
    work = DigWork.objects.create(item=release, member=member, day=member.today(), minutes=90, note="pipeline")
    page = signed_in.post(f"/toil/items/{release.pk}/digging/{work.pk}/delete/", follow=True)
    assert not DigWork.objects.exists()
    signed_in.post("/toil/undo/", {"undo": undo_token(page)})
    assert DigWork.objects.values_list("minutes", "note").get() == (90, "pipeline")


def test_the_same_change_of_state_sent_twice_is_one(as_lead, lead, release):
    sent = {"state": "gone", "on": lead.today().isoformat(), "reason": "A pipeline does it."}
    for _again in range(2):
        assert as_lead.post(f"/toil/items/{release.pk}/state/", sent).status_code == 302
    assert release.state_changes.filter(state="gone").count() == 1


def test_an_entry_brought_in_again_meanwhile_makes_the_undo_too_late(signed_in, member, release):
    entry = factories.entry(member, item=release)
    Entry.objects.filter(pk=entry.pk).update(import_key="k")
    page = signed_in.post(f"/toil/entries/{entry.pk}/delete/", follow=True)
    again = factories.entry(member, item=release)
    Entry.objects.filter(pk=again.pk).update(import_key="k")
    assert "undone any more" in signed_in.post("/toil/undo/", {"undo": undo_token(page)}, follow=True).text
    assert Entry.objects.get() == again


def test_a_live_item_is_not_merged_into_one_that_is_gone(client, lead):
    live, gone = factories.item(name="Data fix"), factories.item(name="Old data fix")
    change_state(gone, State.GONE, lead, reason="A job does it now")
    client.force_login(lead)
    answer = client.post(f"/toil/items/{live.pk}/merge/", {"target": gone.pk})
    assert answer.status_code == 422
    assert "is gone, and this one is not" in answer.content.decode()
    live.refresh_from_db()
    assert live.merged_into_id is None
    assert client.post(f"/toil/items/{gone.pk}/merge/", {"target": live.pk}).status_code == 302


def test_a_change_of_state_is_taken_back(as_lead, lead):
    item = Item.observe("Data fix", lead)
    page = as_lead.post(
        f"/toil/items/{item.pk}/state/",
        {"state": "gone", "on": lead.today().isoformat(), "reason": "By mistake"},
        follow=True,
    )
    item.refresh_from_db()
    assert item.state == State.GONE
    token = re.search(r'name="undo" value="([^"]+)"', page.content.decode())[1]
    as_lead.post("/toil/undo/", {"undo": token})
    item.refresh_from_db()
    assert item.state == State.OBSERVED
    assert [change.state for change in item.state_changes.all()] == [State.OBSERVED]
    page = as_lead.post("/toil/undo/", {"undo": token}, follow=True)  # once more, from another tab
    assert "can’t be undone any more" in unescape(page.content.decode())
