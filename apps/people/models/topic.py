"""What people want to learn about: named in both languages, renamed as words change, merged where two are one."""

from django.conf import settings
from django.db import IntegrityError, models, transaction
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from apps.accounts.models import Corrected
from apps.web.bilingual import Bilingual
from apps.web.models.merge import family, where_it_went

# Of those who are here, what they said themselves or said yes to: what waits for an answer is nobody else's to count.
_SAID = models.Q(interests__confirmed_at__isnull=False, interests__person__is_active=True)
_INTERESTED = models.Count("interests", filter=_SAID)
SAME_NAME = _("There is a topic of this name already.")


class TopicQuerySet(models.QuerySet["Topic"]):
    def standing(self) -> "TopicQuerySet":
        """Those that stand for themselves: not merged into another."""
        return self.filter(merged_into=None)

    def called(self, name: str) -> "TopicQuerySet":
        """Those that answer to `name` in either language, whatever its case."""
        return self.filter(models.Q(name__iexact=name) | models.Q(name_ja__iexact=name))

    def with_interested(self) -> "TopicQuerySet":
        """With how many people said that it interests them, which everybody may know."""
        return self.annotate(interested=_INTERESTED)

    def with_interest(self, member) -> "TopicQuerySet":
        """Those that stand and interest somebody, with how many, and whether `member` is among them; most wanted first.

        What nobody has said yet only its writer sees, and the lead, who can merge it.
        """
        mine = models.Count("interests", filter=_SAID & models.Q(interests__person=member))
        rows = self.standing().annotate(interested=_INTERESTED, mine=mine).order_by("-interested", "name")
        return rows if member.is_lead else rows.filter(models.Q(interested__gt=0) | models.Q(by=member))

    def known_to(self, member) -> "TopicQuerySet":
        """Those that `member` wrote, or that something names which they may see; all for the lead, who can merge them.

        A topic that only a note names which waits for its person's yes would tell of that note.
        """
        if member.is_lead:
            return self
        known = models.Q(by=member) | models.Q(merged_into__isnull=False)
        for relation in self.model._meta.related_objects:
            rows = relation.related_model._default_manager.filter(**{relation.field.name: models.OuterRef("pk")})
            known |= models.Q(models.Exists(rows.seen_by(member) if hasattr(rows, "seen_by") else rows))
        return self.filter(known)


class Topic(Corrected, Bilingual):
    about = models.CharField(_("in a few words"), max_length=200, blank=True)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+", editable=False
    )
    created_at = models.DateTimeField(auto_now_add=True)
    merged_into = models.ForeignKey(
        "self",
        null=True,
        on_delete=models.PROTECT,
        related_name="merged_from",
        editable=False,
        verbose_name=_("merged into"),
    )

    objects = TopicQuerySet.as_manager()

    FIELDS = ("name", "name_ja", "about")

    class Meta:
        verbose_name = _("topic")
        verbose_name_plural = _("topics")
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(
                Lower("name"),
                condition=models.Q(merged_into=None),
                name="topic_name_once",
                violation_error_code="name",
                violation_error_message=SAME_NAME,
            ),
            models.CheckConstraint(
                condition=models.Q(merged_into=None) | ~models.Q(merged_into=models.F("id")),
                name="topic_not_into_itself",
            ),
        ]

    @classmethod
    def named(cls, name: str, by) -> "Topic":
        """The topic that answers to `name`, or the one it was merged into; a new one where nobody named it before."""
        found = cls.objects.called(name).order_by(models.F("merged_into").asc(nulls_first=True), "id").first()
        if found is None:
            try:
                with transaction.atomic():
                    return cls.objects.create(name=name, by=by)
            except IntegrityError:  # somebody else named it in this very moment
                return cls.objects.standing().called(name).get()
        return found if found.merged_into_id is None else cls.objects.get(pk=where_it_went(cls, found.pk))

    def family(self) -> list[int]:
        """Its id and those of all topics that are part of it by now."""
        return family(type(self), self.pk)
