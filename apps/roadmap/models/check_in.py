"""Check-ins: how an item of the map is going, in somebody's words. They never change the plan."""

from datetime import date
from functools import lru_cache

from django.conf import settings
from django.db import models, transaction
from django.db.models import F, Q, Window
from django.db.models.functions import RowNumber
from django.utils.translation import gettext_lazy as _

from apps.roadmap.models.map import Map
from apps.stakeholders.models import Observation


class Status(models.TextChoices):
    ON_THE_WAY = "way", _("On the way")
    IN_DOUBT = "doubt", _("In doubt")
    DONE = "done", _("Done")
    GIVEN_UP = "given_up", _("Given up")


ENDED = (Status.DONE, Status.GIVEN_UP)


class CheckInQuerySet(models.QuerySet["CheckIn"]):
    def newest_first(self) -> "CheckInQuerySet":
        return self.order_by("-day", "-id")

    def last_of_each(self, until: date) -> "CheckInQuerySet":
        """Of each item the last one until the end of `until`."""
        place = Window(RowNumber(), partition_by=F("item"), order_by=[F("day").desc(), F("id").desc()])
        return self.filter(day__lte=until).annotate(place=place).filter(place=1)


class CheckIn(models.Model):
    """How it went with `item` (an id that stays through revisions and maps) on `day`."""

    item = models.CharField(max_length=20, db_index=True)
    day = models.DateField(_("day"))
    status = models.CharField(_("how it goes"), max_length=8, choices=Status)
    words = models.TextField(_("in a few words"), max_length=500)
    observation = models.ForeignKey(
        Observation, null=True, blank=True, on_delete=models.SET_NULL, related_name="+", verbose_name=_("evidence")
    )
    url = models.URLField(_("link"), max_length=500, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    at = models.DateTimeField(auto_now_add=True)

    objects = CheckInQuerySet.as_manager()

    class Meta:
        verbose_name = _("check-in")
        verbose_name_plural = _("check-ins")
        indexes = [models.Index(fields=["item", "-day", "-id"], name="check_in_of_item")]
        constraints = [
            models.CheckConstraint(condition=Q(status__in=Status.values), name="check_in_status_known"),
            models.CheckConstraint(condition=~Q(words=""), name="check_in_in_words"),
        ]

    def __str__(self) -> str:
        return f"{self.item} {self.day} {self.status}"

    @classmethod
    def note(cls, **fields) -> "CheckIn":
        """Writes one down, and tells every process that something was said."""
        with transaction.atomic():
            row = cls.objects.create(**fields)
            Map.objects.update(check_ins=F("check_ins") + 1)
        return row


def last_of_each(map_: Map, until: date) -> dict[str, CheckIn]:
    """By item the last check-in until the end of `until`. One query, or none until somebody checks in again."""
    return _last_of_each(map_.pk, map_.check_ins, until)


@lru_cache(maxsize=16)
def _last_of_each(_map_id: int, _told: int, until: date) -> dict[str, CheckIn]:
    return {check.item: check for check in CheckIn.objects.last_of_each(until)}


def forget() -> None:
    """Drops what is kept, for tests that take their rows back."""
    _last_of_each.cache_clear()
