"""What the messages say: in the reader's language, on the reader's clock, with few queries however many are read."""

from datetime import UTC, datetime, time, timedelta

import pytest
import time_machine
from django.utils import timezone

from apps.gatherings import notices, planned_ahead, schedule
from apps.gatherings.models import Answer, Book, Gathering, Meeting, Participant, Rsvp
from apps.reminders import kinds
from apps.reminders.letter import Letter
from apps.reminders.models import Delivery
from tests import factories
from tests.gatherings import told

pytestmark = pytest.mark.django_db
MONDAY = datetime(2026, 11, 2, 9, tzinfo=UTC)
TOKYO = "Asia/Tokyo"
AHEAD = {notices.FIRST: 24 * 60, notices.SECOND: 15, notices.CHAPTER: 2 * 24 * 60, notices.LEADS: 3 * 24 * 60}


@pytest.fixture(autouse=True)
def monday():
    with time_machine.travel(MONDAY, tick=False) as clock:
        yield clock


@pytest.fixture
def meeting(lead, member) -> Meeting:
    """Next Friday, 6 November, at 12:30 in Tokyo."""
    row = factories.gathering(
        lead, kind="reading", title="Site Reliability Engineering", clock=time(12, 30), minutes=45, place="Kusunoki",
        link="https://meet.example.com/sre", first_day=(MONDAY + timedelta(days=4)).date(), zone=TOKYO,
    )  # fmt: skip
    Participant.join(row, lead)
    Participant.join(row, member)
    book = Book.begin(row, title="SRE")
    book.add([("Embracing risk", 24)])
    book.chapters.get().take(lead)
    return told.only(row)


def delivery(kind, meeting, member, **fields) -> Delivery:
    values = {"occurrence": notices.of_meeting(meeting.pk), "schedule_rev": meeting.schedule_rev, "channel": "inbox"}
    return Delivery(
        kind=kind, recipient=member, to=f"member:{member.pk}", due_at=timezone.now(), run_at=timezone.now(),
        **(values | fields),
    )  # fmt: skip


def said(kind, meeting, member, language="en", zone=TOKYO, **fields) -> Letter:
    meeting.refresh_from_db()
    (one,) = told.say(kind, delivery(kind, meeting, member, **fields), language=language, zone=zone)
    assert isinstance(one, Letter), one
    return one


@pytest.mark.parametrize(
    ("hours", "english", "japanese"),
    [
        (72, "Friday 6 November at 12:30: ", "11月6日（金）12:30から："),
        (24, "Tomorrow at 12:30: ", "明日12:30から："),
        (12, "Today at 12:30: ", "今日12:30から："),
        (0.25, "In 15 minutes: ", "あと15分："),
        (1 / 60, "In 1 minute: ", "あと1分："),
        (-1 / 60, "It begins now: ", "始まります："),
    ],
)
def test_a_reminder_says_how_soon_it_is_when_it_is_read(monday, meeting, member, hours, english, japanese):
    monday.move_to(meeting.starts_at - timedelta(hours=hours))
    title = "Site Reliability Engineering"
    assert said(notices.FIRST, meeting, member).subject == english + title
    assert said(notices.SECOND, meeting, member, "ja").subject == japanese + title


def test_times_are_on_the_readers_clock_and_name_the_organisers(meeting, member):
    here, there = (said(notices.FIRST, meeting, member, zone=zone).facts for zone in (TOKYO, "Europe/Berlin"))
    assert here == (
        ("When", "Friday 6 November, 12:30 to 13:15"),
        ("Where", "Kusunoki"),
        ("Online", "https://meet.example.com/sre"),
    )
    assert there[0] == ("When", "Friday 6 November, 04:30 to 05:15 (6 Nov 12:30 in Asia/Tokyo)")
    (first, *_rest) = said(notices.FIRST, meeting, member, "ja", "Europe/Berlin").facts
    assert first == ("いつ", "11月6日（金）、4:30〜5:15 (Asia/Tokyoでは11/6 12:30)")


@pytest.mark.parametrize(
    ("answer", "english", "japanese"),
    [
        (
            "",
            "Say whether you come: it helps whoever prepares it.",
            "参加するかどうかを知らせておくと、準備する人が助かります。",
        ),
        ("going", "You said that you come.", "「参加」と答えています。"),
        (
            "maybe",
            "You said maybe. A yes or a no helps whoever prepares it.",
            "「未定」と答えています。はっきりすると、準備する人が助かります。",
        ),
    ],
)
def test_it_knows_what_one_answered(meeting, member, answer, english, japanese):
    if answer:
        Rsvp.say(meeting, answer, member=member)
    one = said(notices.FIRST, meeting, member)
    assert one.text == (english,)
    assert said(notices.FIRST, meeting, member, "ja").text == (japanese,)
    offered = [button.fields[0][1] for button in one.answers]
    assert offered == (["no"] if answer == "going" else ["going", "no"])


def test_an_invitation_in_both_languages(lead, meeting):
    guest = factories.member()
    Gathering.objects.update(about="We read a chapter and talk.")
    Participant.invite(meeting.gathering, [guest], lead)
    of = {"occurrence": notices.of_gathering(meeting.gathering_id), "schedule_rev": 0}
    english, japanese = (said(notices.INVITED, meeting, guest, language, **of) for language in ("en", "ja"))
    assert english.subject == "Invitation: Site Reliability Engineering"
    assert english.text == ("Aoi invites you.", "We read a chapter and talk.")
    assert english.facts[:2] == (("What", "Reading circle"), ("When", "Friday 6 November, 12:30 to 13:15"))
    assert [(one.label, one.path) for one in english.answers] == [
        ("Join", f"/gatherings/{meeting.gathering_id}/join/"),
        ("Not for me", f"/gatherings/{meeting.gathering_id}/leave/"),
    ]
    assert japanese.subject == "招待：Site Reliability Engineering"
    assert japanese.text[0] == "Mizunoさんからの招待です。"
    assert japanese.facts[0] == ("内容", "輪読会")


def test_what_is_read_and_who_leads_in_both_languages(meeting, member, lead):
    assert said(notices.CHAPTER, meeting, member).subject == "For Friday 6 November: Chapter 1: Embracing risk"
    japanese = said(notices.CHAPTER, meeting, member, "ja")
    assert japanese.subject == "11月6日（金）に話す章：第1章 Embracing risk"
    assert "読んでいなくても、" in japanese.text[0]
    assert said(notices.LEADS, meeting, lead).subject == "You lead: Chapter 1: Embracing risk"
    assert said(notices.LEADS, meeting, lead, "ja").subject == "進行役です：第1章 Embracing risk"


def test_changes_in_both_languages(meeting, member, lead):
    schedule.change_one(meeting, told.slot(meeting), meeting.day + timedelta(days=3), by=lead)
    payload = Delivery.objects.filter(kind=notices.MOVED).first().payload
    english, japanese = (said(notices.MOVED, meeting, member, language, payload=payload) for language in ("en", "ja"))
    assert english.subject == "New time: Site Reliability Engineering"
    assert english.text[0] == "It was to be on Friday 6 November at 12:30."
    assert english.facts[0] == ("When", "Monday 9 November, 12:30 to 13:15")
    assert japanese.subject == "日時の変更：Site Reliability Engineering"
    assert japanese.text[0] == "もとの予定は11月6日（金）12:30でした。"
    meeting.cancel(lead, "Too few of us")
    english, japanese = (said(notices.CANCELLED, meeting, member, language) for language in ("en", "ja"))
    assert (english.subject, english.text) == ("Cancelled: Site Reliability Engineering", ("Too few of us",))
    assert japanese.subject == "中止：Site Reliability Engineering"
    meeting.restore(lead)
    assert said(notices.RESTORED, meeting, member, "ja").subject == "予定どおり開きます：Site Reliability Engineering"


def test_many_changes_in_both_languages(lead, member):
    row = told.gathering(lead, timedelta(days=4), member, rule={"frequency": "daily", "count": 3}, skips_holidays=False)
    first = told.only(row)
    schedule.change_all(first, told.slot(first, place="Keyaki"), by=lead)
    (english,), (japanese,) = (told.say(notices.MOVED, language=language) for language in ("en", "ja"))
    assert english.subject == "New times: Release together"
    assert english.text[0] == "3 meetings changed. This is the next:"
    assert japanese.text[0] == "3回分が変わりました。次の回は下のとおりです。"
    Delivery.objects.all().delete()
    schedule.close(row, lead)
    (english,), (japanese,) = (told.say(notices.CANCELLED, language=language) for language in ("en", "ja"))
    assert english.text == ("3 meetings do not happen.",)
    assert english.facts == (("When", "Friday 6 November, Saturday 7 November, Sunday 8 November"),)
    assert japanese.text == ("3回分は開かれません。",)


def test_every_kind_has_a_name_in_both_languages_and_a_place_in_the_settings(client, member):
    names = [one for one in kinds.all_kinds() if one.name.startswith("gathering_")]
    assert len(names) == 13
    assert {name.name for name in names if name.urgent} == {notices.SECOND, notices.SEAT}
    for language in ("en", "ja"):
        member.language = language
        member.save()
        client.force_login(member)
        page = client.get("/settings/reminders/", follow=True)
        assert page.status_code == 200


@pytest.mark.parametrize("kind", [*AHEAD, notices.INVITED, notices.MOVED, notices.CANCELLED, notices.RESTORED,
                                  notices.SEAT, notices.ATTENDANCE, notices.AFTERWARDS])  # fmt: skip
@pytest.mark.parametrize("channel", ["inbox", "email"])
def test_thirty_are_said_with_as_many_queries_as_one(lead, kind, channel, django_assert_max_num_queries, monday):
    """The inbox asks for a hundred at once."""
    rows = []
    for number in range(30):
        gathering = factories.gathering(lead, kind="reading", title=f"Circle {number}", rule=None)
        Book.begin(gathering, title="SRE").add([("One", 10), ("Two", 10)])
        meeting = told.only(gathering)
        person = factories.member()
        if kind == notices.INVITED:
            Participant.invite(gathering, [person], lead)
        else:
            Participant.join(gathering, person)
            Rsvp.say(meeting, Answer.GOING, member=person)
        if kind == notices.LEADS:
            Book.objects.get(gathering=gathering).chapters.get(number=1).take(person)
        if kind == notices.CANCELLED:
            meeting.cancel(lead)
        if kind == notices.ATTENDANCE:
            person = lead
        meeting.refresh_from_db()
        occurrence = notices.of_gathering(gathering.pk) if kind == notices.INVITED else notices.of_meeting(meeting.pk)
        rows.append(delivery(kind, meeting, person, occurrence=occurrence, channel=channel))
    if kind in (notices.ATTENDANCE, notices.AFTERWARDS):
        monday.move_to(meeting.ends_at + timedelta(hours=2))
    told.say(kind, rows[0])
    with django_assert_max_num_queries(8) as few:
        (one,) = told.say(kind, rows[0])
    with django_assert_max_num_queries(len(few)):
        many = told.say(kind, *rows)
    assert all(isinstance(each, Letter) for each in (one, *many)), many


def test_a_strange_title_stays_text(meeting, member):
    for title in told.STRANGE:
        Gathering.objects.update(title=title[:120])
        for language in ("en", "ja"):
            one = said(notices.FIRST, meeting, member, language)
            assert "\n" not in one.subject and "\r" not in one.subject and "\u202e" not in one.subject
            if "%" in title:
                assert "100%(n)s {0} %s" in one.subject


def test_what_is_planned_says_its_own_revision(monday, meeting, member):
    monday.move_to(meeting.starts_at - timedelta(hours=24))
    planned_ahead.plan_ahead()
    assert set(Delivery.objects.filter(kind=notices.FIRST).values_list("schedule_rev", flat=True)) <= {0}
