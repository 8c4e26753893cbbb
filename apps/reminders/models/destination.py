"""An address that somebody set up beside their e-mail: a Slack-compatible webhook, or a signed one."""

import base64
import secrets
from datetime import timedelta

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from apps.reminders.sealed import SealedField

OLD_SECRET_COUNTS = timedelta(hours=24)  # R69


class DestinationQuerySet(models.QuerySet["Destination"]):
    def on(self) -> "DestinationQuerySet":
        return self.filter(off_at=None)


class Destination(models.Model):
    """Where messages go besides a person's e-mail; without a member it is a channel of the whole organisation.

    Its address and secret are sealed at rest and never shown again: whoever has them can write in our name.
    """

    member = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.CASCADE, related_name="destinations"
    )
    channel = models.CharField(_("channel"), max_length=20)
    name = models.CharField(_("name"), max_length=60)
    url = SealedField(_("address"))
    host = models.CharField(max_length=253)  # what is shown of the address
    secret = SealedField(blank=True)
    old_secret = SealedField(blank=True)
    rotated_at = models.DateTimeField(null=True)
    language = models.CharField(_("language"), max_length=2, choices=settings.LANGUAGES, default="en")
    created_at = models.DateTimeField(auto_now_add=True)
    # Switched off by its owner, or by us when it is gone for good (R9).
    off_at = models.DateTimeField(null=True)
    off_because = models.CharField(max_length=20, blank=True)

    objects = DestinationQuerySet.as_manager()

    class Meta:
        verbose_name = _("destination")
        verbose_name_plural = _("destinations")

    def __str__(self) -> str:
        return self.name

    @property
    def to(self) -> str:
        """As a delivery calls it."""
        return f"destination:{self.pk}"

    def new_secret(self) -> str:
        """A fresh signing secret, kept and given once; the one before counts for another day (R69). Not saved yet."""
        self.old_secret, self.rotated_at = self.secret, timezone.now() if self.secret else None
        self.secret = f"whsec_{base64.b64encode(secrets.token_bytes(32)).decode()}"
        return self.secret

    def secrets(self) -> list[str]:
        """Those that sign today, the newest first."""
        both = self.rotated_at and timezone.now() - self.rotated_at < OLD_SECRET_COUNTS
        return [self.secret, self.old_secret] if both else [self.secret]
