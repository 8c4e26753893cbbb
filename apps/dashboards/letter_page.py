"""The weekly letter as a page: what the mail of a week said, by the same parts, for whoever reads the dashboard."""

from datetime import date, timedelta

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from apps.accounts.http import MemberRequest
from apps.dashboards import sql
from apps.reminders.weekly import Week, said_of, subject_of
from apps.web.text import OLDEST
from apps.web.toasts import toast


def letter(request: MemberRequest, monday: str = "") -> HttpResponse:
    """The letter of the week from `monday` on, or of the last one that is over."""
    newest = Week.before(request.member.today())
    week = _week(monday) if monday else newest
    if week.first > newest.first:
        toast(request, _("That week is not over yet. This is the newest letter."))
        return redirect("dashboards:letter")
    if monday and monday != week.first.isoformat():
        return redirect("dashboards:letter_of", week.first.isoformat())
    begun = sql.first_day()
    return render(
        request,
        "dashboards/letter.html",
        {
            "week": week,
            "subject": subject_of(week),
            "parts": said_of(request.member, week),
            "older": week.first - timedelta(days=7) if begun and begun < week.first else None,
            "newer": week.after if week.first < newest.first else None,
        },
    )


def _week(written: str) -> Week:
    """The week of a day. Raises Http404 for what is none, or too long ago."""
    try:
        day = date.fromisoformat(written)
    except ValueError:
        raise Http404 from None
    if day < OLDEST or day == date.max:
        raise Http404
    return Week.of(day)
