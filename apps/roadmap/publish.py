"""Publishing: a draft becomes the next revision, as an adjustment or as a pivot with its reason."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy

from apps.accounts.models import Organisation
from apps.roadmap import chain, notices
from apps.roadmap.changes import Difference
from apps.roadmap.document import Document, DocumentError, Sure, canonical, check
from apps.roadmap.models import Draft, Keyframe, Kind, Map, Revision
from apps.roadmap.models.revision import KEYFRAME_EVERY, document_of

OVERLAPS = gettext_lazy("A map covers a part of this year already: %(label)s.")
SHORTEST_REASON = 20  # characters; Japanese says as much in half of them
SHORTEST_REASON_JA = 10


class NothingChanged(Exception):
    """The draft says what is published already."""


class Overtaken(Exception):
    """Somebody published since the draft began: both are merged first (F24)."""


class ChangedSince(Exception):
    """The draft says something else than what was looked at."""


class ReasonMissing(Exception):
    """A pivot needs a name, what was learned, and why now."""


@dataclass(frozen=True, slots=True)
class Reason:
    """What a pivot says; of an adjustment, one line in `note` is welcome and nothing is needed."""

    name: str = ""
    learned: str = ""
    why: str = ""
    note: str = ""
    sure: str = ""
    evidence: tuple[dict, ...] = ()
    first: tuple[int, ...] = ()

    @property
    def is_whole(self) -> bool:
        return bool(self.name) and is_long_enough(self.learned) and is_long_enough(self.why)

    def write(self) -> dict[str, Any]:
        """Only what was said."""
        said = {name: getattr(self, name) for name in ("name", "learned", "why", "note", "sure")}
        said |= {"evidence": list(self.evidence), "first": list(self.first)}
        return {name: value for name, value in said.items() if value}


def is_long_enough(text: str) -> bool:
    """At least 20 characters, or 10 where most are Chinese characters or kana (product.md)."""
    text = " ".join(text.split())
    wide = sum(character >= "\u3000" for character in text)
    return len(text) >= (SHORTEST_REASON_JA if wide * 2 >= len(text) else SHORTEST_REASON)


def kind_of(map_: Map, difference: Difference, *, is_pivot: bool = False) -> Kind:
    """As what this difference is published: an adjustment may be called a pivot, never the other way round."""
    if map_.head == 0:
        return Kind.FIRST
    return Kind.PIVOT if is_pivot or difference.is_pivot else Kind.ADJUSTMENT


def publish(
    draft: Draft, reason: Reason = Reason(), *, is_pivot: bool = False, seen: str = "", at: datetime | None = None
) -> Revision:
    """Makes the draft the next revision, and ends the draft; with `seen`, only if it still is what was looked at.

    Raises Overtaken, ChangedSince, NothingChanged, ReasonMissing, or DocumentError where the draft is no whole map.
    """
    with transaction.atomic():
        map_ = Map.objects.select_for_update().get(pk=draft.map_id)
        draft = Draft.objects.select_for_update().select_related("owner").get(pk=draft.pk)
        if map_.head != draft.base:
            raise Overtaken
        if seen and seen != draft.seen:
            raise ChangedSince
        difference = Difference(document_of(map_), draft.document, map_.year)
        if not difference and map_.head:
            raise NothingChanged
        check(difference.after, map_.year)
        if map_.head == 0:
            _refuse_overlap(map_)
        kind = kind_of(map_, difference, is_pivot=is_pivot or draft.restored is not None)
        if kind == Kind.PIVOT and not reason.is_whole:
            raise ReasonMissing
        # What was drawn on after going back says something else than the version it went back to.
        is_back = draft.restored is not None and difference.after == document_of(map_, draft.restored)
        said = reason.write() | ({"restored": draft.restored} if is_back else {})
        revision = _append(map_, draft.owner, kind, difference, said, at)
        draft.delete()
        if revision.is_pivot and at is None:  # what is written down afterwards is no news
            notices.turned(revision)
    return revision


def _refuse_overlap(map_: Map) -> None:
    """Raises DocumentError where another map covers a part of the year; of two that are first at once, one waits."""
    Organisation.objects.select_for_update().first()
    if other := Map.objects.overlapping(map_.start):
        raise DocumentError(OVERLAPS % {"label": other.label})


def say_how_sure(map_: Map, item: str, sure: Sure, why: str, by, at: datetime | None = None) -> Revision:
    """Anyone may say that they are surer of an item, or less sure, and why: an adjustment of its own.

    Raises NothingChanged where the map says so already, KeyError where the item is not on the map.
    """
    with transaction.atomic():
        map_ = Map.objects.select_for_update().get(pk=map_.pk)
        before = document_of(map_)
        key = f"item:{item}"
        if before.parts[key]["sure"] == sure:
            raise NothingChanged
        difference = Difference(before, before.with_changes({key: {"sure": str(sure)}}), map_.year)
        return _append(map_, by, Kind.ADJUSTMENT, difference, {"note": why}, at)


def _append(map_: Map, by, kind: Kind, difference: Difference, said: dict, at: datetime | None) -> Revision:
    """Writes the next revision of a map whose row is locked."""
    at = at or timezone.now()
    organisation = Organisation.kept()
    last = map_.revisions.order_by("-number").values_list("digest", "at").first()
    if last and at <= last[1]:  # two clocks, or one that was set back: the order of the chain is the order of time
        at = last[1] + timedelta(microseconds=1)
    revision = Revision(
        map=map_,
        number=map_.head + 1,
        kind=kind,
        by=by,
        at=at,
        day=organisation.day_of(at) if organisation else at.date(),
        body=canonical({"changes": difference.before.changes_to(difference.after), "said": said}),
        previous=last[0] if last else chain.FIRST,
    )
    revision.digest = revision.seal()
    revision.save()
    if revision.number % KEYFRAME_EVERY == 1:
        Keyframe.objects.create(revision=revision, parts=difference.after.dumps())
    map_.head = revision.number
    map_.save(update_fields=["head"])
    return revision


def merged(draft: Draft, document: Document, head: int) -> Draft:
    """The draft with what `document` makes of both sides, now on top of revision `head`.

    What it said before stays as a kept copy. Raises Overtaken if somebody published once more meanwhile.
    """
    with transaction.atomic():
        map_ = Map.objects.select_for_update().get(pk=draft.map_id)
        draft = Draft.objects.select_for_update().select_related("map", "owner").get(pk=draft.pk)
        if map_.head != head:
            raise Overtaken
        check(document, map_.year)
        draft.copy_aside("merge")
        draft.steps.all().delete()
        draft.base, draft.parts, draft.step = head, document.dumps(), 0
        draft.save(update_fields=["base", "parts", "step"])
    return draft
