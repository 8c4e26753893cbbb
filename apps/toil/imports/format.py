"""What a foreign format is: the columns it is known by, and how a row of it becomes a line of toil.

Each format module makes one `Format`. Recognising, finding columns, guessing the order of dates and the unit
of durations, and fingerprints work the same for all of them and stand here.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from apps.toil.imports import dates, durations
from apps.toil.imports.cells import Cells, Choices
from apps.toil.imports.dates import Order
from apps.toil.imports.durations import Unit
from apps.toil.imports.errors import ImportFileError, say
from apps.toil.imports.lines import Fingerprints, Line, fold
from apps.toil.imports.reading import Row, Table

Header = tuple[str, ...]


_TOTAL = re.compile(r"(?:(?:grand |sub)?totals?|sum|summe|gesamt|合計|総計|小計|計)\s*:?(?:\s*\(.*\))?")


@dataclass(frozen=True)
class Format:
    """A kind of file.

    `columns` gives for each role the names its column goes by, the best first. `marks` are the roles by
    whose exact names (upper and lower case count) a file is recognised: at most one may be missing, never
    one that is `essential`; of the names in `telling`, if there are any, one has to be there. `units` says
    what bare numbers count by the duration column's name; `large` is for columns that do not say. `names`
    are what a missing column is called where it has no name of its own. `blank` is the sign that stands for
    an empty cell. `found_at` tells people where the program offers its export.
    """

    code: str
    label: str | Promise
    columns: Mapping[str, tuple[str, ...]]
    compose: Callable[[Cells], Line]
    required: tuple[str, ...] = ("day", "duration")
    marks: tuple[str, ...] = ()
    essential: tuple[str, ...] = ()
    telling: tuple[str, ...] = ()
    units: Mapping[str, Unit] = field(default_factory=dict)
    names: Mapping[str, str | Promise] = field(default_factory=dict)
    large: Unit = Unit.SECONDS
    blank: str = ""
    found_at: str | Promise = ""

    def marks_missing(self, header: Header) -> int | None:
        """How many of its marks a header lacks, 0 or 1; None if this format is not recognised in it."""
        lacking = [role for role in self.marks if not set(self.columns[role]) & set(header)]
        if not self.marks or len(lacking) > 1 or set(lacking) & set(self.essential):
            return None
        if self.telling and not set(self.telling) & set(header):
            return None
        return len(lacking)

    def positions(self, header: Header, choices: Choices | None = None) -> dict[str, int]:
        """Where each role's column is, from 0; names are compared without case, width and spacing.

        Chosen columns count for a format without marks only: the others know their own.
        """
        if choices and choices.columns and not self.marks:
            return {role: place for role, place in choices.columns.items() if 0 <= place < len(header)}
        places: dict[str, int] = {}
        for place, name in enumerate(map(fold, header)):
            places.setdefault(name, place)
        found = {}
        for role, names in self.columns.items():
            known = [places[name] for name in map(fold, names) if name in places]
            if known:
                found[role] = known[0]
        return found

    def missing(self, header: Header, choices: Choices | None = None) -> tuple[str | Promise, ...]:
        """Names of the columns that this format cannot do without and the header lacks.

        From start and end the time spent follows.
        """
        present = self.positions(header, choices)
        stands_in = {"duration"} if {"started", "ended"} <= present.keys() else set()
        return tuple(self.column_name(role) for role in self.required if role not in present.keys() | stands_in)

    def column_name(self, role: str) -> str | Promise:
        return self.names.get(role, self.columns[role][0])

    def order(self, table: Table, choices: Choices | None = None) -> Order:
        """The order of its dates, from every row. AMBIGUOUS is for the person to settle. Raises as `Table.rows`."""
        place = self.positions(table.header, choices).get("day")
        return Order.AMBIGUOUS if place is None else dates.guess_order(table.column(place))

    def unit(self, table: Table, choices: Choices | None = None) -> Unit | None:
        """What bare numbers in its duration column count, None if there are none. Raises as `Table.rows`.

        UNCLEAR is for the person to settle. Rows without a day do not count: sums stand in them.
        """
        positions = self.positions(table.header, choices)
        place, day = positions.get("duration"), positions.get("day")
        if place is None:
            return None
        name = table.header[place]
        if known := self.units.get(fold(name)):
            return known
        cells = (
            row.cells[place]
            for row in table.rows()
            if row.problem is None
            and durations.is_bare(row.cells[place])
            and (day is None or dates.names_a_day(row.cells[day]))
        )
        return durations.guess_unit(name, cells, large=self.large)

    def lines(self, table: Table, choices: Choices | None = None) -> Iterator[Line]:
        """Every row as a line, in the file's order, readable or not; only sums below the table are passed over.

        Raises ImportFileError: `missing_column` for a required column, and as `Table.rows`.
        """
        choices = choices or Choices()
        if missing := self.missing(table.header, choices):
            raise ImportFileError(
                "missing_column",
                say(
                    _(
                        "The column “%(column)s” is missing."
                        " Export the file again with it, or choose the columns yourself."
                    ),
                    column=missing[0],
                ),
                column=str(missing[0]),
            )
        # Choices may come back from a row of the database, where they are plain text.
        order = Order(choices.order or self.order(table, choices))
        unit = Unit(choices.unit or self.unit(table, choices) or Unit.MINUTES)
        positions = self.positions(table.header, choices)
        fingerprints = Fingerprints(self.code, choices.importer)
        for row in table.rows():
            if _is_total(row, positions.get("day")):
                continue
            if row.problem:
                yield Line(row.number, problems=(row.problem,))
                continue
            cells = Cells(row, table.header, positions, order, unit, choices.zone, choices.today, self.blank)
            yield self._line(cells, row, fingerprints)

    def _line(self, cells: Cells, row: Row, fingerprints: Fingerprints) -> Line:
        line = self.compose(cells)
        if cells.problems:
            return replace(line, row=row.number, problems=tuple(cells.problems))
        return replace(line, row=row.number, key=fingerprints.of(line))


def _is_total(row: Row, day: int | None) -> bool:
    """Whether a row is the sum of those above: it says so, and names no day."""
    if row.problem is None and day is not None and (said := fold(row.cells[day])) and not _TOTAL.fullmatch(said):
        return False
    if not any(_TOTAL.fullmatch(fold(cell)) for cell in row.cells):
        return False
    return not any(dates.names_a_day(cell) for cell in row.cells)
