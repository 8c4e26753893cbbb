"""Suggestions: all of them with what they were reckoned from, and put away for two weeks."""

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from apps.accounts.http import MemberRequest
from apps.gatherings import suggest
from apps.gatherings.models import Dismissal
from apps.web.http import safe_next
from apps.web.toasts import toast


def ideas(request: MemberRequest) -> HttpResponse:
    """Everything that is suggested to the reader."""
    return render(request, "gatherings/ideas.html", {"ideas": suggest.ideas(request.member)})


@require_POST
def later(request: MemberRequest) -> HttpResponse:
    """Not yet: it is not suggested for two weeks."""
    Dismissal.put_away(request.member, request.POST.get("key", "").replace("\0", "")[:60])
    toast(request, _("Put away for two weeks."))
    return redirect(safe_next(request, reverse("gatherings:ideas")))
