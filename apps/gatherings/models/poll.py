"""Finding a time: up to five times to choose from, what suits whom, and the one the organiser settles on."""

from datetime import date, datetime, time

from django.conf import settings
from django.db import models, transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from apps.gatherings import moments
from apps.gatherings.models.gathering import Gathering

MOST_TIMES = 5


class Suits(models.TextChoices):
    YES = "yes", _("Suits me")
    MAYBE = "maybe", _("If need be")
    NO = "no", _("Does not suit me")


class TimePoll(models.Model):
    gathering = models.ForeignKey(Gathering, on_delete=models.CASCADE, related_name="polls")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    zone = models.CharField(max_length=64)
    for_all = models.BooleanField(_("for all that are still to come"), default=False)
    at = models.DateTimeField(default=timezone.now)
    closed_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("search for a time")
        constraints = [
            models.UniqueConstraint(fields=["gathering"], condition=Q(closed_at=None), name="poll_one_open"),
        ]

    def __str__(self) -> str:
        return f"{self.gathering_id}"

    @classmethod
    def begin(cls, gathering: Gathering, by, times: list[tuple[date, time]], *, for_all: bool) -> "TimePoll":
        """Asks which of the times suit; an earlier question of the gathering ends."""
        with transaction.atomic():
            cls.objects.filter(gathering=gathering, closed_at=None).update(closed_at=timezone.now())
            row = cls.objects.create(gathering=gathering, by=by, zone=gathering.zone, for_all=for_all)
            TimeOption.objects.bulk_create(TimeOption(poll=row, day=day, clock=clock) for day, clock in times)
        return row

    def close(self) -> None:
        type(self).objects.filter(pk=self.pk, closed_at=None).update(closed_at=timezone.now())


class TimeOption(models.Model):
    poll = models.ForeignKey(TimePoll, on_delete=models.CASCADE, related_name="options")
    day = models.DateField()
    clock = models.TimeField()
    is_chosen = models.BooleanField(default=False)

    class Meta:
        verbose_name = _("proposed time")
        ordering = ["day", "clock"]
        constraints = [
            models.UniqueConstraint(fields=["poll", "day", "clock"], name="time_once"),
            models.UniqueConstraint(fields=["poll"], condition=Q(is_chosen=True), name="time_chosen_once"),
        ]

    def __str__(self) -> str:
        return f"{self.day} {self.clock}"

    @property
    def starts_at(self) -> datetime:
        return moments.at(self.day, self.clock, self.poll.zone).utc


class TimeMark(models.Model):
    """Whether a proposed time suits somebody."""

    option = models.ForeignKey(TimeOption, on_delete=models.CASCADE, related_name="marks")
    member = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    suits = models.CharField(max_length=5, choices=Suits)

    class Meta:
        verbose_name = _("mark")
        constraints = [
            models.UniqueConstraint(fields=["option", "member"], name="mark_once"),
            models.CheckConstraint(condition=Q(suits__in=Suits.values), name="mark_known"),
        ]

    def __str__(self) -> str:
        return f"{self.option_id} {self.member_id}"

    @classmethod
    def say(cls, poll: TimePoll, member, marks: dict[int, str]) -> None:
        """Marks the options of a poll anew; those that are no options of it are left out."""
        known = set(poll.options.values_list("pk", flat=True))
        with transaction.atomic():
            for option, suits in marks.items():
                if option in known and suits in Suits.values:
                    cls.objects.update_or_create(option_id=option, member=member, defaults={"suits": suits})
