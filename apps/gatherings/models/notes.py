"""What a meeting leaves behind: notes, follow-ups, the checklist before it, and the steps that rest on it."""

from datetime import date
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from apps.accounts.models import Corrected
from apps.gatherings.models.meeting import Meeting
from apps.people.models import LadderStep

LONGEST_NOTES, LONGEST_ANSWER, LONGEST_LINE = 20_000, 1_000, 200
MOST_LINES = 30  # on a checklist, and follow-ups of one meeting


class MeetingNotes(Corrected):
    FIELDS: ClassVar[tuple[str, ...]] = ("text", "decisions", "surprised", "needs_nobody")

    meeting = models.OneToOneField(Meeting, on_delete=models.CASCADE, related_name="notes")
    text = models.TextField(_("notes"), max_length=LONGEST_NOTES, blank=True)
    decisions = models.TextField(_("what we decided"), max_length=LONGEST_NOTES, blank=True)
    # The two questions after a mob.
    surprised = models.TextField(_("what surprised us?"), max_length=LONGEST_ANSWER, blank=True)
    needs_nobody = models.TextField(_("what would make this need nobody?"), max_length=LONGEST_ANSWER, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = _("notes of a meeting")
        verbose_name_plural = _("notes of meetings")

    def __str__(self) -> str:
        return f"{self.meeting_id}"

    def correct(self, version: int, by, **fields) -> None:
        super().correct(version, by, **fields)
        MeetingNotes.objects.filter(pk=self.pk).update(by=by, at=timezone.now())

    @property
    def is_empty(self) -> bool:
        return not any(getattr(self, name) for name in self.FIELDS)


class FollowUp(models.Model):
    """Something that somebody does after a meeting."""

    meeting = models.ForeignKey(Meeting, on_delete=models.CASCADE, related_name="follow_ups")
    words = models.CharField(_("what"), max_length=LONGEST_LINE)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="follow_ups"
    )
    due = models.DateField(_("until"), null=True, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    done_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("follow-up")
        verbose_name_plural = _("follow-ups")
        ordering = ["due", "id"]
        constraints = [models.CheckConstraint(condition=~Q(words=""), name="follow_up_in_words")]

    def __str__(self) -> str:
        return self.words

    def tick(self, *, on: bool) -> None:
        """Done or not; the wished state is sent, so twice is the same."""
        type(self).objects.filter(pk=self.pk).update(done_at=timezone.now() if on else None)

    def is_late(self, today: date) -> bool:
        return self.done_at is None and self.due is not None and self.due < today


class ChecklistLine(models.Model):
    """What has to be so before a mob begins."""

    meeting = models.ForeignKey(Meeting, on_delete=models.CASCADE, related_name="checklist")
    words = models.CharField(_("what"), max_length=LONGEST_LINE)
    done_at = models.DateTimeField(null=True)
    done_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")

    class Meta:
        verbose_name = _("line of the checklist")
        verbose_name_plural = _("lines of the checklist")
        ordering = ["id"]
        constraints = [models.CheckConstraint(condition=~Q(words=""), name="checklist_in_words")]

    def __str__(self) -> str:
        return self.words

    def tick(self, by, *, on: bool) -> None:
        """Done or not; the wished state is sent, so twice is the same."""
        type(self).objects.filter(pk=self.pk).update(done_at=timezone.now() if on else None, done_by=by if on else None)

    @classmethod
    def begin(cls, meeting: Meeting) -> None:
        """The lines of the last meeting that had any; of a first one, three that most mobs need."""
        earlier = Meeting.objects.filter(gathering=meeting.gathering_id, starts_at__lt=meeting.starts_at)
        last = earlier.filter(checklist__isnull=False).order_by("-starts_at").first()
        words = list(last.checklist.values_list("words", flat=True)) if last else []
        words = words or [
            gettext("One real case is picked"),
            gettext("Who drives has the access they need"),
            gettext("We know how to stop and go back"),
        ]
        ChecklistLine.objects.bulk_create(ChecklistLine(meeting=meeting, words=line[:LONGEST_LINE]) for line in words)


class StepEvidence(models.Model):
    """The meeting on which a step of the ladder rests."""

    meeting = models.ForeignKey(Meeting, on_delete=models.CASCADE, related_name="steps")
    step = models.OneToOneField(LadderStep, on_delete=models.CASCADE, related_name="evidence")

    class Meta:
        verbose_name = _("evidence of a step")
        verbose_name_plural = _("evidence of steps")

    def __str__(self) -> str:
        return f"{self.step_id} {self.meeting_id}"
