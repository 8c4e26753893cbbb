"""The one organisation that this installation serves."""

import time
import uuid
from datetime import date, datetime

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from apps.accounts.models.member import Zoned, check_time_zone

KEPT_SECONDS = 60
_kept: "tuple[float, Organisation] | None" = None


def forget() -> None:
    """Drops what this process keeps of the organisation."""
    global _kept
    _kept = None


class Organisation(Zoned, models.Model):
    """A single row, made on the first visit. `instance_id` never changes: calendar and message ids hold it (R40)."""

    name = models.CharField(_("name of the organisation"), max_length=80)
    language = models.CharField(_("language"), max_length=2, choices=settings.LANGUAGES, default="en")
    time_zone = models.CharField(_("time zone"), max_length=64, default="UTC", validators=[check_time_zone])
    instance_id = models.UUIDField(default=uuid.uuid4, editable=False)
    story = models.CharField(max_length=2, blank=True, editable=False)  # language of the example story, if loaded
    created_at = models.DateTimeField(auto_now_add=True)
    only = models.BooleanField(default=True, unique=True, editable=False)

    class Meta:
        constraints = [models.CheckConstraint(condition=models.Q(only=True), name="organisation_only_one")]

    def __str__(self) -> str:
        return self.name

    def save(self, *args, **kwargs) -> None:
        super().save(*args, **kwargs)
        forget()

    @classmethod
    def get(cls) -> "Organisation | None":
        """The organisation, or None before the first visit."""
        return cls.objects.first()

    @classmethod
    def kept(cls) -> "Organisation | None":
        """The organisation as this process read it within the last minute: every page's frame says its name, and hardly
        anything changes as seldom.
        """
        global _kept
        if _kept is None or time.monotonic() - _kept[0] > KEPT_SECONDS:
            row = cls.get()
            _kept = None if row is None else (time.monotonic(), row)
        return _kept[1] if _kept else None

    @classmethod
    def name_now(cls) -> str:
        """The organisation's name for the page's frame; empty before the first visit."""
        row = cls.kept()
        return row.name if row else ""

    def day_of(self, moment: datetime) -> date:
        """Which day it is at the organisation at `moment`: what all its people read the same does not depend on whose
        clock they look at.
        """
        return moment.astimezone(self.zone).date()

    def today(self) -> date:
        return self.day_of(timezone.now())
