"""What a foreign format is: the columns it is known by, and how a row of it becomes a line of toil.

Each format module makes one `Format`. Recognising, finding columns, guessing the order of dates and the unit
of durations, and fingerprints work the same for all of them and stand here.
"""

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


@dataclass(frozen=True)
class Format:
    """A kind of file.

    `columns` gives for each role the names its column goes by, the best first. `marks` are the roles by
    whose exact names (upper and lower case count) a file is recognised: at most one may be missing, never
    one that is `essential`. `units` says what bare numbers count by the duration column's name; `large` is
    for columns that do not say. `names` are what a missing column is called where it has no name of its own.
    """

    code: str
    label: str | Promise
    columns: Mapping[str, tuple[str, ...]]
    compose: Callable[[Cells], Line]
    required: tuple[str, ...] = ("day", "duration")
    marks: tuple[str, ...] = ()
    essential: tuple[str, ...] = ()
    units: Mapping[str, Unit] = field(default_factory=dict)
    names: Mapping[str, str | Promise] = field(default_factory=dict)
    large: Unit = Unit.SECONDS

    def marks_missing(self, header: Header) -> int | None:
        """How many of its marks a header lacks, 0 or 1; None if this format is not recognised in it."""
        lacking = [role for role in self.marks if not set(self.columns[role]) & set(header)]
        if not self.marks or len(lacking) > 1 or set(lacking) & set(self.essential):
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
        """Names of the columns that this format cannot do without and the header lacks."""
        present = self.positions(header, choices)
        return tuple(self.column_name(role) for role in self.required if role not in present)

    def column_name(self, role: str) -> str | Promise:
        return self.names.get(role, self.columns[role][0])

    def order(self, table: Table, choices: Choices | None = None) -> Order:
        """The order of its dates, from every row. AMBIGUOUS is for the person to settle. Raises as `Table.rows`."""
        place = self.positions(table.header, choices).get("day")
        return Order.AMBIGUOUS if place is None else dates.guess_order(table.column(place))

    def unit(self, table: Table, choices: Choices | None = None) -> Unit:
        """What bare numbers in its duration column count. Raises as `Table.rows`."""
        place = self.positions(table.header, choices).get("duration")
        if place is None:
            return Unit.MINUTES
        name = table.header[place]
        known = self.units.get(fold(name))
        return known or durations.guess_unit(name, table.column(place), large=self.large)

    def lines(self, table: Table, choices: Choices | None = None) -> Iterator[Line]:
        """Every row as a line, in the file's order, readable or not.

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
        unit = Unit(choices.unit or self.unit(table, choices))
        positions = self.positions(table.header, choices)
        fingerprints = Fingerprints(self.code)
        for row in table.rows():
            if row.problem:
                yield Line(row.number, problems=(row.problem,))
                continue
            cells = Cells(row, table.header, positions, order, unit, choices.zone)
            yield self._line(cells, row, fingerprints)

    def _line(self, cells: Cells, row: Row, fingerprints: Fingerprints) -> Line:
        line = self.compose(cells)
        if cells.problems:
            return replace(line, row=row.number, problems=tuple(cells.problems))
        return replace(line, row=row.number, key=fingerprints.of(line))
