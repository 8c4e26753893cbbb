"""A mob's page: roles, turns, the checklist, and who climbed a step."""

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from apps.accounts.http import MemberRequest
from apps.accounts.models import Member
from apps.gatherings import mob
from apps.gatherings.after_forms import LineForm
from apps.gatherings.models import ChecklistLine, Meeting, StepEvidence
from apps.gatherings.models.notes import MOST_LINES
from apps.gatherings.views.meetings import TOLD, back, found
from apps.people.models import LadderError, LadderStep, Rung, Subject
from apps.web.forms import status
from apps.web.text import whole_number
from apps.web.toasts import toast


@require_POST
def role(request: MemberRequest, pk: int, number: int) -> HttpResponse:
    """Chooses a role: one's own, or as who runs it anybody's, until the meeting is over."""
    row = found(pk, number)
    whose = whole_number(request.POST.get("member", "")) or request.member.pk
    if whose != request.member.pk and not row.gathering.may_run(request.member):
        get_object_or_404(Meeting.objects.none())
    if row.is_over():
        toast(request, str(TOLD["over"]))
    elif not mob.choose_role(row, whose, request.POST.get("role", "")):
        toast(request, _("Say that you come first, then choose a role."))
    return back(row, "#roles-title")


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
    return back(row, "#turns-title")


def checklist(request: MemberRequest, pk: int, number: int) -> HttpResponse:
    """Adds a line to the checklist; the first time it begins with that of the last mob."""
    row = found(pk, number)
    sent = request.POST if request.method == "POST" else None
    if sent is not None and sent.get("begin"):
        if not row.checklist.exists():
            ChecklistLine.begin(row)
        return back(row, "#check-title")
    form = LineForm(sent)
    if sent is not None and form.is_valid():
        if row.checklist.count() >= MOST_LINES:
            form.add_error("words", _("A longer list nobody reads."))
        else:
            ChecklistLine.objects.create(meeting=row, words=form.cleaned_data["words"])
            return back(row, "#check-title")
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
    return back(found(pk, number), "#check-title")


@require_POST
def propose_step(request: MemberRequest, pk: int, number: int) -> HttpResponse:
    """Asks somebody whether they climbed a step here, or claims one's own; the step keeps this meeting."""
    row, me = found(pk, number), request.member
    wanted = {f"{one.person.pk}-{int(one.to)}": one for one in mob.climbs(row, me)}
    one = wanted.get(request.POST.get("step", ""))
    item = row.item
    if one is None or item is None:
        toast(request, _("This step is taken, or waits for an answer."))
        return back(row, "#climbed-title")
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
    return back(row, "#climbed-title")
