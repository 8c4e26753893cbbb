"""One item of the map: what it says, how it goes, how it changed; check-ins and how sure somebody is."""

import uuid

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from apps.accounts.http import MemberRequest
from apps.roadmap.document import Sure
from apps.roadmap.forms import CheckInForm, SureForm
from apps.roadmap.item_page import ItemPage, find
from apps.roadmap.models import CheckIn
from apps.roadmap.publish import NothingChanged, say_how_sure
from apps.web.forms import status
from apps.web.http import or_see
from apps.web.models.submission import already, once
from apps.web.toasts import toast


def item(request: MemberRequest, item_id: str) -> HttpResponse:
    """The item as of the moment that the address names; dropped ones stay readable."""
    return _page(request, item_id)


def _page(
    request: MemberRequest, item_id: str, check_form: CheckInForm | None = None, sure_form: SureForm | None = None
) -> HttpResponse:
    page = find(item_id, request.GET)
    if page is None:
        raise Http404
    context = {"page": page, "look": page.look, "item": page.item, "may_draw": request.member.is_lead}
    if page.is_open:
        context["check_form"] = _check_form(request, None)
        context["sure_form"] = SureForm(initial={"sure": page.item.sure, "submission_id": uuid.uuid4()})
    context |= {"check_form": check_form} if check_form else {}
    context |= {"sure_form": sure_form} if sure_form else {}
    forms = [form for form in (check_form, sure_form) if form is not None]
    in_panel = request.htmx and not request.htmx.history_restore_request and not forms
    template = "roadmap/item.html#panel" if in_panel else "roadmap/item.html"
    return render(request, template, context, status=422 if any(status(form) != 200 for form in forms) else 200)


def _check_form(request: MemberRequest, data) -> CheckInForm:
    initial = {"submission_id": uuid.uuid4(), "day": request.member.today()}
    return CheckInForm(data, today=request.member.today(), initial=initial)


def _found(request: MemberRequest, item_id: str) -> ItemPage:
    """The item as it is now, or was last, on the map of the address. Raises Http404 if no map has ever had it."""
    page = find(item_id, {"map": request.GET.get("map", "")})
    if page is None:
        raise Http404
    return page


def _there(item_id: str, page: ItemPage) -> HttpResponse:
    return redirect(reverse("roadmap:item", args=[item_id]) + page.look.query())


@or_see("roadmap:item", "item_id")
def check_in(request: MemberRequest, item_id: str) -> HttpResponse:
    """Notes how it goes with the item; the plan stays as it is."""
    # On the map or not: what was typed while somebody dropped it is kept.
    there = _there(item_id, _found(request, item_id))
    if already(request.member, "check-in", request.POST.get("submission_id")):
        return there
    form = _check_form(request, request.POST)
    if not form.is_valid():
        return _page(request, item_id, check_form=form)

    def note() -> int:
        said = {name: form.cleaned_data[name] for name in form.Meta.fields}
        return CheckIn.note(item=item_id, by=request.member, **said).pk

    once(request.member, "check-in", form.cleaned_data["submission_id"], note)
    toast(request, _("Noted. The plan stays as it is."))
    return there


@or_see("roadmap:item", "item_id")
def sure(request: MemberRequest, item_id: str) -> HttpResponse:
    """Anyone says how sure they are of the item, and why: published at once, as an adjustment."""
    page = _found(request, item_id)
    there = _there(item_id, page)
    form = SureForm(request.POST)
    if not form.is_valid():
        return _page(request, item_id, sure_form=form)
    data, row = form.cleaned_data, page.look.map
    try:
        if not page.is_open:
            raise KeyError(item_id)
        once(
            request.member,
            "sure",
            data["submission_id"],
            lambda: say_how_sure(row, item_id, Sure(data["sure"]), data["why"], request.member).pk,
        )
    except NothingChanged:
        form.add_error("sure", _("The map says so already."))
        return _page(request, item_id, sure_form=form)
    except KeyError:
        form.add_error(None, _("This left the map meanwhile, so nobody needs to be sure of it."))
        return _page(request, item_id, sure_form=form)
    toast(request, _("The map says so now, with your reason."))
    return there
