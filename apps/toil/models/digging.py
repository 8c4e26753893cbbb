"""Hours spent on digging an item out, apart from the toil itself, so that the two can be compared."""

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _


class DigWork(models.Model):
    item = models.ForeignKey("toil.Item", on_delete=models.CASCADE, related_name="dig_work")
    member = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="dig_work")
    day = models.DateField(_("day"))
    minutes = models.PositiveSmallIntegerField(_("minutes"), validators=[MinValueValidator(1), MaxValueValidator(1440)])
    note = models.CharField(_("note"), max_length=500, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("digging hours")
        ordering = ["-day", "-id"]
        constraints = [
            models.CheckConstraint(condition=models.Q(minutes__gte=1, minutes__lte=1440), name="digwork_minutes_in_day")
        ]

    def __str__(self) -> str:
        return f"{self.day} {self.minutes}"
