"""Joining by an invitation's link."""

from django.contrib.auth import login
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import translation
from django.utils.translation import gettext as _

from apps.accounts.forms import JoinForm
from apps.accounts.models import Invitation, Organisation
from apps.web.forms import status
from apps.web.http import Request, not_referring
from apps.web.toasts import toast


def join(request: Request, token: str) -> HttpResponse:
    """The invited person says who they are and chooses a password. An old or wrong link gets one same answer."""
    invitation = Invitation.objects.by_token(token)
    if invitation is None:
        return not_referring(render(request, "accounts/join_over.html", status=404))
    person = invitation.member
    if request.member is None and request.method == "GET":
        translation.activate(person.language)
        request.LANGUAGE_CODE = person.language
    form = JoinForm(
        request.POST or None,
        member=person,
        initial={
            "display_name": person.display_name,
            "language": person.language,
            "time_zone": person.time_zone,
        },
    )
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            joined = invitation.accept(
                data["password"],
                display_name=data["display_name"],
                language=data["language"],
                time_zone=data["time_zone"],
            )
        except ValueError:
            return not_referring(render(request, "accounts/join_over.html", status=404))
        login(request, joined)
        with translation.override(joined.language):
            toast(request, _("Welcome, %(name)s.") % {"name": joined.short_name})
        return redirect("web:home")
    return not_referring(
        render(
            request,
            "accounts/join.html",
            {"form": form, "invitation": invitation, "organisation": Organisation.get()},
            status=status(form),
        )
    )
