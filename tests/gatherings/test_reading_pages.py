"""The pages of a reading circle: what they show, empty and full, in Japanese, with strange text; and what they cost."""

import re
from datetime import timedelta
from itertools import pairwise

import pytest
import time_machine
from django.db import IntegrityError, transaction

from apps.gatherings import schedule
from apps.gatherings.models import (
    Answer,
    Asking,
    Book,
    BookIdea,
    Chapter,
    ChapterNote,
    HavingRead,
    Impression,
    Participant,
    Rsvp,
)
from tests.gatherings.circles import STRANGE, chapter, do, joined, meetings
from tests.gatherings.test_planning import MONDAY, circle

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def monday():
    with time_machine.travel(MONDAY, tick=False) as clock:
        yield clock


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
