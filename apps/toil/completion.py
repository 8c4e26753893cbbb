"""What the end of a half-typed line may become: tags after #, people after @, items whose name it begins.

A pure rule beside `quicklog`: names come in, whole lines come out. It only offers; nothing is logged by it. Serves the
list under the quick log line (design guide, “Quick log: choosing”).
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from apps.toil.folding import fold
from apps.toil.quicklog import SIGNS, Known, Reading, in_quotes

MOST = 6
_OPEN_MARK = re.compile(r"(?:^|(?<=\s))(?P<sign>[#@])(?P<word>[^\s#@!]*)$")


@dataclass(frozen=True, slots=True)
class Option:
    """One way to go on: what is offered, and the line as it would be."""

    id: int
    word: str
    label: str
    line: str
    usual_minutes: int | None = None


@dataclass(frozen=True, slots=True)
class Offer:
    """The options for what is being typed; `preselected` when Enter can only mean to take one."""

    kind: str  # "stakeholder", "member" or "item"
    options: tuple[Option, ...]
    preselected: bool


def offer(line: str, reading: Reading, stakeholders: Sequence[Known], members: Sequence[Known]) -> Offer | None:
    """What to offer under `line`, which reads as `reading`; None if there is nothing to choose."""
    text = line.translate(SIGNS)
    if mark := _OPEN_MARK.search(text):
        before, sign, word = text[: mark.start()], mark["sign"], mark["word"]
        kind, known = ("stakeholder", stakeholders) if sign == "#" else ("member", members)
        rows = _beginning_with(word, known)
        if not rows or any(fold(word) in row.folded for row in rows):
            return None
        return Offer(kind, tuple(_marked(row, sign, before) for row in rows), preselected=True)
    if reading.candidates and text.endswith(reading.name):
        before = text.removesuffix(reading.name)
        known_ones = [_named(item, before) for item in reading.candidates[: MOST - 1]]
        return Offer("item", (*known_ones, _new(reading.name, before)), preselected=False)
    return None


def _beginning_with(word: str, known: Iterable[Known]) -> list[Known]:
    """Rows with a name, or a word of a name, that begins with `word`; all of them for an empty word."""
    wanted = fold(word)
    rows = [row for row in known if any(_begins(wanted, name) for name in row.folded)]
    return rows[:MOST]


def _begins(wanted: str, name: str) -> bool:
    return name.startswith(wanted) or any(part.startswith(wanted) for part in name.split())


def _marked(row: Known, sign: str, before: str) -> Option:
    """The line with the row's mark at its end, and a space to type on after it."""
    word = sign + row.names[0].replace(" ", "_")
    return Option(row.id, word, row.label, f"{before}{word} ")


def _named(item: Known, before: str) -> Option:
    """The line with the item's name at its end, in quotes where part of it would be read as something else."""
    plain = re.fullmatch(r"[^\d#@!\"「」+:]+", item.label) is not None
    name = item.label if plain else in_quotes(item.names[0])
    return Option(item.id, "", item.label, f"{before}{name} ", item.usual_minutes)


def _new(name: str, before: str) -> Option:
    return Option(0, "+", _("Create “%(name)s”") % {"name": name}, f"{before}+{in_quotes(name)} ")
