"""Logging through the browser's requests: the line, repeats, offline, undo; each deed exactly once (R48)."""

import re
import uuid
from datetime import date, timedelta
from html import unescape

import pytest
import time_machine

from apps.toil.models import Entry, Item, Source, StateChange
from tests import factories

pytestmark = pytest.mark.django_db
LINE = "/toil/log/"
HTMX = {"HTTP_HX_REQUEST": "true"}


@pytest.fixture
def release():
    return factories.item(name="Manual release", name_ja="手動リリース")


def undo_token(response) -> str:
    return unescape(re.search(r'name="undo" value="([^"]+)"', response.content.decode())[1])


def send(client, line: str, **more):
    return client.post(LINE, {"line": line, "submission_id": uuid.uuid4(), **more})


def test_a_line_logs_what_it_says(signed_in, member, release):
    stakeholder = factories.stakeholder(tag="cs")
    response = send(signed_in, "25m manual release #cs yesterday !rolled back twice")
    assert response.status_code == 302
    entry = Entry.objects.get()
    assert (entry.member, entry.item, entry.minutes, entry.stakeholder) == (member, release, 25, stakeholder)
    assert (entry.day, entry.note) == (member.today() - timedelta(days=1), "rolled back twice")
    assert (entry.source, entry.logged_by) == (Source.QUICK, None)


def test_a_line_in_japanese_logs_the_same(signed_in, release):
    send(signed_in, "25分手動リリース　昨日")
    assert Entry.objects.get().item == release


def test_a_repeat_of_the_same_submission_logs_once(signed_in, release):
    same = uuid.uuid4()
    for _again in range(3):
        assert send(signed_in, "25m manual release", submission_id=same).status_code == 302
    assert Entry.objects.count() == 1


def test_a_repeat_after_the_undo_does_not_log_again(signed_in, release):
    same = uuid.uuid4()
    page = signed_in.post(LINE, {"line": "25m manual release", "submission_id": same}, follow=True)
    signed_in.post("/toil/undo/", {"undo": undo_token(page)})
    assert send(signed_in, "25m manual release", submission_id=same).status_code == 302
    assert not Entry.objects.exists()


def test_the_same_submission_of_two_members_logs_for_both(client, member, lead, release):
    same = uuid.uuid4()
    for person in (member, lead):
        client.force_login(person)
        send(client, "25m manual release", submission_id=same)
    assert Entry.objects.count() == 2


@pytest.mark.parametrize("broken", ["", "not-an-id", "\x00"])
def test_an_unreadable_submission_id_stops_nobody(signed_in, release, broken):
    assert send(signed_in, "25m manual release", submission_id=broken).status_code == 302
    assert Entry.objects.count() == 1


@pytest.mark.parametrize(
    "line",
    [
        "25m",
        "manual release",
        "25m nothing like it",
        "25m manual release #nobody",
        "25m manual release tomorrow",
        "0m manual release",
    ],
)
def test_what_is_not_ready_keeps_the_line_and_writes_nothing(signed_in, release, line):
    response = send(signed_in, line)
    assert response.status_code == 422
    assert f'value="{line}"' in response.content.decode()
    assert not Entry.objects.exists()
    assert Item.objects.count() == 1


def test_a_choice_of_the_question_logs_without_script(signed_in, release):
    page = send(signed_in, "manual release").content.decode()
    choice = unescape(re.search(r'name="line" value="([^"]+)"', page.split('id="reads"')[1])[1])
    assert send(signed_in, choice).status_code == 302
    assert Entry.objects.get().item == release


def test_a_new_item_is_observed_by_who_logged_it(signed_in, member):
    send(signed_in, '25m +"Certificate rotation"')
    item = Item.objects.get()
    assert (item.name, item.created_by, item.state) == ("Certificate rotation", member, "observed")
    assert StateChange.objects.get().item == item
    assert Entry.objects.get().item == item


def test_a_new_item_sent_twice_is_made_once(signed_in):
    same = uuid.uuid4()
    for _again in range(2):
        send(signed_in, '25m +"Certificate rotation"', submission_id=same)
    assert Item.objects.count() == 1


def test_htmx_gets_a_fragment_and_no_page(signed_in, release):
    response = signed_in.post(LINE, {"line": "25m manual release", "submission_id": uuid.uuid4()}, **HTMX)
    assert response.status_code == 200
    assert response["HX-Trigger"] == "logged"
    assert "<html" not in response.content.decode()
    assert undo_token(response)


def test_htmx_gets_the_question_as_a_fragment(signed_in, release):
    response = signed_in.post(LINE, {"line": "manual release"}, **HTMX)
    assert response.status_code == 422
    assert "<html" not in response.content.decode()


def test_the_reading_is_echoed_while_typing_and_writes_nothing(signed_in, release):
    response = signed_in.get("/toil/read/", {"line": "25m manual release"}, **HTMX)
    assert "Manual release" in response.content.decode()
    assert not Entry.objects.exists()


def test_an_undo_takes_the_entry_back_and_redo_brings_it_again(signed_in, release):
    page = signed_in.post(LINE, {"line": "25m manual release !why"}, follow=True)
    before = Entry.objects.values().get()
    page = signed_in.post("/toil/undo/", {"undo": undo_token(page)}, follow=True)
    assert not Entry.objects.exists()
    signed_in.post("/toil/undo/", {"undo": undo_token(page)})
    after = Entry.objects.values().get()
    assert {**after, "created_at": 0} == {**before, "created_at": 0}


def test_an_undo_done_twice_says_so_and_harms_nothing(signed_in, release):
    token = undo_token(signed_in.post(LINE, {"line": "25m manual release"}, follow=True))
    signed_in.post("/toil/undo/", {"undo": token})
    page = signed_in.post("/toil/undo/", {"undo": token}, follow=True)
    assert "undone any more" in page.content.decode()


def test_an_undo_of_what_changed_since_is_refused(signed_in, release):
    token = undo_token(signed_in.post(LINE, {"line": "25m manual release"}, follow=True))
    entry = Entry.objects.get()
    entry.change(entry.version, minutes=30)
    signed_in.post("/toil/undo/", {"undo": token})
    assert Entry.objects.get().minutes == 30


def test_an_undo_belongs_to_who_got_it(client, member, lead, release):
    client.force_login(member)
    token = undo_token(client.post(LINE, {"line": "25m manual release"}, follow=True))
    client.force_login(lead)
    client.post("/toil/undo/", {"undo": token})
    assert Entry.objects.count() == 1


@pytest.mark.parametrize("token", ["", "nonsense", "\x00", "a:b:c", "\ud800"])
def test_a_forged_undo_is_refused(signed_in, member, release, token):
    factories.entry(member, item=release)
    assert signed_in.post("/toil/undo/", {"undo": token.encode("utf-8", "replace").decode()}).status_code == 302
    assert Entry.objects.count() == 1


def test_an_undo_is_good_for_a_day(signed_in, release):
    with time_machine.travel("2026-03-18 09:00Z", tick=False) as traveller:
        token = undo_token(signed_in.post(LINE, {"line": "25m manual release"}, follow=True))
        traveller.shift(timedelta(hours=25))
        signed_in.post("/toil/undo/", {"undo": token})
    assert Entry.objects.count() == 1


def test_a_line_typed_offline_counts_for_its_day(signed_in, release):
    with time_machine.travel("2026-03-18 09:00Z", tick=False):
        send(signed_in, "25m manual release", typed_on="2026-03-15")
        send(signed_in, "25m manual release yesterday", typed_on="2026-03-15")
    assert list(Entry.objects.order_by("id").values_list("day", flat=True)) == [date(2026, 3, 15), date(2026, 3, 14)]


@time_machine.travel("2026-03-18 09:00Z", tick=False)
def test_a_line_typed_offline_on_another_day_has_no_clock_of_today(signed_in, release):
    send(signed_in, "25m manual release", typed_on="2026-03-15")
    assert Entry.objects.get().clock is None


@pytest.mark.parametrize("typed_on", ["2999-01-01", "1999-01-01", "never", "2026-02-30"])
@time_machine.travel("2026-03-18 09:00Z", tick=False)
def test_a_day_that_cannot_be_when_it_was_typed_counts_as_today(signed_in, release, typed_on):
    send(signed_in, "25m manual release", typed_on=typed_on)
    assert Entry.objects.get().day == date(2026, 3, 18)


@time_machine.travel("2026-03-18 20:00Z", tick=False)
def test_today_is_the_day_where_the_member_is(client):
    tokyo = factories.member(time_zone="Asia/Tokyo")
    factories.item(name="Manual release")
    client.force_login(tokyo)
    send(client, "25m manual release")
    assert Entry.objects.get().day == date(2026, 3, 19)


def test_a_chip_logs_again_for_today(signed_in, member, release):
    response = signed_in.post("/toil/again/", {"item": release.pk, "minutes": "40", "submission_id": uuid.uuid4()})
    assert response.status_code == 302
    entry = Entry.objects.get()
    assert (entry.item, entry.minutes, entry.day, entry.source) == (release, 40, member.today(), Source.REPEAT)


def test_a_chip_pressed_twice_in_one_submission_logs_once(signed_in, release):
    same = uuid.uuid4()
    for _again in range(2):
        signed_in.post("/toil/again/", {"item": release.pk, "submission_id": same})
    assert Entry.objects.count() == 1


@pytest.mark.parametrize(("item", "status"), [("0", 404), ("x", 404), ("99999999", 404), ("9" * 40, 404), ("", 404)])
def test_a_chip_of_no_item_is_not_found(signed_in, item, status):
    assert signed_in.post("/toil/again/", {"item": item}).status_code == status


def test_a_chip_of_impossible_minutes_writes_nothing(signed_in, release):
    for minutes in ("99999", "0", "-5", "1.5", "1e309", "x"):
        page = signed_in.post("/toil/again/", {"item": release.pk, "minutes": minutes}, follow=True)
        assert "Nothing was logged" in page.content.decode(), minutes
    assert not Entry.objects.exists()


def test_the_lead_logs_for_somebody_and_the_entry_says_so(client, lead, release):
    other = factories.member(display_name="Kenji Sato", given_name="Kenji")
    client.force_login(lead)
    page = client.post(LINE, {"line": "25m manual release @kenji"}, follow=True)
    entry = Entry.objects.get()
    assert (entry.member, entry.logged_by) == (other, lead)
    assert "for Kenji" in page.content.decode()


def test_a_member_cannot_log_for_somebody(signed_in, release):
    factories.member(display_name="Kenji Sato", given_name="Kenji")
    assert send(signed_in, "25m manual release @kenji").status_code == 422
    assert not Entry.objects.exists()


def test_a_member_may_name_themselves(signed_in, member, release):
    send(signed_in, f"25m manual release @{member.display_name.replace(' ', '_')}")
    entry = Entry.objects.get()
    assert (entry.member, entry.logged_by) == (member, None)


@pytest.mark.parametrize(
    "text",
    [
        "25m \x00manual release",
        "25m ma\u202enual release",
        "25m \ud800manual release",
        "25m manual release !🔥 Z\u0351\u0327\u0489",
    ],
)
def test_marks_that_cannot_be_kept_are_taken_out(signed_in, release, text):
    body = "line=" + "".join(f"%{byte:02x}" for byte in text.encode("utf-8", "surrogatepass"))
    response = signed_in.post(LINE, body, content_type="application/x-www-form-urlencoded")
    assert response.status_code in (302, 422)
    for entry in Entry.objects.select_related("item"):
        assert not set("\x00\u202e\ud800") & set(entry.note + entry.item.name)


def test_the_item_learns_how_long_it_usually_takes(signed_in, release):
    for minutes in (20, 30, 90):
        send(signed_in, f"{minutes}m manual release")
    release.refresh_from_db()
    assert release.usual_minutes == 30


def test_an_entry_without_a_tag_takes_the_items_stakeholder(signed_in, release):
    release.stakeholder = factories.stakeholder()
    release.save()
    send(signed_in, "25m manual release")
    assert Entry.objects.get().stakeholder == release.stakeholder


def test_who_is_not_signed_in_logs_nothing(client, lead, release):
    assert client.post(LINE, {"line": "25m manual release"}).status_code in (302, 403)
    assert not Entry.objects.exists()


def test_chips_show_what_is_logged_most_at_this_hour(signed_in, member):
    from datetime import datetime, time

    from apps.toil.repeats import likely_now

    morning, evening = factories.item(name="Morning check"), factories.item(name="Evening batch")
    day = date(2026, 3, 18)
    for ago in range(1, 6):
        factories.entry(member, item=morning, day=day - timedelta(days=ago), clock=time(9))
        factories.entry(member, item=evening, day=day - timedelta(days=ago), clock=time(18))
    assert [r.item for r in likely_now(member, datetime(2026, 3, 18, 9, 10))] == [morning.pk, evening.pk]
    assert [r.item for r in likely_now(member, datetime(2026, 3, 18, 18, 10))] == [evening.pk, morning.pk]


def test_a_question_without_script_leads_back_to_where_the_line_was_typed(signed_in, member):
    factories.item(name="Manual release")
    asked = signed_in.post("/toil/log/", {"line": "manual release", "next": "/toil/?who=me"})
    assert asked.status_code == 422
    assert 'name="next" value="/toil/?who=me"' in asked.content.decode()
    assert 'name="next" value="/toil/log/"' in signed_in.get("/toil/log/").content.decode()
    assert (
        "evil.example"
        not in signed_in.post(
            "/toil/log/", {"line": "manual release", "next": "https://evil.example/"}
        ).content.decode()
    )
