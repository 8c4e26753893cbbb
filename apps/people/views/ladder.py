"""The ladder: steps proposed, claimed, confirmed, agreed to and erased; and the field, people × items or topics."""

import uuid

from django.db.models import Q, QuerySet
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from apps.accounts.http import MemberRequest
from apps.people import ladder
from apps.people.forms import LadderForm
from apps.people.models import LadderError, LadderStep, Roughly, Rung, Subject, Topic
from apps.people.views.gone import too_late
from apps.toil import figures
from apps.toil.models import Category, Item
from apps.web.forms import status
from apps.web.http import safe_next
from apps.web.models.submission import once
from apps.web.text import whole_number
from apps.web.toasts import toast

PAGE = 50  # rows of the field
# One answer to both: what waits, and where somebody stands who shows it roughly, is not everybody's to know.
REFUSED = gettext_lazy("They stand there already, or further, or a step waits for an answer.")


def step(request: MemberRequest) -> HttpResponse:
    """Writes a step down: one's own, or one that somebody else has to confirm."""
    me = request.member
    initial: dict[str, object] = {name: request.GET.get(name, "") for name in ("item", "topic", "rung")}
    initial |= {"person": request.GET.get("person") or me.pk, "day": me.today(), "submission_id": uuid.uuid4()}
    form = LadderForm(request.POST if request.method == "POST" else None, today=me.today(), initial=initial)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data

        def deed() -> int:
            topic = Topic.named(data["topic"], me) if data["topic"] else None
            subject = Subject(data["item"], topic)
            said = {name: data[name] for name in ("rung", "day", "words")}
            if data["person"] == me:
                return LadderStep.claim(me, subject, **said).pk
            return LadderStep.propose(data["person"], subject, me, **said).pk

        try:
            made, _fresh = once(me, "ladder", data["submission_id"], deed)
        except LadderError:
            form.add_error("rung", REFUSED)
        else:
            row = LadderStep.objects.filter(pk=made or 0).first()
            _say(request, row)
            return (
                redirect("toil:item", data["item"].pk) if data["item"] else redirect("people:person", data["person"].pk)
            )
    context = {"form": form, "topics": Topic.objects.with_interest(me)}
    return render(request, "people/step.html", context, status=status(form))


def _say(request: MemberRequest, row: LadderStep | None) -> None:
    if row is None or row.counts:
        toast(request, _("The step is noted."))
    elif row.person_id == request.member.pk:
        toast(request, _("Noted. It counts once the lead, or somebody who does it alone, agrees."))
    else:
        name = row.person.short_name
        toast(request, _("%(name)s is asked. Until then only the two of you see it.") % {"name": name})


@require_POST
def confirm(request: MemberRequest, pk: int) -> HttpResponse:
    """Yes to a step that somebody proposed."""
    row = LadderStep.objects.seen_by(request.member).told().filter(pk=pk, person=request.member).first()
    if row is None:
        return too_late(request, reverse("me:record"))
    row.confirm()
    said = {"rung": row.get_rung_display(), "subject": row.subject.label}
    toast(request, _("You stand at “%(rung)s” in “%(subject)s” now.") % said)
    return redirect(safe_next(request, reverse("me:record")))


@require_POST
def agree(request: MemberRequest, pk: int) -> HttpResponse:
    """Agrees to what somebody says of themselves."""
    row = LadderStep.objects.confirmed().told().filter(pk=pk).first()
    if row is None:
        return too_late(request, reverse("people:people"))
    if not LadderStep.may_agree(request.member, row.subject, row.person):
        toast(request, _("The lead agrees to it, or somebody who does it alone."))
        return redirect(safe_next(request, reverse("people:person", args=[row.person_id])))
    row.agree(request.member)
    said = {"name": row.person.short_name, "rung": row.get_rung_display()}
    toast(request, _("%(name)s stands at “%(rung)s” now.") % said)
    return redirect(safe_next(request, reverse("people:person", args=[row.person_id])))


@require_POST
def erase(request: MemberRequest, pk: int) -> HttpResponse:
    """The person erases a step at any time, or says no to it; who proposed it, while it has no answer."""
    theirs = Q(person=request.member) | Q(proposed_by=request.member, confirmed_at=None)
    row = LadderStep.objects.filter(theirs, pk=pk).told().first()
    if row:
        row.erase()
        toast(request, _("It is gone. Nobody is told."))
    return redirect(safe_next(request, reverse("me:record")))


@require_POST
def roughly(request: MemberRequest) -> HttpResponse:
    """What others see of my ladder: the steps, or only “can help” and “is learning”."""
    Roughly.choose(request.member, on=request.POST.get("roughly") == "on")
    toast(request, _("Saved. It holds from now on."))
    return redirect("me:record")


def field(request: MemberRequest) -> HttpResponse:
    """People × items, or × topics: who stands where, fifty rows a page, the costliest or most wanted first."""
    me = request.member
    by = "topics" if request.GET.get("by") == "topics" else "items"
    category = whole_number(request.GET.get("category", ""))
    only_one = request.GET.get("one") == "on"
    alone = whole_number(request.GET.get("alone", ""))  # so many can do it alone; three stands for more too
    is_short = only_one or alone is not None
    ids = _topics(me) if by == "topics" else _items(me, category, is_short)
    if is_short:
        counted = ladder.Steps(Topic if by == "topics" else Item, ids).alone()
        ids = [pk for pk, people in counted.items() if (people <= 1 if alone is None else min(people, 3) == alone)]
    pages = max(1, -(-len(ids) // PAGE))
    page = min(max(1, whole_number(request.GET.get("page", "")) or 1), pages)
    shown = ids[(page - 1) * PAGE : page * PAGE]
    rows: QuerySet = Topic.objects.all() if by == "topics" else Item.objects.all()
    found = rows.in_bulk(shown)
    context = {
        "field": ladder.field([found[pk] for pk in shown], me),
        "asked": {"by": by, "category": category, "one": only_one, "alone": alone},
        "categories": Category.objects.current(),
        "rungs": [rung for rung in Rung if rung],
        "total": len(ids),
        "page": page,
        "pages": pages,
    }
    return render(request, "people/field.html", context)


def _topics(me) -> list[int]:
    return list(Topic.objects.with_interest(me).values_list("pk", flat=True))


def _items(me, category: int | None, coming_back: bool) -> list[int]:
    """Items that still cost something first, the costliest at the top. What is accepted is no risk any more."""
    rows = Item.objects.coming_back() if coming_back else Item.objects.current().exclude(state="gone")
    rows = rows.order_by("name")
    if category:
        rows = rows.filter(category=category)
    costs = figures.monthly_costs(me.today())
    ids = list(rows.values_list("pk", flat=True))
    return sorted(ids, key=lambda pk: -(costs[pk].minutes if pk in costs else 0))
