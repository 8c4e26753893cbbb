"""The uploaded file of an import, read as the person has chosen on the page."""

from typing import BinaryIO, cast

from apps.toil.imports import FORMATS, Format, recognise
from apps.toil.imports.cells import Choices
from apps.toil.imports.dates import Order
from apps.toil.imports.durations import Unit
from apps.toil.imports.mapped import MAPPED, guess
from apps.toil.imports.reading import Table, read_table
from apps.toil.models import ImportRun


def table_of(run: ImportRun) -> Table:
    """The file as a table. Raises ImportFileError."""
    with run.file.open("rb") as file:
        return read_table(cast(BinaryIO, file))


def format_of(run: ImportRun, table: Table) -> Format:
    """The format chosen on the page, or the one recognised, or the mapping."""
    return FORMATS.get(run.format) or recognise(table.header) or MAPPED


def choices_of(run: ImportRun, table: Table) -> Choices:
    """What was chosen on the page; for a file that nobody knows, what its names suggest."""
    chosen = run.choices
    columns = {role: int(place) for role, place in chosen.get("columns", {}).items()}
    if not columns and format_of(run, table) is MAPPED:
        columns = guess(table.header, table.samples()).columns
    return Choices(
        order=Order(chosen["order"]) if chosen.get("order") else None,
        unit=Unit(chosen["unit"]) if chosen.get("unit") else None,
        columns=columns,
        zone=run.member.zone,
    )
