"""What follows from a deed: who is told, once, and what is true when it is sent (R2, R12, R13)."""

from datetime import timedelta

import pytest
from django.utils import timezone

from apps.gatherings import holidays, notices, schedule
from apps.gatherings.models import Answer, Holiday, Meeting, Participant, Rsvp
from apps.gatherings.recurrence import Frequency, Rule
from apps.reminders.models import Delivery, InboxLine, Preference, State
from apps.reminders.models.delivery import Reason
from tests import factories
from tests.gatherings import told
from tests.gatherings.calendars import seen

pytestmark = pytest.mark.django_db
DAILY = Rule(Frequency.DAILY, interval=1, count=8).to_json()


@pytest.fixture
def row(lead, member, awake):
    return told.gathering(lead, timedelta(days=5), member, rule=None)


@pytest.fixture
def meeting(row):
    return told.only(row)


@pytest.fixture
def series(lead, member, awake):
    return told.gathering(lead, timedelta(days=5), member, rule=DAILY, skips_holidays=False)


# ---- invited ----------------------------------------------------------------------------------------


def test_who_is_invited_hears_of_it_once(lead, member, awake, letters, row):
    guest, known = told.awake(email="guest@example.com"), factories.known()
    Participant.invite(row, [guest, known], lead)
    Participant.invite(row, [guest], lead)
    assert told.planned() == [
        ("gathering_invited", "email", "guest@example.com"),
        ("gathering_invited", "inbox", "guest@example.com"),
    ]
    told.send_all()
    (mail,) = letters.letters
    assert mail["Subject"] == "Invitation: Release together"
    assert "Aoi invites you." in mail.get_body(("plain",)).get_content()
    assert len(set(told.files(mail))) == 1


def test_an_invitation_is_answered_where_it_stands(client, lead, letters, row):
    guest = told.awake()
    Participant.invite(row, [guest], lead)
    told.send_all()
    client.force_login(guest)
    page = client.get("/inbox/")
    assert f'value="/gatherings/{row.pk}/join/"' in page.text and f'value="/gatherings/{row.pk}/leave/"' in page.text
    assert client.post(f"/gatherings/{row.pk}/join/", {"next": "/inbox/"}).url == "/inbox/"
    assert "Release together" not in client.get("/inbox/").text
    assert row.participants.get(member=guest).joined_at


@pytest.mark.parametrize("deed", ["join", "leave", "answer", "close", "over"])
def test_what_was_answered_or_is_over_is_not_asked_any_more(lead, letters, row, meeting, deed):
    guest = told.awake()
    Participant.invite(row, [guest], lead)
    if deed == "join":
        Participant.join(row, guest)
    elif deed == "leave":
        Participant.leave(row, guest)
    elif deed == "answer":
        Rsvp.say(meeting, Answer.GOING, member=guest)
    elif deed == "close":
        row.close()
    else:
        Meeting.objects.filter(pk=meeting.pk).update(
            starts_at=timezone.now() - timedelta(hours=2), ends_at=timezone.now() - timedelta(hours=1)
        )
    told.send_all()
    assert not letters.letters
    ((state, reason),) = told.ended(notices.INVITED)
    assert state == State.SKIPPED and reason in (Reason.NOT_WANTED, Reason.STALE)


@pytest.mark.parametrize("title", told.STRANGE)
def test_any_title_makes_one_subject_line(lead, letters, row, title):
    type(row).objects.filter(pk=row.pk).update(title=title)
    guest = told.awake()
    Participant.invite(row, [guest], lead)
    told.send_all()
    (mail,) = letters.letters
    assert mail["Bcc"] is None and "\u202e" not in mail["Subject"]
    assert mail["Subject"].startswith("Invitation: ") and len(mail["Subject"]) <= 200
    (event,) = seen(told.files(mail)[0])
    assert "Bcc" not in event.about


# ---- moved ------------------------------------------------------------------------------------------


def test_moved_ten_times_in_a_minute_it_is_one_letter_with_the_last_time(lead, member, awake, letters, meeting):
    first = meeting.starts_at
    for days in range(1, 11):
        schedule.change_one(meeting, told.slot(meeting), meeting.day + timedelta(days=days), by=lead)
    told.send_all()
    (mail,) = letters.letters
    assert mail["To"] == member.email and mail["Subject"] == "New time: Release together"
    body = mail.get_body(("plain",)).get_content()
    assert f"It was to be on {first:%A} {first.day}" in body, "before the first of the changes"
    for content in told.files(mail):
        (event,) = seen(content)
        assert event.sequence == 10 and event.begin == first + timedelta(days=10)
    assert Delivery.objects.filter(channel="email", state=State.SKIPPED, reason=Reason.MOVED).count() == 9
    assert InboxLine.objects.filter(member=member).count() == 1


def test_what_moved_away_and_back_within_a_minute_is_not_told(lead, member, awake, letters, meeting):
    schedule.change_one(meeting, told.slot(meeting), meeting.day + timedelta(days=1), by=lead)
    schedule.change_one(meeting, told.slot(meeting), meeting.day, by=lead)
    told.send_all()
    assert not letters.letters
    assert told.ended(notices.MOVED) == {("skipped", Reason.MOVED), ("skipped", Reason.NOT_WANTED)}


def test_another_place_is_told_and_another_title_is_not(lead, member, awake, letters, meeting):
    schedule.change_one(meeting, told.slot(meeting), meeting.day, by=lead, title="Another name")
    assert told.planned() == []
    schedule.change_one(meeting, told.slot(meeting, place="Keyaki"), meeting.day, by=lead, title="")
    told.send_all()
    (mail,) = letters.letters
    assert mail["Subject"] == "New place or link: Release together"
    assert "Keyaki" in mail.get_body(("plain",)).get_content()


def test_it_waits_a_minute_and_spares_who_made_the_change(lead, member, awake, meeting):
    other, no, invited, left = (factories.member() for _each in range(4))
    Rsvp.say(meeting, Answer.MAYBE, member=other)
    Rsvp.say(meeting, Answer.NO, member=no)
    Participant.join(meeting.gathering, no)
    Participant.invite(meeting.gathering, [invited, left], lead)
    Participant.leave(meeting.gathering, left)
    schedule.change_one(meeting, told.slot(meeting), meeting.day + timedelta(days=1), by=lead)
    assert told.who(notices.MOVED) == {member.email, other.email, invited.email}
    due = Delivery.objects.filter(kind=notices.MOVED).first().due_at
    assert timedelta(seconds=50) < due - timezone.now() <= timedelta(minutes=1)
    schedule.change_one(meeting, told.slot(meeting), meeting.day, by=member)
    assert told.who(notices.MOVED) == {lead.email, other.email, invited.email}


def test_a_change_of_many_is_one_message_a_person(client, lead, member, awake, letters, series):
    first = told.only(series)
    later = told.slot(first, place="Keyaki")
    schedule.change_all(first, later, by=lead)
    schedule.change_following(series.meetings.get(number=3), told.slot(first, place="Nire"), by=lead)
    told.send_all()
    (mail,) = letters.letters
    assert mail["Subject"] == "New times: Release together"
    assert "8 meetings changed." in mail.get_body(("plain",)).get_content(), "those of both changes"
    (event,) = seen(told.files(mail)[0])
    assert (event.sequence, event.place) == (1, "Keyaki")


def test_who_only_heard_of_the_first_of_two_changes_still_hears(lead, member, awake, letters, series):
    guest = told.awake()
    first = told.only(series)
    Rsvp.say(first, Answer.MAYBE, member=guest)
    Participant.leave(series, guest)
    schedule.change_all(first, told.slot(first, place="Keyaki"), by=lead)
    schedule.change_following(series.meetings.get(number=3), told.slot(first, place="Nire"), by=lead)
    assert told.who(notices.MOVED) == {member.email, guest.email}


def test_of_a_shorter_series_who_had_answered_hears_that_it_is_off(lead, member, awake, letters, series):
    last = series.meetings.get(number=8)
    Rsvp.say(last, Answer.GOING, member=member)
    first = told.only(series)
    rule = Rule(Frequency.DAILY, interval=1, count=7)
    schedule.change_all(first, told.slot(first), day=first.day, rule=rule, by=lead)
    told.send_all()
    assert [mail["Subject"] for mail in letters.letters] == ["Cancelled: Release together"]


def test_clocks_that_are_put_otherwise_are_told(lead, member, awake, meeting):
    Meeting.objects.filter(pk=meeting.pk).update(tzdata="2020a", starts_at=meeting.starts_at - timedelta(hours=1))
    assert schedule.recompute(timezone.now()) == 1
    assert told.who(notices.MOVED) == {member.email, lead.email}


# ---- cancelled --------------------------------------------------------------------------------------


def test_cancelled_it_is_told_with_the_word_why_and_leaves_calendars(lead, member, awake, letters, meeting):
    meeting.cancel(lead, "Too few of us")
    meeting.cancel(lead, "Again")
    told.send_all()
    (mail,) = letters.letters
    assert mail["Subject"] == "Cancelled: Release together"
    assert "Too few of us" in mail.get_body(("plain",)).get_content()
    content, attached = told.files(mail)
    assert content == attached and b"METHOD:CANCEL" in content
    (event,) = seen(content)
    assert (event.status, event.sequence) == ("CANCELLED", 1)


def test_cancelled_and_restored_within_a_minute_nobody_hears(lead, member, awake, letters, meeting):
    meeting.cancel(lead)
    meeting.restore(lead)
    told.send_all()
    assert not letters.letters and not Delivery.objects.filter(kind=notices.RESTORED).exists()


def test_who_heard_that_it_is_off_hears_that_it_is_on(lead, member, awake, letters, meeting):
    meeting.cancel(lead)
    told.send_all()
    meeting.restore(lead)
    told.send_all()
    assert [mail["Subject"] for mail in letters.letters] == [
        "Cancelled: Release together",
        "It happens after all: Release together",
    ]
    (event,) = seen(told.files(letters.letters[1])[0])
    assert (event.status, event.sequence) == ("CONFIRMED", 2)
    assert told.say(notices.CANCELLED) == [Reason.NOT_WANTED], "the inbox forgets the old word"


def test_a_week_left_out_is_told_kindly(lead, member, awake, letters, series):
    schedule.skip(told.only(series), lead)
    told.send_all()
    (mail,) = letters.letters
    assert mail["Subject"] == "Skipped: Release together"
    assert "A week is left out" in mail.get_body(("plain",)).get_content()


def test_resting_and_closing_are_one_message_each(lead, member, awake, letters, series):
    schedule.rest(series, told.only(series).day + timedelta(days=3), lead)
    told.send_all()
    schedule.close(series, lead)
    told.send_all()
    rests, closed = letters.letters
    assert rests["Subject"] == "Skipped: Release together"
    assert "It rests until" in rests.get_body(("plain",)).get_content()
    assert closed["Subject"] == "Cancelled: Release together"
    assert "5 meetings do not happen." in closed.get_body(("plain",)).get_content()


def test_of_two_changes_of_many_within_a_minute_the_last_word_holds(lead, member, awake, letters, series):
    schedule.rest(series, told.only(series).day + timedelta(days=3), lead)
    schedule.close(series, lead)
    told.send_all()
    (mail,) = letters.letters
    assert mail["Subject"] == "Cancelled: Release together"
    assert "8 meetings do not happen." in mail.get_body(("plain",)).get_content()


def test_holidays_are_one_message_a_gathering(lead, member, awake, series):
    type(series).objects.filter(pk=series.pk).update(skips_holidays=True)
    days = list(series.meetings.values_list("day", flat=True))[:3]
    assert holidays.add(dict.fromkeys(days, "Holiday"), lead) == 3
    assert told.who(notices.CANCELLED) == {member.email}
    assert Delivery.objects.filter(kind=notices.CANCELLED, channel="inbox").count() == 1
    assert Holiday.objects.count() == 3


def test_what_is_over_is_cancelled_without_a_word(lead, member, awake, meeting):
    Meeting.objects.filter(pk=meeting.pk).update(
        starts_at=timezone.now() - timedelta(hours=2), ends_at=timezone.now() - timedelta(hours=1)
    )
    meeting.refresh_from_db()
    meeting.cancel(lead)
    assert told.planned() == []


# ---- a seat -----------------------------------------------------------------------------------------


def test_who_moves_up_hears_at_once_and_each_time(lead, member, awake, letters):
    meeting = told.only(told.gathering(lead, timedelta(days=5), seats=1))
    other = factories.member()
    for _twice in range(2):
        Rsvp.say(meeting, Answer.GOING, member=other)
        Rsvp.say(meeting, Answer.GOING, member=member)
        assert told.planned() == [], "who asked sees it on the page"
        Rsvp.say(meeting, Answer.NO, member=other)
        assert told.who(notices.SEAT) == {member.email}
        told.send_all()
        Rsvp.say(meeting, Answer.NO, member=member)
    assert [mail["Subject"] for mail in letters.letters] == ["You have a seat: Release together"] * 2
    (event,) = seen(told.files(letters.letters[0])[0])
    assert b"PARTSTAT=ACCEPTED" in told.files(letters.letters[0])[0] and event.sequence == 0


def test_a_seat_given_back_before_the_news_went_out_is_not_told(lead, member, awake, letters):
    meeting = told.only(told.gathering(lead, timedelta(days=5), seats=1))
    Rsvp.say(meeting, Answer.GOING, guest="Somebody")
    Rsvp.say(meeting, Answer.GOING, member=member)
    schedule.change_one(meeting, told.slot(meeting, seats=2), meeting.day, by=lead)
    Rsvp.say(meeting, Answer.NO, member=member)
    told.send_all()
    assert not letters.letters


# ---- between plan and send --------------------------------------------------------------------------


def test_what_changes_between_plan_and_send_counts(lead, letters, row, meeting):
    no, away, off, nobody = (told.awake() for _each in range(4))
    for person in (no, away, off, nobody):
        Participant.join(row, person)
    schedule.change_one(meeting, told.slot(meeting), meeting.day + timedelta(days=1), by=lead)
    Rsvp.say(meeting, Answer.NO, member=no)
    Participant.leave(row, away)
    Preference.objects.create(member=off, kind=notices.MOVED, channel="email", choice="off")
    type(nobody).objects.filter(pk=nobody.pk).update(email="")
    told.send_all()
    assert len(letters.letters) == 1
    said = dict(Delivery.objects.filter(channel="email").values_list("recipient", "reason"))
    assert [said[one.pk] for one in (no, away, off, nobody)] == [
        Reason.NOT_WANTED, Reason.NOT_WANTED, Reason.OPTED_OUT, Reason.NO_ADDRESS,
    ]  # fmt: skip


def test_cancelled_between_plan_and_send_only_that_is_said(lead, member, awake, letters, meeting):
    schedule.change_one(meeting, told.slot(meeting), meeting.day + timedelta(days=1), by=lead)
    Meeting.objects.filter(pk=meeting.pk).update(cancelled_at=timezone.now())
    told.send_all()
    assert told.ended(notices.MOVED) == {("skipped", Reason.CANCELLED)}
    Meeting.objects.filter(pk=meeting.pk).delete()
    assert told.say(notices.MOVED) == [Reason.ERASED]


def test_a_page_that_moves_a_meeting_tells_people(client, lead, member, awake, meeting):
    client.force_login(lead)
    day = meeting.day + timedelta(days=2)
    sent = {"day": day.isoformat(), "clock": "12:00", "minutes": 60, "zone": "Asia/Tokyo", "scope": "this"}
    assert client.post(f"/gatherings/{meeting.gathering_id}/1/edit/", sent).status_code == 302
    assert told.who(notices.MOVED) == {member.email}
    assert (
        client.post(f"/gatherings/{meeting.gathering_id}/1/cancel/", {"scope": "this", "words": "Ill"}).status_code
        == 302
    )
    assert told.who(notices.CANCELLED) == {member.email}
    assert told.who(notices.MOVED) == set()
