"""Rows that several people may correct: nobody overwrites what they have not seen, and what was said before stays."""

from typing import Any, ClassVar

from django.db import models, transaction

from apps.accounts.models.change import Change


class Stale(Exception):
    """The row was changed by somebody else since it was read (R46)."""


class Corrected(models.Model):
    """A row with a version and a history."""

    # What a form offers and a correction may change, and of it what the history must not keep.
    FIELDS: ClassVar[tuple[str, ...]]
    PRIVATE: ClassVar[tuple[str, ...]] = ()

    version = models.PositiveIntegerField(default=1, editable=False)

    class Meta:
        abstract = True

    def correct(self, version: int, by, **fields) -> None:
        """Changes what it says, and keeps what it said before. Raises Stale if it is not at `version` any more."""
        rows: Any = type(self)._default_manager
        with transaction.atomic():
            before = rows.select_for_update().get(pk=self.pk)
            was = {name: getattr(before, name) for name in self.FIELDS}
            if not rows.filter(pk=self.pk, version=version).update(**fields, version=version + 1):
                raise Stale
            self.refresh_from_db()
            Change.record(self, was, by, private=self.PRIVATE)
