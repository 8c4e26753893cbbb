"""Bringing in a log that is kept elsewhere: upload, look through, apply with a progress bar."""

import csv
import io

import structlog
from django.http import HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from apps.accounts.http import MemberRequest
from apps.accounts.models import Member
from apps.toil import import_file, plan_import
from apps.toil.csv_out import guard
from apps.toil.forms import ImportChoicesForm, UploadForm
from apps.toil.imports import FORMATS, recognise
from apps.toil.imports.dates import Order
from apps.toil.imports.errors import ImportFileError
from apps.toil.imports.mapped import MAPPED
from apps.toil.imports.reading import read_table
from apps.toil.matching import LEAVE_OUT, Matching, person_in
from apps.toil.models import ImportRun
from apps.toil.models.importing import ImportState
from apps.toil.plan_import import Fate, dry_run
from apps.toil.tasks import apply_one
from apps.toil.views.entries import csv_response
from apps.web.forms import status

log = structlog.get_logger(__name__)
MOST_PEOPLE = 40


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
    if this.state not in (ImportState.UPLOADED, ImportState.PREVIEWED):
        return render(request, "toil/import_run.html", {"run": this, **_bar(this)})
    try:
        table = import_file.table_of(this)
    except (ImportFileError, FileNotFoundError, ValueError):
        return render(request, "toil/import_run.html", {"run": this, "file_gone": True}, status=410)
    form = ImportChoicesForm(request.POST or None, run=this, table=table)
    if request.method == "POST" and form.is_valid():
        this.format = form.cleaned_data["format"]
        this.choices = form.choices() | {"people": _people_choices(request, this)}
        this.save(update_fields=["format", "choices"])
        return redirect("toil:import_run", pk)
    report, error = None, ""
    try:
        table, report = dry_run(this)
    except ImportFileError as fault:
        error = str(fault)
    else:
        ImportRun.objects.filter(pk=pk).update(state=ImportState.PREVIEWED, rows_total=report.total)
    fate = asked if (asked := request.GET.get("fate", "")) in Fate.values else ""
    return render(
        request,
        "toil/import_run.html",
        {
            "run": this,
            "form": form,
            "report": report,
            "error": error,
            "people": _people(this, report, request.member) if report else [],
            "unclear_dates": report is not None and _dates_unclear(this, table),
            "fates": [(f.value, f.label, report.counts[f.value]) for f in Fate] if report else [],
            "fate": fate,
            "shown": _shown(report, fate) if report else [],
        },
        status=status(form),
    )


def _dates_unclear(this: ImportRun, table) -> bool:
    known = import_file.format_of(this, table)
    return not this.choices.get("order") and known.order(table, import_file.choices_of(this, table)) is Order.AMBIGUOUS


def _shown(report: plan_import.Report, fate: str) -> list[plan_import.Outcome]:
    """Rows to look at: of one fate, or the first of each, what can't be read on top."""
    if fate:
        return report.shown.get(fate, [])
    order = (Fate.WRONG, Fate.LEFT_OUT, Fate.NEW, Fate.THERE)
    return [outcome for each in order for outcome in report.shown.get(each.value, [])[:20]]


def _people(this: ImportRun, report: plan_import.Report, member: Member) -> list[dict]:
    """The names in the file that ask for a member, or got one by choice, with the members to choose from."""
    chosen = this.choices.get("people", {})
    asked = [name for name, _rows in report.people.most_common() if name in report.unknown or name in chosen]
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
    return this.choices.get("people", {}) | kept


def rows_csv(request: MemberRequest, pk: int) -> StreamingHttpResponse | HttpResponse:
    """The whole dry run, row by row, to look at in a spreadsheet."""
    this = _own(request, pk)
    try:
        table = import_file.table_of(this)
    except (ImportFileError, FileNotFoundError, ValueError):
        return redirect("toil:import_run", pk)
    matching = Matching.load(this.member, this.choices.get("people", {}))

    def lines():
        for outcome in plan_import.outcomes(this, table, matching):
            cells = (
                outcome.line.row,
                outcome.fate.label,
                outcome.why,
                outcome.line.day,
                outcome.line.minutes,
                outcome.line.item,
                outcome.member or person_in(outcome.line),
            )
            buffer = io.StringIO()
            csv.writer(buffer).writerow([guard(cell) for cell in cells])
            yield buffer.getvalue()

    head = ",".join([_("Row"), _("Outcome"), _("Why"), _("Day"), _("Minutes"), _("Item"), _("Who")])
    return csv_response(_with_head(head, lines()), f"import-{pk}.csv")


def _with_head(head: str, lines):
    yield "\ufeff" + head + "\r\n"
    yield from lines


@require_POST
def apply(request: MemberRequest, pk: int) -> HttpResponse:
    """Asks for the import to be applied, and rings the worker. If the bell is broken, the schedule finds it."""
    this = _own(request, pk)
    choices = this.choices | {"leave_wrong": request.POST.get("leave_wrong") == "on"}
    asked = ImportRun.objects.filter(pk=this.pk, state__in=[ImportState.PREVIEWED, ImportState.UPLOADED])
    if asked.update(state=ImportState.WAITING, choices=choices):
        try:
            apply_one.delay(pk)
        except Exception as error:  # the broker may be gone; the row is the truth
            log.warning("doorbell_failed", task="toil.apply_import", error=type(error).__name__)
    return redirect("toil:import_run", pk)


def progress(request: MemberRequest, pk: int) -> HttpResponse:
    """The bar, asked for every second by the page."""
    this = _own(request, pk)
    return render(request, "toil/import_run.html#bar", {"run": this, **_bar(this)})


def _bar(this: ImportRun) -> dict:
    running = this.state in (ImportState.WAITING, ImportState.APPLYING)
    total = max(this.rows_total, 1)
    return {"running": running, "percent": min(100, round(this.rows_done / total * 100)) if running else 100}


@require_POST
def discard(request: MemberRequest, pk: int) -> HttpResponse:
    """Throws away a file that was not applied."""
    this = _own(request, pk)
    if this.state in (ImportState.UPLOADED, ImportState.PREVIEWED, ImportState.FAILED):
        this.file.delete(save=False)
        this.delete()
    return redirect("toil:import")
