"""Before, during and after a meeting: roles, turns, checklist; who was there, notes, follow-ups, steps."""

import uuid

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from apps.accounts.correcting import correct_or_ask
from apps.accounts.http import MemberRequest
from apps.accounts.models import Change, Member
from apps.gatherings import mob
from apps.gatherings.after_forms import FollowUpForm, LineForm, NotesForm
from apps.gatherings.models import (
    Attendance,
    AttendanceError,
    ChecklistLine,
    FollowUp,
    Meeting,
    MeetingNotes,
    Role,
    StepEvidence,
)
from apps.gatherings.models.notes import MOST_LINES
from apps.gatherings.views.meetings import found, mine
from apps.people.models import LadderError, LadderStep, Rung, Subject
from apps.web.forms import status
from apps.web.models.submission import once
from apps.web.toasts import toast

TOLD = {
    "early": gettext_lazy("Checking in opens 15 minutes before it begins."),
    "late": gettext_lazy("It is more than a week ago. Who ran it can still add you."),
    "cancelled": gettext_lazy("This meeting is cancelled."),
}
EMPTY_NOTES = '{"text": "", "decisions": "", "surprised": "", "needs_nobody": ""}'  # as the row will be when it is made


def _back(row: Meeting, part: str = "") -> HttpResponse:
    return redirect(reverse("gatherings:meeting", args=[row.gathering_id, row.number]) + part)


# ---- who was there ----------------------------------------------------------------------------------


@require_POST
def check_in(request: MemberRequest, pk: int, number: int) -> HttpResponse:
    """Says that one is there; or, with `away`, that one was not."""
    row = found(pk, number)
    if request.POST.get("away"):
        Attendance.take_away(row, request.member)
        toast(request, _("You are off the list, and no list brings you back."))
        return _back(row)
    try:
        Attendance.check_in(row, request.member, online=request.POST.get("online") == "on")
    except AttendanceError as error:
        toast(request, str(TOLD[error.code]))
    else:
        toast(request, _("Good to have you here."))
    return _back(row)


def attendance(request: MemberRequest, pk: int, number: int) -> HttpResponse:
    """Who was there, listed by who runs it: everybody who answered or takes part, and others by name."""
    row = mine(request, pk, number)
    if row.is_cancelled or not row.has_begun():
        toast(request, _("It has not begun yet.") if not row.is_cancelled else str(TOLD["cancelled"]))
        return _back(row)
    people = _people(row)
    if request.method == "POST":
        added = request.POST.get("add", "")
        known = {one.pk for one in people}
        if added.isascii() and added.isdecimal() and len(added) < 16:
            known |= set(Member.objects.active().filter(pk=added).values_list("pk", flat=True))
        roles = {
            one: played if (played := request.POST.get(f"role-{one}", "")) in Role.values else ""
            for one in known
            if request.POST.get(f"there-{one}") == "on" or str(one) == added
        }
        Attendance.list_people(row, request.member, roles, known)
        if added:
            return redirect("gatherings:attendance", pk, number)
        toast(request, _("Who was there is noted."))
        return _back(row)
    there = {one.member_id: one for one in Attendance.objects.standing().filter(meeting=row)}
    playing = {player.person.pk: seat.role for seat in mob.seats(row) for player in seat.players}
    context = {
        "meeting": row,
        "gathering": row.gathering,
        "people": [
            (one, there.get(one.pk), _role(there.get(one.pk), playing.get(one.pk), bool(there))) for one in people
        ],
        "none_yet": not there,
        "roles": Role.choices if row.item else (),
        "others": Member.objects.active().exclude(pk__in=[one.pk for one in people]).by_name(),
    }
    return render(request, "gatherings/attendance.html", context)


def _people(row: Meeting) -> list[Member]:
    """Everybody who answered, takes part, or is on the list."""
    answered = set(row.rsvps.exclude(member=None).values_list("member", flat=True))
    joined = set(row.gathering.participants.filter(joined_at__isnull=False).values_list("member", flat=True))
    listed = set(row.attendances.values_list("member", flat=True))
    gone = set(row.attendances.exclude(removed_at=None).values_list("member", flat=True))
    return list(Member.objects.active().filter(pk__in=(answered | joined | listed) - gone).by_name())


def _role(there: Attendance | None, playing: str | None, has_list: bool) -> str:
    if there is not None and there.role:
        return there.role
    return "" if there is None and has_list else playing or ""


# ---- notes ------------------------------------------------------------------------------------------


def notes(request: MemberRequest, pk: int, number: int) -> HttpResponse:
    """Writes the notes, by whoever was or is there; two who write at once lose nothing."""
    row = found(pk, number)
    kept = MeetingNotes.objects.filter(meeting=row).first()
    initial = None if kept else {"version": 1, "base": EMPTY_NOTES}
    form = NotesForm(request.POST or None, instance=kept or MeetingNotes(meeting=row), initial=initial)
    if row.item is None:
        del form.fields["surprised"], form.fields["needs_nobody"]
    collided: list[tuple[str, str]] = []
    if request.method == "POST" and form.is_valid():
        for name in MeetingNotes.FIELDS:  # what is not asked of this kind stays as it is
            form.cleaned_data.setdefault(name, getattr(kept, name, ""))
        kept, _is_new = MeetingNotes.objects.get_or_create(meeting=row, defaults={"by": request.member})
        form, collided = correct_or_ask(form, kept, request)
        if not collided:
            toast(request, _("The notes are saved."))
            return _back(row, "#notes-title")
    changes = Change.objects.of(kept)[:5] if kept and kept.version > 1 else ()
    context = {"form": form, "meeting": row, "gathering": row.gathering, "collided": collided, "changes": changes}
    return render(request, "gatherings/meeting_notes.html", context, status=409 if collided else status(form))


def follow_up(request: MemberRequest, pk: int, number: int) -> HttpResponse:
    """Something that somebody does after the meeting."""
    row = found(pk, number)
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
            return _back(row, "#follow-title")
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
    else:
        one.tick(on=request.POST.get("done") == "on")
    return _back(row, "#follow-title")


# ---- a mob ------------------------------------------------------------------------------------------


@require_POST
def role(request: MemberRequest, pk: int, number: int) -> HttpResponse:
    """Chooses a role: one's own, or as who runs it anybody's, until the meeting is over."""
    row = found(pk, number)
    wanted = request.POST.get("member", "")
    whose = int(wanted) if wanted.isascii() and wanted.isdecimal() and len(wanted) < 16 else request.member.pk
    if whose != request.member.pk and not row.gathering.may_run(request.member):
        get_object_or_404(Meeting.objects.none())
    if row.is_over():
        toast(request, _("This meeting is over."))
    elif not mob.choose_role(row, whose, request.POST.get("role", "")):
        toast(request, _("Say that you come first, then choose a role."))
    return _back(row, "#roles-title")


@require_POST
def timer(request: MemberRequest, pk: int, number: int) -> HttpResponse:
    """Starts the turns now, or stops the timer: whoever runs it, or comes."""
    row = found(pk, number)
    if not (row.gathering.may_run(request.member) or mob.is_coming(row, request.member)):
        get_object_or_404(Meeting.objects.none())
    if row.is_cancelled:
        toast(request, str(TOLD["cancelled"]))
    else:
        Meeting.objects.filter(pk=row.pk).update(turns_from=None if request.POST.get("stop") else timezone.now())
    return _back(row, "#turns-title")


def checklist(request: MemberRequest, pk: int, number: int) -> HttpResponse:
    """Adds a line to the checklist; the first time it begins with that of the last mob."""
    row = found(pk, number)
    sent = request.POST if request.method == "POST" else None
    if sent is not None and sent.get("begin"):
        if not row.checklist.exists():
            ChecklistLine.begin(row)
        return _back(row, "#check-title")
    form = LineForm(sent)
    if sent is not None and form.is_valid():
        if row.checklist.count() >= MOST_LINES:
            form.add_error("words", _("A longer list nobody reads."))
        else:
            ChecklistLine.objects.create(meeting=row, words=form.cleaned_data["words"])
            return _back(row, "#check-title")
    context = {"form": form, "meeting": row, "gathering": row.gathering}
    return render(request, "gatherings/checklist.html", context, status=status(form))


@require_POST
def tick(request: MemberRequest, pk: int, number: int, line_pk: int) -> HttpResponse:
    """Ticks, unticks or removes a line of the checklist."""
    line = get_object_or_404(ChecklistLine, pk=line_pk, meeting__gathering=pk, meeting__number=number)
    if request.POST.get("remove"):
        line.delete()
    else:
        line.tick(request.member, on=request.POST.get("done") == "on")
    return _back(found(pk, number), "#check-title")


@require_POST
def propose_step(request: MemberRequest, pk: int, number: int) -> HttpResponse:
    """Asks somebody whether they climbed a step here, or claims one's own; the step keeps this meeting."""
    row, me = found(pk, number), request.member
    wanted = {f"{one.person.pk}-{int(one.to)}": one for one in mob.climbs(row, me)}
    one = wanted.get(request.POST.get("step", ""))
    item = row.item
    if one is None or item is None:
        toast(request, _("This step is taken, or waits for an answer."))
        return _back(row, "#climbed-title")
    person = get_object_or_404(Member.objects.active(), pk=one.person.pk)
    day = min(row.starts_at.astimezone(me.zone).date(), me.today())
    rung, words = int(one.to), f"{row.gathering.get_kind_display()}: {row.label}"[:300]
    subject = Subject(item=item)
    try:
        if person == me:
            step = LadderStep.claim(me, subject, rung=rung, day=day, words=words)
        else:
            step = LadderStep.propose(person, subject, me, rung=rung, day=day, words=words)
    except LadderError:
        toast(request, _("This step is taken, or waits for an answer."))
    else:
        StepEvidence.objects.create(meeting=row, step=step)
        if person == me:
            toast(request, _("Noted. It counts once the lead, or somebody who does it alone, agrees."))
        else:
            toast(request, _("%(name)s is asked: “%(rung)s”.") % {"name": person.short_name, "rung": Rung(rung).label})
    return _back(row, "#climbed-title")
