"""Who was there: by checking in oneself, or listed by who ran the meeting.

Whoever was listed can take that away, and it stays away. Checking in is one's own word, so it may write “watching” and
“joined in”; a list writes nothing onto ladders or journeys. Guests are listed by their name.
"""

from collections.abc import Collection, Mapping
from datetime import timedelta
from typing import Self

from django.conf import settings
from django.db import models, transaction
from django.db.models import Prefetch, Q, prefetch_related_objects
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from apps.accounts.models import Member
from apps.gatherings.models.meeting import Meeting
from apps.gatherings.models.rsvp import LONGEST_NAME, Role
from apps.people.models import JourneyStep, LadderError, LadderStep, Rung, Subject

OPENS_BEFORE = timedelta(minutes=15)
CLOSES_AFTER = timedelta(days=7)
ASKED_AFTER = timedelta(hours=1)  # whoever came by is asked that long whether they are there


class AttendanceError(ValueError):
    """Why nobody can check in; `code` is `early`, `late` or `cancelled`."""

    def __init__(self, code: str):
        super().__init__(code)
        self.code = code


class AttendanceQuerySet(models.QuerySet["Attendance"]):
    def standing(self) -> Self:
        """Without what people took away."""
        return self.filter(removed_at=None)


class Attendance(models.Model):
    meeting = models.ForeignKey(Meeting, on_delete=models.CASCADE, related_name="attendances")
    member = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.CASCADE, related_name="attendances"
    )
    guest = models.CharField(max_length=LONGEST_NAME, blank=True)
    is_online = models.BooleanField(default=False)
    role = models.CharField(max_length=10, choices=Role, blank=True)
    noted_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    at = models.DateTimeField(default=timezone.now)
    checked_in_at = models.DateTimeField(null=True)  # by the person
    removed_at = models.DateTimeField(null=True)  # by the person

    objects = AttendanceQuerySet.as_manager()

    class Meta:
        verbose_name = _("attendance")
        verbose_name_plural = _("attendances")
        constraints = [
            models.UniqueConstraint(fields=["meeting", "member"], condition=~Q(member=None), name="attendance_once"),
            models.UniqueConstraint(fields=["meeting", "guest"], condition=Q(member=None), name="attendance_guest"),
            models.CheckConstraint(condition=Q(member=None) ^ Q(guest=""), name="attendance_of_member_or_guest"),
            # Only members say it themselves, take it back, and play a part that ladders know.
            models.CheckConstraint(
                condition=Q(guest="") | Q(role="", checked_in_at=None, removed_at=None), name="attendance_guest_plain"
            ),
            models.CheckConstraint(
                condition=Q(checked_in_at=None) | Q(removed_at=None), name="attendance_there_or_taken_away"
            ),
            models.CheckConstraint(condition=Q(role="") | Q(role__in=Role.values), name="attendance_role_known"),
        ]

    def __str__(self) -> str:
        return f"{self.meeting_id} {self.member_id or self.guest}"

    @classmethod
    def of(cls, meeting: Meeting) -> "list[Attendance]":
        """Everybody who was ever on the list, in the order in which they were noted; asked for once a page."""
        rows = cls.objects.select_related("member").order_by("id")
        prefetch_related_objects([meeting], Prefetch("attendances", rows))
        return list(meeting.attendances.all())

    @classmethod
    def check_in(cls, meeting: Meeting, member, *, online: bool = False, role: str = "") -> "Attendance":
        """The person says that they are, or were, there, in a `role` if none is noted; twice is the same.

        Raises AttendanceError.
        """
        now = timezone.now()
        if meeting.is_cancelled:
            raise AttendanceError("cancelled")
        if now < meeting.starts_at - OPENS_BEFORE:
            raise AttendanceError("early")
        if now > meeting.ends_at + CLOSES_AFTER:
            raise AttendanceError("late")
        with transaction.atomic():
            said = {"checked_in_at": now, "removed_at": None, "is_online": online}
            row, _is_new = cls.objects.update_or_create(
                meeting=meeting, member=member, defaults=said, create_defaults=said | {"noted_by": member, "role": role}
            )
            row._tell_ladder_and_journey(member)
        return row

    def _tell_ladder_and_journey(self, member: Member) -> None:
        gathering = self.meeting.gathering
        day = min(self.meeting.starts_at.astimezone(member.zone).date(), member.today())
        words = f"{gathering.get_kind_display()}: {self.meeting.label}"[:300]
        JourneyStep.joined_in(member, day=day, words=words)
        item = self.meeting.item
        if gathering.kind == "mob" and item is not None:
            subject = Subject(item=item)
            if LadderStep.rung_of(member, subject) == Rung.NONE:
                try:
                    LadderStep.claim(member, subject, rung=Rung.WATCHING, day=day, words=words)
                except LadderError:  # a step of theirs waits for an answer: nothing more is asked
                    return

    @classmethod
    def take_away(cls, meeting: Meeting, member) -> None:
        """The person was not there, or does not want it said; no list brings it back."""
        cls.objects.filter(meeting=meeting, member=member).update(
            removed_at=timezone.now(), checked_in_at=None, role=""
        )

    @classmethod
    def list_people(cls, meeting: Meeting, by, roles: Mapping[int, str], known: Collection[int]) -> None:
        """Lists who was there, as {member id: role or nothing}; of `known`, those left out are taken off the list.

        Who checked in stays, and who took it away stays away.
        """
        with transaction.atomic():
            rows = cls.objects.select_for_update().filter(meeting=meeting).exclude(member=None)
            there = {row.member_id: row for row in rows}
            Attendance.objects.bulk_create(
                Attendance(meeting=meeting, member_id=pk, role=role, noted_by=by)
                for pk, role in roles.items()
                if pk not in there
            )
            for pk, role in roles.items():
                row = there.get(pk)
                if row is not None and row.removed_at is None and row.role != role:
                    cls.objects.filter(pk=row.pk).update(role=role)
            gone = [pk for pk in known if pk in there and pk not in roles and there[pk].checked_in_at is None]
            cls.objects.filter(meeting=meeting, member__in=gone, removed_at=None).delete()

    @classmethod
    def list_guests(cls, meeting: Meeting, by, names: Collection[str], known: Collection[str]) -> None:
        """Lists guests by name; of `known`, those left out are taken off the list."""
        with transaction.atomic():
            cls.objects.filter(meeting=meeting, member=None, guest__in=set(known) - set(names)).delete()
            Attendance.objects.bulk_create(
                (Attendance(meeting=meeting, guest=name, noted_by=by) for name in names), ignore_conflicts=True
            )
