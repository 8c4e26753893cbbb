"""Reads the whole history and says what does not hold: a changed byte, a missing revision, a wrong order (R50, F28)."""

import json
from collections.abc import Iterator
from dataclasses import dataclass

from django.utils.translation import gettext as _

from apps.roadmap import chain, sql
from apps.roadmap.document import Document, canonical
from apps.roadmap.models import Erasure, Keyframe, Map, Revision


@dataclass(frozen=True, slots=True)
class Fault:
    """Where the history does not hold, and what is wrong there."""

    place: str
    what: str

    def __str__(self) -> str:
        return f"{self.place}: {self.what}"


def faults() -> Iterator[Fault]:
    """Everything that does not hold. Memory does not grow with the number of revisions."""
    if not sql.is_guarded():
        yield Fault("roadmap_revision", _("the database does not refuse changes: its triggers are missing"))
    for map_ in Map.objects.all():
        yield from _of_map(map_)


def _of_map(map_: Map) -> Iterator[Fault]:
    previous, number, before, document = chain.FIRST, 0, None, Document({})
    frames = dict(Keyframe.objects.filter(revision__map=map_).values_list("revision__number", "parts"))
    erased = dict(Erasure.objects.filter(revision__map=map_).values_list("revision__number", "body"))
    for revision in map_.revisions.order_by("number").iterator(chunk_size=200):
        number += 1
        place = f"{map_} / {revision.number}"
        if revision.number != number:
            yield Fault(place, _("revision %(n)s is missing") % {"n": number})
            number = revision.number
        if revision.previous != previous:
            yield Fault(place, _("it does not follow the revision before it"))
        previous = revision.digest
        if before is not None and revision.at <= before:
            yield Fault(place, _("it is older than the revision before it"))
        before = revision.at
        changes = None
        try:
            is_canonical = canonical(json.loads(revision.body)) == revision.body
            holds = is_canonical and revision.seal() == revision.digest
            changes = revision.changes
        except (ValueError, KeyError, TypeError, AttributeError):
            holds = False
        if not holds:
            yield Fault(place, _("its content is not what was published"))
        if chain.is_replaced(revision.body) and erased.get(revision.number) != revision.body:
            yield Fault(place, _("a text was replaced, and no erasure says so"))
        if changes is None:
            continue
        document = document.with_changes(changes)
        frame = frames.get(revision.number)
        if frame is not None and frame != document.dumps():
            yield Fault(place, _("its whole document is not what its changes make"))
    if number != map_.head:
        yield Fault(
            str(map_),
            _("the newest revisions are missing: %(n)s of %(head)s are there") % {"n": number, "head": map_.head},
        )


def count() -> int:
    return Revision.objects.count()
