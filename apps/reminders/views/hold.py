"""Holding everything that goes out, and letting it go (R95)."""

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from apps.accounts.http import MemberRequest
from apps.reminders import holding
from apps.reminders.forms import HoldForm, ReleaseForm
from apps.reminders.holding import Drop
from apps.reminders.models import Hold
from apps.web.forms import status
from apps.web.toasts import toast


def hold(request: MemberRequest) -> HttpResponse:
    form = HoldForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        made = holding.hold(request.member, form.cleaned_data["why"])
        toast(request, _("Nothing goes out any more.") if made else _("Somebody holds everything already."))
        return redirect("reminders:deliveries")
    held = Hold.objects.standing().select_related("by").first()
    return render(request, "reminders/hold.html", {"form": form, "held": held}, status=status(form))


def release(request: MemberRequest) -> HttpResponse:
    held = Hold.objects.standing().select_related("by").first()
    form = ReleaseForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        dropped = holding.release(request.member, Drop(form.cleaned_data["drop"]))
        toast(request, _released(dropped))
        return redirect("reminders:deliveries")
    if held is None:
        return redirect("reminders:deliveries")
    waiting = holding.ahead()
    context = {
        "form": form, "held": held, "waiting": waiting,
        "count": sum(each.count for each in waiting), "stale": sum(each.stale for each in waiting),
    }  # fmt: skip
    return render(request, "reminders/release.html", context, status=status(form))


def _released(dropped: int | None) -> str:
    if dropped is None:
        return _("Nothing was held any more.")
    if not dropped:
        return _("Messages go out again.")
    said = ngettext("Messages go out again. %(n)d was dropped.", "Messages go out again. %(n)d were dropped.", dropped)
    return said % {"n": dropped}
