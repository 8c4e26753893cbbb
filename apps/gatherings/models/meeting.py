"""One meeting of a gathering: its own day, time, zone and place, and the moment in UTC that follows from them (R30)."""

from collections.abc import Collection, Mapping
from datetime import date, datetime, time, timedelta
from typing import Self
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import models, transaction
from django.db.models import Exists, F, OuterRef, Q, Subquery
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from apps.accounts.models import named
from apps.gatherings import moments
from apps.gatherings.models.gathering import LONGEST, MOST_SEATS, Gathering, Participant
from apps.toil.models import Item

KEPT_IN_CALENDARS = timedelta(days=30)  # how long what was cancelled stays in feeds (R45)


class MeetingQuerySet(models.QuerySet["Meeting"]):
    def standing(self) -> Self:
        """Those that were neither cancelled nor skipped."""
        return self.filter(cancelled_at=None)

    def ahead(self, now: datetime) -> Self:
        """Standing and not over yet, the next first."""
        return self.standing().filter(ends_at__gt=now).order_by("starts_at", "id")

    def over(self, now: datetime) -> Self:
        """Standing and over, the last first."""
        return self.standing().filter(ends_at__lte=now).order_by("-starts_at", "-id")

    def next_of(self, gatherings: Collection[int], now: datetime) -> Self:
        """Of each of these gatherings the next meeting that stands and is not over."""
        following = Meeting.objects.ahead(now).filter(gathering=OuterRef("gathering")).values("pk")[:1]
        return self.filter(gathering__in=gatherings, pk=Subquery(following))

    def about(self, items: Collection[int]) -> Self:
        """Those about one of the toil items."""
        return self.filter(Q(own_item__in=items) | Q(own_item=None, gathering__item__in=items))

    def told(self) -> Self:
        """With the gathering and the facilitator that a page names."""
        return self.select_related("gathering", "facilitator").defer("gathering__about").only(
            *(field.attname for field in Meeting._meta.concrete_fields),
            "gathering__uuid", "gathering__kind", "gathering__title", "gathering__organiser", "gathering__item",
            "gathering__rule", "gathering__closed_at", *named("facilitator"),
        )  # fmt: skip


def concerns(member) -> Q:
    """Meetings of gatherings that somebody takes part in or is invited to, and of those that they run."""
    takes_part = Participant.objects.filter(gathering=OuterRef("gathering"), member=member, left_at=None)
    return Q(Exists(takes_part)) | Q(gathering__organiser=member) | Q(facilitator=member)


class Meeting(models.Model):
    gathering = models.ForeignKey(Gathering, on_delete=models.CASCADE, related_name="meetings")
    number = models.PositiveIntegerField()  # in its gathering, from 1; kept when it moves
    # The day the pattern gave it; with it the pattern knows that it is there, wherever it was moved to.
    pattern_day = models.DateField(null=True)  # none only while a pattern is laid anew
    title = models.CharField(_("what this one is about"), max_length=120, blank=True)

    day = models.DateField(_("day"))
    clock = models.TimeField(_("begins"))
    minutes = models.PositiveSmallIntegerField(_("minutes"))
    zone = models.CharField(_("time zone"), max_length=64)
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    tzdata = models.CharField(max_length=20)  # with which starts_at was worked out

    # What this one is about, where it is another item than the gathering's.
    own_item = models.ForeignKey(
        Item, null=True, blank=True, on_delete=models.SET_NULL, related_name="meetings", verbose_name=_("toil item")
    )
    place = models.CharField(_("place"), max_length=120, blank=True)
    link = models.URLField(_("link to join online"), max_length=500, blank=True)
    seats = models.PositiveSmallIntegerField(_("seats"), null=True, blank=True)
    facilitator = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="facilitates"
    )

    is_touched = models.BooleanField(default=False)  # moved or changed on its own: the pattern leaves it alone
    cancelled_at = models.DateTimeField(null=True)
    cancelled_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    cancel_words = models.CharField(max_length=200, blank=True)
    is_skip = models.BooleanField(default=False)  # a week left out, which is nothing to be sorry for

    schedule_rev = models.PositiveIntegerField(default=0)  # SEQUENCE (R41): grows on time, place, cancel
    turns_from = models.DateTimeField(null=True)  # when the mob's timer was started
    changed_at = models.DateTimeField(default=timezone.now)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = MeetingQuerySet.as_manager()

    class Meta:
        verbose_name = _("meeting")
        verbose_name_plural = _("meetings")
        constraints = [
            models.UniqueConstraint(fields=["gathering", "number"], name="meeting_number_once"),
            models.UniqueConstraint(fields=["gathering", "pattern_day"], name="meeting_day_once"),
            models.CheckConstraint(condition=Q(ends_at__gt=F("starts_at")), name="meeting_ends_after_it_begins"),
            models.CheckConstraint(condition=Q(minutes__gte=5, minutes__lte=LONGEST), name="meeting_length"),
            models.CheckConstraint(
                condition=Q(seats=None) | Q(seats__gte=1, seats__lte=MOST_SEATS), name="meeting_has_a_seat"
            ),
            models.CheckConstraint(condition=Q(is_skip=False) | Q(cancelled_at__isnull=False), name="meeting_skip"),
        ]
        indexes = [
            models.Index(fields=["starts_at"], name="meeting_by_start"),
            models.Index(fields=["gathering", "starts_at"], name="meeting_of_gathering"),
        ]

    def __str__(self) -> str:
        return f"{self.gathering_id} {self.number}"

    @property
    def label(self) -> str:
        return self.title or self.gathering.title

    @property
    def full_title(self) -> str:
        """With the gathering's, for where no page around it says that."""
        series = self.gathering.title
        return f"{series}: {self.title}" if self.title and self.title != series else series

    @property
    def item(self) -> Item | None:
        """The toil item it is about: its own, else the gathering's."""
        return self.own_item or self.gathering.item

    @property
    def is_cancelled(self) -> bool:
        return self.cancelled_at is not None

    def is_over(self, now: datetime | None = None) -> bool:
        return self.ends_at <= (now or timezone.now())

    def has_begun(self, now: datetime | None = None) -> bool:
        return self.starts_at <= (now or timezone.now())

    @property
    def local_start(self) -> datetime:
        """On the organiser's clock, as it will show then: inside a gap of summer time, after it."""
        return self.starts_at.astimezone(ZoneInfo(self.zone))

    def place_in_time(self, day: date, clock: time, minutes: int, zone: str) -> moments.Moment:
        """Sets day, time and what follows from them; says whether the wall time exists. Does not save."""
        moment = moments.at(day, clock, zone)
        self.day, self.clock, self.minutes, self.zone = day, clock, minutes, zone
        self.starts_at = moment.utc
        self.ends_at = moment.utc + timedelta(minutes=minutes)
        self.tzdata = moments.tzdata_version()
        return moment

    def cancel(self, by, words: str = "", *, skip: bool = False) -> None:
        """It does not happen; what people answered stays, and they are told. Twice is the same."""
        self.cancel_all([self], by, words, skip=skip)

    @classmethod
    def cancel_all(
        cls, meetings: "Collection[Meeting]", by, words: str | Mapping[date, str] = "", *, skip: bool = False
    ) -> None:
        """None of these happens, and each person is told once a gathering. `words` may differ by the day."""
        from apps.gatherings import notices  # it speaks of meetings

        now = timezone.now()
        with transaction.atomic():
            off = []
            for one in meetings:
                said = words if isinstance(words, str) else words.get(one.day, "")
                if cls.objects.filter(pk=one.pk, cancelled_at=None).update(
                    cancelled_at=now,
                    cancelled_by=by,
                    cancel_words=said,
                    is_skip=skip,
                    schedule_rev=F("schedule_rev") + 1,
                    changed_at=now,
                ):
                    off.append(one.pk)
            notices.cancelled(off, by)

    def restore(self, by=None) -> None:
        """It happens after all; who was told otherwise is told."""
        from apps.gatherings import notices

        with transaction.atomic():
            if (
                type(self)
                .objects.filter(pk=self.pk)
                .exclude(cancelled_at=None)
                .update(
                    cancelled_at=None,
                    cancelled_by=None,
                    cancel_words="",
                    is_skip=False,
                    schedule_rev=F("schedule_rev") + 1,
                    changed_at=timezone.now(),
                )
            ):
                notices.restored(self.pk, by)

    def lock(self) -> "Meeting":
        """The row as it is now, held until the transaction ends: of many who answer at once each sees the last.

        Raises TransactionManagementError outside a transaction.
        """
        return type(self).objects.select_for_update(of=("self",)).get(pk=self.pk)
