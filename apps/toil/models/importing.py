"""One file brought in: uploaded, looked through, applied by a background job, done (R52)."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class ImportState(models.TextChoices):
    UPLOADED = "uploaded", _("Uploaded")
    READING = "reading", _("Being looked through")
    PREVIEWED = "previewed", _("Looked through")
    WAITING = "waiting", _("Waiting to be applied")
    APPLYING = "applying", _("Being applied")
    DONE = "done", _("Applied")
    FAILED = "failed", _("Not applied")


class ImportRun(models.Model):
    member = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="import_runs")
    file_name = models.CharField(max_length=200)
    file = models.FileField(upload_to="imports/")
    format = models.CharField(max_length=20, blank=True)
    # Choices made on the page: columns, unit, order of dates, people → members.
    choices = models.JSONField(default=dict)
    state = models.CharField(max_length=9, choices=ImportState, default=ImportState.UPLOADED)
    # What became of the rows: counts by fate, how many were written, and the first of those left out.
    report = models.JSONField(default=dict)
    error = models.TextField(blank=True)
    rows_total = models.PositiveIntegerField(default=0)
    rows_done = models.PositiveIntegerField(default=0)
    lease_until = models.DateTimeField(null=True)
    created_at = models.DateTimeField(auto_now_add=True)
    finished_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("import")
        ordering = ["-created_at"]
        constraints = [
            models.CheckConstraint(condition=models.Q(state__in=ImportState.values), name="import_state_known")
        ]

    def __str__(self) -> str:
        return self.file_name
