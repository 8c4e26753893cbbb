"""What the dashboard said on a day, kept with a comment, so that a report can't change after it was read."""

from datetime import timedelta

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from apps.roadmap.models import Map
from apps.roadmap.models.revision import as_of
from apps.toil import months

MOST_OF_ONE = 100  # snapshots of one person
SAME = timedelta(minutes=2)  # within which the same words for the same months are a button pressed twice
LONGEST = 2_000


class Immutable(Exception):
    """A snapshot is made and removed, never changed."""


class SnapshotQuerySet(models.QuerySet["Snapshot"]):
    def seen_by(self, member) -> "SnapshotQuerySet":
        """Their own, and what others share."""
        return self.filter(Q(by=member) | Q(is_shared=True))

    def listed(self) -> "SnapshotQuerySet":
        """Without what they hold, the newest first."""
        return self.select_related("by").defer("content", "with_desk").order_by("-at", "-id")


class Snapshot(models.Model):
    """`content` holds what every page said, by language; `with_desk` the same with the share of the first SRE (`desk`),
    which is shown only as long as they agree to it. What of the map was taken out of its history meanwhile is not
    shown: `erasures` is how often that had happened to the maps that it speaks of.
    """

    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    at = models.DateTimeField(default=timezone.now)
    day = models.DateField()
    first = models.DateField()  # of the months it speaks of
    last = models.DateField()
    comment = models.TextField(_("comment"), max_length=LONGEST)
    is_shared = models.BooleanField(_("everybody who is signed in may read it"), default=True)
    content = models.JSONField()
    with_desk = models.JSONField(null=True)
    desk = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    erasures = models.PositiveIntegerField(default=0)

    objects = SnapshotQuerySet.as_manager()

    class Meta:
        verbose_name = _("snapshot")
        verbose_name_plural = _("snapshots")
        indexes = [models.Index(fields=["-at", "-id"], name="snapshot_newest")]
        constraints = [
            models.CheckConstraint(condition=~Q(comment=""), name="snapshot_with_comment"),
            models.CheckConstraint(condition=Q(first__lte=models.F("last")), name="snapshot_months_in_order"),
        ]

    def __str__(self) -> str:
        return f"{self.day} {self.first:%Y-%m}"

    def save(self, *args, **kwargs):
        if self.pk is not None:
            raise Immutable
        super().save(*args, **kwargs)

    def erasures_now(self) -> int:
        """How often something was taken out of the history of the maps that it speaks of. One query."""
        until = min(self.day, months.last_day(self.last))
        maps = [row for row in Map.objects.published() if row.year.touches(self.first, until)]
        return sum(row.erasures for row in maps if as_of(row, self.day))
