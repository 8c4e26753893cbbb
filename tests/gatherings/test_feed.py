"""Calendar feeds: what is in them, for whom, what they keep quiet about, and what they cost."""

import re
from datetime import timedelta

import icalendar
import pytest
import time_machine
from ical.calendar_stream import IcsCalendarStream

from apps.accounts.models import Organisation
from apps.gatherings import schedule
from apps.gatherings.models import Answer, Feed, FeedKind, Participant, Rsvp
from apps.gatherings.schedule import Slot
from tests import factories
from tests.gatherings.test_planning import FRIDAY, MONDAY, SLOT, circle

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def monday():
    with time_machine.travel(MONDAY, tick=False) as clock:
        yield clock


def events(response) -> dict[str, icalendar.Event]:
    """By UID, after both libraries have read it."""
    text = b"".join(response).decode() if response.streaming else response.content.decode()
    assert len(IcsCalendarStream.calendar_from_ics(text).events) == text.count("BEGIN:VEVENT")
    found = icalendar.Calendar.from_ical(text).walk("VEVENT")
    return {str(event["UID"]): event for event in found}


def feed(client, member, kind=FeedKind.MINE, **fields):
    return client.get(f"/calendar/{Feed.make(member, kind, **fields)}.ics")


def test_mine_has_what_i_take_part_in_and_not_what_i_said_no_to(client, lead, member):
    row, other = circle(lead), circle(lead, title="Another circle")
    Participant.join(row, member)
    Rsvp.say(row.meetings.get(number=1), Answer.GOING, member=member)
    Rsvp.say(row.meetings.get(number=2), Answer.NO, member=member)
    found = events(feed(client, member))
    home = Organisation.get().instance_id
    assert f"{row.uuid}-2@{home}" not in found and not any(str(other.uuid) in uid for uid in found)
    first, third = found[f"{row.uuid}-1@{home}"], found[f"{row.uuid}-3@{home}"]
    assert (first["STATUS"], third["STATUS"]) == ("CONFIRMED", "TENTATIVE")
    assert first["DTSTART"].dt.isoformat() == "2026-11-06T12:30:00+09:00"
    assert first["URL"].endswith(f"/gatherings/{row.pk}/1/")
    assert any(str(other.uuid) in uid for uid in events(feed(client, member, FeedKind.ALL)))


def test_moves_and_cancellations_arrive_and_stay_thirty_days(client, lead, member, monday):
    row = circle(lead)
    token = Feed.make(lead, FeedKind.MINE)
    first, second = row.meetings.get(number=1), row.meetings.get(number=2)
    schedule.change_one(first, SLOT, FRIDAY + timedelta(days=3))
    second.cancel(lead, "The room is being painted")
    found = events(client.get(f"/calendar/{token}.ics"))
    by_number = {uid.split("@")[0].rsplit("-", 1)[1]: event for uid, event in found.items()}
    assert (by_number["1"]["SEQUENCE"], by_number["1"]["DTSTART"].dt.day) == (1, 9)
    assert (by_number["2"]["SEQUENCE"], by_number["2"]["STATUS"]) == (1, "CANCELLED")
    assert (by_number["3"]["SEQUENCE"], by_number["3"]["STATUS"]) == (0, "TENTATIVE")
    monday.shift(timedelta(days=31))
    assert len(events(client.get(f"/calendar/{token}.ics"))) == len(found) - 1


def test_the_sequence_grows_with_time_place_and_cancel_only(lead):
    first = circle(lead).meetings.get(number=1)
    seen = []
    for number in range(25):
        place = "Kusunoki" if number % 3 else "Sakura"
        schedule.change_one(first, Slot(SLOT.clock, 45, "Asia/Tokyo", place), FRIDAY, title=f"Chapter {number}")
        (first.cancel if number % 2 else first.restore)(*([lead] if number % 2 else []))
        first.refresh_from_db()
        seen.append(first.schedule_rev)
    assert seen == sorted(seen) and seen[-1] > 25
    schedule.change_one(first, Slot(SLOT.clock, 45, "Asia/Tokyo", first.place, "", 9), FRIDAY, title="Only the title")
    first.refresh_from_db()
    assert first.schedule_rev == seen[-1]


def test_no_names_no_notes_and_only_busy_where_that_was_chosen(client, lead, member):
    row = circle(lead, about="Between ourselves")
    Rsvp.say(row.meetings.get(number=1), Answer.GOING, member=member)
    text = feed(client, lead).content.decode()
    assert row.title in text and "ATTENDEE" not in text and "ORGANIZER" not in text
    assert "Between ourselves" not in text and member.display_name not in text and lead.display_name not in text
    text = feed(client, lead, busy=True).content.decode()
    assert "SUMMARY:Busy" in text and row.title not in text and "Kusunoki" not in text


def test_unchanged_it_costs_nothing(client, lead, django_assert_max_num_queries):
    circle(lead)
    token = Feed.make(lead, FeedKind.MINE)
    first = client.get(f"/calendar/{token}.ics", headers={"user-agent": "khal/0.13"})
    assert first["Cache-Control"] == "private, max-age=900" and first["Content-Type"].startswith("text/calendar")
    with django_assert_max_num_queries(6):
        again = client.get(f"/calendar/{token}.ics", headers={"if-none-match": first["ETag"]})
    assert again.status_code == 304 and not again.content
    row = Feed.objects.get()
    assert (row.agent, row.fetched_at) == ("khal/0.13", MONDAY)


def test_wrong_reset_switched_off_and_of_who_left_are_not_there(client, lead, member):
    circle(lead)
    old = Feed.make(member, FeedKind.MINE)
    token = Feed.make(member, FeedKind.MINE)
    assert client.get(f"/calendar/{old}.ics").status_code == 404
    for wrong in ("x", token[:-1], token + "x", "%00", "a" * 5_000):
        assert client.get(f"/calendar/{wrong}.ics").status_code == 404
    assert client.get(f"/calendar/{token}.ics").status_code == 200
    member.is_active = False
    member.save()
    assert client.get(f"/calendar/{token}.ics").status_code == 404


def test_only_its_digest_is_stored_and_the_address_is_shown_once(client, member):
    client.force_login(member)
    page = client.post("/gatherings/calendar/new/", {"kind": "mine", "busy": "on"})
    token = re.search(r"/calendar/([\w-]{43})\.ics", page.text)[1]
    row = Feed.objects.get()
    assert row.busy and token not in row.digest and page["Cache-Control"] == "no-store"
    assert "webcal://" in page.text and token not in client.get("/gatherings/calendar/").text
    assert client.post("/gatherings/calendar/new/", {"kind": "everything"}).status_code == 302
    assert Feed.objects.count() == 1


def test_switched_off_by_its_owner_or_an_admin(client, member):
    admin = factories.member(is_admin=True)
    Feed.make(member, FeedKind.MINE)
    other = factories.member()
    client.force_login(other)
    assert client.post(f"/gatherings/calendar/{Feed.objects.get().pk}/end/").status_code == 404
    assert member.display_name not in client.get("/gatherings/calendar/").text
    client.force_login(admin)
    assert member.display_name in client.get("/gatherings/calendar/").text
    client.post(f"/gatherings/calendar/{Feed.objects.get().pk}/end/")
    assert not Feed.objects.exists()


def test_a_file_of_one_meeting_and_of_a_series(client, lead, member):
    row = circle(lead)
    client.force_login(member)
    one = client.get(f"/gatherings/{row.pk}/1/calendar.ics")
    assert len(events(one)) == 1 and 'filename="gathering-' in one["Content-Disposition"]
    assert len(events(client.get(f"/gatherings/{row.pk}/calendar.ics"))) == row.meetings.count()
    assert client.get(f"/gatherings/{row.pk}/999/calendar.ics").status_code == 404
    client.logout()
    assert client.get(f"/gatherings/{row.pk}/1/calendar.ics").status_code == 302
