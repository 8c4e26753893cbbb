"""The first visit: the organisation and its first member, who is lead and admin; empty, or with the story."""

from django.conf import settings
from django.contrib.auth import login
from django.db import IntegrityError, transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import translation
from django.utils.translation import gettext as _

from apps.accounts.forms import WelcomeForm
from apps.accounts.models import Member, Organisation, Role
from apps.story.load import load_story
from apps.toil.models.category import make_defaults
from apps.web.forms import status
from apps.web.toasts import toast


def welcome(request: HttpRequest) -> HttpResponse:
    """Open until somebody has been here; afterwards it leads to Home."""
    if Organisation.get() is not None:
        return redirect("web:home")
    language = translation.get_language()
    form = WelcomeForm(request.POST or None, initial={"language": language, "time_zone": settings.DEFAULT_TIME_ZONE})
    if request.method == "POST" and form.is_valid():
        try:
            member = _begin(form.cleaned_data)
        except IntegrityError:  # somebody else was first, a moment ago
            return redirect("account_login")
        login(request, member)
        with translation.override(member.language):
            toast(request, _("Welcome, %(name)s.") % {"name": member.short_name})
        return redirect("web:home")
    return render(request, "story/welcome.html", {"form": form}, status=status(form))


@transaction.atomic
def _begin(data: dict) -> Member:
    Organisation.objects.create(name=data["organisation"], language=data["language"], time_zone=data["time_zone"])
    member = Member.objects.make(
        data["email"],
        data["display_name"],
        password=data["password"],
        language=data["language"],
        time_zone=data["time_zone"],
        role=Role.LEAD,
        is_admin=True,
    )
    if data["start"] == WelcomeForm.STORY:
        load_story(data["language"], lead=member)
    else:
        make_defaults()
    return member
