"""Whose reliability: the chart of all stakeholders, one of them, and the form that keeps their words."""

import uuid
from urllib.parse import urlencode

from django.core.paginator import Paginator
from django.db import IntegrityError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from apps.accounts.correcting import correct_or_ask
from apps.accounts.http import MemberRequest
from apps.accounts.models import Change
from apps.stakeholders import evidence, focus, sql
from apps.stakeholders.forms import MergeForm, StakeholderForm
from apps.stakeholders.models import How, Side, Stakeholder, StakeholderMerge
from apps.stakeholders.models.observation import may_correct
from apps.web.forms import status
from apps.web.models import MergeError
from apps.web.models.merge import ends, where_it_went
from apps.web.models.submission import already, once
from apps.web.toasts import toast

PAGE = 15
GROUPS = 12  # on a page, below the chart of all
FEW = 6  # groups that nobody needs to search


def stakeholders(request: MemberRequest) -> HttpResponse:
    """Everybody on the chart, and below it how we know."""
    everybody = list(Stakeholder.objects.select_related("placed_by").order_by("position", "name"))
    rows = [row for row in everybody if row.merged_into_id is None]
    current = [row for row in rows if row.archived_at is None]
    decided = focus.current(request.member)
    where = ends({row.pk: row.merged_into_id for row in everybody})
    helped = {where[group.pk] for group in decided.decision.stakeholders.all()} if decided else set()
    known = sql.known()
    asked = evidence.AskedGroups.read(request.GET)
    fitting = [row for row in sorted(current, key=_hardest_hit_first) if asked.wants(row)]
    page = Paginator(fitting, GROUPS).get_page(request.GET.get("page"))
    context = {
        "asked": asked,
        "page": page,
        "groups": evidence.groups(page.object_list, known, request.member.today()),
        "anybody": bool(current),
        "query": urlencode({name: value for name, value in (("side", asked.side), ("q", asked.q)) if value}),
        "sides": Side.choices,
        "has_filters": len(current) > FEW or asked.any_set,
        "chart": evidence.chart_of(evidence.places(current, known, helped)),
        "unplaced": [row for row in current if row.placed_by is None],
        "pieces": sum(known[row.pk].pieces for row in current if row.pk in known),
        "archived": [row for row in rows if row.archived_at],
        "focus": decided,
        "may_change": request.member.is_lead,
    }
    return render(request, "stakeholders/list.html", context)


def _hardest_hit_first(row: Stakeholder) -> int:
    """A key for sorting; those whom nobody has observed come last."""
    place = row.placed_by
    return -(place.frequency or 0) * (place.pain or 0) if place else 1


def stakeholder(request: MemberRequest, pk: int) -> HttpResponse:
    """One group: what reliability means to them, how we know, how the placement moved, what it costs."""
    row = get_object_or_404(Stakeholder.objects.select_related("placed_by"), pk=pk)
    if row.merged_into_id:
        return redirect("stakeholders:stakeholder", where_it_went(Stakeholder, pk))
    asked = evidence.Asked.read(request.GET)
    found = asked.apply(row.observations.signed().newest_first())
    page = Paginator(found, PAGE).get_page(request.GET.get("page") or evidence.page_of(found, asked.piece, PAGE))
    shown = list(page.object_list)
    changes: dict[tuple[str, int], list[Change]] = {}
    # Where nothing was ever corrected, there is nothing to ask for.
    for change in Change.objects.of(*(each for each in (row, *shown) if each.version > 1)):
        changes.setdefault((change.kind, change.row_id), []).append(change)
    every_move = "moves" in request.GET
    moves = evidence.moves(row, None if every_move else evidence.MOST_MOVES + 1)
    return render(
        request,
        "stakeholders/stakeholder.html",
        {
            "stakeholder": row,
            "asked": asked,
            "page": page,
            "query": urlencode({name: value for name, value in (("how", asked.how), ("q", asked.q)) if value}),
            "observations": [
                (o, may_correct(request.member, o), changes.get((o._meta.label_lower, o.pk), [])) for o in shown
            ],
            "moves": moves[: None if every_move else evidence.MOST_MOVES],
            "more_moves": len(moves) > evidence.MOST_MOVES and not every_move,
            # A group that took another in has changed since it was named.
            "merges": row.merges_in.standing().select_related("source", "by") if row.version > 1 else (),
            "hows": How.choices,
            "changes": changes.get((row._meta.label_lower, row.pk), []),
            "may_change": request.member.is_lead,
        },
    )


def edit(request: MemberRequest, pk: int | None = None) -> HttpResponse:
    """Add a stakeholder, or change what is said of one."""
    row = get_object_or_404(Stakeholder.objects.standing(), pk=pk) if pk else Stakeholder()
    if not pk and (made := already(request.member, "stakeholder", request.POST.get("submission_id"))):
        return redirect("stakeholders:stakeholder", made)
    form = StakeholderForm(request.POST or None, instance=row, initial={"submission_id": uuid.uuid4()})
    collided: list[tuple[str, str]] = []
    if request.method == "POST" and form.is_valid():
        fields = {name: form.cleaned_data[name] for name in Stakeholder.FIELDS}
        try:
            if pk:
                form, collided = correct_or_ask(form, row, request)
            else:
                key = form.cleaned_data["submission_id"]
                new, _fresh = once(request.member, "stakeholder", key, lambda: Stakeholder.objects.create(**fields).pk)
                row = Stakeholder(pk=new)
        except IntegrityError:  # another lead gave the same tag in this very moment
            form.add_error("tag", _("This tag is taken."))
        else:
            if not collided:
                toast(request, _("The stakeholder is saved."))
                return redirect("stakeholders:stakeholder", row.pk)
    shown = Stakeholder.objects.get(pk=pk) if pk else None
    context = {"form": form, "stakeholder": shown, "collided": collided}
    return render(request, "stakeholders/form.html", context, status=409 if collided else status(form))


@require_POST
def archive(request: MemberRequest, pk: int) -> HttpResponse:
    """Hides a stakeholder from new entries, or brings it back. Old entries keep it."""
    row = get_object_or_404(Stakeholder.objects.standing(), pk=pk)
    # The wished state, not a switch: pressed twice, it is the same.
    row.archive(request.member, wished=request.POST.get("archived") == "yes")
    toast(request, _("The stakeholder is archived.") if row.archived_at else _("The stakeholder is back."))
    return redirect("stakeholders:list")


def merge(request: MemberRequest, pk: int) -> HttpResponse:
    """Two groups are one: moves everything of this one into another."""
    row = get_object_or_404(Stakeholder.objects.standing(), pk=pk)
    form = MergeForm(request.POST or None, source=row)
    if request.method == "POST" and form.is_valid():
        target = form.cleaned_data["target"]
        try:
            StakeholderMerge.make(row, target, request.member)
        except MergeError:
            form.add_error("target", _("One of the two was merged meanwhile. Look again."))
        else:
            said = {"source": row.label, "target": target.label}
            toast(request, _("“%(source)s” is part of “%(target)s” now. You can take them apart below.") % said)
            return redirect("stakeholders:stakeholder", target.pk)
    return render(request, "stakeholders/merge.html", {"form": form, "stakeholder": row}, status=status(form))


@require_POST
def unmerge(request: MemberRequest, pk: int, merge_pk: int) -> HttpResponse:
    """Takes a merge back, however long ago it was."""
    found = StakeholderMerge.objects.select_related("source").filter(target=pk, target__merged_into=None)
    row = get_object_or_404(found, pk=merge_pk)
    try:
        row.undo(request.member)
    except MergeError:
        toast(request, _("This was taken apart already."))
        return redirect("stakeholders:stakeholder", pk)
    toast(request, _("“%(item)s” stands for itself again.") % {"item": row.source.label})
    return redirect("stakeholders:stakeholder", row.source_id)
