"""Which map, and which moment of it, an address asks for: `?map=`, `?at=`, `?revision=`, `?quarter=`."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property, lru_cache
from urllib.parse import urlencode

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from apps.accounts.models import Organisation
from apps.roadmap.document import Document
from apps.roadmap.models import CheckIn, Map
from apps.roadmap.models.check_in import last_of_each
from apps.roadmap.models.map import of_day
from apps.roadmap.models.revision import Published, as_of, document_of, published
from apps.roadmap.year import COLUMNS, Span


@dataclass(frozen=True, slots=True)
class Mark:
    """A day on the slider on which something was published."""

    day: date
    number: int  # of the last revision of that day
    is_pivot: bool


@dataclass
class Look:
    """One map as of one moment; `notices` say what the address asked for and could not have."""

    map: Map
    maps: list[Map]
    number: int  # of the revision
    day: date  # as of its end
    today: date
    is_now: bool
    by_number: bool  # whether the address names a revision
    quarter: int | None = None
    notices: list[str] = field(default_factory=list)
    marks: list[Mark] = field(default_factory=list)

    @classmethod
    def at(cls, asked: Mapping[str, str], *, with_marks: bool = True) -> "Look | None":
        """What `asked` (the address's parameters) wants to see; None before anything is published."""
        organisation = Organisation.kept()
        today = organisation.today() if organisation else date.today()  # noqa: DTZ011 (nobody is here yet)
        maps = list(Map.objects.published())
        if not maps:
            return None
        notices: list[str] = []
        day = _day(asked.get("at", ""), today, notices)
        row = _map(asked.get("map", ""), maps, day or today, notices)
        look = cls(
            row, maps, row.head, day or today, today, day is None, False, _quarter(asked.get("quarter", "")), notices
        )
        look._find(asked.get("revision", ""), day)
        if with_marks:
            look.marks = _marks(published(row))
        return look

    @property
    def rows(self) -> tuple[Published, ...]:
        """All revisions of the map."""
        return published(self.map)

    def _find(self, asked: str, day: date | None) -> None:
        if asked:
            number = int(asked) if asked.isascii() and asked.isdigit() and len(asked) < 9 else 0
            found = self.rows[number - 1] if 0 < number <= len(self.rows) else None
            if found is None:
                self.notices.append(_("This map has no version %(n)s. This is the newest.") % {"n": asked[:12]})
            else:
                # The plan as it was published, and beside it what was said of its items until that day or a later one.
                self.number, self.day, self.by_number = number, max(found.day, day or found.day), True
                self.is_now = number == self.map.head and day in (None, self.today)
        elif day is not None:
            found = as_of(self.map, day)
            if found:
                self.number = found.number
            else:
                first = self.rows[0]
                self.number, self.day = first.number, first.day
                said = {"day": date_format(day), "first": date_format(first.day)}
                self.notices.append(_("There was no map yet on %(day)s. This is the first, of %(first)s.") % said)
            self.is_now = self.number == self.map.head and day >= self.today

    @property
    def year(self) -> Span:
        return self.map.year

    @property
    def span(self) -> Span:
        """What is drawn: the year, or the quarter one looks at more closely."""
        return self.year.quarter(self.quarter) if self.quarter else self.year

    @cached_property
    def document(self) -> Document:
        return document_of(self.map, self.number)

    @property
    def newest_map(self) -> Map:
        return self.maps[-1]

    @property
    def is_current_map(self) -> bool:
        return self.map == of_day(self.maps, self.today)

    @property
    def checks(self) -> dict[str, CheckIn]:
        """The last check-in of each item as of the day."""
        return last_of_each(self.map, self.day)

    # ---- addresses ----------------------------------------------------------------------------

    @property
    def where(self) -> dict[str, str]:
        """The parameters that lead to exactly this map and moment."""
        if self.by_number and not self.is_now:
            later = {} if self.day == self.rows[self.number - 1].day else {"at": self.day.isoformat()}
            return {"map": str(self.map), "revision": str(self.number)} | later
        day = self.today if self.is_now else self.day
        found = {} if self.map == (of_day(self.maps, day) or self.maps[0]) else {"map": str(self.map)}
        return found if self.is_now else found | {"at": self.day.isoformat()}

    def exactly(self, **more: str | int | None) -> str:
        """“?…” that shows the same for ever: this version, and what was said of its items until this day."""
        asked = {"map": str(self.map), "revision": str(self.number), "at": self.day.isoformat()}
        return self._query(asked, more)

    def query(self, **more: str | int | None) -> str:
        """“?…” for this map and moment and `more`; what is None goes."""
        return self._query(self.where, more)

    def _query(self, asked: dict[str, str], more: Mapping[str, str | int | None]) -> str:
        asked = asked | ({"quarter": str(self.quarter)} if self.quarter else {})
        asked |= {name: str(value) for name, value in more.items()}
        asked = {name: value for name, value in asked.items() if value != "None"}
        return f"?{urlencode(asked)}" if asked else ""

    # ---- the slider ---------------------------------------------------------------------------

    @property
    def first_day(self) -> date:
        return self.rows[0].day

    @property
    def last_day(self) -> date:
        """Until when the slider goes: today, or the end of a year that is over."""
        return max(self.rows[-1].day, min(self.today, self.year.end))

    @property
    def slider_max(self) -> int:
        return (self.last_day - self.first_day).days

    @property
    def slider_value(self) -> int:
        return min(max((self.day - self.first_day).days, 0), self.slider_max)

    @property
    def ticks(self) -> list[tuple[int, bool]]:
        """(column, whether a pivot) above the slider, at most one of each kind in a column."""
        days = max(self.slider_max, 1)
        at = (
            (1 + round((mark.day - self.first_day).days / days * (COLUMNS - 1)), mark.is_pivot) for mark in self.marks
        )
        return sorted(set(at), key=lambda tick: (tick[1], tick[0]))

    @property
    def stops(self) -> str:
        """Days of the slider on which something was published, for Page Up and Page Down."""
        return ",".join(str((mark.day - self.first_day).days) for mark in self.marks)

    @property
    def compare_from(self) -> int:
        return max(1, self.number - 1)

    @property
    def compare_to(self) -> int:
        return max(self.number, min(2, self.map.head))

    @property
    def previous(self) -> int | None:
        """The number of the revision before the one that is shown."""
        return self.number - 1 if self.number > 1 else None

    @property
    def next(self) -> int | None:
        return self.number + 1 if self.number < self.map.head else None


def _day(asked: str, today: date, notices: list[str]) -> date | None:
    if not asked:
        return None
    try:
        day = date.fromisoformat(asked)
    except ValueError:
        notices.append(_("“%(text)s” is no day. Write it like 2026-11-25.") % {"text": asked[:40]})
        return None
    if day > today:
        notices.append(_("%(day)s has not come yet. This is the map of today.") % {"day": date_format(day)})
        return None
    return day


def _map(asked: str, maps: list[Map], day: date, notices: list[str]) -> Map:
    if asked:
        found = next((row for row in maps if str(row) == asked), None)
        if found:
            return found
        notices.append(_("There is no map that starts in %(month)s.") % {"month": asked[:12]})
    return of_day(maps, day) or maps[0]


def _quarter(asked: str) -> int | None:
    return int(asked) if asked in {"1", "2", "3", "4"} else None


@lru_cache(maxsize=16)
def _marks(rows: tuple[Published, ...]) -> list[Mark]:
    """One for each day on which something was published."""
    by_day: dict[date, Mark] = {}
    for row in rows:
        was_pivot = row.day in by_day and by_day[row.day].is_pivot
        by_day[row.day] = Mark(row.day, row.number, was_pivot or row.is_pivot)
    return list(by_day.values())


def forget() -> None:
    """Drops what is kept, for tests that take their rows back."""
    _marks.cache_clear()
