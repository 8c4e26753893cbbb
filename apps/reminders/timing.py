"""When a message may come: not in somebody's quiet hours or on their free days, and with others in a digest (R20).

Held back, never dropped: where waiting would make it useless it comes before the quiet begins, or at its own time.
"""

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from apps.reminders.models import Choice, Manner

LATE = timedelta(minutes=5)  # a message this long before it expires still helps


def moment(day: date, at: time, zone: ZoneInfo) -> datetime:
    """`at` on `day` by the clock of `zone`. A time that a clock skips is taken after the gap, one that comes twice the
    first time (RFC 5545, 3.3.5).
    """
    return datetime.combine(day, at, zone).astimezone(ZoneInfo("UTC"))


def may_come(due: datetime, manner: Manner, zone: ZoneInfo, choice: Choice, *, expires: datetime | None) -> datetime:
    """When a message that is due at `due` may come to somebody who chose so."""
    at = due
    if choice is not Choice.AT_ONCE:
        at = _digest(due, manner, zone, choice)
    at = _out_of_quiet(at, manner, zone)
    if expires is not None and at > expires - LATE:
        quiet_began = _quiet_began(due, manner, zone)
        return quiet_began if quiet_began is not None else due
    return at


def _digest(due: datetime, manner: Manner, zone: ZoneInfo, choice: Choice) -> datetime:
    day = due.astimezone(zone).date()
    for _each in range(15):
        at = moment(day, manner.digest_at, zone)
        fits = manner.works_on(day.weekday()) if choice is Choice.DAILY else day.weekday() == manner.digest_day
        if fits and at >= due:
            return at
        day += timedelta(days=1)
    return due


def next_day(now: datetime, manner: Manner, zone: ZoneInfo) -> datetime:
    """The first moment tomorrow, or later, that is not quiet: for what is more than enough for one day."""
    tomorrow = now.astimezone(zone).date() + timedelta(days=1)
    return _out_of_quiet(moment(tomorrow, manner.quiet_until or time(9), zone), manner, zone)


def is_quiet(at: datetime, manner: Manner, zone: ZoneInfo) -> bool:
    local = at.astimezone(zone)
    if not manner.works_on(local.weekday()):
        return True
    return _in_hours(local.time(), manner)


def _in_hours(at: time, manner: Manner) -> bool:
    begin, end = manner.quiet_from, manner.quiet_until
    if begin is None or end is None:
        return False
    return begin <= at < end if begin < end else at >= begin or at < end


def _out_of_quiet(at: datetime, manner: Manner, zone: ZoneInfo) -> datetime:
    """The first moment from `at` on that is not quiet. At most eight days on: somebody works on some day."""
    if not is_quiet(at, manner, zone):
        return at
    day = at.astimezone(zone).date()
    for number in range(9):
        wakes = moment(day + timedelta(days=number), manner.quiet_until or time(9), zone)
        if wakes >= at and not is_quiet(wakes, manner, zone):
            return wakes
    return at


def _quiet_began(at: datetime, manner: Manner, zone: ZoneInfo) -> datetime | None:
    """The moment just before the quiet around `at` began, or None if `at` is not quiet."""
    if not is_quiet(at, manner, zone):
        return None
    day = at.astimezone(zone).date()
    for number in range(9):
        for hour in (manner.quiet_from, time(17) if manner.quiet_from is None else None):
            if hour is None:
                continue
            before = moment(day - timedelta(days=number), hour, zone) - timedelta(minutes=1)
            if before < at and not is_quiet(before, manner, zone):
                return before
    return None
