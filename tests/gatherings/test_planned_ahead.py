"""What the clock plans: reminders as each person wants them, what to read and prepare, and a question afterwards."""

import threading
from datetime import time, timedelta

import pytest
import time_machine
from django.db import OperationalError, connection
from django.utils import timezone

from apps.accounts.models import Member
from apps.gatherings import notices, planned_ahead, schedule
from apps.gatherings.models import Answer, Attendance, Book, HavingRead, Meeting, Participant, Role, Rsvp
from apps.gatherings.recurrence import Frequency, Rule
from apps.reminders import kinds, tick
from apps.reminders.letter import Letter
from apps.reminders.models import Delivery, Manner, State
from apps.reminders.models.delivery import UNSENT, Reason
from tests import factories
from tests.gatherings import told

pytestmark = pytest.mark.django_db
DAY, MINUTE = timedelta(days=1), timedelta(minutes=1)
SOON = DAY + 10 * MINUTE  # the first reminder falls due within the quarter of an hour that is looked at


def plan():
    planned_ahead.plan_ahead()


def of(kind, channel="inbox"):
    return Delivery.objects.filter(kind=kind, channel=channel)


def dues(kind) -> dict[str, int]:
    """How many minutes before the meeting each is due."""
    starts = Meeting.objects.get().starts_at
    return {row.recipient.email: round((starts - row.due_at) / MINUTE) for row in of(kind).select_related("recipient")}


# ---- the two reminders ------------------------------------------------------------------------------


def test_it_is_one_of_the_planners():
    assert planned_ahead.plan_ahead in tick._planners


def test_who_comes_or_takes_part_is_reminded_the_day_before(lead):
    joined, maybe, no, waits, invited, left, stranger = (factories.member() for _each in range(7))
    row = told.gathering(lead, SOON, joined, no, left, seats=1)
    meeting = told.only(row)
    Rsvp.say(meeting, Answer.GOING, guest="Somebody")
    for person, answer in ((maybe, Answer.MAYBE), (no, Answer.NO), (waits, Answer.GOING)):
        Rsvp.say(meeting, answer, member=person)
    Participant.invite(row, [invited], lead)
    Participant.leave(row, left)
    plan()
    assert told.who(notices.FIRST) == {lead.email, joined.email, maybe.email}
    assert not of(notices.SECOND).exists() and stranger.email not in told.who(notices.FIRST)
    assert dues(notices.FIRST) == dict.fromkeys([lead.email, joined.email, maybe.email], 24 * 60)
    assert {row.expires_at for row in of(notices.FIRST)} == {meeting.starts_at + 5 * MINUTE}


def test_each_is_reminded_as_they_chose(lead):
    early, never, usual = (factories.member() for _each in range(3))
    Manner.objects.create(member=early, day_before=3 * 24 * 60, shortly_before=None)
    Manner.objects.create(member=never, day_before=None, shortly_before=None)
    told.gathering(lead, 3 * DAY + 5 * MINUTE, early, never, usual)
    plan()
    assert dues(notices.FIRST) == {early.email: 3 * 24 * 60}
    Delivery.objects.all().delete()
    Meeting.objects.update(starts_at=timezone.now() + 20 * MINUTE)
    plan()
    assert dues(notices.SECOND) == {lead.email: 15, usual.email: 15}


def test_nothing_is_planned_long_before_and_nothing_twice(lead, member, django_assert_num_queries):
    told.gathering(lead, 4 * DAY, member)
    with django_assert_num_queries(3):
        plan()
    assert not Delivery.objects.exists()
    Meeting.objects.update(starts_at=timezone.now() + SOON)
    plan()
    count = Delivery.objects.count()
    assert count
    with django_assert_num_queries(7):
        plan()
    assert Delivery.objects.count() == count


def test_a_meeting_in_two_minutes_is_told_at_once_and_only_once(lead, member, awake, letters):
    row = told.gathering(lead, 2 * MINUTE, member)
    hour = member.now().hour
    Manner.objects.update(quiet_from=time((hour - 9) % 24), quiet_until=time((hour + 9) % 24))
    plan()
    assert not of(notices.FIRST).exists()
    assert {delivery.due_at <= timezone.now() for delivery in of(notices.SECOND)} == {True}
    told.send_all()
    (said,) = told.say(notices.SECOND, of(notices.SECOND).get(recipient=member))
    assert said.subject in ("In 2 minutes: Release together", "In 1 minute: Release together")
    assert {answer.fields for answer in said.answers} == {(("answer", "going"),), (("answer", "no"),)}
    assert {answer.path for answer in said.answers} == {f"/gatherings/{row.pk}/1/answer/"}


def test_the_first_is_left_out_for_who_has_just_had_their_say(lead, member):
    row = told.gathering(lead, DAY / 2, member)
    new = factories.member()
    Rsvp.say(told.only(row), Answer.GOING, member=new)
    plan()
    assert told.who(notices.FIRST) == {member.email}, "who took part before it was planned, not who has just planned it"


def test_an_answer_is_given_where_the_reminder_stands(client, lead, member, awake, letters):
    row = told.gathering(lead, SOON, member)
    plan()
    told.send_all()
    client.force_login(member)
    assert "Release together" in client.get("/inbox/").text
    address = f"/gatherings/{row.pk}/1/answer/"
    assert client.post(address, {"answer": "no", "next": "/inbox/"}).url == "/inbox/"
    assert "Release together" not in client.get("/inbox/").text


def test_no_and_too_late_are_looked_at_again_before_it_goes(lead, member, awake, letters):
    no, other = told.awake(), told.awake()
    meeting = told.only(told.gathering(lead, SOON, member, no, other))
    plan()
    Rsvp.say(meeting, Answer.NO, member=no)
    Participant.leave(meeting.gathering, other)
    told.send_all()
    assert [mail["To"] for mail in letters.letters if mail["To"] != lead.email] == [member.email]
    Meeting.objects.update(starts_at=timezone.now() - 6 * MINUTE)
    assert set(told.say(notices.FIRST)) == {Reason.STALE}


def test_a_moved_meeting_is_reminded_of_at_its_new_time(lead, member, awake, letters):
    meeting = told.only(told.gathering(lead, SOON, member))
    plan()
    schedule.change_one(meeting, told.slot(meeting), meeting.day + DAY, by=lead)
    assert told.planned(kind=notices.FIRST) == []
    Meeting.objects.update(changed_at=timezone.now() - DAY)
    plan()
    assert told.planned(kind=notices.FIRST) == [], "it is not due yet"
    Meeting.objects.update(starts_at=timezone.now() + SOON)
    plan()
    assert {row.schedule_rev for row in of(notices.FIRST).filter(state__in=UNSENT)} == {1}


def test_who_was_reminded_is_not_reminded_again_where_only_the_place_changes(lead, member, awake, letters):
    meeting = told.only(told.gathering(lead, 10 * MINUTE, member))
    plan()
    told.send_all()
    meeting.refresh_from_db()
    schedule.change_one(meeting, told.slot(meeting, place="Keyaki"), meeting.day, by=lead)
    plan()
    assert {row.schedule_rev for row in of(notices.SECOND)} == {0}
    assert told.who(notices.MOVED) == {member.email}


def test_neither_cancelled_nor_closed_ones_are_reminded_of(lead, member):
    told.only(told.gathering(lead, SOON, member)).cancel(lead)
    told.gathering(lead, SOON, member).close()
    plan()
    assert not of(notices.FIRST).exists()


def test_who_never_joined_or_left_the_organisation_is_not_written_to(lead):
    known, gone = factories.known(), factories.member(is_active=False)
    told.gathering(lead, SOON, known, gone)
    plan()
    assert told.who(notices.FIRST) == {lead.email}


# ---- reading, leading, driving ----------------------------------------------------------------------


def circle(lead, begins, *joined):
    row = told.gathering(lead, begins, *joined, kind="reading", title="The book", rule=None)
    book = Book.begin(row, title="SRE")
    book.add([("Embracing risk", 24), ("Toil", 12)])
    return row, book


def test_two_days_before_it_says_what_is_read_but_not_to_who_has_read_it(lead, member, awake, letters):
    reader, leader = factories.member(), factories.member()
    _row, book = circle(lead, 2 * DAY + 5 * MINUTE, member, reader, leader)
    first = book.chapters.get(number=1)
    first.take(leader)
    HavingRead.say(first, reader, "read")
    plan()
    assert told.who(notices.CHAPTER) == {lead.email, member.email, reader.email}
    (said,) = told.say(notices.CHAPTER, of(notices.CHAPTER).get(recipient=member))
    assert said.subject.startswith("For ") and said.subject.endswith(": Chapter 1: Embracing risk")
    assert "Come without having read it, too: listening counts." in said.text
    assert said.actions[0].path == first.address
    assert told.say(notices.CHAPTER, of(notices.CHAPTER).get(recipient=reader)) == [Reason.NOT_WANTED]
    Book.objects.update(per_meeting=2)
    (said,) = told.say(notices.CHAPTER, of(notices.CHAPTER).get(recipient=member))
    assert "Chapter 2: Toil" in said.subject, "as things stand when it is read"


def test_without_a_chapter_nothing_is_said_of_reading(lead, member):
    _row, book = circle(lead, 2 * DAY, member)
    book.finish()
    plan()
    assert not of(notices.CHAPTER).exists()


def test_three_days_before_whoever_leads_hears_what_helps(lead, member):
    _row, book = circle(lead, 3 * DAY + 5 * MINUTE, member)
    chapter = book.chapters.get(number=1)
    chapter.take(member)
    plan()
    assert told.who(notices.LEADS) == {member.email}
    said = told.letter(notices.LEADS)
    assert said.subject == "You lead: Chapter 1: Embracing risk" and said.actions[0].path == chapter.address
    chapter.give_back(member)
    assert told.say(notices.LEADS) == [Reason.NOT_WANTED]


def test_in_a_mob_who_leads_and_who_drives_hear_of_it(lead, member):
    meeting = told.only(told.gathering(lead, 3 * DAY, member))
    Rsvp.say(meeting, Answer.GOING, member=member)
    Rsvp.objects.update(role=Role.DRIVING)
    plan()
    assert told.who(notices.LEADS) == {lead.email, member.email}
    (leads,) = told.say(notices.LEADS, of(notices.LEADS).get(recipient=lead))
    (drives,) = told.say(notices.LEADS, of(notices.LEADS).get(recipient=member))
    assert leads.subject == "You lead: Release together" and leads.actions[0].path.endswith("#check-title")
    assert drives.subject == "You drive: Release together" and drives.actions[0].path.endswith("#turns-title")


# ---- afterwards -------------------------------------------------------------------------------------


def over(lead, *joined, ago=timedelta(hours=1)):
    meeting = told.only(told.gathering(lead, DAY, *joined))
    now = timezone.now()
    Meeting.objects.update(starts_at=now - ago - DAY / 24, ends_at=now - ago)
    return meeting


def test_an_hour_after_it_is_asked_who_was_there_and_how_it_was(lead, member):
    came, did_not, wanted = (factories.member() for _each in range(3))
    meeting = over(lead, member, came, did_not)
    Rsvp.objects.create(meeting=meeting, member=wanted, answer=Answer.GOING, has_seat=True)
    Attendance.objects.create(meeting=meeting, member=came, checked_in_at=timezone.now())
    plan()
    assert told.who(notices.ATTENDANCE) == {lead.email}
    assert told.who(notices.AFTERWARDS) == {came.email, wanted.email}
    assert {row.channel for row in Delivery.objects.all()} == {"inbox"}
    said = told.letter(notices.ATTENDANCE)
    assert said.subject == "Who was there? Release together" and said.actions[0].path.endswith("/1/attendance/")
    assert {one.subject for one in told.say(notices.AFTERWARDS)} == {"How was it? Release together"}
    assert {row.expires_at for row in Delivery.objects.all()} == {Meeting.objects.get().ends_at + 3 * DAY}
    Attendance.objects.create(meeting=meeting, member=member, noted_by=lead)
    assert told.say(notices.ATTENDANCE) == [Reason.NOT_WANTED], "the list is there"


def test_who_takes_themselves_off_the_list_is_not_asked(lead, member):
    meeting = over(lead)
    row = Attendance.objects.create(meeting=meeting, member=member, checked_in_at=timezone.now())
    plan()
    Attendance.objects.filter(pk=row.pk).update(removed_at=timezone.now(), checked_in_at=None)
    assert told.say(notices.AFTERWARDS) == [Reason.NOT_WANTED]


@pytest.mark.parametrize("ago", [timedelta(minutes=30), timedelta(days=4)])
def test_neither_too_soon_nor_much_later(lead, member, ago):
    over(lead, member, ago=ago)
    plan()
    assert not Delivery.objects.exists()


# ---- many -------------------------------------------------------------------------------------------


def test_two_thousand_are_planned_with_few_queries(lead, django_assert_max_num_queries):
    factories.organisation()
    now = timezone.now()
    people = Member.objects.bulk_create(
        Member(email=f"m{n}@example.com", display_name=f"M {n}", joined_at=now) for n in range(2_000)
    )
    row = told.gathering(lead, SOON)
    Participant.objects.bulk_create(Participant(gathering=row, member=one, joined_at=now - 30 * DAY) for one in people)
    with django_assert_max_num_queries(40):
        plan()
    assert of(notices.FIRST).count() == of(notices.FIRST, "email").count() == 2_001
    with django_assert_max_num_queries(7):
        plan()
    meeting = told.only(row)
    with django_assert_max_num_queries(60):
        schedule.change_one(meeting, told.slot(meeting, place="Keyaki"), meeting.day, by=lead)
    assert of(notices.MOVED).count() == 2_000
    assert not of(notices.FIRST).exclude(state=State.SKIPPED).exists()


@pytest.mark.django_db(transaction=True)
def test_two_that_plan_at_once_plan_nothing_twice():
    lead = factories.lead()
    told.gathering(lead, SOON, *(factories.member() for _each in range(20)))
    begin, failed = threading.Barrier(4), []

    def one() -> None:
        begin.wait()
        try:
            again = True
            while again:
                try:
                    plan()
                    again = False
                except OperationalError as error:
                    # SQLite in memory tells threads that share it to come again, where a file lets them wait.
                    again = "table is locked" in str(error)
                    if not again:
                        raise
        except Exception as error:
            failed.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=one) for _each in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failed
    assert of(notices.FIRST).count() == of(notices.FIRST, "email").count() == 21


# ---- a week -----------------------------------------------------------------------------------------


def week(person) -> int:
    """How many e-mails somebody gets within a week, each sent at its time as the sender would."""
    start, got = timezone.now(), 0
    for hour in range(7 * 24):
        with time_machine.travel(start + timedelta(hours=hour), tick=False):
            plan()
            for row in Delivery.objects.filter(
                recipient=person, channel="email", run_at__lte=timezone.now(), state__in=UNSENT
            ):
                said = kinds.kind(row.kind).say([row])[row.pk]
                sent = isinstance(said, Letter)
                got += sent
                row.state, row.reason = (State.SENT, "") if sent else (State.SKIPPED, said)
                row.save()
    return got


def test_a_weeks_mails_are_few(lead):
    """Keen: three gatherings a week, one led, one moved, and an invitation. Quiet: one, and an invitation."""
    keen, quiet = told.awake(), told.awake()
    weekly = Rule(Frequency.WEEKLY, interval=1, weekdays=((lead.now() + 2 * DAY).weekday(),)).to_json()
    mob = told.gathering(lead, 2 * DAY, keen, rule=weekly, skips_holidays=False)
    row, book = circle(lead, 3 * DAY, keen, quiet)
    event = told.only(told.gathering(lead, 4 * DAY, keen, kind="event"))
    for one in (mob, row):
        for meeting in one.meetings.all()[:2]:
            Rsvp.say(meeting, Answer.GOING, member=keen)
    book.chapters.get(number=1).take(keen)
    Participant.invite(told.gathering(lead, 20 * DAY), [keen, quiet], lead)
    schedule.change_one(event, told.slot(event, place="Keyaki"), event.day, by=lead)
    assert week(keen) == 5
    assert week(quiet) <= 2
