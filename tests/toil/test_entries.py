"""One entry: the full form, editing, deleting with undo, and bad input with nothing lost (issue, section 7)."""

import re
import uuid
from datetime import time, timedelta
from html import unescape

import pytest

from apps.toil.models import Entry, Source
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def release():
    return factories.item(name="Manual release")


@pytest.fixture
def mine(member, release):
    return factories.entry(member, item=release, note="as it was")


def form(entry=None, **changes) -> dict:
    values = {"item": "", "minutes": "25m", "day": "", "clock": "", "stakeholder": "", "note": ""}
    if entry is not None:
        values |= {"item": entry.item_id, "day": entry.day.isoformat(), "note": entry.note, "version": entry.version}
    return values | changes


def address(entry) -> str:
    return f"/toil/entries/{entry.pk}/"


def undo_token(response) -> str:
    return unescape(re.search(r'name="undo" value="([^"]+)"', response.content.decode())[1])


def errors_beside(response, field: str) -> bool:
    """True if the page says what is wrong right at the field."""
    return bool(re.search(rf'id="id_{field}_error"', response.content.decode()))


def test_the_full_form_logs_everything_an_entry_holds(signed_in, member, release):
    stakeholder = factories.stakeholder()
    sent = form(item=release.pk, minutes="1h30", day=member.today(), clock="09:15", stakeholder=stakeholder.pk)
    sent |= {"note": "line one\nline two", "submission_id": uuid.uuid4()}
    assert signed_in.post("/toil/entries/new/", sent).status_code == 302
    entry = Entry.objects.get()
    assert (entry.item, entry.minutes, entry.clock) == (release, 90, time(9, 15))
    assert (entry.stakeholder, entry.note, entry.source) == (stakeholder, "line one\nline two", Source.FORM)


def test_the_full_form_sent_twice_logs_once(signed_in, member, release):
    sent = form(item=release.pk, day=member.today(), submission_id=uuid.uuid4())
    for _again in range(2):
        assert signed_in.post("/toil/entries/new/", sent).status_code == 302
    assert Entry.objects.count() == 1


def test_the_lead_logs_for_somebody_by_the_full_form(client, lead, member, release):
    client.force_login(lead)
    client.post("/toil/entries/new/", form(item=release.pk, day=lead.today(), member=member.pk))
    entry = Entry.objects.get()
    assert (entry.member, entry.logged_by) == (member, lead)


def test_a_member_cannot_log_for_somebody_by_the_full_form(signed_in, member, lead, release):
    signed_in.post("/toil/entries/new/", form(item=release.pk, day=member.today(), member=lead.pk))
    assert Entry.objects.get().member == member


def test_an_edit_changes_the_entry_and_can_be_undone(signed_in, mine):
    page = signed_in.post(address(mine), form(mine, minutes="40m", note="better"), follow=True)
    changed = Entry.objects.get()
    assert (changed.minutes, changed.note, changed.version) == (40, "better", 2)
    signed_in.post("/toil/undo/", {"undo": undo_token(page)})
    back = Entry.objects.get()
    assert (back.minutes, back.note) == (25, "as it was")


def test_an_edit_keeps_how_and_by_whom_it_was_logged(signed_in, mine):
    signed_in.post(address(mine), form(mine, minutes="40m"))
    after = Entry.objects.get()
    assert (after.source, after.logged_by, after.member) == (mine.source, mine.logged_by, mine.member)


def test_a_change_meanwhile_keeps_what_was_typed_and_shows_theirs(signed_in, mine):
    Entry.objects.get().change(1, minutes=77, note="their words")
    response = signed_in.post(address(mine), form(mine, minutes="40m", note="my words"))
    page = response.content.decode()
    assert response.status_code == 409
    assert "my words" in page
    assert "40m" in page
    assert "their words" in page
    assert "1 h 17 min" in page
    assert Entry.objects.get().minutes == 77


def test_after_a_conflict_saving_again_uses_mine(signed_in, mine):
    Entry.objects.get().change(1, minutes=77)
    page = signed_in.post(address(mine), form(mine, minutes="40m")).content.decode()
    version = re.search(r'name="version" value="(\d+)"', page)[1]
    assert signed_in.post(address(mine), form(mine, minutes="40m", version=version)).status_code == 302
    assert Entry.objects.get().minutes == 40


def test_an_edit_that_says_no_version_never_overwrites(signed_in, mine):
    assert signed_in.post(address(mine), form(mine, minutes="40m", version="")).status_code == 409
    assert Entry.objects.get().minutes == 25


def test_a_deleted_entry_comes_back_under_its_id(signed_in, mine):
    before = Entry.objects.values().get()
    page = signed_in.post(address(mine) + "delete/", follow=True)
    assert not Entry.objects.exists()
    signed_in.post("/toil/undo/", {"undo": undo_token(page)})
    after = Entry.objects.values().get()
    assert {**after, "created_at": 0} == {**before, "created_at": 0, "version": after["version"]}


def test_deleting_twice_says_it_was_gone(signed_in, mine):
    signed_in.post(address(mine) + "delete/")
    page = signed_in.post(address(mine) + "delete/", follow=True)
    assert page.status_code == 200
    assert "gone already" in page.content.decode()


def test_deleting_takes_a_post(signed_in, mine):
    assert signed_in.get(address(mine) + "delete/").status_code == 405
    assert Entry.objects.exists()


@pytest.mark.parametrize("what", ["get", "post", "delete"])
def test_other_peoples_entries_are_as_if_not_there(signed_in, lead, release, what):
    theirs = factories.entry(lead, item=release)
    if what == "get":
        response = signed_in.get(address(theirs))
    elif what == "post":
        response = signed_in.post(address(theirs), form(theirs, minutes="1h"))
    else:
        response = signed_in.post(address(theirs) + "delete/")
    assert response.status_code == 404
    assert Entry.objects.get().minutes == 25


def test_a_manager_edits_no_one_elses_entry(client, manager, mine):
    client.force_login(manager)
    assert client.get(address(mine)).status_code == 404


def test_the_lead_edits_every_entry(client, lead, mine):
    client.force_login(lead)
    client.post(address(mine), form(mine, minutes="40m", member=mine.member_id))
    entry = Entry.objects.get()
    assert (entry.minutes, entry.member) == (40, mine.member)


def test_an_entry_the_lead_logged_for_me_is_mine_to_edit(signed_in, member, lead, release):
    entry = factories.entry(member, item=release, by=lead)
    assert signed_in.get(address(entry)).status_code == 200


@pytest.mark.parametrize("pk", ["0", "99999999", "9" * 18])
def test_an_entry_that_never_was_is_not_found(signed_in, pk):
    assert signed_in.get(f"/toil/entries/{pk}/").status_code == 404


BAD = [
    ("minutes", "0"),
    ("minutes", "-5"),
    ("minutes", "1.5"),
    ("minutes", "1e309"),
    ("minutes", "99999"),
    ("minutes", ""),
    ("minutes", "soon"),
    ("minutes", "1" * 39),
    ("minutes", "2" * 10_000),
    ("day", "2999-01-01"),
    ("day", "1970-01-01"),
    ("day", "2026-02-30"),
    ("day", "not a day"),
    ("day", ""),
    ("clock", "25:00"),
    ("clock", "noon-ish"),
    ("item", "99999999"),
    ("item", "x"),
    ("item", ""),
    ("item", "9" * 30),
    ("stakeholder", "99999999"),
    ("stakeholder", "cs"),
    ("note", "n" * 10_000),
]


@pytest.mark.parametrize(("field", "typed"), BAD, ids=[f"{f}={t[:12]}" for f, t in BAD])
@pytest.mark.parametrize("language", ["en", "ja"])
def test_bad_input_is_said_beside_its_field_and_nothing_typed_is_lost(signed_in, member, mine, field, typed, language):
    member.language = language
    member.save()
    for where, base in (
        ("/toil/entries/new/", form(item=mine.item_id, day=member.today(), note="kept words")),
        (address(mine), form(mine, note="kept words")),
    ):
        response = signed_in.post(where, base | {field: typed})
        page = response.content.decode()
        assert response.status_code == 422
        assert errors_beside(response, field)
        assert typed in page or field in ("item", "stakeholder")
        assert field == "note" or "kept words" in page
    after = Entry.objects.get()
    assert (after.note, after.minutes, after.version) == ("as it was", 25, 1)


def test_full_width_digits_are_digits(signed_in, mine):
    assert signed_in.post(address(mine), form(mine, minutes="１２")).status_code == 302
    assert Entry.objects.get().minutes == 12


def post_bytes(client, where: str, values: dict):
    def quote(text) -> str:
        return "".join(f"%{byte:02x}" for byte in str(text).encode("utf-8", "surrogatepass"))

    body = "&".join(f"{name}={quote(value)}" for name, value in values.items())
    return client.post(where, body, content_type="application/x-www-form-urlencoded")


@pytest.mark.parametrize(
    "field", ["note", "minutes", "day", "clock", "item", "stakeholder", "version", "submission_id"]
)
@pytest.mark.parametrize("typed", ["a\x00b", "a\ud800b", "a\u202eb"], ids=["NUL", "lone surrogate", "bidi override"])
def test_what_cannot_be_stored_is_never_a_fault_of_the_server(signed_in, mine, field, typed):
    response = post_bytes(signed_in, address(mine), form(mine) | {field: typed})
    assert response.status_code in (302, 422)
    note = Entry.objects.get().note
    assert not set("\x00\u202e\ud800") & set(note)


def test_emoji_and_accents_are_kept_and_zalgo_is_thinned(signed_in, mine):
    signed_in.post(address(mine), form(mine, note="🔥 café 👩‍🔧 か\u3099 Z" + "\u0351" * 50))
    note = Entry.objects.get().note
    assert "🔥 café 👩‍🔧" in note
    assert note.count("\u0351") <= 4


def test_markup_in_a_note_is_shown_as_text(signed_in, mine):
    signed_in.post(address(mine), form(mine, note="<script>alert(1)</script>"))
    page = signed_in.get("/toil/").content.decode()
    assert "<script>alert(1)" not in page
    assert "&lt;script&gt;alert(1)" in page


def test_a_note_of_two_thousand_characters_is_kept_whole(signed_in, mine):
    assert signed_in.post(address(mine), form(mine, note="n" * 2_000)).status_code == 302
    assert len(Entry.objects.get().note) == 2_000


def test_yesterday_where_i_am_may_be_logged(signed_in, member, mine):
    day = member.today() - timedelta(days=1)
    assert signed_in.post(address(mine), form(mine, day=day)).status_code == 302
    assert Entry.objects.get().day == day


def test_an_archived_stakeholder_stays_on_the_entry_that_has_it(signed_in, member, mine):
    from django.utils import timezone

    old = factories.stakeholder(archived_at=timezone.now())
    mine.change(1, stakeholder=old)
    assert signed_in.post(address(mine), form(mine, stakeholder=old.pk, minutes="40m")).status_code == 302
    assert Entry.objects.get().stakeholder == old
    assert signed_in.post("/toil/entries/new/", form(mine, stakeholder=old.pk)).status_code == 422


def test_after_saving_nobody_is_led_to_another_site(signed_in, mine):
    response = signed_in.post(address(mine), form(mine, next="https://evil.example/"))
    assert response["Location"].startswith("/")
