"""What decisions and statements have in common: one follows another, and each member answers for themself."""

from dataclasses import dataclass
from typing import Any, Self

from django.conf import settings
from django.db import IntegrityError, models, transaction
from django.db.models import Count, Q, Window
from django.db.models.functions import RowNumber
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from apps.accounts.models import Change, Person, named


class Overtaken(Exception):
    """Somebody else wrote the next one since the form was opened (R46); `newest` is theirs."""

    def __init__(self, newest: "Successive"):
        super().__init__()
        self.newest = newest


class SuccessiveQuerySet[Row: "Successive"](models.QuerySet[Row]):
    def newest_first(self) -> Self:
        return self.order_by("-number")

    def current(self) -> Row | None:
        return self.newest_first().first()


class Successive(models.Model):
    """A row that is never edited: the next one takes its place, and it stays readable."""

    # 1, 2, 3 …: of two who write at the same time, both want the same one, and the second is told.
    number = models.PositiveIntegerField(unique=True, editable=False)
    day = models.DateField(editable=False)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+", editable=False
    )
    created_at = models.DateTimeField(auto_now_add=True)

    objects = SuccessiveQuerySet.as_manager()

    class Meta:
        abstract = True

    @classmethod
    def follow(cls, after: int, **fields) -> Self:
        """The row that follows number `after` (0 where there is none yet). Raises Overtaken."""
        newest = cls.objects.current()
        if newest is not None and newest.number != after:
            raise Overtaken(newest)
        try:
            with transaction.atomic():
                number = newest.number + 1 if newest else 1
                return cls.objects.create(number=number, **fields)  # type: ignore[return-value]
        except IntegrityError:
            raise Overtaken(cls.objects.newest_first()[0]) from None


class VoiceQuerySet(models.QuerySet):
    def heard(self, most: int | None, member=None) -> Self:
        """With members, the earliest first: of each answer the first `most`, and whoever used words.

        The answer of `member` is among them in any case. Each knows how many gave the same answer, in `same`.
        """
        kind = ["about", "agrees"]
        same = Window(Count("id"), partition_by=kind)
        rows = self.select_related("member").annotate(same=same).order_by("at", "id")
        rows = rows.only("about", "agrees", "words", *named("member"))
        if most is None:
            return rows
        place = Window(RowNumber(), partition_by=kind, order_by=["at", "id"])
        mine = Q(member=member) if member else Q()
        return rows.annotate(place=place).filter(Q(place__lte=most) | ~Q(words="") | mine)

    def glance(self, most: int, member) -> "list[Said]":
        """Of one thing's answers the first `most` of each kind and that of `member`. One query, and no models."""
        rows = self.order_by("at", "id").values_list("agrees", "words", "member", *named("member"))
        sums = {True: 0, False: 0}
        wanted = []
        for agrees, words, pk, *names in rows:
            sums[agrees] += 1
            if sums[agrees] <= most or pk == member.pk:
                wanted.append((agrees, words, None if pk is None else Person(pk, *names)))
        return [Said(agrees, words, person, sums[agrees]) for agrees, words, person in wanted]


class Spoken:
    """Whose words it is, in a sentence."""

    member: Any

    @property
    def name(self) -> str:
        return self.member.display_name if self.member else _("Somebody who has left")

    @property
    def short_name(self) -> str:
        """In the middle of a sentence."""
        return self.member.short_name if self.member else _("somebody who has left")


@dataclass(frozen=True, slots=True)
class Said(Spoken):
    """An answer for a card, and how many gave the same."""

    agrees: bool
    words: str
    member: Person | None
    same: int

    @property
    def member_id(self) -> int | None:
        return self.member.pk if self.member else None


class Answered(models.Model):
    """What members agree to, or not: each kind's answers are its `voices`, prefetched by `heard` or got by `glance`."""

    voices: Any  # the manager of the kind's answers
    _glanced: list | None = None

    class Meta:
        abstract = True

    def glance(self, most: int, member) -> Self:
        """For a card: the first of each answer, with their sums. One query."""
        self._glanced = self.voices.glance(most, member)
        return self

    @property
    def said(self) -> list:
        return list(self.voices.all()) if self._glanced is None else self._glanced

    @property
    def agreed(self) -> list:
        return [voice for voice in self.said if voice.agrees]

    @property
    def agreed_count(self) -> int:
        return next((voice.same for voice in self.agreed), 0)

    @property
    def differ_count(self) -> int:
        return next((voice.same for voice in self.differ), 0)

    @property
    def with_words(self) -> list:
        """Those who agree and say more than yes."""
        return [voice for voice in self.agreed if voice.words]

    @property
    def differ(self) -> list:
        return [voice for voice in self.said if not voice.agrees]

    def said_by(self, member):
        """The answer of `member`, or None."""
        return next((voice for voice in self.said if voice.member_id == member.pk), None)


class VoiceBase(Spoken, models.Model):
    """One member's answer: they agree, or they see it differently and say how. Each kind names its `about`."""

    # None once somebody has left and wished that their words stay without their name.
    member = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    agrees = models.BooleanField(gettext_lazy("agrees"))
    words = models.TextField(gettext_lazy("in your words"), max_length=1_000, blank=True)
    at = models.DateTimeField(auto_now=True)

    objects = VoiceQuerySet.as_manager()

    class Meta:
        abstract = True
        constraints = [
            models.UniqueConstraint(fields=["about", "member"], name="%(class)s_once"),
            models.CheckConstraint(
                condition=models.Q(agrees=True) | ~models.Q(words=""), name="%(class)s_differs_in_words"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name}: {self.agrees}"

    @classmethod
    def let_go(cls, member, *, keep: bool) -> None:
        """Keeps what somebody who leaves has said, without name and without what it said before, or removes it."""
        rows = cls.objects.filter(member=member)
        Change.objects.of(*rows).delete()
        if keep:
            rows.update(member=None)
        else:
            rows.delete()

    @classmethod
    def say(cls, about: Successive, member, *, agrees: bool, words: str) -> Self:
        """Answers, or answers anew: what was said before stays in the history."""
        rows: Any = cls.objects
        with transaction.atomic():
            voice, is_new = rows.select_for_update().get_or_create(
                about=about, member=member, defaults={"agrees": agrees, "words": words}
            )
            if not is_new:
                was = {"agrees": voice.agrees, "words": voice.words}
                if agrees and not voice.agrees and words == voice.words:
                    words = ""  # what one saw differently is no reason to agree
                voice.agrees, voice.words = agrees, words
                voice.save()
                Change.record(voice, was, member)
        return voice
