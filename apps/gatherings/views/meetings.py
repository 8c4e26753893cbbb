"""One meeting: read, answered, changed, skipped, cancelled."""

from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_POST

from apps.accounts.http import MemberRequest
from apps.accounts.models import Member
from apps.gatherings import coming, schedule
from apps.gatherings.forms import CancelForm, MeetingForm, said_by, slot_of
from apps.gatherings.models import Answer, Meeting, Participant, Rsvp, RsvpError
from apps.gatherings.moments import zone_names
from apps.gatherings.schedule import Scope, SeatsTaken
from apps.gatherings.views.gatherings import say, with_chapters
from apps.web.forms import status
from apps.web.http import safe_next
from apps.web.toasts import toast

EARLIER = 3  # meetings listed as having been
OWN = ("title", "own_item", "facilitator")  # what a meeting has of its own
TOLD = {
    "over": gettext_lazy("This meeting is over."),
    "cancelled": gettext_lazy("This meeting is cancelled."),
}


def found(pk: int, number: int) -> Meeting:
    rows = Meeting.objects.select_related(
        "gathering__organiser", "gathering__item", "gathering__topic", "own_item", "facilitator"
    )
    return get_object_or_404(rows, gathering=pk, number=number)


def mine(request: MemberRequest, pk: int, number: int) -> Meeting:
    """One of a gathering that the reader runs."""
    row = found(pk, number)
    return row if row.gathering.may_run(request.member) else get_object_or_404(Meeting.objects.none())


def lets_in(row: Meeting, member: Member) -> bool:
    """Whether somebody may answer: as their gathering lets them in, who leads this one, and who has an answer there."""
    return row.gathering.lets_in(member) or row.facilitator_id == member.pk or row.rsvps.filter(member=member).exists()


def back(row: Meeting, part: str = "") -> HttpResponse:
    """To the meeting's page, at one of its parts."""
    return redirect(reverse("gatherings:meeting", args=[row.gathering_id, row.number]) + part)


def meeting(request: MemberRequest, pk: int, number: int) -> HttpResponse:
    """One meeting: when, where, who comes."""
    row = found(pk, number)
    me, now = request.member, timezone.now()
    gathering = row.gathering
    over = Meeting.objects.told().over(now).filter(gathering=gathering, starts_at__lt=row.starts_at)
    earlier = list(over[:EARLIER])
    line, *before = coming.lines([row, *earlier], me, there=coming.who_drove(earlier))
    titled, *before = with_chapters(gathering, me, [line, *before])
    context = {
        "meeting": row,
        "gathering": gathering,
        "line": line,
        "heading": titled.meeting.label,
        "who": coming.who(Rsvp.of(row)),
        "answers": Answer.choices,
        "may_run": gathering.may_run(me),
        "is_over": row.is_over(now),
        "has_begun": row.has_begun(now),
        "may_answer": bool(line.mine) or lets_in(row, me),
        "earlier": before,
        "seeks_time": not gathering.is_recurring and gathering.polls.filter(closed_at=None).exists(),
        "count": gathering.meetings.count,  # asked for only where no series says it
    }
    return render(request, "gatherings/meeting.html", context)


@require_POST
def answer(request: MemberRequest, pk: int, number: int) -> HttpResponse:
    """Says whether one comes."""
    row = found(pk, number)
    said = request.POST.get("answer", "")
    back = safe_next(request, reverse("gatherings:meeting", args=[pk, number]))
    if said not in Answer.values:
        toast(request, _("Choose an answer."))
        return redirect(back)
    if not lets_in(row, request.member):
        toast(request, _("This one is by invitation. Ask who organises it."))
        return redirect(back)
    try:
        rsvp = Rsvp.say(row, said, member=request.member)
    except RsvpError as error:
        toast(request, str(TOLD[error.code]))
        return redirect(back)
    if said != Answer.NO and row.gathering.is_open:
        Participant.join(row.gathering, request.member)
    if rsvp.waits:
        toast(request, _("All seats are taken: you are on the waiting list, and move up by yourself."))
    else:
        toast(request, _("Your answer: %(answer)s.") % {"answer": rsvp.get_answer_display()})
    return redirect(back)


def change(request: MemberRequest, pk: int, number: int) -> HttpResponse:
    """Moves or changes this one, this and the following, or all that are still to come."""
    row = mine(request, pk, number)
    gathering, me = row.gathering, request.member
    if row.has_begun():
        toast(request, _("It has begun: what was stays as it was."))
        return redirect("gatherings:meeting", pk, number)
    initial = slot_of(row) | {"scope": Scope.THIS} | said_by(schedule.rule_from(row))
    sent = request.POST if request.method == "POST" else None
    form = MeetingForm(sent, today=me.today(), is_recurring=gathering.is_recurring, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            with transaction.atomic():
                _change(request, row, form)
        except SeatsTaken as error:
            taken = ngettext("%(n)s person has a seat.", "%(n)s people have a seat.", error.count) % {"n": error.count}
            form.add_error("seats", taken + " " + _("Nobody’s seat is taken away: choose at least as many."))
        else:
            return redirect("gatherings:meeting", pk, number)
    context = {"form": form, "meeting": row, "gathering": gathering, "zones": sorted(zone_names())}
    return render(request, "gatherings/change.html", context, status=status(form))


def _change(request: MemberRequest, row: Meeting, form: MeetingForm) -> None:
    data = form.cleaned_data
    scope = data.get("scope", Scope.THIS)
    own = {name: data[name] for name in OWN}
    if scope == Scope.THIS:
        moment = schedule.change_one(row, form.slot, data["day"], by=request.member, **own)
    else:
        change = schedule.change_following if scope == Scope.FOLLOWING else schedule.change_all
        Meeting.objects.filter(pk=row.pk).update(**own)
        days = {"day": data["day"], "rule": form.rule_for(row.day)} if form.has_new_days else {}
        moment = change(row, form.slot, by=request.member, **days)
    say(request, _("It is changed."), [moment])


@require_POST
def skip(request: MemberRequest, pk: int, number: int) -> HttpResponse:
    """Leaves this one out, in one tap."""
    row = mine(request, pk, number)
    if row.has_begun():
        toast(request, str(TOLD["over"]))
    else:
        schedule.skip(row, request.member)
        toast(request, _("This one is skipped. No harm done: the next is as planned."))
    return redirect(safe_next(request, reverse("gatherings:gathering", args=[pk])))


def cancel(request: MemberRequest, pk: int, number: int) -> HttpResponse:
    """Cancels this one, or what follows, with a word why."""
    row = mine(request, pk, number)
    form = CancelForm(request.POST if request.method == "POST" else None, initial={"scope": Scope.THIS})
    if request.method == "POST" and form.is_valid():
        off = schedule.still_to_come(row, form.cleaned_data["scope"])
        Meeting.cancel_all(off, request.member, form.cleaned_data["words"])
        toast(request, _("It is cancelled. Calendars hear of it."))
        return redirect("gatherings:gathering", pk)
    context = {"form": form, "meeting": row, "gathering": row.gathering}
    return render(request, "gatherings/cancel.html", context, status=status(form))


@require_POST
def restore(request: MemberRequest, pk: int, number: int) -> HttpResponse:
    """It happens after all."""
    row = mine(request, pk, number)
    if row.is_over():
        toast(request, str(TOLD["over"]))
    else:
        row.restore(request.member)
        toast(request, _("It happens after all."))
    return redirect("gatherings:meeting", pk, number)
