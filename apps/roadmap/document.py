"""What a map says, without when and by whom it was said: parts by key, each with its fields.

The keys are “map”, “quarter:1” to “quarter:4”, and “lane:”, “item:”, “seat:” and “past:” with an id that stays the same
through all revisions. Every field holds one thing that is chosen as a whole when two people edit at once. People,
toil items, groups, gatherings and topics are named by their row's id alone, so that a name can change or go without the
map changing.
"""

import json
import re
import secrets
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import Any

from django.db import models
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from apps.roadmap.year import Span

type Part = dict[str, Any]
type Parts = dict[str, Part]

QUARTERS = (1, 2, 3, 4)
MOST_PARTS = 2_000  # of one map, so that no import or script makes one that nobody can open


class Sure(models.TextChoices):
    HUNCH = "hunch", gettext_lazy("Hunch")
    LIKELY = "likely", gettext_lazy("Likely")
    FIRM = "firm", gettext_lazy("Firm")


class LaneKind(models.TextChoices):
    SHAPE = "shape", gettext_lazy("Team shape")
    GOALS = "goals", gettext_lazy("Provisional goals")
    SOIL = "soil", gettext_lazy("Soil")
    TOIL = "toil", gettext_lazy("Toil to dig out")
    OWN = "own", gettext_lazy("A lane of our own")


LANE_NOTES = {
    LaneKind.SHAPE: gettext_lazy("Who carries operations"),
    LaneKind.GOALS: gettext_lazy("Written to be changed"),
    LaneKind.SOIL: gettext_lazy("Reading, mobs, talks"),
    LaneKind.TOIL: gettext_lazy("Work we want less of"),
}


class How(models.TextChoices):
    """How somebody sits on a seat."""

    CORE = "core", gettext_lazy("Core")
    GUEST = "guest", gettext_lazy("Guest")
    HOPED = "hoped", gettext_lazy("Hoped for")


# Every field with what it says when nothing was said. `when` is [first day, last day].
FIELDS: dict[str, Part] = {
    "map": {"title": ""},
    "quarter": {"name": "", "sentence": "", "shape": "", "shape_sentence": ""},
    "lane": {"kind": "own", "name": "", "note": "", "above": True, "position": 0},
    "item": {
        "title": "",
        "lane": "goals",
        "when": [],
        "sure": "hunch",
        "signal": "",
        "owner": None,
        "notes": "",
        "toil": [],
        "groups": [],
        "gatherings": [],
        "topics": [],
    },
    "seat": {"quarter": 1, "role": "", "member": None, "how": "core", "position": 0},
    "past": {"when": "", "text": "", "position": 0},
}
# Fields that came when maps had been published without them, and what is published is never written anew. So nothing
# said in them is written as nothing at all: an old text and a new one that mean the same have the same letters.
LATER = {"item": ("gatherings", "topics")}
LENGTHS = {
    "title": 120,
    "name": 80,
    "sentence": 200,
    "shape": 80,
    "shape_sentence": 200,
    "note": 120,
    "signal": 500,
    "notes": 20_000,
    "role": 60,
    "when": 40,
    "text": 300,
}


KEY = re.compile(r"map|quarter:[1-4]|(lane|item|seat|past):[A-Za-z0-9_-]{1,20}")
HALF_A_CHARACTER = re.compile("[\ud800-\udfff]")  # JSON can name one, no database keeps it


_ENDS_FIRST = gettext_lazy("%(part)s: it ends before it starts.")


class DocumentError(Exception):
    """Parts that are no map; the text says where, for whoever made them."""


def kind_of(key: str) -> str:
    return key.partition(":")[0]


def id_of(key: str) -> str:
    return key.partition(":")[2]


def is_words(kind: str, name: str) -> bool:
    """Whether the field holds what people write, rather than a choice, a day, or where something leads."""
    return name in LENGTHS and FIELDS[kind][name] == ""


def new_id() -> str:
    """An id that no other part of any map has."""
    return secrets.token_hex(5)


@dataclass(frozen=True, slots=True)
class Lane:
    id: str
    kind: LaneKind
    name: str
    note: str
    above: bool  # the ground line; what lies below it makes the rest grow
    position: float

    @property
    def label(self) -> str:
        return self.name or str(self.kind.label)

    @property
    def explained(self) -> str:
        return self.note or str("" if self.name else LANE_NOTES.get(self.kind, ""))

    @property
    def bed(self) -> str:
        """The layer of ground it is drawn in."""
        beds = {LaneKind.SHAPE: "sky", LaneKind.GOALS: "leaf", LaneKind.SOIL: "soil", LaneKind.TOIL: "rock"}
        return beds.get(self.kind, "leaf" if self.above else "soil")


@dataclass(frozen=True, slots=True)
class Item:
    id: str
    title: str
    lane: str
    start: date
    end: date
    sure: Sure
    signal: str
    owner: int | None
    notes: str
    toil: tuple[int, ...]
    groups: tuple[int, ...]
    gatherings: tuple[int, ...]
    topics: tuple[int, ...]

    @property
    def key(self) -> str:
        return f"item:{self.id}"


@dataclass(frozen=True, slots=True)
class Seat:
    id: str
    quarter: int
    role: str
    member: int | None
    how: How
    position: float


@dataclass(frozen=True, slots=True)
class Past:
    """A line of the backstory: what happened before the map starts."""

    id: str
    when: str
    text: str
    position: float


@dataclass(frozen=True, slots=True)
class Quarter:
    number: int
    name: str
    sentence: str
    shape: str
    shape_sentence: str
    seats: tuple[Seat, ...] = field(default=())


class Document:
    """The parts of one map at one time. Never changed: `with_changes` gives the next one."""

    def __init__(self, parts: Parts):
        self.parts = parts

    def __contains__(self, key: str) -> bool:
        return key in self.parts

    def __len__(self) -> int:
        return len(self.parts)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Document) and self.parts == other.parts

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        return f"Document({len(self)} parts)"

    @classmethod
    def loads(cls, text: str) -> "Document":
        """The document that `dumps` wrote, now or before there were all of today's fields."""
        return cls({key: whole(kind_of(key), part) for key, part in json.loads(text).items()})

    def dumps(self) -> str:
        return canonical({key: sparse(kind_of(key), part) for key, part in self.parts.items()})

    def with_changes(self, changes: Mapping[str, Part | None]) -> "Document":
        """The document after `changes`: by key the fields that say something else, or None for what is dropped."""
        parts = dict(self.parts)
        for key, fields in changes.items():
            if fields is None:
                parts.pop(key, None)
            else:
                parts[key] = {**(parts.get(key) or FIELDS.get(kind_of(key), {})), **fields}
        return Document(parts)

    def changes_to(self, other: "Document") -> dict[str, Part | None]:
        """What `with_changes` needs to get from here to `other`, to the letter: as little as possible."""
        found: dict[str, Part | None] = {}
        for key, fields in other.parts.items():
            before = self.parts.get(key)
            if before is None:
                found[key] = sparse(kind_of(key), fields)
            elif canonical(before) != canonical(fields):  # 1 and 1.0 are equal, and not the same letters
                found[key] = {
                    name: value for name, value in fields.items() if canonical(before.get(name)) != canonical(value)
                }
        found.update({key: None for key in self.parts if key not in other.parts})
        return found

    def of(self, kind: str) -> Iterator[tuple[str, Part]]:
        prefix = f"{kind}:"
        for key, fields in self.parts.items():
            if key.startswith(prefix):
                yield key[len(prefix) :], fields

    @property
    def title(self) -> str:
        return self.parts.get("map", {}).get("title", "")

    @cached_property
    def lanes(self) -> list[Lane]:
        """From the sky down: above the ground line by position, then below it."""
        lanes = [
            Lane(pk, LaneKind(part["kind"]), part["name"], part["note"], bool(part["above"]), part["position"])
            for pk, part in self.of("lane")
        ]
        return sorted(lanes, key=lambda lane: (not lane.above, lane.position, lane.id))

    @cached_property
    def lane_by_id(self) -> dict[str, Lane]:
        return {lane.id: lane for lane in self.lanes}

    @cached_property
    def items(self) -> dict[str, Item]:
        """All items by id, in the order of their days."""
        found = [read_item(pk, part) for pk, part in self.of("item")]
        found.sort(key=lambda item: (item.start, item.end, item.id))
        return {item.id: item for item in found}

    @cached_property
    def quarters(self) -> list[Quarter]:
        seats: dict[int, list[Seat]] = {number: [] for number in QUARTERS}
        for pk, part in self.of("seat"):
            seat = Seat(pk, part["quarter"], part["role"], part["member"], How(part["how"]), part["position"])
            seats[seat.quarter].append(seat)
        return [
            Quarter(
                number,
                **(FIELDS["quarter"] | self.parts.get(f"quarter:{number}", {})),
                seats=tuple(sorted(seats[number], key=lambda seat: (seat.position, seat.id))),
            )
            for number in QUARTERS
        ]

    @cached_property
    def backstory(self) -> list[Past]:
        found = [Past(pk, part["when"], part["text"], part["position"]) for pk, part in self.of("past")]
        return sorted(found, key=lambda past: (past.position, past.id))

    @cached_property
    def seated(self) -> set[int]:
        """Ids of the members who sit on a seat."""
        return {seat.member for quarter in self.quarters for seat in quarter.seats if seat.member is not None}

    @cached_property
    def people(self) -> set[int]:
        """Ids of all members it names: who sits on a seat, and who owns an item."""
        return self.seated | {item.owner for item in self.items.values() if item.owner is not None}

    @cached_property
    def _by_lane(self) -> dict[str, list[Item]]:
        found: dict[str, list[Item]] = {}
        for item in self.items.values():
            found.setdefault(item.lane, []).append(item)
        return found

    def in_lane(self, lane: str) -> list[Item]:
        return self._by_lane.get(lane, [])

    def next_position(self, kind: str, **among: Any) -> int:
        """Behind all others of the kind."""
        taken = [
            part["position"] for _id, part in self.of(kind) if all(part[name] == value for name, value in among.items())
        ]
        return int(max(taken, default=0)) + 1


def read_item(pk: str, part: Part) -> Item:
    start, end = (date.fromisoformat(day) for day in part["when"])
    return Item(
        pk,
        part["title"],
        part["lane"],
        start,
        end,
        Sure(part["sure"]),
        part["signal"],
        part["owner"],
        part["notes"],
        tuple(part["toil"]),
        tuple(part["groups"]),
        tuple(part["gatherings"]),
        tuple(part["topics"]),
    )


def whole(kind: str, part: Part) -> Part:
    """The part with all fields of its kind, of those in LATER also what it does not say."""
    return {name: FIELDS[kind][name] for name in LATER.get(kind, ())} | part


def sparse(kind: str, part: Part) -> Part:
    """The part as it is written down: without fields of LATER that say nothing."""
    return {name: value for name, value in part.items() if value != [] or name not in LATER.get(kind, ())}


def canonical(value: object) -> str:
    """The one way to write it down: what is equal has the same letters."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def empty() -> Document:
    """A map nobody has drawn on: four quarters, the four standard lanes."""
    kinds = (LaneKind.SHAPE, LaneKind.GOALS, LaneKind.SOIL, LaneKind.TOIL)
    parts: Parts = {"map": dict(FIELDS["map"])}
    parts |= {f"quarter:{number}": dict(FIELDS["quarter"]) for number in QUARTERS}
    parts |= {
        f"lane:{kind.value}": FIELDS["lane"]
        | {"kind": kind.value, "above": kind in (LaneKind.SHAPE, LaneKind.GOALS), "position": n}
        for n, kind in enumerate(kinds, start=1)
    }
    return Document(parts)


def check(document: Document, year: Span) -> None:
    """Raises DocumentError unless every part is whole, within its bounds, and leads to a part that is there."""
    if len(document) > MOST_PARTS:
        raise DocumentError(_("A map holds at most %(n)s parts.") % {"n": MOST_PARTS})
    if not all(f"quarter:{number}" in document for number in QUARTERS) or "map" not in document:
        raise DocumentError(_("A map has a title and four quarters."))
    check_parts(document.parts)
    lanes = {id_of(key) for key in document.parts if kind_of(key) == "lane"}
    # What is an adjustment and what is a pivot depends on the side of the ground on which they lie.
    standard = {pk: (pk, part["above"]) for pk, part in empty().of("lane")}
    found = {pk: (part["kind"], part["above"]) for pk, part in document.of("lane") if part["kind"] != LaneKind.OWN}
    if found != standard:
        raise DocumentError(_("The four standard lanes stay on every map."))
    for pk, part in document.of("item"):
        days = part["when"]
        try:
            start, end = (date.fromisoformat(day) for day in days)
            if days != [start.isoformat(), end.isoformat()]:
                raise ValueError
        except ValueError:
            raise DocumentError(_("%(part)s: these are no two days.") % {"part": pk}) from None
        if not year.start <= start <= end <= year.end:
            says = _("%(part)s: its days do not lie in the map’s year.")
            raise DocumentError((_ENDS_FIRST if end < start else says) % {"part": part["title"]})
        if part["lane"] not in lanes or part["lane"] == LaneKind.SHAPE:
            raise DocumentError(_("%(part)s: its lane is not on the map.") % {"part": part["title"]})


_CHOICES: dict[tuple[str, str], set] = {
    ("lane", "kind"): set(LaneKind.values),
    ("item", "sure"): set(Sure.values),
    ("seat", "how"): set(How.values),
    ("seat", "quarter"): set(QUARTERS),
}
_NEEDED = {("item", "title"), ("past", "text")}
_MOST_LINKS = 40


def check_parts(parts: object) -> None:
    """Raises DocumentError unless these are parts by key, each with all its fields and every field readable."""
    if not isinstance(parts, dict):
        raise DocumentError(_("These are no parts of a map."))
    for key, part in parts.items():
        _check_fields(key, part)


def _check_fields(key: str, part: Part) -> None:
    kind = kind_of(key)
    shape = FIELDS.get(kind, {})
    if not KEY.fullmatch(key) or not isinstance(part, dict) or set(part) != set(shape):
        raise DocumentError(_("%(part)s: this is no part of a map.") % {"part": key[:60]})
    for name, value in part.items():
        if not _fits(kind, name, value, shape[name]):
            longest = LENGTHS.get(name, 60)
            said = {"part": key, "field": name, "n": longest}
            if isinstance(value, str) and isinstance(shape[name], str) and len(value) > longest:
                raise DocumentError(_("%(part)s: “%(field)s” is too long: at most %(n)s characters.") % said)
            raise DocumentError(_("%(part)s: “%(field)s” can’t be read.") % said)


def _fits(kind: str, name: str, value: object, empty_value: object) -> bool:
    if (kind, name) in _CHOICES:
        return isinstance(value, str | int) and not isinstance(value, bool) and value in _CHOICES[kind, name]
    if kind == "item" and name == "when":
        return isinstance(value, list) and len(value) == 2 and all(isinstance(day, str) for day in value)
    if isinstance(empty_value, bool):
        return isinstance(value, bool)
    if isinstance(empty_value, str):
        longest = LENGTHS.get(name, 60)
        is_text = isinstance(value, str) and len(value) <= longest and not HALF_A_CHARACTER.search(value)
        return is_text and (bool(value) or (kind, name) not in _NEEDED)
    if isinstance(empty_value, list):
        return isinstance(value, list) and len(value) <= _MOST_LINKS and all(_is_id(one) for one in value)
    if empty_value is None:
        return value is None or _is_id(value)
    return isinstance(value, int | float) and not isinstance(value, bool) and abs(value) < 1e9


def _is_id(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 0 < value < 2**63
