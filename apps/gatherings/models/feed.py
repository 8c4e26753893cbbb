"""Calendar feeds: an address with a token that a calendar subscribes to, one of a member's own and one of all (R71).

The token has 256 bits; only its SHA-256 is stored and the address is shown once. Resetting ends the old address.
"""

import secrets
from datetime import timedelta
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from apps.gatherings.models.gathering import digest

FETCH_NOTED_EVERY = timedelta(minutes=1)
AGENT_LENGTH = 120


class FeedKind(models.TextChoices):
    MINE = "mine", _("My gatherings")
    ALL = "all", _("All gatherings")


class Feed(models.Model):
    member = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="feeds")
    kind = models.CharField(max_length=4, choices=FeedKind)
    digest = models.CharField(max_length=64, unique=True)
    busy = models.BooleanField(_("say only that I am busy"), default=False)
    created_at = models.DateTimeField(default=timezone.now)
    fetched_at = models.DateTimeField(null=True)
    agent = models.CharField(max_length=AGENT_LENGTH, blank=True)

    class Meta:
        verbose_name = _("calendar feed")
        verbose_name_plural = _("calendar feeds")
        constraints = [
            models.UniqueConstraint(fields=["member", "kind"], name="feed_once"),
            models.CheckConstraint(condition=Q(kind__in=FeedKind.values), name="feed_kind_known"),
        ]

    def __str__(self) -> str:
        return f"{self.member_id} {self.kind}"

    @classmethod
    def make(cls, member, kind: str, *, busy: bool = False) -> str:
        """The token of a fresh feed; the one that was there before ends."""
        token = secrets.token_urlsafe(32)
        said = {"digest": digest(token), "busy": busy, "created_at": timezone.now(), "fetched_at": None, "agent": ""}
        cls.objects.update_or_create(member=member, kind=kind, defaults=said)
        return token

    @classmethod
    def by_token(cls, token: str) -> Self | None:
        """The feed of somebody who is here, or None. Found by its digest, so that a wrong token takes as long."""
        return cls.objects.select_related("member").filter(digest=digest(token), member__is_active=True).first()

    def note_fetch(self, agent: str) -> None:
        """Keeps when and by what it was last fetched, at most once a minute."""
        now = timezone.now()
        if self.fetched_at is None or now - self.fetched_at >= FETCH_NOTED_EVERY:
            type(self).objects.filter(pk=self.pk).update(fetched_at=now, agent=agent[:AGENT_LENGTH])
