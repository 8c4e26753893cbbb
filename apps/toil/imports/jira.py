"""Worklogs of Jira as CSV: from Tempo (Issue Key, Hours, Work date) and others (Time Spent (seconds), Started).

The issue's summary is the item and its key stays in the note, so that the way back is not lost. A day
written 1d is Jira's working day of eight hours. Issue lists with “Log Work” columns are not worklogs and are
not read here.
"""

from django.utils.translation import gettext_lazy as _

from apps.toil.imports.cells import NOTE_LENGTH, Cells
from apps.toil.imports.durations import Unit
from apps.toil.imports.format import Format
from apps.toil.imports.lines import Line
from apps.toil.imports.tracker import title


def _compose(cells: Cells) -> Line:
    moment = cells.moment()
    key = cells.name("issue")
    item, _whole = title("", cells.text("summary"), key)
    return Line(
        row=cells.row.number,
        day=moment.day if moment else None,
        minutes=cells.minutes(),
        item=cells.needed("issue", item),
        category=cells.name("project"),
        stakeholder=cells.name("account"),
        person_name=cells.person() or cells.person("login"),
        person_email=cells.email(),
        started=cells.started(moment),
        note=f"{key} {cells.text('note')}".strip()[:NOTE_LENGTH],
        origin_id=cells.name("id"),
    )


JIRA = Format(
    code="jira",
    label=_("Jira worklogs"),
    columns={
        "issue": ("Issue Key", "Issue key", "Key", "issue_key", "Issue"),
        "duration": (
            "Time Spent (seconds)",
            "Time Spent (s)",
            "Time spent (seconds)",
            "time_spent_seconds",
            "Hours",
            "Time Spent (h)",
            "Time Spent (hours)",
            "Time spent (hours)",
            "Hours Spent",
            "Logged Hours",
            "Time Spent",
            "Time spent",
            "time_spent",
            "Logged",
        ),
        "day": (
            "Work date",
            "Work Date",
            "Started",
            "started",
            "Started at",
            "Start Date",
            "Start date",
            "Date Started",
            "Worklog Date",
            "Date",
        ),
        "started": ("Start Time", "Start time", "Work start time"),
        "person": ("Full name", "Full Name", "Author", "author", "User", "Author Display Name"),
        "login": ("Username", "User Account ID", "Account ID"),
        "email": ("Email", "Author Email", "User Email", "E-mail"),
        "summary": ("Issue summary", "Issue Summary", "Summary", "issue_summary"),
        "project": ("Project Name", "Project name", "Project", "Project Key"),
        "account": ("Account Name", "Account name", "Customer Name"),
        "note": (
            "Work Description",
            "Work description",
            "Description",
            "Comment",
            "comment",
            "Worklog Comment",
        ),
        "id": ("Worklog ID", "Worklog Id", "worklog_id"),
    },
    marks=("issue", "duration", "day", "person"),
    essential=("issue",),
    # Issue, Date, Hours and User stand in many lists, Redmine's among them; these only in worklogs of Jira.
    telling=(
        "Issue Key",
        "Issue key",
        "issue_key",
        "Work date",
        "Work Date",
        "Worklog Date",
        "Worklog ID",
        "Worklog Id",
        "worklog_id",
        "Worklog Comment",
        "Time Spent",
        "Time spent",
        "time_spent",
        "Time Spent (seconds)",
        "Time Spent (s)",
        "Time spent (seconds)",
        "time_spent_seconds",
        "Time Spent (h)",
        "Time Spent (hours)",
        "Time spent (hours)",
    ),
    found_at=_("In Tempo or another worklog app for Jira: the report of worklogs, exported as CSV."),
    required=("issue", "day", "duration"),
    units={"hours": Unit.HOURS, "logged hours": Unit.HOURS, "hours spent": Unit.HOURS},
    compose=_compose,
)
