"""Writes an import, all or nothing, as a background job that shows how far it is and survives being killed (R52, F27).

Everything slow (reading, matching) happens before the one short transaction that writes, so that the bar can move and
nobody else waits for the database. A killed job leaves its lease behind; then the next one starts anew.
"""

from collections.abc import Iterable
from datetime import timedelta

from django.db import transaction
from django.db.models import Q
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from apps.stakeholders.models import Side, Stakeholder
from apps.toil import rollup
from apps.toil.folding import fold
from apps.toil.import_file import table_of
from apps.toil.imports.errors import ImportFileError
from apps.toil.matching import Matching
from apps.toil.models import Category, Entry, ImportRun, Item, Source
from apps.toil.models.importing import ImportState
from apps.toil.permissions import may_shape_items
from apps.toil.plan_import import Fate, Outcome, outcomes

LEASE = timedelta(seconds=60)


class Lost(Exception):
    """Another worker has taken the import over."""


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
        state=ImportState.APPLYING, lease_until=now + LEASE, rows_done=0, error=""
    )
    return ImportRun.objects.select_related("member").get(pk=pk) if taken else None


def apply(run: ImportRun) -> None:
    """Applies a claimed import. What goes wrong with the file is kept in its `error`; then nothing is written."""
    with translation.override(run.member.language):
        try:
            _apply(run)
        except ImportFileError as error:
            _finish(run, ImportState.FAILED, str(error))
        except Lost:
            return
        except Exception:
            _finish(run, ImportState.FAILED, _("Something went wrong on our side. Nothing was written."))
            raise


def _apply(run: ImportRun) -> None:
    matching = Matching.load(run.member, run.choices.get("people", {}))
    keep_lease = _Lease(run)
    found: list[Outcome] = []
    wrong = 0
    for outcome in outcomes(run, table_of(run), matching, keep_lease):
        wrong += outcome.fate == Fate.WRONG
        if outcome.fate == Fate.NEW:
            found.append(outcome)
    if wrong and not run.choices.get("leave_wrong"):
        _finish(run, ImportState.FAILED, _("Some rows can’t be read. Nothing was written."))
        return
    with transaction.atomic():
        entries = _write(run, found, matching)
        run.report = {**run.report, "written": len(entries)}
        _finish(run, ImportState.DONE)
    run.file.delete(save=False)
    ImportRun.objects.filter(pk=run.pk).update(file="")


class _Lease:
    """Says how far the job is and holds on to it. Raises Lost where another worker has it."""

    def __init__(self, run: ImportRun):
        self.run = run

    def __call__(self, rows: int) -> None:
        until = timezone.now() + LEASE
        held = ImportRun.objects.filter(pk=self.run.pk, state=ImportState.APPLYING, lease_until=self.run.lease_until)
        if not held.update(rows_done=rows, lease_until=until):
            raise Lost
        self.run.lease_until = until


def _finish(run: ImportRun, state: ImportState, error: str = "") -> None:
    held = ImportRun.objects.filter(pk=run.pk, state=ImportState.APPLYING, lease_until=run.lease_until)
    if not held.update(state=state, error=error, finished_at=timezone.now(), report=run.report):
        raise Lost


def _write(run: ImportRun, found: list[Outcome], matching: Matching) -> list[Entry]:
    _make_names(run, found, matching)
    entries = []
    for outcome in found:
        line = outcome.line
        if line.day is None or line.minutes is None:  # lines with problems are never new
            continue
        item = matching.items[fold(line.item)]
        stakeholder = matching.stakeholder_of(line) if line.stakeholder else item.stakeholder
        entries.append(
            Entry(
                member=outcome.member,
                item=item,
                stakeholder=stakeholder,
                day=line.day,
                clock=line.started,
                minutes=line.minutes,
                note=line.note,
                source=Source.IMPORT,
                logged_by=None if outcome.member == run.member else run.member,
                import_run=run,
                import_key=line.key,
            )
        )
    Entry.objects.bulk_create(entries, batch_size=500)
    rollup.add(entries)
    _learn_usual_minutes({entry.item_id for entry in entries})
    return entries


def _make_names(run: ImportRun, found: list[Outcome], matching: Matching) -> None:
    """Makes the items that are new; categories and stakeholders too, if the importer may."""
    may_make = may_shape_items(run.member)
    for outcome in found:
        line = outcome.line
        if may_make and line.category and matching.category_of(line) is None:
            position = len(matching.categories)
            matching.categories[fold(line.category)] = Category.objects.create(name=line.category, position=position)
        if may_make and line.stakeholder and matching.stakeholder_of(line) is None:
            _make_stakeholder(line.stakeholder.lstrip("#＃"), matching)
        if matching.item_of(line) is None:
            matching.items[fold(line.item)] = Item.observe(
                line.item,
                run.member,
                category=matching.category_of(line),
                stakeholder=matching.stakeholder_of(line),
            )


def _make_stakeholder(name: str, matching: Matching) -> None:
    taken = set(Stakeholder.objects.values_list("tag", flat=True))
    tag = "".join(c for c in name.lower().replace(" ", "-") if c not in '#＃@＠!！"「」')[:30] or "group"
    free = next(t for t in (tag, *(f"{tag}-{n}" for n in range(2, len(taken) + 3))) if t not in taken)
    matching.stakeholders[fold(name)] = Stakeholder.objects.create(
        name=name, tag=free, side=Side.OUTSIDE, position=len(taken)
    )


def _learn_usual_minutes(items: Iterable[int]) -> None:
    for item in Item.objects.filter(pk__in=items):
        newest = item.entries.order_by("-day", "-id").values_list("minutes", flat=True).first()
        item.usual_minutes = None
        if newest is not None:
            item.learn_usual_minutes(newest)
