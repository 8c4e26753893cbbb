"""Sums of the log, kept in the same transaction as it, one narrow table for each dimension a page asks for.

The writing side is `apps/toil/rollup.py`. `month` is the first day of the month.
"""

from django.conf import settings
from django.db import models


class _Sum(models.Model):
    minutes = models.IntegerField(default=0)
    times = models.IntegerField(default=0)

    class Meta:
        abstract = True


class _Month(_Sum):
    month = models.DateField()

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return f"{self.month:%Y-%m}: {self.minutes}"


class ItemMonth(_Month):
    item = models.ForeignKey("toil.Item", on_delete=models.CASCADE, related_name="months")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["item", "month"], name="itemmonth_once")]
        indexes = [models.Index(fields=["month", "item"], name="itemmonth_by_month")]


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


class SlotMonth(_Month):
    """By weekday and hour: `slot` is `Entry.slot`."""

    slot = models.PositiveSmallIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["slot", "month"], name="slotmonth_once")]
        indexes = [models.Index(fields=["month"], name="slotmonth_by_month")]


class MemberDay(_Sum):
    """By day: what is asked of the trailing 90 days begins and ends within a month."""

    day = models.DateField()
    member = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="toil_days")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["member", "day"], name="memberday_once")]
        indexes = [models.Index(fields=["day"], name="memberday_by_day")]

    def __str__(self) -> str:
        return f"{self.day}: {self.minutes}"
