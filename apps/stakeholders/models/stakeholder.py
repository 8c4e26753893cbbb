"""A group that depends on the service: whose reliability is it? (product.md, “Stakeholders”)."""

from django.core.validators import RegexValidator
from django.db import models
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from apps.web.bilingual import Bilingual, in_reader_language

TAG_WITHOUT = r"^[^\s#＃@＠!！\"「」]+$"


class Side(models.TextChoices):
    INSIDE = "inside", _("Inside")
    OUTSIDE = "outside", _("Outside")


class StakeholderQuerySet(models.QuerySet["Stakeholder"]):
    def current(self) -> "StakeholderQuerySet":
        return self.filter(archived_at=None)


class Stakeholder(Bilingual):
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
    position = models.PositiveSmallIntegerField(default=0)
    archived_at = models.DateTimeField(null=True, blank=True)

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
        ]

    @property
    def tag_label(self) -> str:
        """The tag as the reader types it, with its mark."""
        return "#" + in_reader_language(self.tag, self.tag_ja)

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(filter(None, (self.tag, self.tag_ja, self.name, self.name_ja)))
