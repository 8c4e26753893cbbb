"""Collisions of two drafts as questions that a person can answer: what the map said, what theirs and mine say."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from apps.accounts.models import persons
from apps.roadmap import links, words
from apps.roadmap.document import Document, How, Lane, LaneKind, Sure, id_of, kind_of
from apps.roadmap.links import Names
from apps.roadmap.merging import Collision, Merge

_LABELS = {
    "title": gettext_lazy("Title"),
    "lane": gettext_lazy("Lane"),
    "when": gettext_lazy("First and last day"),
    "sure": gettext_lazy("How sure we are"),
    "signal": gettext_lazy("We will know because"),
    "owner": gettext_lazy("Owner"),
    "notes": gettext_lazy("Notes"),
    "name": gettext_lazy("Name"),
    "note": gettext_lazy("In a few words"),
    "sentence": gettext_lazy("Its goal in one sentence"),
    "shape": gettext_lazy("The team’s shape"),
    "shape_sentence": gettext_lazy("The team in one sentence"),
    "position": gettext_lazy("Place"),
    "above": gettext_lazy("Where it lies"),
    "role": gettext_lazy("As what"),
    "member": gettext_lazy("Who"),
    "how": gettext_lazy("How"),
    "text": gettext_lazy("What happened"),
    "quarter": gettext_lazy("Quarter"),
    **links.LABELS,
}


@dataclass
class Question:
    """One collision in words; `chosen` is “mine”, “theirs”, or nothing yet."""

    name: str
    part: str
    label: str
    base: str
    theirs: str
    mine: str
    chosen: str = ""
    is_missing: bool = False


def questions(merge: Merge) -> list[Question]:
    """All collisions, in the order of the map. One query, and one more for each kind of link that collides."""
    people = persons(merge.theirs.people | merge.mine.people | merge.base.people)
    names = links.names({field: _linked(merge.collisions, field) for field in links.MODELS})
    names["people"] = {pk: person.display_name for pk, person in people.items()}
    return [_question(merge, one, names) for one in merge.collisions]


def _linked(collisions: list[Collision], field: str) -> set[int]:
    """Ids of all rows that the colliding links name."""
    of_field = [one for one in collisions if one.field == field]
    return {pk for one in of_field for value in _sides(one) for pk in value or ()}


def _sides(one: Collision) -> tuple[Any, Any, Any]:
    return one.base, one.theirs, one.mine


def _question(merge: Merge, one: Collision, names: Names) -> Question:
    side = merge.mine if one.key in merge.mine else merge.theirs if one.key in merge.theirs else merge.base
    if one.field:
        label = str(_LABELS.get(one.field, one.field))
        base, theirs, mine = (_value(merge, one.key, one.field, value, names) for value in _sides(one))
    else:
        label = _("Whether it stays")
        base, theirs, mine = (_("on the map") if value is not None else _("dropped") for value in _sides(one))
    return Question(one.name, name_of(one.key, side, names["people"]), label, base, theirs, mine)


def name_of(key: str, document: Document, people: dict[int, str]) -> str:
    """A part as a person calls it."""
    pk, part = id_of(key), document.parts[key]
    match kind_of(key):
        case "item":
            return part["title"]
        case "lane":
            return document.lane_by_id[pk].label
        case "quarter":
            return f"Q{pk}"
        case "seat":
            who = people.get(part["member"] or 0) or part["role"] or str(How.HOPED.label)
            return _("Q%(n)s: %(who)s") % {"n": part["quarter"], "who": who}
        case "past":
            return part["text"]
    return _("The map")


def _value(merge: Merge, key: str, field: str, value, names: Names) -> str:
    if value in (None, "", []):
        return "–"
    match field:
        case "when" if kind_of(key) == "item":
            return words.span(*(date.fromisoformat(day) for day in value))
        case "sure":
            return str(Sure(value).label)
        case "how":
            return str(How(value).label)
        case "owner" | "member":
            return names["people"].get(value) or _("somebody who has left")
        case "lane":
            lanes: dict[str, Lane] = {}
            for document in (merge.base, merge.theirs, merge.mine):
                lanes |= document.lane_by_id
            return lanes[value].label if value in lanes else str(LaneKind.OWN.label)
        case "above":
            return _("above the ground") if value else _("below the ground")
        case _ if field in links.MODELS:
            return _(", ").join(names[field][pk] for pk in value if pk in names[field]) or "–"
    return str(value)
