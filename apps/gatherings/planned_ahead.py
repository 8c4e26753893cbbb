"""What the clock brings: reminders before a meeting, what to read and prepare, and a question afterwards.

Asked each minute by any number of processes (R24): it looks only at what falls due within the next quarter of an hour,
or was due and still helps, and plans what is not planned yet. A fixed number of queries to look, and a few for each
group of people who are told the same at the same moment.
"""

from collections import defaultdict
from collections.abc import Collection, Iterator
from datetime import datetime, timedelta

from django.utils import timezone

from apps.gatherings import concerned, reading
from apps.gatherings.concerned import Part, parts
from apps.gatherings.models import Attendance, Chapter, Meeting
from apps.gatherings.notices import AFTERWARDS, ATTENDANCE, CHAPTER, FIRST, LATE, LEADS, SECOND, of_meeting
from apps.reminders.models import Delivery, Destination, Manner, State
from apps.reminders.plan import announce, plan
from apps.reminders.tick import plans_ahead

AHEAD = timedelta(minutes=15)
TO_READ = timedelta(days=2)
TO_PREPARE = timedelta(days=3)
AFTER = timedelta(hours=1)
HELPS_FOR = timedelta(days=3)  # after a meeting, what is asked about it

type Leads = dict[int, tuple[timedelta | None, timedelta | None]]  # by member: the first and the second reminder


@plans_ahead
def plan_ahead() -> None:
    now = timezone.now()
    _before(now)
    _after(now)


class _Groups:
    """Who is to be told what about which meeting, and when; those who are told together stand together."""

    def __init__(self, meetings: Collection[Meeting], kinds: Collection[str], now: datetime):
        self._now = now
        self._wanted: dict[tuple[str, Meeting, datetime, datetime], set[int]] = defaultdict(set)
        self._planned: set[tuple[str, str, int, int]] = set()
        self._heard: set[tuple[str, str, int]] = set()
        rows = Delivery.objects.filter(kind__in=kinds, occurrence__in=[of_meeting(one.pk) for one in meetings])
        names = ("occurrence", "kind", "schedule_rev", "recipient", "state")
        for occurrence, kind, rev, member, state in rows.values_list(*names).distinct():
            self._planned.add((occurrence, kind, rev, member))
            if state == State.SENT:
                self._heard.add((occurrence, kind, member))

    def want(self, kind: str, meeting: Meeting, member: int, due: datetime, expires: datetime) -> None:
        """Unless it is planned, or was said already and is due only because the meeting was changed after that."""
        occurrence = of_meeting(meeting.pk)
        if due > self._now + AHEAD or (occurrence, kind, meeting.schedule_rev, member) in self._planned:
            return
        if due <= meeting.changed_at and (occurrence, kind, member) in self._heard:
            return
        self._wanted[kind, meeting, max(due, self._now), expires].add(member)

    def plan(self) -> None:
        if not self._wanted:
            return
        people = {one.pk: one for one in concerned.joined(set().union(*self._wanted.values()))}
        for (kind, meeting, due, expires), ids in self._wanted.items():
            if some := [people[pk] for pk in sorted(ids & people.keys())]:
                plan(kind, of_meeting(meeting.pk), some, due, rev=meeting.schedule_rev, expires_at=expires)


# ---- before -----------------------------------------------------------------------------------------


def _before(now: datetime) -> None:
    usual = Manner()
    leads: Leads = {
        member: (_minutes(first), _minutes(second))
        for member, first, second in Manner.objects.values_list("member", "day_before", "shortly_before")
    }
    default = (_minutes(usual.day_before), _minutes(usual.shortly_before))
    longest = max(lead for pair in (*leads.values(), default, (TO_PREPARE, None)) for lead in pair if lead)
    rows = Meeting.objects.standing().filter(starts_at__gt=now, starts_at__lte=now + longest + AHEAD)
    meetings = list(rows.filter(gathering__closed_at=None).select_related("gathering"))
    if not meetings:
        return
    people = parts(meetings)
    soon = [one for one in meetings if one.starts_at <= now + TO_PREPARE + AHEAD]
    chapters = reading.on_meetings(soon)
    groups = _Groups(meetings, (FIRST, SECOND, CHAPTER, LEADS), now)
    for meeting in meetings:
        expires, lies_on_it = meeting.starts_at + LATE, chapters.get(meeting.pk, [])
        for member, part in people[meeting.pk].items():
            if not part.is_reminded:
                continue
            for kind, due in _reminders(meeting, part, leads.get(member, default), now):
                groups.want(kind, meeting, member, due, expires)
            if _leads(meeting, member, part, lies_on_it):
                groups.want(LEADS, meeting, member, meeting.starts_at - TO_PREPARE, expires)
            if any(one.facilitator_id != member for one in lies_on_it):
                groups.want(CHAPTER, meeting, member, meeting.starts_at - TO_READ, expires)
    groups.plan()
    _announce(meetings, default[0], now)


def _announce(meetings: Collection[Meeting], lead: timedelta | None, now: datetime) -> None:
    """Channels that all may read hear of what anybody may join as early as somebody who never chose otherwise."""
    if lead is None:
        return
    soon = [
        one
        for one in meetings
        if one.gathering.is_open
        and now + AHEAD >= one.starts_at - lead > (one.changed_at if one.schedule_rev else one.created_at)
    ]
    if not soon or not Destination.objects.on().of_organisation().exists():
        return
    rows = Delivery.objects.filter(kind=FIRST, recipient=None, occurrence__in=[of_meeting(one.pk) for one in soon])
    known = set(rows.values_list("occurrence", "schedule_rev"))
    for one in soon:
        if (of_meeting(one.pk), one.schedule_rev) not in known:
            due, expires = max(one.starts_at - lead, now), one.starts_at + LATE
            announce(FIRST, of_meeting(one.pk), due, rev=one.schedule_rev, expires_at=expires)


def _minutes(minutes: int | None) -> timedelta | None:
    return None if minutes is None else timedelta(minutes=minutes)


def _reminders(
    meeting: Meeting, part: Part, lead: tuple[timedelta | None, timedelta | None], now: datetime
) -> Iterator[tuple[str, datetime]]:
    """The two reminders of one person. The first is left out where the second is due already, where the person had
    their say or the meeting was changed after it was due: they have just heard of it.
    """
    first, second = lead
    if second is not None:
        yield SECOND, meeting.starts_at - second
        if meeting.starts_at - second <= now:
            return
    if first is not None:
        due = meeting.starts_at - first
        since = part.since or meeting.created_at
        changed = meeting.changed_at if meeting.schedule_rev else since
        if due > max(since, changed):
            yield FIRST, due


def _leads(meeting: Meeting, member: int, part: Part, chapters: list[Chapter]) -> bool:
    return meeting.facilitator_id == member or part.drives or any(one.facilitator_id == member for one in chapters)


# ---- afterwards -------------------------------------------------------------------------------------


def _after(now: datetime) -> None:
    rows = Meeting.objects.standing().filter(ends_at__gt=now - HELPS_FOR, ends_at__lte=now - AFTER + AHEAD)
    meetings = list(rows.select_related("gathering"))
    if not meetings:
        return
    people = parts(meetings)
    there: dict[int, set[int]] = defaultdict(set)
    listed: set[int] = set()
    noted = Attendance.objects.standing().filter(meeting__in=[one.pk for one in meetings]).exclude(member=None)
    for meeting_pk, member, checked_in in noted.values_list("meeting", "member", "checked_in_at"):
        there[meeting_pk].add(member)
        if checked_in is None:
            listed.add(meeting_pk)
    groups = _Groups(meetings, (ATTENDANCE, AFTERWARDS), now)
    for meeting in meetings:
        due, expires = meeting.ends_at + AFTER, meeting.ends_at + HELPS_FOR
        known = people[meeting.pk]
        runs = {pk for pk, part in known.items() if part.runs}
        came = there[meeting.pk] | {pk for pk, part in known.items() if part.comes and meeting.pk not in listed}
        for member in runs if meeting.pk not in listed else ():
            groups.want(ATTENDANCE, meeting, member, due, expires)
        for member in came - runs:
            groups.want(AFTERWARDS, meeting, member, due, expires)
    groups.plan()
