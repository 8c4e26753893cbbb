"""Drafts: one person's plan for the next revision, saved as they go, with every step undoable."""

import hashlib
import json
from collections.abc import Mapping
from datetime import date

from django.conf import settings
from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from apps.roadmap.document import Document, Part, canonical, check, empty
from apps.roadmap.models.map import Map
from apps.roadmap.models.revision import Revision, document_of
from apps.roadmap.year import Span

MOST_STEPS = 500  # that can be undone


class DraftState(models.TextChoices):
    OPEN = "open", _("Open")
    KEPT = "kept", _("Kept aside")
    GONE = "gone", _("Off the list")


class KeptWhy(models.TextChoices):
    MERGE = "merge", _("as it was before you merged it")
    OTHER = "other", _("put aside for another draft")
    DISCARD = "discard", _("discarded")


class DraftQuerySet(models.QuerySet["Draft"]):
    def open(self) -> "DraftQuerySet":
        return self.filter(state=DraftState.OPEN)

    def kept(self) -> "DraftQuerySet":
        return self.filter(state=DraftState.KEPT)

    def gone(self) -> "DraftQuerySet":
        return self.filter(state=DraftState.GONE)

    def seen_by(self, member) -> "DraftQuerySet":
        """One's own, and those that others let everybody look at; a lead also of who has left, to go on from."""
        shared = models.Q(is_shared=True, state=DraftState.OPEN)
        if not member.is_lead:
            shared &= models.Q(owner__is_active=True)
        return self.filter(models.Q(owner=member) | shared)


class Draft(models.Model):
    """What `owner` would make of the map. `base` is the revision it began from, 0 for a map without any."""

    map = models.ForeignKey(Map, on_delete=models.PROTECT, related_name="drafts")
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    base = models.PositiveIntegerField(default=0)
    parts = models.TextField()
    step = models.PositiveIntegerField(default=0)  # how many steps stand; what lies behind can be redone
    is_shared = models.BooleanField(default=False)
    state = models.CharField(max_length=4, choices=DraftState, default=DraftState.OPEN)
    kept_why = models.CharField(max_length=10, choices=KeptWhy, blank=True)
    restored = models.PositiveIntegerField(null=True)  # the revision it goes back to
    reason = models.JSONField(default=dict)  # what was typed on the way to publishing, by field
    created_at = models.DateTimeField(auto_now_add=True)
    changed_at = models.DateTimeField(default=timezone.now)

    objects = DraftQuerySet.as_manager()

    class Meta:
        verbose_name = _("draft")
        verbose_name_plural = _("drafts")
        constraints = [
            models.UniqueConstraint(fields=["map", "owner"], condition=models.Q(state="open"), name="draft_open_once"),
        ]

    def __str__(self) -> str:
        return f"{self.map_id} {self.owner_id}"

    @property
    def document(self) -> Document:
        return Document.loads(self.parts)

    @property
    def base_document(self) -> Document:
        return document_of(self.map, self.base)

    @property
    def seen(self) -> str:
        """Differs once the draft says something else."""
        return hashlib.sha256(self.parts.encode()).hexdigest()[:16]

    @property
    def is_stale(self) -> bool:
        """Whether somebody published since it began."""
        return self.map.head != self.base

    @classmethod
    def open_for(cls, map_: Map, owner) -> "Draft":
        """The open draft of `owner`, begun now from the newest revision if there is none."""
        with transaction.atomic():
            map_ = Map.objects.select_for_update().get(pk=map_.pk)
            found = cls.objects.open().filter(map=map_, owner=owner).select_related("map").first()
            if found is None:
                document = document_of(map_) if map_.head else empty()
                found = cls.objects.create(map=map_, owner=owner, base=map_.head, parts=document.dumps())
            return found

    @classmethod
    def restore(cls, map_: Map, owner, revision: Revision) -> "Draft":
        """A draft on the newest revision that says what `revision` said; an open one is put aside for it."""
        with transaction.atomic():
            map_ = Map.objects.select_for_update().get(pk=map_.pk)
            document = document_of(map_, revision.number)
            return cls._begin(map_, owner, document, restored=revision.number)

    @classmethod
    def bring(cls, start: date, owner, document: Document) -> "Draft":
        """A draft that says what `document` says, on the newest revision of the map that starts in `start`, or of a new
        map; an open one is put aside for it. Raises DocumentError.
        """
        check(document, Span(start))
        with transaction.atomic():
            map_, _is_new = Map.objects.select_for_update().get_or_create(start=start)
            return cls._begin(map_, owner, document)

    @classmethod
    def _begin(cls, map_: Map, owner, document: Document, **more) -> "Draft":
        """A draft on the newest revision of a map whose row is locked; the open one of `owner` is put aside for it."""
        for other in cls.objects.open().filter(map=map_, owner=owner):
            other.keep_aside("other")
        return cls.objects.create(map=map_, owner=owner, parts=document.dumps(), **({"base": map_.head} | more))

    def go_on(self, owner) -> "Draft":
        """A draft of `owner` that says what this one does and began where it began; an open one is put aside for it."""
        with transaction.atomic():
            map_ = Map.objects.select_for_update().get(pk=self.map_id)
            return self._begin(map_, owner, self.document, base=self.base, restored=self.restored)

    def change(self, changes: Mapping[str, Part | None], says: str = "") -> bool:
        """Makes one step that can be undone; False where nothing is different. Raises DocumentError.

        `changes` are as `Document.with_changes` takes them, `says` is a short name of what was done.
        """
        with transaction.atomic():
            row = self._lock()
            before = row.document
            after = before.with_changes(changes)
            check(after, self.map.year)
            forward = before.changes_to(after)
            if forward:
                row.steps.filter(number__gt=row.step).delete()
                row.steps.create(
                    number=row.step + 1,
                    forward=canonical(forward),
                    back=canonical(after.changes_to(before)),
                    says=says[:160],
                )
                row.steps.filter(number__lte=row.step + 1 - MOST_STEPS).delete()
                self._keep(after, row.step + 1)
        return bool(forward)

    def undo(self) -> "Step | None":
        """Takes back the last step that stands; the step, or None where there is none."""
        with transaction.atomic():
            row = self._lock()
            step = row.steps.filter(number=row.step).first()
            if step is not None:
                self._keep(row.document.with_changes(step.read_back), row.step - 1)
        return step

    def redo(self) -> "Step | None":
        """Does the step again that was undone last."""
        with transaction.atomic():
            row = self._lock()
            step = row.steps.filter(number=row.step + 1).first()
            if step is not None:
                self._keep(row.document.with_changes(step.read_forward), row.step + 1)
        return step

    def keep_aside(self, why: str) -> None:
        """Closes the draft without losing it."""
        self.state, self.kept_why, self.is_shared = DraftState.KEPT, why, False
        self.save(update_fields=["state", "kept_why", "is_shared"])

    def take_up(self) -> None:
        """Opens a kept draft again; the owner's open one of the same map is put aside for it."""
        with transaction.atomic():
            map_ = Map.objects.select_for_update().get(pk=self.map_id)
            for other in Draft.objects.open().filter(map=map_, owner=self.owner):
                other.keep_aside("other")
            self.state, self.kept_why = DraftState.OPEN, ""
            self.save(update_fields=["state", "kept_why"])

    def keep_reason(self, typed: dict[str, list[str]]) -> None:
        """Keeps what was typed on the way to publishing, as it was typed."""
        self.reason = {name: said for name, said in typed.items() if name != "submission_id"}
        self.save(update_fields=["reason"])

    def remove(self) -> None:
        """Takes a kept one off the list; a draft with something in it is never lost by one press."""
        self.state = DraftState.GONE
        self.save(update_fields=["state"])

    def copy_aside(self, why: str) -> "Draft":
        """A kept copy of what it says now."""
        return Draft.objects.create(
            map=self.map,
            owner=self.owner,
            base=self.base,
            parts=self.parts,
            state=DraftState.KEPT,
            kept_why=why,
            restored=self.restored,
        )

    def discard(self) -> None:
        """Removes it; a map that has nothing else goes with it."""
        with transaction.atomic():
            map_ = Map.objects.select_for_update().get(pk=self.map_id)
            self.delete()
            if not map_.head and not map_.drafts.exists():
                map_.delete()

    def _lock(self) -> "Draft":
        """The row as it is, which nobody else changes until the transaction ends."""
        return Draft.objects.select_for_update().get(pk=self.pk)

    def _keep(self, document: Document, step: int) -> None:
        self.parts, self.step, self.changed_at = document.dumps(), step, timezone.now()
        self.save(update_fields=["parts", "step", "changed_at"])


class Step(models.Model):
    """One change of a draft, forward and back."""

    draft = models.ForeignKey(Draft, on_delete=models.CASCADE, related_name="steps")
    number = models.PositiveIntegerField()
    forward = models.TextField()
    back = models.TextField()
    says = models.CharField(max_length=160, blank=True)

    class Meta:
        ordering = ["number"]
        constraints = [models.UniqueConstraint(fields=["draft", "number"], name="step_once")]

    def __str__(self) -> str:
        return f"{self.draft_id}/{self.number}"

    @property
    def read_forward(self) -> dict:
        return json.loads(self.forward)

    @property
    def read_back(self) -> dict:
        return json.loads(self.back)
