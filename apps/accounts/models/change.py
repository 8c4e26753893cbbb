"""Who changed what, when: one row for each correction of a record, readable on the record's own page."""

from collections.abc import Mapping
from datetime import date, datetime

from django.conf import settings
from django.db import models


class ChangeQuerySet(models.QuerySet["Change"]):
    def of(self, *rows: models.Model) -> "ChangeQuerySet":
        """The changes of these rows, newest first."""
        wanted = models.Q(pk__in=())
        for kind in {row._meta.label_lower for row in rows}:
            wanted |= models.Q(kind=kind, row_id__in=[row.pk for row in rows if row._meta.label_lower == kind])
        return self.filter(wanted).select_related("by")


class Change(models.Model):
    """What a record said before and after. Values are as a form shows them, so that old rows outlive their columns."""

    kind = models.CharField(max_length=60)  # the model's label: “stakeholders.observation”
    row_id = models.BigIntegerField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    at = models.DateTimeField(auto_now_add=True)
    values = models.JSONField()  # field name → [before, after]

    objects = ChangeQuerySet.as_manager()

    class Meta:
        ordering = ["-at", "-id"]
        indexes = [models.Index(fields=["kind", "row_id", "-at"], name="change_of_row")]

    def __str__(self) -> str:
        return f"{self.kind} {self.row_id}"

    @classmethod
    def record(cls, row: models.Model, before: Mapping[str, object], by) -> "Change | None":
        """Notes how `row` differs from `before`, a mapping of its field names; nothing where nothing does."""
        values = {
            name: [_plain(old), _plain(new)] for name, old in before.items() if (new := getattr(row, name)) != old
        }
        if not values:
            return None
        return cls.objects.create(kind=row._meta.label_lower, row_id=row.pk, by=by, values=values)


def _plain(value: object) -> object:
    return value.isoformat() if isinstance(value, date | datetime) else value
