"""Toggl Track, “Detailed report”, as CSV: one row per entry, durations as 01:30:00, days by the account's setting.

Columns of tasks and amounts may be missing; Member and Stop date are accepted for User and End date.
"""

from apps.toil.imports import tracker
from apps.toil.imports.format import Format

TOGGL = Format(
    code="toggl",
    label="Toggl Track",
    columns={
        "day": ("Start date",),
        "duration": ("Duration",),
        "started": ("Start time",),
        "ended": ("End date", "Stop date"),
        "description": ("Description",),
        "task": ("Task",),
        "project": ("Project",),
        "client": ("Client",),
        "person": ("User", "Member"),
        "email": ("Email",),
        "tags": ("Tags",),
    },
    marks=("day", "started", "ended", "duration", "description"),
    compose=tracker.compose,
)
