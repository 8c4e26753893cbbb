"""The log as CSV, for people and for our own import: formula-safe (R73), streamed row by row."""

import csv
import re
from collections.abc import Iterable, Iterator

from apps.toil.imports.miraizu import COLUMNS
from apps.toil.models.entry import EntryQuerySet

# Also texts that look guarded already, so that reading back takes off exactly the one apostrophe put on here.
_FORMULA = re.compile(r"'*[=+\-@\t\r]")


def guard(cell: object) -> str:
    """The cell as text that no spreadsheet takes for a formula: such cells get one leading apostrophe."""
    text = "" if cell is None else str(cell)
    return "'" + text if _FORMULA.match(text) else text


class _Line:
    """A file for `csv.writer` that hands back each line it is given."""

    def write(self, line: str) -> str:
        return line


def lines(entries: EntryQuerySet) -> Iterator[str]:
    """Header and rows, oldest first. Starts with a BOM, so that spreadsheets read Japanese right."""
    writer = csv.writer(_Line())
    yield "\ufeff" + writer.writerow(COLUMNS)
    for row in _rows(entries):
        yield writer.writerow([guard(cell) for cell in row])


def _rows(entries: EntryQuerySet) -> Iterable[tuple]:
    return (
        entries.order_by("day", "id")
        .values_list(
            "day",
            "clock",
            "member__display_name",
            "member__email",
            "item__name",
            "item__category__name",
            "stakeholder__name",
            "minutes",
            "note",
            "source",
            "id",
        )
        .iterator(chunk_size=2_000)
    )
