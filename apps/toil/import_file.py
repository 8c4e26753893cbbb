"""The uploaded file of an import, read as the person has chosen on the page."""

import hashlib
import json
from typing import BinaryIO, cast

from django.utils.translation import gettext_lazy as _

from apps.toil.imports import FORMATS, Format, recognise
from apps.toil.imports.cells import Choices
from apps.toil.imports.dates import Order
from apps.toil.imports.durations import Unit
from apps.toil.imports.errors import ImportFileError
from apps.toil.imports.mapped import MAPPED, guess
from apps.toil.imports.reading import Table, read_table
from apps.toil.models import ImportRun

# What says how the file is read and whose rows they are; `leave_wrong` is said only with the wish to apply.
_READING = ("order", "unit", "columns", "people")


def table_of(run: ImportRun) -> Table:
    """The file as a table. Raises ImportFileError, with the code `gone` where the file is not kept any more."""
    try:
        with run.file.open("rb") as file:
            return read_table(cast(BinaryIO, file))
    except (FileNotFoundError, ValueError):
        raise ImportFileError("gone", _("The file is not here any more. Bring it once more.")) from None


def format_of(run: ImportRun, table: Table) -> Format:
    """The format chosen on the page, or the one recognised, or the mapping."""
    return FORMATS.get(run.format) or recognise(table.header) or MAPPED


def columns_of(run: ImportRun, table: Table) -> dict[str, int]:
    """The columns chosen on the page; for an unknown file what their names suggest. Raises ImportFileError."""
    columns = {role: int(place) for role, place in run.choices.get("columns", {}).items()}
    if not columns and format_of(run, table) is MAPPED:
        columns = guess(table.header, table.samples()).columns
    return columns


def choices_of(run: ImportRun, table: Table) -> Choices:
    """What was chosen on the page, and what the whole file says where nothing was. Raises ImportFileError.

    Order and unit may come out as AMBIGUOUS and UNCLEAR: then the person has to choose. Days without a year are
    counted back from the day of the upload, so that applying reads what was shown.
    """
    known, chosen = format_of(run, table), run.choices
    columns = Choices(columns=columns_of(run, table))
    return Choices(
        order=Order(chosen.get("order") or known.order(table, columns)),
        unit=Unit(chosen["unit"]) if chosen.get("unit") else known.unit(table, columns),
        columns=columns.columns,
        zone=run.member.zone,
        today=run.created_at.astimezone(run.member.zone).date(),
        importer=str(run.member_id),
    )


def digest(run: ImportRun) -> str:
    """Stands for how the file is read, so that what is applied is what was shown: 64 hexadecimal digits."""
    reading = {name: run.choices[name] for name in _READING if run.choices.get(name)}
    return hashlib.sha256(json.dumps([run.format, reading], sort_keys=True).encode()).hexdigest()
