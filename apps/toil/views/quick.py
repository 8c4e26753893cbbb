"""Logging in under five seconds: the line, its reading while typing, repeat chips, and undo."""

import uuid
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from apps.accounts.http import MemberRequest
from apps.accounts.models import Member
from apps.stakeholders.models import Stakeholder
from apps.toil import completion, durations, figures, known, quicklog, today, undo
from apps.toil.log import Filters, page
from apps.toil.models import Entry, Item, Source
from apps.toil.views.said import say_logged
from apps.web.http import safe_next, whole_page
from apps.web.models.merge import where_it_went
from apps.web.models.submission import once
from apps.web.text import whole_number
from apps.web.toasts import toast

KEPT_FOR = timedelta(days=30)


def read_line(member: Member, line: str, typed_on: str = "", names: known.Names | None = None) -> quicklog.Reading:
    """What the line means to `member`. A line kept offline says on which day it was typed: “today” means that day."""
    names = names or known.names(member, line)
    return quicklog.read(
        line,
        items=names.items,
        stakeholders=names.stakeholders,
        members=names.members,
        today=_typed_on(member.today(), typed_on),
    )


def _typed_on(today: date, text: str) -> date:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return today
    return day if today - KEPT_FOR <= day <= today else today


def read(request: MemberRequest) -> HttpResponse:
    """What the line means so far, as chips under it, and what its end may become, as a list to choose from."""
    member = request.member
    # Asked by POST, because a long Japanese note fits no address.
    line = request.POST.get("line", "") or request.GET.get("line", "")
    if not line.strip():
        return render(request, "toil/reading_answer.html", {"typing": True})
    names = known.names(member, line)
    reading = read_line(member, line, names=names)
    offer = completion.offer(line, reading, names.stakeholders, names.members)
    times = {}
    if offer and offer.kind == "stakeholder":
        ids = (option.id for option in offer.options)
        times = figures.times_this_week_for(ids, member.today(), member.week_start)
    options = [(option, times.get(option.id, 0)) for option in offer.options] if offer else []
    options.sort(key=lambda pair: -pair[1])
    context = {"line": line, "reading": reading, "typing": True, "offer": offer, "options": options}
    return render(request, "toil/reading_answer.html", context)


def log(request: MemberRequest) -> HttpResponse:
    """GET: the line on a page of its own. POST: logs it, or asks the one question that is open."""
    member = request.member
    if request.method == "GET":
        return _page(request, None)
    line = request.POST.get("line", "")
    typed_on = request.POST.get("typed_on", "")
    reading = read_line(member, line, typed_on)
    if not reading.ready:
        if request.htmx:
            return render(request, "toil/reading_answer.html", {"reading": reading}, status=422)
        return _page(request, reading, status=422)
    return _logged(request, "log", lambda: _write(member, reading, typed_on), with_item=reading.item is None)


def _write(member: Member, reading: quicklog.Reading, typed_on: str) -> Entry:
    whose = Member.objects.get(pk=reading.member.id) if reading.member else member
    stakeholder = Stakeholder.objects.get(pk=reading.stakeholder.id) if reading.stakeholder else None
    if reading.item:
        item = Item.objects.for_an_entry().get(pk=reading.item.id)
    else:
        item = Item.observe(reading.new_item_name or "", member)
    day = reading.day or _typed_on(member.today(), typed_on)
    return Entry.log(
        member=whose,
        by=member,
        item=item,
        minutes=reading.minutes or 0,
        day=day,
        stakeholder=stakeholder,
        note=reading.note,
        clock=today.clock_for(member, day, getattr(reading, "started", None)),
        source=Source.QUICK,
    )


@require_POST
def again(request: MemberRequest) -> HttpResponse:
    """Logs an item once more, with the minutes of the chip or of the entry it was pressed on."""
    member = request.member
    item = get_object_or_404(Item.objects.current(), pk=_number(request, "item"))
    group = _number(request, "stakeholder")
    stakeholder = Stakeholder.objects.filter(pk=where_it_went(Stakeholder, group)).first() if group else None
    said = request.POST.get("minutes", "")
    minutes = _number(request, "minutes") if said else item.usual_minutes or 15
    if not 1 <= minutes <= durations.LONGEST:
        toast(request, _("Nothing was logged: this length can’t be read. Use the full form."))
        return whole_page(request, safe_next(request))

    def deed() -> Entry:
        return Entry.log(
            member=member,
            item=item,
            minutes=minutes,
            day=member.today(),
            stakeholder=stakeholder,
            clock=today.clock_for(member, None, None),
            source=Source.REPEAT,
        )

    return _logged(request, "again", deed)


def _number(request: MemberRequest, name: str) -> int:
    """A whole number that fits the database, or 0."""
    return whole_number(request.POST.get(name, "")) or 0


def _logged(request: MemberRequest, form: str, deed: Callable[[], Entry], with_item: bool = False) -> HttpResponse:
    """Writes the entry once, and answers with it; a repeat is answered with what the first one wrote."""
    member = request.member
    written: list[Entry] = []

    def write() -> int:
        written.append(deed())
        return written[-1].pk

    pk, fresh = once(member, form, request.POST.get("submission_id"), write)
    entry = written[-1] if fresh else Entry.objects.with_names().filter(pk=pk or 0).first()
    if entry is None:  # sent twice, and undone in between
        toast(request, _("This was logged and undone already."))
    else:
        say_logged(request, entry, with_item=with_item)
    if not request.htmx:
        return redirect(safe_next(request) + "#today")
    context: dict[str, Any] = {"submission_id": uuid.uuid4(), "fresh": pk if fresh else None, "typing": True}
    if request.POST.get("shown_in") == "log":
        filters = Filters.read(dict(parse_qsl(urlsplit(request.htmx.current_url or "").query)))
        found = filters.apply(Entry.objects.all(), member, member.today())
        context |= {"filters": filters, "page": page(found)}
    else:
        context["panel"] = {"here": today.of(member)}
    response = render(request, "toil/logged.html", context)
    response["HX-Trigger"] = "logged"
    return response


@require_POST
def perform_undo(request: MemberRequest) -> HttpResponse:
    """Turns back what the token names, and offers to turn that back again."""
    member = request.member
    signed = request.POST.get("undo", "")
    text = undo.words(signed)
    try:
        back = undo.perform(signed, member)
    except undo.TooLate:
        toast(request, _("That can’t be undone any more: it has changed since."))
    else:
        toast(request, text or _("Undone."), back, is_redo="turns_back" in request.POST)
    return redirect(safe_next(request))


def _page(request: MemberRequest, reading: quicklog.Reading | None, status: int = 200) -> HttpResponse:
    context = {**today.panel(request), "reading": reading, "line": reading.line if reading else ""}
    back = safe_next(request, request.path)  # a question on the way leads back to where the line was typed
    return render(request, "toil/log_line.html", {"panel": context, "next": back}, status=status)
