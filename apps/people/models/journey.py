"""The journey noticed → talked → joined in → candidate → companion, with its days and what led to each step.

A step is a note about a person like any other: the person says it or says yes to it. Going back and resting are
normal; they are the person's own word and need no reason.
"""

from datetime import date
from typing import Self

from django.core.validators import MinValueValidator
from django.db import models, transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from apps.people.models.asked import Asked, AskedQuerySet
from apps.web.text import OLDEST

LONGEST = 300


class Place(models.IntegerChoices):
    RESTING = 0, _("Resting")
    NOTICED = 1, _("Noticed")
    TALKED = 2, _("Talked")
    JOINED_IN = 3, _("Joined in")
    CANDIDATE = 4, _("Candidate")
    COMPANION = 5, _("Companion")


ON_THE_WAY = Place.choices[1:]


class JourneyError(ValueError):
    """Why a step can't be written; `code` is `there` (they stand there) or `waits` (one waits for their answer)."""

    def __init__(self, code: str):
        super().__init__(code)
        self.code = code


class JourneyStepQuerySet(AskedQuerySet["JourneyStep"]):
    def current(self) -> Self:
        """Where each person who is here stands."""
        return self.filter(is_current=True, person__is_active=True)

    def told(self) -> Self:
        """With the names that a page needs, the newest first."""
        return self.select_related("person", "proposed_by", "signal").order_by("-day", "-id")


class JourneyStep(Asked):
    place = models.PositiveSmallIntegerField(choices=Place)
    day = models.DateField(_("day"), validators=[MinValueValidator(OLDEST)])
    words = models.CharField(_("what led to it"), max_length=LONGEST, blank=True)
    # What was noticed; erased, the step goes with it.
    signal = models.OneToOneField("people.Signal", null=True, on_delete=models.CASCADE, related_name="journey_step")
    is_current = models.BooleanField(default=False)

    objects = JourneyStepQuerySet.as_manager()  # type: ignore[misc]

    class Meta:
        verbose_name = _("step of the journey")
        verbose_name_plural = _("steps of the journey")
        constraints = [
            *Asked.Meta.constraints,
            models.CheckConstraint(condition=Q(place__in=Place.values), name="journey_place_known"),
            models.CheckConstraint(
                condition=Q(is_current=False) | Q(confirmed_at__isnull=False), name="journey_current_confirmed"
            ),
            models.UniqueConstraint(fields=["person"], condition=Q(is_current=True), name="journey_one_now"),
        ]

    def __str__(self) -> str:
        return f"{self.person_id} {self.get_place_display()}"

    @classmethod
    def place_of(cls, person) -> Place | None:
        row = cls.objects.filter(person=person, is_current=True).values_list("place", flat=True).first()
        return None if row is None else Place(row)

    @classmethod
    def propose(cls, person, by, *, place: int, day: date, words: str = "") -> "JourneyStep":
        """Somebody says where a person's way has led; they say so or not. Raises JourneyError."""
        from apps.people import notices  # it speaks of steps

        with transaction.atomic():
            if cls.place_of(person) == place:
                raise JourneyError("there")
            waiting = cls.objects.filter(person=person, confirmed_at=None)
            waiting.expired().delete()
            if waiting.exists():
                raise JourneyError("waits")
            row = cls.objects.create(
                person=person, place=place, day=day, words=words, proposed_by=by, proposed_at=timezone.now()
            )
            notices.step_proposed(row)
        return row

    @classmethod
    def say(cls, person, *, place: int, day: date, words: str = "", signal=None) -> "JourneyStep":
        """The person says where they are; forwards, back, or resting. Raises JourneyError."""
        with transaction.atomic():
            if cls.place_of(person) == place:
                raise JourneyError("there")
            row = cls.objects.create(
                person=person, place=place, day=day, words=words, signal=signal, confirmed_at=timezone.now()
            )
            cls.settle(person.pk)
        return row

    def confirm(self) -> None:
        """The person says yes; twice is the same."""
        with transaction.atomic():
            if type(self).objects.filter(pk=self.pk, confirmed_at=None).update(confirmed_at=timezone.now()):
                self.settle(self.person_id)

    def erase(self) -> None:
        """The person takes it away; the step before it stands again."""
        with transaction.atomic():
            person = self.person_id
            type(self).objects.filter(pk=self.pk).delete()
            self.settle(person)

    @classmethod
    def settle(cls, person: int) -> None:
        """Finds anew which step is the current one: the newest the person said or agreed to."""
        rows = cls.objects.filter(person=person)
        newest = rows.confirmed().order_by("-confirmed_at", "-id").values_list("pk", flat=True).first()
        rows.filter(is_current=True).exclude(pk=newest or 0).update(is_current=False)
        if newest:
            rows.filter(pk=newest).update(is_current=True)

    @classmethod
    def noticed(cls, signal) -> None:
        """The first note that somebody says yes to is where their journey begins."""
        if not cls.objects.filter(person=signal.person_id).exists():
            cls.say(signal.person, place=Place.NOTICED, day=signal.day, signal=signal)

    @classmethod
    def joined_in(cls, person, *, day: date, words: str) -> None:
        """Somebody said themselves that they were there: who was noticed or talked to, or nothing yet, joined in."""
        if (cls.place_of(person) or Place.NOTICED) < Place.JOINED_IN and cls.place_of(person) != Place.RESTING:
            cls.say(person, place=Place.JOINED_IN, day=day, words=words)
