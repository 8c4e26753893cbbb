"""What “SRE” means to each member, in rounds, and the statement they share (talk, slides 12 and 13)."""

from datetime import date

from django.conf import settings
from django.db import models, transaction
from django.utils.translation import gettext_lazy as _

from apps.accounts.models import Change, named
from apps.stakeholders.models.focus import Voice
from apps.stakeholders.models.voice import Answered, Successive, SuccessiveQuerySet, VoiceBase


class Round(Successive):
    """One time of asking everybody “To me, SRE is …”. The newest is open; the others are kept."""

    class Meta:
        verbose_name = _("round")
        verbose_name_plural = _("rounds")

    def __str__(self) -> str:
        return f"{self.number}"

    @classmethod
    def take_back(cls, number: str) -> bool:
        """Deletes the newest round if it is this one and nobody has answered it, and says whether it did."""
        with transaction.atomic():
            newest = cls.objects.select_for_update().newest_first().first()
            if newest is None or str(newest.number) != number or newest.answers.exists():
                return False
            try:
                newest.delete()
            except models.ProtectedError:  # answered in this very moment, or a statement was written from it
                return False
        return True


class Wish(models.TextChoices):
    """What becomes of a member's words when they leave, or take them back."""

    KEEP = "keep", _("Keep them, without my name")
    REMOVE = "remove", _("Remove them")


class PartingWish(models.Model):
    """What a member wished with their last answer, or when they took their answers back; it outlives these."""

    member = models.OneToOneField(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="parting_wish")
    wish = models.CharField(max_length=6, choices=Wish)

    class Meta:
        constraints = [models.CheckConstraint(condition=models.Q(wish__in=Wish.values), name="parting_wish_known")]

    def __str__(self) -> str:
        return self.wish

    @classmethod
    def keep(cls, member, wish: str) -> None:
        cls.objects.update_or_create(member=member, defaults={"wish": wish})

    @classmethod
    def of(cls, member) -> str | None:
        """None for who was never asked."""
        return cls.objects.filter(member=member).values_list("wish", flat=True).first()


class AnswerQuerySet(models.QuerySet["Answer"]):
    def saying(self, words: str) -> "AnswerQuerySet":
        """Those in which each of these words stands."""
        rows = self
        for word in words.split()[:6]:
            rows = rows.filter(text__icontains=word)
        return rows

    def with_phrases(self) -> "AnswerQuerySet":
        """With who wrote them and what was marked in them."""
        phrases = Phrase.objects.signed().order_by("id")
        return self.select_related("member").prefetch_related(models.Prefetch("phrases", phrases))


class Answer(models.Model):
    """What SRE is to one member, said before seeing what the others say."""

    round = models.ForeignKey(Round, on_delete=models.PROTECT, related_name="answers")
    # None once somebody has left and wished that their words stay without their name.
    member = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="sre_answers"
    )
    text = models.TextField(_("To me, SRE is …"), max_length=1_000)
    # Whether others may see by name how the answer changed from round to round.
    may_compare = models.BooleanField(_("Others may see how my answers change over time"), default=False)
    at = models.DateTimeField(auto_now_add=True)

    objects = AnswerQuerySet.as_manager()

    class Meta:
        verbose_name = _("answer")
        verbose_name_plural = _("answers")
        constraints = [
            models.UniqueConstraint(fields=["round", "member"], name="answer_once"),
        ]

    def __str__(self) -> str:
        return self.text[:40]

    @classmethod
    def say(cls, round: Round, member, *, text: str, may_compare: bool, wish: str) -> "Answer":
        """Answers, or answers anew: what was said before stays in the history.

        The wishes hold for all of one's answers.
        """
        with transaction.atomic():
            row, is_new = cls.objects.select_for_update().get_or_create(
                round=round, member=member, defaults={"text": text}
            )
            if not is_new and row.text != text:
                was = {"text": row.text}
                row.text = text
                row.save(update_fields=["text"])
                Change.record(row, was, member)
                # A mark on words that are gone says nothing.
                for phrase in row.phrases.all():
                    if phrase.text not in text:
                        phrase.delete()
            member.sre_answers.update(may_compare=may_compare)
            PartingWish.keep(member, wish)
        return row

    @classmethod
    def let_go(cls, member, wish: str) -> None:
        """Follows the wish of a member who leaves or takes their words back, in all rounds.

        The history of an answer goes with its name: it would tell what is not to be told.
        """
        rows = cls.objects.filter(member=member)
        with transaction.atomic():
            PartingWish.keep(member, wish)
            Change.objects.of(*rows).delete()
            if wish == Wish.REMOVE:
                rows.delete()
            else:
                rows.update(member=None, may_compare=False)


class Kind(models.TextChoices):
    SHARED = "shared", _("We share this")
    DIFFERENT = "different", _("We see this differently")


class PhraseQuerySet(models.QuerySet["Phrase"]):
    def signed(self) -> "PhraseQuerySet":
        """With the names of who marked them."""
        return self.select_related("by").only("answer", "text", "kind", *named("by"))

    def attributed(self) -> "PhraseQuerySet":
        """With those names, and whose words they are."""
        return self.select_related("by", "answer__member").only(
            "text", "kind", "answer__may_compare", "answer__round", *named("by"), *named("answer__member")
        )


class Phrase(models.Model):
    """Words of an answer that somebody marked as shared, or as a difference."""

    answer = models.ForeignKey(Answer, on_delete=models.CASCADE, related_name="phrases")
    text = models.CharField(_("the words"), max_length=300)
    kind = models.CharField(max_length=9, choices=Kind)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")

    objects = PhraseQuerySet.as_manager()

    class Meta:
        verbose_name = _("marked phrase")
        verbose_name_plural = _("marked phrases")
        constraints = [
            models.UniqueConstraint(fields=["answer", "text", "by"], name="phrase_once"),
            models.CheckConstraint(condition=models.Q(kind__in=Kind.values), name="phrase_kind_known"),
        ]

    def __str__(self) -> str:
        return self.text


class StatementQuerySet(SuccessiveQuerySet["Statement"]):
    def with_voices(self, most: int | None) -> "StatementQuerySet":
        """With who agreed and who did not, as `heard` gives them."""
        voices = StatementVoice.objects.heard(most)
        return self.select_related("by", "round").prefetch_related(models.Prefetch("voices", voices))


class Statement(Answered, Successive):
    """A version of what SRE is to us: written by the lead from marked phrases, never edited."""

    # The round it was written from: what was marked there as a difference stays beside it.
    round = models.ForeignKey(Round, null=True, on_delete=models.PROTECT, related_name="+", editable=False)
    text = models.TextField(_("To us, SRE is …"), max_length=2_000)
    reason = models.TextField(_("what changed, and why"), max_length=1_000, blank=True)

    objects = StatementQuerySet.as_manager()  # type: ignore[misc]

    class Meta:
        verbose_name = _("shared statement")
        verbose_name_plural = _("shared statements")

    def __str__(self) -> str:
        return f"{self.number} {self.text[:40]}"

    @classmethod
    def write(
        cls, by, after: int, *, text: str, round: Round | None, reason: str = "", day: date | None = None
    ) -> "Statement":
        """The version that follows number `after`, from what was marked in `round`; who writes it agrees.

        Raises Overtaken.
        """
        with transaction.atomic():
            row = cls.follow(after, by=by, day=day or by.today(), text=text, reason=reason, round=round)
            StatementVoice.objects.create(about=row, member=by, agrees=True)
        return row


class StatementVoice(VoiceBase):
    """One member's answer to a version of the statement."""

    about = models.ForeignKey(Statement, on_delete=models.CASCADE, related_name="voices")

    class Meta(VoiceBase.Meta):
        verbose_name = _("answer to the statement")
        verbose_name_plural = _("answers to the statement")


def follow_wish(member) -> None:
    """What somebody who leaves has said and marked, of answers, statements and decisions, stays or goes as they wished.

    Who never answered a round was not asked, and is not taken out of any record.
    """
    wish = PartingWish.of(member)
    if wish is None:
        return
    with transaction.atomic():
        Answer.let_go(member, wish)
        for voices in (StatementVoice, Voice):
            voices.let_go(member, keep=wish == Wish.KEEP)
        marks = Phrase.objects.filter(by=member)
        if wish == Wish.KEEP:
            marks.update(by=None)
        else:
            marks.delete()
