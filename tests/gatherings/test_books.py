"""The book of a reading circle and its chapters, and the votes for the next one."""

import re
from datetime import timedelta

import pytest
import time_machine

from apps.accounts.models import Stale
from apps.gatherings import reading
from apps.gatherings.models import (
    Book,
    BookIdea,
    Chapter,
    IdeaTaken,
    Impression,
)
from apps.gatherings.models.reading import MOST_CHAPTERS
from apps.gatherings.tasks import extend
from tests import factories
from tests.gatherings.circles import KEY, chapter, do, joined
from tests.gatherings.test_planning import MONDAY, circle

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def monday():
    with time_machine.travel(MONDAY, tick=False) as clock:
        yield clock


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
