"""The skill ladder: how far somebody is with a toil item or a topic, and what each step rests on (product.md).

A step counts when both agree. One that somebody proposes waits for the person's yes; one that the person claims waits
for the lead, or for somebody who does it alone. Watching is each one's own word, stepping down needs nobody.
"""

from dataclasses import dataclass
from datetime import date
from typing import Self

from django.conf import settings
from django.core.validators import MinValueValidator
from django.db import models, transaction
from django.db.models import F, Max, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from apps.people.models.asked import Asked, AskedQuerySet
from apps.people.models.topic import Topic
from apps.toil.models import Item
from apps.web.kept import Kept
from apps.web.text import OLDEST

LONGEST = 300


class Rung(models.IntegerChoices):
    NONE = 0, _("No step yet")
    WATCHING = 1, _("Watching")
    NAVIGATING = 2, _("Navigating")
    DRIVING = 3, _("Driving")
    SOLO = 4, _("Solo")
    TEACHING = 5, _("Teaching")

    @property
    def roughly(self) -> "Rung":
        """What is left of it when it is shown roughly: nothing, learning, or able to help."""
        if self == Rung.NONE:
            return self
        return Rung.SOLO if self >= Rung.SOLO else Rung.NAVIGATING


class LadderError(ValueError):
    """Why a step can't be written; `code` is `there` (they stand there already or higher) or `waits` (one waits)."""

    def __init__(self, code: str):
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True)
class Subject:
    """What a ladder leans on: a toil item or a topic."""

    item: Item | None = None
    topic: Topic | None = None

    @property
    def columns(self) -> dict:
        return {"item": self.item, "topic": self.topic}

    @property
    def label(self) -> str:
        return (self.item or self.topic).label  # type: ignore[union-attr]


class LadderStepQuerySet(AskedQuerySet["LadderStep"]):
    def counted(self) -> Self:
        return self.filter(counts_from__isnull=False)

    def current(self) -> Self:
        """The newest step that counts of each person and subject, of people who are here."""
        return self.filter(is_current=True, person__is_active=True)

    def alone(self) -> Self:
        """Where people stand who can do it alone."""
        return self.current().filter(rung__gte=Rung.SOLO)

    def to_agree(self) -> Self:
        """What people claim for themselves and nobody has agreed to yet."""
        return self.confirmed().filter(counts_from=None, person__is_active=True)

    def about(self, subject: Subject) -> Self:
        return self.filter(**subject.columns)

    def told(self) -> Self:
        """With the names that a page needs, the newest first."""
        return self.select_related("person", "proposed_by", "agreed_by", "item", "topic").order_by("-day", "-id")


class LadderStep(Asked):
    """One step of one person, up or down."""

    item = models.ForeignKey(Item, null=True, on_delete=models.CASCADE, related_name="ladder_steps")
    topic = models.ForeignKey(Topic, null=True, on_delete=models.CASCADE, related_name="ladder_steps")
    rung = models.PositiveSmallIntegerField(choices=Rung)
    day = models.DateField(_("day"), validators=[MinValueValidator(OLDEST)])
    words = models.CharField(_("what it rests on"), max_length=LONGEST, blank=True)
    agreed_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    counts_from = models.DateTimeField(null=True)
    is_current = models.BooleanField(default=False)

    objects = LadderStepQuerySet.as_manager()  # type: ignore[misc]

    class Meta:
        verbose_name = _("step")
        verbose_name_plural = _("steps")
        constraints = [
            *Asked.Meta.constraints,
            models.CheckConstraint(condition=Q(rung__in=Rung.values), name="ladder_rung_known"),
            models.CheckConstraint(condition=Q(item=None) ^ Q(topic=None), name="ladder_of_item_or_topic"),
            models.CheckConstraint(
                condition=Q(counts_from=None) | Q(confirmed_at__isnull=False), name="ladder_counts_when_confirmed"
            ),
            models.CheckConstraint(
                condition=Q(is_current=False) | Q(counts_from__isnull=False), name="ladder_current_counts"
            ),
            models.UniqueConstraint(
                fields=["person", "item"], condition=Q(is_current=True, topic=None), name="ladder_one_of_item"
            ),
            models.UniqueConstraint(
                fields=["person", "topic"], condition=Q(is_current=True, item=None), name="ladder_one_of_topic"
            ),
        ]
        indexes = [
            models.Index(fields=["item", "rung"], condition=Q(is_current=True), name="ladder_items_now"),
            models.Index(fields=["topic", "rung"], condition=Q(is_current=True), name="ladder_topics_now"),
        ]

    def __str__(self) -> str:
        return f"{self.person_id} {self.get_rung_display()}"

    @property
    def subject(self) -> Subject:
        return Subject(self.item, self.topic)

    @property
    def counts(self) -> bool:
        return self.counts_from is not None

    @classmethod
    def rung_of(cls, person, subject: Subject) -> Rung:
        row = cls.objects.about(subject).filter(person=person, is_current=True).values_list("rung", flat=True).first()
        return Rung(row or 0)

    @classmethod
    def propose(cls, person, subject: Subject, by, *, rung: int, day: date, words: str = "") -> "LadderStep":
        """Somebody thinks that the person is a step further; the person says so or not. Raises LadderError."""
        from apps.people import notices  # it speaks of steps

        with transaction.atomic():
            cls._may_climb(person, subject, rung)
            row = cls.objects.create(
                person=person, **subject.columns, rung=rung, day=day, words=words, proposed_by=by,
                proposed_at=timezone.now(),
            )  # fmt: skip
            notices.step_proposed(row)
        return row

    @classmethod
    def claim(cls, person, subject: Subject, *, rung: int, day: date, words: str = "") -> "LadderStep":
        """The person says where they are. Down, watching and a lead's own word count at once. Raises LadderError."""
        from apps.people import notices

        now = timezone.now()
        with transaction.atomic():
            stands = cls.rung_of(person, subject)
            if rung == stands:
                raise LadderError("there")
            if rung > stands:
                cls._may_climb(person, subject, rung)
            own_word = rung < stands or rung <= Rung.WATCHING or person.is_lead
            row = cls.objects.create(
                person=person, **subject.columns, rung=rung, day=day, words=words, confirmed_at=now,
                counts_from=now if own_word else None,
            )  # fmt: skip
            if own_word:
                cls.objects.about(subject).filter(person=person, counts_from=None).delete()
                row.settle()
            else:
                notices.claimed(row)
        return row

    @classmethod
    def _may_climb(cls, person, subject: Subject, rung: int) -> None:
        if rung <= cls.rung_of(person, subject):
            raise LadderError("there")
        open_ones = cls.objects.about(subject).filter(person=person, counts_from=None)
        open_ones.expired().delete()
        if open_ones.exists():
            raise LadderError("waits")

    def confirm(self) -> None:
        """The person says yes to a proposal; twice is the same. Where they are further by now, it is only dropped."""
        from apps.people import notices

        now = timezone.now()
        with transaction.atomic():
            if type(self).rung_of(self.person, self.subject) >= self.rung:
                type(self).objects.filter(pk=self.pk, counts_from=None).delete()
                return
            yes = type(self).objects.filter(pk=self.pk, confirmed_at=None)
            if yes.update(confirmed_at=now, counts_from=now):
                self.settle()
                notices.agreed(self, self.proposed_by_id)

    def agree(self, by) -> None:
        """Somebody who may agrees to what the person claims; twice is the same."""
        from apps.people import notices

        with transaction.atomic():
            agreed = type(self).objects.filter(pk=self.pk, counts_from=None, confirmed_at__isnull=False)
            if agreed.update(agreed_by=by, counts_from=timezone.now()):
                self.settle()
                notices.agreed(self, self.person_id)

    def erase(self) -> None:
        """The person takes a step or its words away; the step before it stands again."""
        with transaction.atomic():
            self.settle(without=self.pk)
            type(self).objects.filter(pk=self.pk).delete()

    def settle(self, without: int | None = None) -> None:
        """Finds anew which step of the person and subject is the current one; in the same transaction."""
        rows = type(self).objects.about(self.subject).filter(person=self.person_id)
        newest = (
            rows.counted().exclude(pk=without or 0).order_by("-counts_from", "-id").values_list("pk", flat=True).first()
        )
        rows.filter(is_current=True).exclude(pk=newest or 0).update(is_current=False)
        if newest:
            rows.filter(pk=newest).update(is_current=True)
        transaction.on_commit(grown.forget)

    @classmethod
    def may_agree(cls, member, subject: Subject, person) -> bool:
        """The lead, and who can do it alone, to what somebody else claims."""
        return member.pk != person.pk and cls.has_a_say(member, subject)

    @classmethod
    def has_a_say(cls, member, subject: Subject) -> bool:
        """Whether somebody may agree to what others claim there. One query, or none."""
        return member.is_lead or cls.objects.alone().about(subject).filter(person=member).exists()


class Roughly(models.Model):
    """That a person shows others only “can help” or “is learning” of their ladder."""

    person = models.OneToOneField(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="roughly")
    since = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("ladder shown roughly")

    def __str__(self) -> str:
        return f"{self.person_id}"

    @classmethod
    def choose(cls, person, *, on: bool) -> None:
        """The wished state is sent, so twice is the same."""
        if on:
            cls.objects.get_or_create(person=person)
        else:
            cls.objects.filter(person=person).delete()
        transaction.on_commit(grown.forget)

    @classmethod
    def people(cls) -> set[int]:
        return set(cls.objects.values_list("person", flat=True))


@Kept
def grown() -> tuple[Rung, ...]:
    """One rung for each person on a ladder, their highest, as everybody may see it; in the order in which they joined,
    as it is a field and no ranking. Two queries, or none: every page shows it.
    """
    steps = LadderStep.objects.current().order_by().values_list("person").annotate(highest=Max("rung"))
    rows = list(steps.exclude(highest=0).order_by(F("person__joined_at").asc(nulls_last=True), "person"))
    rough = Roughly.people() if rows else set()
    return tuple(Rung(highest).roughly if person in rough else Rung(highest) for person, highest in rows)
