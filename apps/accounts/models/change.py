"""Who changed what, when: one row for each correction of a record, readable on the record's own page."""

from collections.abc import Collection, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime

from django.apps import apps
from django.conf import settings
from django.db import models
from django.utils.formats import date_format
from django.utils.text import capfirst
from django.utils.translation import gettext as _


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
    values = models.JSONField()  # field name → [before, after], or None for what is private

    objects = ChangeQuerySet.as_manager()

    class Meta:
        ordering = ["-at", "-id"]
        indexes = [models.Index(fields=["kind", "row_id", "-at"], name="change_of_row")]

    def __str__(self) -> str:
        return f"{self.kind} {self.row_id}"

    @classmethod
    def record(
        cls, row: models.Model, before: Mapping[str, object], by, private: Collection[str] = ()
    ) -> "Change | None":
        """Notes how `row` differs from `before`, a mapping of its field names; nothing where nothing does.

        Of `private` fields it keeps only that they changed.
        """
        values = {
            name: None if name in private else [_plain(old), _plain(new)]
            for name, old in before.items()
            if (new := getattr(row, name)) != old
        }
        if not values:
            return None
        return cls.objects.create(kind=row._meta.label_lower, row_id=row.pk, by=by, values=values)

    @property
    def told(self) -> list["Told"]:
        """What changed, as a page says it. A column that is gone since still has its name."""
        fields: dict = {}
        names: dict = {}
        with suppress(LookupError):
            model = apps.get_model(self.kind)
            fields = {field.name: field for field in model._meta.concrete_fields}
            names = getattr(model, "TOLD", {})
        return [_told(fields.get(name), names.get(name, name), pair) for name, pair in self.values.items()]


@dataclass(frozen=True, slots=True)
class Told:
    """One field of a change, in the reader's language."""

    label: str
    before: object = None
    after: object = None
    is_private: bool = False


def _told(field: models.Field | None, name: str, pair: list | None) -> Told:
    label = capfirst(str(field.verbose_name)) if field else name
    if pair is None:
        return Told(label, is_private=True)
    before, after = pair
    return Told(label, _said(field, before), _said(field, after))


def _said(field: models.Field | None, value: object) -> object:
    """A value as its form says it: the words of a choice, yes or no, a day."""
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if field is not None and field.choices:
        return dict(field.flatchoices).get(value, value)
    if isinstance(field, models.DateTimeField | models.DateField) and isinstance(value, str):
        read = datetime if isinstance(field, models.DateTimeField) else date
        return date_format(read.fromisoformat(value))
    return value


def _plain(value: object) -> object:
    return value.isoformat() if isinstance(value, date | datetime) else value
