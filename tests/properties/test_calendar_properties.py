"""Whatever a meeting is called and whenever it is: calendars can read it, and see it when we mean it (F23)."""

import os
import random
import unicodedata
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given, settings
from hypothesis import strategies as st

from apps.gatherings.calendar_file import Event, calendar_file, instant
from tests.gatherings.calendars import INSTALLATION, REFRESH, ZONES, changes, in_unknown_zones, properties, seen

# The short form, for every run; the long form is CASES=10000 (F23).
CASES = int(os.environ.get("CASES", "300"))
IN_A_FILE = 250
ALWAYS = {"UID", "SEQUENCE", "SUMMARY", "DTSTART", "DTEND", "DTSTAMP", "CREATED", "LAST-MODIFIED", "STATUS", "TRANSP"}
CRUMBS = [
    "BEGIN:VEVENT",
    "END:VEVENT",
    "BEGIN:VALARM",
    "END:VCALENDAR",
    "ATTENDEE:mailto:x@example.com",
    "ATTENDEE;CN=a:mailto:x",
    "DESCRIPTION:x",
    "RRULE:FREQ=DAILY",
    "X-A:",
    "TZID=",
    "=",
    "読書会",
    "障害対応",
    "第３回\u3000",
    "ハンカク",
    "👩🏽\u200d🚒",
    "🇯🇵",
    "🧑\u200d💻",
    "شهر",
    "עברית",
    "\u200f",
    "\u202e",
    "\u2066",
    "é",
    "é",
    "Z͑ͫ̓",
    "ก็",
    "हिन्दी",
    "\\",
    "\\\\",
    "\\n",
    "\\N",
    "\\,",
    ";",
    ",",
    ":",
    '"',
    "'",
    "^n",
    "^^",
    "%0D%0A",
    "&#13;",
    "  ",
    "\u3000",
    "\xa0",
    "\ufeff",
    "\U000e0001",
    "\uffff",
] + ["\n", "\r", "\r\n", "\n ", "\r\n\t", "\t", "\x00", "\x0b", "\x0c", "\x1c", "\x85", "\u2028", "\u2029", "|"]


def some_text(chance: random.Random) -> str:
    kind = chance.random()
    if kind < 0.05:
        return ""
    if kind < 0.1:
        return (chance.choice(CRUMBS) + chance.choice(CRUMBS)) * 500
    text = [chance.choice(CRUMBS) for _ in range(chance.randint(1, 12))]
    text += [
        chr(chance.choice([chance.randrange(0x110000), chance.randrange(0x3000), chance.randrange(0xA0)]))
        for _ in range(12)
    ]
    chance.shuffle(text)
    return "".join(text)


def some_event(chance: random.Random, number: int) -> Event:
    day = date(2024, 1, 1) + timedelta(days=chance.randrange(4_000))
    all_day = chance.random() < 0.1
    minutes = chance.randrange(0, 24 * 60, chance.choice([1, 15]))
    stamp = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(seconds=chance.randrange(10**8))
    return Event(
        uid=f"{number}-{chance.randrange(99)}",
        title=some_text(chance),
        start=day if all_day else datetime.combine(day, datetime.min.time()) + timedelta(minutes=minutes),
        lasts=timedelta(days=chance.randint(1, 5)) if all_day else timedelta(minutes=chance.randint(1, 3_000)),
        zone=chance.choice(ZONES),
        created_at=stamp,
        changed_at=stamp + timedelta(seconds=chance.randrange(10**6)),
        sequence=chance.randrange(500),
        place=some_text(chance),
        link="https://miraizu.example/" + some_text(chance),
        about=some_text(chance),
        cancelled=chance.random() < 0.1,
        tentative=chance.random() < 0.1,
    )


def kept(text: str, line_end: str) -> str:
    """What has to be left of a text, told by what Unicode says of each character."""
    left = []
    for sign in text.replace("\r\n", "\n"):
        if sign in "\n\r\v\f\x85\u2028\u2029":
            left.append(line_end)
        elif sign == "\t":
            left.append(" ")
        elif unicodedata.category(sign) not in ("Cc", "Cs") and sign != "\ufeff":
            left.append(sign)
    return "".join(left).strip()


def times(event: Event) -> tuple[date, date]:
    if not isinstance(event.start, datetime):
        return event.start, event.start + event.lasts
    begin = event.start.replace(tzinfo=ZoneInfo(event.zone)).astimezone(UTC)
    return begin, begin + event.lasts


def test_any_meeting_can_be_read():
    chance = random.Random(23)
    for begin in range(0, CASES, IN_A_FILE):
        events = [some_event(chance, number) for number in range(begin, min(begin + IN_A_FILE, CASES))]
        content = calendar_file(events, name=some_text(chance), installation=INSTALLATION, refresh=REFRESH)
        lines = content.split(b"\r\n")
        assert max(map(len, lines)) <= 75 and lines[-1] == b""
        assert all(line.decode() for line in lines[:-1]) and not {10, 13} & set(b"".join(lines))
        found = {event.uid: event for event in seen(in_unknown_zones(content))}
        assert len(found) == len(events)
        for event in events:
            read = found[f"{event.uid}@{INSTALLATION}"]
            assert (read.title, read.place) == (kept(event.title, " "), kept(event.place, " "))
            assert read.about == kept(event.about, "\n")
            assert (read.begin, read.end, read.sequence) == (*times(event), event.sequence)
        ordered = sorted(events, key=lambda event: (event.start.isoformat(), event.uid))
        for event, names in zip(ordered, properties(content), strict=True):
            more = {"LOCATION": kept(event.place, " "), "DESCRIPTION": kept(event.about, "\n"), "URL": event.link}
            assert sorted(names) == sorted(ALWAYS | {name for name, text in more.items() if text})


@given(st.sampled_from(ZONES), st.datetimes(datetime(2024, 1, 1), datetime(2036, 12, 31)))
@settings(max_examples=300, deadline=None)
def test_a_time_on_the_wall_is_one_instant(zone, start):
    check_instant(zone, start)


@given(
    st.sampled_from([zone for zone in ZONES if zone not in ("UTC", "Asia/Tokyo")]), st.integers(2024, 2030), st.data()
)
@settings(max_examples=60, deadline=None)
def test_also_around_changes_of_clocks(zone, year, data):
    for at in changes(zone, year, year):
        wall = at.astimezone(ZoneInfo(zone)).replace(tzinfo=None)
        check_instant(zone, wall + timedelta(minutes=data.draw(st.integers(-150, 150))))


def check_instant(zone: str, start: datetime) -> None:
    """It is when the clocks show `start`, and they did not before; or they never do, and it is later by what they skip."""
    info, at = ZoneInfo(zone), instant(start, zone)
    wall = at.astimezone(info).replace(tzinfo=None)
    earlier = [(at - timedelta(minutes=minutes)).astimezone(info) for minutes in range(30, 181, 30)]
    if wall == start:
        assert start not in [each.replace(tzinfo=None) for each in earlier]
    else:
        assert wall - start == at.astimezone(info).utcoffset() - min(each.utcoffset() for each in earlier)
