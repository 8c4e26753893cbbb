"""The inbox inside the app: what each member still has to see."""

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from apps.reminders.models.delivery import Delivery


class InboxQuerySet(models.QuerySet["InboxLine"]):
    def waiting(self, member) -> "InboxQuerySet":
        """What is there now: not done, and not put off until later."""
        return self.filter(member=member, done_at=None).exclude(snoozed_until__gt=timezone.now())


class InboxLine(models.Model):
    """One delivery as it lies in the inbox. The words are made when it is read, so that they are never out of date."""

    # Its key is the delivery's: the same message can't lie there twice (R7).
    delivery = models.OneToOneField(Delivery, on_delete=models.CASCADE, primary_key=True, related_name="inbox_line")
    member = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="inbox")
    arrived_at = models.DateTimeField(default=timezone.now)
    read_at = models.DateTimeField(null=True)
    done_at = models.DateTimeField(null=True)
    snoozed_until = models.DateTimeField(null=True)

    objects = InboxQuerySet.as_manager()

    class Meta:
        verbose_name = _("line of the inbox")
        indexes = [
            models.Index(fields=["member", "-arrived_at"], condition=models.Q(done_at=None), name="inbox_waiting")
        ]

    def __str__(self) -> str:
        return str(self.delivery_id)
