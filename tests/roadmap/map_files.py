"""What tests of a map’s file ask again and again."""

import copy
from datetime import date

from apps.roadmap.document import FIELDS
from apps.roadmap.json_file import write
from apps.roadmap.models import Map

START = date(2026, 4, 1)
ITEM = "item:i1"
GONE = object()


def part(kind: str, **fields) -> dict:
    return FIELDS[kind] | fields


def head(row: Map) -> str:
    row.refresh_from_db()
    return write(row, row.head)


def changed(data: dict, path: str, value) -> dict:
    """A copy in which the place at `path` says something else; without a value it is gone."""
    data = copy.deepcopy(data)
    *way, last = [int(step) if step.isdigit() else step for step in path.split("/")]
    place = data
    for step in way:
        place = place[step]
    if value is GONE:
        del place[last]
    else:
        place[last] = value
    return data
