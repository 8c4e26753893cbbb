"""A gathering: a reading circle, mob session or learning event, once or again and again.

What it says of time and place is the pattern its meetings are made from. A meeting keeps its own copy, so that what
was, and what was moved on its own, stays as it is when the pattern changes (R36).
"""

import secrets
import uuid
from dataclasses import dataclass
from datetime import date, datetime
from hashlib import sha256
from typing import Self

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models, transaction
from django.db.models import Count, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from apps.accounts.models import NAMES, Person
from apps.accounts.models.member import check_time_zone
from apps.gatherings.recurrence import Rule, described
from apps.people.models import Topic
from apps.toil.models import Item
from apps.web.plain_sql import as_moment, fetch

MOST_SEATS = 500
LONGEST = 24 * 60  # minutes
_NAMES = ", ".join(f"m.{name}" for name in NAMES)


class Kind(models.TextChoices):
    READING = "reading", _("Reading circle")
    MOB = "mob", _("Mob session")
    EVENT = "event", _("Learning event")


class GatheringQuerySet(models.QuerySet["Gathering"]):
    def open(self) -> Self:
        """Those that were not closed."""
        return self.filter(closed_at=None)

    def recurring(self) -> Self:
        return self.filter(rule__isnull=False)

    def with_meetings(self, now: datetime) -> Self:
        """With the number of the next meeting that stands and when it begins, and how many were held."""
        own = Gathering.objects.filter(pk=OuterRef("pk")).order_by()
        ahead = own.filter(meetings__cancelled_at=None, meetings__ends_at__gt=now)
        ahead = ahead.order_by("meetings__starts_at", "meetings__id")
        over = own.filter(meetings__cancelled_at=None, meetings__ends_at__lte=now)
        return self.annotate(
            next_number=Subquery(ahead.values("meetings__number")[:1]),
            next_at=Subquery(ahead.values("meetings__starts_at")[:1]),
            held=Coalesce(Subquery(over.values("pk").annotate(n=Count("meetings")).values("n")), 0),
        )


class Gathering(models.Model):
    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    kind = models.CharField(_("kind"), max_length=7, choices=Kind)
    title = models.CharField(_("title"), max_length=120)
    about = models.TextField(_("what it is about"), max_length=4_000, blank=True)
    organiser = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="gatherings"
    )
    helpers = models.ManyToManyField(settings.AUTH_USER_MODEL, blank=True, related_name="helped_gatherings")

    # The pattern, on the organiser's clock. The rule is recurrence.Rule as JSON; none for a single meeting.
    zone = models.CharField(_("time zone"), max_length=64, validators=[check_time_zone])
    first_day = models.DateField(_("first day"))
    clock = models.TimeField(_("begins"))
    minutes = models.PositiveSmallIntegerField(
        _("minutes"), validators=[MinValueValidator(5), MaxValueValidator(LONGEST)]
    )
    rule = models.JSONField(null=True)
    # Days after the pattern began for which meetings exist; nothing is made anew for them.
    planned_until = models.DateField(null=True)
    skips_holidays = models.BooleanField(_("skip holidays"), default=True)

    place = models.CharField(_("place"), max_length=120, blank=True)
    link = models.URLField(_("link to join online"), max_length=500, blank=True)
    seats = models.PositiveSmallIntegerField(
        _("seats"), null=True, blank=True, validators=[MinValueValidator(1), MaxValueValidator(MOST_SEATS)]
    )
    is_open = models.BooleanField(_("anybody may join"), default=True)

    item = models.ForeignKey(
        Item, null=True, blank=True, on_delete=models.SET_NULL, related_name="gatherings", verbose_name=_("toil item")
    )
    topic = models.ForeignKey(
        Topic, null=True, blank=True, on_delete=models.SET_NULL, related_name="gatherings", verbose_name=_("topic")
    )

    guest_digest = models.CharField(max_length=64, null=True, unique=True, editable=False)
    resting_until = models.DateField(null=True)
    closed_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField(auto_now_add=True)
    version = models.PositiveIntegerField(default=1, editable=False)

    objects = GatheringQuerySet.as_manager()

    class Meta:
        verbose_name = _("gathering")
        verbose_name_plural = _("gatherings")
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=Kind.values), name="gathering_kind_known"),
            models.CheckConstraint(condition=Q(minutes__gte=5, minutes__lte=LONGEST), name="gathering_length"),
            models.CheckConstraint(condition=Q(seats=None) | Q(seats__gte=1), name="gathering_has_a_seat"),
        ]
        indexes = [models.Index(fields=["kind", "closed_at"], name="gathering_by_kind")]

    def __str__(self) -> str:
        return self.title

    @property
    def label(self) -> str:
        return self.title

    @property
    def recurrence(self) -> Rule | None:
        return Rule.from_json(self.rule) if self.rule else None

    @property
    def is_recurring(self) -> bool:
        return self.rule is not None

    @property
    def rhythm(self) -> str:
        """How it repeats, in the reader's words; empty for a single meeting."""
        return described(self.recurrence, self.first_day) if self.recurrence else ""

    @property
    def is_closed(self) -> bool:
        return self.closed_at is not None

    def is_resting(self, today: date) -> bool:
        return self.resting_until is not None and self.resting_until > today

    def may_run(self, member) -> bool:
        """Who changes it: the organiser, who helps, and the lead."""
        if member.is_lead or member.pk == self.organiser_id:
            return True
        known = self.__dict__.get("is_helped")  # a page that asked for it beforehand
        return self.helpers.filter(pk=member.pk).exists() if known is None else known

    def lets_in(self, member) -> bool:
        """Whether somebody may come: anybody where it is open, else who takes part, was invited, or runs it."""
        if self.is_open or self.may_run(member):
            return True
        return any(one.person.pk == member.pk for one in Participant.of(self))

    def invite_guests(self) -> str:
        """A fresh link for guests; an earlier one ends. Only its digest is stored, the link is shown once."""
        token = secrets.token_urlsafe(32)
        self.guest_digest = digest(token)
        self.save(update_fields=["guest_digest"])
        return token

    def end_guest_link(self) -> None:
        self.guest_digest = None
        self.save(update_fields=["guest_digest"])

    def close(self) -> None:
        """It has come to its end; what was stays readable."""
        type(self).objects.filter(pk=self.pk, closed_at=None).update(closed_at=timezone.now())


def digest(token: str) -> str:
    return sha256(token.encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class TakesPart:
    """A participant as pages list them: a hundred of these cost less than ten rows."""

    pk: int
    invited_at: datetime | None
    joined_at: datetime | None
    left_at: datetime | None
    is_active: bool
    person: Person


class ParticipantQuerySet(models.QuerySet["Participant"]):
    def unanswered(self) -> Self:
        """Invited, and neither joined nor said no."""
        return self.filter(joined_at=None, left_at=None)


class Participant(models.Model):
    """Somebody who was invited to a gathering, or joined it."""

    gathering = models.ForeignKey(Gathering, on_delete=models.CASCADE, related_name="participants")
    member = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="takes_part")
    invited_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    invited_at = models.DateTimeField(null=True)
    joined_at = models.DateTimeField(null=True)
    left_at = models.DateTimeField(null=True)  # or said no to the invitation

    objects = ParticipantQuerySet.as_manager()

    class Meta:
        verbose_name = _("participant")
        verbose_name_plural = _("participants")
        constraints = [
            models.UniqueConstraint(fields=["gathering", "member"], name="participant_once"),
            models.CheckConstraint(
                condition=Q(invited_at__isnull=False) | Q(joined_at__isnull=False), name="participant_invited_or_joined"
            ),
            models.CheckConstraint(condition=Q(joined_at=None) | Q(left_at=None), name="participant_joined_or_left"),
        ]

    def __str__(self) -> str:
        return f"{self.member_id} {self.gathering_id}"

    @classmethod
    def of(cls, gathering: Gathering) -> "list[TakesPart]":
        """Who was invited to a gathering or joined it, by name; asked for once a page."""
        known = gathering.__dict__
        if "takes_part" not in known:
            rows = fetch(
                f"""
                SELECT p.id, p.invited_at, p.joined_at, p.left_at, m.is_active, m.id, {_NAMES}
                FROM gatherings_participant p JOIN accounts_member m ON m.id = p.member_id
                WHERE p.gathering_id = %s ORDER BY m.display_name, p.id
                """,  # noqa: S608 (names of ours)
                [gathering.pk],
            )
            known["takes_part"] = [
                TakesPart(pk, as_moment(invited), as_moment(joined), as_moment(left), bool(is_active), Person(*names))
                for pk, invited, joined, left, is_active, *names in rows
            ]
        return known["takes_part"]

    @classmethod
    def invite(cls, gathering: Gathering, members, by) -> int:
        """Invites those who were not invited and have not joined, and tells them; returns how many."""
        from apps.gatherings import notices  # it speaks of gatherings

        known = set(gathering.participants.values_list("member", flat=True))
        now = timezone.now()
        rows = [
            Participant(gathering=gathering, member=one, invited_by=by, invited_at=now)
            for one in members
            if one.pk not in known and one.pk != by.pk
        ]
        with transaction.atomic():
            Participant.objects.bulk_create(rows, ignore_conflicts=True)
            notices.invited(gathering, [row.member_id for row in rows])
        return len(rows)

    @classmethod
    def join(cls, gathering: Gathering, member) -> None:
        """Joins; twice is the same."""
        row, is_new = cls.objects.get_or_create(
            gathering=gathering, member=member, defaults={"joined_at": timezone.now()}
        )
        if not is_new and row.joined_at is None:
            cls.objects.filter(pk=row.pk).update(joined_at=timezone.now(), left_at=None)

    @classmethod
    def leave(cls, gathering: Gathering, member) -> None:
        """Leaves, or says no to the invitation, which stays as having been made."""
        rows = cls.objects.filter(gathering=gathering, member=member)
        rows.filter(invited_at=None).delete()
        rows.filter(left_at=None).update(joined_at=None, left_at=timezone.now())
