"""The inbox: what waits for the reader, answered where it stands."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from apps.accounts.http import MemberRequest
from apps.reminders.kinds import Kind, kind
from apps.reminders.letter import Letter
from apps.reminders.models import InboxLine
from apps.reminders.timing import moment
from apps.web.http import or_see
from apps.web.toasts import toast

SHOWN = 100


@dataclass(frozen=True, slots=True)
class Line:
    row: InboxLine
    kind: Kind
    letter: Letter


def _lines(rows: list[InboxLine]) -> list[Line]:
    """What the rows say today, without those that have nothing to say any more. A fixed number of queries a kind."""
    by_kind = defaultdict(list)
    for row in rows:
        by_kind[row.delivery.kind].append(row.delivery)
    said: dict = {}
    for name, deliveries in by_kind.items():
        try:
            said |= kind(name).say(deliveries)
        except KeyError:  # a kind of an earlier version
            continue
    return [
        Line(row, kind(row.delivery.kind), letter) for row in rows if isinstance(letter := said.get(row.pk), Letter)
    ]


def inbox(request: MemberRequest) -> HttpResponse:
    rows = list(InboxLine.objects.waiting(request.member).select_related("delivery").order_by("-arrived_at")[:SHOWN])
    lines = _lines(rows)
    snoozed = InboxLine.objects.filter(member=request.member, done_at=None, snoozed_until__gt=timezone.now()).count()
    return render(request, "reminders/inbox.html", {"lines": lines, "snoozed": snoozed})


@or_see("reminders:inbox")
def done(request: MemberRequest, delivery: UUID) -> HttpResponse:
    row = get_object_or_404(InboxLine, pk=delivery, member=request.member)
    again = "again" in request.POST
    InboxLine.objects.filter(pk=row.pk).update(done_at=None if again else timezone.now())
    if not again:
        toast(request, _("Put away."))
    return redirect("reminders:inbox")


@or_see("reminders:inbox")
def later(request: MemberRequest, delivery: UUID) -> HttpResponse:
    """Out of sight until tomorrow morning, on the reader's clock."""
    row = get_object_or_404(InboxLine, pk=delivery, member=request.member)
    InboxLine.objects.filter(pk=row.pk).update(snoozed_until=_tomorrow(request.member))
    toast(request, _("It comes back tomorrow morning."))
    return redirect("reminders:inbox")


def _tomorrow(member) -> datetime:
    return moment(member.today() + timedelta(days=1), time(8), member.zone)


@or_see("reminders:inbox")
def all_done(request: MemberRequest) -> HttpResponse:
    InboxLine.objects.waiting(request.member).update(done_at=timezone.now())
    return redirect("reminders:inbox")
