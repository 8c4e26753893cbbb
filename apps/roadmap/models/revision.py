"""Published revisions: never changed, never removed, each chained to the one before it (R50)."""

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from django.conf import settings
from django.db import models
from django.db.models import Count, Q
from django.utils.translation import gettext_lazy as _

from apps.roadmap import chain
from apps.roadmap.document import Document, Part, Sure
from apps.roadmap.models.map import Map

KEYFRAME_EVERY = 20  # revisions: between two whole documents, only changes are kept


class Immutable(Exception):
    """A published revision can't be changed or removed."""


class Kind(models.TextChoices):
    FIRST = "first", _("First map")
    ADJUSTMENT = "adjustment", _("Adjustment")
    PIVOT = "pivot", _("Pivot")


class RevisionQuerySet(models.QuerySet["Revision"]):
    def update(self, **_fields):
        raise Immutable

    def bulk_update(self, *_rows, **_fields):
        raise Immutable

    def delete(self):
        raise Immutable

    def with_readers(self) -> "RevisionQuerySet":
        return self.annotate(reader_count=Count("readings"))


@dataclass(frozen=True, slots=True)
class Said:
    """What was said when a revision was published."""

    name: str = ""
    learned: str = ""
    why: str = ""
    note: str = ""  # of an adjustment: one line, if one was given
    sure: str = ""
    evidence: tuple[dict, ...] = ()  # as each piece read on that day
    first: tuple[int, ...] = ()  # ids of those who should hear first
    restored: int | None = None  # the number of the revision it went back to

    @property
    def sure_label(self) -> str:
        return str(Sure(self.sure).label) if self.sure else ""


class Revision(models.Model):
    """One published state of a map: what changed against the one before it, by whom, when, and why."""

    map = models.ForeignKey(Map, on_delete=models.PROTECT, related_name="revisions")
    number = models.PositiveIntegerField()
    kind = models.CharField(max_length=10, choices=Kind)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    day = models.DateField()  # at the organisation
    at = models.DateTimeField()
    body = models.TextField()  # canonical JSON: {"changes": …, "said": …}
    previous = models.CharField(max_length=64)
    digest = models.CharField(max_length=64)

    objects = RevisionQuerySet.as_manager()

    class Meta:
        ordering = ["map", "number"]
        verbose_name = _("revision")
        verbose_name_plural = _("revisions")
        constraints = [
            models.UniqueConstraint(fields=["map", "number"], name="revision_number_once"),
            models.CheckConstraint(condition=Q(kind__in=Kind.values), name="revision_kind_known"),
        ]

    def __str__(self) -> str:
        return f"{self.map_id}/{self.number}"

    def save(self, *args, **kwargs):
        if self.pk is not None:
            raise Immutable
        kwargs["force_insert"] = True
        super().save(*args, **kwargs)

    def delete(self, *_args, **_kwargs):
        raise Immutable

    @property
    def content(self) -> dict:
        return chain.read(self.body)

    @property
    def changes(self) -> dict[str, Part | None]:
        return self.content["changes"]

    @property
    def said(self) -> Said:
        said = self.content["said"]
        return Said(**said | {name: tuple(said[name]) for name in ("evidence", "first") if name in said})

    @property
    def is_pivot(self) -> bool:
        return self.kind == Kind.PIVOT

    def seal(self) -> str:
        """The digest that the row should have."""
        return chain.digest(
            map_id=self.map_id,
            start=self.map.start,
            number=self.number,
            kind=self.kind,
            by_id=self.by_id,
            day=self.day,
            at=self.at,
            body=self.body,
            previous=self.previous,
        )

    def document(self) -> Document:
        """The whole map as of this revision; each process keeps what it replayed last."""
        return document_of(self.map, self.number)


def document_of(map_: Map, number: int | None = None) -> Document:
    """The map as of revision `number`, or of the newest; empty before the first. Two queries, or none if it is kept."""
    return _document(map_.pk, map_.head if number is None else number, map_.erasures)


@lru_cache(maxsize=64)
def _document(map_id: int, number: int, _erasures: int) -> Document:
    if number == 0:
        return Document({})
    frame = (
        Keyframe.objects.filter(revision__map=map_id, revision__number__lte=number)
        .order_by("-revision__number")
        .values_list("revision__number", "parts")
        .first()
    )
    start, document = (frame[0], Document.loads(frame[1])) if frame else (0, Document({}))
    bodies = (
        Revision.objects.filter(map=map_id, number__gt=start, number__lte=number)
        .order_by("number")
        .values_list("body", flat=True)
    )
    for body in bodies:
        document = document.with_changes(chain.read(body)["changes"])
    return document


@dataclass(frozen=True, slots=True)
class Published:
    """A revision in the row of all of them: no more than what a slider or a ruler shows."""

    number: int
    day: date
    kind: str
    by_id: int

    @property
    def is_pivot(self) -> bool:
        return self.kind == Kind.PIVOT


def published(map_: Map) -> tuple[Published, ...]:
    """All revisions of a map, the oldest first. One query when somebody has published, else none."""
    return _published(map_.pk, map_.head)


@lru_cache(maxsize=16)
def _published(map_id: int, head: int) -> tuple[Published, ...]:
    rows = Revision.objects.filter(map=map_id, number__lte=head).order_by("number")
    return tuple(Published(*row) for row in rows.values_list("number", "day", "kind", "by_id"))


def as_of(map_: Map, day: date) -> Published | None:
    """The last revision that was published until the end of `day`; None before the first."""
    return next((row for row in reversed(published(map_)) if row.day <= day), None)


def forget() -> None:
    """Drops what is kept, for tests that take their rows back."""
    _document.cache_clear()
    _published.cache_clear()


class Keyframe(models.Model):
    """The whole document as of a revision, so that reading one replays few: made from the revisions, never asked by
    the chain, and made anew from them at any time.
    """

    revision = models.OneToOneField(Revision, on_delete=models.PROTECT, related_name="keyframe")
    parts = models.TextField()

    def __str__(self) -> str:
        return str(self.revision_id)


class Erasure(models.Model):
    """That texts of a revision were replaced because a person's name must go. The database lets a revision's body
    become this one, and no other; the chain holds, because the digests of the first texts stay in it.
    """

    revision = models.OneToOneField(Revision, on_delete=models.PROTECT, related_name="erasure")
    body = models.TextField()
    times = models.PositiveIntegerField(default=1)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    at = models.DateTimeField(auto_now=True)

    def __str__(self) -> str:
        return str(self.revision_id)


class Reading(models.Model):
    """That a member says they have read a pivot. Shown as a count; who it was, only to who published it."""

    revision = models.ForeignKey(Revision, on_delete=models.CASCADE, related_name="readings")
    member = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["revision", "member"], name="reading_once")]

    def __str__(self) -> str:
        return f"{self.revision_id} {self.member_id}"

    @classmethod
    def counted(cls, row: Map, numbers: Collection[int]) -> Counter[int]:
        """How many say they have read each of these revisions, by its number. One query."""
        found = cls.objects.filter(revision__map=row, revision__number__in=numbers)
        return Counter(found.values_list("revision__number", flat=True))
