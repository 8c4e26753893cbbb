"""Sums by month, kept in the same transaction as the log, one narrow table for each dimension a page asks for.

The writing side is `apps/toil/rollup.py`. `month` is the first day of the month.
"""

from django.conf import settings
from django.db import models


class _Month(models.Model):
    month = models.DateField()
    minutes = models.IntegerField(default=0)
    times = models.IntegerField(default=0)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return f"{self.month:%Y-%m}: {self.minutes}"


class ItemMonth(_Month):
    item = models.ForeignKey("toil.Item", on_delete=models.CASCADE, related_name="months")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["item", "month"], name="itemmonth_once")]
        indexes = [models.Index(fields=["month", "minutes"], name="itemmonth_by_month")]


class MemberMonth(_Month):
    member = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="toil_months")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["member", "month"], name="membermonth_once")]
        indexes = [models.Index(fields=["month"], name="membermonth_by_month")]


class StakeholderMonth(_Month):
    stakeholder = models.ForeignKey("stakeholders.Stakeholder", on_delete=models.CASCADE, related_name="toil_months")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["stakeholder", "month"], name="stakeholdermonth_once")]
        indexes = [models.Index(fields=["month"], name="stakeholdermonth_by_month")]
