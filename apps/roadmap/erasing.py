"""Lets a person's name go from the history without breaking its chain."""

import json

from django.db import transaction
from django.db.models import F, Q, QuerySet

from apps.roadmap import chain
from apps.roadmap.document import LENGTHS, Document, canonical, is_words, kind_of
from apps.roadmap.models import Draft, Erasure, Keyframe, Map, Revision, Step
from apps.roadmap.models.revision import KEYFRAME_EVERY


def replace_name(name: str, by_what: str, by=None) -> int:
    """Puts `by_what` in the place of `name` in every text of every revision and draft; how many revisions had it.

    Owners and seats name a member by id, so the member's own row is all that has to change there. The chain keeps the
    digests of the first texts and still holds; each revision says that something was replaced in it.
    """
    if not name.strip():
        return 0
    found, written = 0, json.dumps(name, ensure_ascii=False)[1:-1]
    with transaction.atomic():
        for map_ in Map.objects.select_for_update():
            touched = 0
            for revision in map_.revisions.filter(body__contains=written):
                content = json.loads(revision.body)
                changes = _replaced(content["changes"], name, by_what)
                said = chain.replace(content["said"], name, by_what)
                body = canonical({"changes": changes, "said": said})
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
        has_it = Q(forward__contains=written) | Q(back__contains=written) | Q(says__contains=name)
        in_steps = set(Step.objects.filter(has_it).values_list("draft_id", flat=True))
        for draft in Draft.objects.select_for_update():
            parts = canonical(chain.read(canonical(_replaced(json.loads(draft.parts), name, by_what))))
            if parts != draft.parts or draft.pk in in_steps:
                draft.steps.all().delete()  # they would bring the name back
                Draft.objects.filter(pk=draft.pk).update(parts=parts, step=0)
            reason = chain.read(canonical(chain.replace(draft.reason, name, by_what)))
            if reason != draft.reason:
                Draft.objects.filter(pk=draft.pk).update(reason=reason)
    return found


def rebuild_keyframes(map_: Map) -> None:
    """Makes the whole documents anew from what the revisions say."""
    document = Document({})
    for revision in map_.revisions.order_by("number").iterator(chunk_size=200):
        document = document.with_changes(revision.changes)
        if revision.number % KEYFRAME_EVERY == 1:
            Keyframe.objects.update_or_create(revision=revision, defaults={"parts": document.dumps()})


def _replaced(parts: dict, name: str, by_what: str) -> dict:
    """Only in words that people wrote: a name may be spelled like a lane, or like how sure somebody is."""
    return {
        key: fields
        and {
            field: chain.replace(value, name, by_what, LENGTHS[field]) if is_words(kind_of(key), field) else value
            for field, value in fields.items()
        }
        for key, fields in parts.items()
    }
