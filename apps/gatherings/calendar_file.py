"""Meetings as a calendar file (iCalendar): for a feed that calendar apps subscribe to, and for an invitation by mail.

Each meeting is an event of its own: our rows know of moves, skips and holidays, so no client works out a rule, and all
show the same. Knows no model, no member and no request: who may see which meeting is decided by the caller. There is no
way into a feed for attendees and notes (R44), and into neither file for a text to become a property (R42). Serves R32,
R40 to R45, F23.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from hashlib import sha256
from urllib.parse import quote
from zoneinfo import ZoneInfo

import icalendar

from apps.gatherings import moments
from apps.gatherings.calendar_zone import timezone_component

PRODUCT = "-//Miraizu//Gatherings//EN"  # without a version: an upgrade alone changes no feed

_DAY = timedelta(days=1)
_LINE_ENDS = re.compile("\r\n?|[\v\f\x85\u2028\u2029]")
_REMOVED = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufeff]")
_ESCAPED = str.maketrans({"\\": r"\\", ";": r"\;", ",": r"\,", "\n": r"\n"})
_IN_A_LINK = "%/:?#[]@!$&'()*+,;=~"


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """A meeting, as far as calendars may know it.

    `start` is what clocks on the wall show in `zone`, or a date where it lasts whole days. Raises ValueError for what
    can't be shown: a `start` with an offset, a stamp without one, a length of nothing or, of dates, of part of a day.
    """

    uid: str  # series and number: whatever moves, it stays
    title: str
    start: date
    lasts: timedelta
    zone: str  # IANA
    created_at: datetime
    changed_at: datetime
    sequence: int = 0  # has to grow when time or place change and when it is cancelled (R41)
    place: str = ""
    link: str = ""  # the meeting's page
    about: str = ""  # what all who see the meeting may read; keeps its lines
    cancelled: bool = False
    tentative: bool = False
    transparent: bool = False  # leaves its time free

    def __post_init__(self) -> None:
        if isinstance(self.start, datetime) and self.start.tzinfo:
            raise ValueError("start is a clock on a wall: its zone belongs into `zone`")
        if not self.created_at.tzinfo or not self.changed_at.tzinfo:
            raise ValueError("created_at and changed_at are instants and need an offset")
        if self.lasts <= timedelta() or (not isinstance(self.start, datetime) and self.lasts % _DAY):
            raise ValueError("lasts is more than nothing, and whole days where start is a date")


def calendar_file(
    events: Iterable[Event], *, name: str, installation: str, refresh: timedelta, busy: str = ""
) -> bytes:
    """The file in UTF-8, with CRLF and lines of at most 75 octets; the same events in any order give the same bytes.

    `installation` is the id that makes each UID one in the world (R40), `refresh` how long clients are asked to wait
    before they look again. Where `busy` is given, that word stands for each title, and place, link and text stay out.
    Raises ZoneInfoNotFoundError for an unknown zone. Source: RFC 5545, RFC 7986.
    """
    ordered = sorted(events, key=lambda event: (event.start.isoformat(), event.uid))
    calendar = _calendar("PUBLISH")
    calendar["NAME"] = calendar["X-WR-CALNAME"] = _line(name)
    calendar["REFRESH-INTERVAL"] = icalendar.vDuration(refresh, params={"VALUE": "DURATION"})
    calendar["X-PUBLISHED-TTL"] = icalendar.vDuration(refresh)
    return _filled(calendar, [*_zones(ordered), *(_event(event, installation, busy) for event in ordered)])


@dataclass(frozen=True, slots=True)
class Party:
    """Who invites, or is invited: an address and a name; of who is invited, what they have answered."""

    address: str
    name: str
    answered: str = "NEEDS-ACTION"  # PARTSTAT of RFC 5545, 3.2.12


def invitation(event: Event, *, installation: str, organiser: Party, invited: Party) -> bytes:
    """The file that goes with a mail to `invited`: a REQUEST, or a CANCEL where the event is cancelled.

    UID and SEQUENCE are those of the feed, so that a calendar finds the event again. No answer is asked for: by mail it
    would reach nobody. Raises ZoneInfoNotFoundError for an unknown zone. Source: RFC 5546, 3.2.2 and 3.2.5.
    """
    component = _component(event, installation, busy="")
    component["ORGANIZER"] = _party(organiser)
    more = {"ROLE": "REQ-PARTICIPANT", "PARTSTAT": invited.answered, "RSVP": "FALSE"}
    component["ATTENDEE"] = _party(invited, **more)
    calendar = _calendar("CANCEL" if event.cancelled else "REQUEST")
    return _filled(calendar, [*_zones([event]), component.to_ical()])


def _party(party: Party, **more: str) -> icalendar.vCalAddress:
    address = icalendar.vCalAddress(f"mailto:{quote(_line(party.address), safe=_IN_A_LINK)}")
    address.params.update({"CN": _line(party.name).replace('"', "'"), **more})
    return address


def _calendar(method: str) -> icalendar.Calendar:
    calendar = icalendar.Calendar()
    calendar["VERSION"] = icalendar.vText("2.0")
    calendar["PRODID"] = icalendar.vText(PRODUCT)
    calendar["CALSCALE"] = icalendar.vText("GREGORIAN")
    calendar["METHOD"] = icalendar.vText(method)
    return calendar


def _filled(calendar: icalendar.Calendar, parts: Iterable[bytes]) -> bytes:
    head, end, tail = calendar.to_ical().rpartition(b"END:VCALENDAR")
    return b"".join([head, *parts, end, tail])


def etag(content: bytes) -> str:
    """A strong entity tag of the file, in its quotes. Source: RFC 9110, 8.8.3."""
    return f'"{sha256(content).hexdigest()[:32]}"'


def instant(start: datetime, zone: str) -> datetime:
    """When clocks on the wall in `zone` show `start`, in UTC. Raises ValueError for a zone that is none."""
    return moments.at(start.date(), start.time(), zone).utc


def _zones(events: Iterable[Event]) -> Iterator[bytes]:
    """One component for each zone named, right for all years in which one of its events begins or ends."""
    years: dict[str, set[int]] = {}
    for event in events:
        if isinstance(event.start, datetime) and event.zone != "UTC":
            latest = event.start + event.lasts + _DAY  # clocks may be put forward, but never by a day
            years.setdefault(event.zone, set()).update((event.start.year, latest.year))
    for zone, used in sorted(years.items()):
        yield timezone_component(zone, min(used), max(used))


@lru_cache(maxsize=4096)  # icalendar takes nearly a millisecond for an event, and feeds are asked for again and again
def _event(event: Event, installation: str, busy: str) -> bytes:
    return _component(event, installation, busy).to_ical()


def _component(event: Event, installation: str, busy: str) -> icalendar.Event:
    component = icalendar.Event()
    component["UID"] = _line(f"{event.uid}@{installation}")
    component["SEQUENCE"] = icalendar.vInt(event.sequence)
    component["SUMMARY"] = _line(busy or event.title)
    component["DTSTART"], component["DTEND"] = _span(event)
    component["CREATED"] = icalendar.vDatetime(event.created_at.astimezone(UTC))
    component["DTSTAMP"] = component["LAST-MODIFIED"] = icalendar.vDatetime(event.changed_at.astimezone(UTC))
    status = "CANCELLED" if event.cancelled else "TENTATIVE" if event.tentative else "CONFIRMED"
    component["STATUS"] = icalendar.vText(status)
    component["TRANSP"] = icalendar.vText("TRANSPARENT" if event.transparent or event.cancelled else "OPAQUE")
    if not busy:
        more = {"LOCATION": _line(event.place), "URL": _link(event.link), "DESCRIPTION": _lines(event.about)}
        component.update({name: value for name, value in more.items() if value})
    return component


def _span(event: Event) -> list[icalendar.vDate] | list[icalendar.vDatetime]:
    """When it begins, and when it is over: of dates, the first that is free again."""
    if not isinstance(event.start, datetime):
        return [icalendar.vDate(day, params={"VALUE": "DATE"}) for day in (event.start, event.start + event.lasts)]
    begin = instant(event.start, event.zone)
    return [_moment(at, event.zone) for at in (begin, begin + event.lasts)]


def _moment(at: datetime, zone: str) -> icalendar.vDatetime:
    """As clocks in `zone` show it; in UTC what they show for a second time, which a calendar takes for the first."""
    local = at.astimezone(ZoneInfo(zone))
    if zone == "UTC" or local.fold:
        return icalendar.vDatetime(at)
    moment = icalendar.vDatetime(local.replace(tzinfo=None))
    moment.params["TZID"] = zone  # given to vDatetime it would be lost
    return moment


class _Text(icalendar.vText):
    """A text that comes out as it went in: vText takes a typed `\\N` for a line end. Source: RFC 5545, 3.3.11."""

    def to_ical(self) -> bytes:
        return self.translate(_ESCAPED).encode()


def _lines(text: str) -> _Text:
    """The text without what could end a line of the file, and without what can't be written or read back as UTF-8."""
    return _Text(_REMOVED.sub("", _LINE_ENDS.sub("\n", text).replace("\t", " ")).strip())


def _line(text: str) -> _Text:
    return _Text(_lines(text).replace("\n", " "))


def _link(address: str) -> icalendar.vUri:
    """The address in the few characters that one may hold, the others percent-encoded."""
    return icalendar.vUri(quote(_line(address), safe=_IN_A_LINK))
