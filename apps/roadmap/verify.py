"""Reads the whole history and says what does not hold: a changed byte, a missing revision, a wrong order (R50, F28)."""

import json
from collections.abc import Iterator
from dataclasses import dataclass

from django.db import DatabaseError
from django.utils.translation import gettext as _

from apps.roadmap import chain, sql
from apps.roadmap.document import Document, canonical
from apps.roadmap.models import Map, Revision


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
    for pk in map_.revisions.order_by("number").values_list("pk", flat=True).iterator(chunk_size=1_000):
        number += 1
        revision = _read(pk)
        if revision is None:
            yield Fault(f"{map_} / {number}", _("its content is not what was published"))
            continue
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
        after = None
        try:
            is_canonical = canonical(json.loads(revision.body)) == revision.body
            holds = is_canonical and revision.seal() == revision.digest
            after = document.with_changes(revision.changes)
        except (ValueError, KeyError, TypeError, AttributeError):
            holds = False
        if not holds:
            yield Fault(place, _("its content is not what was published"))
        erasure, frame = getattr(revision, "erasure", None), getattr(revision, "keyframe", None)
        is_erased = erasure is not None or chain.is_replaced(revision.body)
        if is_erased and (erasure is None or erasure.body != revision.body):
            yield Fault(place, _("a text was replaced, and no erasure says so"))
        if after is None:
            continue
        document = after
        if frame is not None and frame.parts != document.dumps():
            yield Fault(place, _("its whole document is not what its changes make"))
    if number != map_.head:
        yield Fault(
            str(map_),
            _("the newest revisions are missing: %(n)s of %(head)s are there") % {"n": number, "head": map_.head},
        )


def _read(pk: int) -> Revision | None:
    """None where a column holds what nobody has written so: SQLite keeps any bytes in any column."""
    try:
        revision = Revision.objects.select_related("keyframe", "erasure").get(pk=pk)
        # More than one spelling can be read as the same moment; only one of them is what we write.
        same = Revision.objects.filter(pk=pk, number=revision.number, day=revision.day, at=revision.at)
        return revision if same.exists() else None
    except (DatabaseError, ValueError):
        return None


def count() -> int:
    return Revision.objects.count()
