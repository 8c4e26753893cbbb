"""What Home and the page of people ask for on every visit, in plain SQL, as the ORM takes longer to write it than a
database to answer. The same on SQLite and PostgreSQL; tests hold it to what the models say.
"""

from collections.abc import Collection
from typing import Any, NamedTuple

from apps.accounts.models import NAMES, Member, Person
from apps.people.models.asked import oldest_waiting
from apps.web.plain_sql import argument, as_day, fetch, marks

# What waits for its person's answer, as the querysets of the models say it: neither answered nor expired.
_PROPOSED = "x WHERE x.confirmed_at IS NULL AND x.proposed_at > %s"
_NOTED = (
    "people_signal x WHERE x.at > %s AND NOT EXISTS (SELECT 1 FROM people_consent c WHERE c.signal_id = x.id)",
    f"people_journeystep {_PROPOSED}",
    f"people_ladderstep {_PROPOSED}",
)
_ASKED = (
    *_NOTED,
    f"people_interest {_PROPOSED} AND EXISTS"  # noqa: S608 (names of ours)
    " (SELECT 1 FROM people_topic t WHERE t.id = x.topic_id AND t.merged_into_id IS NULL)",
)
_COUNT = " + ".join(f"(SELECT COUNT(*) FROM {rows} AND x.person_id = %s)" for rows in _ASKED)  # noqa: S608


def count_waiting(member: Member) -> int:
    """How many notes, interests and steps wait for one person's answer. One query."""
    return fetch(f"SELECT {_COUNT}", [argument(oldest_waiting()), member.pk] * len(_ASKED))[0][0]


class StepsState(NamedTuple):
    """Another one whenever a step begins or ceases to count, somebody comes or leaves, or items or topics are merged or
    taken apart again.
    """

    steps: int
    last_counted: Any
    last_step: int | None
    members: int
    last_member: int | None
    merges: int | None
    undone: int
    topic_merges: int | None
    topics_undone: int
    gone: tuple[int, ...]  # members who left; few, and so no sum of them, which another few could have too

    @property
    def here(self) -> int:
        """How many members there are."""
        return self.members - len(self.gone)


def steps_state() -> StepsState:
    """Two queries."""
    (row,) = fetch(
        """
        SELECT COUNT(counts_from), MAX(counts_from), MAX(id),
            (SELECT COUNT(*) FROM accounts_member), (SELECT MAX(id) FROM accounts_member),
            (SELECT MAX(id) FROM toil_merge), (SELECT COUNT(undone_at) FROM toil_merge),
            (SELECT MAX(id) FROM people_topicmerge), (SELECT COUNT(undone_at) FROM people_topicmerge)
        FROM people_ladderstep
        """,
        [],
    )
    gone = fetch("SELECT id FROM accounts_member WHERE NOT is_active ORDER BY id", [])
    return StepsState._make([*row, tuple(pk for (pk,) in gone)])


def not_joined() -> list[Person]:
    """Who has not joined and is waited for, by name. One query."""
    about = " OR ".join(f"EXISTS (SELECT 1 FROM {rows} AND x.person_id = m.id)" for rows in _NOTED)  # noqa: S608
    columns = ", ".join(f"m.{name}" for name in ("id", *NAMES))
    rows = fetch(
        f"""
        SELECT {columns} FROM accounts_member m
        WHERE m.is_active AND m.joined_at IS NULL AND ({about}) ORDER BY m.display_name, m.id
        """,  # noqa: S608 (names of ours)
        [argument(oldest_waiting())] * len(_NOTED),
    )
    return [Person(*row) for row in rows]


def notes(reader: Member, most: int) -> list[tuple]:
    """The newest notes that `reader` may see: what the person said yes to, and what waits only for the person and who
    wrote it. (id, about whom, by whom, words, day, place, whether corrected, answer, topic and its two names, whether
    accepted, whether the person has joined). One query.
    """
    oldest = argument(oldest_waiting())
    rows = fetch(
        """
        SELECT s.id, s.person_id, s.by_id, s.words, s.day, s.place, s.corrected_at IS NOT NULL, s.answer,
            s.topic_id, t.name, t.name_ja, c.id IS NOT NULL, m.joined_at IS NOT NULL
        FROM people_signal s JOIN accounts_member m ON m.id = s.person_id
            LEFT JOIN people_consent c ON c.signal_id = s.id LEFT JOIN people_topic t ON t.id = s.topic_id
        WHERE m.is_active AND (c.id IS NOT NULL OR s.at > %s AND (s.person_id = %s OR s.by_id = %s))
        ORDER BY s.day DESC, s.id DESC LIMIT %s
        """,
        [oldest, reader.pk, reader.pk, most],
    )
    return [(*row[:4], as_day(row[4]), *row[5:]) for row in rows]


def places() -> list[tuple[int, int]]:
    """(person, place on the way) of everybody who has one. One query."""
    return fetch("SELECT person_id, place FROM people_journeystep WHERE is_current", [])


# Hardly anybody is not here any more, and looking into so few takes less time than finding each person.
_IS_HERE = "NOT IN (SELECT id FROM accounts_member WHERE NOT is_active)"
_OF_STANDING = f"""
    FROM people_interest i JOIN people_topic t ON t.id = i.topic_id
    WHERE i.confirmed_at IS NOT NULL AND t.merged_into_id IS NULL AND i.person_id {_IS_HERE}
"""
_MORE = "(i.wants_read OR i.wants_mob OR i.wants_learn)"


def tallies(keen: int) -> list[tuple]:
    """(topic, its two names, how many want to read, mob or learn it, how many of these are at least `keen`, how many
    would teach it), the most wanted first. One query.
    """
    return fetch(
        f"""
        SELECT t.id, t.name, t.name_ja, COUNT(*) FILTER (WHERE {_MORE}) AS wanting,
            COUNT(*) FILTER (WHERE {_MORE} AND i.keen >= %s), COUNT(*) FILTER (WHERE i.wants_teach) AS teaching
        {_OF_STANDING} GROUP BY t.id, t.name, t.name_ja ORDER BY wanting DESC, teaching DESC, t.id
        """,
        [keen],
    )


def interests(topics: Collection[int]) -> list[tuple]:
    """(topic, person, how keen, wants to read, to mob, to learn, to teach) of `topics`. One query."""
    columns = "i.topic_id, i.person_id, i.keen, i.wants_read, i.wants_mob, i.wants_learn, i.wants_teach"
    chosen = f"AND i.topic_id IN ({marks(topics)})"
    return fetch(f"SELECT {columns} {_OF_STANDING} {chosen}", list(topics))


def wanting(topics: Collection[int], teaching: int) -> list[tuple]:
    """(topic, person, whether they want to read, mob or learn it, whether they can teach it), the keenest first, and of
    these who said so first. Who would teach it can, and who stands at teaching for all to see. One query.
    """
    return fetch(
        f"""
        SELECT topic, person, more, teach FROM (
            SELECT i.topic_id AS topic, i.person_id AS person, {_MORE} AS more, i.wants_teach AS teach, i.keen AS keen,
                i.confirmed_at AS since, i.id AS nth
            {_OF_STANDING} AND i.topic_id IN ({marks(topics)})
            UNION ALL
            SELECT s.topic_id, s.person_id, 1 = 0, 1 = 1, 0, s.counts_from, s.id FROM people_ladderstep s
            WHERE s.is_current AND s.rung = %s AND s.topic_id IN ({marks(topics)}) AND s.person_id {_IS_HERE}
                AND s.person_id NOT IN (SELECT person_id FROM people_roughly)
        ) found WHERE more OR teach ORDER BY keen DESC, since, nth
        """,  # noqa: S608 (names of ours)
        [*topics, teaching, *topics],
    )


def claims(most: int) -> list[tuple]:
    """(person's names as of a Person, rung, item and its two names, topic and its two names) of the first `most` steps
    that people claim for themselves and nobody has agreed to. One query.
    """
    columns = ", ".join(f"m.{name}" for name in ("id", *NAMES))
    return fetch(
        f"""
        SELECT {columns}, s.rung, i.id, i.name, i.name_ja, t.id, t.name, t.name_ja
        FROM people_ladderstep s JOIN accounts_member m ON m.id = s.person_id
            LEFT JOIN toil_item i ON i.id = s.item_id LEFT JOIN people_topic t ON t.id = s.topic_id
        WHERE s.confirmed_at IS NOT NULL AND s.counts_from IS NULL AND m.is_active
        ORDER BY s.confirmed_at, s.id LIMIT %s
        """,  # noqa: S608 (names of ours)
        [most],
    )


def rungs(topics: Collection[int] | None) -> list[tuple]:
    """(topic, into what it was merged, person, rung) of `topics`, and of all that were merged; or of all topics. In the
    order in which they came to count. One query.
    """
    chosen = ""
    if topics is not None:
        of_these = f"SELECT id FROM people_topic WHERE id IN ({marks(topics)}) OR merged_into_id IS NOT NULL"  # noqa: S608
        chosen = f"AND s.topic_id IN ({of_these})"
    return fetch(
        f"""
        SELECT s.topic_id, t.merged_into_id, s.person_id, s.rung
        FROM people_ladderstep s JOIN people_topic t ON t.id = s.topic_id
        WHERE s.is_current AND s.person_id {_IS_HERE} {chosen} ORDER BY s.counts_from, s.id
        """,  # noqa: S608 (names of ours)
        list(topics or ()),
    )
