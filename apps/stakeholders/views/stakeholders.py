"""The list of stakeholders that entries point at: name, tag, inside or outside."""

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from apps.accounts.http import MemberRequest
from apps.stakeholders.forms import StakeholderForm
from apps.stakeholders.models import Stakeholder
from apps.web.forms import status
from apps.web.toasts import toast


def stakeholders(request: MemberRequest) -> HttpResponse:
    return render(
        request,
        "stakeholders/list.html",
        {
            "stakeholders": Stakeholder.objects.order_by("archived_at", "position", "name"),
            "may_change": request.member.is_lead,
        },
    )


def stakeholder(request: MemberRequest, pk: int | None = None) -> HttpResponse:
    """Add a stakeholder, or change one."""
    row = get_object_or_404(Stakeholder, pk=pk) if pk else None
    form = StakeholderForm(request.POST or None, instance=row)
    if request.method == "POST" and form.is_valid():
        saved = form.save(commit=False)
        if row is None:
            saved.position = Stakeholder.objects.count()
        saved.save()
        toast(request, _("The stakeholder is saved."))
        return redirect("stakeholders:list")
    shown = Stakeholder.objects.get(pk=pk) if pk else None
    return render(request, "stakeholders/form.html", {"form": form, "stakeholder": shown}, status=status(form))


@require_POST
def archive(request: MemberRequest, pk: int) -> HttpResponse:
    """Hides a stakeholder from new entries, or brings it back. Old entries keep it."""
    row = get_object_or_404(Stakeholder, pk=pk)
    row.archived_at = None if row.archived_at else timezone.now()
    row.save(update_fields=["archived_at"])
    toast(request, _("The stakeholder is archived.") if row.archived_at else _("The stakeholder is back."))
    return redirect("stakeholders:list")
