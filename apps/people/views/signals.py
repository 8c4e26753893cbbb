"""Notes about people: written, and answered by the person they are about; everything that is noted about me."""

import uuid

from django.core.paginator import Paginator
from django.db.models import Q
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from apps.accounts.http import MemberRequest
from apps.accounts.models import Member
from apps.people import ladder
from apps.people.forms import AnswerForm, SignalForm
from apps.people.models import Interest, JourneyStep, LadderStep, NoteReading, Roughly, Signal, Topic
from apps.people.views.gone import too_late
from apps.web.forms import status
from apps.web.http import safe_next
from apps.web.models.submission import once
from apps.web.text import whole_number
from apps.web.toasts import toast

PAGE = 30  # notes
READERS = 50  # looks at notes about one person, on their page


def notes(request: MemberRequest) -> HttpResponse:
    """All notes that the reader may see, or those about one person."""
    rows = Signal.objects.seen_by(request.member).told()
    about = whole_number(request.GET.get("person", ""))
    person = get_object_or_404(Member.objects.active(), pk=about) if about else None
    page = Paginator(rows.filter(person=person) if person else rows, PAGE).get_page(request.GET.get("page"))
    NoteReading.record(
        request.member, [row.person_id for row in page if row.by_id != request.member.pk], request.member.today()
    )
    query = f"person={person.pk}" if person else ""
    return render(request, "people/all_notes.html", {"page": page, "about": person, "query": query})


def note(request: MemberRequest) -> HttpResponse:
    """Writes down a signal."""
    today = request.member.today()
    initial = {"day": today, "person": request.GET.get("person", ""), "submission_id": uuid.uuid4()}
    form = SignalForm(request.POST if request.method == "POST" else None, today=today, initial=initial)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        person: Member = data["person"]

        def deed() -> int:
            topic = Topic.named(data["topic"], request.member) if data["topic"] else None
            said = {name: data[name] for name in ("words", "day", "place")}
            return Signal.note(person, request.member, topic=topic, **said).pk

        once(request.member, "signal", data["submission_id"], deed)
        if person == request.member:
            toast(request, _("Noted. Everybody sees it."))
            return redirect("me:record")
        toast(request, _("%(name)s sees it now, and nobody else until they say yes.") % {"name": person.short_name})
        return redirect("people:person", person.pk)
    context = {"form": form, "topics": Topic.objects.with_interest(request.member)}
    return render(request, "people/note.html", context, status=status(form))


def _mine(request: MemberRequest, pk: int) -> Signal:
    """A note about me, with an answer or still waiting for one."""
    return get_object_or_404(Signal.objects.seen_by(request.member).told(), pk=pk, person=request.member)


def answer(request: MemberRequest, pk: int) -> HttpResponse:
    """Puts a note about me into my own words, or says something to it: it is kept as I say."""
    row = _mine(request, pk)
    form = AnswerForm(request.POST or None, initial={"words": row.words, "answer": row.answer})
    if request.method == "POST" and form.is_valid():
        row.correct(form.cleaned_data["words"], form.cleaned_data["answer"])
        toast(request, _("It is kept in your words."))
        return redirect("me:record")
    return render(request, "people/answer.html", {"form": form, "note": row}, status=status(form))


@require_POST
def accept(request: MemberRequest, pk: int) -> HttpResponse:
    """Yes to a note about me."""
    row = Signal.objects.seen_by(request.member).filter(pk=pk, person=request.member).first()
    if row is None:
        return too_late(request, reverse("me:record"))
    row.accept()
    toast(request, _("It is kept. You can take it back whenever you like."))
    return redirect(safe_next(request, reverse("me:record")))


@require_POST
def erase(request: MemberRequest, pk: int) -> HttpResponse:
    """The person a note is about erases it at any time; who wrote it, while it has no answer."""
    theirs = Q(person=request.member) | Q(by=request.member, consent=None)
    row = Signal.objects.filter(theirs, pk=pk).first()
    if row:
        row.erase()
        toast(request, _("It is gone. Nobody is told."))
    mine = row is None or row.person_id == request.member.pk
    return redirect(safe_next(request, reverse("me:record" if mine else "people:people")))


def record(request: MemberRequest) -> HttpResponse:
    """Everything that is noted about me, and who has looked at it."""
    me = request.member
    steps = LadderStep.objects.filter(person=me).told()
    way = JourneyStep.objects.filter(person=me).told()
    about_me = Signal.objects.seen_by(me).filter(person=me).told()
    context = {
        "waiting": [row for row in about_me if not row.is_accepted],
        "kept": [row for row in about_me if row.is_accepted],
        "interests": Interest.objects.of_standing().filter(person=me).confirmed().select_related("topic"),
        "waiting_steps": steps.waiting(),
        "claimed": steps.to_agree(),
        "climbs": ladder.steps_of(me, me),
        "waiting_way": way.waiting(),
        "way": way.confirmed(),
        "is_rough": Roughly.objects.filter(person=me).exists(),
        "asked": Interest.objects.of_standing().filter(person=me).waiting().count(),
        "readings": NoteReading.of(me)[:READERS],
        "written": Signal.objects.seen_by(me).filter(by=me).exclude(person=me).told()[:READERS],
    }
    return render(request, "people/record.html", context)
