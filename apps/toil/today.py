"""What one has logged today, for Home and for the answer to a new entry."""

import uuid
from dataclasses import dataclass
from datetime import date, time

from apps.accounts.http import MemberRequest
from apps.accounts.models import Member
from apps.toil.lines import Line, lines
from apps.toil.models import Entry, Timer
from apps.toil.repeats import likely_now


@dataclass(frozen=True, slots=True)
class Today:
    entries: list[Line]
    minutes: int


def of(member: Member) -> Today:
    """The member's entries of today, newest first, and their sum. One query."""
    entries = lines(Entry.objects.filter(member=member).on(member.today()).newest_first())
    return Today(entries, sum(entry.minutes for entry in entries))


def clock_for(member: Member, day: date | None, started: time | None) -> time | None:
    """The time of day to show beside an entry: when the work began if the line said so, else now, if it is today's."""
    if started is not None:
        return started
    now = member.now()
    return now.time().replace(second=0, microsecond=0) if day is None or day == now.date() else None


def running(request: MemberRequest) -> Timer | None:
    """The member's timer, asked for once a request: the rail shows it on every page. One query."""
    if not hasattr(request, "running_timer"):
        timers = Timer.objects.select_related("item", "item__category", "stakeholder")
        request.running_timer = timers.filter(member=request.member).first()  # type: ignore[attr-defined]
    return request.running_timer  # type: ignore[attr-defined]


def line(request: MemberRequest) -> dict:
    """Context of the quick log line. One query, or none after the rail's."""
    return {"timer": running(request), "submission_id": uuid.uuid4(), "line": "", "reading": None}


def panel(request: MemberRequest) -> dict:
    """Context of the quick log line with its repeat chips, and of today's entries. Four queries."""
    member = request.member
    return {**line(request), "here": of(member), "repeats": likely_now(member, member.now())}
