"""Bringing in a log that is kept elsewhere: upload, look through, apply with a progress bar."""

import structlog
from django.http import Http404, HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from apps.accounts.http import MemberRequest
from apps.accounts.models import Member
from apps.toil import apply_import, import_file, plan_import
from apps.toil.forms import ImportChoicesForm, UploadForm
from apps.toil.imports import FORMATS, recognise
from apps.toil.imports.dates import Order
from apps.toil.imports.durations import Unit
from apps.toil.imports.errors import ImportFileError
from apps.toil.imports.mapped import MAPPED
from apps.toil.imports.reading import read_table
from apps.toil.matching import LEAVE_OUT, Matching
from apps.toil.models import ImportRun
from apps.toil.models.importing import ImportState
from apps.toil.plan_import import Fate, dry_run
from apps.toil.tasks import apply_one
from apps.web import csv_file
from apps.web.forms import status

log = structlog.get_logger(__name__)
MOST_PEOPLE = 40
OPEN = (ImportState.UPLOADED, ImportState.PREVIEWED)
STOP_ASKING = 286  # htmx's own status: swap this in, and poll no more


def upload(request: MemberRequest) -> HttpResponse:
    """Takes the file, refuses what is none, and goes on to looking through it."""
    form = UploadForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        file = form.cleaned_data["file"]
        try:
            table = read_table(file)
            for _row in table.rows():  # faults of the whole file show here, beside its field
                pass
        except ImportFileError as error:
            form.add_error("file", str(error))
        else:
            file.seek(0)
            known = recognise(table.header) or MAPPED
            run = ImportRun.objects.create(
                member=request.member, file=file, file_name=file.name[:200], format=known.code
            )
            return redirect("toil:import_run", run.pk)
    runs = ImportRun.objects.filter(member=request.member)[:10]
    context = {"form": form, "runs": runs, "formats": FORMATS.values()}
    return render(request, "toil/import.html", context, status=status(form))


def _own(request: MemberRequest, pk: int) -> ImportRun:
    return get_object_or_404(ImportRun.objects.select_related("member"), pk=pk, member=request.member)


def run(request: MemberRequest, pk: int) -> HttpResponse:
    """What would become of each row; POST keeps the choices and looks again."""
    this = _own(request, pk)
    if request.method == "POST" and this.state == ImportState.FAILED:  # “Look again” after it could not be applied
        ImportRun.objects.filter(pk=pk, state=ImportState.FAILED).update(state=ImportState.UPLOADED, error="")
        return redirect("toil:import_run", pk)
    if this.state not in OPEN:
        return _applying(request, this)
    return _preview(request, this)


def _applying(request: MemberRequest, this: ImportRun) -> HttpResponse:
    return render(request, "toil/import_run.html", {"run": this, **_bar(this)})


def _preview(request: MemberRequest, this: ImportRun, *, changed: bool = False, unticked: bool = False) -> HttpResponse:
    """Looks through the file; `changed` says that somebody wanted to apply what is not shown any more, `unticked` that
    rows which can't be read would be left out and nobody said so.
    """
    try:
        table = import_file.table_of(this)
        data = request.POST if request.method == "POST" and not (changed or unticked) else None
        form = ImportChoicesForm(data, run=this, table=table)
    except ImportFileError:
        return render(request, "toil/import_run.html", {"run": this, "file_gone": True}, status=410)
    if form.is_bound and form.is_valid():
        choices = form.choices() | {"people": _people_choices(request, this)}
        # A worker may have begun with it in another tab: then it keeps what it began with.
        ImportRun.objects.filter(pk=this.pk, state__in=OPEN).update(format=form.cleaned_data["format"], choices=choices)
        return redirect("toil:import_run", this.pk)
    report, error = None, ""
    try:
        table, report = dry_run(this)
    except ImportFileError as fault:
        error = str(fault)
    else:
        still_open = ImportRun.objects.filter(pk=this.pk, state__in=OPEN)
        if not still_open.update(state=ImportState.PREVIEWED, rows_total=report.total):
            this.refresh_from_db()
            return _applying(request, this)
    fate = asked if (asked := request.GET.get("fate", "")) in Fate.values else ""
    context = {
        "run": this,
        "form": form,
        "report": report,
        "error": error,
        "changed": changed,
        "unticked": unticked,
        "digest": import_file.digest(this),
        "fates": [(f.value, f.label, report.counts[f.value]) for f in Fate] if report else [],
        "fate": fate,
        "shown": _shown(report, fate) if report else [],
    }
    if report is not None:
        context |= {
            "people": _people(this, report, request.member),
            "unclear_dates": report.choices.order is Order.AMBIGUOUS,
            "unclear_unit": report.choices.unit is Unit.UNCLEAR,
            "read_as": _read_as(report),
        }
    return render(
        request, "toil/import_run.html", context, status=409 if changed else 422 if unticked else status(form)
    )


def _read_as(report: plan_import.Report) -> str:
    """How numbers and days of the file were read, for the page to say."""
    unit, order = report.choices.unit, report.choices.order
    return _(", ").join(
        str(said)
        for said in (
            unit.label if unit and unit is not Unit.UNCLEAR else _("times with their units") if not unit else "",
            order.label if order and order is not Order.AMBIGUOUS else "",
        )
        if said
    )


def _shown(report: plan_import.Report, fate: str) -> list[plan_import.Outcome]:
    """Rows to look at: of one fate, or the first of each, what can't be read on top."""
    if fate:
        return report.shown.get(fate, [])
    order = (Fate.WRONG, Fate.LEFT_OUT, Fate.NEW, Fate.THERE)
    return [outcome for each in order for outcome in report.shown.get(each.value, [])[:20]]


def _people(this: ImportRun, report: plan_import.Report, member: Member) -> list[dict]:
    """The names in the file that ask for a member, or got one by choice, with the members to choose from.

    Those nobody has said yet come first: a page shows some, and so all get their turn.
    """
    chosen = this.choices.get("people", {})
    asked = [name for name, _rows in report.people.most_common() if name in report.unknown or name in chosen]
    asked.sort(key=lambda name: name in chosen)
    offered = list(Member.objects.active().by_name()) if member.is_lead else [member]
    return [
        {"name": name, "rows": report.people[name], "chosen": chosen.get(name, ""), "offered": offered}
        for name in asked[:MOST_PEOPLE]
    ]


def _people_choices(request: MemberRequest, this: ImportRun) -> dict[str, str]:
    """Who the file's names are, as chosen: pairs of `person-name` and `person-member`."""
    names, values = request.POST.getlist("person-name"), request.POST.getlist("person-member")
    pairs = dict(list(zip(names, values, strict=False))[:MOST_PEOPLE])
    allowed = {str(request.member.pk)}
    if request.member.is_lead:
        allowed = {str(pk) for pk in Member.objects.active().values_list("pk", flat=True)}
    kept = {name[:254]: value for name, value in pairs.items() if value == LEAVE_OUT or value in allowed}
    before = this.choices.get("people", {})
    return {name: value for name, value in before.items() if pairs.get(name) != ""} | kept


ROW_CELLS = ("why", "day", "minutes", "item", "who")


def rows_csv(request: MemberRequest, pk: int) -> StreamingHttpResponse | HttpResponse:
    """Row by row what would become of it, or became of it, to look at in a spreadsheet.

    Once the file is gone, the rows that the report keeps: those left out.
    """
    this = _own(request, pk)
    if this.state == ImportState.DONE:
        rows = iter(this.report.get("rows", []))
    else:
        try:
            table = import_file.table_of(this)
        except ImportFileError:
            return redirect("toil:import_run", pk)
        matching = Matching.load(this.member, this.choices.get("people", {}))
        rows = map(apply_import.kept, plan_import.outcomes(this, table, matching))

    header = (_("Row"), _("Outcome"), _("Why"), _("Day"), _("Minutes"), _("Item"), _("Who"))
    cells = ((row["row"], Fate(row["fate"]).label, *(row[name] for name in ROW_CELLS)) for row in rows)
    return csv_file.response(csv_file.lines(header, cells), f"import-{pk}.csv")


@require_POST
def apply(request: MemberRequest, pk: int) -> HttpResponse:
    """Asks for the import to be applied, and rings the worker. If the bell is broken, the schedule finds it."""
    this = _own(request, pk)
    if this.state in OPEN and request.POST.get("digest") != import_file.digest(this):
        return _preview(request, this, changed=True)
    if this.state in OPEN and "has_wrong" in request.POST and "leave_wrong" not in request.POST:
        return _preview(request, this, unticked=True)
    choices = this.choices | {"leave_wrong": request.POST.get("leave_wrong") == "on"}
    asked = ImportRun.objects.filter(pk=this.pk, state__in=OPEN, format=this.format)
    if asked.update(state=ImportState.WAITING, choices=choices):
        try:
            apply_one.delay(pk)
        except Exception as error:  # the broker may be gone; the row is the truth
            log.warning("doorbell_failed", task="toil.apply_import", error=type(error).__name__)
    return redirect("toil:import_run", pk)


def progress(request: MemberRequest, pk: int) -> HttpResponse:
    """The bar, asked for every second by the page. Where the import is gone, it says so instead of standing still."""
    this = ImportRun.objects.select_related("member").filter(pk=pk, member=request.member).first()
    if this is None:
        if not request.htmx:
            raise Http404
        return render(request, "toil/import_run.html#bar", {"run_gone": True}, status=STOP_ASKING)
    return render(request, "toil/import_run.html#bar", {"run": this, **_bar(this)})


def _bar(this: ImportRun) -> dict:
    running = this.state in (ImportState.WAITING, ImportState.APPLYING)
    total = max(this.rows_total, 1)
    counts = this.report.get("counts", {})
    return {
        "running": running,
        "writing": running and this.report.get("writing", False),
        "percent": min(100, round(this.rows_done / total * 100)) if running else 100,
        "is_open": this.state in OPEN,
        "done_fates": [(fate.label, counts[fate.value]) for fate in Fate if counts.get(fate.value)],
        "kept_rows": [row | {"fate_label": Fate(row["fate"]).label} for row in this.report.get("rows", [])],
        "left_out": counts.get(Fate.LEFT_OUT.value, 0) + counts.get(Fate.WRONG.value, 0),
    }


@require_POST
def discard(request: MemberRequest, pk: int) -> HttpResponse:
    """Throws away a file that was not applied."""
    this = _own(request, pk)
    if this.state in (ImportState.UPLOADED, ImportState.PREVIEWED, ImportState.FAILED):
        this.file.delete(save=False)
        this.delete()
    return redirect("toil:import")
