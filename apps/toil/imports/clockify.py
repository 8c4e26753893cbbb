"""Clockify, “Detailed report”, as CSV: one row per entry, its length twice, as 01:30:00 and as 1.50 hours.

Days and times follow each person's settings (11/12/2026, 02:00 PM), so the order of dates has to be found
out.
"""

from django.utils.translation import gettext_lazy as _

from apps.toil.imports import tracker
from apps.toil.imports.durations import Unit
from apps.toil.imports.format import Format

CLOCKIFY = Format(
    code="clockify",
    label="Clockify",
    columns={
        "day": ("Start Date",),
        "duration": ("Duration (h)", "Duration (decimal)"),
        "decimal": ("Duration (decimal)",),
        "started": ("Start Time",),
        "end_day": ("End Date",),
        "ended": ("End Time",),
        "description": ("Description",),
        "task": ("Task",),
        "project": ("Project",),
        "client": ("Client",),
        "person": ("User",),
        "email": ("Email",),
        "tags": ("Tags",),
    },
    marks=("day", "started", "end_day", "duration", "decimal", "description"),
    found_at=_("In Clockify: Reports, Detailed, Export, as CSV."),
    units={"duration (h)": Unit.HOURS, "duration (decimal)": Unit.HOURS},
    compose=tracker.compose,
)
