"""Who would like to read, mob, learn or teach what, and how much (product.md, “People”).

A person's interest is theirs to say. Somebody else may propose it; until the person says yes, only these two see it,
and after 30 days without an answer it is gone.
"""

from collections.abc import Collection

from django.db import models, transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from apps.people.models.asked import Asked, AskedQuerySet
from apps.people.models.topic import Topic


class Keen(models.IntegerChoices):
    CURIOUS = 1, _("Curious")
    KEEN = 2, _("Keen")
    EAGER = 3, _("Would start tomorrow")


class Want(models.TextChoices):
    """What somebody wants to do with a topic; each has a column of its own, `wants_…`."""

    READ = "read", _("Read about it")
    MOB = "mob", _("Work on it in a mob")
    LEARN = "learn", _("Learn it")
    TEACH = "teach", _("Teach it")


class InterestQuerySet(AskedQuerySet["Interest"]):
    def of_standing(self) -> "InterestQuerySet":
        """Of topics that stand, and of people who are here."""
        return self.filter(topic__merged_into=None, person__is_active=True)


class Interest(Asked):
    """One person's interest in one topic."""

    topic = models.ForeignKey(Topic, on_delete=models.PROTECT, related_name="interests", verbose_name=_("topic"))
    keen = models.PositiveSmallIntegerField(_("how much"), choices=Keen, default=Keen.KEEN)
    wants_read = models.BooleanField(default=False)
    wants_mob = models.BooleanField(default=False)
    wants_learn = models.BooleanField(default=False)
    wants_teach = models.BooleanField(default=False)
    changed_at = models.DateTimeField(auto_now=True)

    objects = InterestQuerySet.as_manager()  # type: ignore[misc]

    class Meta:
        verbose_name = _("interest")
        verbose_name_plural = _("interests")
        constraints = [
            models.UniqueConstraint(fields=["person", "topic"], name="interest_once"),
            models.CheckConstraint(condition=Q(keen__in=Keen.values), name="interest_keen_known"),
            models.CheckConstraint(
                condition=Q(wants_read=True) | Q(wants_mob=True) | Q(wants_learn=True) | Q(wants_teach=True),
                name="interest_wants_something",
            ),
            *Asked.Meta.constraints,
        ]
        indexes = [models.Index(fields=["topic", "confirmed_at"], name="interest_of_topic")]

    def __str__(self) -> str:
        return f"{self.person_id} {self.topic_id}"

    @property
    def wants(self) -> list[Want]:
        return [want for want in Want if getattr(self, f"wants_{want}")]

    @property
    def wants_more(self) -> bool:
        """Whether they want to read, mob or learn, and not only to teach."""
        return self.wants_read or self.wants_mob or self.wants_learn

    @classmethod
    def say(cls, person, topic: Topic, *, keen: int, wants: Collection[str]) -> "Interest":
        """The person says it: a new interest, another degree of one, or yes to a proposal with their own words."""
        said = _columns(keen, wants) | {"confirmed_at": timezone.now()}
        row, _is_new = cls.objects.update_or_create(person=person, topic=topic, defaults=said)
        return row

    @classmethod
    def propose(cls, person, topic: Topic, by, *, keen: int, wants: Collection[str]) -> "Interest | None":
        """Somebody thinks that it interests the person, who will say so or not.

        None where it is theirs already or waits for their answer: what a person said is not written over.
        """
        from apps.people import notices  # it speaks of interests

        now = timezone.now()
        with transaction.atomic():
            cls.objects.expired().filter(person=person, topic=topic).delete()
            said = _columns(keen, wants) | {"proposed_by": by, "proposed_at": now}
            row, is_new = cls.objects.get_or_create(person=person, topic=topic, defaults=said)
            if is_new:
                notices.noticed(row)
        return row if is_new else None

    def confirm(self) -> None:
        """The person says yes; said twice, it is the same."""
        type(self).objects.filter(pk=self.pk, confirmed_at=None).update(confirmed_at=timezone.now())

    def withdraw(self) -> None:
        """The person takes it back, or says no to a proposal: it is gone, and nobody is told why.

        So is what they once said of a topic that is part of this one by now.
        """
        with transaction.atomic():
            Interest.objects.filter(person=self.person_id, topic__in=self.topic.family()).delete()


def _columns(keen: int, wants: Collection[str]) -> dict:
    return {"keen": keen} | {f"wants_{want}": want in wants for want in Want.values}
