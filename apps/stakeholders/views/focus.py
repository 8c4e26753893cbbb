"""The focus decision: the sequence of decisions as a story, deciding, answering, and looking again."""

import uuid
from datetime import timedelta

from django.core.paginator import Paginator
from django.db.models import Case, Q, QuerySet, When
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from apps.accounts.http import MemberRequest
from apps.accounts.models import Change
from apps.stakeholders import sql
from apps.stakeholders.evidence import Asked
from apps.stakeholders.focus import Told
from apps.stakeholders.forms import FocusForm, ReviewForm, VoiceForm
from apps.stakeholders.models import FocusDecision, Observation, Overtaken, Stakeholder, Voice
from apps.stakeholders.weighing import Weighing
from apps.web.forms import status
from apps.web.http import or_see
from apps.web.models.submission import already, once
from apps.web.text import whole_number
from apps.web.toasts import toast

PAGE = 10
SHOWN = 24  # of those who agree, until everybody is asked for
FOUND = 20  # pieces of evidence for the words that are looked for
USUAL_DAYS = 90  # until one looks again


def focus(request: MemberRequest) -> HttpResponse:
    """All decisions, the newest first."""
    return _story(request)


def _story(
    request: MemberRequest,
    voice_form: VoiceForm | None = None,
    review_form: ReviewForm | None = None,
    *,
    is_late: bool = False,
) -> HttpResponse:
    """The page; `is_late` says that somebody answered a decision whose place was taken meanwhile."""
    member = request.member
    decisions = FocusDecision.objects.whole(None if "everybody" in request.GET else SHOWN, member).newest_first()
    page = Paginator(decisions, PAGE).get_page(request.GET.get("page"))
    shown = list(page.object_list)
    then = FocusDecision.objects.filter(number=shown[0].number + 1).first() if page.has_previous() else None
    told = Told.story(shown, member, then)
    current = told[0] if told and page.number == 1 else None
    if current:
        mine = current.mine
        said = {"agrees": "yes" if mine.agrees else "no", "words": mine.words} if mine else {}
        voice_form = voice_form or VoiceForm(initial=said)
        review_form = review_form or ReviewForm(
            by=member, initial={"review_on": _usual_day(member), "submission_id": uuid.uuid4()}
        )
    context = {
        "current": current,
        "before": told[1:] if current else told,
        "page": page,
        "voice_form": voice_form,
        "review_form": review_form,
        "is_late": is_late,
        "changes": Change.objects.of(*(voice for each in told for voice in each.decision.voices.all())),
        "may_decide": member.is_lead,
        "has_groups": bool(told) or Stakeholder.objects.current().exists(),
    }
    bad = [form for form in (voice_form, review_form) if form is not None and status(form) != 200]
    return render(request, "stakeholders/focus.html", context, status=409 if is_late else 422 if bad else 200)


def decide(request: MemberRequest) -> HttpResponse:
    """A new decision, beside the figures that speak for or against it."""
    member = request.member
    before = FocusDecision.objects.current()
    if request.method == "POST" and already(member, "focus", request.POST.get("submission_id")):
        return redirect("stakeholders:focus")
    weighing = Weighing.on(member.today())
    initial = {"submission_id": uuid.uuid4(), "after": before.number if before else 0, "review_on": _usual_day(member)}

    is_search = "look_up" in request.POST
    if is_search:  # a form that is still being filled in: nothing typed is lost, and nothing is told to be missing
        initial |= {name: values if len(values) > 1 else values[0] for name, values in request.POST.lists()}
        initial |= {name: request.POST.getlist(name) for name in ("stakeholders", "observations")}
    find = request.POST.get("find", "").replace("\0", "").strip()[:200]
    shown, found = _to_choose_from(find, request.POST.getlist("observations"))

    def form_after(decision, data):
        return FocusForm(data, by=member, before=decision, shown=shown, initial=initial)

    # Who began when nothing was decided was not asked what had been learned since.
    data = None if is_search else request.POST or None
    form = form_after(None if request.POST.get("after") == "0" else before, data)
    theirs = None
    if data and form.is_valid():
        try:
            once(
                member,
                "focus",
                form.cleaned_data["submission_id"],
                lambda: (
                    FocusDecision.decide(
                        member, form.cleaned_data["after"], weighed=weighing.write(), **form.values()
                    ).pk
                ),
            )
        except Overtaken as overtaken:
            theirs = overtaken.newest
            again = request.POST.copy()
            again["after"] = str(theirs.number)
            form = form_after(theirs, again)
        else:
            toast(request, _("The decision stands. Ask the others whether they agree."))
            return redirect("stakeholders:focus")
    context = {"form": form, "weighing": weighing, "before": before, "theirs": theirs, "is_search": is_search}
    context |= {"find": find, "found": found, "found_shown": min(found, FOUND)}
    return render(request, "stakeholders/focus_form.html", context, status=409 if theirs else status(form))


def _usual_day(member):
    return member.today() + timedelta(days=USUAL_DAYS)


def _to_choose_from(find: str, ticked: list[str]) -> tuple[QuerySet, int]:
    """The evidence to choose from, and how many pieces say the words that are looked for: the first of these, then what
    is ticked, and of each current group the two newest and the one that places it.
    """
    wanted = {pk for pk in map(whole_number, ticked) if pk is not None}
    current = Stakeholder.objects.current()
    newest = {pk for known in sql.known().values() for pk in (known.newest, known.second) if pk}
    chosen = Q(pk__in=wanted) | Q(pk__in=newest, stakeholder__in=current) | Q(pk__in=current.values("placed_by"))
    hits: list[int] = []
    count = 0
    if find:
        found = Asked(q=find).apply(Observation.objects.all(), with_groups=True)
        count = found.count()
        hits = list(found.newest_first().values_list("pk", flat=True)[:FOUND])
        chosen |= Q(pk__in=hits)
    hits_first = Case(When(pk__in=hits, then=0), default=1)
    by_group = ("stakeholder__position", "stakeholder__name", "-day", "-id")
    return Observation.objects.filter(chosen).select_related("stakeholder").order_by(hits_first, *by_group), count


@or_see("stakeholders:focus")
def voice(request: MemberRequest, decision_pk: int) -> HttpResponse:
    """Says for oneself whether one agrees. A decision whose place is taken gets no more answers."""
    decision = get_object_or_404(FocusDecision, pk=decision_pk)
    form = VoiceForm(request.POST, said=Voice.objects.filter(about=decision, member=request.member).first())
    current = FocusDecision.objects.current()
    if current != decision:
        return _story(request, form, is_late=True)
    if not form.is_valid():
        return _story(request, form)
    Voice.say(decision, request.member, **form.cleaned_data)
    toast(request, _("Your answer is kept with the decision."))
    return redirect("stakeholders:focus")


@or_see("stakeholders:focus")
def look_again(request: MemberRequest, decision_pk: int) -> HttpResponse:
    """The lead looked again, and the decision still holds."""
    decision = get_object_or_404(FocusDecision, pk=decision_pk)
    form = ReviewForm(request.POST, by=request.member)
    if FocusDecision.objects.current() != decision:
        return _story(request, review_form=form, is_late=True)
    if not form.is_valid():
        return _story(request, review_form=form)
    member, data = request.member, form.cleaned_data
    key = data["submission_id"]
    once(member, "review", key, lambda: decision.look_again(member, data["review_on"], data["words"]).pk)
    toast(request, _("Looked at again: it still holds."))
    return redirect("stakeholders:focus")
