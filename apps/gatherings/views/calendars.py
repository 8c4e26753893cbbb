"""Calendars: feeds to subscribe to, files to open once, and who may switch feeds off."""

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone, translation
from django.utils.cache import get_conditional_response
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from apps.accounts.http import MemberRequest
from apps.gatherings import feed as feeds
from apps.gatherings.calendar_file import etag
from apps.gatherings.models import Gathering, Meeting
from apps.gatherings.models.feed import Feed, FeedKind
from apps.web.http import Request
from apps.web.toasts import toast

MOST = 400  # meetings in one file


def subscribed(request: Request, token: str) -> HttpResponse:
    """What a calendar fetches: the token says whose it is (R71). Unchanged it costs a calendar nothing (R45)."""
    row = Feed.by_token(token)
    if row is None:
        raise Http404
    with translation.override(row.member.language):
        content = feeds.of_feed(row, timezone.now())
    row.note_fetch(request.headers.get("User-Agent", ""))
    tag = etag(content)
    response = get_conditional_response(request, etag=tag) or _calendar(content)
    response["ETag"] = tag
    response["Cache-Control"] = "private, max-age=900"
    response["Referrer-Policy"] = "no-referrer"
    return response


def _calendar(content: bytes, name: str = "") -> HttpResponse:
    response = HttpResponse(content, content_type="text/calendar; charset=utf-8")
    if name:
        response["Content-Disposition"] = f'attachment; filename="{name}.ics"'
    return response


def of_meeting(request: MemberRequest, pk: int, number: int) -> HttpResponse:
    """One meeting as a file."""
    row = get_object_or_404(Meeting.objects.select_related("gathering"), gathering=pk, number=number)
    return _calendar(feeds.of_meetings([row], row.label), f"gathering-{pk}-{number}")


def of_gathering(request: MemberRequest, pk: int) -> HttpResponse:
    """The meetings of a gathering that are still to come as a file."""
    row = get_object_or_404(Gathering, pk=pk)
    ahead = row.meetings.ahead(timezone.now()).select_related("gathering")[:MOST]
    return _calendar(feeds.of_meetings(ahead, row.title), f"gathering-{pk}")


def calendars(request: MemberRequest) -> HttpResponse:
    """The reader's feeds; for admins, everybody's."""
    me = request.member
    mine = {row.kind: row for row in Feed.objects.filter(member=me)}
    context = {
        "feeds": [(kind, mine.get(kind)) for kind in FeedKind],
        "others": Feed.objects.select_related("member").order_by("member__display_name", "kind") if me.is_admin else (),
    }
    return render(request, "gatherings/calendars.html", context)


@require_POST
def make(request: MemberRequest) -> HttpResponse:
    """Makes a feed, or a fresh address for it; shown once."""
    kind = request.POST.get("kind", "")
    if kind not in FeedKind.values:
        toast(request, _("Choose which gatherings."))
        return redirect("gatherings:calendars")
    token = Feed.make(request.member, kind, busy=request.POST.get("busy") == "on")
    address, webcal = feeds.addresses(token)
    context = {"address": address, "webcal": webcal, "label": FeedKind(kind).label}
    response = render(request, "gatherings/calendar_address.html", context)
    response["Cache-Control"] = "no-store"
    return response


@require_POST
def end(request: MemberRequest, pk: int) -> HttpResponse:
    """Switches a feed off: one's own, or as an admin anybody's."""
    rows = Feed.objects.all() if request.member.is_admin else Feed.objects.filter(member=request.member)
    get_object_or_404(rows, pk=pk).delete()
    toast(request, _("The feed is switched off. Calendars find nothing there any more."))
    return redirect("gatherings:calendars")
