"""Reads the cells of a row by what they mean, and notes what is wrong with each under its column's own name.

A format says where its columns are; everything that holds for all formats (limits, cleaning, what empty
means) is here.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, time, tzinfo

from django.utils.translation import gettext_lazy as _

from apps.toil.imports import dates, durations
from apps.toil.imports.dates import Moment, Order
from apps.toil.imports.durations import Unit
from apps.toil.imports.errors import CellError, CellProblem, say
from apps.toil.imports.reading import Row
from apps.web.text import clean

# What the columns of the database hold; a longer name is shown as a problem instead of being cut.
NAME_LENGTH = 120
PERSON_LENGTH = 80
EMAIL_LENGTH = 254
NOTE_LENGTH = 2_000


@dataclass(frozen=True, slots=True)
class Choices:
    """What the person who brings the file has settled on the page; None and {} leave it to the file.

    `columns` gives positions from 0 by role, and takes the place of the names a format looks for. `zone` is
    where times with an offset are moved to, `today` what days without a year are counted back from. `importer` tells
    apart lines that name nobody.
    """

    order: Order | None = None
    unit: Unit | None = None
    columns: Mapping[str, int] = field(default_factory=dict)
    zone: tzinfo | None = None
    today: date | None = None
    importer: str = ""


@dataclass(slots=True)
class Cells:
    """One row at a time, by role. A role without a column reads as empty."""

    row: Row
    header: tuple[str, ...]
    positions: Mapping[str, int]
    order: Order
    unit: Unit
    zone: tzinfo | None
    today: date | None = None
    blank: str = ""
    problems: list[CellProblem] = field(default_factory=list)

    def raw(self, role: str) -> str:
        """The cell as it stands; `blank` is the sign that a program writes where it has nothing to say."""
        cell = self.row.cells[self.positions[role]] if role in self.positions else ""
        return "" if self.blank and cell.strip() == self.blank else cell

    def name(self, role: str, limit: int = NAME_LENGTH) -> str:
        """A cleaned text of one line. Notes `too_long` above the limit."""
        return self._within(role, clean(self.raw(role)), limit)

    def person(self, role: str = "person") -> str:
        return self.name(role, PERSON_LENGTH)

    def email(self, role: str = "email") -> str:
        return self.name(role, EMAIL_LENGTH)

    def text(self, role: str) -> str:
        """A cleaned text that may have several lines, of whatever length."""
        return clean(self.raw(role), lines=True)

    def note(self, role: str = "note") -> str:
        """A text as a note keeps it. Notes `too_long` above 2,000 characters."""
        return self._within(role, self.text(role), NOTE_LENGTH)

    def moment(self, role: str = "day") -> Moment | None:
        try:
            return dates.read(self.raw(role), self.order, self.zone, self.today)
        except CellError as error:
            self.trouble(role, error)
            return None

    def clock(self, role: str = "started") -> time | None:
        """The time of day in a cell, alone or behind its day. No reason to refuse a row: nothing is noted."""
        clock, _day = self._clock_and_day(role)
        return clock

    def started(self, moment: Moment | None) -> time | None:
        """When the work began: its own column, the time behind the day, or the start of a range such as 9:00-9:25."""
        return self.clock() or (moment.clock if moment else None) or durations.start_of_range(self.raw("duration"))

    def minutes(self, role: str = "duration") -> int | None:
        """The time spent; where no cell holds it, from start to end. Notes what is wrong with it."""
        text, unit = self.raw(role), self.unit
        if not text.strip() and (between := self._between()) is not None:
            text, unit = str(between), Unit.SECONDS
        try:
            return durations.read(text, unit)
        except CellError as error:
            self.trouble(role, error)
            return None

    def _clock_and_day(self, role: str) -> tuple[time | None, date | None]:
        raw = self.raw(role)
        if clock := dates.read_clock(raw):
            return clock, None
        try:
            moment = dates.read(raw, self.order, self.zone, self.today)
        except CellError:
            return None, None
        return moment.clock, moment.day

    def _between(self) -> int | None:
        """Seconds from start to end, None without both. Without days an end before the start is on the next day."""
        (start, start_day), (end, end_day) = self._clock_and_day("started"), self._clock_and_day("ended")
        day_clock, day = self._clock_and_day("day")
        start, start_day = start or day_clock, start_day or day
        end_day = end_day or self._clock_and_day("end_day")[1]
        if start is None or end is None:
            return None
        length = _seconds(end) - _seconds(start)
        if end_day is not None and start_day is not None:
            return length + (end_day - start_day).days * durations.DAY_MINUTES * 60
        return length % (durations.DAY_MINUTES * 60)

    def needed(self, role: str, text: str) -> str:
        """The text itself. Notes `missing` if it is empty."""
        if not text:
            self.trouble(role, CellError("missing", _("This row does not say what was done.")))
        return text

    def trouble(self, role: str, error: CellError) -> None:
        column = self.header[self.positions[role]] if role in self.positions else ""
        self.problems.append(CellProblem(column, error.code, error.message))

    def _within(self, role: str, text: str, limit: int) -> str:
        if len(text) > limit:
            message = say(
                _("This text has %(length)s characters and there is room for %(limit)s. Shorten it in the file."),
                length=f"{len(text):,}",
                limit=f"{limit:,}",
            )
            self.trouble(role, CellError("too_long", message))
        return text[:limit]


def _seconds(clock: time) -> int:
    return clock.hour * 3600 + clock.minute * 60 + clock.second
