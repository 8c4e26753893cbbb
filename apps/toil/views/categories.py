"""Kinds of toil: the talk's seven to begin with, then the team's own."""

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from apps.accounts.http import MemberRequest
from apps.toil.forms import CategoryForm
from apps.toil.models import Category
from apps.toil.permissions import may_shape_items
from apps.web.forms import status
from apps.web.toasts import toast


def categories(request: MemberRequest) -> HttpResponse:
    """All categories, the archived last."""
    may_shape = may_shape_items(request.member)
    return render(
        request,
        "toil/categories.html",
        {
            "categories": Category.objects.order_by("archived_at", "position"),
            "may_shape": may_shape,
            "section": "settings",
        },
    )


def category(request: MemberRequest, pk: int | None = None) -> HttpResponse:
    """Add a category, or change one."""
    row = get_object_or_404(Category, pk=pk) if pk else None
    initial = {"position": Category.objects.count(), "tint": 0} if row is None else None
    form = CategoryForm(request.POST or None, instance=row, initial=initial)
    if request.method == "POST" and form.is_valid():
        form.save()
        toast(request, _("The category is saved."))
        return redirect("toil:categories")
    shown = Category.objects.get(pk=pk) if pk else None
    return render(
        request,
        "toil/category_form.html",
        {"form": form, "category": shown, "section": "settings"},
        status=status(form),
    )


@require_POST
def archive(request: MemberRequest, pk: int) -> HttpResponse:
    """Hides a category from new items, or brings it back. Old items keep it."""
    row = get_object_or_404(Category, pk=pk)
    row.archived_at = None if row.archived_at else timezone.now()
    row.save(update_fields=["archived_at"])
    toast(request, _("The category is archived.") if row.archived_at else _("The category is back."))
    return redirect("toil:categories")


def what_is_toil(request: MemberRequest) -> HttpResponse:
    """What toil is, and what it isn't: the five marks, with the talk's examples."""
    return render(request, "toil/what_is_toil.html")
