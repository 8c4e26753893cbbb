"""A group that depends on the service: whose reliability is it? (product.md, “Stakeholders”)."""

from django.core.validators import RegexValidator
from django.db import models, transaction
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from apps.accounts.models import Change, Corrected
from apps.web.bilingual import Bilingual, in_reader_language

MOST_POSITION = 999
TAG_WITHOUT = r"^[^\s#＃@＠!！\"「」]+$"


class Side(models.TextChoices):
    INSIDE = "inside", _("Inside")
    OUTSIDE = "outside", _("Outside")


class StakeholderQuerySet(models.QuerySet["Stakeholder"]):
    def current(self) -> "StakeholderQuerySet":
        return self.standing().filter(archived_at=None)

    def standing(self) -> "StakeholderQuerySet":
        """Those that stand for themselves, archived or not."""
        return self.filter(merged_into=None)


class Stakeholder(Corrected, Bilingual):
    """Never deleted while something points at it: archiving hides it from new entries and keeps the old."""

    tag = models.CharField(
        _("tag"),
        max_length=40,
        validators=[RegexValidator(TAG_WITHOUT, _("A tag has no spaces and none of # @ ! in it."))],
    )
    tag_ja = models.CharField(
        _("tag in Japanese"),
        max_length=40,
        blank=True,
        validators=[RegexValidator(TAG_WITHOUT, _("A tag has no spaces and none of # @ ! in it."))],
    )
    side = models.CharField(_("inside or outside"), max_length=7, choices=Side, default=Side.INSIDE)
    service = models.TextField(_("what the service is to them"), max_length=1_000, blank=True)
    reliability = models.TextField(_("what reliability means to them"), max_length=2_000, blank=True)
    # The newest observation that says how often they use the service and how much it hurts.
    placed_by = models.ForeignKey(
        "stakeholders.Observation", null=True, on_delete=models.SET_NULL, related_name="+", editable=False
    )
    position = models.PositiveSmallIntegerField(_("place in the list"), default=0)
    archived_at = models.DateTimeField(_("archived"), null=True, blank=True)
    merged_into = models.ForeignKey(
        "self",
        null=True,
        on_delete=models.PROTECT,
        related_name="merged_from",
        editable=False,
        verbose_name=_("merged into"),
    )
    # Names in the history that are no columns.
    TOLD = {"merges_in": _("Merged into it")}

    objects = StakeholderQuerySet.as_manager()

    class Meta:
        verbose_name = _("stakeholder")
        verbose_name_plural = _("stakeholders")
        ordering = ["position", "name"]
        constraints = [
            models.UniqueConstraint(
                Lower("tag"),
                name="stakeholder_tag_once",
                violation_error_code="tag",
                violation_error_message=_("This tag is taken."),
            ),
            models.CheckConstraint(condition=models.Q(side__in=Side.values), name="stakeholder_side_known"),
            models.CheckConstraint(
                condition=models.Q(merged_into=None) | ~models.Q(merged_into=models.F("id")),
                name="stakeholder_not_into_itself",
            ),
        ]

    FIELDS = ("name", "name_ja", "tag", "tag_ja", "side", "service", "reliability", "position")

    def archive(self, by, *, wished: bool) -> None:
        """Hides the group from new entries and evidence, or brings it back; nothing where it already is so."""
        with transaction.atomic():
            row = type(self).objects.select_for_update().get(pk=self.pk)
            self.archived_at = (row.archived_at or timezone.now()) if wished else None
            if bool(row.archived_at) != wished:
                type(self).objects.filter(pk=self.pk).update(
                    archived_at=self.archived_at, version=models.F("version") + 1
                )
                Change.record(self, {"archived_at": row.archived_at}, by)

    @property
    def tag_label(self) -> str:
        """The tag as the reader types it, with its mark."""
        return "#" + in_reader_language(self.tag, self.tag_ja)

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(filter(None, (self.tag, self.tag_ja, self.name, self.name_ja)))

    def take_place(self) -> None:
        """Sits where the newest observation with a place says."""
        newest = self.observations.placing().newest_first().first()
        type(self).objects.filter(pk=self.pk).update(placed_by=newest)
        self.placed_by = newest
