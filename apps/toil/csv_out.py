"""The log as CSV, for people and for our own import."""

from collections.abc import Iterable, Iterator

from apps.toil.imports.miraizu import COLUMNS
from apps.toil.models.entry import EntryQuerySet
from apps.web import csv_file


def lines(entries: EntryQuerySet) -> Iterator[str]:
    """Header and rows, oldest first."""
    return csv_file.lines(COLUMNS, _rows(entries))


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
