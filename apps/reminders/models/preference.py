"""What each member chose: which kinds by which channel, and when they want to be left in peace."""

from datetime import date, time, timedelta

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models.functions import Cast, Substr
from django.db.models.lookups import LessThanOrEqual
from django.utils.translation import gettext_lazy as _

EVERY_DAY = 0b1111111
MOST_A_DAY = 20
MOST_QUIET = 20  # hours a day: in less time than is left then, hardly anything would come
DAY = 24 * 60  # minutes


class Choice(models.TextChoices):
    AT_ONCE = "at_once", _("At once")
    DAILY = "daily", _("Daily digest")
    WEEKLY = "weekly", _("Weekly digest")
    OFF = "off", _("Not at all")


class Preference(models.Model):
    """One choice of one member; where there is none, the kind's own default counts."""

    member = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="preferences")
    kind = models.CharField(max_length=40)
    channel = models.CharField(max_length=20)
    choice = models.CharField(max_length=7, choices=Choice)

    class Meta:
        verbose_name = _("preference")
        constraints = [
            models.UniqueConstraint(fields=["member", "kind", "channel"], name="preference_once"),
            models.CheckConstraint(condition=models.Q(choice__in=Choice.values), name="preference_choice_known"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.channel} {self.choice}"


def _minutes(name: str) -> models.expressions.CombinedExpression:
    """A time of the row as minutes since midnight. Read from its text, as other ways need functions that SQLite has
    only from Django: no other program could then look at the rows or check the file.
    """
    clock = Cast(name, models.CharField())
    hour, minute = (Cast(Substr(clock, first, 2), models.IntegerField()) for first in (1, 4))
    return hour * 60 + minute


def _minutes_of(clock: time) -> int:
    return clock.hour * 60 + clock.minute


class Manner(models.Model):
    """When a member wants messages, in their own zone. Without a row, the defaults count."""

    member = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, primary_key=True, related_name="manner"
    )
    quiet_from = models.TimeField(_("quiet from"), null=True, blank=True, default=time(20))
    quiet_until = models.TimeField(_("quiet until"), null=True, blank=True, default=time(8))
    working_days = models.PositiveSmallIntegerField(
        _("working days"), default=0b0011111, validators=[MinValueValidator(1), MaxValueValidator(EVERY_DAY)]
    )  # bit n is `date.weekday()` n
    digest_at = models.TimeField(_("digest at"), default=time(9))
    digest_day = models.PositiveSmallIntegerField(_("day of the weekly digest"), default=0)
    most_a_day = models.PositiveSmallIntegerField(
        _("messages a day, at most"), default=MOST_A_DAY, validators=[MinValueValidator(1), MaxValueValidator(200)]
    )
    # How long before a meeting, in minutes; None for not at all.
    day_before = models.PositiveIntegerField(_("the first reminder"), null=True, blank=True, default=24 * 60)
    shortly_before = models.PositiveIntegerField(_("the second reminder"), null=True, blank=True, default=15)

    class Meta:
        verbose_name = _("manner")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(working_days__gte=1, working_days__lte=EVERY_DAY), name="manner_works_some_day"
            ),
            models.CheckConstraint(condition=models.Q(digest_day__lte=6), name="manner_digest_day_is_one"),
            models.CheckConstraint(
                condition=models.Q(quiet_from=None, quiet_until=None)
                | models.Q(quiet_from__isnull=False, quiet_until__isnull=False)
                & ~models.Q(quiet_from=models.F("quiet_until")),
                name="manner_quiet_ends",
            ),
            models.CheckConstraint(
                condition=LessThanOrEqual(
                    (_minutes("quiet_until") - _minutes("quiet_from") + DAY) % DAY, MOST_QUIET * 60
                ),
                name="manner_quiet_leaves_time",
            ),
        ]

    def __str__(self) -> str:
        return str(self.member_id)

    def clean(self) -> None:
        """Raises ValidationError for quiet hours that never end or hardly ever, or of which half is missing."""
        if (self.quiet_from is None) != (self.quiet_until is None):
            field = "quiet_until" if self.quiet_until is None else "quiet_from"
            raise ValidationError({field: _("Quiet hours need a beginning and an end. Empty both for none.")})
        if self.quiet_from is not None and self.quiet_from == self.quiet_until:
            raise ValidationError(
                {"quiet_until": _("These quiet hours would never end. Choose another time, or empty both for none.")}
            )
        if self.quiet_from is not None and self.quiet_until is not None:
            quiet = (_minutes_of(self.quiet_until) - _minutes_of(self.quiet_from)) % DAY
            if quiet > MOST_QUIET * 60:
                says = _(
                    "At most %(hours)s hours a day may be quiet, or hardly anything would come. Choose another time."
                )
                raise ValidationError({"quiet_until": says % {"hours": MOST_QUIET}})

    def works_on(self, weekday: int) -> bool:
        return bool(self.working_days >> weekday & 1)

    def working_days_from(self, day: date) -> list[date]:
        """The days within a week from `day` on, on which messages may come: one at least."""
        days = (day + timedelta(days=number) for number in range(7))
        return [one for one in days if self.works_on(one.weekday())]
