"""The timer: start, stop, throw away. One runs at a time, on the server, whatever the browser does."""

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from apps.accounts.http import MemberRequest
from apps.stakeholders.models import Stakeholder
from apps.toil import durations
from apps.toil.forms import StopTimerForm
from apps.toil.models import Entry, Item, Source, Timer
from apps.toil.views.quick import read_line
from apps.toil.views.said import say_logged
from apps.web.forms import status
from apps.web.http import safe_next, whole_page
from apps.web.models.submission import once
from apps.web.text import clean, whole_number
from apps.web.toasts import toast


@require_POST
def start(request: MemberRequest) -> HttpResponse:
    """Starts the timer on what the line names so far; starting twice changes nothing."""
    member = request.member
    line = clean(request.POST.get("line", ""))[:500]
    reading = read_line(member, line) if line else None
    _timer, made = Timer.objects.get_or_create(
        member=member,
        defaults={
            "item": Item.objects.filter(pk=reading.item.id).first() if reading and reading.item else None,
            "stakeholder": Stakeholder.objects.filter(pk=reading.stakeholder.id).first()
            if reading and reading.stakeholder
            else None,
            "note": (reading.note if reading else "")[:2000],
            "line": "" if reading and reading.item else line,
            "started_at": timezone.now(),
        },
    )
    if not made:
        toast(request, _("A timer is running already. Stop it first."))
    return whole_page(request, safe_next(request))


@require_POST
def stop(request: MemberRequest) -> HttpResponse:
    """Logs the time if all is known, or the minutes that were offered; else goes to the page that asks for the rest."""
    member = request.member
    timer = Timer.objects.select_related("item", "stakeholder").filter(member=member).first()
    if timer is None:
        toast(request, _("No timer is running."))
        return redirect(safe_next(request))
    offered = whole_number(request.POST.get("minutes", ""))
    if offered and whole_number(request.POST.get("started", "")) != timer.mark:  # offered for an earlier run
        toast(request, _("The timer was stopped already."))
        return redirect(safe_next(request))
    if timer.item is None or (timer.is_forgotten and not offered):
        return redirect("toil:timer")
    _log(request, timer, timer.item, offered or timer.minutes, timer.stakeholder, timer.note)
    return redirect(safe_next(request))


def finish(request: MemberRequest) -> HttpResponse:
    """Asks what it was and how long, when the timer does not know, or ran for more than twelve hours."""
    member = request.member
    timer = Timer.objects.select_related("item", "stakeholder").filter(member=member).first()
    if timer is None:
        return redirect("web:home")
    asked = read_line(member, timer.line) if timer.line else None
    guess = timer.minutes
    if timer.is_forgotten:
        guess = timer.likely_minutes
    form = StopTimerForm(
        request.POST or None,
        initial={
            "item": timer.item_id,
            "minutes": durations.show(guess),
            "stakeholder": timer.stakeholder_id,
            "new_item": (asked.new_item_name or asked.name)[:120] if asked and not timer.item else "",
            "note": timer.note,
        },
    )
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        _log(request, timer, data["item"] or data["new_item"], data["minutes"], data["stakeholder"], data["note"])
        return redirect("web:home")
    return render(request, "toil/timer.html", {"form": form, "timer": timer}, status=status(form))


@require_POST
def discard(request: MemberRequest) -> HttpResponse:
    """Throws the running timer away without logging."""
    Timer.objects.filter(member=request.member).delete()
    toast(request, _("The timer is gone. Nothing was logged."))
    return redirect("web:home")


def _log(request: MemberRequest, timer: Timer, item: Item | str, minutes: int, stakeholder, note: str) -> None:
    """Writes the entry and ends the timer together, so that stopping in two tabs logs once.

    `item` may be the name of a new one.
    """
    member = request.member
    began = timer.started_at.astimezone(member.zone)

    def deed() -> int | None:
        if not Timer.objects.filter(pk=timer.pk, started_at=timer.started_at).delete()[0]:
            return None
        return Entry.log(
            member=member,
            item=Item.observe(item, member) if isinstance(item, str) else item,
            minutes=min(minutes, 1440),
            day=began.date(),
            stakeholder=stakeholder,
            note=note,
            clock=began.time().replace(second=0, microsecond=0),
            source=Source.TIMER,
        ).pk

    pk, _fresh = once(member, "timer", None, deed)
    entry = Entry.objects.with_names().filter(pk=pk or 0).first()
    if entry is None:
        toast(request, _("The timer was stopped already."))
    else:
        say_logged(request, entry, with_item=isinstance(item, str))
