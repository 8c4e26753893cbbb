"""What people are told about gatherings: the kinds of messages, and those that follow from a deed.

A deed plans in its own transaction whom it concerns; what the message says is written when it is sent (`said/`). What
the clock brings is planned in `planned_ahead.py`.
"""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from hashlib import sha256

from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from apps.accounts.models import Member
from apps.gatherings import concerned
from apps.gatherings.models import Gathering, Meeting
from apps.reminders.kinds import Kind, register
from apps.reminders.models import Delivery, State
from apps.reminders.models.delivery import UNSENT, Reason
from apps.reminders.plan import announce, call_off, plan

PLANNED, INVITED = "gathering_planned", "gathering_invited"
FIRST, SECOND = "gathering_first", "gathering_second"
CHAPTER, LEADS = "gathering_chapter", "gathering_leads"
MOVED, CANCELLED, RESTORED = "gathering_moved", "gathering_cancelled", "gathering_restored"
SEAT = "gathering_seat"
ASKED = "gathering_asked"
ATTENDANCE, AFTERWARDS = "gathering_attendance", "gathering_afterwards"
# What names a time or place, and is wrong once these change. A seat stays a seat.
TIMED = (FIRST, SECOND, CHAPTER, LEADS, MOVED, CANCELLED, RESTORED)

SETTLES_AT_FIRST = timedelta(minutes=5)  # who plans something reads it once more
SETTLES = timedelta(minutes=1)  # who changes something often changes it again at once
UNHEARD = (*UNSENT, State.SKIPPED)
LATE = timedelta(minutes=5)  # after the beginning nobody is reminded of it any more (R11)


def of_meeting(meeting: int) -> str:
    return f"meeting:{meeting}"


def of_gathering(gathering: int) -> str:
    return f"gathering:{gathering}"


def of_chapter(chapter: int) -> str:
    return f"chapter:{chapter}"


@dataclass(frozen=True, slots=True)
class Was:
    """A meeting before a change."""

    rev: int
    starts_at: datetime
    mark: str  # of time, place and link together

    @classmethod
    def of(cls, meeting: Meeting) -> "Was":
        return cls(meeting.schedule_rev, meeting.starts_at, mark(meeting))


def mark(meeting: Meeting) -> str:
    """Tells whether time, place and link are the same: the words themselves have no place beside a message."""
    said = (meeting.starts_at.isoformat(), meeting.ends_at.isoformat(), meeting.place, meeting.link)
    return sha256("\n".join(said).encode()).hexdigest()[:16]


def planned(gathering: Gathering) -> None:
    """That there is something new which anybody may join."""
    if gathering.is_open:
        people = Member.objects.joined().exclude(pk=gathering.organiser_id)
        due = timezone.now() + SETTLES_AT_FIRST
        plan(PLANNED, of_gathering(gathering.pk), people, due)
        announce(PLANNED, of_gathering(gathering.pk), due)


def invited(gathering: Gathering, members: Collection[int]) -> None:
    """Each is told once, whatever happens to the gathering meanwhile."""
    people = concerned.joined(members)
    if not people:
        return
    now = timezone.now()
    expires = None
    if not gathering.is_recurring:
        only = gathering.meetings.ahead(now).first()
        expires = only.starts_at + LATE if only is not None and not only.has_begun(now) else None
    plan(INVITED, of_gathering(gathering.pk), people, expires_at=expires)


def seated(meeting: Meeting, members: Collection[int], line: int) -> None:
    """A seat is theirs. `line`: the last place in the line that got one, so that a second time is told again."""
    people = concerned.joined(members)
    if people:
        plan(SEAT, of_meeting(meeting.pk), people, rev=line, expires_at=meeting.starts_at + LATE)


def asked_to_lead(chapter: int, member: int | None, by) -> None:
    """Somebody was asked to lead a chapter, or put down for it, by somebody else. What was planned of it before is
    taken back: it may have been another person's meanwhile.
    """
    call_off(Reason.MOVED, of_chapter(chapter), kinds=[ASKED])
    is_somebody_else = member is not None and (by is None or member != by.pk)
    people = concerned.joined([member]) if member is not None and is_somebody_else else []
    if people:
        due = timezone.now() + SETTLES
        plan(ASKED, of_chapter(chapter), people, due, rev=int(due.timestamp()))


def moved(meetings: Collection[Meeting], was: Mapping[int, Was], by) -> None:
    """Time, place or link of these changed. Each person is told once a gathering, a minute later, if nothing changes
    again until then; what was planned before is taken back (R13).
    """
    for gathering, rows in _by_gathering([one.pk for one in meetings]):
        changed = [one for one in rows if not one.is_cancelled and one.schedule_rev != was[one.pk].rev]
        if not changed:
            continue
        before = _told_before(changed, was)
        many = len(changed) > 1
        also = _taken_back_with(MOVED, gathering, changed, Reason.MOVED) if many else []
        call_off(Reason.MOVED, *(of_meeting(one.pk) for one in changed), kinds=TIMED)
        first = min(min(one.starts_at, was[one.pk].starts_at) for one in changed)
        first = first if first > timezone.now() else min(one.starts_at for one in changed)
        _tell(MOVED, gathering, [*changed, *also], by, first + LATE, before[changed[0].pk])


def _told_before(changed: Sequence[Meeting], was: Mapping[int, Was]) -> dict[int, dict[str, str]]:
    """For each meeting what people last knew of it: of several changes within a minute, from before the first."""
    known = {pk: {"was": one.starts_at.isoformat(), "mark": one.mark} for pk, one in was.items()}
    waiting = Delivery.objects.unsent().filter(kind=MOVED, occurrence__in=[of_meeting(one.pk) for one in changed])
    for occurrence, payload in waiting.order_by("-schedule_rev").values_list("occurrence", "payload").distinct():
        known[int(occurrence.partition(":")[2])] = payload
    return known


def _taken_back_with(kind: str, gathering: Gathering, meetings: Sequence[Meeting], reason: Reason) -> list[Meeting]:
    """Takes back what is said of many meetings together and nobody has got yet; gives the further ones it spoke of."""
    waiting = Delivery.objects.unsent().filter(kind=kind, occurrence=of_gathering(gathering.pk))
    known = {pk for payload in waiting.values_list("payload", flat=True).distinct() for pk in payload["meetings"]}
    call_off(reason, of_gathering(gathering.pk), kinds=[kind])
    further = known - {one.pk for one in meetings}
    return list(Meeting.objects.filter(pk__in=further).select_related("gathering")) if further else []


def cancelled(meetings: Collection[int], by) -> None:
    """These do not happen: each person is told once a gathering. What is over concerns nobody any more."""
    now = timezone.now()
    for gathering, rows in _by_gathering(meetings):
        call_off(Reason.CANCELLED, *(of_meeting(one.pk) for one in rows))
        off = [one for one in rows if not one.is_over(now)]
        if off:
            many = len(off) > 1
            also = _taken_back_with(CANCELLED, gathering, off, Reason.CANCELLED) if many else []
            _tell(CANCELLED, gathering, [*off, *also], by, min(one.starts_at for one in off) + LATE, {})


def restored(meeting: int, by) -> None:
    """It happens after all: whoever heard that it does not is told."""
    for _gathering, (row,) in _by_gathering([meeting]):
        call_off(Reason.MOVED, of_meeting(row.pk), kinds=TIMED)
        heard = Delivery.objects.filter(occurrence=of_meeting(row.pk), kind=CANCELLED)
        series = Delivery.objects.filter(occurrence=of_gathering(row.gathering_id), kind=CANCELLED)
        ids = set(heard.exclude(state__in=UNHEARD).values_list("recipient", flat=True))
        told = series.exclude(state__in=UNHEARD).values_list("recipient", "payload").distinct()
        ids |= {member for member, payload in told if row.pk in payload["meetings"]}
        people = concerned.joined(ids - {None, by.pk if by is not None else None})
        if row.is_over():
            return
        due, expires = timezone.now() + SETTLES, row.starts_at + LATE
        if people:
            plan(RESTORED, of_meeting(row.pk), people, due, rev=row.schedule_rev, expires_at=expires)
        if row.gathering.is_open and heard.filter(recipient=None).exclude(state__in=UNHEARD).exists():
            announce(RESTORED, of_meeting(row.pk), due, rev=row.schedule_rev, expires_at=expires)


def _by_gathering(meetings: Collection[int]) -> list[tuple[Gathering, list[Meeting]]]:
    found = defaultdict(list)
    rows = Meeting.objects.filter(pk__in=meetings).select_related("gathering").order_by("starts_at", "id")
    for row in rows if meetings else ():
        found[row.gathering_id].append(row)
    return [(rows[0].gathering, rows) for rows in found.values()]


def _tell(kind: str, gathering: Gathering, meetings: list[Meeting], by, expires: datetime, payload: dict) -> None:
    """Plans it for whom these meetings concern; `payload` is of a message about one, those about many name them."""
    people = concerned.told(meetings, by.pk if by is not None else None)
    if not people and not gathering.is_open:
        return
    if len(meetings) == 1:
        occurrence, rev = of_meeting(meetings[0].pk), meetings[0].schedule_rev
    else:
        own = Gathering.objects.filter(pk=gathering.pk)
        own.update(version=F("version") + 1)
        occurrence, rev = of_gathering(gathering.pk), own.values_list("version", flat=True).get()
        payload = {"meetings": [one.pk for one in meetings]}
    due = timezone.now() + SETTLES
    plan(kind, occurrence, people, due, rev=rev, expires_at=expires, payload=payload)
    if gathering.is_open and not _is_to_be_announced(gathering):
        announce(kind, occurrence, due, rev=rev, expires_at=expires, payload=payload)


def _is_to_be_announced(gathering: Gathering) -> bool:
    """Whether the channels have yet to hear that there is such a gathering: then they hear of it as it is by then."""
    waiting = Delivery.objects.unsent().filter(kind=PLANNED, occurrence=of_gathering(gathering.pk), recipient=None)
    return waiting.exists()


def register_all() -> None:
    """The defaults are calm: by e-mail comes what changes a plan, and one reminder; all else waits in the inbox."""
    # Here, as they say what is planned by this module.
    from apps.gatherings.said import afterwards, changes, invitation, prepare, reminders

    group, both, inbox = _("Gatherings"), frozenset({"inbox", "email"}), frozenset({"inbox"})
    kinds = [
        Kind(PLANNED, _("Something new that anybody may join"), group, invitation.planned, frozenset(), announced=True),
        Kind(INVITED, _("Somebody invites you"), group, invitation.invited, both),
        Kind(FIRST, _("First reminder"), group, reminders.first, both, announced=True),
        Kind(SECOND, _("Second reminder"), group, reminders.second, inbox, urgent=True),
        Kind(CHAPTER, _("What is read next"), group, prepare.chapter, inbox),
        Kind(LEADS, _("You lead or drive next"), group, prepare.leads, inbox),
        Kind(ASKED, _("Somebody asks you to lead a chapter"), group, prepare.asked_to_lead, inbox),
        Kind(MOVED, _("New time or place"), group, changes.moved, both, announced=True),
        Kind(CANCELLED, _("Cancelled or skipped"), group, changes.cancelled, both, announced=True),
        Kind(RESTORED, _("It happens after all"), group, changes.restored, both, announced=True),
        Kind(SEAT, _("A seat became free for you"), group, changes.seat, both, urgent=True),
        Kind(ATTENDANCE, _("Note who was there"), group, afterwards.attendance, inbox),
        Kind(AFTERWARDS, _("How it was"), group, afterwards.afterwards, inbox),
    ]
    for order, kind in enumerate(kinds, 100):
        register(replace(kind, order=order))
