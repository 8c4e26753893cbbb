"""Holidays that gatherings leave out: read from lines or a calendar file, and removed."""

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from apps.accounts.http import MemberRequest
from apps.gatherings import holidays as reading
from apps.gatherings.forms import HolidaysForm
from apps.gatherings.models import Holiday
from apps.web.forms import status
from apps.web.toasts import toast


def holidays(request: MemberRequest) -> HttpResponse:
    """The days there are, from today on, and the form for more."""
    form = HolidaysForm(*((request.POST, request.FILES) if request.method == "POST" else ()))
    if request.method == "POST" and form.is_valid():
        days = form.cleaned_data["days"]
        skipped = reading.add(days, request.member)
        words = ngettext("%(n)s day is kept.", "%(n)s days are kept.", len(days)) % {"n": len(days)}
        if skipped:
            words += " " + _("Meetings skipped on them: %(n)s.") % {"n": skipped}
        toast(request, words)
        return redirect("gatherings:holidays")
    rows = Holiday.objects.filter(day__gte=request.member.today())
    return render(request, "gatherings/holidays.html", {"form": form, "holidays": rows}, status=status(form))


@require_POST
def remove(request: MemberRequest, pk: int) -> HttpResponse:
    """Takes a day off the list; what was skipped on it can be restored at the meeting."""
    Holiday.objects.filter(pk=pk).delete()
    toast(request, _("The day is taken off the list."))
    return redirect("gatherings:holidays")
