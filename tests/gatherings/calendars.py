"""Reads a calendar file twice, by two libraries that share no code: icalendar, which we also write with, and ical."""

import itertools
import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import cache
from zoneinfo import ZoneInfo

import icalendar
from ical.calendar_stream import IcsCalendarStream

INSTALLATION = "5f0c4f0e-7b53-4c39-9f0a-2f5d3c1f7a11"
REFRESH = timedelta(minutes=15)

# Every habit clocks have: none, by rules of the north and the south, by half an hour, by two, backwards, for Ramadan.
ZONES = [
    "Africa/Cairo",
    "Africa/Casablanca",
    "Africa/El_Aaiun",
    "Africa/Lagos",
    "America/Anchorage",
    "America/Argentina/Buenos_Aires",
    "America/Asuncion",
    "America/Bogota",
    "America/Chicago",
    "America/Halifax",
    "America/Havana",
    "America/Los_Angeles",
    "America/Mexico_City",
    "America/Miquelon",
    "America/New_York",
    "America/Nuuk",
    "America/Phoenix",
    "America/Santiago",
    "America/Sao_Paulo",
    "America/St_Johns",
    "Antarctica/Troll",
    "Asia/Beirut",
    "Asia/Gaza",
    "Asia/Jerusalem",
    "Asia/Kathmandu",
    "Asia/Kolkata",
    "Asia/Tokyo",
    "Atlantic/Azores",
    "Australia/Adelaide",
    "Australia/Eucla",
    "Australia/Lord_Howe",
    "Australia/Sydney",
    "Europe/Berlin",
    "Europe/Chisinau",
    "Europe/Dublin",
    "Europe/Lisbon",
    "Pacific/Apia",
    "Pacific/Auckland",
    "Pacific/Chatham",
    "Pacific/Easter",
    "Pacific/Kiritimati",
    "Pacific/Norfolk",
    "UTC",
]


@dataclass(frozen=True)
class Seen:
    """What a subscriber's calendar shows of an event; instants in UTC."""

    uid: str
    title: str
    begin: date
    end: date
    place: str
    link: str
    about: str
    status: str
    sequence: int


def by_icalendar(content: bytes) -> list[Seen]:
    calendar = icalendar.Calendar.from_ical(content)
    assert [error for part in calendar.walk() for error in part.errors] == []  # it keeps them to itself
    return [
        Seen(
            uid=str(event["UID"]),
            title=str(event["SUMMARY"]),
            begin=_in_utc(event.decoded("DTSTART")),
            end=_in_utc(event.decoded("DTEND")),
            place=str(event.get("LOCATION", "")),
            link=str(event.get("URL", "")),
            about=str(event.get("DESCRIPTION", "")),
            status=str(event["STATUS"]),
            sequence=int(event["SEQUENCE"]),
        )
        for event in calendar.walk("VEVENT")
    ]


def by_ical(content: bytes) -> list[Seen]:
    return [
        Seen(
            uid=event.uid,
            title=event.summary or "",
            begin=_in_utc(event.dtstart),
            end=_in_utc(event.dtend),
            place=event.location or "",
            link=str(event.url or ""),
            about=event.description or "",
            status=event.status.value,
            sequence=event.sequence,
        )
        for event in IcsCalendarStream.calendar_from_ics(content.decode()).events
    ]


def seen(content: bytes) -> list[Seen]:
    """What both libraries see, which has to be the same."""
    ours, theirs = by_icalendar(content), by_ical(content)
    assert ours == theirs
    return ours


_numbers = itertools.count()


def in_unknown_zones(content: bytes) -> bytes:
    """The file with names no library has a zone for, so that its own VTIMEZONEs have to say when things are."""
    return re.sub(rb"(\r\n(?:DT[A-Z]+;)?TZID[:=])", rb"\1Unheard-of-%d/" % next(_numbers), content)


def properties(content: bytes, component: bytes = b"VEVENT") -> list[list[str]]:
    """The names of the lines of each such component, read without any library."""
    unfolded = content.replace(b"\r\n ", b"").split(b"\r\n")
    found, inside = [], False
    for line in unfolded:
        if line == b"END:" + component:
            inside = False
        if inside:
            found[-1].append(re.match(rb"[^:;]*", line)[0].decode())
        if line == b"BEGIN:" + component:
            inside = True
            found.append([])
    return found


@cache
def changes(zone: str, first: int, last: int) -> list[datetime]:
    """The instants in these years at which clocks in `zone` change: looked for each day, and there each quarter hour."""
    info, found = ZoneInfo(zone), []

    def offset(at: datetime) -> timedelta:
        return at.astimezone(info).utcoffset()

    day = datetime(first, 1, 1, tzinfo=UTC)
    while day.year <= last:
        following = day + timedelta(days=1)
        if offset(day) != offset(following):
            quarters = [day + timedelta(minutes=15 * n) for n in range(97)]
            found += [after for before, after in itertools.pairwise(quarters) if offset(before) != offset(after)]
        day = following
    return found


def _in_utc(value: date) -> date:
    return value.astimezone(UTC) if isinstance(value, datetime) else value
