"""What Home asks for on every visit, in plain SQL, as the ORM takes longer to write it than a database to answer. The
same on SQLite and PostgreSQL; tests hold it to what the models say.
"""

from datetime import date, datetime
from typing import Any, NamedTuple

from django.db import connection
from django.db.models.query import RawQuerySet

from apps.accounts.models import NAMES, Member
from apps.gatherings.models import Meeting
from apps.people import sql

_COMES = "(r.answer = 'going' AND r.has_seat OR r.answer = 'online')"
_LEADER = ", ".join(f"f.{name} AS leader_{name}" for name in NAMES)
# A meeting as a list says it: with the title of its `series`, the names of who leads it (`leader_…`), how many `people`
# come and were `there`, what the reader `said`, and whether they wait (`waits`). Twice the reader's id.
_LISTED = f"""
    SELECT m.id, m.gathering_id, m.number, m.title, m.starts_at, m.ends_at, m.place, m.facilitator_id, m.cancelled_at,
        m.cancel_words, m.is_skip, m.seats, m.zone, m.link, g.title AS series, {_LEADER},
        (SELECT COUNT(*) FROM gatherings_rsvp r WHERE r.meeting_id = m.id AND {_COMES}) AS people,
        (SELECT COUNT(*) FROM gatherings_attendance a WHERE a.meeting_id = m.id AND a.removed_at IS NULL) AS there,
        (SELECT r.answer FROM gatherings_rsvp r WHERE r.meeting_id = m.id AND r.member_id = %s) AS said,
        (SELECT COUNT(*) FROM gatherings_rsvp r
         WHERE r.meeting_id = m.id AND r.member_id = %s AND r.answer = 'going' AND NOT r.has_seat) AS waits
    FROM chosen JOIN gatherings_meeting m ON m.id = chosen.id JOIN gatherings_gathering g ON g.id = m.gathering_id
        LEFT JOIN accounts_member f ON f.id = m.facilitator_id
    ORDER BY m.starts_at, m.id
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
    ), chosen AS (SELECT id FROM ahead UNION ALL SELECT id FROM over_)
    {_LISTED}
"""  # noqa: S608 (names of ours)
_HELD = f"""
    WITH over_ AS (
        SELECT id, starts_at FROM gatherings_meeting WHERE gathering_id = %s AND cancelled_at IS NULL AND ends_at <= %s
    ), first AS (SELECT id FROM over_ ORDER BY starts_at, id LIMIT 1),
    last AS (SELECT id FROM over_ ORDER BY starts_at DESC, id DESC LIMIT %s),
    chosen AS (SELECT id FROM first UNION SELECT id FROM last)
    SELECT m.id, m.starts_at,
        (SELECT COUNT(*) FROM gatherings_rsvp r WHERE r.meeting_id = m.id AND {_COMES}) AS people,
        (SELECT COUNT(*) FROM gatherings_attendance a WHERE a.meeting_id = m.id AND a.removed_at IS NULL) AS there
    FROM chosen JOIN gatherings_meeting m ON m.id = chosen.id ORDER BY m.starts_at, m.id
"""  # noqa: S608 (names of ours)


def coming(reader: Member, now: datetime, most: int) -> RawQuerySet:
    """The next meeting of each gathering that concerns `reader`, the soonest first, as lists say it. One query."""
    me = reader.pk
    return Meeting.objects.raw(_COMING, [_moment(now), me, me, me, me, most, me, me])


def around(gathering: int, reader: Member, now: datetime, *, ahead: int, over: int, skipped: int) -> RawQuerySet:
    """The next `ahead` meetings of a gathering and the `over` before them, `skipped` left out in between, as lists say
    them. One query.
    """
    at, me = _moment(now), reader.pk
    return Meeting.objects.raw(_AROUND, [gathering, at, ahead, gathering, at, over, skipped, me, me])


def held(gathering: int, now: datetime, most: int) -> RawQuerySet:
    """The first meeting of a gathering that was held and the last `most`: how many had said that they come (`people`)
    and how many were `there`. One query.
    """
    return Meeting.objects.raw(_HELD, [gathering, _moment(now), most])


def _moment(at: datetime) -> Any:
    return connection.ops.adapt_datetimefield_value(at)


class Waits(NamedTuple):
    """A row of what waits: `what` is notes, invitation or task, and the rest as far as that has it."""

    what: str
    pk: int  # of notes, how many
    gathering: int
    number: int
    words: str
    kind: str
    due: date | None


_WAITING = f"""
    SELECT 'notes', {sql.COUNT}, 0, 0, '', '', CAST(NULL AS date)
    UNION ALL
    SELECT 'invitation', p.id, g.id, 0, g.title, g.kind, NULL
    FROM gatherings_participant p JOIN gatherings_gathering g ON g.id = p.gathering_id
    WHERE p.member_id = %s AND p.joined_at IS NULL AND p.left_at IS NULL AND g.closed_at IS NULL AND EXISTS
        (SELECT 1 FROM gatherings_meeting m WHERE m.gathering_id = g.id AND m.cancelled_at IS NULL AND m.ends_at > %s)
    UNION ALL
    SELECT 'task', t.id, m.gathering_id, m.number, t.words, '', t.due
    FROM gatherings_followup t JOIN gatherings_meeting m ON m.id = t.meeting_id
    WHERE t.owner_id = %s AND t.done_at IS NULL
"""  # noqa: S608 (names of ours)


def waiting(reader: Member, now: datetime) -> list[Waits]:
    """Everything that waits for `reader`. One query."""
    at = _moment(now)
    with connection.cursor() as cursor:
        cursor.execute(_WAITING, [*sql.count_arguments(reader), reader.pk, at, reader.pk])
        return [Waits._make([*said, sql.as_day(due)]) for *said, due in cursor.fetchall()]


def away_and_planned(reader: Member, now: datetime) -> tuple[set[str], set[int]]:
    """Suggestions that `reader` has put away for a while, and topics that a gathering is planned for. One query."""
    at = _moment(now)
    away: set[str] = set()
    planned: set[int] = set()
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT d.key, 0 FROM gatherings_dismissal d WHERE d.member_id = %s AND d.until > %s
            UNION ALL
            SELECT '', g.topic_id FROM gatherings_gathering g
            WHERE g.topic_id IS NOT NULL AND g.closed_at IS NULL AND (g.rule IS NOT NULL OR EXISTS
                (SELECT 1 FROM gatherings_meeting m WHERE m.gathering_id = g.id AND m.ends_at > %s))
            """,
            [reader.pk, at, at],
        )
        for key, topic in cursor.fetchall():
            if topic:
                planned.add(topic)
            else:
                away.add(key)
    return away, planned
