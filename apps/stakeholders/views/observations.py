"""Evidence: noting it, correcting it, turning a counted figure into it, and all of it as CSV."""

import uuid
from datetime import date

from django.http import Http404, HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from apps.accounts.correcting import correct_or_ask
from apps.accounts.http import MemberRequest
from apps.accounts.models import Change
from apps.stakeholders import counted, evidence
from apps.stakeholders.forms import ObservationForm
from apps.stakeholders.models import How, Observation, Stakeholder
from apps.stakeholders.models.observation import Confidence, may_correct
from apps.web import csv_file
from apps.web.forms import status
from apps.web.models.merge import where_it_went
from apps.web.models.submission import once
from apps.web.text import whole_number
from apps.web.toasts import toast


def about_whom(request: MemberRequest) -> HttpResponse:
    """The first step of adding evidence where no group is named yet."""
    return render(request, "stakeholders/about_whom.html", {"stakeholders": Stakeholder.objects.current()})


def note(request: MemberRequest, pk: int) -> HttpResponse:
    """Adds a piece of evidence. The address may name the days of a counted figure, which is then counted anew."""
    member = request.member
    if (end := where_it_went(Stakeholder, pk)) != pk:
        return redirect("stakeholders:observe_about", end)
    stakeholder = get_object_or_404(Stakeholder.objects.standing(), pk=pk)
    if stakeholder.archived_at and request.method == "GET":
        toast(request, _("“%(name)s” is archived. The lead can bring it back.") % {"name": stakeholder.label})
        return redirect("stakeholders:stakeholder", pk)
    figure = _figure(request, stakeholder)
    initial = {"day": member.today(), "submission_id": uuid.uuid4(), "confidence": Confidence.LIKELY}
    if figure:
        initial |= {"text": figure.text, "how": How.COUNTED, "confidence": Confidence.FIRM, "source": _("The toil log")}
        initial |= {"seen": figure.seen}
    form = ObservationForm(request.POST or None, by=member, figure=figure, initial=initial)
    if request.method == "POST" and stakeholder.archived_at:
        form.add_error(None, _("This group was archived meanwhile. Once the lead has brought it back, save again."))
    if request.method == "POST" and form.is_valid():
        fields = form.values()
        if figure:
            fields |= {
                "counted_times": figure.times,
                "counted_minutes": figure.minutes,
                "counted_since": figure.since,
                "counted_until": figure.until,
                "counted_item": figure.item,
            }
        _pk, fresh = once(
            member,
            "observation",
            form.cleaned_data["submission_id"],
            lambda: Observation.note(stakeholder, member, **fields).pk,
        )
        if fresh:
            toast(request, _("The evidence is noted."))
        return redirect("stakeholders:stakeholder", stakeholder.pk)
    context = {"form": form, "stakeholder": stakeholder, "figure": figure}
    return render(request, "stakeholders/observation_form.html", context, status=status(form))


def correct(request: MemberRequest, observation_pk: int) -> HttpResponse:
    """Changes what an observation says; what it said before stays readable."""
    member = request.member
    row = get_object_or_404(Observation.objects.select_related("stakeholder", "by"), pk=observation_pk)
    if not may_correct(member, row):
        raise Http404
    form = ObservationForm(request.POST or None, by=member, instance=row)
    collided: list[tuple[str, str]] = []
    if request.method == "POST" and form.is_valid():
        form, collided = correct_or_ask(form, row, request, by=member)
        if not collided:
            toast(request, _("The evidence is corrected. What it said before stays below it."))
            page = reverse("stakeholders:stakeholder", args=[row.stakeholder_id])
            return redirect(f"{page}?piece={row.pk}#observation-{row.pk}")
    context = {
        "form": form,
        "stakeholder": row.stakeholder,
        "observation": row,
        "collided": collided,
        "changes": Change.objects.of(row),
    }
    return render(request, "stakeholders/observation_form.html", context, status=409 if collided else status(form))


def as_csv(request: MemberRequest) -> StreamingHttpResponse:
    """All observations, or those of one group and of what its page is filtered by, oldest first."""
    header = (
        *(_("Day"), _("About whom"), _("What was counted, said or seen"), _("How we know"), _("How sure")),
        *(_("Within our own observation"), _("Source"), _("Link"), _("Quoted"), _("How often"), _("How much")),
        *(_("Noted by"), _("Counted times"), _("Counted minutes"), _("Counted from"), _("Counted to")),
    )
    found = evidence.Asked.read(request.GET).apply(Observation.objects.select_related("stakeholder", "by"))
    if group := whole_number(request.GET.get("stakeholder", "")):
        found = found.filter(stakeholder=where_it_went(Stakeholder, group))
    rows = found.order_by("day", "id").iterator(chunk_size=2_000)
    name = f"observations-{request.member.today().isoformat()}.csv"
    return csv_file.response(csv_file.lines(header, map(_cells, rows)), name)


def _cells(row: Observation) -> tuple:
    return (
        *(row.day, row.stakeholder.label, row.text, row.get_how_display(), row.get_confidence_display()),
        *(_("yes") if row.is_own else "", row.source, row.url, row.quoted),
        *(row.get_frequency_display() or "", row.get_pain_display() or "", row.by.display_name if row.by else ""),
        *(row.counted_times, row.counted_minutes, row.counted_since, row.counted_until),
    )


def _figure(request: MemberRequest, stakeholder: Stakeholder) -> counted.Counted | None:
    """The counted figure that the address asks for; None where nothing was logged on those days, or they are none."""
    try:
        since, until = (date.fromisoformat(request.GET.get(name, "")) for name in ("since", "until"))
    except ValueError:
        return None
    item = whole_number(request.GET.get("item", ""))
    return counted.count(stakeholder, since, min(until, request.member.today()), item)
