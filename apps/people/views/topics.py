"""Topics: renamed as words change, and merged where two turn out to be one."""

from django.db import IntegrityError
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from apps.accounts.correcting import correct_or_ask
from apps.accounts.http import MemberRequest
from apps.accounts.models import Change, Member
from apps.people import ladder, matrix
from apps.people.forms import MergeForm, TopicForm
from apps.people.models import Interest, Subject, Topic, TopicMerge
from apps.people.models.topic import SAME_NAME
from apps.people.naming import named_elsewhere
from apps.web.forms import status
from apps.web.models import MergeError
from apps.web.models.merge import where_it_went
from apps.web.text import whole_number
from apps.web.toasts import toast

PAGE = 30  # topics of the table


def topics(request: MemberRequest) -> HttpResponse:
    """The whole table: topics × people, some topics a page."""
    known = {one.pk: one for one in Member.objects.active().as_persons()}
    number = max(1, whole_number(request.GET.get("page", "")) or 1)
    start = (number - 1) * PAGE
    table = matrix.of_everybody(known, start=start, topics=PAGE)
    pages = max(1, -(-table.topics // PAGE))
    if number > pages:
        return redirect(f"{request.path}?page={pages}")
    return render(request, "people/topics.html", {"matrix": table, "number": number, "pages": pages})


def topic(request: MemberRequest, pk: int) -> HttpResponse:
    """One topic and who is interested in it."""
    row = get_object_or_404(Topic, pk=pk)
    if not (Topic.objects.known_to(request.member).filter(pk=pk).exists() or named_elsewhere(request, row)):
        raise Http404
    if row.merged_into_id:
        return redirect("people:topic", where_it_went(Topic, pk))
    subject = Subject(topic=row)
    found = Interest.objects.seen_by(request.member).of_standing().filter(topic=row)
    context = {
        "topic": row,
        "interests": found.select_related("person").order_by("confirmed_at", "id"),
        "mine": found.filter(person=request.member).first(),
        "merges": row.merges_in.standing().select_related("source", "by"),
        "changes": Change.objects.of(row),
        "may_shape": request.member.is_lead,
        "noted_for": urlencode({"topic": row.label}),
        **ladder.of_subject(subject, request.member),
    }
    return render(request, "people/topic.html", context)


def edit(request: MemberRequest, pk: int) -> HttpResponse:
    """Renames a topic, in both languages."""
    row = get_object_or_404(Topic.objects.standing(), pk=pk)
    form = TopicForm(request.POST or None, instance=row)
    collided: list[tuple[str, str]] = []
    if request.method == "POST" and form.is_valid():
        try:
            form, collided = correct_or_ask(form, row, request)
        except IntegrityError:  # another lead gave the same name in this very moment
            form.add_error("name", SAME_NAME)
        else:
            if not collided:
                toast(request, _("The topic is saved."))
                return redirect("people:topic", pk)
    context = {"form": form, "topic": Topic.objects.get(pk=pk), "collided": collided}
    return render(request, "people/topic_form.html", context, status=409 if collided else status(form))


def merge(request: MemberRequest, pk: int) -> HttpResponse:
    """Two topics are one: who is interested in this one moves to the other."""
    row = get_object_or_404(Topic.objects.standing(), pk=pk)
    form = MergeForm(request.POST or None, source=row)
    if request.method == "POST" and form.is_valid():
        target = form.cleaned_data["target"]
        try:
            TopicMerge.make(row, target, request.member)
        except MergeError:
            form.add_error("target", _("One of the two was merged meanwhile. Look again."))
        else:
            said = {"source": row.label, "target": target.label}
            toast(request, _("“%(source)s” is part of “%(target)s” now. You can take them apart below.") % said)
            return redirect("people:topic", target.pk)
    return render(request, "people/topic_merge.html", {"form": form, "topic": row}, status=status(form))


@require_POST
def unmerge(request: MemberRequest, pk: int, merge_pk: int) -> HttpResponse:
    """Takes a merge back, however long ago it was."""
    found = TopicMerge.objects.select_related("source").filter(target=pk, target__merged_into=None)
    row = get_object_or_404(found, pk=merge_pk)
    try:
        row.undo()
    except MergeError:
        toast(request, _("This was taken apart already."))
        return redirect("people:topic", pk)
    except IntegrityError:  # its name was taken since
        toast(request, _("Another topic has its name by now. Rename that one first."))
        return redirect("people:topic", pk)
    toast(request, _("“%(item)s” stands for itself again.") % {"item": row.source.label})
    return redirect("people:topic", row.source_id)
