"""How a row of a time tracker becomes a line; Toggl Track and Clockify share it.

The item is what keeps coming back, so the task names it where the team uses tasks; otherwise what people
type as the description, and the project where they type nothing. Project is the category, client the
stakeholder.
"""

from apps.toil.imports.cells import NAME_LENGTH, NOTE_LENGTH, Cells
from apps.toil.imports.lines import Line


def compose(cells: Cells) -> Line:
    """A line from the roles day, started, duration, task, description, project, client, person, email, tags."""
    moment = cells.moment()
    task, project = cells.name("task"), cells.name("project")
    item, note = title(task, cells.text("description"), project)
    return Line(
        row=cells.row.number,
        day=moment.day if moment else None,
        minutes=cells.minutes(),
        item=cells.needed("description", item),
        category=project,
        stakeholder=cells.name("client"),
        person_name=cells.person(),
        person_email=cells.email(),
        started=cells.started(moment),
        note=with_tags(note, cells.name("tags", NOTE_LENGTH)),
    )


def title(task: str, description: str, otherwise: str) -> tuple[str, str]:
    """The item and the note of a row. A description too long for a name is cut there and whole in the note."""
    if task:
        return task, description[:NOTE_LENGTH]
    first_line = " ".join(description.split())
    if not first_line:
        return otherwise, ""
    if len(first_line) <= NAME_LENGTH:
        return first_line, ""
    return first_line[: NAME_LENGTH - 1].rstrip() + "…", description[:NOTE_LENGTH]


def with_tags(note: str, tags: str) -> str:
    """Tags have no place of their own here, so they stand behind the note in brackets; nothing is lost."""
    return f"{note} [{tags}]".strip()[:NOTE_LENGTH] if tags else note
