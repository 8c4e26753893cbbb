"""A map as a JSON file that means the same in another installation, and the way back (R54).

People, toil items, groups, gatherings and topics stand in lists of their own, by e-mail, name and tag; the parts name
them by their place in the list, from 1. What is equal has the same letters, so that exporting what was just imported
gives the same file. What came to maps later (document.LATER) is left out where a map says nothing in it: its file is
the one that it always was.
"""

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from apps.accounts.models import Member
from apps.gatherings.models import Gathering
from apps.people.models import Topic
from apps.roadmap.document import (
    FIELDS,
    LATER,
    Document,
    DocumentError,
    Part,
    Parts,
    check,
    is_words,
    kind_of,
    sparse,
)
from apps.roadmap.models import Map
from apps.roadmap.models.revision import document_of
from apps.roadmap.year import Span
from apps.stakeholders.models import Stakeholder
from apps.toil.folding import fold
from apps.toil.models import Item as ToilItem
from apps.web.models.merge import ends
from apps.web.text import clean

FORMAT = "miraizu-map"
VERSION = 1
MOST_BYTES = 1_000_000

# What each list says of a row; the name by which the row is found, last.
LISTS = {
    "people": ("name", "email"),
    "toil": ("name",),
    "groups": ("name", "tag"),
    "gatherings": ("first_day", "name"),
    "topics": ("name",),
}
MAY_BE_MISSING = ("gatherings", "topics")
KEYS = ("format", "version", "start", "parts", *LISTS)
# Fields that lead to rows, and in which list these stand.
_LEADS_TO = {
    ("item", "owner"): "people",
    ("seat", "member"): "people",
    ("item", "toil"): "toil",
    ("item", "groups"): "groups",
    ("item", "gatherings"): "gatherings",
    ("item", "topics"): "topics",
}
_SEVERAL_LINES = {"signal", "notes"}  # all other words are one line, as in their forms
_MONTH = re.compile(r"20[0-9]{2}-(0[1-9]|1[0-2])")
_LONGEST_NAME = 80  # of what a message repeats from the file

type Lists = dict[str, list[dict[str, str]]]


class MapFileError(Exception):
    """The file can't be read as a map; the text says where, for whoever brings it."""


@dataclass(frozen=True, slots=True)
class MapFile:
    """What a file says, with the rows of this installation; `missing` names what it speaks of and nobody knows here."""

    start: date
    document: Document
    missing: tuple[str, ...]


# ---- writing --------------------------------------------------------------------------------------


def write(map_: Map, number: int) -> str:
    """The map as of its revision `number`."""
    return written(document_of(map_, number), map_.start)


def written(document: Document, start: date) -> str:
    """`document` as the file of a map that starts in `start`; ids of rows that are gone are left out."""
    lists: Lists = {}
    numbers: dict[str, dict[int, int]] = {}
    for name, ask in _SAID.items():
        named = {pk for _key, leads_to, ids in _links(document) if leads_to == name for pk in ids}
        said = ask() if named else {}
        used = named & said.keys()
        places = {entry: place for place, entry in enumerate(sorted({said[pk] for pk in used}), start=1)}
        lists[name] = [dict(zip(LISTS[name], entry, strict=True)) for entry in places]
        numbers[name] = {pk: places[said[pk]] for pk in used}
    parts = _with_ids(document, numbers)
    kinds = list(FIELDS)
    content = {"format": FORMAT, "version": VERSION, "start": f"{start:%Y-%m}"} | {
        "parts": {
            key: sparse(kind_of(key), {name: parts[key][name] for name in FIELDS[kind_of(key)]})
            for key in sorted(parts, key=lambda key: (kinds.index(kind_of(key)), key))
        }
    }
    lists = {name: entries for name, entries in lists.items() if entries or name not in MAY_BE_MISSING}
    return json.dumps(content | lists, ensure_ascii=False, indent=2) + "\n"


def _people() -> dict[int, tuple[str, ...]]:
    return {pk: tuple(said) for pk, *said in Member.objects.values_list("pk", "display_name", "email")}


def _toil() -> dict[int, tuple[str, ...]]:
    return _where_merges_end(ToilItem.objects.values_list("pk", "merged_into", "name"))


def _groups() -> dict[int, tuple[str, ...]]:
    return _where_merges_end(Stakeholder.objects.values_list("pk", "merged_into", "name", "tag"))


def _gatherings() -> dict[int, tuple[str, ...]]:
    rows = Gathering.objects.values_list("pk", "first_day", "title")
    return {pk: (day.isoformat(), title) for pk, day, title in rows}


def _topics() -> dict[int, tuple[str, ...]]:
    return _where_merges_end(Topic.objects.values_list("pk", "merged_into", "name"))


_SAID = {"people": _people, "toil": _toil, "groups": _groups, "gatherings": _gatherings, "topics": _topics}


def _where_merges_end(rows: Iterable[tuple]) -> dict[int, tuple[str, ...]]:
    """By id what is said of the row, or of the one it was merged into."""
    rows = list(rows)
    said = {pk: tuple(rest) for pk, _into, *rest in rows}
    return {pk: said[end] for pk, end in ends({row[0]: row[1] for row in rows}).items()}


# ---- both ways ------------------------------------------------------------------------------------


def _links(document: Document) -> Iterator[tuple[str, str, list[int]]]:
    """(key of the part, name of the list, ids) for each field that leads to rows."""
    for key, part in document.parts.items():
        for (kind, name), leads_to in _LEADS_TO.items():
            if kind == kind_of(key):
                yield key, leads_to, _ids(part[name])


def _ids(value: int | list[int] | None) -> list[int]:
    return value if isinstance(value, list) else [] if value is None else [value]


def _with_ids(document: Document, other: Mapping[str, Mapping[int, int]]) -> Parts:
    """The parts with the other id of each row, by the name of its list; a row that has none is left out."""
    parts = {key: dict(part) for key, part in document.parts.items()}
    for key, part in parts.items():
        for (kind, name), leads_to in _LEADS_TO.items():
            if kind == kind_of(key):
                ids = list(dict.fromkeys(other[leads_to][pk] for pk in _ids(part[name]) if pk in other[leads_to]))
                part[name] = ids if isinstance(part[name], list) else next(iter(ids), None)
    return parts


# ---- reading --------------------------------------------------------------------------------------


def read(content: bytes | str) -> MapFile:
    """The map that a file holds. Raises MapFileError."""
    data = _parse(content)
    start, lists = _start(data), _lists(data)
    document = Document(_cleaned(data["parts"]))
    try:
        check(document, Span(start))  # places in a list are as good as ids there
    except DocumentError as error:
        raise MapFileError(clean(str(error))) from None
    used = _used(document, lists)
    found: dict[str, dict[int, int]] = {}
    missing: dict[str, None] = {}
    for name, ask in _KNOWN.items():
        found[name] = {}
        known = ask() if used[name] else {}
        for number in sorted(used[name]):
            entry = lists[name][number - 1]
            called = entry[LISTS[name][-1]]
            names = [_on(entry["first_day"], called), called] if name == "gatherings" else [called]
            tried = [one for each in names for one in (each, _folded(name, each))]
            if pk := next((known[one] for one in tried if one in known), None):
                found[name][number] = pk
            else:
                missing[_shown(entry["name"]) or _shown(called) or "?"] = None
    return MapFile(start, Document(_with_ids(document, found)), tuple(missing))


def _used(document: Document, lists: Lists) -> dict[str, set[int]]:
    """By list the places in it that a part names. Raises MapFileError for one that is not there, or is named twice."""
    used: dict[str, set[int]] = {name: set() for name in LISTS}
    for key, leads_to, numbers in _links(document):
        last = max(numbers, default=0)
        said = {"part": key, "n": last, "list": leads_to}
        if last > len(lists[leads_to]):
            raise MapFileError(_("%(part)s: there is no number %(n)s in “%(list)s”.") % said)
        if len(set(numbers)) < len(numbers):
            raise MapFileError(_("%(part)s: it names the same twice in “%(list)s”.") % said)
        used[leads_to].update(numbers)
    return used


def _parse(content: bytes | str) -> dict[str, Any]:
    """The outermost values, all there and none beside them."""
    content = content.encode("utf-8", "surrogatepass") if isinstance(content, str) else content
    if len(content) > MOST_BYTES:
        raise MapFileError(_("This file is too large: at most 1 MB."))
    try:
        data = json.loads(content.decode("utf-8-sig"), object_pairs_hook=_once_each, parse_constant=_no_number)
    except UnicodeDecodeError:
        raise MapFileError(_("This file is no text in UTF-8.")) from None
    except RecursionError:
        raise MapFileError(_("This file is nested too deeply.")) from None
    except json.JSONDecodeError as error:
        says = _("This is no JSON: it can’t be read from line %(line)s, character %(column)s.")
        raise MapFileError(says % {"line": error.lineno, "column": error.colno}) from None
    except ValueError:
        raise MapFileError(_("This is no JSON: it holds a number that can’t be read.")) from None
    if not isinstance(data, dict) or data.get("format") != FORMAT:
        raise MapFileError(_("This is no map: “format” does not say “%(format)s”.") % {"format": FORMAT})
    if type(data.get("version")) is not int or data["version"] != VERSION:
        says = _("This file is of a version that is not known here. “version” can be %(n)s.")
        raise MapFileError(says % {"n": VERSION})
    for name in KEYS:
        if name not in data and name not in MAY_BE_MISSING:
            raise MapFileError(_("“%(name)s” is missing.") % {"name": name})
    for name in data:
        if name not in KEYS:
            raise MapFileError(_("“%(name)s” does not belong into this file.") % {"name": _shown(name)})
    return {name: [] for name in MAY_BE_MISSING} | data


def _once_each(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, value in pairs:
        if name in found:
            raise MapFileError(_("“%(name)s” stands twice in the same place.") % {"name": _shown(name)})
        found[name] = value
    return found


def _no_number(_name: str) -> None:
    raise ValueError


def _start(data: dict[str, Any]) -> date:
    start = data["start"]
    if not isinstance(start, str) or not _MONTH.fullmatch(start):
        raise MapFileError(_("“start” is no month of this century. Write it like 2026-04."))
    return date.fromisoformat(f"{start}-01")


def _lists(data: dict[str, Any]) -> Lists:
    for name, fields in LISTS.items():
        if not isinstance(data[name], list):
            raise MapFileError(_("“%(name)s” is no list.") % {"name": name})
        seen = set()
        for number, entry in enumerate(data[name], start=1):
            where = {"list": name, "n": number}
            is_whole = isinstance(entry, dict) and set(entry) == set(fields)
            if not is_whole or not all(isinstance(value, str) for value in entry.values()):
                raise MapFileError(_("“%(list)s”, number %(n)s: this can’t be read.") % where)
            called = tuple(entry[field] for field in (fields if name == "gatherings" else fields[-1:]))
            if called in seen:
                raise MapFileError(_("“%(list)s”, number %(n)s: this stands in the list twice.") % where)
            seen.add(called)
    return {name: data[name] for name in LISTS}


def _cleaned(parts: Any) -> Parts:
    """The parts with their words as a form would keep them."""
    if not isinstance(parts, dict):
        raise MapFileError(_("“%(name)s” is no object with a value for each part.") % {"name": "parts"})
    return {key: _cleaned_part(kind_of(key), part) if isinstance(part, dict) else part for key, part in parts.items()}


def _cleaned_part(kind: str, part: Part) -> Part:
    words = {name for name in FIELDS.get(kind, ()) if is_words(kind, name)}
    return {name: FIELDS[kind][name] for name in LATER.get(kind, ())} | {
        name: clean(value, lines=name in _SEVERAL_LINES) if name in words and isinstance(value, str) else value
        for name, value in part.items()
    }


def _known_people() -> dict[str, int]:
    return {_folded("people", email): pk for pk, email in Member.objects.active().values_list("pk", "email")}


def _known_toil() -> dict[str, int]:
    return _known("toil", ToilItem.objects.values_list("pk", "merged_into", "name"))


def _known_groups() -> dict[str, int]:
    return _known("groups", Stakeholder.objects.values_list("pk", "merged_into", "tag"))


def _known_gatherings() -> dict[str, int]:
    """By title and first day; by the title alone the one that was not closed, and began first."""
    rows = list(Gathering.objects.values_list("pk", "first_day", "title", "closed_at"))
    rows.sort(key=lambda row: (row[3] is not None, row[1], row[0]), reverse=True)
    names = [(pk, name) for pk, day, title, _closed in rows for name in (title, _on(day.isoformat(), title))]
    return {_folded("gatherings", name): pk for pk, name in names} | {name: pk for pk, name in names}


def _on(day: str, title: str) -> str:
    """Titles are given again and again: with the first day a gathering is found among others of its title."""
    return f"{title}\n{day}"


def _known_topics() -> dict[str, int]:
    return _known("topics", Topic.objects.values_list("pk", "merged_into", "name"))


_KNOWN = {
    "people": _known_people,
    "toil": _known_toil,
    "groups": _known_groups,
    "gatherings": _known_gatherings,
    "topics": _known_topics,
}


def _known(leads_to: str, rows: Iterable[tuple[int, int | None, str]]) -> dict[str, int]:
    """Ids by name, to the letter and folded: a row's own name comes before those of rows merged into another."""
    rows = sorted(rows, key=lambda row: (row[1] is not None, row[0]))
    end = ends({pk: into for pk, into, _name in rows})
    exact = {name: end[pk] for pk, _into, name in reversed(rows)}
    folded = {_folded(leads_to, name): end[pk] for pk, _into, name in reversed(rows)}
    return folded | exact


def _folded(leads_to: str, name: str) -> str:
    """The name as it is compared; accents tell the e-mails of two people apart."""
    name = clean(name)
    return name.lower() if leads_to == "people" else fold(name)


def _shown(text: str) -> str:
    return clean(text)[:_LONGEST_NAME]
