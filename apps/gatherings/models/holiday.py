"""Days on which no meeting is made, for gatherings that skip holidays."""

from datetime import date

from django.db import models
from django.utils.translation import gettext_lazy as _


class Holiday(models.Model):
    day = models.DateField(_("day"), unique=True)
    name = models.CharField(_("name"), max_length=80, blank=True)

    class Meta:
        verbose_name = _("holiday")
        verbose_name_plural = _("holidays")
        ordering = ["day"]

    def __str__(self) -> str:
        return f"{self.day} {self.name}"

    @classmethod
    def between(cls, first: date, last: date) -> set[date]:
        return set(cls.objects.filter(day__range=(first, last)).values_list("day", flat=True))
