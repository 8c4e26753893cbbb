"""Writes an import, all or nothing, as a background job that shows how far it is and survives being killed (R52, F27).

Everything slow (reading, matching, making rows ready) happens before the one short transaction that writes, so that the
bar can move and nobody else waits for the database. A killed job leaves its lease behind; the next one starts anew.
"""

from collections.abc import Iterator
from datetime import timedelta

from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from apps.toil.import_file import table_of
from apps.toil.imports.errors import ImportFileError
from apps.toil.matching import Matching, person_in
from apps.toil.models import ImportRun
from apps.toil.models.importing import ImportState
from apps.toil.plan_import import Fate, Outcome, outcomes
from apps.toil.write_import import Outdated, Writing

LEASE = timedelta(seconds=60)
ATTEMPTS = 3
KEPT_ROWS = 200


class Lost(Exception):
    """Another worker has taken the import over."""


class NotAsked(Exception):
    """Rows that can't be read are in the file, and nobody said to leave them out."""


def waiting() -> list[int]:
    """Imports to be applied: asked for, or left behind by a job that was killed."""
    now = timezone.now()
    due = Q(state=ImportState.WAITING) | Q(state=ImportState.APPLYING, lease_until__lt=now)
    return list(ImportRun.objects.filter(due).order_by("id").values_list("pk", flat=True))


def claim(pk: int) -> ImportRun | None:
    """Takes the import for this worker, or None if somebody else has it. One conditional update (R3)."""
    now = timezone.now()
    due = Q(state=ImportState.WAITING) | Q(state=ImportState.APPLYING, lease_until__lt=now)
    taken = ImportRun.objects.filter(due, pk=pk).update(
        state=ImportState.APPLYING, lease_until=now + LEASE, rows_done=0, report={}, error=""
    )
    return ImportRun.objects.select_related("member").get(pk=pk) if taken else None


def apply(run: ImportRun) -> None:
    """Applies a claimed import. What goes wrong with the file is kept in its `error`; then nothing is written."""
    with translation.override(run.member.language):
        try:
            _apply(run)
        except ImportFileError as error:
            _finish(run, ImportState.FAILED, str(error))
        except NotAsked:
            _finish(run, ImportState.FAILED, _("Some rows can’t be read. Nothing was written."))
        except Lost:
            return
        except Exception:
            _finish(run, ImportState.FAILED, _("Something went wrong on our side. Nothing was written."))
            raise


def _apply(run: ImportRun) -> None:
    for _attempt in range(ATTEMPTS):
        writing = _make_ready(run)
        try:
            with transaction.atomic():
                run.report["written"] = writing.write()
                _finish(run, ImportState.DONE)
        # Somebody brought the same rows or made the same names while we read: look again at what is there now.
        except (IntegrityError, Outdated):
            continue
        run.file.delete(save=False)
        ImportRun.objects.filter(pk=run.pk).update(file="")
        return
    _finish(run, ImportState.FAILED, _("Others were changing the same items. Nothing was written. Look again."))


def _make_ready(run: ImportRun) -> Writing:
    """Reads the whole file and makes all rows, and keeps in the report what became of each line."""
    matching = Matching.load(run.member, run.choices.get("people", {}))
    keep_lease = _Lease(run)
    run.report = {"counts": dict.fromkeys(Fate.values, 0), "rows": []}
    writing = Writing(run, matching)
    for outcome in _reported(run, outcomes(run, table_of(run), matching, progress=keep_lease)):
        writing.add(outcome)
    if run.report["counts"][Fate.WRONG.value] and not run.choices.get("leave_wrong"):
        raise NotAsked
    writing.get_ready()
    keep_lease.writing()
    return writing


def _reported(run: ImportRun, found: Iterator[Outcome]) -> Iterator[Outcome]:
    """Those that are new; the others are counted, and the first of those left out kept for the page."""
    counts, rows = run.report["counts"], run.report["rows"]
    for outcome in found:
        counts[outcome.fate.value] += 1
        if outcome.fate == Fate.NEW:
            yield outcome
        elif outcome.fate != Fate.THERE and len(rows) < KEPT_ROWS:
            rows.append(kept(outcome))


def kept(outcome: Outcome) -> dict:
    """A line as the report keeps it, and as the page and the CSV show it."""
    line = outcome.line
    return {
        "row": line.row,
        "fate": outcome.fate.value,
        "why": outcome.why,
        "day": line.day.isoformat() if line.day else "",
        "minutes": line.minutes,
        "item": line.item,
        "who": outcome.member.display_name if outcome.member else person_in(line),
    }


class _Lease:
    """Says how far the job is and holds on to it. Raises Lost where another worker has it."""

    def __init__(self, run: ImportRun):
        self.run = run

    def __call__(self, rows: int) -> None:
        self._update(rows_done=rows, report={})

    def writing(self) -> None:
        """All is read. What is written shows at once and whole, so from here on there is nothing to count."""
        self._update(report={"writing": True})

    def _update(self, **values) -> None:
        until = timezone.now() + LEASE
        held = ImportRun.objects.filter(pk=self.run.pk, state=ImportState.APPLYING, lease_until=self.run.lease_until)
        if not held.update(lease_until=until, **values):
            raise Lost
        self.run.lease_until = until


def _finish(run: ImportRun, state: ImportState, error: str = "") -> None:
    held = ImportRun.objects.filter(pk=run.pk, state=ImportState.APPLYING, lease_until=run.lease_until)
    if not held.update(state=state, error=error, finished_at=timezone.now(), report=run.report):
        raise Lost
