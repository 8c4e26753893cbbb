"""When a local time is: what a clock on the wall shows on a day, in a zone, as a moment (R30 to R32, R39).

The one place that decides what happens where clocks leap forward over a time, or show it twice.
"""

import hashlib
import re
import zoneinfo
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from pathlib import Path

import tzdata
from django.utils.translation import gettext as _

from apps.accounts.models.member import RESERVED_ZONES
from apps.web.text import clean


@dataclass(frozen=True, slots=True)
class Moment:
    """When a local time is. `shifted` is how much later than asked it is, because clocks leap over what was asked."""

    utc: datetime
    local: datetime  # as the clock on the wall shows it
    shifted: timedelta
    ambiguous: bool  # the clock shows it twice; this is the first time


def at(day: date, clock: time, zone: str) -> Moment:
    """The moment at which clocks in `zone` show `clock` on `day` (R32).

    A time in a gap moves forward by the length of the gap: 02:30 becomes 03:30 in Berlin in spring. Of a time that
    comes twice the first is taken. Where a whole day is left out (Apia, 30 December 2011), two days are one moment.

    Raises ValueError for a zone that is not in `zone_names`.
    """
    check_zone(zone)
    asked = datetime.combine(day, clock.replace(fold=0), zoneinfo.ZoneInfo(zone))
    # In a gap the first fold takes the offset from before it, in which the time asked for goes on being counted.
    utc = asked.astimezone(UTC)
    local = utc.astimezone(asked.tzinfo)
    shifted = local.replace(tzinfo=None) - asked.replace(tzinfo=None)
    ambiguous = not shifted and asked.utcoffset() != asked.replace(fold=1).utcoffset()
    return Moment(utc, local, shifted, ambiguous)


LONGEST_ZONE_SHOWN = 40


def zone_names() -> frozenset[str]:
    """Every IANA zone that a gathering may be in (R39)."""
    return _zone_names_in(tuple(zoneinfo.TZPATH))


def check_zone(name: str) -> None:
    """Raises ValueError, with a text for the reader, unless `name` is in `zone_names`, spelled as it is there."""
    if name not in zone_names():
        shown = clean(name[: LONGEST_ZONE_SHOWN + 1])
        if len(shown) > LONGEST_ZONE_SHOWN:
            shown = shown[:LONGEST_ZONE_SHOWN] + "…"
        raise ValueError(_("“%(name)s” is not a time zone we know.") % {"name": shown})


def tzdata_version() -> str:
    """The release of the zone data in use, such as 2026f (R30).

    `zoneinfo` prefers the system's data to the tzdata package's. Data of the system that does not say its release is
    named by a digest of it, so that a change shows.
    """
    return _version_in(tuple(zoneinfo.TZPATH))


@lru_cache(maxsize=4)  # by where it looks: loading all of them takes a tenth of a second
def _zone_names_in(_places: tuple[str, ...]) -> frozenset[str]:
    return frozenset(name for name in zoneinfo.available_timezones() - RESERVED_ZONES if _loads(name))


def _loads(name: str) -> bool:
    try:
        zoneinfo.ZoneInfo(name)
    except Exception:  # a damaged file fails in many ways
        return False
    return True


_RELEASE = re.compile(r"(?:# version )?(\d{4}[a-z]\S{0,20})")
_MAGIC = b"TZif"


@lru_cache(maxsize=4)
def _version_in(places: tuple[str, ...]) -> str:
    for place in map(Path, places):
        if (place / "Europe" / "London").is_file():
            return _release_stated_in(place) or _digest_of(place)
    return tzdata.IANA_VERSION


def _release_stated_in(place: Path) -> str:
    for name in ("tzdata.zi", "+VERSION"):  # Linux and the BSDs, macOS
        if (file := place / name).is_file():
            with file.open(encoding="utf-8", errors="replace") as lines:
                if found := _RELEASE.match(lines.readline()):
                    return found[1]
    return ""


def _digest_of(place: Path) -> str:
    digest = hashlib.sha256()
    for file in sorted(path for path in place.rglob("*") if path.is_file()):
        if (content := file.read_bytes()).startswith(_MAGIC):
            digest.update(bytes(file.relative_to(place)) + content)
    return f"sha256:{digest.hexdigest()[:16]}"
