"""Lets a person's name go from the history without breaking its chain."""

import json

from django.db import transaction
from django.db.models import F, QuerySet

from apps.roadmap import chain
from apps.roadmap.document import Document, canonical
from apps.roadmap.models import Draft, Erasure, Keyframe, Map, Revision
from apps.roadmap.models.revision import KEYFRAME_EVERY


def replace_name(name: str, by_what: str, by=None) -> int:
    """Puts `by_what` in the place of `name` in every text of every revision and draft; how many revisions had it.

    Owners and seats name a member by id, so the member's own row is all that has to change there. The chain keeps the
    digests of the first texts and still holds; each revision says that something was replaced in it.
    """
    if not name.strip():
        return 0
    found = 0
    with transaction.atomic():
        for map_ in Map.objects.select_for_update():
            touched = 0
            for revision in map_.revisions.filter(body__contains=json.dumps(name, ensure_ascii=False)[1:-1]):
                body = canonical(chain.replace(json.loads(revision.body), name, by_what))
                if body == revision.body:
                    continue
                row, is_new = Erasure.objects.update_or_create(revision=revision, defaults={"body": body, "by": by})
                if not is_new:
                    Erasure.objects.filter(pk=row.pk).update(times=F("times") + 1)
                # The one way past the model's refusal; the database allows it because the erasure says so.
                QuerySet.update(Revision.objects.filter(pk=revision.pk), body=body)
                touched += 1
            if touched:
                rebuild_keyframes(map_)
                Map.objects.filter(pk=map_.pk).update(erasures=F("erasures") + 1)
            found += touched
        for draft in Draft.objects.select_for_update():
            parts = canonical(_replaced(json.loads(draft.parts), name, by_what))
            if parts != draft.parts:
                draft.steps.all().delete()  # they would bring the name back
                Draft.objects.filter(pk=draft.pk).update(parts=parts, step=0)
    return found


def rebuild_keyframes(map_: Map) -> None:
    """Makes the whole documents anew from what the revisions say."""
    document = Document({})
    for revision in map_.revisions.order_by("number").iterator(chunk_size=200):
        document = document.with_changes(revision.changes)
        if revision.number % KEYFRAME_EVERY == 1:
            Keyframe.objects.update_or_create(revision=revision, defaults={"parts": document.dumps()})


def _replaced(value, name: str, by_what: str):
    if isinstance(value, str):
        return value.replace(name, by_what)
    if isinstance(value, list):
        return [_replaced(one, name, by_what) for one in value]
    if isinstance(value, dict):
        return {key: _replaced(one, name, by_what) for key, one in value.items()}
    return value
