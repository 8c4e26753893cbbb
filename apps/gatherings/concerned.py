"""Who has to do with a meeting, and how: whom messages about it go to, and whether they still concern somebody.

What somebody answered for a meeting stands until they answer otherwise, also when they leave its gathering. Guests have
no address, so nothing here speaks of them.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime

from apps.accounts.models import Member
from apps.gatherings.models import Answer, Meeting, Participant, Role, Rsvp


@dataclass(slots=True)
class Part:
    """What one member has to do with one meeting."""

    runs: bool = False  # organises the gathering, or leads this meeting
    joined: bool = False
    asked: bool = False  # invited to the gathering, and neither joined nor said no
    answer: str = ""
    has_seat: bool = False
    role: str = ""
    since: datetime | None = None  # when they last had their say about it
    is_everybody: bool = False  # no member but a channel that all may read

    @property
    def waits(self) -> bool:
        return self.answer == Answer.GOING and not self.has_seat

    @property
    def comes(self) -> bool:
        """With a seat, or online."""
        return self.has_seat or self.answer == Answer.ONLINE

    @property
    def is_reminded(self) -> bool:
        """Comes, may come, or takes part and did not say no. Who waits for a seat hears when one is free."""
        takes_part = self.runs or self.joined or bool(self.answer) or self.is_everybody
        return self.answer != Answer.NO and not self.waits and takes_part

    @property
    def is_told(self) -> bool:
        """Whether a change matters to them: as who is reminded, and who waits or was asked."""
        takes_part = self.runs or self.joined or self.asked or bool(self.answer) or self.is_everybody
        return self.answer != Answer.NO and takes_part

    @property
    def drives(self) -> bool:
        return self.comes and self.role == Role.DRIVING


NOTHING, EVERYBODY = Part(), Part(is_everybody=True)
type Parts = dict[int, dict[int, Part]]  # by meeting, by member


def parts(meetings: Collection[Meeting], members: Collection[int] | None = None) -> Parts:
    """What people have to do with each of these meetings, read with their gatherings; of all, or of `members`.
    Two queries.
    """
    found: Parts = {one.pk: defaultdict(Part) for one in meetings}
    of_gathering: dict[int, list[int]] = defaultdict(list)
    for one in meetings:
        of_gathering[one.gathering_id].append(one.pk)
        for pk in (one.gathering.organiser_id, one.facilitator_id):
            if pk is not None:
                found[one.pk][pk].runs = True
    participants = Participant.objects.filter(gathering__in=list(of_gathering), left_at=None)
    answers = Rsvp.objects.filter(meeting__in=list(found)).exclude(member=None)
    if members is not None:
        participants, answers = participants.filter(member__in=members), answers.filter(member__in=members)
    for gathering, member, joined, asked in participants.values_list("gathering", "member", "joined_at", "invited_at"):
        for meeting in of_gathering[gathering]:
            part = found[meeting][member]
            part.joined, part.asked, part.since = joined is not None, joined is None, joined or asked
    for meeting, member, answer, has_seat, role, at in answers.values_list(
        "meeting", "member", "answer", "has_seat", "role", "at"
    ):
        part = found[meeting][member]
        part.answer, part.has_seat, part.role = answer, has_seat, role
        part.since = max(at, part.since) if part.since else at
    return found


def told(meetings: Collection[Meeting], but: int | None) -> list[Member]:
    """The members whom a change of any of these meetings matters to, without who made it. Three queries."""
    found = parts(meetings)
    ids = {pk for people in found.values() for pk, part in people.items() if part.is_told} - {but}
    return joined(ids)


def joined(ids: Iterable[int]) -> list[Member]:
    """Those of them who have joined: nobody else has asked to hear from Miraizu. One query, or none."""
    ids = list(ids)
    return list(Member.objects.joined().filter(pk__in=ids)) if ids else []
