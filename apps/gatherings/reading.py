"""The reading circle's rules: which chapter is read when, who might lead next, and chapters read from a text.

A chapter that was read keeps its meeting. The others are laid on the standing meetings to come, in order and
`per_meeting` at a time, whenever somebody looks: a week that is skipped, moved or cancelled moves them by itself.
Meetings that are over are looked at in the same way until `settle` has written down what they read.
"""

import re
from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import batched
from typing import Protocol

from django.db import transaction
from django.utils import timezone

from apps.accounts.models import Person
from apps.gatherings import fade_out, sql
from apps.gatherings.listed import ChapterMeeting, ListedChapter, Note, Question
from apps.gatherings.models import Book, Chapter, Gathering, Kind, Meeting, Participant
from apps.gatherings.models.gathering import TakesPart
from apps.gatherings.models.reading import LONGEST_TITLE, MOST_CHAPTERS, MOST_PAGES
from apps.web.text import clean

SHOWN_QUESTIONS = 8
MOST_LISTED = 16  # chapters beside the meetings


class HasId(Protocol):
    @property
    def pk(self) -> int: ...


def laid[At](unread: Iterable[HasId], meetings: Iterable[At], per_meeting: int) -> dict[int, At]:
    """The meeting of each unread chapter, by the chapter's id; those beyond the last meeting have none."""
    together = zip(meetings, batched(unread, per_meeting), strict=False)
    return {chapter.pk: meeting for meeting, chapters in together for chapter in chapters}


def on_meetings(meetings: Iterable[Meeting]) -> dict[int, list[Chapter]]:
    """The chapters that lie on each of these meetings as things stand, by the meeting's id; with their books. Two
    queries, or none.
    """
    circles = {one.gathering_id for one in meetings if one.gathering.kind == Kind.READING}
    if not circles:
        return {}
    unread: dict[Book, list[Chapter]] = {}
    rows = Chapter.objects.unread().filter(book__gathering__in=circles, book__finished_at=None)
    for chapter in rows.select_related("book"):
        unread.setdefault(chapter.book, []).append(chapter)
    to_come = Meeting.objects.standing().filter(gathering__in=circles).order_by("starts_at", "id")
    since = min((book.settled_until for book in unread), default=timezone.now())
    known = list(to_come.filter(ends_at__gt=since).only("gathering", "ends_at"))
    found: dict[int, list[Chapter]] = {}
    for book, chapters in unread.items():
        own = [one for one in known if one.gathering_id == book.gathering_id and one.ends_at > book.settled_until]
        where = laid(chapters, own, book.per_meeting)
        for chapter in chapters:
            if chapter.pk in where:
                found.setdefault(where[chapter.pk].pk, []).append(chapter)
    return found


def _not_settled(book: Book):
    """The meetings that unread chapters are laid on: held ones whose chapters are not written down, and those ahead."""
    meetings = Meeting.objects.standing().filter(gathering=book.gathering_id, ends_at__gt=book.settled_until)
    return meetings.order_by("starts_at", "id")


def settle(gathering: Gathering, now: datetime | None = None) -> int:
    """Writes down what was read at meetings that are over; returns how many chapters. Repeated, it changes nothing.

    Called by the clock, and before each deed that would lay the chapters differently.
    """
    now = now or timezone.now()
    with transaction.atomic():
        book = Book.objects.select_for_update().filter(gathering=gathering, finished_at=None).first()
        if book is None:
            return 0
        over = list(_not_settled(book).filter(ends_at__lte=now))
        if not over:
            return 0
        where = laid(book.chapters.unread(), over, book.per_meeting)
        for pk, meeting in where.items():
            Chapter.objects.filter(pk=pk, meeting=None).update(meeting=meeting)
        Book.objects.filter(pk=book.pk).update(settled_until=now)
    return len(where)


def settle_all(now: datetime) -> int:
    """The round by the clock."""
    return sum(settle(one, now) for one in Gathering.objects.filter(books__finished_at=None, books__isnull=False))


def take_part(gathering: Gathering, member) -> bool:
    """Whether somebody takes part; in an open circle, or one they were invited to, they do from now on.

    Who runs it may write without taking part.
    """
    row = gathering.participants.filter(member=member).first()
    if row is not None and row.joined_at is not None:
        return True
    if (gathering.is_open or row is not None) and not gathering.is_closed:
        Participant.join(gathering, member)
        return True
    return gathering.may_run(member)


def may_write(gathering: Gathering, member) -> bool:
    """Whether `take_part` would let somebody; pages offer nothing that would be refused."""
    row = next((one for one in Participant.of(gathering) if one.person.pk == member.pk), None)
    if row is not None and (row.joined_at is not None or not gathering.is_closed):
        return True
    return (gathering.is_open and not gathering.is_closed) or gathering.may_run(member)


@dataclass(frozen=True, slots=True)
class Proposal:
    """Who might lead a chapter. Only a proposal: anybody may take it."""

    person: Person
    led: int  # chapters led so far, or taken to lead


def proposed(
    chapter: ListedChapter,
    chapters: Sequence[ListedChapter],
    people: Iterable[TakesPart],
    declined: Collection[int] = (),
) -> Proposal | None:
    """Whoever takes part and led least in this circle; of equals, who joined first.

    Nobody twice in a row if anybody else can. `chapters` are all of the circle, in order; `declined` are the ids of
    those who said no to this one.
    """
    led = Counter(one.facilitator_id for one in chapters if one.facilitator_id)
    here = next(n for n, one in enumerate(chapters) if one.pk == chapter.pk)
    beside = {one.facilitator_id for one in (*chapters[max(0, here - 1) : here], *chapters[here + 1 : here + 2])}
    can = [row for row in people if row.joined_at and row.is_active and row.person.pk not in declined]
    can.sort(key=lambda row: (row.person.pk in beside, led[row.person.pk], row.joined_at, row.pk))
    return Proposal(can[0].person, led[can[0].person.pk]) if can else None


@dataclass(frozen=True, slots=True)
class Line:
    """A chapter as the list shows it."""

    chapter: ListedChapter
    meeting: ChapterMeeting | None  # at which it was read, or will be as things stand
    is_read: bool
    is_next: bool
    came: int | None = None
    proposal: Proposal | None = None
    asked: tuple[Person, ...] = ()

    @property
    def asked_ids(self) -> list[int]:
        return [person.pk for person in self.asked]


@dataclass(frozen=True, slots=True)
class Circle:
    """What a reading circle reads: its current book, or the last one, with its chapters in order."""

    book: Book | None
    lines: list[Line]
    held: list[fade_out.HeldMeeting]
    can_be_led: bool  # whether anybody may still take a chapter of it

    @property
    def read(self) -> int:
        return sum(line.is_read for line in self.lines)

    @property
    def near(self) -> list[Line]:
        """Those around the next one, where there are more than a page shows."""
        if len(self.lines) <= MOST_LISTED:
            return self.lines
        here = next((n for n, line in enumerate(self.lines) if not line.is_read), len(self.lines))
        start = max(0, min(here - MOST_LISTED // 3, len(self.lines) - MOST_LISTED))
        return self.lines[start : start + MOST_LISTED]

    @property
    def left(self) -> int:
        return len(self.lines) - self.read

    @property
    def next(self) -> list[Line]:
        """Those of the next meeting, in order."""
        return [line for line in self.lines if line.is_next]

    @property
    def next_meeting(self) -> ChapterMeeting | None:
        return self.next[0].meeting if self.next else None

    @property
    def to_cut(self) -> ListedChapter | None:
        """The next chapter that could be made shorter."""
        if self.book is None or self.book.is_finished:
            return None
        return next((line.chapter for line in self.lines if not line.is_read), None)

    @property
    def last_read(self) -> Line | None:
        return next((line for line in reversed(self.lines) if line.is_read), None)

    def of(self, meeting: Meeting) -> list[Line]:
        return [line for line in self.lines if line.meeting is not None and line.meeting.pk == meeting.pk]


def circle(gathering: Gathering, reader, now: datetime | None = None, *, book: int | None = None) -> Circle | None:
    """A reading circle as `reader` sees it; None for other kinds. At most six queries, however long the book.

    `book` is the number of a book; without it the one that is read now, or the last.
    """
    if gathering.kind != Kind.READING:
        return None
    now = now or timezone.now()
    books, every = sql.chapters(gathering.pk, reader)
    shown = _shown(gathering, books, book)
    held = fade_out.held_counts(gathering)
    if shown is None:
        return Circle(None, [], held, can_be_led=False)
    chapters = [one for one in every if one.book_id == shown.pk]
    unread = [one for one in chapters if not one.is_read]
    needed = -(-len(unread) // shown.per_meeting)
    lays = unread and not shown.is_finished
    where = laid(unread, sql.to_lay(shown, needed), shown.per_meeting) if lays else {}
    came = {one.pk: one.came for one in held}
    askings = sql.askings([one.pk for one in unread if one.facilitator is None]) if lays else []

    def is_over(one: ListedChapter) -> bool:
        return one.is_read or (one.pk in where and where[one.pk].ends_at <= now)

    to_come = [one for one in unread if not is_over(one)]
    ahead = where.get(to_come[0].pk) if to_come else None
    can_be_led = not shown.is_finished and not gathering.is_closed
    open_one = next((one for one in to_come if one.facilitator_id is None), None) if can_be_led else None

    def line(one: ListedChapter) -> Line:
        meeting = one.meeting or where.get(one.pk)
        asked = tuple(person for chapter, person, declined in askings if chapter == one.pk and not declined)
        proposal = None
        if one is open_one and not asked:
            known = {person.pk for chapter, person, _declined in askings if chapter == one.pk}
            proposal = proposed(one, every, Participant.of(gathering), known)
        if is_over(one):
            return Line(one, meeting, is_read=True, is_next=False, came=came.get(meeting.pk) if meeting else None)
        is_next = meeting is not None and ahead is not None and meeting.pk == ahead.pk
        return Line(one, meeting, is_read=False, is_next=is_next, proposal=proposal, asked=asked)

    return Circle(shown, [line(one) for one in chapters], held, can_be_led)


def circle_of_page(gathering: Gathering, reader) -> Circle | None:
    """As `circle`, asked for once a page: several parts of it show it."""
    known = gathering.__dict__.setdefault("circle_of_page", {})
    if reader.pk not in known:
        known[reader.pk] = circle(gathering, reader)
    return known[reader.pk]


def of_meeting(meeting: Meeting, reader) -> list[Line]:
    """The chapters a meeting has read, or will read as things stand."""
    found = circle_of_page(meeting.gathering, reader)
    lines = found.of(meeting) if found else []
    if lines or found is None or not meeting.is_over():
        return lines
    _books, rows = sql.chapters(meeting.gathering_id, reader)  # of a book read before
    read = (row for row in rows if row.meeting is not None and row.meeting.pk == meeting.pk)
    return [Line(row, row.meeting, is_read=True, is_next=False) for row in read]


def _shown(gathering: Gathering, books: dict[int, Book], number: int | None) -> Book | None:
    """The book asked for; else the current one, or the last. Asks anew only where those with chapters do not tell."""
    last = next(reversed(books.values()), None)
    if number is None and last is not None and not last.is_finished:
        return last
    found = next((one for one in books.values() if one.number == number), None)
    if found is not None:
        return found
    rows = Book.objects.filter(gathering=gathering)
    return rows.filter(number=number).first() if number is not None else rows.order_by("-number").first()


def questions(chapters: Iterable[HasId]) -> list[Question]:
    """The questions brought to these chapters, as they came; the first few."""
    return sql.questions([one.pk for one in chapters], SHOWN_QUESTIONS)


def last_note(lines: Iterable[Line]) -> tuple[ListedChapter, Note] | None:
    """The last chapter that was read and has notes, with these."""
    read = {line.chapter.pk: line.chapter for line in lines if line.is_read}
    note = sql.last_note(list(read)) if read else None
    return (read[note.chapter], note) if note else None


# Chapters as people write or paste them: “3. Embracing risk | 24”. A number in front is how lists look, no title.
_NUMBERED = re.compile(r"\d{1,3}(?:[.):][ \t]+|[.):．）：、]\s*(?=\D))")
_PAGES = re.compile(r"[|｜]\s*(\S*)\s*$")


@dataclass(frozen=True, slots=True)
class Bad:
    """A line that is no chapter; `code` is `empty`, `long` or `pages`."""

    line: int  # from 1
    code: str
    text: str


def read_chapters(text: str) -> tuple[list[tuple[str, int | None]], list[Bad]]:
    """(title, pages) of each line that is one, and what is wrong with the others. Empty lines are passed over."""
    good: list[tuple[str, int | None]] = []
    bad: list[Bad] = []
    for number, raw in enumerate(text.splitlines(), 1):
        if not raw.strip():
            continue
        title, pages, code = _read_line(raw)
        if code:
            bad.append(Bad(number, code, clean(raw)[:60]))
        else:
            good.append((title, pages))
    return good, bad


def _read_line(raw: str) -> tuple[str, int | None, str]:
    line, pages = raw.strip(), None
    if found := _PAGES.search(line):
        said = found[1]
        line = line[: found.start()]
        if not (said.isdecimal() and len(said) <= 4 and 1 <= int(said) <= MOST_PAGES):
            return "", None, "pages"
        pages = int(said)
    numbered = _NUMBERED.match(line)
    title = clean(line[numbered.end() :] if numbered else line)
    if not title:
        return "", None, "empty"
    return (title, pages, "long" if len(title) > LONGEST_TITLE else "")


def room(book: Book | None) -> int:
    """How many chapters the book still has room for."""
    return MOST_CHAPTERS - (book.chapters.count() if book else 0)
