"""The running timer: one a member, kept on the server, so that closing the browser loses nothing."""

from datetime import timedelta

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

FORGOTTEN_AFTER = timedelta(hours=12)
RUNS_LONG = timedelta(hours=8)  # a working day: from then on its owner is asked
USUAL = 30  # minutes, of what has no usual time of its own


class Timer(models.Model):
    member = models.OneToOneField(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="timer")
    item = models.ForeignKey("toil.Item", null=True, on_delete=models.SET_NULL, related_name="+")
    stakeholder = models.ForeignKey("stakeholders.Stakeholder", null=True, on_delete=models.SET_NULL, related_name="+")
    # What was typed before the name was sure; it comes back into the line when the timer stops.
    line = models.CharField(max_length=500, blank=True)
    note = models.CharField(max_length=2_000, blank=True)
    started_at = models.DateTimeField()

    class Meta:
        verbose_name = _("timer")

    def __str__(self) -> str:
        return f"{self.member} {self.started_at:%H:%M}"

    @property
    def seconds(self) -> int:
        """Seconds since the start, never negative (the clock may have been set back)."""
        return max(0, int((timezone.now() - self.started_at).total_seconds()))

    @property
    def minutes(self) -> int:
        """Whole minutes to log, at least one."""
        return max(1, round(self.seconds / 60))

    @property
    def mark(self) -> int:
        """Tells this run from the next, for a button that was shown a while ago."""
        return int(self.started_at.timestamp())

    @property
    def likely_minutes(self) -> int:
        """What it was, if it was as usual and then forgotten."""
        return (self.item.usual_minutes if self.item else None) or USUAL

    @property
    def runs_long(self) -> bool:
        return timezone.now() - self.started_at >= RUNS_LONG

    @property
    def is_forgotten(self) -> bool:
        return timezone.now() - self.started_at > FORGOTTEN_AFTER
