"""The reading circle: chapters on meetings, who leads, what people bring, notes, votes; races, roles, strange text."""

import re
from datetime import date, timedelta
from itertools import pairwise

import pytest
import time_machine
from django.db import IntegrityError, transaction

from apps.accounts.models import Stale
from apps.gatherings import reading, schedule
from apps.gatherings.models import (
    Answer,
    Asking,
    Book,
    BookIdea,
    BookVote,
    Brought,
    Chapter,
    ChapterNote,
    Gathering,
    HavingRead,
    IdeaTaken,
    Impression,
    Participant,
    Rsvp,
)
from apps.gatherings.models.reading import MOST_CHAPTERS
from apps.gatherings.schedule import Slot
from apps.gatherings.tasks import extend
from tests import factories
from tests.gatherings.test_planning import MONDAY, SLOT, circle

pytestmark = pytest.mark.django_db
KEY = "6f1f6a4e-9c38-4d0b-8f7e-3f4f6a0c1d2e"
STRANGE = "‮<script>alert(1)</script> 輪読会 👩‍💻 " + "e" + "\u0301" * 200 + "\x00 {{ 1 }} %(n)s"


@pytest.fixture(autouse=True)
def monday():
    with time_machine.travel(MONDAY, tick=False) as clock:
        yield clock


@pytest.fixture
def row(lead) -> Gathering:
    return circle(lead)


@pytest.fixture
def book(row) -> Book:
    made = Book.begin(row, title="SRE")
    made.add([(f"Title {n}", 20) for n in range(1, 7)])
    return made


def chapter(book, number) -> Chapter:
    return book.chapters.get(number=number)


def joined(row, **fields):
    person = factories.member(**fields)
    Participant.join(row, person)
    return person


def plan(row, reader) -> dict[int, date | None]:
    """The day of each chapter, by its number."""
    found = reading.circle(row, reader)
    return {one.chapter.number: one.meeting.day if one.meeting else None for one in found.lines}


def meetings(row) -> list:
    return list(row.meetings.order_by("starts_at"))


def do(client, row, chapter, deed, **sent):
    return client.post(f"/gatherings/{row.pk}/chapter/{chapter.pk}/{deed}/", sent, follow=True)


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
        chapter(book, number).assign(second, None)
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


# The book and its chapters


def test_chapters_are_read_from_a_text():
    text = "1. Introduction\n\n  2) The production environment | 24\n第3章 リスクの受容｜12\n12.1 Depth\n3 ways to fail"
    good, bad = reading.read_chapters(text)
    assert bad == []
    assert good == [
        ("Introduction", None),
        ("The production environment", 24),
        ("第3章 リスクの受容", 12),
        ("12.1 Depth", None),
        ("3 ways to fail", None),
    ]


def test_bad_lines_are_named_and_nothing_is_lost(client, row, lead):
    client.force_login(lead)
    text = "Good one\n\nToo many | 9999\n" + "x" * 201 + "\n| 5\nMinus | -3\n\u200b\u200b"
    page = client.post(f"/gatherings/{row.pk}/book/", {"title": "Kept title", "per_meeting": 1, "chapters": text})
    assert page.status_code == 422 and not Book.objects.exists()
    for said in ("In line 3", "Line 4 is longer", "Line 5 has no title", "In line 6", "Line 7 has no title"):
        assert said in page.text
    assert "Kept title" in page.text and "Good one" in page.text
    many = "\n".join(["x | y"] * 15)
    page = client.post(f"/gatherings/{row.pk}/book/", {"title": "SRE", "per_meeting": 1, "chapters": many})
    assert "5 more lines" in page.text and page.text.count("In line") < 25


def test_a_book_has_at_most_two_hundred_chapters(client, row, lead):
    client.force_login(lead)
    address = f"/gatherings/{row.pk}/book/"
    text = "\n".join(f"Title {n}" for n in range(MOST_CHAPTERS + 1))
    page = client.post(address, {"title": "SRE", "per_meeting": 1, "chapters": text})
    assert page.status_code == 422 and "201 chapters" in page.text
    client.post(address, {"title": "SRE", "per_meeting": 1, "chapters": text.rsplit("\n", 2)[0]})
    assert Chapter.objects.count() == 199
    page = client.post(address + "chapters/", {"chapters": "One\nTwo"})
    assert page.status_code == 422 and "room for 1" in page.text and "One\nTwo" in page.text
    client.post(address + "chapters/", {"chapters": "One"})
    assert Chapter.objects.count() == 200
    last = Chapter.objects.get(number=200)
    page = do(client, row, last, "cut", first="a", second="b", version=1)
    assert page.status_code == 422 and Chapter.objects.count() == 200


def test_set_up_twice_it_is_there_once(client, row, lead):
    client.force_login(lead)
    sent = {"title": "SRE", "per_meeting": 2, "chapters": "One\nTwo", "submission_id": KEY}
    for _twice in range(2):
        client.post(f"/gatherings/{row.pk}/book/", sent)
    assert Book.objects.get().per_meeting == 2 and Chapter.objects.count() == 2
    for _twice in range(2):
        client.post(f"/gatherings/{row.pk}/book/chapters/", {"chapters": "Three", "submission_id": KEY})
    assert list(Chapter.objects.order_by("number").values_list("title", flat=True)) == ["One", "Two", "Three"]
    assert client.get(f"/gatherings/{row.pk}/book/chapters/").status_code == 302


def test_only_who_runs_it_shapes_the_book(client, row, book, member, lead):
    theirs = chapter(book, 2)
    client.force_login(member)
    base = f"/gatherings/{row.pk}/"
    for page in ("book/", f"chapter/{theirs.pk}/edit/", f"chapter/{theirs.pk}/cut/"):
        assert client.get(base + page).status_code == client.post(base + page, {}).status_code == 404
    for deed in ("book/finish/", "book/resume/", "book/chapters/"):
        assert client.post(base + deed, {}).status_code == 404
    for deed in ("move", "remove", "again", "assign"):
        assert do(client, row, theirs, deed).status_code == 404
    assert "Set up" not in client.get(base).text and "/edit/" not in client.get(theirs.address).text
    row.helpers.add(member)
    assert client.get(base + "book/").status_code == 200


def test_a_chapter_of_another_circle_is_not_found(client, row, book, lead):
    other = circle(lead, title="Another")
    theirs = chapter(book, 1)
    client.force_login(lead)
    for deed in (
        "take",
        "give-back",
        "ask",
        "decline",
        "read",
        "bring",
        "note",
        "edit",
        "assign",
        "cut",
        "move",
        "again",
    ):
        assert do(client, other, theirs, deed).status_code == 404, deed
    do(client, other, theirs, "remove")
    assert Chapter.objects.filter(pk=theirs.pk, facilitator=None).exists()


def test_chapters_change_places_but_not_with_what_was_read(client, row, book, lead, monday):
    monday.shift(timedelta(days=5))
    client.force_login(lead)
    second, third = chapter(book, 2), chapter(book, 3)
    do(client, row, third, "move", to="up", seen=3)
    do(client, row, third, "move", to="up", seen=3)  # the second click of one
    titles = list(book.chapters.order_by("number").values_list("title", flat=True))
    assert titles == ["Title 1", "Title 3", "Title 2", "Title 4", "Title 5", "Title 6"]
    do(client, row, third, "move", to="up", seen=2)  # the first was read
    do(client, row, chapter(book, 1), "move", to="down", seen=1)
    do(client, row, chapter(book, 6), "move", to="down", seen=6)
    do(client, row, second, "move", to="down", seen="x")
    assert list(book.chapters.order_by("number").values_list("title", flat=True)) == titles


def test_a_chapter_is_cut_in_two(client, row, book, lead, member):
    third = chapter(book, 3)
    third.pages = 25
    third.save()
    third.take(member)
    Impression.objects.create(chapter=third, member=member, text="Stays")
    client.force_login(lead)
    assert "Title 3 (1)" in client.get(f"/gatherings/{row.pk}/chapter/{third.pk}/cut/").text
    sent = {"first": "Upper", "second": "Lower", "version": third.version}
    do(client, row, third, "cut", **sent)
    assert "meanwhile" in do(client, row, third, "cut", **sent).text
    rows = list(book.chapters.order_by("number"))
    assert [one.number for one in rows] == list(range(1, 8))
    upper, lower, behind = rows[2:5]
    assert (upper.title, upper.pages, upper.facilitator) == ("Upper", 13, member)
    assert (lower.title, lower.pages, lower.facilitator) == ("Lower", 12, None)
    assert behind.title == "Title 4" and upper.impressions.count() == 1


def test_what_was_read_is_not_cut_and_not_taken_out(client, row, book, lead, member, monday):
    Impression.objects.create(chapter=chapter(book, 2), member=member, text="Somebody's words")
    monday.shift(timedelta(days=5))
    client.force_login(lead)
    first = chapter(book, 1)
    do(client, row, first, "cut", first="a", second="b", version=first.version)
    with pytest.raises(Stale):
        Chapter.objects.get(pk=first.pk).cut(first.version, "a", "b")
    for number in (1, 2, 3):
        do(client, row, chapter(book, number), "remove")
    gone = Chapter(pk=10_000)
    assert "gone already" in do(client, row, gone, "remove").text
    assert list(book.chapters.order_by("number").values_list("number", flat=True)) == [1, 2, 4, 5, 6]


def test_a_chapter_is_renamed_and_two_who_do_are_asked(client, row, book, lead):
    client.force_login(lead)
    one = chapter(book, 2)
    address = f"/gatherings/{row.pk}/chapter/{one.pk}/edit/"
    assert client.post(address, {"title": " ", "pages": 0, "version": 1}).status_code == 422
    base = '{"title": "Title 2", "pages": "20"}'
    client.post(address, {"title": "Theirs", "pages": 20, "version": 1, "base": base})
    client.post(address, {"title": "Title 2", "pages": 30, "version": 1, "base": base})
    one.refresh_from_db()
    assert (one.title, one.pages) == ("Theirs", 30)
    page = client.post(address, {"title": "Mine", "pages": 20, "version": 1, "base": base})
    assert page.status_code == 409 and "Theirs" in page.text and "Mine" in page.text


def test_the_lead_says_who_leads_and_hears_of_who_was_faster(client, row, book, lead, member):
    other = joined(row, display_name="Kenta Sato", given_name="Kenta")
    one = chapter(book, 2)
    client.force_login(lead)
    do(client, row, one, "assign", **{"lead-facilitator": member.pk, "lead-seen": ""})
    assert chapter(book, 2).facilitator == member
    do(client, row, one, "assign", **{"lead-facilitator": member.pk, "lead-seen": ""})  # sent twice
    Chapter.objects.filter(pk=one.pk).update(facilitator=other)
    page = do(client, row, one, "assign", **{"lead-facilitator": "", "lead-seen": member.pk})
    assert page.status_code == 422 and "By now Kenta leads it" in page.text
    assert chapter(book, 2).facilitator == other
    seen = re.search(r'name="lead-seen" value="(\d+)"', page.text)[1]
    do(client, row, one, "assign", **{"lead-facilitator": "", "lead-seen": seen})
    assert chapter(book, 2).facilitator is None
    assert do(client, row, one, "assign", **{"lead-facilitator": "x"}).status_code == 422


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


# The next book


def test_votes_count_once_and_are_taken_back(client, row, member, lead):
    client.force_login(member)
    address = f"/gatherings/{row.pk}/books/"
    for _twice in range(2):
        client.post(address, {"title": "SLO", "author": "Hidalgo", "why": "Why not", "submission_id": KEY})
    idea = BookIdea.objects.get()
    assert idea.votes.count() == 1, "with one's own vote"
    client.force_login(lead)
    for _twice in range(2):
        client.post(f"{address}{idea.pk}/vote/", {"wished": "1"})
    assert idea.votes.count() == 2 and "2 votes" in client.get(address).text
    for _twice in range(2):
        client.post(f"{address}{idea.pk}/vote/", {"wished": "0"})
    assert idea.votes.count() == 1
    assert client.post(f"{address}{idea.pk + 1}/vote/", {"wished": "1"}).status_code == 404
    other = circle(lead)
    assert client.post(f"/gatherings/{other.pk}/books/{idea.pk}/vote/", {"wished": "1"}).status_code == 404
    assert client.post(address, {"title": " ", "why": "Kept why"}).status_code == 422


def test_the_most_wished_stands_first(client, row, member, lead):
    first = BookIdea.objects.create(gathering=row, title="Less wished")
    second = BookIdea.objects.create(gathering=row, title="More wished")
    second.vote(member, True)
    second.vote(lead, True)
    first.vote(lead, True)
    client.force_login(member)
    text = client.get(f"/gatherings/{row.pk}/books/").text
    assert text.index("More wished") < text.index("Less wished")


def test_choosing_makes_it_the_book_once_the_last_is_read(client, row, book, lead, member, monday):
    idea = BookIdea.objects.create(gathering=row, title="SLO", author="Hidalgo", by=member)
    address = f"/gatherings/{row.pk}/books/{idea.pk}/choose/"
    client.force_login(member)
    assert client.post(address).status_code == 404
    client.force_login(lead)
    assert "Nothing is changed" in client.post(address, follow=True).text
    assert Book.objects.count() == 1
    monday.shift(timedelta(days=90))
    extend()
    client.force_login(lead)
    client.post(address)
    client.post(address)
    old, new = Book.objects.order_by("number")
    assert old.finished_at and (new.title, new.author, new.number) == ("SLO", "Hidalgo", 2)
    idea.refresh_from_db()
    assert idea.book == new
    other = BookIdea.objects.create(gathering=row, title="Another")
    with pytest.raises(IdeaTaken):
        other.choose()  # the new one has only begun
    assert client.get(f"/gatherings/{row.pk}/chapters/1/").status_code == 404, "its chapters are not written yet"
    assert "Title 1" in client.get(f"/gatherings/{row.pk}/chapters/1/?book=1").text
    assert "Title 1" in client.get(f"/gatherings/{row.pk}/1/").text, "an old meeting still says what it read"
    assert client.get(f"/gatherings/{row.pk}/").status_code == 200


def test_a_book_is_put_away_and_taken_up_again(client, row, book, lead, monday):
    client.force_login(lead)
    base = f"/gatherings/{row.pk}/book/"
    for _twice in range(2):
        client.post(base + "finish/")
    chapter(book, 1).take_out()
    assert "/chapters/2/?book=1" in client.get(f"/gatherings/{row.pk}/books/").text
    assert not reading.circle(row, lead).next and "put away" in client.get(f"/gatherings/{row.pk}/").text
    monday.shift(timedelta(days=5))
    client.force_login(lead)
    for _twice in range(2):
        client.post(base + "resume/")
    found = reading.circle(row, lead)
    assert found.read == 0 and found.next[0].chapter.number == 2, "nobody read while it was away"


def test_an_idea_is_taken_out_by_who_had_it_or_who_runs_it(client, row, member, lead):
    client.force_login(factories.member())
    ideas = [BookIdea.objects.create(gathering=row, title=f"Idea {n}", by=member) for n in range(2)]
    address = f"/gatherings/{row.pk}/books/{{}}/remove/"
    assert client.post(address.format(ideas[0].pk)).status_code == 404
    client.force_login(member)
    for _twice in range(2):
        assert client.post(address.format(ideas[0].pk)).status_code == 302
    client.force_login(lead)
    client.post(address.format(ideas[1].pk))
    assert not BookIdea.objects.exists()


# Pages


def test_the_series_shows_what_the_circle_reads(client, row, book, member, monday):
    kenta = joined(row, given_name="Kenta")
    first = meetings(row)[0]
    for person in (kenta, member):
        Rsvp.say(first, Answer.GOING, member=person)
    chapter(book, 1).take(kenta)
    monday.shift(timedelta(days=14))
    client.force_login(member)
    text = client.get(f"/gatherings/{row.pk}/").text
    assert "1 of 6 read, next on Friday" in text
    assert "2 came" in text and text.count('aria-current="step"') == 1
    assert re.search(r'aria-current="step".{1,200}Title 2', text, re.S)
    assert "Fri 20 Nov, 12:30" in text or "Fri 20 Nov, 03:30" in text
    assert text.index("chapters-title") < text.index("ahead-title") < text.index("earlier-title")
    assert "Chapter 2: Title 2" in text and "20 pages" in text


def test_empty_states_say_the_first_step(client, row, lead, member):
    client.force_login(member)
    text = client.get(f"/gatherings/{row.pk}/").text
    assert "No book yet" in text and "Propose a book" in text and "Set up the book" not in text
    assert "No ideas yet" in client.get(f"/gatherings/{row.pk}/books/").text
    client.force_login(lead)
    assert "Set up the book" in client.get(f"/gatherings/{row.pk}/").text
    Book.begin(row, title="SRE")
    assert "not written down yet" in client.get(f"/gatherings/{row.pk}/").text
    assert client.get(f"/gatherings/{row.pk}/book/").status_code == 200
    assert client.get(f"/gatherings/{row.pk}/1/").status_code == 200
    for address in ("chapters/1/", "chapters/1/?book=9", "chapters/1/?book=x", "chapters/99999999/"):
        assert client.get(f"/gatherings/{row.pk}/{address}").status_code == 404


def test_strange_and_huge_text_breaks_no_page(client, row, lead, monday):
    client.force_login(lead)
    sent = {
        "title": STRANGE[:150],
        "author": "著" * 200,
        "per_meeting": 1,
        "chapters": f"{STRANGE[:190]}\n" + "長" * 200,
    }
    assert client.post(f"/gatherings/{row.pk}/book/", sent).status_code == 302
    one = Chapter.objects.get(number=1)
    do(client, row, one, "bring", kind="question", text=STRANGE)
    do(client, row, one, "note", text=STRANGE, version=1, base="not json")
    do(client, row, one, "note", text=STRANGE + " again", version="x", base='["a"]')
    client.post(f"/gatherings/{row.pk}/books/", {"title": STRANGE[:150], "why": STRANGE[:300]})
    assert Impression.objects.exists() and BookIdea.objects.exists()
    for address in ("", "1/", "book/", "books/", "chapters/1/", "chapters/2/"):
        page = client.get(f"/gatherings/{row.pk}/{address}")
        assert page.status_code == 200 and "<script>alert" not in page.text and "\x00" not in page.text


def test_every_page_opens_in_japanese_with_headings_in_order(client, row, book, lead, member, monday):
    chapter(book, 1).take(lead)
    question = Impression.objects.create(chapter=chapter(book, 1), member=lead, text="問い", kind="question")
    BookIdea.objects.create(gathering=row, title="SLO").vote(lead, True)
    for person in (lead, member):
        Participant.join(row, person)
    monday.shift(timedelta(days=20))
    lead.language = "ja"
    lead.save()
    client.force_login(lead)
    one = chapter(book, 3).pk
    pages = ("", "1/", "2/", "book/", "books/", "chapters/1/", "chapters/3/", "helpers/", f"impressions/{question.pk}/")
    pages += (f"chapter/{one}/edit/", f"chapter/{one}/cut/", f"chapter/{one}/note/")
    for address in pages:
        page = client.get(f"/gatherings/{row.pk}/{address}")
        assert page.status_code == 200, address
        levels = [int(level) for level in re.findall(r"<h([1-6])", page.text)]
        assert levels[0] == 1 and all(b <= a + 1 for a, b in pairwise(levels)), address
        assert " style=" not in page.text
        ids = re.findall(r'\sid="([^"]+)"', page.text)
        assert len(ids) == len(set(ids)), address


def test_the_pages_queries_do_not_grow(client, lead, member, django_assert_max_num_queries, monday):
    row = circle(lead)
    made = Book.begin(row, title="SRE")
    made.add([(f"Title {n}", None) for n in range(40)])
    people = [joined(row) for _ in range(100)]
    Rsvp.objects.bulk_create(
        Rsvp(meeting=meeting, member=person, answer="going", has_seat=True)
        for meeting in meetings(row)
        for person in people
    )
    chapters = list(made.chapters.order_by("number"))
    for one, person in zip(chapters[:20], people, strict=False):
        one.take(person)
    Impression.objects.bulk_create(
        Impression(
            chapter=chapters[n % 4], member=people[n], text=f"Words {n}", kind=("question", "impression")[n // 4 % 2]
        )
        for n in range(60)
    )
    for one in chapters[:5]:
        ChapterNote.objects.create(chapter=one, text="Notes", by=people[0])
    for person in people[:30]:
        Asking.decline(chapters[20], person)
        idea = BookIdea.objects.create(gathering=row, title=f"Idea {person.pk}", by=person)
        idea.vote(member, True)
    monday.shift(timedelta(days=20))
    for reader in (member, lead):
        client.force_login(reader)
        for address in ("", "3/", "1/", "book/", "books/", "chapters/3/", "chapters/1/"):
            if address == "book/" and reader == member:
                continue
            client.get(f"/gatherings/{row.pk}/{address}")
            with django_assert_max_num_queries(20 if address in ("1/", "3/") else 15):
                assert client.get(f"/gatherings/{row.pk}/{address}").status_code == 200


def test_the_database_keeps_the_rules(row, book, member):
    with pytest.raises(IntegrityError), transaction.atomic():
        Book.begin(row, title="A second one at the same time")
    with pytest.raises(IntegrityError), transaction.atomic():
        Chapter.objects.create(book=book, number=1, title="Twice")
    with pytest.raises(IntegrityError), transaction.atomic():
        Book.objects.update(per_meeting=0)
    HavingRead.say(chapter(book, 1), member, "read")
    with pytest.raises(IntegrityError), transaction.atomic():
        HavingRead.objects.update(says="burnt")
    row.delete()
    assert not Chapter.objects.exists() and not Book.objects.exists()


def agenda(client, row, query="") -> list[str]:
    """What each meeting of the lists on a series' page is called, and what is said of it."""
    text = client.get(f"/gatherings/{row.pk}/{query}").text
    lines = re.findall(r'<li class="agenda__item.*?</li>', text, re.S)
    return [re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", line)) for line in lines]


def test_each_meeting_is_called_by_what_is_read_at_it(client, row, book, lead, member, monday):
    first, second = meetings(row)[:2]
    Rsvp.say(first, Answer.GOING, member=member)
    second.title = "With guests"
    second.facilitator = lead
    second.save()
    client.force_login(member)
    shown = agenda(client, row)
    assert len(shown) == 4 and "Chapter 1: Title 1" in shown[0] and "1 is coming" in shown[0] and "Going" in shown[0]
    assert "With guests" in shown[1] and "Aoi leads" in shown[1] and "Title 2" not in shown[1]
    assert "coming" not in shown[1] + shown[2], "that nobody has answered yet is not worth a word"
    assert len(agenda(client, row, "?ahead=all")) == row.meetings.count() > 4
    monday.shift(timedelta(days=30))
    client.force_login(member)  # the session is over by then
    was = agenda(client, row)[-2:]
    assert "With guests" in was[0] and "Aoi led" in was[0] and "Chapter 1: Title 1" in was[1]
    assert "1 was coming" in was[1] and "Going" not in was[1]


def test_a_meetings_page_is_called_so_too_and_leads_to_the_chapters_notes(client, row, book, lead, member, monday):
    Participant.join(row, member)
    monday.shift(timedelta(days=20))
    client.force_login(member)
    second = client.get(f"/gatherings/{row.pk}/2/").text
    assert "<title>Chapter 2: Title 2" in second and "Chapter 1: Title 1" in second.partition('id="earlier-title"')[2]
    first = client.get(f"/gatherings/{row.pk}/1/").text
    assert f'href="/gatherings/{row.pk}/chapters/1/?book=1#note-title"' in first


def test_a_circle_that_meets_once_sets_up_its_book_on_its_page(client, lead, member):
    row = circle(lead, rule=None)
    book_page = f'href="/gatherings/{row.pk}/book/"'
    client.force_login(member)
    assert book_page not in client.get(f"/gatherings/{row.pk}/1/").text
    client.force_login(lead)
    assert book_page in client.get(f"/gatherings/{row.pk}/1/").text
    Book.begin(row, title="SRE").add([("Introduction", None)])
    page = client.get(f"/gatherings/{row.pk}/1/").text
    assert book_page in page and "Chapter 1: Introduction" in page


def test_the_next_that_stands_is_shown_however_many_are_skipped(client, row, lead, member):
    for one in meetings(row)[:7]:
        schedule.skip(one, lead)
    stands = meetings(row)[7]
    client.force_login(member)
    text = client.get(f"/gatherings/{row.pk}/").text
    assert f"/gatherings/{row.pk}/{stands.number}/answer/" in text and len(agenda(client, row)) == 5
