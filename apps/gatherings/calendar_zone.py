"""A time zone as a calendar file needs it: the VTIMEZONE from which every client finds the same instants (R43).

Built from zoneinfo with icalendar's components, but not by its `Timezone.from_tzinfo`: that steps over what lasts less
than 64 days (Ramadan in Morocco), and dates a change by the clock after a gap, where RFC 5545 wants the clock before.
"""

from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

import icalendar

_STEP = timedelta(days=3)  # since 2000 no zone changed its clocks twice within less than a week
_WEEK = timedelta(weeks=1)
_SECOND = timedelta(seconds=1)
_WEEKDAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
_YEARS_OF_A_RULE = 8  # among so many, each month once has five Sundays: “fourth” and “last” differ


@dataclass(frozen=True, slots=True)
class _Observance:
    """What the clocks of a zone show from a change on: offsets from UTC before and after it, and how it is called."""

    before: timedelta
    after: timedelta
    name: str
    saving: bool


@lru_cache(maxsize=256)
def timezone_component(zone: str, first: int, last: int) -> bytes:
    """The VTIMEZONE of IANA `zone`, right for local times in the years `first` to `last`.

    A zone whose clocks change by one rule each year gets that rule, open-ended: Outlook reads nothing else. All other
    changes are listed. Raises `ZoneInfoNotFoundError` for an unknown zone. Source: RFC 5545, 3.6.5.
    """
    info = ZoneInfo(zone)
    component = icalendar.Timezone()
    component.add("TZID", zone)
    for part in _yearly(info, first - 1, last) or _listed(info, first, last):
        component.add_component(part)
    return component.to_ical()


def _yearly(info: ZoneInfo, first: int, last: int) -> list[icalendar.Component]:
    """A part with a rule for each change of the year; none if there is no change, or one that no rule gives."""
    years = list(range(first, max(last, first + _YEARS_OF_A_RULE) + 1))
    onsets = _onsets(info, datetime(first, 1, 1, tzinfo=UTC), datetime(years[-1] + 1, 1, 1, tzinfo=UTC))
    rules = {observance: _rule(times, years) for observance, times in onsets.items()}
    if None in rules.values():
        return []
    return [_part(observance, onsets[observance][0], "RRULE", rule) for observance, rule in rules.items()]


def _listed(info: ZoneInfo, first: int, last: int) -> list[icalendar.Component]:
    """What holds when the year `first` begins, and each change until `last` is over everywhere."""
    begin = datetime(first, 1, 1, tzinfo=info).astimezone(UTC)
    onsets = {_observance(info, begin, begin): [begin.astimezone(info).replace(tzinfo=None)]}
    onsets |= _onsets(info, begin, datetime(last + 1, 1, 2, tzinfo=UTC))
    # The first is listed too: some look for it only there.
    return [_part(observance, times[0], "RDATE", times) for observance, times in onsets.items()]


def _onsets(info: ZoneInfo, since: datetime, until: datetime) -> dict[_Observance, list[datetime]]:
    """When each observance begins, by the clocks as they stood before, in the order of time."""
    found: dict[_Observance, list[datetime]] = {}
    for at in _changes(info, since, until):
        observance = _observance(info, at - _SECOND, at)
        found.setdefault(observance, []).append((at + observance.before).replace(tzinfo=None))
    return found


def _changes(info: ZoneInfo, since: datetime, until: datetime) -> Iterator[datetime]:
    """The instants in UTC after `since` at which the offset changes, until `until` or a little past it."""
    before = _offset(info, since)
    while since < until:
        after = _offset(info, since + _STEP)
        if after != before:
            seconds = range(1, _STEP // _SECOND + 1)
            first = bisect_left(seconds, True, key=lambda n: _offset(info, since + n * _SECOND) == after)
            yield since + seconds[first] * _SECOND
        since, before = since + _STEP, after


def _offset(info: ZoneInfo, at: datetime) -> timedelta:
    return at.astimezone(info).utcoffset() or timedelta()


def _observance(info: ZoneInfo, before: datetime, at: datetime) -> _Observance:
    local = at.astimezone(info)
    return _Observance(_offset(info, before), _offset(info, at), local.tzname() or info.key, bool(local.dst()))


def _rule(times: list[datetime], years: list[int]) -> icalendar.vRecur | None:
    """“The n-th or last such weekday of a month, at such a time”, if that gives these `times` in these `years`."""
    if [time.year for time in times] != years or len({(t.month, t.weekday(), t.time()) for t in times}) > 1:
        return None
    weeks = {(time.day + 6) // 7 for time in times}
    if len(weeks) > 1 and any((time + _WEEK).month == time.month for time in times):
        return None
    week = weeks.pop() if len(weeks) == 1 else -1
    weekday = _WEEKDAYS[times[0].weekday()]
    return icalendar.vRecur({"FREQ": "YEARLY", "BYMONTH": times[0].month, "BYDAY": f"{week}{weekday}"})


def _part(observance: _Observance, onset: datetime, repeated: str, by: object) -> icalendar.Component:
    part = icalendar.TimezoneDaylight() if observance.saving else icalendar.TimezoneStandard()
    part.add("DTSTART", onset)
    part.add("TZOFFSETFROM", observance.before)
    part.add("TZOFFSETTO", observance.after)
    part.add("TZNAME", observance.name)
    part.add(repeated, by)
    return part
