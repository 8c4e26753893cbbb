"""The CSV that this product exports itself, read back: its columns are in English, its days in ISO.

Only here the apostrophe is taken off again that the export puts before cells a spreadsheet would take for
formulas (R73).
"""

import re
from dataclasses import replace

from django.utils.translation import gettext_lazy as _

from apps.toil.imports.cells import Cells
from apps.toil.imports.durations import Unit
from apps.toil.imports.format import Format
from apps.toil.imports.lines import Line

COLUMNS = (
    "day", "started", "person", "email", "item", "category", "stakeholder", "minutes", "note", "source", "id",
)  # fmt: skip

_GUARDED = re.compile(r"'+[=+\-@\t\r]")


def unguard(cell: str) -> str:
    """The cell without the one apostrophe that guards it. A text with apostrophes of its own keeps those."""
    return cell[1:] if _GUARDED.match(cell) else cell


def _compose(cells: Cells) -> Line:
    cells.row = replace(cells.row, cells=tuple(map(unguard, cells.row.cells)))
    moment = cells.moment()
    return Line(
        row=cells.row.number,
        day=moment.day if moment else None,
        minutes=cells.minutes(),
        item=cells.needed("item", cells.name("item")),
        category=cells.name("category"),
        stakeholder=cells.name("stakeholder"),
        person_name=cells.person(),
        person_email=cells.email(),
        started=cells.clock(),
        note=cells.note(),
        origin_id=cells.name("id"),
    )


MIRAIZU = Format(
    code="miraizu",
    label=_("Miraizu’s own export"),
    columns={name if name != "minutes" else "duration": (name,) for name in COLUMNS},
    marks=tuple(name if name != "minutes" else "duration" for name in COLUMNS),
    required=("day", "duration", "item"),
    units={"minutes": Unit.MINUTES},
    found_at=_("In Miraizu: Settings, Export, CSV."),
    compose=_compose,
)
