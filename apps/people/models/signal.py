"""Signals: what somebody said or did in passing that shows interest, and whether they are happy for it to be kept.

No secret files (product.md, “People”): the person sees a note from the moment it is written, with who wrote it and
when. Until they say yes only the two of them see it; without an answer it is gone after 30 days.
"""

from collections.abc import Collection
from datetime import date, timedelta

from django.conf import settings
from django.core.validators import MinValueValidator
from django.db import models, transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from apps.accounts.models import named
from apps.people.models.asked import DAYS_TO_ANSWER
from apps.people.models.journey import JourneyStep
from apps.people.models.topic import Topic
from apps.web.text import OLDEST

LONGEST = 1_000


class SignalQuerySet(models.QuerySet["Signal"]):
    def accepted(self) -> "SignalQuerySet":
        return self.filter(consent__isnull=False)

    def waiting(self) -> "SignalQuerySet":
        """Neither answered nor expired."""
        return self.filter(consent=None, at__gt=timezone.now() - timedelta(days=DAYS_TO_ANSWER))

    def expired(self) -> "SignalQuerySet":
        return self.filter(consent=None, at__lte=timezone.now() - timedelta(days=DAYS_TO_ANSWER))

    def seen_by(self, member) -> "SignalQuerySet":
        """What the person said yes to; what waits for their answer only for them and for who wrote it."""
        theirs = Q(person=member) | Q(by=member)
        waits = Q(consent=None, at__gt=timezone.now() - timedelta(days=DAYS_TO_ANSWER))
        return self.filter(Q(consent__isnull=False) | (waits & theirs), person__is_active=True)

    def told(self) -> "SignalQuerySet":
        """With the names that a page needs, the newest first."""
        rows = self.select_related("person", "by", "topic", "consent").order_by("-day", "-id")
        return rows.only(
            *(field.attname for field in Signal._meta.concrete_fields), "consent__at", "topic__name", "topic__name_ja",
            "person__joined_at", "person__is_active", *named("person"), *named("by"),
        )  # fmt: skip


class Signal(models.Model):
    """One note about a person."""

    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="signals", verbose_name=_("about whom")
    )
    words = models.TextField(_("what they said or did"), max_length=LONGEST)
    day = models.DateField(_("day"), validators=[MinValueValidator(OLDEST)])
    place = models.CharField(_("where"), max_length=120, blank=True)
    topic = models.ForeignKey(
        Topic, null=True, blank=True, on_delete=models.SET_NULL, related_name="signals", verbose_name=_("topic")
    )
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    at = models.DateTimeField(default=timezone.now)
    corrected_at = models.DateTimeField(null=True)  # the words are the person's own since then
    answer = models.TextField(_("your answer"), max_length=LONGEST, blank=True)

    objects = SignalQuerySet.as_manager()

    class Meta:
        verbose_name = _("signal")
        verbose_name_plural = _("signals")
        constraints = [models.CheckConstraint(condition=~Q(words=""), name="signal_in_words")]
        indexes = [
            models.Index(fields=["person", "-day", "-id"], name="signal_of_person"),
            models.Index(fields=["-day", "-id"], name="signal_newest"),
        ]

    def __str__(self) -> str:
        return f"{self.day} {self.person_id}"

    @property
    def is_accepted(self) -> bool:
        return hasattr(self, "consent")

    @property
    def has_person_joined(self) -> bool:
        return self.person.has_joined

    @property
    def expires_at(self):
        """When it is gone without an answer; None once the person said yes."""
        return None if self.is_accepted else self.at + timedelta(days=DAYS_TO_ANSWER)

    @classmethod
    def note(cls, person, by, *, words: str, day: date, place: str = "", topic: Topic | None = None) -> "Signal":
        """Writes a note about somebody. What people write about themselves needs nobody's yes."""
        from apps.people import notices  # it speaks of notes

        with transaction.atomic():
            row = cls.objects.create(person=person, by=by, words=words, day=day, place=place, topic=topic)
            if person == by:
                row.accept()
            else:
                notices.noticed(row)
        return row

    def accept(self) -> None:
        """The person says yes; twice is the same. With the first such note their journey begins."""
        with transaction.atomic():
            _consent, is_new = Consent.objects.get_or_create(signal=self)
            if is_new:
                JourneyStep.noticed(self)

    def correct(self, words: str, answer: str) -> None:
        """The person puts it into their own words, or answers, and with that says yes to keeping it."""
        with transaction.atomic():
            row = type(self).objects.select_for_update().get(pk=self.pk)
            if words != row.words:
                row.words, row.corrected_at = words, timezone.now()
            row.answer = answer
            row.save(update_fields=["words", "corrected_at", "answer"])
            row.accept()

    def erase(self) -> None:
        """It is gone, with everything that was said about it and the step that rested on it."""
        with transaction.atomic():
            self.delete()
            JourneyStep.settle(self.person_id)


class Consent(models.Model):
    """That the person agreed to a note being kept."""

    signal = models.OneToOneField(Signal, on_delete=models.CASCADE, related_name="consent")
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("consent")

    def __str__(self) -> str:
        return f"{self.signal_id}"


class NoteReading(models.Model):
    """That somebody looked at notes about a person on a day (R88)."""

    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="note_readings")
    reader = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    day = models.DateField()

    class Meta:
        verbose_name = _("reading of notes")
        ordering = ["-day", "-id"]
        constraints = [models.UniqueConstraint(fields=["person", "reader", "day"], name="note_reading_once_a_day")]

    def __str__(self) -> str:
        return f"{self.day} {self.person_id} {self.reader_id}"

    @classmethod
    def record(cls, reader, people: Collection[int], day: date) -> None:
        """Notes that `reader` saw notes about these people; one's own are no reading. One query, or none."""
        rows = [NoteReading(person_id=pk, reader=reader, day=day) for pk in set(people) if pk != reader.pk]
        if rows:
            NoteReading.objects.bulk_create(rows, ignore_conflicts=True)

    @classmethod
    def of(cls, person) -> models.QuerySet["NoteReading"]:
        return cls.objects.filter(person=person).select_related("reader").only("day", "person", *named("reader"))
