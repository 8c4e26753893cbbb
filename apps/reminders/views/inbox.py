"""The inbox: what waits for the reader, answered where it stands."""

from datetime import datetime, time, timedelta
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from apps.accounts.http import MemberRequest
from apps.accounts.models import Member
from apps.reminders import inbox as lying
from apps.reminders.models import InboxLine
from apps.reminders.timing import moment
from apps.web.http import or_see
from apps.web.toasts import toast

SHOWN, SHOWN_ON_HOME = 100, 3


def unread_of(member: Member) -> int:
    """As it was read with the member (`ask_along`)."""
    return getattr(member, "inbox_unread", 0)


def inbox(request: MemberRequest) -> HttpResponse:
    if "put-away" in request.GET:
        return render(request, "reminders/put_away.html", {"lines": lying.put_away(request.member, SHOWN)})
    found = lying.inbox(request.member, SHOWN)
    snoozed = InboxLine.objects.filter(member=request.member, done_at=None, snoozed_until__gt=timezone.now()).count()
    if "prefetch" not in request.headers.get("Sec-Purpose", ""):
        lying.mark_read(found.lines)
        setattr(request.member, "inbox_unread", 0)  # noqa: B010  (asked along, no field of a member)
    return render(request, "reminders/inbox.html", {"found": found, "snoozed": snoozed})


def newest(request: MemberRequest) -> HttpResponse:
    """Home's part of it, asked for when Home is there."""
    found = lying.inbox(request.member, SHOWN_ON_HOME)
    return render(request, "reminders/newest.html", {"found": found, "unread": unread_of(request.member)})


def unread(request: MemberRequest) -> HttpResponse:
    """How many are unread, for a page that stays open; nothing if it is what the page knows. No query of its own."""
    n = unread_of(request.member)
    if request.GET.get("seen") == str(n):
        return HttpResponse(status=204)
    answer = render(request, "reminders/unread_changed.html", {"n": n})
    answer["HX-Trigger-After-Settle"] = "inbox-changed"
    return answer


@or_see("reminders:inbox")
def done(request: MemberRequest, delivery: UUID) -> HttpResponse:
    row = get_object_or_404(InboxLine, pk=delivery, member=request.member)
    again = "again" in request.POST
    InboxLine.objects.filter(pk=row.pk).update(done_at=None if again else timezone.now(), snoozed_until=None)
    toast(request, _("It is back in the inbox.") if again else _("Put away."))
    return redirect("reminders:inbox")


@or_see("reminders:inbox")
def later(request: MemberRequest, delivery: UUID) -> HttpResponse:
    """Out of sight until tomorrow morning, on the reader's clock; then it is new again."""
    row = get_object_or_404(InboxLine, pk=delivery, member=request.member)
    InboxLine.objects.filter(pk=row.pk).update(snoozed_until=_tomorrow(request.member), read_at=None)
    toast(request, _("It comes back tomorrow morning."))
    return redirect("reminders:inbox")


def _tomorrow(member) -> datetime:
    return moment(member.today() + timedelta(days=1), time(8), member.zone)


@or_see("reminders:inbox")
def all_done(request: MemberRequest) -> HttpResponse:
    InboxLine.objects.waiting(request.member).update(done_at=timezone.now())
    toast(request, _("All of it is put away."))
    return redirect("reminders:inbox")
