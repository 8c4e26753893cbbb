"""Toggl Track, “Detailed report”, as CSV: one row per entry, durations as 01:30:00, days by the account's setting.

Columns of tasks and amounts may be missing; Member and Stop date are accepted for User and End date. Where a cell has
nothing to say, a dash may stand in it.
"""

from django.utils.translation import gettext_lazy as _

from apps.toil.imports import tracker
from apps.toil.imports.format import Format

TOGGL = Format(
    code="toggl",
    label="Toggl Track",
    columns={
        "day": ("Start date",),
        "duration": ("Duration",),
        "started": ("Start time",),
        "end_day": ("End date", "Stop date"),
        "ended": ("End time", "Stop time"),
        "description": ("Description",),
        "task": ("Task",),
        "project": ("Project",),
        "client": ("Client",),
        "person": ("User", "Member"),
        "email": ("Email",),
        "tags": ("Tags",),
    },
    marks=("day", "started", "end_day", "duration", "description"),
    blank="-",
    found_at=_("In Toggl Track: Reports, Detailed, Export, as CSV."),
    compose=tracker.compose,
)
