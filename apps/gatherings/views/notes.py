"""What a meeting leaves behind: notes and follow-ups."""

import uuid

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from apps.accounts.correcting import correct_or_ask
from apps.accounts.http import MemberRequest
from apps.accounts.models import Change
from apps.gatherings import coming
from apps.gatherings.after_forms import FollowUpForm, NotesForm
from apps.gatherings.models import FollowUp, Meeting, MeetingNotes
from apps.gatherings.models.notes import MOST_LINES
from apps.gatherings.views.meetings import back, found
from apps.web.forms import status
from apps.web.http import safe_next
from apps.web.models.submission import once
from apps.web.toasts import toast


def _not_there(request: MemberRequest, row: Meeting) -> HttpResponse:
    toast(request, _("Who takes part, or was there, writes here."))
    return back(row)


def notes(request: MemberRequest, pk: int, number: int) -> HttpResponse:
    """Writes the notes, by whoever was or is there; two who write at once lose nothing."""
    row = found(pk, number)
    if not coming.may_write(row, request.member):
        return _not_there(request, row)
    kept = MeetingNotes.objects.filter(meeting=row).first()
    form = NotesForm.of(row, kept, request.POST if request.method == "POST" else None)
    collided: list[tuple[str, str]] = []
    if request.method == "POST" and form.is_valid():
        for name in MeetingNotes.FIELDS:  # what is not asked of this kind stays as it is
            form.cleaned_data.setdefault(name, getattr(kept, name, ""))
        kept, _is_new = MeetingNotes.objects.get_or_create(meeting=row, defaults={"by": request.member})
        form, collided = correct_or_ask(form, kept, request)
        if not collided:
            toast(request, _("The notes are saved."))
            return back(row, "#notes-title")
    changes = Change.objects.of(kept)[:5] if kept and kept.version > 1 else ()
    context = {"form": form, "meeting": row, "gathering": row.gathering, "collided": collided, "changes": changes}
    return render(request, "gatherings/meeting_notes.html", context, status=409 if collided else status(form))


def follow_up(request: MemberRequest, pk: int, number: int) -> HttpResponse:
    """Something that somebody does after the meeting."""
    row = found(pk, number)
    if not coming.may_write(row, request.member):
        return _not_there(request, row)
    first = row.starts_at.astimezone(request.member.zone).date()
    sent = request.POST if request.method == "POST" else None
    form = FollowUpForm(sent, first=first, initial={"submission_id": uuid.uuid4()})
    if sent is not None and form.is_valid():
        data = form.cleaned_data
        if row.follow_ups.count() >= MOST_LINES:
            form.add_error("words", _("That are enough for one meeting."))
        else:
            said = {name: data[name] for name in ("words", "owner", "due")}
            once(
                request.member,
                "follow-up",
                data["submission_id"],
                lambda: FollowUp.objects.create(meeting=row, by=request.member, **said).pk,
            )
            return back(row, "#follow-title")
    context = {"form": form, "meeting": row, "gathering": row.gathering}
    return render(request, "gatherings/follow_up.html", context, status=status(form))


@require_POST
def follow_up_done(request: MemberRequest, pk: int, number: int, follow_pk: int) -> HttpResponse:
    """Ticks, unticks or removes a follow-up."""
    row = found(pk, number)
    one = get_object_or_404(FollowUp, pk=follow_pk, meeting=row)
    if request.POST.get("remove"):
        if request.member.pk in (one.by_id, one.owner_id) or row.gathering.may_run(request.member):
            one.delete()
    elif request.member.pk in (one.by_id, one.owner_id) or coming.may_write(row, request.member):
        one.tick(on=request.POST.get("done") == "on")
    else:
        return _not_there(request, row)
    if "next" in request.POST:
        toast(request, _("Done: %(what)s") % {"what": one.words})
        return redirect(safe_next(request))
    return back(row, "#follow-title")
