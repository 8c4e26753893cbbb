"""What speaks for a pivot, as it read on the day: observations, figures of toil, check-ins."""

from apps.roadmap.models import CheckIn
from apps.stakeholders.models import Observation


def piece(row: Observation | CheckIn) -> dict:
    """The row as a pivot keeps it. Names of who is quoted stay out: a consent can be taken back, a revision can not."""
    if isinstance(row, Observation):
        return {
            "kind": "observation",
            "id": row.pk,
            "group": row.stakeholder_id,
            "day": row.day.isoformat(),
            "text": row.text,
            "how": row.how,
        }
    return {
        "kind": "check-in",
        "id": row.pk,
        "item": row.item,
        "day": row.day.isoformat(),
        "text": row.words,
        "status": row.status,
    }


def toil_figure(item: int, name: str, minutes: int, since: str, until: str) -> dict:
    """What an item of toil cost in a time, both days included."""
    return {"kind": "toil", "id": item, "text": name, "minutes": minutes, "since": since, "until": until}
