"""One's own draft of the map as a whole: its picture, its steps, what becomes of it; and how a map begins."""

from collections.abc import Callable
from functools import wraps
from urllib.parse import urlencode

from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from apps.accounts.http import MemberRequest
from apps.accounts.models import persons
from apps.roadmap import next_year, picture, team
from apps.roadmap.changes import Difference
from apps.roadmap.forms import NextMapForm, StartForm
from apps.roadmap.mine import Mine
from apps.roadmap.models import Draft, DraftState, Map
from apps.roadmap.models.check_in import last_of_each
from apps.roadmap.models.revision import document_of
from apps.roadmap.views.compare import pictured
from apps.toil import months
from apps.web.forms import status
from apps.web.toasts import toast


def with_mine(view: Callable) -> Callable:
    """Gives the view the draft that the address names; without any map, the first one is begun."""

    @wraps(view)
    def answer(request: MemberRequest, *args, **kwargs) -> HttpResponse:
        month = request.POST.get("map") or request.GET.get("map") or ""
        mine = Mine.of(request.member, month, request.member.today())
        if mine is None:
            if month:
                raise Http404
            return redirect("roadmap:new")
        return view(request, mine, *args, **kwargs)

    return answer


def there(mine: Mine, anchor: str = "") -> str:
    """The address of the draft, at one of its parts."""
    return f"{reverse('roadmap:draft')}?{urlencode({'map': str(mine.map)})}{anchor}"


def posted(request: MemberRequest) -> QueryDict | None:
    """What a form is filled with: an empty POST is one, too."""
    return request.POST if request.method == "POST" else None


@with_mine
def draft(request: MemberRequest, mine: Mine) -> HttpResponse:
    return render(request, "roadmap/draft.html", drawn(request, mine))


def drawn(request: MemberRequest, mine: Mine, says: str = "") -> dict:
    """Everything that the page of a draft shows."""
    document, year, today = mine.document, mine.map.year, request.member.today()
    checks = last_of_each(mine.map, today)
    teams = team.teams(document.quarters, {}, persons(document.seated))
    row = mine.draft
    return {
        "mine": mine,
        "draft": row,
        "document": document,
        "says": says,
        "editing": True,
        "lanes": picture.draw(document, year, checks, picture.ALL_LINES),
        "core_teams": list(zip(picture.cores(document, year, checks, today), teams, strict=True)),
        "teams": teams,
        "heads": picture.heads(document.quarters, year, None, today),
        "flags": picture.flags(year, [], today),
        "difference": mine.difference,
        "drafted": mine.difference.by_item if mine.map.head else {},
        "query": f"?{urlencode({'map': str(mine.map)})}",
        "may_undo": row is not None and row.step > 0,
        "may_redo": row is not None and row.steps.filter(number=row.step + 1).exists(),
        "aside": Draft.objects.kept().filter(owner=request.member).select_related("map").order_by("-changed_at")[:20],
        "gone": Draft.objects.gone().filter(owner=request.member).select_related("map").order_by("-changed_at")[:20],
        "is_first": not Map.objects.published().exists(),
        "others": Draft.objects.open().filter(owner=request.member).exclude(map=mine.map).select_related("map"),
        "shared": Draft.objects.seen_by(request.member).exclude(owner=request.member).select_related("owner"),
    }


def look(request: MemberRequest, draft_pk: int) -> HttpResponse:
    """Somebody's draft, to look at: one's own, or one that its owner shares."""
    row = get_object_or_404(Draft.objects.seen_by(request.member).select_related("map", "owner"), pk=draft_pk)
    mine = Mine(row.map, row.owner, row)
    is_anothers = request.member.is_lead and row.owner_id != request.member.pk
    look = {"editing": False, "drafted": {}, "may_go_on": is_anothers, "query": f"?map={row.map}"}
    context = drawn(request, mine) | pictured(request, mine.difference, request.member.today()) | look
    return render(request, "roadmap/draft_look.html", context)


def go_on(request: MemberRequest, draft_pk: int) -> HttpResponse:
    """Begins a draft of one's own from one that its owner shares."""
    rows = Draft.objects.seen_by(request.member).exclude(owner=request.member).select_related("map")
    row = get_object_or_404(rows, pk=draft_pk)
    if request.method == "POST":
        row.go_on(request.member)
        toast(request, _("It is your draft now. The other one stays as it is."))
    return redirect(f"{reverse('roadmap:draft')}?{urlencode({'map': str(row.map)})}")


@with_mine
def step(request: MemberRequest, mine: Mine, way: str) -> HttpResponse:
    """Undoes or redoes one step."""
    if way not in ("undo", "redo"):
        raise Http404
    says = ""
    if request.method == "POST" and mine.draft:
        before = mine.document
        done = mine.draft.undo() if way == "undo" else mine.draft.redo()
        if done is None:
            says = _("There is nothing left to undo.") if way == "undo" else _("There is nothing to redo.")
        else:
            said = _("Undone: %(what)s") if way == "undo" else _("Done again: %(what)s")
            sides = (mine.document, before) if way == "undo" else (before, mine.document)
            says = said % {"what": _what(Difference(*sides, mine.map.year), done.says)}
    if request.htmx:
        return render(request, "roadmap/draft.html#drawn", drawn(request, mine, says))
    if says:
        toast(request, says)
    return redirect(there(mine))


def _what(difference: Difference, says: str) -> str:
    """What one step did: to an item, how; else what it was called when it was taken."""
    if [change.part.title for change in difference.items] != [says]:
        return says
    return _("%(what)s, %(name)s") % {"what": difference.items[0].what.label, "name": says}


@with_mine
def share(request: MemberRequest, mine: Mine) -> HttpResponse:
    """Lets everybody look at the draft, or nobody: the wished state is sent, so twice is the same."""
    if request.method == "POST" and mine.draft:
        mine.draft.is_shared = request.POST.get("wish") == "shared"
        mine.draft.save(update_fields=["is_shared"])
        toast(request, _("Everybody can look at it now.") if mine.draft.is_shared else _("Only you see it now."))
    return redirect(there(mine))


@with_mine
def discard(request: MemberRequest, mine: Mine) -> HttpResponse:
    """Throws the draft away: kept aside first, so that it can be taken up again."""
    if request.method == "POST" and mine.draft:
        if mine.draft.step or mine.difference:
            mine.draft.keep_aside("discard")
            toast(request, _("Your draft is put aside. It can be taken up again below."))
        else:
            mine.draft.discard()
    return redirect(there(mine) if mine.map.head else "roadmap:draft" if Map.objects.published() else "roadmap:map")


def take_up(request: MemberRequest, draft_pk: int) -> HttpResponse:
    """Opens a kept draft again; an open one is put aside for it."""
    rows = Draft.objects.exclude(state=DraftState.OPEN).filter(owner=request.member).select_related("map")
    row = get_object_or_404(rows, pk=draft_pk)
    if request.method == "POST":
        row.take_up()
        toast(request, _("It is your draft again."))
    return redirect(f"{reverse('roadmap:draft')}?{urlencode({'map': str(row.map)})}")


def forget(request: MemberRequest, draft_pk: int) -> HttpResponse:
    """Takes a kept draft off the list; below it can still be found."""
    row = Draft.objects.kept().filter(owner=request.member, pk=draft_pk).first()
    if request.method == "POST" and row:
        row.remove()
        toast(request, _("Removed from the list. It can still be found below it."))
    return redirect("roadmap:draft" if Map.objects.published() else "roadmap:map")


def new(request: MemberRequest) -> HttpResponse:
    """Begins a map."""
    form = StartForm(
        posted(request),
        today=request.member.today(),
        by=request.member,
        initial={"start": f"{months.first(request.member.today()):%Y-%m}"},
    )
    if request.method == "POST" and form.is_valid():
        row, _is_new = Map.objects.get_or_create(start=form.cleaned_data["start"])
        mine = Mine(row, request.member, None)
        mine.change({"map": {"title": form.cleaned_data["title"]}})
        return redirect(there(mine))
    return render(request, "roadmap/new.html", {"form": form}, status=status(form))


def next_map(request: MemberRequest, month: str) -> HttpResponse:
    """Starts the next year's map from this one: what is unfinished is asked about, one by one."""
    row = Map.objects.published().starting(month)
    if row is None:
        raise Http404
    coming = Map.objects.published().filter(start=next_year.following(row)).first()
    if coming is not None:
        return redirect(f"{reverse('roadmap:map')}?map={coming}")
    unfinished = next_year.unfinished(row, request.member.today())
    form = NextMapForm(posted(request), items=[item for item, _check in unfinished])
    if request.method == "POST" and form.is_valid():
        title = document_of(row).title
        draft = next_year.begin(row, request.member, form.kept, title or row.label)
        return redirect(f"{reverse('roadmap:draft')}?map={draft.map}")
    rows = [(form[f"item-{item.id}"], item, check) for item, check in unfinished]
    context = {"form": form, "row": row, "rows": rows, "coming": Map(start=next_year.following(row))}
    return render(request, "roadmap/next.html", context, status=status(form))
