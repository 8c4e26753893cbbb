"""Nothing goes out while somebody holds it: after a restore, or when something goes wrong (decision 10, R94, R95)."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class HoldQuerySet(models.QuerySet["Hold"]):
    def standing(self) -> "HoldQuerySet":
        return self.filter(released_at=None)


class Hold(models.Model):
    """Who held all outgoing messages, when and why, and who let them go. The inbox inside the app goes on."""

    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    why = models.CharField(_("why"), max_length=300)
    held_at = models.DateTimeField(auto_now_add=True)
    released_at = models.DateTimeField(null=True)
    released_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")

    objects = HoldQuerySet.as_manager()

    class Meta:
        verbose_name = _("hold")
        constraints = [
            models.UniqueConstraint(
                models.Case(models.When(released_at=None, then=models.Value(1))), name="hold_one_at_a_time"
            )
        ]

    def __str__(self) -> str:
        return self.why
