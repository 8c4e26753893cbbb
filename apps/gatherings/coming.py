"""Meetings as lists show them: when, what, who comes, and what the reader answered; one query per figure."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, Max, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from apps.accounts.models import Member, Person
from apps.gatherings import sql
from apps.gatherings.listed import Line, ListedMeeting
from apps.gatherings.models import Answer, Attendance, Gathering, Meeting, Participant, Role, Rsvp
from apps.gatherings.models.rsvp import Answered

SHOWN = 4  # meetings on Home


type There = dict[int, tuple[int, tuple[str, ...]]]  # by meeting, how many were there and who drove


def lines(meetings: Iterable[Meeting], reader, *, there: There | None = None) -> list[Line]:
    """The meetings with how many come and the own answer, and of `there` who was. One query."""
    rows = list(meetings)
    own = Q(member=reader)
    is_coming = Q(answer=Answer.GOING, has_seat=True) | Q(answer=Answer.ONLINE)
    answers = Rsvp.objects.filter(meeting__in=[row.pk for row in rows]).order_by().values("meeting")
    counted = answers.annotate(
        coming=Count("pk", filter=is_coming), mine=Max("answer", filter=own), seats=Count("pk", filter=own & is_coming)
    )
    known: dict[int, Any] = {row["meeting"]: row for row in counted}
    there = there or {}
    nothing: Any = {"coming": 0, "mine": "", "seats": 0}
    found = []
    for row in rows:
        said = known.get(row.pk, nothing)
        waits = said["mine"] == Answer.GOING and not said["seats"]
        found.append(Line(ListedMeeting.of(row), said["coming"], said["mine"] or "", waits, there.get(row.pk)))
    return found


def who_drove(meetings: Iterable[Meeting]) -> There:
    """For each meeting how many were there and who drove, by its id. One query."""
    found: There = {}
    rows = (
        Attendance.objects.standing()
        .filter(meeting__in=[row.pk for row in meetings])
        .select_related("member")
        .order_by("id")
    )
    for row in rows:
        count, names = found.get(row.meeting_id, (0, ()))
        if row.member is not None and row.role == Role.DRIVING:
            names = (*names, row.member.short_name)
        found[row.meeting_id] = (count + 1, names)
    return found


def mine(reader, now: datetime) -> list[Line]:
    """The next meeting of each gathering that the reader takes part in, runs or facilitates. One query."""
    return sql.coming(reader, now, SHOWN)


@dataclass(frozen=True, slots=True)
class Who:
    """Who answered what for one meeting."""

    coming: tuple[Person, ...]
    online: tuple[Person, ...]
    waiting: tuple[Person, ...]
    maybe: tuple[Person, ...]
    no: tuple[Person, ...]
    guests: tuple[Answered, ...]


def who(rows: Sequence[Answered]) -> Who:
    """From all answers to the meeting, in their order."""

    def of(chosen: Callable[[Answered], bool]) -> tuple[Person, ...]:
        return tuple(row.person for row in rows if row.person is not None and chosen(row))

    return Who(
        of(lambda row: row.answer == Answer.GOING and row.has_seat),
        of(lambda row: row.answer == Answer.ONLINE),
        of(lambda row: row.waits),
        of(lambda row: row.answer == Answer.MAYBE),
        of(lambda row: row.answer == Answer.NO),
        tuple(row for row in rows if row.guest),
    )


def may_write(meeting: Meeting, member: Member) -> bool:
    """Whether somebody may write what a meeting leaves behind: who runs or leads it, takes part, came, or was to."""
    gathering = meeting.gathering
    return (
        gathering.may_run(member)
        or meeting.facilitator_id == member.pk
        or any(one.comes for one in Rsvp.of(meeting) if one.person is not None and one.person.pk == member.pk)
        or any(one.member_id == member.pk and one.removed_at is None for one in Attendance.of(meeting))
        or any(one.joined_at for one in Participant.of(gathering) if one.person.pk == member.pk)
    )


@dataclass(frozen=True, slots=True)
class Series:
    """A gathering in a list of them."""

    gathering: Gathering
    next_at: datetime | None
    held: int
    people: int


def series(rows: QuerySet[Gathering], now: datetime) -> list[Series]:
    """Gatherings with their next meeting, how many were held and how many take part. One query."""
    joined = Participant.objects.filter(gathering=OuterRef("pk"), joined_at__isnull=False).order_by()
    people = Subquery(joined.values("gathering").annotate(n=Count("pk")).values("n"))
    found: Any = rows.with_meetings(now).annotate(people=Coalesce(people, 0))  # type: ignore[attr-defined]
    return [Series(row, row.next_at, row.held, row.people) for row in found]
