"""Whose reliability: the chart of all stakeholders, one of them, and the form that keeps their words."""

from urllib.parse import urlencode

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from apps.accounts.http import MemberRequest
from apps.accounts.models import Change
from apps.stakeholders import evidence, focus
from apps.stakeholders.forms import StakeholderForm
from apps.stakeholders.models import How, Stakeholder
from apps.stakeholders.models.observation import may_correct
from apps.web.forms import status
from apps.web.toasts import toast

PAGE = 20


def stakeholders(request: MemberRequest) -> HttpResponse:
    """Everybody on the chart, and below it how we know."""
    rows = list(Stakeholder.objects.with_evidence().order_by("position", "name"))
    current = [row for row in rows if row.archived_at is None]
    decided = focus.current(request.member)
    helped = {group.pk for group in decided.decision.stakeholders.all()} if decided else set()
    groups = evidence.groups(sorted(current, key=_hardest_hit_first), helped)
    context = {
        "chart": evidence.chart_of(tuple(group.place for group in groups if group.place)),
        "groups": groups,
        "unplaced": [group.stakeholder for group in groups if not group.place],
        "pieces": sum(group.count for group in groups),
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
    asked = evidence.Asked.read(request.GET)
    found = asked.apply(row.observations.select_related("by").newest_first())
    page = Paginator(found, PAGE).get_page(request.GET.get("page"))
    shown = list(page.object_list)
    changes: dict[tuple[str, int], list[Change]] = {}
    for change in Change.objects.of(row, *shown):
        changes.setdefault((change.kind, change.row_id), []).append(change)
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
            "moves": evidence.moves(row),
            "hows": How.choices,
            "changes": changes.get((row._meta.label_lower, row.pk), [])[:10],
            "may_change": request.member.is_lead,
        },
    )


def edit(request: MemberRequest, pk: int | None = None) -> HttpResponse:
    """Add a stakeholder, or change what is said of one."""
    row = get_object_or_404(Stakeholder, pk=pk) if pk else None
    was = {name: getattr(row, name) for name in StakeholderForm.Meta.fields} if row else {}
    form = StakeholderForm(request.POST or None, instance=row)
    if request.method == "POST" and form.is_valid():
        saved = form.save(commit=False)
        if row is None:
            saved.position = Stakeholder.objects.count()
        saved.save()
        Change.record(saved, was, request.member)
        toast(request, _("The stakeholder is saved."))
        return redirect("stakeholders:stakeholder", saved.pk)
    shown = Stakeholder.objects.get(pk=pk) if pk else None
    return render(request, "stakeholders/form.html", {"form": form, "stakeholder": shown}, status=status(form))


@require_POST
def archive(request: MemberRequest, pk: int) -> HttpResponse:
    """Hides a stakeholder from new entries, or brings it back. Old entries keep it."""
    row = get_object_or_404(Stakeholder, pk=pk)
    was = {"archived_at": row.archived_at}
    row.archived_at = None if row.archived_at else timezone.now()
    row.save(update_fields=["archived_at"])
    Change.record(row, was, request.member)
    toast(request, _("The stakeholder is archived.") if row.archived_at else _("The stakeholder is back."))
    return redirect("stakeholders:list")
