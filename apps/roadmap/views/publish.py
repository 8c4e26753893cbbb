"""Publishing one's draft: the difference in picture and words first, then what it is called and why; and putting two
drafts of the same map together.
"""

import uuid
from collections.abc import Sequence
from functools import partial

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from apps.accounts.http import MemberRequest
from apps.roadmap import evidence, picture
from apps.roadmap.changes import Difference
from apps.roadmap.collide import questions
from apps.roadmap.document import DocumentError
from apps.roadmap.forms import PublishForm
from apps.roadmap.merging import MINE, THEIRS, Merge
from apps.roadmap.mine import Mine
from apps.roadmap.models import Draft, Kind, Map, Revision
from apps.roadmap.models.revision import document_of
from apps.roadmap.publish import ChangedSince, NothingChanged, Overtaken, kind_of, merged
from apps.roadmap.publish import publish as publish_draft
from apps.roadmap.views.compare import pictured
from apps.roadmap.views.drafts import posted, there, with_mine
from apps.web.forms import status
from apps.web.models.submission import already, once
from apps.web.toasts import toast


@with_mine
def publish(request: MemberRequest, mine: Mine) -> HttpResponse:
    """Shows what is different, and publishes it."""
    if request.method == "POST" and already(request.member, "publish", request.POST.get("submission_id")):
        return redirect("roadmap:map")
    if mine.draft is None or (not mine.difference and mine.map.head):
        toast(request, _("Your draft says what the map says already: there is nothing to publish."))
        return redirect(there(mine))
    if mine.draft.is_stale:
        return redirect(_merge_address(mine))
    difference, draft = mine.difference, mine.draft
    form = _form(request, mine, difference, chosen=request.POST.getlist("evidence") or draft.reason.get("evidence", ()))
    typed = {name: request.POST.getlist(name) for name in form.fields if name in request.POST}
    if "keep" in request.POST:
        draft.keep_reason(typed)
        toast(request, _("Kept with your draft."))
        return redirect(there(mine))
    seen = request.POST.get("seen", draft.seen)
    is_other = seen != draft.seen
    if request.method == "POST" and not is_other and form.is_valid():
        go = partial(publish_draft, draft, form.reason, is_pivot=form.pivots, seen=seen)
        try:
            once(request.member, "publish", form.cleaned_data["submission_id"], lambda: go().pk)
        except Overtaken:
            return redirect(_merge_address(mine))
        except ChangedSince:  # this very moment
            draft.keep_reason(typed)
            toast(request, _("Your draft changed in another window since you looked. Look again before you publish."))
            return redirect(request.get_full_path())
        except NothingChanged:
            return redirect(there(mine))
        except DocumentError as error:
            form.add_error(None, str(error))
        else:
            toast(request, _("Published. Everybody sees it now."))
            return redirect(_map_address(mine))
    context = {
        "mine": mine,
        "form": form,
        "kind": form.kind,
        "difference": difference,
        "query": f"?map={mine.map}",
        "is_other": is_other,
        "is_later": form.kind == Kind.FIRST and Map.objects.published().exists(),
        **pictured(request, difference, request.member.today()),
    }
    if form.kind == Kind.FIRST:  # everything is new: the map itself says it best
        context["lanes"] = partial(picture.draw, difference.after, mine.map.year, {})
        context["shape_changes"] = {}
    return render(request, "roadmap/publish.html", context, status=409 if is_other else status(form))


def _form(
    request: MemberRequest, mine: Mine, difference: Difference, chosen: Sequence[str], find: str = ""
) -> PublishForm:
    return PublishForm(
        posted(request),
        kind=kind_of(mine.map, difference, is_pivot=mine.draft is not None and mine.draft.restored is not None),
        by=request.member,
        offered=evidence.offered(difference.after, request.member.today(), find, chosen),
        initial=_initial(mine) | {"evidence": chosen},
    )


@with_mine
def find_evidence(request: MemberRequest, mine: Mine) -> HttpResponse:
    """What speaks for a pivot, searched; what is ticked already stays."""
    if mine.draft is None:
        raise Http404
    find, chosen = request.GET.get("find", ""), request.GET.getlist("evidence")
    form = _form(request, mine, mine.difference, chosen, find)
    found = [value for value, _says in form["evidence"].field.choices if value not in chosen]  # type: ignore[attr-defined]
    return render(request, "roadmap/evidence_found.html", {"form": form, "find": find.strip(), "found": len(found)})


def _initial(mine: Mine) -> dict:
    initial: dict = {"submission_id": uuid.uuid4(), "sure": "likely"}
    if mine.draft:
        initial |= {name: said if name == "first" else said[0] for name, said in mine.draft.reason.items() if said}
    if mine.draft and mine.draft.restored and not initial.get("name"):
        row = mine.map.revisions.filter(number=mine.draft.restored).first()
        if row:
            initial["name"] = _("Back to the map of %(day)s") % {"day": date_format(row.day)}
    return initial


def _map_address(mine: Mine) -> str:
    current = Map.objects.on(mine.member.today())
    return reverse("roadmap:map") + ("" if current == mine.map else f"?map={mine.map}")


def _merge_address(mine: Mine) -> str:
    return reverse("roadmap:merge") + f"?map={mine.map}"


@with_mine
def merge(request: MemberRequest, mine: Mine) -> HttpResponse:
    """What was published meanwhile beside the draft: what does not collide is both, what does is chosen one by one."""
    draft = mine.draft
    if draft is None or not draft.is_stale:
        return redirect(there(mine))
    head = mine.map.head
    both = Merge(draft.base_document, document_of(mine.map, head), draft.document)
    asked = questions(both)
    answers = {one.name: request.POST.get(one.name, "") for one in asked}
    missing = [one for one in asked if answers[one.name] not in (MINE, THEIRS)]
    error = ""
    if request.method == "POST" and request.POST.get("head") != str(head):
        error = _("Somebody published once more. Look again before you put both together.")
    elif request.method == "POST" and missing:
        error = _("Choose for each what the map should say.")
    elif request.method == "POST":
        try:
            merged(draft, both.settle(answers), head)
        except Overtaken:
            return redirect(_merge_address(mine))
        except DocumentError as found:
            error = str(found)
        else:
            toast(request, _("Both are in your draft now. How it was before is put aside, so nothing is lost."))
            return redirect(there(mine))
    for one in asked:
        one.chosen = answers[one.name]
        one.is_missing = bool(error) and one in missing
    theirs = Difference(both.base, both.theirs, mine.map.year)
    context = {
        "mine": mine,
        "asked": asked,
        "error": error,
        "head": head,
        "revisions": _between(mine.map, draft),
        "theirs": theirs,
        "ours": Difference(both.base, both.mine, mine.map.year),
        "there": there(mine),
        **pictured(request, Difference(both.theirs, both.settle(answers), mine.map.year), request.member.today()),
    }
    return render(request, "roadmap/merge.html", context, status=422 if error else 200)


def _between(row: Map, draft: Draft) -> list[Revision]:
    """What was published since the draft began, the newest first."""
    rows = row.revisions.filter(number__gt=draft.base).select_related("by").order_by("-number")
    return list(rows[:20])


def restore(request: MemberRequest, month: str, number: int) -> HttpResponse:
    """Begins a draft that says what an earlier revision said; published, it is a pivot that says so."""
    row = Map.objects.published().starting(month)
    if row is None:
        raise Http404
    revision = get_object_or_404(row.revisions.select_related("by"), number=number)
    if number == row.head:
        return redirect("roadmap:map")
    if request.method == "POST":
        draft = Draft.restore(row, request.member, revision)
        mine = Mine(row, request.member, draft)
        return redirect(reverse("roadmap:publish") + f"?map={row}" if mine.difference else there(mine))
    now = document_of(row)
    difference = Difference(now, revision.document(), row.year)
    open_draft = Draft.objects.open().filter(map=row, owner=request.member).exists()
    context = {"row": row, "revision": revision, "difference": difference, "has_draft": open_draft}
    return render(request, "roadmap/restore.html", context | pictured(request, difference, request.member.today()))
