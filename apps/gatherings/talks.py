"""The talks of a learning event as its page shows them: slots with their hours, what is offered, what is asked for."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from apps.accounts.models import Person, persons
from apps.gatherings.models import Gathering, Meeting
from apps.gatherings.models.talk import Talk
from apps.people.models import Interest


@dataclass(frozen=True, slots=True)
class Told:
    """A talk with who gives it, how many would hear it, and who could teach it where it is asked for."""

    talk: Talk
    speaker: Person | None
    wishes: int
    interested: int
    could: list[Person]
    is_mine: bool
    is_wished: bool
    begins: datetime | None = None


@dataclass(frozen=True, slots=True)
class Programme:
    slots: list[Told]
    offered: list[Told]
    asked: list[Told]


def programme(gathering: Gathering, meeting: Meeting | None, reader) -> Programme:
    """The talks of `meeting` in their slots; what is offered and asked for besides. Four queries.

    Talks of meetings that are over are not asked about any more.
    """
    rows = list(gathering.talks.prefetch_related("wishes"))
    topics = {row.topic_id for row in rows if row.topic_id}
    said = list(Interest.objects.confirmed().of_standing().filter(topic__in=topics))
    known = persons({row.speaker_id for row in rows if row.speaker_id} | {one.person_id for one in said})

    def told(row: Talk, begins: datetime | None = None) -> Told:
        about = [one for one in said if one.topic_id == row.topic_id]
        could = [known[one.person_id] for one in about if one.wants_teach] if row.speaker_id is None else []
        wishing = {wish.member_id for wish in row.wishes.all()}
        return Told(
            row,
            known.get(row.speaker_id) if row.speaker_id else None,
            len(wishing),
            sum(one.wants_more for one in about),
            could,
            reader.pk in (row.speaker_id, row.by_id),
            reader.pk in wishing,
            begins,
        )

    slots, begins = [], meeting.starts_at if meeting else None
    for row in rows:
        if meeting is not None and begins is not None and row.meeting_id == meeting.pk:
            slots.append(told(row, begins))
            begins += timedelta(minutes=row.minutes)
    free = [row for row in rows if row.meeting_id is None]
    wanted = sorted((told(row) for row in free), key=lambda one: -one.wishes)
    return Programme(
        slots, [one for one in wanted if one.speaker is not None], [one for one in wanted if one.speaker is None]
    )
