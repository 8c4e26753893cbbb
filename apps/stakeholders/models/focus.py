"""What the organisation focuses on first, why, who agrees and who does not, and when it looks again."""

from collections.abc import Iterable
from datetime import date

from django.conf import settings
from django.db import IntegrityError, models, transaction
from django.utils.translation import gettext_lazy as _

from apps.accounts.models import Change
from apps.stakeholders.models.observation import Observation
from apps.stakeholders.models.stakeholder import Stakeholder


class Overtaken(Exception):
    """Somebody else decided since the form was opened (R46); `decision` is theirs."""

    def __init__(self, decision: "FocusDecision"):
        super().__init__()
        self.decision = decision


class FocusDecisionQuerySet(models.QuerySet["FocusDecision"]):
    def newest_first(self) -> "FocusDecisionQuerySet":
        return self.order_by("-number")

    def with_voices(self) -> "FocusDecisionQuerySet":
        """With groups and voices at hand, the earliest voice first."""
        voices = Voice.objects.select_related("member").order_by("at", "id")
        groups = Stakeholder.objects.only("name", "name_ja", "position")
        return self.select_related("by").prefetch_related(
            models.Prefetch("voices", voices), models.Prefetch("stakeholders", groups)
        )

    def whole(self) -> "FocusDecisionQuerySet":
        """With everything that was said about them."""
        reviews = Review.objects.select_related("by")
        return self.with_voices().prefetch_related(models.Prefetch("reviews", reviews))

    def current(self) -> "FocusDecision | None":
        return self.newest_first().first()


class FocusDecision(models.Model):
    """A decision is never edited: a new one takes its place, with what was learned, and the old stays readable.

    `weighed` and `evidence` are the figures and the observations as they were on the day.
    """

    # 1, 2, 3 …: of two who decide at the same time, both want the same one, and the second is told.
    number = models.PositiveIntegerField(unique=True, editable=False)
    title = models.CharField(_("what we focus on first"), max_length=120)
    why = models.TextField(_("why"), max_length=2_000)
    later = models.TextField(_("what we leave for later, and why"), max_length=2_000, blank=True)
    learned = models.TextField(_("what we learned since the last decision"), max_length=2_000, blank=True)
    stakeholders = models.ManyToManyField(Stakeholder, related_name="+", verbose_name=_("whom it helps first"))
    review_on = models.DateField(_("look again on"))
    weighed = models.JSONField(editable=False)
    evidence = models.JSONField(default=list, editable=False)
    day = models.DateField(editable=False)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+", editable=False
    )
    created_at = models.DateTimeField(auto_now_add=True)

    objects = FocusDecisionQuerySet.as_manager()

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
            }
            for row in observations
        ]
        newest = cls.objects.current()
        if newest is not None and newest.number != after:
            raise Overtaken(newest)
        try:
            with transaction.atomic():
                row = cls.objects.create(
                    number=newest.number + 1 if newest else 1,
                    by=by,
                    day=day or by.today(),
                    weighed=weighed,
                    evidence=evidence,
                    **fields,
                )
                row.stakeholders.set(stakeholders)
                Voice.objects.create(decision=row, member=by, agrees=True)
        except IntegrityError:
            raise Overtaken(cls.objects.newest_first()[0]) from None
        return row

    def is_due(self, today: date) -> bool:
        """Whether the day to look again is here or gone by."""
        return self.review_on <= today

    def look_again(self, by, review_on: date, words: str, day: date | None = None) -> "Review":
        """The lead looked again and it still holds: the next day to do so, and why."""
        with transaction.atomic():
            review = self.reviews.create(by=by, day=day or by.today(), words=words, was_due_on=self.review_on)
            self.review_on = review_on
            self.save(update_fields=["review_on"])
        return review


class Voice(models.Model):
    """One member's answer to a decision: they agree, or they see it differently and say how."""

    decision = models.ForeignKey(FocusDecision, on_delete=models.CASCADE, related_name="voices")
    member = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    agrees = models.BooleanField(_("your answer"))
    words = models.TextField(_("in your words"), max_length=1_000, blank=True)
    at = models.DateTimeField(auto_now=True)

    class Meta:
        verbose_name = _("voice")
        verbose_name_plural = _("voices")
        constraints = [
            models.UniqueConstraint(fields=["decision", "member"], name="voice_once"),
            models.CheckConstraint(
                condition=models.Q(agrees=True) | ~models.Q(words=""), name="voice_differs_in_words"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.member}: {self.agrees}"

    @classmethod
    def say(cls, decision: FocusDecision, member, *, agrees: bool, words: str) -> "Voice":
        """Answers, or answers anew: what was said before stays in the history."""
        with transaction.atomic():
            voice, is_new = cls.objects.select_for_update().get_or_create(
                decision=decision, member=member, defaults={"agrees": agrees, "words": words}
            )
            if not is_new:
                was = {"agrees": voice.agrees, "words": voice.words}
                voice.agrees, voice.words = agrees, words
                voice.save()
                Change.record(voice, was, member)
        return voice


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
