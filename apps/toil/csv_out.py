"""The log as CSV, for people and for our own import: formula-safe (R73), streamed row by row."""

import csv
from collections.abc import Iterable, Iterator

from apps.toil.models.entry import EntryQuerySet

COLUMNS = (
    "day", "started", "person", "email", "item", "category", "stakeholder", "minutes", "note", "source", "id",
)  # fmt: skip
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def guard(cell: object) -> str:
    """The cell as text that no spreadsheet takes for a formula: such cells get one leading apostrophe."""
    text = "" if cell is None else str(cell)
    return "'" + text if text.startswith(_FORMULA) else text


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
