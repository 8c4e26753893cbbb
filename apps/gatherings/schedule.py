"""Meetings made from a gathering's pattern, and the pattern changed without touching what was (R35, R36).

Meetings exist 120 days ahead. A day that was planned once is never planned again, so that what was moved, skipped or
cancelled stays so. Changing “this and following” lays the pattern anew from one meeting on: the meetings that stood
there take the new days in their order, with what people answered.
"""

from collections.abc import Iterator
from dataclasses import dataclass, fields, replace
from datetime import date, datetime, time, timedelta
from itertools import takewhile

from django.db import models, transaction
from django.db.models import F, Max
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from apps.gatherings import moments, notices, recurrence
from apps.gatherings.models import Gathering, Holiday, Meeting, promote
from apps.gatherings.models.poll import TimeOption
from apps.gatherings.moments import Moment
from apps.gatherings.recurrence import Frequency, Rule

AHEAD = timedelta(days=120)


class Scope(models.TextChoices):
    THIS = "this", _("This one")
    FOLLOWING = "following", _("This and following")
    ALL = "all", _("All that are still to come")


@dataclass(frozen=True, slots=True)
class Slot:
    """When and where: what a pattern gives its meetings, and what one meeting may have of its own."""

    clock: time
    minutes: int
    zone: str
    place: str = ""
    link: str = ""
    seats: int | None = None


SLOT = tuple(field.name for field in fields(Slot))
SCHEDULE = ("starts_at", "ends_at", "place", "link")  # what calendars tell people again (R41)


def begin(gathering: Gathering, today: date) -> Moment:
    """Saves a new gathering with its first meetings; returns the first one's moment, which may lie behind a gap.

    Meetings before `today` are made too: a series may have begun before it was written down.
    """
    with transaction.atomic():
        gathering.save()
        extend(gathering, today)
    return moments.at(gathering.first_day, gathering.clock, gathering.zone)


def extend(gathering: Gathering, today: date) -> int:
    """Makes the meetings up to 120 days ahead, or the next one where that is further; returns how many.

    Repeated at any time it makes nothing twice.
    """
    with transaction.atomic():
        row = Gathering.objects.select_for_update().get(pk=gathering.pk)
        if row.is_closed:
            return 0
        horizon = today + AHEAD
        known = set(row.meetings.values_list("pattern_day", flat=True))
        wanted = _days(row, row.planned_until)
        days = list(takewhile(lambda day: day <= horizon, wanted))
        days, last = _allowed(row, days, known), max([horizon, *days])
        if not days and not row.meetings.ahead(timezone.now()).exists():
            beyond = _next_allowed(row, known, horizon)
            days, last = ([beyond], beyond) if beyond else ([], last)
        number = row.meetings.aggregate(last=Max("number"))["last"] or 0
        Meeting.objects.bulk_create([_meeting(row, day, number + n) for n, day in enumerate(days, 1)])
        Gathering.objects.filter(pk=row.pk).update(planned_until=last)
    gathering.planned_until = last
    return len(days)


def _days(gathering: Gathering, after: date | None) -> Iterator[date]:
    rule = gathering.recurrence
    if rule is not None:
        return recurrence.occurrences(rule, gathering.first_day, after=after)
    return iter([gathering.first_day] if after is None else [])


def _allowed(gathering: Gathering, days: list[date], known: set[date | None]) -> list[date]:
    """Without those that exist, holidays of a gathering that skips them, and days on which it rests."""
    if not days:
        return []
    holidays = set()
    if gathering.skips_holidays and gathering.is_recurring:
        holidays = Holiday.between(days[0], days[-1])
    return [day for day in days if day not in known and day not in holidays and not gathering.is_resting(day)]


def _next_allowed(gathering: Gathering, known: set[date | None], horizon: date) -> date | None:
    days = list(_days(gathering, horizon if gathering.planned_until else None))
    return next(iter(_allowed(gathering, days, known)), None)


def _meeting(gathering: Gathering, day: date, number: int) -> Meeting:
    meeting = Meeting(gathering=gathering, number=number, pattern_day=day)
    meeting.place_in_time(day, gathering.clock, gathering.minutes, gathering.zone)
    meeting.place, meeting.link, meeting.seats = gathering.place, gathering.link, gathering.seats
    if gathering.kind != "reading":
        meeting.facilitator_id = gathering.organiser_id
    return meeting


def extend_all(today: date) -> int:
    """The daily round: every open series reaches 120 days ahead again."""
    return sum(extend(gathering, today) for gathering in Gathering.objects.open().recurring())


def change_one(meeting: Meeting, slot: Slot, day: date, *, by=None, **own) -> Moment:
    """Changes or moves this meeting alone, and tells all it matters to but `by`; `own` is what only meetings have
    (title, facilitator). Raises SeatsTaken.
    """
    with transaction.atomic():
        row = meeting.lock()
        was = {row.pk: notices.Was.of(row)}
        for name, value in own.items():
            setattr(row, name, value)
        moment = _put(row, slot, day, touched=True)
        notices.moved([row], was, by)
        return moment


class SeatsTaken(ValueError):
    """More people have a seat than there would be; nobody's seat is taken away. `count` is how many have one."""

    def __init__(self, count: int):
        super().__init__(f"{count} seats are taken")
        self.count = count


def _put(row: Meeting, slot: Slot, day: date, *, touched: bool) -> Moment:
    """Gives a meeting its day and slot, and free seats to who waits; counts the change where calendars have to hear of
    it. Raises SeatsTaken.
    """
    before = [getattr(row, name) for name in SCHEDULE]
    was = (row.day, *(getattr(row, name) for name in SLOT))
    moment = row.place_in_time(day, slot.clock, slot.minutes, slot.zone)
    row.place, row.link = slot.place, slot.link
    if row.seats != slot.seats:
        taken = row.rsvps.seated().count()
        if slot.seats is not None and taken > slot.seats:
            raise SeatsTaken(taken)
        row.seats = slot.seats
        promote(row)
    if before != [getattr(row, name) for name in SCHEDULE]:
        row.schedule_rev += 1
        row.changed_at = timezone.now()
    if was != (row.day, *(getattr(row, name) for name in SLOT)):
        row.is_touched = touched
    row.save()
    return moment


def change_following(
    meeting: Meeting, slot: Slot, *, day: date | None = None, rule: Rule | None = None, by=None
) -> Moment:
    """Changes the pattern from `meeting` on, which comes on `day` now and then by `rule`; without `day` the days stay.

    Meetings that were moved on their own keep their time and place, but for this one; what has begun is never touched.
    Raises SeatsTaken.
    """
    return _change(meeting, slot, meeting.pattern_day, day, rule, by)


def change_all(meeting: Meeting, slot: Slot, *, day: date | None = None, rule: Rule | None = None, by=None) -> Moment:
    """As `change_following`, but with those before `meeting` that are still to come: they move by as many days as it.

    A number of times is as `rule_from(meeting)` counts it: those before come on top.
    """
    first = meeting.gathering.meetings.filter(starts_at__gt=timezone.now()).order_by("pattern_day", "id").first()
    begins = first.pattern_day if first is not None else meeting.pattern_day
    if day is None or begins is None or meeting.pattern_day is None:
        return _change(meeting, slot, begins, day, rule, by)
    if rule is not None:
        rule = rule.pinned(day)
        if rule.count is not None and first is not None:
            left, from_first = rule_from(meeting), rule_from(first)
            if left is not None and from_first is not None and left.count and from_first.count:
                rule = replace(rule, count=rule.count + from_first.count - left.count)
    # One that was moved on its own and stays on its day moves nothing.
    new_first = begins if day == meeting.day else begins + (day - meeting.pattern_day)
    if rule is not None and rule.frequency in (Frequency.MONTHLY, Frequency.YEARLY):
        new_first = new_first.replace(day=1)  # whichever day of that month the rule names
    return _change(meeting, slot, begins, max(new_first, timezone.localdate()), rule, by)


def _change(meeting: Meeting, slot: Slot, since: date | None, day: date | None, rule: Rule | None, by) -> Moment:
    """Lays the pattern anew for the meetings whose pattern day is `since` or later, the first on `day`."""
    now = timezone.now()
    with transaction.atomic():
        row = Gathering.objects.select_for_update().get(pk=meeting.gathering_id)
        later = row.meetings.filter(starts_at__gt=now).order_by("pattern_day", "id")
        meetings = list(later.filter(pattern_day__gte=since) if since is not None else later)
        was = {one.pk: notices.Was.of(one) for one in meetings}
        for one in meetings:
            if one.pk == meeting.pk:
                one.is_touched = False
        for name in SLOT:
            setattr(row, name, getattr(slot, name))
        if day is not None:
            row.rule, row.first_day = (rule.pinned(day).to_json() if rule else None), day
            row.planned_until = day - timedelta(days=1)
        row.version += 1
        row.save()
        days: list[date | None] = [one.pattern_day for one in meetings]
        if day is not None:
            days = list(_new_days(row, meetings, now.date()))
        _lay(meetings, days, slot, by)
        extend(row, now.date())
        notices.moved(meetings[: len(days)], was, by)
    meeting.gathering.refresh_from_db()
    return moments.at(day or meeting.day, slot.clock, slot.zone)


def _new_days(gathering: Gathering, meetings: list[Meeting], today: date) -> list[date]:
    """The days of the new pattern for the meetings that stood there, in their order; there may be fewer."""
    if gathering.recurrence is None:
        return [gathering.first_day]
    taken = gathering.meetings.exclude(pk__in=[one.pk for one in meetings])
    known = set(taken.values_list("pattern_day", flat=True))
    last = max([today + AHEAD, *(one.pattern_day for one in meetings if one.pattern_day)])
    days = list(takewhile(lambda day: day <= last, _days(gathering, None)))
    return _allowed(gathering, days, known)


def _lay(meetings: list[Meeting], days: list[date | None], slot: Slot, by) -> None:
    """Puts meetings on days, in order. Those for which there is no day are gone, or cancelled where people answered."""
    Meeting.objects.filter(pk__in=[one.pk for one in meetings]).update(pattern_day=None)
    for one, day in zip(meetings, days, strict=False):
        one.pattern_day = day
        if not one.is_touched and day is not None:
            _put(one, slot, day, touched=False)
        else:
            one.save()
    left = meetings[len(days) :]
    kept = [one for one in left if one.rsvps.exists()]
    for one in left:
        if one not in kept:
            one.delete()
    Meeting.cancel_all(kept, by)


def rule_from(meeting: Meeting) -> Rule | None:
    """The rule as it goes on from a meeting: of a number of times, those that are left."""
    rule, day = meeting.gathering.recurrence, meeting.pattern_day
    if rule is None or rule.count is None or day is None:
        return rule
    gone = sum(
        1 for _day in takewhile(lambda one: one < day, recurrence.occurrences(rule, meeting.gathering.first_day))
    )
    return replace(rule, count=max(1, rule.count - gone))


def still_to_come(meeting: Meeting, scope: str) -> list[Meeting]:
    """The meetings that a scope means, seen from one of them; never what has begun."""
    if scope == Scope.THIS:
        return [] if meeting.has_begun() else [meeting]
    later = meeting.gathering.meetings.filter(starts_at__gt=timezone.now())
    return list(later.filter(starts_at__gte=meeting.starts_at) if scope == Scope.FOLLOWING else later)


def skip(meeting: Meeting, by) -> None:
    """Leaves this one out; of a reading circle the chapter waits for the next."""
    meeting.cancel(by, skip=True)


def rest(gathering: Gathering, until: date, by) -> None:
    """Nothing happens until that day; what was planned before it is skipped."""
    with transaction.atomic():
        Gathering.objects.filter(pk=gathering.pk).update(resting_until=until)
        Meeting.cancel_all(gathering.meetings.ahead(timezone.now()).filter(day__lt=until), by, skip=True)


def wake(gathering: Gathering) -> None:
    """Goes on before the day it was to rest until; what was skipped meanwhile stays so."""
    Gathering.objects.filter(pk=gathering.pk).update(resting_until=None)


def close(gathering: Gathering, by, last: Meeting | None = None) -> None:
    """Closes a gathering well: `last`, if given, is its last meeting; what was planned behind it is cancelled."""
    with transaction.atomic():
        later = gathering.meetings.ahead(timezone.now())
        if last is not None:
            later = later.filter(starts_at__gt=last.starts_at)
        Meeting.cancel_all(later, by)
        if last is None:
            gathering.close()
        else:
            row = Gathering.objects.select_for_update().get(pk=gathering.pk)
            if row.recurrence is not None and last.pattern_day is not None:
                row.rule = replace(row.recurrence, count=None, until=max(last.pattern_day, row.first_day)).to_json()
                row.save(update_fields=["rule"])


def settle(option: TimeOption, by=None) -> Moment | None:
    """The next meeting, or all that are still to come, move to a time that was settled on; None where there is none."""
    poll = option.poll
    with transaction.atomic():
        following = poll.gathering.meetings.ahead(timezone.now()).first()
        if following is None:
            return None
        type(option).objects.filter(pk=option.pk).update(is_chosen=True)
        poll.close()
        slot = Slot(option.clock, following.minutes, poll.zone, following.place, following.link, following.seats)
        if not (poll.for_all and poll.gathering.is_recurring):
            return change_one(following, slot, option.day, by=by)
        rule = rule_from(following)
        if rule is not None and rule.weekdays == (following.day.weekday(),):
            rule = replace(rule, weekdays=(option.day.weekday(),))
        return change_following(following, slot, day=option.day, rule=rule, by=by)


def recompute(now: datetime) -> int:
    """Works out anew when meetings begin, where the zone data has changed since, and tells who comes; returns how many
    moved (R30).
    """
    version = moments.tzdata_version()
    moved: list[Meeting] = []
    was: dict[int, notices.Was] = {}
    rows = Meeting.objects.filter(starts_at__gt=now).exclude(tzdata=version).select_related("gathering")
    with transaction.atomic():
        for row in rows.order_by("starts_at", "id"):
            before = notices.Was.of(row)
            row.place_in_time(row.day, row.clock, row.minutes, row.zone)
            changed = row.starts_at != before.starts_at
            if changed:
                row.changed_at = timezone.now()
                moved.append(row)
                was[row.pk] = before
            Meeting.objects.filter(pk=row.pk).update(
                starts_at=row.starts_at,
                ends_at=row.ends_at,
                tzdata=version,
                schedule_rev=F("schedule_rev") + int(changed),
                changed_at=row.changed_at,
            )
        notices.moved(moved, was, None)
    return len(moved)
