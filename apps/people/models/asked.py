"""What is said about a person and waits for their yes: until then only they and who said it see it (product.md,
“People”), and after 30 days without an answer it is gone.
"""

from datetime import datetime, timedelta
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

DAYS_TO_ANSWER = 30


class AskedQuerySet[Row: "Asked"](models.QuerySet[Row]):
    def confirmed(self) -> Self:
        return self.filter(confirmed_at__isnull=False)

    def waiting(self) -> Self:
        """Proposed, and neither answered nor expired."""
        return self.filter(confirmed_at=None, proposed_at__gt=oldest_waiting())

    def expired(self) -> Self:
        return self.filter(confirmed_at=None, proposed_at__lte=oldest_waiting())

    def seen_by(self, member) -> Self:
        """What was said or agreed to; what waits for an answer only by the person and by who proposed it."""
        theirs = Q(person=member) | Q(proposed_by=member)
        waits = Q(confirmed_at=None, proposed_at__gt=oldest_waiting())
        return self.filter(Q(confirmed_at__isnull=False) | (waits & theirs))


def oldest_waiting() -> datetime:
    """What was proposed until then is gone."""
    return timezone.now() - timedelta(days=DAYS_TO_ANSWER)


class Asked(models.Model):
    """Said by the person (`confirmed_at` alone), or proposed by somebody else and confirmed by the person."""

    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="%(class)ss")
    proposed_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    proposed_at = models.DateTimeField(null=True)
    confirmed_at = models.DateTimeField(null=True)

    objects = AskedQuerySet.as_manager()

    class Meta:
        abstract = True
        constraints = [
            models.CheckConstraint(
                condition=Q(confirmed_at__isnull=False) | Q(proposed_at__isnull=False),
                name="%(class)s_said_or_proposed",
            )
        ]

    @property
    def is_confirmed(self) -> bool:
        return self.confirmed_at is not None

    @property
    def expires_at(self):
        """When a proposal without an answer is gone; None for what the person said."""
        return None if self.confirmed_at or not self.proposed_at else self.proposed_at + timedelta(days=DAYS_TO_ANSWER)
