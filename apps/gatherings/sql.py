"""What Home and a series' page ask for on every visit, in plain SQL, as the ORM takes longer to write it than a
database to answer. The same on SQLite and PostgreSQL; tests hold it to what the models say.
"""

from collections.abc import Collection
from datetime import date, datetime
from typing import Any, NamedTuple

from django.db import connection

from apps.accounts.models import NAMES, Member, Person
from apps.gatherings.listed import ChapterMeeting, Line, ListedChapter, ListedMeeting, Note, Question
from apps.gatherings.models import Book, Gathering
from apps.gatherings.models.reading import chapter_address
from apps.web.plain_sql import argument, as_day, as_moment, fetch, marks

_COMES = "(r.answer = 'going' AND r.has_seat OR r.answer = 'online')"
_LEADER = ", ".join(f"f.{name}" for name in ("id", *NAMES))
# A meeting as a list says it: its series and who leads it, how many come and were there, what the reader said and
# whether they wait. Twice the reader's id.
_LISTED = f"""
    SELECT m.id, m.gathering_id, m.number, m.title, g.title, m.day, m.starts_at, m.ends_at, m.place, m.seats,
        m.cancelled_at IS NOT NULL, m.is_skip, m.cancel_words, {_LEADER},
        (SELECT COUNT(*) FROM gatherings_rsvp r WHERE r.meeting_id = m.id AND {_COMES}),
        (SELECT COUNT(*) FROM gatherings_attendance a WHERE a.meeting_id = m.id AND a.removed_at IS NULL),
        (SELECT r.answer FROM gatherings_rsvp r WHERE r.meeting_id = m.id AND r.member_id = %s),
        (SELECT COUNT(*) FROM gatherings_rsvp r
         WHERE r.meeting_id = m.id AND r.member_id = %s AND r.answer = 'going' AND NOT r.has_seat)
    FROM chosen JOIN gatherings_meeting m ON m.id = chosen.id JOIN gatherings_gathering g ON g.id = m.gathering_id
        LEFT JOIN accounts_member f ON f.id = m.facilitator_id
    ORDER BY m.starts_at, m.id
"""  # noqa: S608 (names of ours)
_GATHERING = f"""
    SELECT g.*, {", ".join(f"f.{name} AS organiser_{name}" for name in NAMES)},
        EXISTS (SELECT 1 FROM gatherings_gathering_helpers h WHERE h.gathering_id = g.id AND h.member_id = %s)
            AS is_helped,
        (SELECT COUNT(*) FROM gatherings_meeting m WHERE m.gathering_id = g.id AND m.ends_at <= %s) AS earlier,
        (SELECT COUNT(*) FROM gatherings_meeting m WHERE m.gathering_id = g.id AND m.ends_at > %s) AS to_come,
        EXISTS (SELECT 1 FROM gatherings_timepoll p WHERE p.gathering_id = g.id AND p.closed_at IS NULL) AS seeks_time
    FROM gatherings_gathering g LEFT JOIN accounts_member f ON f.id = g.organiser_id WHERE g.id = %s
"""  # noqa: S608 (names of ours)
_COMING = f"""
    WITH theirs AS (
        SELECT m.id, m.starts_at, ROW_NUMBER() OVER (PARTITION BY m.gathering_id ORDER BY m.starts_at, m.id) AS nth
        FROM gatherings_meeting m JOIN gatherings_gathering g ON g.id = m.gathering_id
        WHERE m.cancelled_at IS NULL AND m.ends_at > %s AND (
            g.organiser_id = %s OR m.facilitator_id = %s
            OR EXISTS (SELECT 1 FROM gatherings_participant p
                       WHERE p.gathering_id = m.gathering_id AND p.member_id = %s AND p.left_at IS NULL)
            OR EXISTS (SELECT 1 FROM gatherings_rsvp r
                       WHERE r.meeting_id = m.id AND r.member_id = %s AND r.answer <> 'no')
        )
    ), chosen AS (SELECT id FROM theirs WHERE nth = 1 ORDER BY starts_at, id LIMIT %s)
    {_LISTED}
"""  # noqa: S608 (names of ours)
_AROUND = f"""
    WITH ahead AS (
        SELECT id FROM gatherings_meeting WHERE gathering_id = %s AND ends_at > %s ORDER BY starts_at, id LIMIT %s
    ), over_ AS (
        SELECT id FROM gatherings_meeting WHERE gathering_id = %s AND ends_at <= %s
        ORDER BY starts_at DESC, id DESC LIMIT %s OFFSET %s
    ), next_ AS (
        SELECT id FROM gatherings_meeting WHERE gathering_id = %s AND ends_at > %s AND cancelled_at IS NULL
        ORDER BY starts_at, id LIMIT 1
    ), chosen AS (SELECT id FROM ahead UNION SELECT id FROM next_ UNION ALL SELECT id FROM over_)
    {_LISTED}
"""  # noqa: S608 (names of ours)
_HELD = f"""
    WITH over_ AS (
        SELECT id, starts_at FROM gatherings_meeting WHERE gathering_id = %s AND cancelled_at IS NULL AND ends_at <= %s
    ), first AS (SELECT id FROM over_ ORDER BY starts_at, id LIMIT 1),
    last AS (SELECT id FROM over_ ORDER BY starts_at DESC, id DESC LIMIT %s),
    chosen AS (SELECT id FROM first UNION SELECT id FROM last)
    SELECT m.id, m.starts_at,
        (SELECT COUNT(*) FROM gatherings_rsvp r WHERE r.meeting_id = m.id AND {_COMES}),
        (SELECT COUNT(*) FROM gatherings_attendance a WHERE a.meeting_id = m.id AND a.removed_at IS NULL)
    FROM chosen JOIN gatherings_meeting m ON m.id = chosen.id ORDER BY m.starts_at, m.id
"""  # noqa: S608 (names of ours)


def gathering(pk: int, reader: Member, now: datetime) -> Gathering | None:
    """A gathering with the names of who organises it, whether `reader` helps to run it (`is_helped`), and how many
    meetings were (`earlier`) and are `to_come`, and whether a time is looked for (`seeks_time`). One query.
    """
    row: Any = next(iter(Gathering.objects.raw(_GATHERING, [reader.pk, argument(now), argument(now), pk])), None)
    if row is not None and row.organiser_id:
        row.organiser = Member(pk=row.organiser_id, **{name: getattr(row, f"organiser_{name}") for name in NAMES})
    return row


def coming(reader: Member, now: datetime, most: int) -> list[Line]:
    """The next meeting of each gathering that concerns `reader`, the soonest first. One query."""
    me = reader.pk
    return _listed(_COMING, [argument(now), me, me, me, me, most, me, me])


def around(gathering: int, reader: Member, now: datetime, *, ahead: int, over: int, skipped: int) -> list[Line]:
    """The next `ahead` meetings of a gathering, the next that stands however late, and the `over` before, `skipped`
    left out in between. One query.
    """
    at, me = argument(now), reader.pk
    return _listed(_AROUND, [gathering, at, ahead, gathering, at, over, skipped, gathering, at, me, me])


def _listed(text: str, arguments: list) -> list[Line]:
    found = []
    for row in fetch(text, arguments):
        pk, gathering, number, title, series, day, starts, ends, place, seats, cancelled, skip, words = row[:13]
        leader = Person(*row[13:18]) if row[13] else None
        meeting = ListedMeeting(
            pk, gathering, number, title, series, as_day(day), as_moment(starts), as_moment(ends), place,
            seats, bool(cancelled), bool(skip), words, leader,
        )  # fmt: skip
        come, there, said, waits = row[18:]
        found.append(Line(meeting, come, said or "", bool(waits), (there, ()) if there else None))
    return found


def held(gathering: int, now: datetime, most: int) -> list[tuple[int, datetime, int, int]]:
    """(meeting, when, how many had said that they come, how many were there) of the first meeting of a gathering that
    was held and the last `most`. One query.
    """
    rows = fetch(_HELD, [gathering, argument(now), most])
    return [(pk, as_moment(starts), people, there) for pk, starts, people, there in rows]


_BOOK = tuple(field.column for field in Book._meta.concrete_fields)
_CHAPTERS = f"""
    SELECT c.id, c.number, c.title, c.pages, m.id, m.number, m.day, m.starts_at, m.ends_at,
        (SELECT h.says FROM gatherings_havingread h WHERE h.chapter_id = c.id AND h.member_id = %s),
        {_LEADER}, {", ".join(f"b.{name}" for name in _BOOK)}
    FROM gatherings_chapter c JOIN gatherings_book b ON b.id = c.book_id
        LEFT JOIN gatherings_meeting m ON m.id = c.meeting_id LEFT JOIN accounts_member f ON f.id = c.facilitator_id
    WHERE b.gathering_id = %s ORDER BY b.number, c.number
"""  # noqa: S608 (names of ours)


def chapters(gathering: int, reader: Member) -> tuple[dict[int, Book], list[ListedChapter]]:
    """The books of a circle that have chapters, by id, and their chapters in order. One query."""
    books: dict[int, Book] = {}
    found = []
    for row in fetch(_CHAPTERS, [reader.pk, gathering]):
        pk, number, title, pages, meeting, meeting_number, day, starts, ends, said = row[:10]
        of_book = row[15:]
        book = books.get(of_book[0]) or books.setdefault(of_book[0], _book(of_book))
        read_at = None
        if meeting:
            moments = as_moment(starts), as_moment(ends)
            read_at = ChapterMeeting(meeting, meeting_number, as_day(day), *moments)
        address = chapter_address(gathering, number, book.number)
        leader = Person(*row[10:15]) if row[10] else None
        found.append(ListedChapter(pk, number, title, pages, book.pk, address, leader, read_at, said or ""))
    return books, found


def _book(row: tuple) -> Book:
    names = [field.attname for field in Book._meta.concrete_fields]
    said = dict(zip(names, row, strict=True))
    said |= {name: as_moment(said[name]) for name in ("settled_until", "finished_at", "created_at")}
    return Book.from_db(connection.alias, names, [said[name] for name in names])


def to_lay(book: Book, most: int) -> list[ChapterMeeting]:
    """The next `most` meetings that unread chapters are laid on: held ones whose chapters are not written down, and
    those ahead (as `reading` settles them). One query.
    """
    rows = fetch(
        """
        SELECT id, number, day, starts_at, ends_at FROM gatherings_meeting
        WHERE gathering_id = %s AND cancelled_at IS NULL AND ends_at > %s ORDER BY starts_at, id LIMIT %s
        """,
        [book.gathering_id, argument(book.settled_until), most],
    )
    return [
        ChapterMeeting(pk, number, as_day(day), as_moment(starts), as_moment(ends))
        for pk, number, day, starts, ends in rows
    ]


def askings(chapters: Collection[int]) -> list[tuple[int, Person, bool]]:
    """(chapter, who was asked to lead it, whether they said no), as they were asked. One query, or none."""
    if not chapters:
        return []
    rows = fetch(
        f"""
        SELECT a.chapter_id, a.declined_at IS NOT NULL, {_LEADER}
        FROM gatherings_asking a JOIN accounts_member f ON f.id = a.member_id
        WHERE a.chapter_id IN ({marks(chapters)}) ORDER BY a.at, a.id
        """,  # noqa: S608 (names of ours)
        [*chapters],
    )
    return [(chapter, Person(*who), bool(declined)) for chapter, declined, *who in rows]


def questions(chapters: Collection[int], most: int) -> list[Question]:
    """The first `most` questions brought to some chapters, as they came. One query."""
    rows = fetch(
        f"""
        SELECT i.text, {_LEADER} FROM gatherings_impression i JOIN accounts_member f ON f.id = i.member_id
        WHERE i.kind = 'question' AND i.chapter_id IN ({marks(chapters)}) ORDER BY i.at, i.id LIMIT %s
        """,  # noqa: S608 (names of ours)
        [*chapters, most],
    )
    return [Question(Person(*who), text) for text, *who in rows]


def last_note(chapters: Collection[int]) -> Note | None:
    """The notes of the last of these chapters that has any. One query."""
    rows = fetch(
        f"""
        SELECT n.chapter_id, n.text, n.at, {_LEADER}
        FROM gatherings_chapternote n JOIN gatherings_chapter c ON c.id = n.chapter_id
            LEFT JOIN accounts_member f ON f.id = n.by_id
        WHERE n.text <> '' AND n.chapter_id IN ({marks(chapters)}) ORDER BY c.number DESC LIMIT 1
        """,  # noqa: S608 (names of ours)
        [*chapters],
    )
    return next((Note(pk, text, as_moment(at), Person(*who) if who[0] else None) for pk, text, at, *who in rows), None)


class Waits(NamedTuple):
    """A row of what waits: `what` is task or poll, and the rest as far as that has it."""

    what: str
    pk: int
    gathering: int
    number: int
    words: str
    kind: str
    due: date | None


_WAITING = """
    SELECT 'task', t.id, m.gathering_id, m.number, t.words, '', t.due
    FROM gatherings_followup t JOIN gatherings_meeting m ON m.id = t.meeting_id
    WHERE t.owner_id = %s AND t.done_at IS NULL
    UNION ALL
    SELECT 'poll', p.id, g.id, 0, g.title, g.kind, NULL
    FROM gatherings_timepoll p JOIN gatherings_gathering g ON g.id = p.gathering_id
        JOIN gatherings_participant t ON t.gathering_id = g.id AND t.member_id = %s AND t.joined_at IS NOT NULL
    WHERE p.closed_at IS NULL AND g.closed_at IS NULL AND NOT EXISTS
        (SELECT 1 FROM gatherings_timemark k JOIN gatherings_timeoption o ON o.id = k.option_id
         WHERE o.poll_id = p.id AND k.member_id = %s)
"""


def waiting(reader: Member) -> list[Waits]:
    """Everything that waits for `reader`. One query."""
    rows = fetch(_WAITING, [reader.pk] * 3)
    return [Waits._make([*said, as_day(due)]) for *said, due in rows]


class Settled(NamedTuple):
    """What needs no suggestion: those that somebody has put away for a while, by their keys; topics that a gathering is
    planned for; items that a mob is.
    """

    away: set[str]
    topics: set[int]
    mobs: set[int]


def settled(reader: Member, now: datetime) -> Settled:
    """For `reader`. One query."""
    at = argument(now)
    found = Settled(set(), set(), set())
    rows = fetch(
        """
        SELECT d.key, 0, 0 FROM gatherings_dismissal d WHERE d.member_id = %s AND d.until > %s
        UNION ALL
        SELECT '', g.topic_id, 0 FROM gatherings_gathering g
        WHERE g.topic_id IS NOT NULL AND g.closed_at IS NULL AND (g.rule IS NOT NULL OR EXISTS
            (SELECT 1 FROM gatherings_meeting m WHERE m.gathering_id = g.id AND m.ends_at > %s))
        UNION ALL
        SELECT '', 0, COALESCE(m.own_item_id, g.item_id, 0)
        FROM gatherings_meeting m JOIN gatherings_gathering g ON g.id = m.gathering_id
        WHERE g.kind = 'mob' AND m.cancelled_at IS NULL AND m.ends_at > %s
        """,
        [reader.pk, at, at, at],
    )
    for key, topic, item in rows:
        if topic:
            found.topics.add(topic)
        elif item:
            found.mobs.add(item)
        else:
            found.away.add(key)
    return found
