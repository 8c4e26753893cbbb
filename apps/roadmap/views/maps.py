"""The map as everybody reads it: as a picture or a list, today or as of any day, a quarter more closely."""

from datetime import timedelta
from functools import partial
from urllib.parse import urlencode

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from apps.accounts.http import MemberRequest
from apps.accounts.models import Member, persons
from apps.roadmap import picture, team
from apps.roadmap.changes import Difference
from apps.roadmap.document import QUARTERS
from apps.roadmap.look import Look
from apps.roadmap.models import Draft, Reading, Revision
from apps.roadmap.models.revision import document_of

VIEWS = ("map", "list")
LOUD_DAYS = 7  # a pivot is news for a week


def future_map(request: MemberRequest) -> HttpResponse:
    """The map, or before there is one, how it begins."""
    look = Look.at(request.GET)
    if look is None:
        mine = Draft.objects.filter(owner=request.member, map__head=0).select_related("map").order_by("-changed_at")
        context = {"drafts": mine.open(), "kept": mine.kept(), "may_draw": request.member.is_lead}
        return render(request, "roadmap/none.html", context)
    if "day" in request.GET:  # the slider, which counts days
        return _slid(request, look)
    return _page(request, look)


def _slid(request: MemberRequest, look: Look) -> HttpResponse:
    asked = request.GET["day"]
    days = int(asked) if asked.isascii() and asked.isdigit() and len(asked) < 6 else look.slider_max
    day = min(look.first_day + timedelta(days=days), look.last_day)
    there = {"map": str(look.map)} | ({} if day >= look.today else {"at": day.isoformat()})
    if look.quarter:
        there["quarter"] = str(look.quarter)
    moved = Look.at(there)
    if not request.htmx or moved is None:
        return redirect(f"{reverse('roadmap:map')}?{urlencode(there)}")
    response = _page(request, moved, "roadmap/map.html#moved")
    response["HX-Push-Url"] = reverse("roadmap:map") + moved.query(view=request.GET.get("view"))
    return response


def _page(request: MemberRequest, look: Look, template: str = "roadmap/map.html") -> HttpResponse:
    view = request.GET.get("view") if request.GET.get("view") in VIEWS else ""
    found = team.actual(look.year, look.day, look.today)
    checks, did_it = look.checks, {pk for quarter in found.values() for pk in quarter.shown}
    pivot = _last_pivot(look)
    cores = picture.cores(look.document, look.year, checks, look.day) if view != "map" else []
    teams = team.teams(look.document.quarters, found, persons(look.document.seated | did_it))
    pivots = [mark.day for mark in look.marks if mark.is_pivot and mark.number <= look.number]
    drafts = list(Draft.objects.seen_by(request.member).open().select_related("owner", "map").order_by("-changed_at"))
    own = [row for row in drafts if row.owner_id == request.member.pk]
    context = {
        "look": look,
        "view": view,
        "document": look.document,
        "lanes": partial(picture.draw, look.document, look.span, checks),
        "kept": (look.map.pk, look.number, look.map.erasures, look.map.check_ins, look.day, look.quarter, look.query()),
        "core_teams": list(zip(cores, teams, strict=False)),
        "teams": teams,
        "heads": picture.heads(look.document.quarters, look.year, look.quarter, look.day),
        "flags": picture.flags(look.span, pivots, look.day),
        "pivot": pivot,
        "draft": next((row for row in own if row.map == look.map), None),
        "drafts": [row for row in own if row.map != look.map],
        "shared": [row for row in drafts if row.owner_id != request.member.pk],
        "may_draw": request.member.is_lead,
        "query": look.query(),
        "exactly": look.exactly(view=view or None),
        "whole": look.query(quarter=None, view=view or None),
        "quarter_links": [(number, look.query(quarter=number, view=view or None)) for number in QUARTERS],
    }
    if pivot:
        context |= _note(request.member, look, pivot)
    return render(request, template, context)


def _last_pivot(look: Look) -> Revision | None:
    """The newest pivot of what is shown."""
    number = next((row.number for row in reversed(look.rows) if row.is_pivot and row.number <= look.number), None)
    rows = look.map.revisions.select_related("by").with_readers()
    return rows.get(number=number) if number else None


def _note(member: Member, look: Look, pivot: Revision) -> dict:
    """What a pivot's note says: its reason, what changed, and how many have read it."""
    before, after = (document_of(look.map, n) for n in (pivot.number - 1, pivot.number))
    is_read = pivot.by_id == member.pk or Reading.objects.filter(revision=pivot, member=member).exists()
    return {
        "said": pivot.said,
        "difference": Difference(before, after, look.year),
        "is_read": is_read,
        "is_loud": not is_read or (look.today - pivot.day).days <= LOUD_DAYS,
        "everybody": Member.objects.active().exclude(pk=pivot.by_id).count(),
    }
