"""The map that follows: what is unfinished and still matters goes into the draft of the next year."""

from collections.abc import Collection
from datetime import date, timedelta

from django.db import transaction

from apps.roadmap.document import FIELDS, QUARTERS, Document, Item, Part, kind_of, new_id
from apps.roadmap.models import CheckIn, Draft, Map
from apps.roadmap.models.check_in import ENDED, last_of_each
from apps.roadmap.models.revision import document_of
from apps.roadmap.year import Span
from apps.toil import months


def following(row: Map) -> date:
    """When the map after `row` starts."""
    return months.step(row.start, 12)


def unfinished(row: Map, today: date) -> list[tuple[Item, CheckIn | None]]:
    """Items of the newest revision that nobody called done or given up, with their last check-in."""
    document = document_of(row)
    checks = last_of_each(row, today)
    found = ((item, checks.get(item.id)) for item in document.items.values())
    return [(item, check) for item, check in found if check is None or check.status not in ENDED]


def begin(row: Map, owner, kept: Collection[str], told: str) -> Draft:
    """A draft of the next map with the items whose ids are `kept`: at its start, as long as they were.

    The lanes stay, the last team is the first one, and `told` becomes a line of the backstory. Items keep their ids, so
    that what was said of them stays with them.
    """
    with transaction.atomic():
        coming, _is_new = Map.objects.get_or_create(start=following(row))
        draft = Draft.open_for(coming, owner)
        before = document_of(row)
        carried = _carried(before, coming.year, kept) | _told(before, told, row)
        draft.change(_missing(draft.document, carried))
    return draft


def _missing(there: Document, carried: dict[str, Part | None]) -> dict[str, Part | None]:
    """What of `carried` the draft has not got: what somebody has put into the next map already stays as it is."""
    found = {key: part for key, part in carried.items() if key not in there or key.startswith("quarter:")}
    if there.quarters[0].seats or there.quarters[0].shape:
        found = {key: part for key, part in found.items() if not key.startswith(("seat:", "quarter:"))}
    return found


def _carried(before: Document, year: Span, kept: Collection[str]) -> dict[str, Part | None]:
    lanes = {key: part for key, part in before.parts.items() if kind_of(key) == "lane"}
    items = {item.key: {"when": _days(item, year)} for item in before.items.values() if item.id in kept}
    parts: dict[str, Part | None] = {**lanes}
    parts |= {key: before.parts[key] | fields for key, fields in items.items()}
    last, first = before.quarters[-1], QUARTERS[0]
    for seat in last.seats:
        part = before.parts[f"seat:{seat.id}"]
        parts[f"seat:{new_id()}"] = part | {"quarter": first}
    parts[f"quarter:{first}"] = {"shape": last.shape, "shape_sentence": last.shape_sentence}
    return parts


def _days(item: Item, year: Span) -> list[str]:
    """From the first day of the year, as long as it was."""
    end = year.clamp(year.start + max(item.end - item.start, timedelta(0)))
    return [year.start.isoformat(), end.isoformat()]


def _told(before: Document, told: str, row: Map) -> dict[str, Part | None]:
    """The backstory, with the year that is over as its last line."""
    lines: dict[str, Part | None] = {f"past:{past.id}": before.parts[f"past:{past.id}"] for past in before.backstory}
    line = FIELDS["past"] | {"when": f"{row.start:%Y}", "text": told, "position": before.next_position("past")}
    return lines | {f"past:year{row.start:%Y%m}": line}
