"""The log, and one entry of it: full form, edit, delete, CSV of what is shown."""

import uuid

from django.db.models import Count, Sum
from django.http import Http404, HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from apps.accounts.http import MemberRequest
from apps.accounts.models import Member, Stale
from apps.stakeholders.models import Stakeholder
from apps.toil import csv_out, figures, today, undo
from apps.toil.forms import EntryForm
from apps.toil.log import NONE, PERIODS, Filters, page
from apps.toil.models import Area, Category, Entry, Item, Source
from apps.toil.permissions import may_change
from apps.toil.views.said import say_logged
from apps.web import csv_file
from apps.web.forms import status
from apps.web.http import safe_next
from apps.web.models.submission import once
from apps.web.toasts import toast


def log(request: MemberRequest) -> HttpResponse:
    """By day with sums, newest first; htmx asks for the following pages, and for the rarer filters."""
    member = request.member
    filters = Filters.read(request.GET).standing()
    more = "asked" if "more" in request.GET else "set" if filters.any_of_more else ""
    people = Member.objects.by_name().values_list("id", "display_name") if more else ()
    context = {"filters": filters, "more": more, "people": people, "areas": [*Area.choices, (NONE, _("No area"))]}
    if request.htmx and "more" in request.GET:
        return render(request, "toil/log.html#search", context)
    found = filters.apply(Entry.objects.all(), member, member.today())
    context["page"] = page(found, request.GET.get("before", ""))
    if request.htmx and "before" in request.GET:
        return render(request, "toil/log.html#days", context)
    week = figures.week_by_category(member.today(), member.week_start)
    context |= {
        "sums": found.aggregate(n=Count("id"), minutes=Sum("minutes")) if filters.counts else None,
        "panel": today.line(request),
        "is_older": "before" in request.GET,
        "categories": [*Category.objects.all(), (NONE, _("No category"))],
        "stakeholders": [*Stakeholder.objects.standing(), (NONE, _("Nobody in particular"))],
        "periods": [
            (days, ngettext("%(count)s day", "%(count)s days", n) % {"count": n}) for days, n in PERIODS.items()
        ],
        "item": Item.objects.filter(pk=filters.item).first() if filters.item else None,
        "week": week,
        "week_minutes": sum(row.minutes for row in week),
        "heavy": figures.heavy_on_one_desk(member.today()),
    }
    return render(request, "toil/log.html", context)


def log_csv(request: MemberRequest) -> StreamingHttpResponse:
    """What the log shows with these filters, all pages, as CSV."""
    member = request.member
    found = Filters.read(request.GET).standing().apply(Entry.objects.all(), member, member.today())
    return csv_file.response(csv_out.lines(found), f"toil-{member.today().isoformat()}.csv")


def new(request: MemberRequest) -> HttpResponse:
    """The full form, for what a line can't say."""
    member = request.member
    initial = {
        "item": request.GET.get("item", ""),
        "day": member.today(),
        "member": member.pk,
        "submission_id": uuid.uuid4(),
    }
    form = EntryForm(request.POST or None, by=member, initial=initial)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data

        def deed() -> int:
            return Entry.log(
                member=data.get("member") or member,
                by=member,
                item=data["item"],
                minutes=data["minutes"],
                day=data["day"],
                stakeholder=data["stakeholder"],
                note=data["note"],
                clock=data["clock"],
                source=Source.FORM,
            ).pk

        pk, _fresh = once(member, "entry", data["submission_id"], deed)
        entry = Entry.objects.with_names().filter(pk=pk or 0).first()
        if entry:
            say_logged(request, entry)
        return redirect(safe_next(request, "/toil/"))
    context = {"form": form, "back": safe_next(request, "/toil/")}
    return render(request, "toil/entry_form.html", context, status=status(form))


def _entry_for(request: MemberRequest, pk: int) -> Entry:
    """The entry if the member may change it; what they may not is as if it were not there (R56)."""
    entry = get_object_or_404(Entry.objects.with_names(), pk=pk)
    if not may_change(request.member, entry):
        raise Http404
    return entry


def edit(request: MemberRequest, pk: int) -> HttpResponse:
    """Change an entry. When somebody else was faster, both versions are shown and nothing typed is lost."""
    member = request.member
    entry = _entry_for(request, pk)
    initial = {
        "item": entry.item_id,
        "minutes": entry.minutes,
        "day": entry.day,
        "clock": entry.clock,
        "stakeholder": entry.stakeholder_id,
        "member": entry.member_id,
        "note": entry.note,
        "version": entry.version,
    }
    form = EntryForm(request.POST or None, by=member, keep=entry, initial=initial)
    theirs = None
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        before = entry.values()
        try:
            entry.change(
                data["version"] or 0,
                item=data["item"],
                minutes=data["minutes"],
                day=data["day"],
                clock=data["clock"],
                stakeholder=data["stakeholder"],
                note=data["note"],
                **({"member": data["member"]} if data.get("member") else {}),
            )
        except Stale:
            theirs = Entry.objects.with_names().get(pk=pk)
            form.data = {**request.POST.dict(), "version": str(theirs.version)}
        else:
            toast(request, _("The entry is changed."), undo.token(member, undo.changed(entry, before)))
            return redirect(safe_next(request, "/toil/"))
    code = 409 if theirs else status(form)
    return render(
        request,
        "toil/entry_form.html",
        {"form": form, "entry": entry, "theirs": theirs, "back": safe_next(request, "/toil/")},
        status=code,
    )


@require_POST
def delete(request: MemberRequest, pk: int) -> HttpResponse:
    entry = Entry.objects.filter(pk=pk).first()
    if entry is None:  # deleted already, in another tab
        toast(request, _("This entry was gone already."))
        return redirect(safe_next(request, "/toil/"))
    entry = _entry_for(request, pk)
    deed = undo.removed(entry)
    entry.remove()
    toast(request, _("The entry is deleted."), undo.token(request.member, deed))
    return redirect(safe_next(request, "/toil/"))
