"""The week sheet: minutes typed straight into cells; only changed cells are sent."""

import re
from datetime import date, timedelta

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from apps.accounts.http import MemberRequest
from apps.toil import durations, undo, week
from apps.toil.models import Item
from apps.web.http import whole_page
from apps.web.text import whole_number
from apps.web.toasts import toast

MOST_ADDED = 40
_CELL = re.compile(r"cell-\d+-(?P<day>\d{4}-\d{2}-\d{2})")


def sheet(request: MemberRequest) -> HttpResponse:
    """GET: the week around `day`. POST: sets the cells that changed, and says beside a cell why it could not."""
    member = request.member
    day = _day(request.GET.get("day", ""), member.today())
    shown = week.sheet(member, day, _extra(request))
    if request.method == "GET":
        return _render(request, shown, day)
    deeds, failed = _set_cells(request, shown)
    if deeds:
        toast(request, _saved(deeds), undo.token(member, *deeds))
    if request.htmx:
        return _answer(request, day, failed)
    if failed:
        for key, (_typed, error) in failed.items():
            if shown.cell(key) is None:
                toast(request, error)
        return _render(request, _with_typed(week.sheet(member, day, _extra(request)), failed), day, status=422)
    return redirect(_address(request, day))


def _saved(deeds: list[undo.Deed]) -> str:
    gone = sum(deed[0] == "bring_back" for deed in deeds)
    if not gone:
        return _("The sheet is saved.")
    text = ngettext(
        "The sheet is saved; %(count)s entry is gone with it.",
        "The sheet is saved; %(count)s entries are gone with it.",
        gone,
    )
    return text % {"count": gone}


def _set_cells(request: MemberRequest, shown: week.Sheet) -> tuple[list[undo.Deed], dict[str, tuple[str, str]]]:
    """Sets the changed cells one by one; returns what undoes them, and (typed, error) by key of those that failed."""
    member = request.member
    deeds: list[undo.Deed] = []
    failed: dict[str, tuple[str, str]] = {}
    for name in request.POST:
        if not name.startswith("cell-"):
            continue
        typed = request.POST.get(name, "")
        if (cell := shown.cell(name.removeprefix("cell-"))) is None:
            key = _CELL.fullmatch(name)
            if key and typed.strip() and key["day"] in {day.isoformat() for day in shown.days}:
                # Its item was merged since the sheet was opened.
                failed[name.removeprefix("cell-")] = typed, _("An item is on the sheet no more: type its time again.")
            continue
        was = request.POST.get(f"was-{cell.key}", "")
        seen = int(was) if was.isascii() and was.isdigit() and len(was) < 6 else None
        if seen and typed == durations.show(seen):  # as it was shown, even if it is more than can be typed
            continue
        try:
            minutes = 0 if _is_nothing(typed) else durations.read(typed, bare=True)
            if minutes == (cell.minutes if seen is None else seen):
                continue
            if cell.is_future:
                failed[cell.key] = typed, _("This day has not come yet.")
                continue
            deeds = week.set_cell(member, cell.item, cell.day, minutes, seen) + deeds
        except durations.DurationError as error:
            failed[cell.key] = typed, str(error)
        except week.CellChanged as changed:
            failed[cell.key] = (
                typed,
                _("It is %(time)s by now, changed elsewhere.") % {"time": durations.show(changed.minutes)},
            )
    return deeds, failed


def _is_nothing(typed: str) -> bool:
    """True for what empties a cell: nothing, or zero with or without its unit, in any width."""
    return re.fullmatch(r"0*\s*(m|min|分)?", durations.normal(typed), re.IGNORECASE) is not None


def _with_typed(shown: week.Sheet, failed: dict[str, tuple[str, str]]) -> week.Sheet:
    for key, (typed, error) in failed.items():
        if cell := shown.cell(key):
            cell.typed, cell.error = typed, error
    return shown


def _answer(request: MemberRequest, day: date, failed: dict) -> HttpResponse:
    """For one typed cell: that cell again, and all sums out of band."""
    member = request.member
    shown = _with_typed(week.sheet(member, day, _extra(request)), failed)
    keys = [name.removeprefix("cell-") for name in request.POST if name.startswith("cell-")]
    cell = shown.cell(keys[0]) if keys else None
    if cell is None:  # there is no such cell any more: the page, with what it holds now
        toast(request, next((error for _typed, error in failed.values()), _("This did not go through yet")))
        return whole_page(request, _address(request, day))
    return render(request, "toil/week_answer.html", {"cell": cell, "sheet": shown}, status=422 if failed else 200)


def _render(request: MemberRequest, shown: week.Sheet, day: date, status: int = 200) -> HttpResponse:
    member = request.member
    present = {row.item.pk for row in shown.rows}
    return render(
        request,
        "toil/week.html",
        {
            "sheet": shown,
            "day": day,
            "today": member.today(),
            "previous": day - timedelta(days=7),
            "following": day + timedelta(days=7),
            "is_this_week": member.today() in shown.days,
            "others": [item for item in Item.objects.current().order_by("name") if item.pk not in present],
            "added": sorted(_extra(request)),
        },
        status=status,
    )


@require_POST
def copy(request: MemberRequest) -> HttpResponse:
    """Last week's minutes into this week's empty cells, up to today."""
    member = request.member
    day = _day(request.POST.get("day", ""), member.today())
    copied = week.copy_last_week(member, day)
    if count := len(copied.deeds):
        text = ngettext("%(count)s cell copied from last week.", "%(count)s cells copied from last week.", count)
        toast(request, text % {"count": count}, undo.token(member, *copied.deeds))
    elif copied.to_come:
        toast(request, _("Nothing to copy yet: last week’s other times are on days that have not come yet."))
    elif copied.filled:
        toast(request, _("Nothing to copy: these cells are filled."))
    else:
        toast(request, _("Nothing to copy: last week is empty."))
    return redirect(_address(request, day))


def _address(request: MemberRequest, day: date) -> str:
    query = f"?day={day.isoformat()}" + "".join(f"&add={pk}" for pk in sorted(_extra(request)))
    return reverse("toil:week") + query


def _day(text: str, today: date) -> date:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return today
    return day if date(2000, 1, 1) <= day <= today + timedelta(days=366) else today


def _extra(request: MemberRequest) -> set[int]:
    """Items put on the sheet by hand, kept in the address."""
    asked = request.GET.getlist("add") + request.POST.getlist("add")
    return {pk for pk in map(whole_number, asked[:MOST_ADDED]) if pk is not None}
