"""The reading circle: chapters on meetings, who leads, the rotation, what people bring, and notes; races and roles."""

import re
from datetime import timedelta

import pytest
import time_machine

from apps.gatherings import reading, schedule
from apps.gatherings.models import (
    Asking,
    Book,
    BookIdea,
    BookVote,
    Brought,
    Chapter,
    ChapterNote,
    Gathering,
    HavingRead,
    Impression,
    Participant,
)
from apps.gatherings.schedule import Slot
from apps.gatherings.tasks import extend
from tests import factories
from tests.gatherings.circles import KEY, chapter, do, joined, meetings, plan
from tests.gatherings.test_planning import MONDAY, SLOT, circle

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def monday():
    with time_machine.travel(MONDAY, tick=False) as clock:
        yield clock


# Chapters on meetings


def test_chapters_are_laid_on_the_meetings_to_come(row, book, lead):
    first, second, third = meetings(row)[:3]
    days = plan(row, lead)
    assert [days[1], days[2], days[3]] == [first.day, second.day, third.day]


def test_skipping_cancelling_and_moving_take_the_chapters_along(row, book, lead):
    first, second, third, fourth = meetings(row)[:4]
    schedule.skip(first, lead)
    assert plan(row, lead)[1] == second.day
    third.cancel(lead)
    assert [plan(row, lead)[n] for n in (1, 2)] == [second.day, fourth.day]
    slot = Slot(SLOT.clock, 45, "Asia/Tokyo")
    schedule.change_one(second, slot, fourth.day + timedelta(days=1))  # now behind the fourth
    assert plan(row, lead)[1] == fourth.day and plan(row, lead)[2] == fourth.day + timedelta(days=1)
    first.restore()
    assert plan(row, lead)[1] == first.day


def test_one_tap_on_the_page_skips_and_the_chapter_waits(client, row, book, lead):
    client.force_login(lead)
    first, second = meetings(row)[:2]
    client.post(f"/gatherings/{row.pk}/1/skip/")
    client.post(f"/gatherings/{row.pk}/1/skip/")
    assert plan(row, lead)[1] == second.day and first.chapters.count() == 0


def test_several_a_meeting_and_more_chapters_than_meetings(lead):
    row = circle(lead, rule=None)
    made = Book.begin(row, title="SRE", per_meeting=2)
    made.add([(f"Title {n}", None) for n in range(5)])
    (only,) = meetings(row)
    assert list(plan(row, lead).values()) == [only.day, only.day, None, None, None]


def test_a_held_meeting_keeps_its_chapters(row, book, lead, monday):
    first, second, third = meetings(row)[:3]
    schedule.skip(second, lead)
    monday.shift(timedelta(days=33))  # behind the third
    assert reading.circle(row, lead).read == 2, "seen as read before it is written down"
    assert not Chapter.objects.filter(meeting__isnull=False).exists()
    extend()
    extend()
    assert [chapter(book, n).meeting for n in (1, 2, 3)] == [first, third, None]
    Book.objects.update(per_meeting=3)
    found = reading.circle(row, lead)
    assert [line.meeting.pk for line in found.lines[:2]] == [first.pk, third.pk], "what was stays as it was"
    assert [line.is_next for line in found.lines] == [False, False, True, True, True, False]


def test_what_happened_before_the_book_read_nothing_of_it_unless_said(client, row, lead, monday):
    monday.shift(timedelta(days=22))
    client.force_login(lead)
    sent = {"title": "SRE", "per_meeting": 1, "chapters": "One\nTwo\nThree"}
    client.post(f"/gatherings/{row.pk}/book/", sent)
    assert reading.circle(row, lead).read == 0
    Book.objects.all().delete()
    client.post(f"/gatherings/{row.pk}/book/", sent | {"from_start": "on"})
    assert reading.circle(row, lead).read == 2
    assert [one.is_read for one in Chapter.objects.order_by("number")] == [True, True, False]


def test_what_the_meeting_did_not_get_to_waits_for_the_next(client, row, book, lead, member, monday):
    monday.shift(timedelta(days=5))
    client.force_login(member)
    assert do(client, row, chapter(book, 1), "again").status_code == 404
    client.force_login(lead)
    do(client, row, chapter(book, 1), "again")
    found = reading.circle(row, lead)
    assert found.read == 0 and found.next[0].chapter.number == 1


def test_other_kinds_have_no_chapters(client, lead):
    row = circle(lead, kind="mob")
    client.force_login(lead)
    assert reading.circle(row, lead) is None
    assert "chapters-title" not in client.get(f"/gatherings/{row.pk}/").text
    assert client.get(f"/gatherings/{row.pk}/1/").status_code == 200
    for page in ("book/", "books/", "chapters/1/"):
        assert client.get(f"/gatherings/{row.pk}/{page}").status_code == 404


# Who leads


def test_of_two_who_take_it_at_once_one_gets_it(row, book, member):
    other = joined(row)
    mine, theirs = chapter(book, 3), chapter(book, 3)  # both saw it open
    assert mine.take(member)
    assert not theirs.take(other) and theirs.facilitator == member
    assert mine.take(member), "twice is the same"
    assert chapter(book, 3).facilitator == member


def test_who_comes_too_late_is_told_who_took_it(client, row, book, member):
    other = joined(row, display_name="Kenta Sato", given_name="Kenta")
    client.force_login(member)
    page = do(client, row, chapter(book, 3), "take")
    assert "You lead chapter 3" in page.text
    assert Participant.objects.get(member=member).joined_at, "taking one is joining"
    client.force_login(other)
    chapter(book, 4).take(other)
    client.force_login(member)
    assert "Kenta took chapter 4 just before you." in do(client, row, chapter(book, 4), "take").text
    assert chapter(book, 4).facilitator == other


def test_a_chapter_that_was_read_is_not_taken(client, row, book, member, monday):
    monday.shift(timedelta(days=5))
    client.force_login(member)
    assert "was read already" in do(client, row, chapter(book, 1), "take").text
    assert chapter(book, 1).facilitator is None


def test_it_is_given_back_by_its_own_facilitator_only(client, row, book, member):
    other = joined(row)
    chapter(book, 2).take(other)
    client.force_login(member)
    assert "lead this one" in do(client, row, chapter(book, 2), "give-back").text
    assert chapter(book, 2).facilitator == other
    client.force_login(other)
    for _twice in range(2):
        do(client, row, chapter(book, 2), "give-back")
    assert chapter(book, 2).facilitator is None
    assert Asking.objects.get(chapter=chapter(book, 2)).declined_at, "and is not proposed to them again"


def test_who_is_erased_leaves_the_chapter_open(row, book, member, lead):
    mine = chapter(book, 2)
    mine.take(member)
    ChapterNote.objects.create(chapter=mine, text="Kept", by=member)
    Impression.objects.create(chapter=mine, member=member, text="Theirs")
    idea = BookIdea.objects.create(gathering=row, title="SLO", by=member)
    idea.vote(member, True)
    Asking.ask(chapter(book, 3), member, lead)
    HavingRead.say(mine, member, "read")
    member.delete()
    mine.refresh_from_db()
    assert mine.facilitator is None and mine.note.text == "Kept" and not mine.impressions.exists()
    assert BookIdea.objects.get().by is None and not BookVote.objects.exists()
    assert mine.take(lead)


def test_a_circle_by_invitation_lets_others_read_only(client, lead, member):
    row = circle(lead, is_open=False)
    made = Book.begin(row, title="SRE")
    made.add([("One", None)])
    one = chapter(made, 1)
    client.force_login(member)
    page = client.get(f"/gatherings/{row.pk}/")
    assert page.status_code == 200 and "Take it" not in page.text and "nobody yet" in page.text
    assert "by invitation" in do(client, row, one, "take").text
    do(client, row, one, "read", says="read")
    do(client, row, one, "bring", kind="question", text="May I?")
    do(client, row, one, "note", text="Mine", version=1)
    client.post(f"/gatherings/{row.pk}/books/", {"title": "SLO"})
    for rows in (HavingRead, Impression, ChapterNote, BookIdea):
        assert not rows.objects.exists()
    assert chapter(made, 1).facilitator is None
    Participant.invite(row, [member], lead)
    do(client, row, one, "take")
    assert chapter(made, 1).facilitator == member


def test_a_closed_circle_is_left_as_it_is(client, row, book, lead, member):
    schedule.close(row, lead)
    client.force_login(member)
    assert "Take it" not in client.get(f"/gatherings/{row.pk}/").text
    do(client, row, chapter(book, 1), "take")
    assert chapter(book, 1).facilitator is None and not Participant.objects.exists()


# The rotation


def proposal(row, reader):
    now = Gathering.objects.get(pk=row.pk)
    return next((line.proposal for line in reading.circle(now, reader).lines if line.proposal), None)


def test_whoever_led_least_is_proposed_and_of_equals_who_joined_first(row, book, lead, monday):
    early = joined(row)
    monday.shift(timedelta(hours=1))
    late = joined(row)
    assert proposal(row, lead).person.pk == early.pk
    chapter(book, 1).take(early)
    found = proposal(row, lead)
    assert (found.person.pk, found.led) == (late.pk, 0)
    chapter(book, 2).take(late)
    chapter(book, 3).take(early)
    assert (proposal(row, lead).person.pk, proposal(row, lead).led) == (late.pk, 1)


def test_nobody_is_proposed_twice_in_a_row_if_anybody_else_can(row, book, lead):
    first, second = joined(row), joined(row)
    for number in (4, 5, 6):
        chapter(book, number).assign(second, None, row.organiser)
    chapter(book, 1).take(first)
    assert proposal(row, lead).person.pk == second.pk, "who led more, but not the one before"
    second.is_active = False
    second.save()
    assert proposal(row, lead).person.pk == first.pk, "nobody else can"


def test_only_who_takes_part_is_proposed(row, book, lead, member):
    Participant.invite(row, [member], lead)
    assert proposal(row, lead) is None
    Participant.join(row, member)
    assert proposal(row, lead).person.pk == member.pk
    for one in book.chapters.all():
        one.take(member)
    assert proposal(row, lead) is None


def test_asked_and_answered_yes_or_rather_not(client, row, book, lead):
    mei, ren = joined(row, given_name="Mei"), joined(row, given_name="Ren")
    client.force_login(lead)
    assert "Proposed: Mei, who led least" in client.get(f"/gatherings/{row.pk}/").text
    page = do(client, row, chapter(book, 1), "ask", member=mei.pk)
    assert "Mei is asked" in page.text and "Proposed: " not in page.text
    client.force_login(mei)
    assert "You are asked to lead this one." in client.get(f"/gatherings/{row.pk}/").text
    do(client, row, chapter(book, 1), "decline")
    client.force_login(lead)
    assert "Proposed: Ren, who led least" in client.get(f"/gatherings/{row.pk}/").text
    do(client, row, chapter(book, 1), "ask", member=ren.pk)
    client.force_login(ren)
    do(client, row, chapter(book, 1), "take")
    assert chapter(book, 1).facilitator == ren
    assert not Asking.objects.filter(declined_at=None).exists()
    assert "Ren leads chapter 1 by now" not in client.get(f"/gatherings/{row.pk}/").text


def test_only_who_runs_it_asks_and_only_who_takes_part_is_asked(client, row, book, lead, member):
    outsider = factories.member()
    client.force_login(member)
    assert do(client, row, chapter(book, 1), "ask", member=member.pk).status_code == 404
    client.force_login(lead)
    for wrong in (outsider.pk, "", "x", "9" * 30):
        do(client, row, chapter(book, 1), "ask", member=wrong)
    assert not Asking.objects.exists()


# What people bring


def test_one_brings_several_changes_and_takes_back_ones_own(client, row, book, member):
    one = chapter(book, 1)
    client.force_login(member)
    for _twice in range(2):
        do(client, row, one, "bring", kind="question", text="Is it toil?", submission_id=KEY)
    page = do(client, row, one, "bring", kind="impression", text="Hard")
    assert one.impressions.count() == 2 and "Is it toil?" in page.text
    question = one.impressions.get(kind=Brought.QUESTION)
    address = f"/gatherings/{row.pk}/impressions/{question.pk}/"
    assert client.post(address, {"kind": "question", "text": " "}).status_code == 422
    client.post(address, {"kind": "impression", "text": "It is."})
    question.refresh_from_db()
    assert (question.kind, question.text) == ("impression", "It is.") and question.changed_at
    client.force_login(factories.member())
    assert client.get(address).status_code == client.post(address, {}).status_code == 404
    assert client.post(address + "remove/").status_code == 404
    assert address not in client.get(one.address).text
    client.force_login(member)
    client.post(address + "remove/")
    assert client.post(address + "remove/").status_code == 404
    assert one.impressions.count() == 1


@pytest.mark.parametrize(
    "wrong",
    [{"text": ""}, {"text": "\u200b"}, {"text": "x" * 2_001}, {"kind": "rant"}, {"kind": ""}],
)
def test_what_cannot_be_brought_is_said_and_kept(client, row, book, member, wrong):
    client.force_login(member)
    page = do(client, row, chapter(book, 1), "bring", **({"kind": "question", "text": "Kept words"} | wrong))
    assert page.status_code == 422 and not Impression.objects.exists()
    assert ("Kept words" in page.text) == ("text" not in wrong)
    assert client.get(f"/gatherings/{row.pk}/chapter/{chapter(book, 1).pk}/bring/").status_code == 302


def test_questions_stand_on_the_series_and_on_the_meeting(client, row, book, member):
    client.force_login(member)
    for n, kind in enumerate(("question", "impression")):
        Impression.objects.create(chapter=chapter(book, 1), member=member, text=f"Words {n}", kind=kind)
    Impression.objects.create(chapter=chapter(book, 2), member=member, text="Of the next", kind="question")
    for page in (f"/gatherings/{row.pk}/", f"/gatherings/{row.pk}/1/"):
        text = client.get(page).text
        assert "Words 0" in text and "Words 1" not in text and "Of the next" not in text


def test_coming_without_having_read_is_fine_and_can_be_said(client, row, book, member):
    one = chapter(book, 1)
    client.force_login(member)
    page = do(client, row, one, "read", says="not")
    assert "Coming without having read is fine." in page.text
    for says in ("partly", "partly", "read", "burnt"):
        do(client, row, one, "read", says=says)
    assert HavingRead.objects.get().says == "read"
    assert re.search(r'value="read" aria-pressed="true"', client.get(f"/gatherings/{row.pk}/").text)


# Notes


def test_notes_are_written_and_shown(client, row, book, member, monday):
    monday.shift(timedelta(days=5))
    one = chapter(book, 1)
    client.force_login(member)
    address = f"/gatherings/{row.pk}/chapter/{one.pk}/note/"
    assert client.get(address).status_code == 200
    client.post(address, {"text": "We *measured* <b>it</b>", "version": 1, "base": '{"text": ""}'})
    for page in (f"/gatherings/{row.pk}/", one.address):
        text = client.get(page).text
        assert "<em>measured</em>" in text and "<b>it</b>" not in text
    assert "Notes from chapter 1" in client.get(f"/gatherings/{row.pk}/").text


def test_two_tabs_lose_nothing(client, row, book, member):
    one = chapter(book, 1)
    client.force_login(member)
    address = f"/gatherings/{row.pk}/chapter/{one.pk}/note/"
    first = {"version": 1, "base": '{"text": ""}'}  # both tabs found nothing
    client.post(address, first | {"text": "From the first tab"})
    client.post(address, first | {"text": "From the first tab"})  # sent twice
    page = client.post(address, first | {"text": "From the second tab"})
    assert page.status_code == 409
    assert "From the first tab" in page.text and "From the second tab" in page.text
    assert ChapterNote.objects.get().text == "From the first tab"
    version = re.search(r'name="version" value="(\d+)"', page.text)[1]
    base = '{"text": "From the first tab"}'
    client.post(address, {"text": "Both tabs", "version": version, "base": base})
    assert ChapterNote.objects.get().text == "Both tabs"
    assert "From the first tab" in client.get(address).text, "what it said before stays"


def test_too_long_notes_are_kept_on_the_page(client, row, book, member):
    client.force_login(member)
    text = "word " * 4_001
    page = do(client, row, chapter(book, 1), "note", text=text, version=1, base='{"text": ""}')
    assert page.status_code == 422 and "word word" in page.text
    assert not ChapterNote.objects.exclude(text="").exists()
