"""The newest signals, as the page of people lists them: with what its lines say of a note, and no more."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from apps.accounts.models import Member, Named, persons
from apps.people import sql
from apps.web.bilingual import InBoth


@dataclass(frozen=True, slots=True)
class Note:
    """A signal in a list; its templates show a `Signal` as well."""

    pk: int
    person_id: int
    person: Named
    by_id: int | None
    by: Named | None
    words: str
    day: date
    place: str
    corrected_at: bool
    answer: str
    topic_id: int | None
    topic: InBoth | None
    is_accepted: bool
    has_person_joined: bool


def newest(reader: Member, most: int, known: Mapping[int, Named]) -> list[Note]:
    """The `most` newest that `reader` may see. One query, and one where somebody wrote who is not `known`."""
    rows = sql.notes(reader, most)
    writers = {row[2] for row in rows if row[2]} - known.keys()
    named = {**known, **persons(writers)}
    return [
        Note(
            pk, about, named[about], by, named[by] if by else None, words, day, place, bool(corrected), answer,
            topic, InBoth(topic, name, name_ja) if topic else None, bool(accepted), bool(joined),
        )
        for pk, about, by, words, day, place, corrected, answer, topic, name, name_ja, accepted, joined in rows
    ]  # fmt: skip
