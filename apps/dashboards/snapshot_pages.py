"""Snapshots of the dashboard: the list, making one, reading it, removing one's own."""

from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from apps.accounts.http import MemberRequest
from apps.dashboards import freeze, pages
from apps.dashboards.forms import SnapshotForm
from apps.dashboards.models import Snapshot
from apps.dashboards.models.snapshot import MOST_OF_ONE
from apps.dashboards.period import Period
from apps.dashboards.sheet import as_csv
from apps.dashboards.views import head, of_period, reading_of
from apps.web import csv_file
from apps.web.forms import status
from apps.web.toasts import toast

PAGE = 30


def snapshots(request: MemberRequest) -> HttpResponse:
    reading, asked, form = reading_of(request)
    found = Snapshot.objects.seen_by(request.member).listed()
    return render(
        request,
        "dashboards/snapshots.html",
        head(request, "snapshots", reading, asked, form)
        | {
            "page": Paginator(found, PAGE).get_page(request.GET.get("page")),
        },
    )


def new(request: MemberRequest) -> HttpResponse:
    """Of the months that the address asks for."""
    reading, _asked, _form = reading_of(request)
    form = SnapshotForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        if Snapshot.objects.filter(by=request.member).count() >= MOST_OF_ONE:
            form.add_error(
                None,
                ValidationError(
                    _("You have %(n)s snapshots already. Remove one that nobody needs any more."),
                    code="many",
                    params={"n": MOST_OF_ONE},
                ),
            )
        else:
            said = form.cleaned_data
            row = freeze.freeze(reading, said["comment"], is_shared=said["is_shared"])
            toast(request, _("The snapshot is kept. Nothing in it changes any more."))
            return redirect("dashboards:snapshot", row.pk)
    context = {"form": form, "period": reading.period, "back": f"{reverse('dashboards:front')}{of_period(request)}"}
    return render(request, "dashboards/snapshot_new.html", context, status=status(form))


def _seen(request: MemberRequest, pk: int) -> Snapshot:
    return get_object_or_404(Snapshot.objects.seen_by(request.member).select_related("by"), pk=pk)


def _page(request: MemberRequest) -> str:
    page = request.GET.get("of", "front")
    return page if page in pages.ALL else "front"


def snapshot(request: MemberRequest, pk: int) -> HttpResponse:
    row, page = _seen(request, pk), _page(request)
    told = freeze.read(row, page, get_language() or "en")
    return render(
        request,
        "dashboards/snapshot.html",
        {
            "row": row,
            "period": Period(row.first, row.last),
            "pages": [(f"?of={name}", one.label, name == page) for name, one in pages.ALL.items()],
            "label": pages.ALL[page].label,
            "figures": told.figures,
            "is_cut": told.is_cut,
            "is_mine": row.by_id == request.member.pk,
            "sections": [
                (name, section, f"{reverse('dashboards:snapshot_file', args=[pk, name])}?of={page}")
                for name, section in told.sections.items()
            ],
        },
    )


def snapshot_file(request: MemberRequest, pk: int, section: str) -> StreamingHttpResponse:
    row, page = _seen(request, pk), _page(request)
    sections = freeze.read(row, page, get_language() or "en").sections
    if section not in sections:
        raise Http404
    name = f"miraizu-{row.day:%Y-%m-%d}-{page}-{section}.csv"
    return csv_file.response(csv_file.lines(*as_csv(sections[section].sheet)), name)


@require_POST
def remove(request: MemberRequest, pk: int) -> HttpResponse:
    """One's own; of anybody else's it is said that there is none. Twice is the same as once."""
    if not Snapshot.objects.filter(pk=pk, by=request.member).delete()[0] and Snapshot.objects.filter(pk=pk).exists():
        raise Http404
    toast(request, _("The snapshot is removed."))
    return redirect("dashboards:snapshots")
