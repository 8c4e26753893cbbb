"""Kimai, export of timesheets as CSV. The activity is the item, the project its category, the customer whom it is for.

Several names are accepted for a column (From or Begin, User or Username) and several ways to write a length
(1:30, 1.5 hours, 5400 seconds, PT1H30M): bare numbers count hours if they have decimals, seconds if they are large.
"""

from django.utils.translation import gettext_lazy as _

from apps.toil.imports.cells import NOTE_LENGTH, Cells
from apps.toil.imports.format import Format
from apps.toil.imports.lines import Line
from apps.toil.imports.tracker import title, with_tags


def _compose(cells: Cells) -> Line:
    moment = cells.moment()
    project = cells.name("project")
    item, note = title(cells.name("activity"), cells.text("description"), project)
    return Line(
        row=cells.row.number,
        day=moment.day if moment else None,
        minutes=cells.minutes(),
        item=cells.needed("activity", item),
        category=project,
        stakeholder=cells.name("customer"),
        # The alias is what people are called; the user name often is how they sign in.
        person_name=cells.person("alias") or cells.person(),
        person_email=cells.email(),
        started=cells.started(moment),
        note=with_tags(note, cells.name("tags", NOTE_LENGTH)),
        origin_id=cells.name("id"),
    )


KIMAI = Format(
    code="kimai",
    label="Kimai",
    columns={
        "day": ("Date",),
        "duration": ("Duration", "Working time", "Time"),
        "started": ("From", "Begin", "Start", "In", "Start time"),
        "ended": ("To", "End", "Out", "End time"),
        "activity": ("Activity",),
        "project": ("Project",),
        "customer": ("Customer",),
        "description": ("Description",),
        "person": ("User", "Username", "User name", "Name"),
        "alias": ("Alias",),
        "email": ("Email", "E-mail", "Email address"),
        "tags": ("Tags",),
        "id": ("ID",),
    },
    marks=("day", "started", "ended", "duration", "customer", "project", "activity"),
    # Flights and meetings have dates, starts and ends, too; an activity only Kimai has.
    essential=("activity",),
    found_at=_("In Kimai: Export, or the export button above the timesheets, as CSV."),
    compose=_compose,
)
