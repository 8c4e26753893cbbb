"""The pivots as a story, one pivot with its reason and readers, and both on paper."""

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.text import slugify

from apps.accounts.http import MemberRequest
from apps.accounts.models import Member, persons
from apps.roadmap import decision_record, evidence, history
from apps.roadmap.look import Look
from apps.roadmap.models import Map, Reading, Revision
from apps.roadmap.views.compare import pictured
from apps.web.http import or_see, safe_next

PAGE = 20


def story(request: MemberRequest) -> HttpResponse:
    """All revisions, the newest first; pivots with pictures and reasons, adjustments in a line."""
    look = Look.at({"map": request.GET.get("map", "")})
    if look is None:
        return redirect("roadmap:map")
    pages = -(-look.map.head // PAGE)
    asked = request.GET.get("page", "")
    page = min(max(int(asked), 1), pages) if asked.isascii() and asked.isdigit() and len(asked) < 6 else 1
    last = look.map.head - (page - 1) * PAGE
    told = history.told(look.map, max(1, last - PAGE + 1), last)[::-1]
    after = _after(look, told)
    context = {
        "look": look,
        "told": [(one, after.get(one.revision.number)) for one in told],
        "page": page,
        "pages": pages,
        "may_draw": request.member.is_lead,
    }
    return render(request, "roadmap/history.html", context)


def _after(look: Look, told: list[history.Told]) -> dict:
    return history.aftermaths([one for one in told if one.revision.is_pivot], look.today)


def year(request: MemberRequest) -> HttpResponse:
    """The story of the year on paper: how it began, each pivot, and the map as it is."""
    look = Look.at(request.GET)
    if look is None:
        return redirect("roadmap:map")
    told = [one for one in history.told(look.map, 1, look.number) if one.revision.is_pivot or one.revision.number == 1]
    after = _after(look, told)
    named = {pk for one in told for side in (one.difference.before, one.difference.after) for pk in side.people}
    context = {
        "look": look,
        "told": [(one, after.get(one.revision.number)) for one in told],
        "document": look.document,
        "people": persons(named),
    }
    return render(request, "roadmap/year.html", context)


def _revision(month: str, number: int) -> Revision:
    row = Map.objects.published().starting(month)
    if row is None:
        raise Http404
    return get_object_or_404(row.revisions.select_related("by", "map").with_readers(), number=number)


def pivot(request: MemberRequest, month: str, number: int) -> HttpResponse:
    """One revision: what it changed in picture and words, and of a pivot the reason and who has read it."""
    revision = _revision(month, number)
    row, member = revision.map, request.member
    one = history.told(row, number, number)[0]
    said = revision.said
    look = Look.at({"map": month})
    is_mine = revision.by_id == member.pk
    readers = list(revision.readings.select_related("member").order_by("at")) if is_mine else []
    context = {
        "revision": revision,
        "look": look,
        "said": said,
        "first": list(persons(set(said.first)).values()),
        "evidence": evidence.linked(said.evidence),
        "difference": one.difference,
        "is_mine": is_mine,
        "readers": readers,
        "is_read": is_mine or Reading.objects.filter(revision=revision, member=member).exists(),
        "everybody": Member.objects.active().exclude(pk=revision.by_id).count(),
        "after": history.aftermaths([one], member.today())[number],
        "query": f"?map={month}&revision={number}",
        **pictured(request, one.difference, revision.day, look),
    }
    return render(request, "roadmap/pivot.html", context)


@or_see("roadmap:pivot", "month", "number")
def read(request: MemberRequest, month: str, number: int) -> HttpResponse:
    """Says that one has read a pivot. Twice is the same as once."""
    revision = _revision(month, number)
    if revision.is_pivot and revision.by_id != request.member.pk:
        Reading.objects.get_or_create(revision=revision, member=request.member)
    return redirect(safe_next(request, reverse("roadmap:pivot", args=[month, number])))


def as_markdown(_request: MemberRequest, month: str, number: int) -> HttpResponse:
    """A pivot in Markdown, to paste into a decision record."""
    revision = _revision(month, number)
    one = history.told(revision.map, number, number)[0]
    response = HttpResponse(decision_record.write(one), content_type="text/markdown; charset=utf-8")
    name = slugify(revision.said.name) or "revision"
    response["Content-Disposition"] = f'attachment; filename="{revision.day:%Y-%m-%d}-{name}.md"'
    return response
