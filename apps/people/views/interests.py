"""One's own interests: said, changed and withdrawn, and the answer to what others propose."""

import uuid

from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from apps.accounts.http import MemberRequest
from apps.people.forms import InterestForm
from apps.people.models import Interest, Keen, Topic
from apps.people.views.gone import too_late
from apps.web.forms import status
from apps.web.http import safe_next
from apps.web.toasts import toast


def interests(request: MemberRequest) -> HttpResponse:
    """What interests me, what others think that does, and all topics to choose from."""
    mine = Interest.objects.of_standing().filter(person=request.member).select_related("topic", "proposed_by")
    form = _form(request, initial={"topic": request.GET.get("topic", "")[:120]})
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        topic = Topic.named(data["topic"], request.member)
        Interest.say(request.member, topic, keen=data["keen"], wants=data["wants"])
        toast(request, _("“%(topic)s” is among your interests now.") % {"topic": topic.label})
        return redirect("people:interests")
    context = {
        "form": form,
        "mine": mine.confirmed().order_by("-keen", "topic__name"),
        "waiting": mine.waiting().order_by("proposed_at"),
        "topics": Topic.objects.with_interest(request.member),
        "may_shape": request.member.is_lead,
    }
    return render(request, "people/interests.html", context, status=status(form))


def _form(request: MemberRequest, initial: dict, topic: Topic | None = None) -> InterestForm:
    return InterestForm(
        request.POST if request.method == "POST" else None,
        wants_label=_("What you would like to do"),
        topic=topic,
        initial={"keen": Keen.KEEN, "submission_id": uuid.uuid4()} | initial,
    )


def interest(request: MemberRequest, pk: int) -> HttpResponse:
    """Change one of my interests, or answer a proposal in my own words."""
    row = get_object_or_404(_mine(request), pk=pk)
    form = _form(request, {"keen": row.keen, "wants": row.wants}, row.topic)
    if request.method == "POST" and form.is_valid():
        Interest.say(request.member, row.topic, keen=form.cleaned_data["keen"], wants=form.cleaned_data["wants"])
        toast(request, _("Your interest is saved."))
        return redirect("people:interests")
    return render(request, "people/interest.html", {"form": form, "interest": row}, status=status(form))


def _mine(request: MemberRequest) -> QuerySet[Interest]:
    """Interests of the reader, and those that wait for their answer."""
    rows = Interest.objects.of_standing().filter(person=request.member).select_related("topic")
    return rows.confirmed() | rows.waiting()


@require_POST
def confirm(request: MemberRequest, pk: int) -> HttpResponse:
    """Yes to what somebody proposed."""
    row = _mine(request).filter(pk=pk).first()
    if row is None:
        return too_late(request, reverse("people:interests"))
    row.confirm()
    toast(request, _("“%(topic)s” is among your interests now.") % {"topic": row.topic.label})
    return redirect(safe_next(request, reverse("people:interests")))


@require_POST
def withdraw(request: MemberRequest, pk: int) -> HttpResponse:
    """Takes an interest back, or says no to a proposal."""
    row = Interest.objects.of_standing().filter(person=request.member, pk=pk).first()
    if row:
        row.withdraw()
        toast(request, _("It is gone. Nobody is told."))
    return redirect(safe_next(request, reverse("people:interests")))
