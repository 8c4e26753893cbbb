"""The inbox: what waits for the reader, answered where it stands."""

from contextlib import suppress
from datetime import datetime, time, timedelta
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from apps.accounts.http import MemberRequest
from apps.accounts.models import Member
from apps.reminders import answered
from apps.reminders import inbox as lying
from apps.reminders.letter import Answer
from apps.reminders.models import InboxLine
from apps.reminders.timing import moment
from apps.web.http import or_see, safe_next
from apps.web.toasts import toast

SHOWN, SHOWN_ON_HOME = 100, 3


def unread_of(member: Member) -> int:
    """As it was read with the member (`ask_along`)."""
    return getattr(member, "inbox_unread", 0)


def inbox(request: MemberRequest) -> HttpResponse:
    member = request.member
    if "put-away" in request.GET:
        context = {"lines": lying.put_away(member, SHOWN), "later": lying.put_off(member, SHOWN)}
        return render(request, "reminders/put_away.html", context)
    found = lying.inbox(member, SHOWN)
    snoozed = InboxLine.objects.filter(member=member, done_at=None, snoozed_until__gt=timezone.now()).count()
    if "prefetch" not in request.headers.get("Sec-Purpose", ""):
        lying.mark_read(found.lines)
        setattr(member, "inbox_unread", 0)  # noqa: B010  (asked along, no field of a member)
    lines = answered.with_answered(found.lines, member, request.session)
    return render(request, "reminders/inbox.html", {"lines": lines, "found": found, "snoozed": snoozed})


def newest(request: MemberRequest) -> HttpResponse:
    """Home's part of it, asked for when Home is there."""
    if not request.htmx:
        return redirect("reminders:inbox")
    found = lying.inbox(request.member, SHOWN_ON_HOME)
    lines = answered.with_answered(found.lines, request.member, request.session, most=1)
    context = {"lines": lines, "found": found, "unread": unread_of(request.member)}
    return render(request, "reminders/newest.html", context)


def unread(request: MemberRequest) -> HttpResponse:
    """How many are unread, for a page that stays open; nothing if it is what the page knows. No query of its own."""
    n = unread_of(request.member)
    if request.GET.get("seen") == str(n):
        return HttpResponse(status=204)
    answer = render(request, "reminders/unread_changed.html", {"n": n})
    answer["HX-Trigger-After-Settle"] = "inbox-changed"
    return answer


@or_see("reminders:inbox")
def answer(request: MemberRequest, delivery: UUID) -> HttpResponse:
    """Keeps what is answered, and hands the form on to the room that asks."""
    row = _mine(request, delivery)
    line = lying.line(row)
    offered = line.letter.answers if line else ()
    said = [each for each in offered if each.path == request.POST.get("to") and each.fields == _fields(request, each)]
    if line is None or not said:
        toast(request, _("That can’t be answered here any more: it has changed since."))
        return redirect("reminders:inbox")
    answered.keep(request.session, row, line.letter, said[0])
    return redirect(said[0].path, preserve_request=True)


def _fields(request: MemberRequest, one: Answer) -> tuple[tuple[str, str], ...]:
    return tuple((name, request.POST.get(name, "")) for name, _value in one.fields)


def _mine(request: MemberRequest, pk: UUID) -> InboxLine:
    rows = InboxLine.objects.select_related("delivery__recipient", "delivery__destination")
    return get_object_or_404(rows, pk=pk, member=request.member)


@or_see("reminders:inbox")
def done(request: MemberRequest, delivery: UUID) -> HttpResponse:
    row = _mine(request, delivery)
    is_undone = "undo" in request.POST
    InboxLine.objects.filter(pk=row.pk).update(done_at=None if is_undone else timezone.now(), snoozed_until=None)
    if is_undone:
        toast(request, _("It is back in the inbox."))
        return redirect(lying.address(row))
    toast(request, _("Put away."), "1", at=request.path)
    return redirect(safe_next(request, lying.address(lying.beside(row))))


@or_see("reminders:inbox")
def later(request: MemberRequest, delivery: UUID) -> HttpResponse:
    """Out of sight until tomorrow morning, on the reader's clock; then it is new again."""
    row = _mine(request, delivery)
    if "undo" in request.POST:
        InboxLine.objects.filter(pk=row.pk).update(snoozed_until=None)
        toast(request, _("It is back in the inbox."))
        return redirect(lying.address(row))
    InboxLine.objects.filter(pk=row.pk).update(snoozed_until=_tomorrow(request.member), read_at=None)
    toast(request, _("It comes back tomorrow morning."), "1", at=request.path)
    return redirect(lying.address(lying.beside(row)))


def _tomorrow(member) -> datetime:
    return moment(member.today() + timedelta(days=1), time(8), member.zone)


@or_see("reminders:inbox")
def all_done(request: MemberRequest) -> HttpResponse:
    """Puts all away; taken back, exactly those come back that went with it."""
    if "undo" in request.POST:
        with suppress(ValueError):
            at = datetime.fromisoformat(request.POST["undo"])
            if timezone.is_aware(at):
                InboxLine.objects.filter(member=request.member, done_at=at).update(done_at=None)
        toast(request, _("All of it is back in the inbox."))
        return redirect("reminders:inbox")
    now = timezone.now()
    InboxLine.objects.waiting(request.member).update(done_at=now)
    answered.forget(request.session)
    toast(request, _("All of it is put away."), now.isoformat(), at=request.path)
    return redirect(lying.address(None))
