from dataclasses import replace
from datetime import UTC, date, datetime, timedelta, timezone
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import icalendar
import pytest

from apps.gatherings import calendar_file as module
from apps.gatherings.calendar_file import Event, calendar_file, etag, instant
from tests.gatherings import calendars
from tests.gatherings.calendars import INSTALLATION, REFRESH, ZONES, in_unknown_zones, properties, seen

HOUR = timedelta(hours=1)
MEETING = Event(
    uid="018f3f6e-2a30-7cc1-9a2b-6d0f0a3e5b77-3",
    title="読書会: SRE, chapter 3",
    start=datetime(2026, 12, 3, 16, 0),
    lasts=HOUR,
    zone="Asia/Tokyo",
    created_at=datetime(2026, 11, 2, 8, 30, tzinfo=UTC),
    changed_at=datetime(2026, 11, 20, 1, 15, 9, 500_000, tzinfo=UTC),
    sequence=2,
    place="Room 3; by the window",
    link="https://miraizu.example/gatherings/7/3/",
    about="Bring the book.\n本を持ってきてください。",
)
ALWAYS = {"UID", "SEQUENCE", "SUMMARY", "DTSTART", "DTEND", "DTSTAMP", "CREATED", "LAST-MODIFIED", "STATUS", "TRANSP"}


def written(*events: Event, name: str = "Gatherings", busy: str = "") -> bytes:
    return calendar_file(events, name=name, installation=INSTALLATION, refresh=REFRESH, busy=busy)


def shown(**changes):
    """How both libraries show the one meeting, changed so."""
    (event,) = seen(written(replace(MEETING, **changes)))
    return event


def test_it_works():
    assert written(MEETING, name="集まり, mine").decode().split("\r\n") == [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//Miraizu//Gatherings//EN",
        "CALSCALE:GREGORIAN",
        "METHOD:PUBLISH",
        "NAME:集まり\\, mine",
        "X-WR-CALNAME:集まり\\, mine",
        "REFRESH-INTERVAL;VALUE=DURATION:PT15M",
        "X-PUBLISHED-TTL:PT15M",
        "BEGIN:VTIMEZONE",
        "TZID:Asia/Tokyo",
        "BEGIN:STANDARD",
        "DTSTART:20260101T000000",
        "RDATE:20260101T000000",
        "TZNAME:JST",
        "TZOFFSETFROM:+0900",
        "TZOFFSETTO:+0900",
        "END:STANDARD",
        "END:VTIMEZONE",
        "BEGIN:VEVENT",
        "SUMMARY:読書会: SRE\\, chapter 3",
        "DTSTART;TZID=Asia/Tokyo:20261203T160000",
        "DTEND;TZID=Asia/Tokyo:20261203T170000",
        "DTSTAMP:20261120T011509Z",
        "UID:018f3f6e-2a30-7cc1-9a2b-6d0f0a3e5b77-3@5f0c4f0e-7b53-4c39-9f0a-2f5d3c1",
        " f7a11",
        "SEQUENCE:2",
        "CREATED:20261102T083000Z",
        "DESCRIPTION:Bring the book.\\n本を持ってきてください。",
        "LAST-MODIFIED:20261120T011509Z",
        "LOCATION:Room 3\\; by the window",
        "STATUS:CONFIRMED",
        "TRANSP:OPAQUE",
        "URL:https://miraizu.example/gatherings/7/3/",
        "END:VEVENT",
        "END:VCALENDAR",
        "",
    ]


def test_both_libraries_see_the_meeting():
    assert shown() == calendars.Seen(
        uid=f"{MEETING.uid}@{INSTALLATION}",
        title=MEETING.title,
        begin=datetime(2026, 12, 3, 7, 0, tzinfo=UTC),
        end=datetime(2026, 12, 3, 8, 0, tzinfo=UTC),
        place=MEETING.place,
        link=MEETING.link,
        about=MEETING.about,
        status="CONFIRMED",
        sequence=2,
    )


def test_a_calendar_without_meetings_can_be_read():
    assert seen(written()) == []


TEXTS = {
    "Japanese": "障害対応の勉強会（第３回）　於：会議室",
    "emoji": "🧑‍💻 pairing 👩🏽‍🚒 🇯🇵",
    "right to left": "\u200fקריאה משותפת\u200e — قراءة",
    "combining": "Z͑ͫ̓a̴͝lgo が é",
    "very long": "長い題名🌱" * 200,
    "separators": "a, b; c: d = e",
    "backslashes": "C:\\New\\notes \\n \\\\N \\; \\, \\",
    "quotes": "\"double\" 'single' “typographic” ^n ^^",
    "only separators": ",;:\\",
    "a component": "BEGIN:VEVENT",
    "a property": "ATTENDEE:mailto:x@example.com",
    "nothing": "",
}


@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS)
def test_texts_come_out_as_they_went_in(text):
    event = shown(title=text, place=text, about=text)
    assert [event.title, event.place, event.about] == [text] * 3


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r", "\x0b", "\x0c", "\x85", "\u2028", "\u2029"])
def test_a_line_end_begins_no_property(end):
    text = f"Reading{end}ATTENDEE:mailto:x@example.com{end}END:VEVENT"
    event = shown(title=text, place=text, about=text)
    assert event.title == event.place == "Reading ATTENDEE:mailto:x@example.com END:VEVENT"
    assert event.about == "Reading\nATTENDEE:mailto:x@example.com\nEND:VEVENT"
    (names,) = properties(written(replace(MEETING, title=text, place=text, about=text)))
    assert set(names) == ALWAYS | {"LOCATION", "URL", "DESCRIPTION"}


def test_what_cannot_be_written_is_left_out():
    controls = "".join(
        map(chr, [*range(9), *range(14, 32), *range(127, 133), *range(134, 160), 0xD800, 0xDFFF, 0xFEFF])
    )
    event = shown(title=f"a{controls}b\tc", about=f"{controls}a{controls}")
    assert (event.title, event.about) == ("ab c", "a")


def test_no_way_in_by_uid_link_or_name():
    end = "\r\nATTENDEE:mailto:x\r\n"
    content = written(replace(MEETING, uid=f"1{end}", link=f"https://a.example/{end}?q=\\\ud800日本&x=%20,;"), name=end)
    (names,) = properties(content)
    assert set(names) == ALWAYS | {"LOCATION", "URL", "DESCRIPTION"}
    (event,) = seen(content)
    assert event.link == "https://a.example/%20ATTENDEE:mailto:x%20?q=%5C%E6%97%A5%E6%9C%AC&x=%20,;"
    assert properties(content, b"VCALENDAR")[0].count("X-WR-CALNAME") == 1


def test_lines_are_short_and_cut_no_character():
    for width in range(60, 90):
        content = written(replace(MEETING, title="x" * width + "🌱é漢\\" * 40, about="\n" * 80 + ",;" * width + "."))
        assert max(map(len, content.split(b"\r\n"))) <= 75
        assert all(line.decode() for line in content.split(b"\r\n")[:-1])
        assert b"\n" not in content.replace(b"\r\n", b"") and b"\r" not in content.replace(b"\r\n", b"")


def test_instants_are_right_in_all_zones():
    """Around each change of clocks and once a season, told by zone name and told by the file's own VTIMEZONEs."""
    events, expected = [], {}
    for zone in ZONES:
        walls = {datetime(2026, month, 14, 12) for month in (1, 4, 7, 10)}
        for at in calendars.changes(zone, 2026, 2027):
            wall = at.astimezone(ZoneInfo(zone)).replace(tzinfo=None)
            walls |= {wall + timedelta(minutes=minutes) for minutes in (-121, -61, -60, -1, 0, 31, 60)}
        for wall in walls:
            uid = f"{zone} {wall}"
            events.append(replace(MEETING, uid=uid, zone=zone, start=wall))
            begin = wall.replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)
            expected[f"{uid}@{INSTALLATION}"] = (begin, begin + HOUR)
    content = written(*events)
    assert len(expected) > 900 and len(ZONES) > 40
    for read in (calendars.by_icalendar, calendars.by_ical):
        for variant in (content, in_unknown_zones(content)):
            assert {event.uid: (event.begin, event.end) for event in read(variant)} == expected


@pytest.mark.parametrize(
    ("zone", "start", "written_as"),
    [
        ("Europe/Berlin", datetime(2027, 3, 28, 2, 30), "20270328T033000"),
        ("America/New_York", datetime(2027, 3, 14, 2, 0), "20270314T030000"),
        ("Australia/Lord_Howe", datetime(2026, 10, 4, 2, 10), "20261004T024000"),
        ("Antarctica/Troll", datetime(2027, 3, 28, 1, 15), "20270328T031500"),
    ],
)
def test_a_time_the_clocks_leave_out_is_later_by_as_much(zone, start, written_as):
    content = written(replace(MEETING, zone=zone, start=start))
    assert f"DTSTART;TZID={zone}:{written_as}\r\n".encode() in content


def test_of_a_time_that_comes_twice_the_first_is_meant():
    start = datetime(2026, 11, 1, 1, 30)
    for fold in (0, 1):
        assert instant(start.replace(fold=fold), "America/New_York") == datetime(2026, 11, 1, 5, 30, tzinfo=UTC)


def test_an_end_in_the_hour_that_comes_again_is_written_in_utc():
    event = replace(MEETING, zone="America/New_York", start=datetime(2026, 11, 1, 1, 30))
    assert b"DTEND:20261101T063000Z\r\n" in written(event)
    assert [(each.begin.hour, each.end.hour) for each in seen(in_unknown_zones(written(event)))] == [(5, 6)]


def test_utc_needs_no_zone():
    content = written(replace(MEETING, zone="UTC"))
    assert b"DTSTART:20261203T160000Z\r\n" in content and b"TZID" not in content


def test_each_zone_is_described_once_for_all_its_years():
    over_new_year = datetime(2027, 12, 31, 23, 30)
    content = written(
        MEETING,
        replace(MEETING, zone="Europe/Dublin"),
        replace(MEETING, zone="Africa/Casablanca", start=over_new_year),
        replace(MEETING, zone="Africa/Casablanca"),
    )
    zones = icalendar.Calendar.from_ical(content).walk("VTIMEZONE")
    assert [str(zone["TZID"]) for zone in zones] == ["Africa/Casablanca", "Asia/Tokyo", "Europe/Dublin"]
    assert b"RDATE:20260215T030000,20270207T030000,20280123T030000\r\n" in content


def test_an_unknown_zone_is_refused():
    with pytest.raises(ZoneInfoNotFoundError):
        written(replace(MEETING, zone="Asia/Kyoto"))


def test_a_whole_day_ends_where_the_next_begins():
    event = replace(MEETING, start=date(2026, 12, 31), lasts=timedelta(days=2))
    content = written(event)
    assert b"DTSTART;VALUE=DATE:20261231\r\nDTEND;VALUE=DATE:20270102\r\n" in content and b"TZID" not in content
    assert [(each.begin, each.end) for each in seen(content)] == [(date(2026, 12, 31), date(2027, 1, 2))]


@pytest.mark.parametrize(
    ("state", "status", "takes_time"),
    [
        ({}, "CONFIRMED", "OPAQUE"),
        ({"tentative": True}, "TENTATIVE", "OPAQUE"),
        ({"transparent": True}, "CONFIRMED", "TRANSPARENT"),
        ({"cancelled": True, "tentative": True}, "CANCELLED", "TRANSPARENT"),
    ],
)
def test_states(state, status, takes_time):
    assert shown(**state).status == status
    assert f"TRANSP:{takes_time}\r\n".encode() in written(replace(MEETING, **state))


def test_busy_shows_that_word_and_nothing_of_the_meeting():
    content = written(MEETING, busy="予定あり")
    (event,) = seen(content)
    assert (event.title, event.place, event.link, event.about) == ("予定あり", "", "", "")
    assert [set(names) for names in properties(content)] == [ALWAYS]
    assert not any(word.encode() in content for word in ("読書会", "SRE", "Room", "miraizu.example", "book"))
    assert shown().begin == event.begin and shown().uid == event.uid


def test_the_same_meetings_give_the_same_bytes():
    other = replace(MEETING, uid="other", zone="Europe/Dublin")
    first = written(MEETING, other)
    module._event.cache_clear()
    module.timezone_component.cache_clear()
    in_tokyo = MEETING.changed_at.astimezone(timezone(9 * HOUR))
    assert written(other, replace(MEETING, changed_at=in_tokyo)) == first
    assert etag(first) == etag(written(other, MEETING)) != etag(written(MEETING))
    assert etag(first).strip('"').isalnum() and etag(first)[0] == etag(first)[-1] == '"'


def test_a_changed_meeting_is_told_at_once():
    content = written(MEETING)
    for changes in (
        {"title": "Other"},
        {"start": datetime(2026, 12, 3, 17, 0)},
        {"lasts": 2 * HOUR},
        {"zone": "Asia/Seoul"},
        {"sequence": 3},
        {"changed_at": MEETING.changed_at + HOUR},
        {"cancelled": True},
    ):
        changed = written(replace(MEETING, **changes))
        assert changed != content and seen(changed)[0].uid == seen(content)[0].uid


@pytest.mark.parametrize(
    "changes",
    [
        {"start": datetime(2026, 12, 3, 16, tzinfo=UTC)},
        {"changed_at": datetime(2026, 12, 3)},
        {"created_at": datetime(2026, 12, 3)},
        {"lasts": timedelta()},
        {"start": date(2026, 12, 3), "lasts": timedelta(hours=25)},
    ],
)
def test_what_no_calendar_could_show_is_refused(changes):
    with pytest.raises(ValueError, match=r"start|created_at|lasts"):
        replace(MEETING, **changes)
