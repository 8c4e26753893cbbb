"""Kinds of toil. The talk's seven are the defaults; a team renames, adds and archives them (product.md, “Toil”)."""

from django.core.validators import MaxValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from apps.web.bilingual import Bilingual


class CategoryQuerySet(models.QuerySet["Category"]):
    def current(self) -> "CategoryQuerySet":
        return self.filter(archived_at=None)


class Category(Bilingual):
    # The design guide fixes six data colours; 0 stands for “other”, drawn in grey.
    tint = models.PositiveSmallIntegerField(_("colour"), default=0, validators=[MaxValueValidator(6)])
    position = models.PositiveSmallIntegerField(default=0)
    archived_at = models.DateTimeField(null=True, blank=True)

    objects = CategoryQuerySet.as_manager()

    class Meta:
        verbose_name = _("category")
        verbose_name_plural = _("categories")
        ordering = ["position", "name"]
        constraints = [
            models.UniqueConstraint(
                fields=["name"],
                name="category_name_once",
                violation_error_code="name",
                violation_error_message=_("This name is taken."),
            ),
            models.CheckConstraint(condition=models.Q(tint__lte=6), name="category_tint_known"),
        ]


# The talk's slide 20, in the design guide's fixed order of colours; audits and vulnerabilities share a hue there.
DEFAULTS = (
    ("Releases", "リリース", 1),
    ("Data maintenance", "データメンテナンス", 2),
    ("Error monitoring", "エラー監視", 3),
    ("EOL upgrades", "EOL対応", 4),
    ("Audits", "監査対応", 5),
    ("Vulnerabilities", "脆弱性対応", 5),
    ("Log investigation", "ログ調査", 6),
)


def make_defaults() -> None:
    """The seven kinds of the talk, for a new organisation. Does nothing where categories exist."""
    if not Category.objects.exists():
        Category.objects.bulk_create(
            Category(name=name, name_ja=name_ja, tint=tint, position=position)
            for position, (name, name_ja, tint) in enumerate(DEFAULTS)
        )
