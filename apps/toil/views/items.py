"""Toil items: the list, one item, and what a team decides about it."""

import operator
import uuid

from django.db import transaction
from django.db.models import Sum
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from apps.accounts.http import MemberRequest
from apps.accounts.models import Member, Role
from apps.toil import figures, payback, undo
from apps.toil.forms import DigWorkForm, ItemForm, LinkForm, MergeForm, StateForm
from apps.toil.lines import lines
from apps.toil.models import Category, DigWork, Entry, Item, ItemLink, Merge, State
from apps.toil.models.state import change_state
from apps.toil.permissions import may_shape_items
from apps.toil.sql import MonthlyCost
from apps.web.forms import status
from apps.web.models import MergeError
from apps.web.models.submission import already, once
from apps.web.text import whole_number
from apps.web.toasts import toast

PAGE = 50


def items(request: MemberRequest) -> HttpResponse:
    """All items with what they cost a month, filtered and sorted by the address, fifty a page."""
    member = request.member
    asked = {
        "q": request.GET.get("q", "").replace("\0", "").strip()[:100],
        "state": request.GET.get("state", "") if request.GET.get("state") in State.values else "",
        "category": whole_number(request.GET.get("category", "")),
        "sort": request.GET.get("sort", "cost") if request.GET.get("sort") in figures.SORTS else "cost",
    }
    page = max(1, whole_number(request.GET.get("page", "")) or 1)
    costs = figures.monthly_costs(member.today())
    order = _in_order(asked, costs)
    total = len(order)
    start = min((page - 1) * PAGE, max(0, (total - 1) // PAGE * PAGE))
    rows = figures.item_rows(order[start : start + PAGE], costs, member.today())
    return render(
        request,
        "toil/items.html",
        {
            "rows": rows,
            "asked": asked,
            "total": total,
            "page": start // PAGE + 1,
            "pages": (total + PAGE - 1) // PAGE,
            "states": State.choices,
            "categories": Category.objects.current(),
        },
    )


def _in_order(asked: dict, costs: dict[int, MonthlyCost]) -> list[int]:
    """The ids that fit, sorted. Sums come from the narrow rollup, so that only one page of whole rows is read."""
    found = Item.objects.current()
    if q := asked["q"]:
        found = found.saying([q])
    if asked["state"]:
        found = found.filter(state=asked["state"])
    if asked["category"]:
        found = found.filter(category=asked["category"])
    first = "state" if asked["sort"] == "state" else "name"
    ids = list(found.order_by(first, "name", "id").values_list("id", flat=True))
    if asked["sort"] in ("cost", "times"):
        by = operator.attrgetter("minutes" if asked["sort"] == "cost" else "times")
        ids.sort(key=lambda pk: -by(costs[pk]) if pk in costs else 0)
    return ids


def item(request: MemberRequest, pk: int) -> HttpResponse:
    """One item: figures, who did it, digging and its payback, states, links, last entries."""
    member = request.member
    row = get_object_or_404(Item.objects.select_related("category", "stakeholder", "owner", "merged_into"), pk=pk)
    if row.merged_into_id:
        return redirect("toil:item", row.merged_into_id)
    today = member.today()
    leads = {lead.pk: lead.short_name for lead in Member.objects.filter(role=Role.LEAD)}
    by_month = figures.minutes_by_month(row)
    return render(
        request,
        "toil/item.html",
        {
            "item": row,
            "figures": figures.item_figures(row, set(leads), today),
            "chart": figures.who_did_it(row, set(leads), today),
            "leads": list(leads.values()),
            "digging": _digging(row, by_month, today),
            "changes": row.state_changes.select_related("by"),
            "entries": lines(Entry.objects.filter(item=row).newest_first()[:8]),
            "merges": row.merges_in.standing().select_related("source", "by"),
            "may_shape": may_shape_items(member),
            "today": today,
            "submission_id": uuid.uuid4(),
        },
    )


def _digging(row: Item, by_month: dict, today) -> dict:
    """Estimate and actual side by side, with when each pays back."""
    cost = payback.monthly_cost(by_month, today)
    upkeep = row.upkeep_minutes or 0
    spent = row.dig_work.aggregate(m=Sum("minutes"))["m"] or 0
    gone = row.state_changes.filter(state=State.GONE).first() if row.state == State.GONE else None
    before = payback.baseline(by_month, gone.on) if gone else cost
    return {
        "cost": cost,
        "before": before,
        "upkeep": upkeep,
        "estimate": row.dig_estimate_minutes,
        "spent": spent,
        "estimate_pays": payback.pays_back_after(row.dig_estimate_minutes, before.minutes, upkeep)
        if before and row.dig_estimate_minutes
        else None,
        "spent_pays": payback.pays_back_after(spent, before.minutes, upkeep) if before and spent else None,
        "never": bool(before and before.minutes <= upkeep and (row.dig_estimate_minutes or spent)),
        "work": row.dig_work.select_related("member")[:6],
        "gone": gone,
        "saved": payback.saved(by_month, gone.on, upkeep, today) if gone else None,
    }


def new(request: MemberRequest) -> HttpResponse:
    member = request.member
    if earlier := already(member, "item", request.POST.get("submission_id")):
        return redirect("toil:item", earlier)
    form = ItemForm(request.POST or None, initial={"name": request.GET.get("name", ""), "submission_id": uuid.uuid4()})
    if request.method == "POST" and form.is_valid():
        fields = {name: form.cleaned_data[name] for name in ItemForm.Meta.fields}

        def deed() -> int:
            return Item.observe(fields.pop("name"), member, **fields).pk

        pk, _fresh = once(member, "item", form.cleaned_data["submission_id"], deed)
        toast(request, _("The item is on the list. Log against it whenever it comes back."))
        return redirect("toil:item", pk)
    return render(request, "toil/item_form.html", {"form": form}, status=status(form))


def edit(request: MemberRequest, pk: int) -> HttpResponse:
    """Change an item's words. If somebody else was faster, their version is shown beside what was typed."""
    row = get_object_or_404(Item.objects.current(), pk=pk)
    form = ItemForm(request.POST or None, instance=row, initial={"version": row.version})
    theirs = None
    if request.method == "POST" and form.is_valid():
        values = {name: form.cleaned_data[name] for name in ItemForm.Meta.fields}
        version = form.cleaned_data["version"] or 0
        if Item.objects.filter(pk=pk, version=version).update(**values, version=version + 1):
            toast(request, _("The item is changed."))
            return redirect("toil:item", pk)
        theirs = Item.objects.select_related("category", "stakeholder").get(pk=pk)
        form.data = {**request.POST.dict(), "version": str(theirs.version)}
    shown = Item.objects.get(pk=pk)
    code = 409 if theirs else status(form)
    return render(request, "toil/item_form.html", {"form": form, "item": shown, "theirs": theirs}, status=code)


def state(request: MemberRequest, pk: int) -> HttpResponse:
    """Moves an item along: observed, agreed, being dug out, gone, or accepted as it is."""
    member = request.member
    row = get_object_or_404(Item.objects.current(), pk=pk)
    form = StateForm(request.POST or None, by=member, initial={"state": row.state, "on": member.today()})
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        change = change_state(row, State(data["state"]), member, reason=data["reason"], on=data["on"])
        text = _("“%(item)s” is now: %(state)s") % {"item": row.label, "state": row.get_state_display()}
        toast(request, text, undo.token(member, undo.moved(change)))
        return redirect("toil:item", pk)
    return render(request, "toil/item_state.html", {"form": form, "item": row}, status=status(form))


def merge(request: MemberRequest, pk: int) -> HttpResponse:
    """Two items are one: moves everything of this one into another."""
    member = request.member
    row = get_object_or_404(Item.objects.current(), pk=pk)
    form = MergeForm(request.POST or None, source=row)
    if request.method == "POST" and form.is_valid():
        target = form.cleaned_data["target"]
        try:
            done = Merge.make(row, target, member)
        except MergeError:
            form.add_error("target", _("One of the two was merged meanwhile. Look again."))
        else:
            text = _("“%(source)s” is part of “%(target)s” now.") % {
                "source": row.label,
                "target": target.label,
            }
            toast(request, text, undo.token(member, undo.merged(done)))
            return redirect("toil:item", target.pk)
    return render(request, "toil/item_merge.html", {"form": form, "item": row}, status=status(form))


@require_POST
def unmerge(request: MemberRequest, pk: int, merge_pk: int) -> HttpResponse:
    """Takes a merge back, however long ago it was."""
    row = get_object_or_404(Merge.objects.select_related("source"), pk=merge_pk, target=pk)
    try:
        row.undo()
    except MergeError:
        toast(request, _("This was taken apart already."))
        return redirect("toil:item", pk)
    toast(request, _("“%(item)s” stands for itself again.") % {"item": row.source.label})
    return redirect("toil:item", row.source_id)


def dig(request: MemberRequest, pk: int) -> HttpResponse:
    """Logs hours spent on digging the item out; beside it, all that were logged."""
    member = request.member
    row = get_object_or_404(Item.objects.current(), pk=pk)
    form = DigWorkForm(request.POST or None, by=member, initial={"day": member.today(), "submission_id": uuid.uuid4()})
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data

        def deed() -> int:
            return DigWork.objects.create(
                item=row, member=member, minutes=data["minutes"], day=data["day"], note=data["note"]
            ).pk

        once(member, "dig", data["submission_id"], deed)
        toast(request, _("Digging hours are noted."))
        return redirect("toil:dig", pk)
    context = {"form": form, "item": row, "work": row.dig_work.select_related("member")[:200]}
    return render(request, "toil/item_dig.html", context, status=status(form))


@require_POST
def dig_delete(request: MemberRequest, pk: int, work_pk: int) -> HttpResponse:
    """Deletes digging hours of one's own; the lead may delete all."""
    member = request.member
    rows = DigWork.objects.filter(pk=work_pk, item=pk)
    work = get_object_or_404(rows if member.is_lead else rows.filter(member=member))
    deed = undo.undug(work)
    work.delete()
    toast(request, _("The digging hours are deleted."), undo.token(member, deed))
    return redirect("toil:dig", pk)


def links(request: MemberRequest, pk: int) -> HttpResponse:
    """Runbooks, tickets, pages: add one here."""
    row = get_object_or_404(Item.objects.current(), pk=pk)
    form = LinkForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        with transaction.atomic():
            ItemLink.objects.get_or_create(
                item=row, url=form.cleaned_data["url"], defaults={"title": form.cleaned_data["title"]}
            )
        return redirect("toil:item", pk)
    return render(request, "toil/item_links.html", {"form": form, "item": row}, status=status(form))


@require_POST
def link_delete(request: MemberRequest, pk: int, link_pk: int) -> HttpResponse:
    get_object_or_404(ItemLink, pk=link_pk, item=pk).delete()
    return redirect("toil:links", pk)
