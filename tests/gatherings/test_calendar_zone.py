from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import icalendar
import pytest
from ical.calendar_stream import IcsCalendarStream

from apps.gatherings.calendar_zone import timezone_component
from tests.gatherings.calendars import ZONES, changes

FIRST, LAST = 2026, 2028


def parts(zone: str, first: int = FIRST, last: int = LAST) -> list[icalendar.Component]:
    return icalendar.Timezone.from_ical(timezone_component(zone, first, last)).subcomponents


@pytest.mark.parametrize("zone", ZONES)
def test_each_change_is_told_to_the_second(zone):
    """Read as RFC 5545 has it: an onset is a local time by the offset before it."""
    content = b"BEGIN:VCALENDAR\r\n" + timezone_component(zone, FIRST, LAST) + b"END:VCALENDAR\r\n"
    (read,) = IcsCalendarStream.calendar_from_ics(content.decode()).timezones
    told = set()
    for observance in read.standard + read.daylight:
        for onset in observance.as_ruleset():
            if onset.year > LAST:
                break
            at = onset.replace(tzinfo=UTC) - observance.tz_offset_from.offset
            assert at.astimezone(ZoneInfo(zone)).utcoffset() == observance.tz_offset_to.offset
            if onset.year >= FIRST and observance.tz_offset_from != observance.tz_offset_to:
                told.add(at)
    assert told == set(changes(zone, FIRST, LAST))


@pytest.mark.parametrize("zone", ["Europe/Berlin", "Europe/Dublin", "America/New_York", "Australia/Lord_Howe"])
def test_yearly_changes_are_two_rules_from_the_year_before(zone):
    """Outlook knows one rule each way, and nothing listed."""
    found = parts(zone)
    assert {part.name for part in found} == {"STANDARD", "DAYLIGHT"} and len(found) == 2
    assert all("RRULE" in part and "RDATE" not in part and part.DTSTART.year == FIRST - 1 for part in found)


def test_changes_by_no_rule_are_listed():
    assert [[*part.keys()].count("RRULE") for part in parts("Africa/Casablanca")] == [0, 0, 0]


def test_a_rule_given_up_in_these_years_is_not_told_as_one():
    found = parts("America/Mexico_City", 2021, 2023)
    assert not any("RRULE" in part for part in found)
    assert max(part.DTSTART for part in found) == datetime(2021, 10, 31, 2)


def test_a_zone_without_changes_has_one_part():
    (part,) = parts("Asia/Tokyo")
    assert part.TZOFFSETFROM == part.TZOFFSETTO == timedelta(hours=9)


@pytest.mark.parametrize("zone", ZONES)
def test_nothing_ends(zone):
    assert b"UNTIL" not in timezone_component(zone, FIRST, LAST)
