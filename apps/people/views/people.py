"""The people: who is interested in what, and one of them."""

import uuid

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from apps.accounts.http import MemberRequest
from apps.accounts.models import Member
from apps.people import matrix
from apps.people.forms import InterestForm
from apps.people.models import Interest, Keen, NoteReading, Signal, Topic
from apps.web.forms import status
from apps.web.models.submission import once
from apps.web.toasts import toast

NEWEST = 20  # notes on a page


def people(request: MemberRequest) -> HttpResponse:
    """Everybody and what interests them."""
    me = request.member
    notes = list(Signal.objects.seen_by(me).told()[:NEWEST])
    NoteReading.record(me, [note.person_id for note in notes if note.by_id != me.pk], me.today())
    mine = Interest.objects.waiting().of_standing().filter(person=me).count()
    context = {
        "matrix": matrix.of_everybody(),
        "people": Member.objects.active().by_name(),
        "waiting": mine + Signal.objects.waiting().filter(person=me).count(),
        "notes": notes,
        "to_ask": to_ask() if me.is_lead else (),
    }
    return render(request, "people/people.html", context)


def to_ask() -> list[Member]:
    """People about whom something was noted and who have not joined: somebody has to ask them. What it says stays with
    who wrote it.
    """
    waits = Signal.objects.waiting().values("person")
    return list(Member.objects.active().filter(joined_at=None, pk__in=waits).by_name())


def person(request: MemberRequest, pk: int) -> HttpResponse:
    """One person: what interests them, as far as the reader may see it."""
    row = get_object_or_404(Member.objects.active(), pk=pk)
    if row == request.member:
        return redirect("people:interests")
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
    notes = list(Signal.objects.seen_by(me).filter(person=row).told()[:NEWEST])
    if seen or notes:
        NoteReading.record(me, [row.pk], me.today())
    context = {
        "person": row,
        "interests": seen.select_related("topic").order_by("confirmed_at", "topic__name"),
        "notes": notes,
        "form": form,
        "topics": Topic.objects.with_interest(request.member),
    }
    return render(request, "people/person.html", context, status=status(form))
