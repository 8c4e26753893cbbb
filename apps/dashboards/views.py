"""The dashboard: for managers first, read in a minute, printed, and sent as a link."""

from datetime import date

from django.http import Http404, HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from apps.accounts.http import MemberRequest
from apps.accounts.models import Member
from apps.dashboards import (
    figures,
    front_sections,
    map_so_far,
    pages,
    period,
    scaling,
    suggestions,
)
from apps.dashboards.field_at import field_at
from apps.dashboards.forms import DayForm, PeriodForm
from apps.dashboards.load import FEWEST_DRAWN, Desk
from apps.dashboards.models import OpenDesk
from apps.dashboards.period import Period
from apps.dashboards.section import Reading
from apps.dashboards.sheet import as_csv
from apps.people.models import Rung
from apps.roadmap import at_home
from apps.stakeholders.models.focus import standing, standing_on
from apps.toil import months
from apps.web import csv_file
from apps.web.forms import status
from apps.web.toasts import toast

RUNGS = tuple(rung for rung in Rung if rung)
PERIODS = ("quarter", "year", "own")
OF_PERIOD = ("period", "since", "until")  # what of the address says it


def front(request: MemberRequest) -> HttpResponse:
    reading, asked, form = reading_of(request)
    shown, carried, row = reading.period, reading.carried, reading.map_of_period
    days = _field_days(shown, reading.today)
    at = request.GET.get("at")
    day_form = DayForm(request.GET if at == "own" else None, *shown.days_until(reading.today))
    if at == "own" and day_form.is_valid():
        days["own"] = day_form.cleaned_data["day"]
    at = at if at in days else "now"
    turned = [one for each in reading.maps_since(carried.shown.first) for one in map_so_far.named(each)]
    return render(
        request,
        "dashboards/front.html",
        head(request, "front", reading, asked, form)
        | {
            "lede": pages.FRONT.lede,
            "figures": tuple(figures.figures(carried, reading.steps)),
            "suggestions": suggestions.suggestions(reading),
            "scaling": scaling.told(carried, turned, reading.held.by_month),
            "scaling_table": front_sections.scaling_table(reading),
            "kinds": front_sections.kinds_of_toil(reading),
            "csv": {name: _csv(request, "front", name) for name in pages.FRONT.sections},
            "field": field_at(days[at], reading),
            "at": at,
            "days": [(name, day) for name, day in days.items() if name != "own"],
            "day_form": day_form,
            "asked_months": _asked_months(request).items(),
            "is_over": reading.is_over,
            "is_short": carried.shown != shown,
            "of_items": len(reading.items),
            "rungs": RUNGS,
            "map": str(row) if row else "",
            "year": at_home.year(request) if row and not reading.is_over else None,
            "lanes": front_sections.lanes(reading),
            "pivots": map_so_far.pivots(row, reading.until) if row else (),
            "focus": _focus(reading),
            "came": front_sections.came(reading),
            "everybody": max(0, reading.steps_state.here - 1),  # without who published it
            "desk": carried.desk,
            "is_mine": carried.desk.is_of(request.member),
            "is_split": carried.is_split,
        },
        status=status(day_form) if day_form.errors else status(form) if asked == "own" else 200,
    )


def page(request: MemberRequest, name: str) -> HttpResponse:
    """One of those beside the front page."""
    reading, asked, form = reading_of(request)
    one = pages.BESIDE[name]
    sections = [(key, reading.once(build), _csv(request, name, key)) for key, build in one.sections.items()]
    return render(
        request,
        "dashboards/page.html",
        head(request, name, reading, asked, form)
        | {"page": one, "figures": tuple(one.figures(reading)), "sections": sections},
        status=status(form) if asked == "own" else 200,
    )


def sheet_file(request: MemberRequest, page: str, section: str) -> StreamingHttpResponse:
    """What a part of a page says, whole, as CSV."""
    sections = pages.ALL[page].sections if page in pages.ALL else {}
    if section not in sections:
        raise Http404
    reading, *_rest = reading_of(request)
    header, rows = as_csv(sections[section](reading).sheet)
    name = f"miraizu-{page}-{section}-{reading.period.first:%Y-%m}-{reading.period.last:%Y-%m}.csv"
    return csv_file.response(csv_file.lines(header, rows), name)


def _csv(request: MemberRequest, page: str, section: str) -> str:
    """The address of a part's CSV, of the same months."""
    return reverse("dashboards:sheet_file", args=[page, section]) + of_period(request)


def of_period(request: MemberRequest) -> str:
    """What of the address says which months are meant."""
    kept = _asked_months(request)
    return f"?{urlencode(kept)}" if kept else ""


def _asked_months(request: MemberRequest) -> dict[str, str]:
    return {name: value for name in OF_PERIOD if (value := request.GET.get(name))}


def head(request: MemberRequest, current: str, reading: Reading, asked: str, form: PeriodForm) -> dict:
    """What is above every page: the pages, keeping the months, and the choice of months."""
    kept = of_period(request)
    named = [*((name, page.label) for name, page in pages.ALL.items()), ("snapshots", _("Snapshots"))]
    return {
        "pages": [(reverse(f"dashboards:{name}") + kept, label, name == current) for name, label in named],
        "freeze": f"{reverse('dashboards:snapshot_new')}{kept}" if _may_freeze(request.member) else "",
        "period": reading.period,
        "asked": asked,
        "form": form,
    }


def _may_freeze(member: Member) -> bool:
    return member.is_lead or member.is_manager


def reading_of(request: MemberRequest) -> tuple[Reading, str, PeriodForm]:
    """Of the months that the address asks for; of the year, where it can't be read."""
    today = request.member.today()
    row = at_home.map_of_today(request)
    asked = request.GET.get("period", "year")
    asked = asked if asked in PERIODS else "year"
    shown = period.quarter(today, row) if asked == "quarter" else period.year(today, row)
    form = PeriodForm(request.GET if asked == "own" else None, today, shown)
    if asked == "own" and form.is_valid():
        shown = form.period
    return Reading(request.member, today, shown, row), asked, form


def _focus(reading: Reading) -> dict | None:
    """The decision that stands, or stood at the end of a period that is over. One query, or none where it is kept."""
    decision = standing_on(reading.until) if reading.is_over else standing()
    is_due = bool(decision and not reading.is_over and decision.is_due(reading.today))
    return {"decision": decision, "is_due": is_due, "is_over": reading.is_over} if decision else None


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
    if not Desk.of_first_sre().is_of(request.member):
        toast(request, _("Only the first SRE says whether their share is shown."))
    else:
        on = request.POST.get("on") == "1"
        OpenDesk.choose(request.member, on=on)
        toast(request, _("Your share is shown by name.") if on else _("Your share is not shown any more."))
    return redirect("dashboards:front")
