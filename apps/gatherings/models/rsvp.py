"""Who comes: going, online, maybe or no; seats, and the waiting list in the order in which people asked (R51)."""

from dataclasses import dataclass
from typing import Self

from django.conf import settings
from django.db import models, transaction
from django.db.models import Max, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from apps.accounts.models import NAMES, Person
from apps.gatherings.models.meeting import Meeting
from apps.web.plain_sql import fetch

LONGEST_NAME = 80  # of a guest
_NAMES = ", ".join(f"m.{name}" for name in NAMES)


class Answer(models.TextChoices):
    GOING = "going", _("Going")
    ONLINE = "online", _("Online")
    MAYBE = "maybe", _("Maybe")
    NO = "no", _("Not this time")


class Role(models.TextChoices):
    """What somebody does in a mob."""

    DRIVING = "driving", _("Driving")
    NAVIGATING = "navigating", _("Navigating")
    WATCHING = "watching", _("Watching")
    TEACHING = "teaching", _("Teaching")


class RsvpError(ValueError):
    """Why an answer can't be taken; `code` is `over` or `cancelled`."""

    def __init__(self, code: str):
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True)
class Answered:
    """An answer as pages list it: forty of these cost less than five rows."""

    guest: str
    answer: str
    has_seat: bool
    role: str
    person: Person | None

    @property
    def says(self) -> str:
        return str(Answer(self.answer).label)

    @property
    def waits(self) -> bool:
        return self.answer == Answer.GOING and not self.has_seat

    @property
    def comes(self) -> bool:
        """With a seat, or online."""
        return self.has_seat or self.answer == Answer.ONLINE


class RsvpQuerySet(models.QuerySet["Rsvp"]):
    def seated(self) -> Self:
        return self.filter(answer=Answer.GOING, has_seat=True)

    def waiting(self) -> Self:
        """In the order in which they asked."""
        return self.filter(answer=Answer.GOING, has_seat=False).order_by("line", "id")

    def coming(self) -> Self:
        """With a seat, or online."""
        return self.filter(Q(answer=Answer.GOING, has_seat=True) | Q(answer=Answer.ONLINE))


class Rsvp(models.Model):
    """What one member, or a guest by name, answered for one meeting."""

    meeting = models.ForeignKey(Meeting, on_delete=models.CASCADE, related_name="rsvps")
    member = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.CASCADE, related_name="rsvps")
    guest = models.CharField(_("your name"), max_length=LONGEST_NAME, blank=True)
    answer = models.CharField(max_length=6, choices=Answer)
    has_seat = models.BooleanField(default=False)
    line = models.PositiveIntegerField(default=0)  # the order in which people asked for a seat
    role = models.CharField(max_length=10, choices=Role, blank=True)
    at = models.DateTimeField(default=timezone.now)

    objects = RsvpQuerySet.as_manager()

    class Meta:
        verbose_name = _("answer")
        verbose_name_plural = _("answers")
        constraints = [
            models.UniqueConstraint(fields=["meeting", "member"], condition=~Q(member=None), name="rsvp_once"),
            models.UniqueConstraint(fields=["meeting", "guest"], condition=Q(member=None), name="rsvp_guest_once"),
            models.CheckConstraint(condition=Q(member=None) ^ Q(guest=""), name="rsvp_of_member_or_guest"),
            models.CheckConstraint(condition=Q(answer__in=Answer.values), name="rsvp_answer_known"),
            models.CheckConstraint(condition=Q(has_seat=False) | Q(answer=Answer.GOING), name="rsvp_seat_of_going"),
        ]
        indexes = [models.Index(fields=["meeting", "answer", "has_seat"], name="rsvp_of_meeting")]

    def __str__(self) -> str:
        return f"{self.meeting_id} {self.member_id or self.guest}"

    @property
    def waits(self) -> bool:
        return self.answer == Answer.GOING and not self.has_seat

    @classmethod
    def of(cls, meeting: Meeting) -> "list[Answered]":
        """As `answers`, asked for once a page."""
        known = meeting.__dict__
        if "answers" not in known:
            known["answers"] = cls.answers(meeting.pk)
        return known["answers"]

    @classmethod
    def answers(cls, meeting: int) -> "list[Answered]":
        """All answers to a meeting in the order in which people asked, with their names. One query."""
        rows = fetch(
            f"""
            SELECT r.guest, r.answer, r.has_seat, r.role, m.id, {_NAMES}
            FROM gatherings_rsvp r LEFT JOIN accounts_member m ON m.id = r.member_id
            WHERE r.meeting_id = %s ORDER BY r.line, r.at, r.id
            """,  # noqa: S608 (names of ours)
            [meeting],
        )
        return [
            Answered(guest, answer, bool(has_seat), role, Person(*names) if names[0] else None)
            for guest, answer, has_seat, role, *names in rows
        ]

    @classmethod
    def say(cls, meeting: Meeting, answer: str, *, member=None, guest: str = "") -> "Rsvp":
        """Answers, or answers anew; the same answer twice keeps the place in the line. Raises RsvpError."""
        with transaction.atomic():
            now = meeting.lock()
            if now.is_cancelled:
                raise RsvpError("cancelled")
            if now.is_over():
                raise RsvpError("over")
            who = {"member": member} if member is not None else {"member": None, "guest": guest}
            row = cls.objects.filter(meeting=now, **who).first() or cls(meeting=now, **who)
            if row.pk and row.answer == answer:
                return row
            row.answer, row.at, row.has_seat = answer, timezone.now(), False
            if answer == Answer.GOING:
                row.line = 1 + (now.rsvps.aggregate(last=Max("line"))["last"] or 0)
            row.save()
            promote(now, by=member)
            row.refresh_from_db(fields=["has_seat"])
        return row


def promote(meeting: Meeting, by=None) -> list[int]:
    """Gives free seats to who waits, first come first served, and tells them, but for `by`; returns the ids of their
    answers. Under the meeting's lock.
    """
    from apps.gatherings import notices  # it speaks of meetings

    waiting = meeting.rsvps.waiting()
    if meeting.seats is not None:
        waiting = waiting[: max(0, meeting.seats - meeting.rsvps.seated().count())]
    rows = list(waiting.values_list("pk", "member", "line"))
    if rows:
        Rsvp.objects.filter(pk__in=[pk for pk, _member, _line in rows]).update(has_seat=True)
        lucky = [member for _pk, member, _line in rows if member is not None and (by is None or member != by.pk)]
        notices.seated(meeting, lucky, line=max(line for _pk, _member, line in rows))
    return [pk for pk, _member, _line in rows]
