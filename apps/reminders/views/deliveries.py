"""What became of each message, and what a lead or admin can do about it (R14)."""

from datetime import datetime
from uuid import UUID

from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from apps.accounts.http import MemberRequest
from apps.reminders import health, overview, rescue
from apps.reminders.models import Delivery, Hold, What
from apps.reminders.models.delivery import Reason
from apps.web.http import safe_next
from apps.web.toasts import toast

PAGE = 50


def deliveries(request: MemberRequest) -> HttpResponse:
    chosen, counts = overview.Filter.read(request.GET), overview.Counts()
    page = Paginator(overview.ordered(chosen.rows()), PAGE).get_page(request.GET.get("page"))
    held = Hold.objects.standing().select_related("by").first()
    processes, jumps = health.processes_and_jumps()
    return render(
        request,
        "reminders/deliveries.html",
        {
            "filter": chosen,
            "figures": counts.figures(),
            "states": counts.states(chosen),
            "channels": counts.channels(chosen),
            "page": page,
            "lines": [overview.line(row, held) for row in page],
            "query": chosen.query(),
            "held": held,
            "processes": processes,
            "jumps": jumps,
            "deeds": _deeds(chosen.rows(), page.paginator.count),
            "most": rescue.AT_ONCE,
            "may_hold": request.member.is_admin,
        },
    )


def _deeds(rows: QuerySet[Delivery], count: int) -> list[tuple[What, str]]:
    """What can be done with all that is shown, and how many of them it is that one can do it with."""
    if count < 2:
        return []
    labels = {What.AGAIN: _("Send %(n)d again"), What.STOPPED: _("Stop %(n)d"), What.KNOWN: _("I know of %(n)d")}
    return [(what, label % {"n": n}) for what, label in labels.items() if (n := rescue.count(what, rows))]


@require_POST
def handle(request: MemberRequest, delivery: UUID) -> HttpResponse:
    """One delivery: sent again, stopped, or known."""
    row = get_object_or_404(Delivery, pk=delivery)
    which = Delivery.objects.filter(pk=row.pk)
    said = ""
    match request.POST.get("what"):
        case What.AGAIN:
            if (found := rescue.send_one_again(row, request.member)) is not None:
                said = _said_of(found, row)
        case What.STOPPED:
            if rescue.stop(which, request.member):
                said = _("It is stopped.")
        case What.KNOWN:
            if rescue.know(which, request.member):
                said = _("It needs no look any more.")
    toast(request, said or _("It has moved on meanwhile. Nothing was done."))
    return redirect(safe_next(request, reverse("reminders:deliveries")))


def _said_of(found: Reason | datetime, row: Delivery) -> str:
    if isinstance(found, Reason):
        return _("Not sent again. %(why)s.") % {"why": found.label}
    row.refresh_from_db()
    if overview.is_held(row, Hold.objects.standing().first()):
        return _("It goes out again once what is held is let go.")
    if found > timezone.now():
        at = date_format(timezone.localtime(found), "SHORT_DATETIME_FORMAT")
        return _("It waits until %(time)s: quiet hours are kept.") % {"time": at}
    return _("It goes out again now.")


@require_POST
def handle_all(request: MemberRequest) -> HttpResponse:
    """The same for all that the filter shows, up to a bound."""
    rows = overview.Filter.read(request.POST).rows()
    match request.POST.get("what"):
        case What.AGAIN:
            n = rescue.send_again(rows, request.member)
            said = ngettext(
                "%(n)d goes out again if it is still wanted. Quiet hours are kept.",
                "%(n)d go out again if they are still wanted. Quiet hours are kept.",
                n,
            )
        case What.STOPPED:
            n = rescue.stop(rows, request.member)
            said = ngettext("%(n)d is stopped.", "%(n)d are stopped.", n)
        case What.KNOWN:
            n = rescue.know(rows, request.member)
            said = ngettext("%(n)d needs no look any more.", "%(n)d need no look any more.", n)
        case _:
            n, said = 0, ""
    toast(request, said % {"n": n} if n else _("Nothing there could be handled so."))
    return redirect(safe_next(request, reverse("reminders:deliveries")))
