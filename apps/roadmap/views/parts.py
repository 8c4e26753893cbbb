"""The parts of one's draft, each in a form of its own: items, quarters with their seats, lanes, how we got here."""

import json
from contextlib import suppress

from django.db.models import Model
from django.forms import BaseForm
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from apps.accounts.http import MemberRequest
from apps.gatherings.models import Gathering
from apps.roadmap import words
from apps.roadmap.document import (
    FIELDS,
    LENGTHS,
    Document,
    DocumentError,
    Item,
    LaneKind,
    Part,
    canonical,
    check_parts,
    id_of,
    new_id,
    read_item,
)
from apps.roadmap.forms import (
    DropLaneForm,
    ItemForm,
    LaneForm,
    PartForm,
    PastFormSet,
    QuarterForm,
    SeatFormSet,
    TitleForm,
    people_to_seat,
)
from apps.roadmap.merging import Merge
from apps.roadmap.mine import Mine
from apps.roadmap.models import Draft, Map
from apps.roadmap.views.drafts import drawn, posted, there, with_mine
from apps.roadmap.year import COLUMNS
from apps.toil import months
from apps.toil.models import Item as ToilItem
from apps.web.forms import status
from apps.web.text import clean
from apps.web.toasts import toast

MOST_DAYS = 366
type Changes = dict[str, Part | None]


def _save(
    request: MemberRequest, mine: Mine, form: PartForm, key: str, more: Changes | None = None, says: str = ""
) -> bool:
    """Puts what the form changes into the draft; what was changed elsewhere meanwhile is told, once."""
    mine_says, collided = form.changes()
    if key not in mine.document:  # of what is new everything is said, and nobody else can have changed it
        mine_says, collided = form.said(), []
    if collided and request.POST.get("use_mine") != "yes":
        form.collided = collided  # type: ignore[attr-defined]
        return False
    try:
        mine.change({key: mine_says} | (more or {}), says)
    except DocumentError as error:
        form.add_error(None, str(error))
        return False
    return True


def _form_page(request: MemberRequest, template: str, form: BaseForm, mine: Mine, **more) -> HttpResponse:
    context = {"form": form, "mine": mine, "collided": getattr(form, "collided", None), "there": there(mine), **more}
    in_panel = request.method == "GET" and request.htmx and not request.htmx.history_restore_request
    rows = more.get("rows")
    is_wrong = rows is not None and rows.is_bound and not rows.is_valid()
    code = 409 if context["collided"] else 422 if is_wrong else status(form)
    return render(request, f"{template}#panel" if in_panel else template, context, status=code)


@with_mine
def item(request: MemberRequest, mine: Mine, item_id: str = "") -> HttpResponse:
    """Adds an item, or changes one."""
    document = mine.document
    key = f"item:{item_id or new_id()}"
    part = document.parts.get(key) if item_id else _new_item(request, mine)
    if part is None:
        raise Http404
    form = ItemForm(
        posted(request),
        part=part,
        year=mine.map.year,
        lanes=document.lanes,
        by=request.member,
    )
    if request.method == "POST" and form.is_valid():
        if form.rest and not form.lies_here:  # it lies in the next map altogether
            _keep_for_next(request, mine, key, FIELDS["item"] | part | form.said(), form.rest)
            if item_id:
                mine.change({key: None}, _("Into the next map: %(title)s") % {"title": part["title"]})
            return redirect(there(mine))
        if _save(request, mine, form, key, says=form.cleaned_data["title"]):
            if form.rest:
                _keep_for_next(request, mine, key, mine.document.parts[key], form.rest)
            _nudge(mine, key, request.POST.get("nudge", ""))
            return redirect(there(mine, f"#i-{id_of(key)}"))
    shown = read_item(item_id, part) if item_id else None
    is_right = shown is not None and mine.map.year.column(shown.start) > COLUMNS // 2
    return _form_page(request, "roadmap/draft_item.html", form, mine, item=shown, nudges=_NUDGES, is_right=is_right)


def _nudge(mine: Mine, key: str, asked: str) -> None:
    """One of the buttons that move an item by a week, after what the form says was saved."""
    days, _colon, longer = asked.partition(":")
    by = next(((one, two) for one, two, _says in _NUDGES if (days, longer) == (str(one), str(two))), None)
    if by:
        found = read_item(id_of(key), mine.document.parts[key])
        mine.change({key: {"when": _moved(mine, found, *by)}}, found.title)


def _moved(mine: Mine, found: Item, days: int = 0, longer: int = 0, starts: int = 0) -> list[str]:
    """The days of an item that is moved, and pulled at its end and its start, as far as the map goes."""
    year = mine.map.year
    start, end = year.shift(found.start, found.end, days)
    start, end = year.stretch(start, end, longer)
    start, end = year.begin(start, end, starts)
    return [start.isoformat(), end.isoformat()]


# (days, days longer, what the button says)
_NUDGES = (
    (-7, 0, gettext_lazy("A week earlier")),
    (7, 0, gettext_lazy("A week later")),
    (0, -7, gettext_lazy("A week shorter")),
    (0, 7, gettext_lazy("A week longer")),
)
_LANE_WAYS = (("up", gettext_lazy("Up")), ("down", gettext_lazy("Down")))


def _new_item(request: MemberRequest, mine: Mine) -> Part:
    """What a new item says at first: the lane, quarter, title, toil item and gathering that the address names."""
    lanes = {lane.id for lane in mine.document.lanes if lane.kind != LaneKind.SHAPE}
    lane = request.GET.get("lane", "")
    year, today = mine.map.year, mine.map.year.clamp(request.member.today())
    asked = request.GET.get("quarter", "")
    quarter = year.quarter(int(asked)) if asked in {"1", "2", "3", "4"} else year.quarter(year.quarter_of(today))
    return FIELDS["item"] | {
        "title": clean(request.GET.get("title", ""))[: LENGTHS["title"]],
        "toil": _named(ToilItem, request.GET.get("toil", "")),
        "gatherings": _named(Gathering, request.GET.get("gathering", "")),
        "lane": lane if lane in lanes else LaneKind.GOALS.value,
        "when": [quarter.start.isoformat(), quarter.end.isoformat()],
    }


def _named(model: type[Model], asked: str) -> list[int]:
    """The id that an address names, if there is such a row."""
    is_id = asked.isascii() and asked.isdecimal() and len(asked) < 16
    return [int(asked)] if is_id and model._default_manager.filter(pk=asked).exists() else []


def _keep_for_next(request: MemberRequest, mine: Mine, key: str, part: Part, days: tuple) -> None:
    """Puts what lies behind this map into one's draft of the next."""
    row, _is_new = Map.objects.get_or_create(start=months.step(mine.map.start, 12))
    coming = Mine(row, mine.member, Draft.open_for(row, mine.member))
    changes: Changes = {key: part | {"when": [day.isoformat() for day in days]}}
    lane = f"lane:{part['lane']}"
    if lane not in coming.document:
        changes[lane] = mine.document.parts[lane]
    coming.change(changes)
    says = _("“%(title)s” waits in your draft of %(label)s.")
    toast(request, says % {"title": part["title"], "label": row.label})


@with_mine
def drop_item(request: MemberRequest, mine: Mine, item_id: str) -> HttpResponse:
    key = f"item:{item_id}"
    if request.method == "POST" and key in mine.document:
        mine.change({key: None}, _("Dropped: %(title)s") % {"title": mine.document.parts[key]["title"]})
        toast(request, _("Dropped from your draft. Undo brings it back."))
    return redirect(there(mine))


@with_mine
def move(request: MemberRequest, mine: Mine, item_id: str) -> HttpResponse:
    """Moves an item by days, makes it longer or shorter, or puts it into another lane: by drag, key or button."""
    key = f"item:{item_id}"
    part = mine.document.parts.get(key)
    if part is None:
        raise Http404
    if request.method != "POST":
        return redirect(there(mine, f"#i-{item_id}"))
    found = read_item(item_id, part)
    when = _moved(mine, found, *(_days(request, name) for name in ("days", "longer", "starts")))
    lane = _other_lane(mine, found, request.POST.get("lane", ""))
    if mine.change({key: {"when": when, "lane": lane}}, found.title):
        document = mine.document
        now = document.items[item_id]
        moved = {"title": now.title, "days": words.of_item(now), "lane": document.lane_by_id[lane].label}
        says = _("%(title)s: %(lane)s, %(days)s") % moved
    else:
        says = _("That is as far as it goes.")
    if request.htmx:
        return render(request, "roadmap/draft.html#drawn", drawn(request, mine, says))
    return redirect(there(mine, f"#i-{item_id}"))


def _days(request: MemberRequest, name: str) -> int:
    try:
        return min(max(int(request.POST.get(name) or 0), -MOST_DAYS), MOST_DAYS)
    except ValueError:
        return 0


def _other_lane(mine: Mine, found: Item, asked: str) -> str:
    """The lane that is asked for: by its id, or the one above or below."""
    order = [lane.id for lane in mine.document.lanes if lane.kind != LaneKind.SHAPE]
    if asked in order:
        return asked
    place = order.index(found.lane) + {"up": -1, "down": 1}.get(asked, 0)
    return order[min(max(place, 0), len(order) - 1)]


@with_mine
def quarter(request: MemberRequest, mine: Mine, number: int) -> HttpResponse:
    """A quarter's name and sentence, and its team seat by seat."""
    if number not in (1, 2, 3, 4):
        raise Http404
    document, key = mine.document, f"quarter:{number}"
    seats = document.quarters[number - 1].seats
    form = QuarterForm(posted(request), part=document.parts[key])
    now = {f"seat:{seat.id}": document.parts[f"seat:{seat.id}"] for seat in seats}
    before = _rows_before(request, now)
    sitting = document.quarters[number - 2].seats if number > 1 and not seats else ()  # in the quarter before
    shown = sitting if "take" in request.GET else seats
    rows = SeatFormSet(
        posted(request),
        prefix="seats",
        initial=[
            {"seat": seat.id if shown is seats else "", "member": seat.member, "role": seat.role, "how": seat.how}
            for seat in shown
        ],
        form_kwargs={"people": people_to_seat({seat.member for seat in (*seats, *sitting) if seat.member})},
    )
    if request.method == "POST" and form.is_valid() and rows.is_valid():
        says = _("Quarter %(n)s") % {"n": number}
        if _save_rows(request, mine, form, key, before, now, _seats(rows, number, before), says):
            return redirect(there(mine))
    more = {"rows": rows, "number": number, "span": mine.map.year.quarter(number), "rows_base": canonical(before)}
    if sitting and shown is seats:
        more["before"] = number - 1
    return _form_page(request, "roadmap/draft_quarter.html", form, mine, **more)


def _seats(rows, number: int, before: dict[str, Part]) -> dict[str, Part]:
    """The seats of a quarter as the rows say them, in their order; who stays in it keeps their place's number."""
    said: dict[str, Part] = {}
    for row in rows.ordered_forms:
        data = row.cleaned_data
        if row.is_empty:
            continue
        key = f"seat:{data.get('seat')}"
        said[key if key in before else f"seat:{new_id()}"] = {
            "quarter": number,
            "role": data["role"],
            "member": data["member"],
            "how": data["how"],
            "position": before[key]["position"] if key in before else len(before) + len(said) + 1,
        }
    places = [part["position"] for part in said.values()]
    if places != sorted(places):
        for place, part in enumerate(said.values(), start=1):
            part["position"] = place
    return said


def _rows_before(request: MemberRequest, now: dict[str, Part]) -> dict[str, Part]:
    """What the rows of a form said when it was shown: as the form remembers it, else as it is."""
    with suppress(ValueError, RecursionError, DocumentError):
        kept = json.loads(request.POST.get("rows_base", ""))
        check_parts(kept)
        return kept
    return now


def _save_rows(
    request: MemberRequest,
    mine: Mine,
    form: PartForm,
    key: str,
    before: dict[str, Part],
    now: dict[str, Part],
    said: dict[str, Part],
    says: str,
) -> bool:
    """Saves a form with rows, where another window may have changed other rows meanwhile: both are kept, and where both
    touched the same it is told, once.
    """
    both = Merge(Document(before), Document(now), Document(said))
    if both.collisions and request.POST.get("use_mine") != "yes":
        form.collided = [(str(_("A row")), "")]  # type: ignore[attr-defined]
        return False
    return _save(request, mine, form, key, Document(now).changes_to(both.settle({})), says)


@with_mine
def lane(request: MemberRequest, mine: Mine, lane_id: str = "") -> HttpResponse:
    """Adds a lane of one's own, or changes one."""
    document = mine.document
    key = f"lane:{lane_id or new_id()}"
    part = document.parts.get(key) if lane_id else FIELDS["lane"]
    if part is None:
        raise Http404
    form = LaneForm(posted(request), part=part)
    if request.method == "POST" and form.is_valid():
        more = {}
        above = form.said().get("above", part["above"])
        if not lane_id or above != part["above"]:
            more = {"position": document.next_position("lane", above=above)}
        if _save(request, mine, form, key, {key: form.changes()[0] | more}, form.cleaned_data["name"]):
            return redirect(there(mine))
    shown = document.lane_by_id.get(lane_id)
    return _form_page(
        request,
        "roadmap/draft_lane.html",
        form,
        mine,
        lane=shown,
        lane_ways=_LANE_WAYS,
        is_own=part["kind"] == LaneKind.OWN,
    )


@with_mine
def move_lane(request: MemberRequest, mine: Mine, lane_id: str) -> HttpResponse:
    """Puts a lane one place higher or lower, on its side of the ground."""
    document = mine.document
    row = document.lane_by_id.get(lane_id)
    if request.method == "POST" and row and row.kind != LaneKind.SHAPE:
        # The team's shape is always on top, so nothing goes past it.
        side = [lane for lane in document.lanes if lane.above == row.above and lane.kind != LaneKind.SHAPE]
        place = side.index(row)
        other = place + (-1 if request.POST.get("way") == "up" else 1)
        if 0 <= other < len(side):
            side.insert(other, side.pop(place))
            mine.change({f"lane:{one.id}": {"position": n} for n, one in enumerate(side, start=2)}, row.label)
    return redirect(there(mine))


@with_mine
def drop_lane(request: MemberRequest, mine: Mine, lane_id: str) -> HttpResponse:
    """Drops a lane of one's own; of its items it is asked what becomes of them."""
    document = mine.document
    row = document.lane_by_id.get(lane_id)
    if row is None or row.kind != LaneKind.OWN:
        raise Http404
    items = document.in_lane(lane_id)
    others = [lane for lane in document.lanes if lane.id != lane_id and lane.kind != LaneKind.SHAPE]
    form = DropLaneForm(posted(request), lanes=others)
    changes: Changes = {f"lane:{lane_id}": None}
    if request.method == "POST" and not items:
        mine.change(changes, row.label)
        return redirect(there(mine))
    if request.method == "POST" and form.is_valid():
        to = form.cleaned_data["to"]
        for found in items:
            changes[found.key] = None if to == form.DROP else {"lane": to}
        mine.change(changes, row.label)
        return redirect(there(mine))
    return _form_page(request, "roadmap/draft_drop_lane.html", form, mine, lane=row, items=items)


@with_mine
def backstory(request: MemberRequest, mine: Mine) -> HttpResponse:
    """How we got here: what happened before the map starts."""
    lines = mine.document.backstory
    now = {f"past:{past.id}": mine.document.parts[f"past:{past.id}"] for past in lines}
    before = _rows_before(request, now)
    rows = PastFormSet(
        posted(request),
        prefix="past",
        initial=[{"past": past.id, "when": past.when, "text": past.text} for past in lines],
    )
    title = TitleForm(posted(request), part=mine.document.parts["map"])
    if request.method == "POST" and rows.is_valid() and title.is_valid():
        said: dict[str, Part] = {}
        for row in rows.ordered_forms:
            data = row.cleaned_data
            if data.get("text"):
                key = f"past:{data.get('past')}"
                line = {"when": data["when"], "text": data["text"], "position": len(said) + 1}
                said[key if key in before else f"past:{new_id()}"] = line
        if _save_rows(request, mine, title, "map", before, now, said, _("How we got here")):
            return redirect(there(mine))
    return _form_page(request, "roadmap/draft_backstory.html", title, mine, rows=rows, rows_base=canonical(before))
