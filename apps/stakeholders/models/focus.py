"""What the organisation focuses on first, why, who agrees and who does not, and when it looks again."""

from collections.abc import Iterable
from datetime import date

from django.conf import settings
from django.db import models, transaction
from django.utils.translation import gettext_lazy as _

from apps.stakeholders.models.observation import Observation
from apps.stakeholders.models.stakeholder import Stakeholder
from apps.stakeholders.models.voice import Answered, Successive, SuccessiveQuerySet, VoiceBase
from apps.web.kept import Kept


class FocusDecisionQuerySet(SuccessiveQuerySet["FocusDecision"]):
    def whole(self, most: int | None, member) -> "FocusDecisionQuerySet":
        """With everything that was said about them: the groups, the reviews, and the voices as `heard` gives them."""
        return self.select_related("by").prefetch_related(
            models.Prefetch("voices", Voice.objects.heard(most, member)),
            models.Prefetch("stakeholders", Stakeholder.objects.only("name", "name_ja", "position")),
            models.Prefetch("reviews", Review.objects.select_related("by")),
        )


class FocusDecision(Answered, Successive):
    """A decision is never edited: a new one takes its place, with what was learned, and the old stays readable.

    `weighed` and `evidence` are the figures and the observations as they were on the day.
    """

    title = models.CharField(_("what we focus on first"), max_length=120)
    why = models.TextField(_("why"), max_length=2_000)
    later = models.TextField(_("what we leave for later, and why"), max_length=2_000, blank=True)
    learned = models.TextField(_("what we learned since the last decision"), max_length=2_000, blank=True)
    stakeholders = models.ManyToManyField(Stakeholder, related_name="+", verbose_name=_("whom it helps first"))
    review_on = models.DateField(_("look again on"))
    looked_at = models.DateField(null=True, editable=False)  # when somebody last looked again
    weighed = models.JSONField(editable=False)
    evidence = models.JSONField(default=list, editable=False)

    objects = FocusDecisionQuerySet.as_manager()  # type: ignore[misc]

    FIELDS = ("title", "why", "later", "learned", "review_on")

    class Meta:
        verbose_name = _("focus decision")
        verbose_name_plural = _("focus decisions")

    def __str__(self) -> str:
        return f"{self.number} {self.title}"

    @classmethod
    def decide(
        cls,
        by,
        after: int,
        *,
        weighed: dict,
        stakeholders: Iterable[Stakeholder],
        observations: Iterable[Observation],
        day: date | None = None,
        **fields,
    ) -> "FocusDecision":
        """Decides after decision number `after` (0 for the first); who decides agrees. Raises Overtaken."""
        evidence = [
            {
                "pk": row.pk,
                "stakeholder": row.stakeholder_id,
                "text": row.text,
                "day": row.day.isoformat(),
                "how": row.how,
                "confidence": row.confidence,
                "is_own": row.is_own,
                "source": row.source,
                "times": row.counted_times,
                "minutes": row.counted_minutes,
                "since": row.counted_since and row.counted_since.isoformat(),
                "until": row.counted_until and row.counted_until.isoformat(),
                "item": row.counted_item,
            }
            for row in observations
        ]
        with transaction.atomic():
            row = cls.follow(after, by=by, day=day or by.today(), weighed=weighed, evidence=evidence, **fields)
            row.stakeholders.set(stakeholders)
            Voice.objects.create(about=row, member=by, agrees=True)
            transaction.on_commit(standing.forget)
        return row

    def is_due(self, today: date) -> bool:
        """Whether the day to look again is here or gone by."""
        return self.review_on <= today

    def look_again(self, by, review_on: date, words: str, day: date | None = None) -> "Review":
        """The lead looked again and it still holds: the next day to do so, and why."""
        with transaction.atomic():
            review = self.reviews.create(by=by, day=day or by.today(), words=words, was_due_on=self.review_on)
            self.review_on, self.looked_at = review_on, review.day
            self.save(update_fields=["review_on", "looked_at"])
            transaction.on_commit(standing.forget)
        return review


@Kept
def standing() -> FocusDecision | None:
    """The decision that stands. One query, or none: Home shows it."""
    return FocusDecision.objects.current()


def standing_on(day: date) -> FocusDecision | None:
    """The decision that stood at the end of `day`. One query."""
    return FocusDecision.objects.filter(day__lte=day).order_by("-number").first()


class Voice(VoiceBase):
    """One member's answer to a decision."""

    about = models.ForeignKey(FocusDecision, on_delete=models.CASCADE, related_name="voices")

    class Meta(VoiceBase.Meta):
        verbose_name = _("voice")
        verbose_name_plural = _("voices")


class Review(models.Model):
    """That somebody looked again at a decision on `day`, and it held."""

    decision = models.ForeignKey(FocusDecision, on_delete=models.CASCADE, related_name="reviews")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    day = models.DateField()
    words = models.TextField(_("what you saw"), max_length=1_000)
    was_due_on = models.DateField()

    class Meta:
        ordering = ["-day", "-id"]

    def __str__(self) -> str:
        return f"{self.decision_id} {self.day}"
