"""Guests: people from outside who answer by a link, without an account."""

from django.conf import settings
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from apps.accounts.http import MemberRequest
from apps.gatherings.forms import GuestForm
from apps.gatherings.models import Gathering, Rsvp, RsvpError
from apps.gatherings.models.gathering import digest
from apps.gatherings.views.gatherings import mine
from apps.gatherings.views.meetings import TOLD
from apps.web.forms import status
from apps.web.http import Request, not_referring
from apps.web.toasts import toast

MOST = 50  # guests of one meeting: a link that leaks fills no hall


def guest(request: Request, token: str) -> HttpResponse:
    """What a guest sees: what it is, when and where the next one is, and whether they come. No names of others."""
    row = Gathering.objects.open().filter(guest_digest=digest(token)).first()
    if row is None:
        raise Http404
    meeting = row.meetings.ahead(timezone.now()).first()
    form = GuestForm(request.POST if request.method == "POST" else None)
    said = None
    if request.method == "POST" and meeting is not None and form.is_valid():
        name, answer = form.cleaned_data["guest"], form.cleaned_data["answer"]
        is_new = not meeting.rsvps.filter(member=None, guest=name).exists()
        if is_new and meeting.rsvps.filter(member=None).count() >= MOST:
            form.add_error("guest", _("There are too many guests already. Ask who sent you the link."))
        else:
            try:
                said = Rsvp.say(meeting, answer, guest=name)
            except RsvpError as error:
                form.add_error("answer", TOLD[error.code])
    context = {"gathering": row, "meeting": meeting, "form": form, "said": said}
    # Nobody knows a guest's own clock: they read the organiser's, with its name.
    with timezone.override(meeting.zone if meeting else row.zone):
        page = render(request, "gatherings/guest.html", context, status=status(form))
    return not_referring(page)


@require_POST
def link(request: MemberRequest, pk: int) -> HttpResponse:
    """Makes a fresh link for guests, or ends the one there is."""
    row = mine(request, pk)
    if request.POST.get("end"):
        row.end_guest_link()
        toast(request, _("The link for guests is switched off."))
        return redirect("gatherings:gathering", pk)
    address = settings.SITE_URL + reverse("gatherings:guest", args=[row.invite_guests()])
    return render(request, "gatherings/guest_link.html", {"gathering": row, "address": address})
