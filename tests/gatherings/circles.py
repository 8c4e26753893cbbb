"""What the tests of reading circles share."""

from datetime import date

from apps.gatherings import reading
from apps.gatherings.models import Chapter, Participant
from tests import factories

KEY = "6f1f6a4e-9c38-4d0b-8f7e-3f4f6a0c1d2e"
STRANGE = "‮<script>alert(1)</script> 輪読会 👩‍💻 " + "e" + "\u0301" * 200 + "\x00 {{ 1 }} %(n)s"


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
