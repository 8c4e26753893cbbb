"""The dashboard: for managers first, read in a minute, printed, and sent as a link."""

from datetime import date

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from apps.accounts.http import MemberRequest
from apps.accounts.models import Member
from apps.dashboards import figures, kinds, map_so_far, participation, period, scaling
from apps.dashboards.forms import PeriodForm
from apps.dashboards.load import FEWEST_DRAWN, Carried, Desk
from apps.dashboards.models import OpenDesk
from apps.dashboards.period import Period
from apps.people.ladder import Steps, field_of
from apps.people.models import Rung
from apps.roadmap import at_home
from apps.roadmap.models import Map
from apps.stakeholders.models.focus import standing
from apps.toil import months
from apps.toil.figures import monthly_costs
from apps.toil.models import Item
from apps.web.forms import status
from apps.web.toasts import toast

MOST_ITEMS = 7  # in the field
PERIODS = ("quarter", "year", "own")


def front(request: MemberRequest) -> HttpResponse:
    today = request.member.today()
    row = at_home.map_of_today(request)
    shown, asked, form = _period(request, today, row)
    carried = Carried(Desk.of_first_sre(), shown, today)
    turned = map_so_far.named(row) if row else []
    held = participation.Held(carried.shown, shown, today)
    days = _field_days(shown, today)
    at = asked_at if (asked_at := request.GET.get("at")) in days else "now"
    items, costs = list(Item.objects.coming_back()), monthly_costs(today)
    steps = Steps(items)
    costly = sorted((item for item in items if item.pk in costs), key=lambda item: -costs[item.pk].minutes)[:MOST_ITEMS]
    return render(
        request,
        "dashboards/front.html",
        {
            "figures": figures.figures(carried, steps),
            "scaling": scaling.scaling(carried, turned, held.by_month),
            "kinds": kinds.kinds(carried.drawn),
            "costs": costs,
            "field": field_of(costly, steps.stood(days[at] if days[at] < today else None), request.member),
            "at": at,
            "days": days.items(),
            "is_over": shown.end < today,
            "is_short": carried.shown != shown,
            "of_items": len(items),
            "rungs": [rung for rung in Rung if rung],
            "map": row,
            "year": at_home.year(request),
            "lanes": map_so_far.lanes(row, today) if row else [],
            "pivots": map_so_far.pivots(row) if row else [],
            "focus": _focus(today),
            "participation": participation.participation(shown, today),
            "unnoted": held.unnoted,
            "everybody": max(0, Member.objects.active().count() - 1),  # without who published it
            "desk": carried.desk,
            "is_mine": carried.desk.member == request.member,
            "is_split": carried.is_split,
            "period": shown,
            "asked": asked,
            "form": form,
        },
        status=status(form) if asked == "own" else 200,
    )


def _period(request: MemberRequest, today: date, row: Map | None) -> tuple[Period, str, PeriodForm]:
    """What the address asks for; the year, where it can't be read."""
    asked = request.GET.get("period", "year")
    asked = asked if asked in PERIODS else "year"
    shown = period.quarter(today, row) if asked == "quarter" else period.year(today, row)
    form = PeriodForm(request.GET if asked == "own" else None, today, shown)
    return (form.period if asked == "own" and form.is_valid() else shown), asked, form


def _focus(today: date) -> dict | None:
    decision = standing()
    return {"decision": decision, "is_due": decision.is_due(today)} if decision else None


def _field_days(shown: Period, today: date) -> dict[str, date]:
    """Three days at which the field may be looked at: the period's first, its middle, and its last or today."""
    first, end = shown.days_until(today)
    middle = first + (end - first) / 2
    return {
        "first": first,
        "middle": middle if len(shown.months) < FEWEST_DRAWN else months.first(middle),
        "now": end,
    }


@require_POST
def desk(request: MemberRequest) -> HttpResponse:
    """The first SRE says whether their share is shown by name; nobody else can say it for them."""
    if Desk.of_first_sre().member != request.member:
        toast(request, _("Only the first SRE says whether their share is shown."))
    else:
        on = request.POST.get("on") == "1"
        OpenDesk.choose(request.member, on=on)
        toast(request, _("Your share is shown by name.") if on else _("Your share is not shown any more."))
    return redirect("dashboards:front")
