"""Makes a snapshot of what all pages of the dashboard say, and reads it back as the pages show it."""

from dataclasses import asdict, dataclass, replace
from datetime import date
from typing import Any

from django.conf import settings
from django.utils import translation

from apps.dashboards import map_page, pages
from apps.dashboards.figures import Figure
from apps.dashboards.load import Desk
from apps.dashboards.models import OpenDesk, Snapshot
from apps.dashboards.models.snapshot import SAME
from apps.dashboards.section import Page, Reading, Section
from apps.dashboards.sheet import Column, Row, Sheet, Unit, Value

MOST_ROWS = 200  # of a part that are kept
OF_THE_MAP = {("front", "map"), *(("map", name) for name in map_page.PAGE.sections)}


def freeze(reading: Reading, comment: str, *, is_shared: bool) -> Snapshot:
    """Keeps what every page says to `reading`, in every language. The same comment for the same months a moment later
    is the same snapshot. Some 200 queries.
    """
    desk = Desk.of_first_sre()
    about = {
        "by": reading.reader, "first": reading.period.first, "last": reading.period.last, "comment": comment,
        "is_shared": is_shared,
    }  # fmt: skip
    row = Snapshot(**about, day=reading.today, desk_id=desk.member.pk if desk.member else None)
    twin = Snapshot.objects.filter(**about, at__gt=row.at - SAME).first()
    if twin is not None:
        return twin
    row.erasures = row.erasures_now()
    row.content = _told(reading, replace(desk, is_open=False))
    if desk.is_open:
        row.with_desk = _told(reading, desk)
    row.save()
    return row


def _told(reading: Reading, desk: Desk) -> dict:
    """By language and page: the figures above it, and its parts."""
    found: dict[str, dict] = {}
    for code, _name in settings.LANGUAGES:
        with translation.override(code):
            of_language = replace(reading, desk=desk)
            found[code] = {name: _page(page, of_language) for name, page in pages.ALL.items()}
    return found


def _page(page: Page, reading: Reading) -> dict:
    sections = {name: reading.once(build) for name, build in page.sections.items()}
    return {
        "figures": [asdict(each) for each in page.figures(reading)],
        "sections": {name: _kept(each) for name, each in sections.items() if not each.is_of_people},
    }


def _kept(section: Section) -> dict:
    sheet = section.sheet
    rows = [
        {
            "label": row.label.isoformat() if isinstance(row.label, date) else row.label,
            "is_month": isinstance(row.label, date),
            "cells": [cell.isoformat() if isinstance(cell, date) else cell for cell in row.cells],
            "address": row.address,
            "is_running": row.is_running,
        }
        for row in sheet.rows[:MOST_ROWS]
    ]
    kept = {name: value for name, value in asdict(replace(section, sheet=Sheet("", (), ()))).items() if name != "sheet"}
    columns = [asdict(column) for column in sheet.columns]
    return kept | {"sheet": {"of": sheet.of, "columns": columns, "rows": rows}}


# ---- reading it back ------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Told:
    """A page of a snapshot. `is_cut` says that something of the map was taken out of its history since."""

    figures: tuple[Figure, ...]
    sections: dict[str, Section]
    is_cut: bool


def read(row: Snapshot, page: str, language: str) -> Told:
    """A page as it was. Raises KeyError for a page that there is not. Two queries at most."""
    is_open = row.with_desk is not None and row.desk_id and OpenDesk.objects.filter(member=row.desk_id).exists()
    content = row.with_desk if is_open else row.content
    said = (content or {})[language][page]
    is_cut = row.erasures_now() != row.erasures
    hidden = OF_THE_MAP if is_cut else set()
    sections = {name: _thawed(each) for name, each in said["sections"].items() if (page, name) not in hidden}
    # The figures about the map name its items.
    shown = () if is_cut and page == "map" else tuple(Figure(**each) for each in said["figures"])
    return Told(shown, sections, len(sections) < len(said["sections"]))


def _thawed(kept: dict[str, Any]) -> Section:
    sheet = kept["sheet"]
    columns = tuple(Column(**(each | {"unit": Unit(each["unit"])})) for each in sheet["columns"])
    rows = tuple(
        Row(
            date.fromisoformat(row["label"]) if row["is_month"] else row["label"],
            tuple(map(_cell, row["cells"], columns)),
            row["address"],
            row["is_running"],
        )
        for row in sheet["rows"]
    )
    return Section(**(kept | {"sheet": Sheet(sheet["of"], columns, rows), "notes": tuple(kept["notes"])}))


def _cell(kept: Any, column: Column) -> Value:
    if isinstance(kept, list):
        return tuple(kept)
    return date.fromisoformat(kept) if kept and column.unit == Unit.DAY else kept
