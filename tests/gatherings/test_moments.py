"""The moments of local times, the zones that are known, and the release of their data (R30, R32, R34, R39)."""

import zoneinfo
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

import pytest
import tzdata
from django.utils import translation

from apps.gatherings.moments import at, check_zone, tzdata_version, zone_names

FIRST = date(2026, 11, 13)


def utc(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=UTC)


@pytest.mark.parametrize(
    ("zone", "day", "clock", "instant", "local", "gap"),
    [
        ("Europe/Berlin", date(2027, 3, 28), time(2, 30), utc(2027, 3, 28, 1, 30), "03:30", 60),
        ("Europe/Berlin", date(2027, 3, 28), time(2, 0), utc(2027, 3, 28, 1, 0), "03:00", 60),
        ("America/New_York", date(2027, 3, 14), time(2, 30), utc(2027, 3, 14, 7, 30), "03:30", 60),
        ("Australia/Lord_Howe", date(2027, 10, 3), time(2, 15), utc(2027, 10, 2, 15, 45), "02:45", 30),
        ("Antarctica/Troll", date(2027, 3, 28), time(1, 30), utc(2027, 3, 28, 1, 30), "03:30", 120),
        ("Europe/Dublin", date(2027, 3, 28), time(1, 30), utc(2027, 3, 28, 1, 30), "02:30", 60),
        ("America/Havana", date(2027, 3, 14), time(0, 0), utc(2027, 3, 14, 5, 0), "01:00", 60),  # at midnight
    ],
)
def test_a_time_in_a_gap_moves_by_the_gap(zone, day, clock, instant, local, gap):
    moment = at(day, clock, zone)
    assert (moment.utc, moment.local.strftime("%H:%M")) == (instant, local)
    assert (moment.shifted, moment.ambiguous) == (timedelta(minutes=gap), False)
    assert moment.local == moment.utc and moment.local.date() == day


@pytest.mark.parametrize(
    ("zone", "day", "clock"),
    [
        ("Europe/Berlin", date(2027, 3, 28), time(1, 59, 59)),
        ("Europe/Berlin", date(2027, 3, 28), time(3, 0)),
        ("Australia/Lord_Howe", date(2027, 10, 3), time(2, 30)),
        ("Asia/Tokyo", date(2027, 3, 28), time(2, 30)),
        ("UTC", date(2027, 3, 28), time(2, 30)),
    ],
)
def test_beside_a_gap_the_clock_shows_what_was_asked(zone, day, clock):
    moment = at(day, clock, zone)
    assert moment.local.replace(tzinfo=None) == datetime.combine(day, clock)
    assert (moment.shifted, moment.ambiguous) == (timedelta(0), False)


@pytest.mark.parametrize(
    ("zone", "day", "clock", "instant"),
    [
        ("Europe/Berlin", date(2027, 10, 31), time(2, 30), utc(2027, 10, 31, 0, 30)),
        ("America/New_York", date(2027, 11, 7), time(1, 30), utc(2027, 11, 7, 5, 30)),
        ("Australia/Lord_Howe", date(2027, 4, 4), time(1, 45), utc(2027, 4, 3, 14, 45)),
        ("Europe/Dublin", date(2027, 10, 31), time(1, 0), utc(2027, 10, 31, 0, 0)),
        ("Antarctica/Troll", date(2027, 10, 31), time(1, 30), utc(2027, 10, 30, 23, 30)),
    ],
)
def test_of_a_time_that_comes_twice_it_is_the_first(zone, day, clock, instant):
    moment = at(day, clock, zone)
    assert (moment.utc, moment.ambiguous, moment.shifted) == (instant, True, timedelta(0))
    assert moment.local.replace(tzinfo=None) == datetime.combine(day, clock) and moment.local.fold == 0
    assert at(day, clock.replace(fold=1), zone) == moment


def test_a_day_that_was_left_out_moves_to_the_next():
    moment = at(date(2011, 12, 30), time(10, 0), "Pacific/Apia")
    assert moment.local.replace(tzinfo=None) == datetime(2011, 12, 31, 10, 0)
    assert (moment.shifted, moment.ambiguous) == (timedelta(days=1), False)


def test_the_hour_before_and_after_a_fold_are_not_ambiguous():
    assert not at(date(2027, 10, 31), time(1, 59, 59), "Europe/Berlin").ambiguous
    assert not at(date(2027, 10, 31), time(3, 0), "Europe/Berlin").ambiguous


# ---- zones -----------------------------------------------------------------------------------------

WRONG_ZONES = [
    "", " ", "UTC+9", "+09:00", "JST", "Asia/Tokio", "Asia", "Asia/", "/Asia/Tokyo", "Asia/Tokyo ", " Asia/Tokyo",
    "Asia/Tokyo\n", "asia/tokyo", "ASIA/TOKYO", "utc", "Utc", "europe/Berlin", "Asia\\Tokyo", "Asia//Tokyo",
    "Asia/../Asia/Tokyo", "../etc/passwd", "../../etc/passwd", "/etc/passwd", "/etc/localtime", ".", "..", "localtime",
    "posixrules", "Factory", "factory", "posix/Asia/Tokyo", "right/Asia/Tokyo", "tzdata.zi", "zone.tab", "zone1970.tab",
    "leapseconds", "+VERSION", "Asia/Tokyo\x00", "\x00", "\ud800", "Asia/\udfffTokyo", "Asia/Tōkyō", "東京", "🔥",
    "A" * 100_000, "Asia/Tokyo;DROP TABLE", "None", "EST5EDT4", "<+09>-9", "GMT+25", "C:\\Windows", "Asia/Tokyo/Shibuya",
]  # fmt: skip


@pytest.mark.parametrize("name", WRONG_ZONES, ids=lambda name: ascii(name[:24]))
def test_wrong_and_reserved_zones_are_refused(name):
    with pytest.raises(ValueError) as refused:
        check_zone(name)
    str(refused.value).encode()  # can be shown and stored
    assert len(str(refused.value)) < 100 and "\x00" not in str(refused.value)
    with pytest.raises(ValueError):
        at(FIRST, time(10, 0), name)


def test_the_text_names_the_zone():
    with translation.override("en"), pytest.raises(ValueError, match="“Asia/Tokio” is not a time zone we know"):
        check_zone("Asia/Tokio")


@pytest.mark.parametrize(
    "name", ["Asia/Tokyo", "UTC", "Etc/GMT+9", "America/Argentina/Buenos_Aires", "Europe/Kyiv", "Japan", "GMT+0"]
)
def test_right_zones_pass(name):
    check_zone(name)


def test_every_zone_offered_gives_moments():
    names = zone_names()
    assert len(names) > 400
    assert names <= zoneinfo.available_timezones()
    for name in names:
        assert at(FIRST, time(10, 0), name).local.hour == 10


# ---- the release of the zone data ------------------------------------------------------------------


@pytest.fixture
def zone_data(tmp_path):
    """Where zoneinfo looks in this test: a place with a few zones, that states no release."""
    place, packaged = tmp_path / "zoneinfo", Path(tzdata.__file__).parent / "zoneinfo"
    for name in ("Europe/London", "Asia/Tokyo"):
        (place / name).parent.mkdir(parents=True)
        (place / name).write_bytes((packaged / name).read_bytes())
    before = zoneinfo.TZPATH
    zoneinfo.reset_tzpath([place])
    yield place
    zoneinfo.reset_tzpath(before)


def test_without_data_of_the_system_it_is_that_of_the_package(zone_data):
    zoneinfo.reset_tzpath([])
    assert tzdata_version() == tzdata.IANA_VERSION


@pytest.mark.parametrize(
    ("name", "text"), [("tzdata.zi", "# version 2025b\n# This zic input file\n"), ("+VERSION", "2025b\n")]
)
def test_data_of_the_system_comes_first_and_states_its_release(zone_data, name, text):
    (zone_data / name).write_text(text)
    assert tzdata_version() == "2025b"


def test_data_that_states_no_release_is_told_from_other_data(zone_data, tmp_path):
    (zone_data / "tzdata.zi").write_text("# something else")
    before = tzdata_version()
    assert before.startswith("sha256:") and len(before) < 32
    other = zone_data.rename(tmp_path / "changed")
    zoneinfo.reset_tzpath([other])
    assert tzdata_version() == before
    (other / "Europe/London").write_bytes((other / "Asia/Tokyo").read_bytes())
    zoneinfo.reset_tzpath([other.rename(tmp_path / "again")])
    assert tzdata_version() != before


def test_a_file_that_is_no_zone_is_not_offered(zone_data):
    (zone_data / "Asia" / "Broken").write_bytes(b"TZif2 and then nothing of sense")
    assert "Asia/Broken" in zoneinfo.available_timezones()
    assert "Asia/Broken" not in zone_names()
    assert "Asia/Tokyo" in zone_names()
