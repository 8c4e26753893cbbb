"""The people: who is interested in what, and one of them."""

import uuid

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from apps.accounts.http import MemberRequest
from apps.accounts.models import Member
from apps.people import journey, ladder, matrix, notes, sql
from apps.people.forms import InterestForm
from apps.people.models import Interest, JourneyStep, Keen, NoteReading, Signal, Topic
from apps.web.forms import status
from apps.web.models.submission import once
from apps.web.toasts import toast

NEWEST = 10  # notes on a page
TOPICS, PEOPLE = 10, 10  # of the table beside them; the whole has a page of its own
NAMES_SHOWN = 24


def people(request: MemberRequest) -> HttpResponse:
    """Everybody and what interests them."""
    me = request.member
    everybody = Member.objects.active().by_name().as_persons()
    known = {one.pk: one for one in everybody}
    newest = notes.newest(me, NEWEST + 1, known)
    shown = newest[:NEWEST]
    NoteReading.record(me, [note.person_id for note in shown if note.by_id != me.pk], me.today())
    context = {
        "matrix": matrix.of_everybody(known, topics=TOPICS, people=PEOPLE),
        "people": tuple(everybody if "all" in request.GET else everybody[:NAMES_SHOWN]),
        "everybody": len(everybody),
        "waiting": sql.count_waiting(me),
        "path": journey.path(known),
        "notes": shown,
        "more_notes": len(newest) > NEWEST,
        "to_ask": sql.not_joined() if me.is_lead else (),
        "claims": ladder.claims() if me.is_lead else (),
    }
    return render(request, "people/people.html", context)


def person(request: MemberRequest, pk: int) -> HttpResponse:
    """One person: what interests them, as far as the reader may see it."""
    row = get_object_or_404(Member.objects.active(), pk=pk)
    return _page(request, row, _form(request, row))


def propose(request: MemberRequest, pk: int) -> HttpResponse:
    """Somebody thinks that a topic interests a person, who will say so or not."""
    row = get_object_or_404(Member.objects.active().exclude(pk=request.member.pk), pk=pk)
    form = _form(request, row)
    if request.method != "POST" or not form.is_valid():
        return _page(request, row, form)
    data = form.cleaned_data

    def deed() -> int | None:
        topic = Topic.named(data["topic"], request.member)
        made = Interest.propose(row, topic, request.member, keen=data["keen"], wants=data["wants"])
        return made.pk if made else None

    made, _fresh = once(request.member, "propose", data["submission_id"], deed)
    if made:
        toast(request, _("%(name)s is asked. Until then only the two of you see it.") % {"name": row.short_name})
    else:
        toast(request, _("This is known already, or waits for an answer."))
    return redirect("people:person", row.pk)


def _form(request: MemberRequest, row: Member) -> InterestForm:
    return InterestForm(
        request.POST if request.method == "POST" else None,
        wants_label=_("What %(name)s may want") % {"name": row.short_name},
        initial={"keen": Keen.KEEN, "submission_id": uuid.uuid4()},
    )


def _page(request: MemberRequest, row: Member, form: InterestForm) -> HttpResponse:
    me = request.member
    seen = Interest.objects.seen_by(me).of_standing().filter(person=row)
    about = list(Signal.objects.seen_by(me).filter(person=row).told()[: NEWEST + 1])
    way = list(JourneyStep.objects.seen_by(me).filter(person=row).told())
    steps = ladder.steps_of(row, me)
    if seen or about or way or steps:
        NoteReading.record(me, [row.pk], me.today())
    context = {
        "person": row,
        "interests": seen.select_related("topic").order_by("confirmed_at", "topic__name"),
        "notes": about[:NEWEST],
        "more_notes": len(about) > NEWEST,
        "way": way,
        "stands": next((step for step in way if step.is_current), None),
        "steps": steps,
        "is_me": row == me,
        "form": form,
        "topics": Topic.objects.with_interest(request.member),
    }
    return render(request, "people/person.html", context, status=status(form))
