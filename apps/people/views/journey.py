"""The journey: where somebody's way has led, said by them or confirmed by them."""

import uuid

from django.db.models import Q
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from apps.accounts.http import MemberRequest
from apps.accounts.models import Member
from apps.people.forms import JourneyForm
from apps.people.models import JourneyError, JourneyStep
from apps.people.views.gone import too_late
from apps.web.forms import status
from apps.web.http import safe_next
from apps.web.models.submission import once
from apps.web.toasts import toast

# One answer to both: that something waits is known to the two of them alone.
REFUSED = gettext_lazy("They are there already, or a step waits for an answer.")


def step(request: MemberRequest, pk: int) -> HttpResponse:
    """Where a person's way has led: one's own, forwards, back or resting; or somebody else's, who says yes or not."""
    me = request.member
    person = get_object_or_404(Member.objects.active(), pk=pk)
    now = JourneyStep.place_of(person) if person == me else None
    initial = {"day": me.today(), "place": "" if now is None else now, "submission_id": uuid.uuid4()}
    form = JourneyForm(
        request.POST if request.method == "POST" else None, today=me.today(), initial=initial, is_me=person == me
    )
    if request.method == "POST" and form.is_valid():
        said = {name: form.cleaned_data[name] for name in ("place", "day", "words")}

        def deed() -> int:
            row = JourneyStep.say(me, **said) if person == me else JourneyStep.propose(person, me, **said)
            return row.pk

        try:
            once(me, "journey", form.cleaned_data["submission_id"], deed)
        except JourneyError:
            form.add_error("place", REFUSED)
        else:
            name = person.short_name
            asked = _("%(name)s is asked. Until then only the two of you see it.") % {"name": name}
            toast(request, _("Noted. Everybody sees it.") if person == me else asked)
            return redirect("people:person", pk)
    context = {"form": form, "person": person, "is_me": person == me}
    return render(request, "people/journey.html", context, status=status(form))


@require_POST
def confirm(request: MemberRequest, pk: int) -> HttpResponse:
    """Yes to a step that somebody proposed."""
    row = JourneyStep.objects.seen_by(request.member).filter(pk=pk, person=request.member).first()
    if row is None:
        return too_late(request, reverse("me:record"))
    row.confirm()
    toast(request, _("It is kept. You can take it back whenever you like."))
    return redirect(safe_next(request, reverse("me:record")))


@require_POST
def erase(request: MemberRequest, pk: int) -> HttpResponse:
    """The person erases a step at any time, or says no to it; who proposed it, while it has no answer."""
    theirs = Q(person=request.member) | Q(proposed_by=request.member, confirmed_at=None)
    row = JourneyStep.objects.filter(theirs, pk=pk).first()
    if row:
        row.erase()
        toast(request, _("It is gone. Nobody is told."))
    mine = row is None or row.person_id == request.member.pk
    return redirect(safe_next(request, reverse("me:record" if mine else "people:people")))
