"""What somebody did about a delivery by hand, and when (R80)."""

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from apps.reminders.models.delivery import Delivery


class What(models.TextChoices):
    AGAIN = "again", _("Asked to go again")
    STOPPED = "stopped", _("Stopped")
    KNOWN = "known", _("Known")


class Handling(models.Model):
    delivery = models.ForeignKey(Delivery, on_delete=models.CASCADE, related_name="handlings")
    what = models.CharField(max_length=7, choices=What)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = _("handling of a delivery")
        ordering = ["at", "id"]
        constraints = [models.CheckConstraint(condition=models.Q(what__in=What.values), name="handling_known")]

    def __str__(self) -> str:
        return f"{self.delivery_id} {self.what}"
