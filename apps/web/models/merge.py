"""Two rows turn out to be one: what points at the one moves to the other, nothing is lost, and it can be taken back."""

from collections.abc import Mapping
from typing import Any, ClassVar, Self, cast

from django.conf import settings
from django.db import models, transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

BATCH = 500  # SQLite limits the parameters of one statement


class MergeError(ValueError):
    """Why two rows can't become one; `code` is `same`, `merged` or `undone`."""

    def __init__(self, code: str):
        super().__init__(code)
        self.code = code


class MergeQuerySet[Row: "MergeBase"](models.QuerySet[Row]):
    def standing(self) -> Self:
        """Those that were not taken back."""
        return self.filter(undone_at=None)


class MergeBase(models.Model):
    """Each kind names its `source` and `target`, whose model has `merged_into` and `version`, and what moves."""

    # What the rows that move call the row they hang on.
    FIELD: ClassVar[str]
    # Their models, by the name under which `moved` keeps their ids.
    PARTS: ClassVar[Mapping[str, type[models.Model]]]
    source: Any
    source_id: int
    target_id: int

    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    # What moved, so that taking the merge back moves exactly that: {"entries": [ids], …}
    moved = models.JSONField(default=dict)
    created_at = models.DateTimeField(auto_now_add=True)
    undone_at = models.DateTimeField(null=True)

    objects = MergeQuerySet.as_manager()

    class Meta:
        abstract = True
        verbose_name = _("merge")
        ordering = ["-created_at"]

    def __str__(self) -> str:
        return f"{self.source_id} → {self.target_id}"

    @classmethod
    def settle(cls, source: int, target: int) -> None:
        """Makes anew what is worked out from the rows that moved; in the same transaction."""

    @classmethod
    def moving(cls, model: type[models.Model], source: int, target: int) -> models.QuerySet:
        """The rows of `model` that move; all that hang on `source`, unless a kind lets some stay."""
        return model._default_manager.filter(**{cls.FIELD: source})

    @classmethod
    def make(cls, source: Any, target: Any, by) -> Self:
        """Moves everything of `source` to `target`. Raises MergeError."""
        if source.pk == target.pk:
            raise MergeError("same")
        rows = type(source)._default_manager
        with transaction.atomic():
            locked = list(rows.select_for_update().filter(pk__in=[source.pk, target.pk]).order_by("pk"))
            if any(row.merged_into_id for row in locked) or len(locked) != 2:
                raise MergeError("merged")
            moved = {}
            for name, model in cls.PARTS.items():
                found = cls.moving(model, source.pk, target.pk)
                moved[name] = list(found.values_list("pk", flat=True))
                found.update(**{cls.FIELD: target.pk})
            rows.filter(pk=source.pk).update(merged_into=target.pk, version=F("version") + 1)
            cls.settle(source.pk, target.pk)
            return cast(Any, cls._default_manager).create(source=source, target=target, by=by, moved=moved)

    def undo(self) -> None:
        """Moves back what the merge moved and still is where it was put. Raises MergeError if already done."""
        merges = type(self)._default_manager
        with transaction.atomic():
            if not merges.standing().filter(pk=self.pk).update(undone_at=timezone.now()):
                raise MergeError("undone")
            for name, model in self.PARTS.items():
                ids = self.moved.get(name, [])
                for start in range(0, len(ids), BATCH):
                    found = model._default_manager.filter(pk__in=ids[start : start + BATCH])
                    found.filter(**{self.FIELD: self.target_id}).update(**{self.FIELD: self.source_id})
            type(self.source)._default_manager.filter(pk=self.source_id).update(
                merged_into=None, version=F("version") + 1
            )
            self.settle(self.source_id, self.target_id)


def where_it_went(model: type[models.Model], pk: int) -> int:
    """The id of the row, or of the one it has been merged into since: nothing is kept where no page shows it."""
    while target := model._default_manager.filter(pk=pk).values_list("merged_into", flat=True).first():
        pk = target
    return pk


def family(model: type[models.Model], pk: int) -> list[int]:
    """The id of a row that stands for itself, and those of all that are part of it by now."""
    merged = model._default_manager.exclude(merged_into=None).values_list("pk", "merged_into")
    return [one for one, end in ends(dict(merged) | {pk: None}).items() if end == pk]


def ends(merged_into: Mapping[int, int | None]) -> dict[int, int]:
    """For each id the one in which its merges end: its own, where it stands for itself."""

    def end(pk: int) -> int:
        while (target := merged_into.get(pk)) is not None:
            pk = target
        return pk

    return {pk: end(pk) for pk in merged_into}
