"""One message to one person by one channel, from the moment it is planned until what became of it is known (R1).

The row is the truth: a message that no row speaks of is not sent, and what happened to it stands in its attempts.
"""

import uuid
from datetime import datetime, timedelta

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from apps.reminders.models.destination import Destination


class State(models.TextChoices):
    PLANNED = "planned", _("Planned")
    CLAIMED = "claimed", _("Being sent")
    RETRY = "retry", _("Tried, to be tried again")
    UNKNOWN = "unknown", _("Outcome unknown")
    CARRIED = "carried", _("Waits for a digest")
    SENT = "sent", _("Sent")
    DEAD = "dead", _("Given up")
    SKIPPED = "skipped", _("Not sent, with a reason")


# What a sender may take. Their index is made for exactly these.
CLAIMABLE = (State.PLANNED, State.RETRY, State.UNKNOWN)
UNSENT = (*CLAIMABLE, State.CARRIED)
OVER = (State.SENT, State.DEAD, State.SKIPPED)


class Reason(models.TextChoices):
    """Why a delivery was not sent, or was given up."""

    CANCELLED = "cancelled", _("It was cancelled")
    MOVED = "moved", _("The time changed, and another one says the new time")
    STALE = "stale", _("Its time had passed")
    NOT_WANTED = "not_wanted", _("It no longer concerned the person")
    OPTED_OUT = "opted_out", _("The person chose not to get it")
    LEFT = "left", _("The person is no longer here")
    ERASED = "erased", _("What it spoke of was erased")
    NO_ADDRESS = "no_address", _("There is no address to send it to")
    SWITCHED_OFF = "switched_off", _("The address is switched off")
    DROPPED = "dropped", _("Somebody dropped it by hand")
    REFUSED = "refused", _("The other side refused it for good")
    EXPIRED = "expired", _("It failed again and again until its time had passed")
    UNKNOWN = "unknown", _("Three tries began and none was seen to end")
    BROKEN = "broken", _("Miraizu could not write it: this is a fault of Miraizu")


# Asked again, these would be refused again: the room took it back, or there is nobody or nothing left to tell.
FOR_GOOD = (
    Reason.CANCELLED, Reason.MOVED, Reason.NOT_WANTED, Reason.OPTED_OUT, Reason.LEFT, Reason.ERASED,
)  # fmt: skip


class DeliveryQuerySet(models.QuerySet["Delivery"]):
    def unsent(self) -> "DeliveryQuerySet":
        """Neither sent nor given up, nor in somebody's hands."""
        return self.filter(state__in=UNSENT)

    def troubled(self) -> "DeliveryQuerySet":
        """What a person has to look at: given up, or of unknown outcome (R14). Whoever asked for a test saw it."""
        return self.filter(state__in=(State.DEAD, State.UNKNOWN), seen_at=None, is_test=False)

    def resendable(self) -> "DeliveryQuerySet":
        """What can be sent again by hand."""
        return self.filter(
            models.Q(state__in=(State.DEAD, State.UNKNOWN))
            | models.Q(state=State.SKIPPED) & ~models.Q(reason__in=FOR_GOOD)
        )

    def resendable_together(self, now: datetime) -> "DeliveryQuerySet":
        """What can be sent again without looking at each: nothing that is too late to help, nor tests, nor what
        somebody has decided about already.
        """
        return (
            self.resendable()
            .filter(seen_at=None, is_test=False)
            .exclude(state=State.SKIPPED, reason=Reason.DROPPED)
            .exclude(expires_at__lte=now)
        )


class Delivery(models.Model):
    """The id is what receivers can tell repeats by: Message-ID, webhook-id, and the inbox's unique key (R7)."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    # What it is about, in the words of the room that planned it, like "meeting:17"; with `kind` it says what it says.
    occurrence = models.CharField(max_length=120)
    kind = models.CharField(max_length=40)
    channel = models.CharField(max_length=20)
    # Whom it goes to: "member:5", or "destination:7" for an address somebody set up.
    to = models.CharField(max_length=40)
    recipient = models.ForeignKey(  # `delivery_of_recipient` is its index
        settings.AUTH_USER_MODEL, null=True, on_delete=models.CASCADE, related_name="+", db_index=False
    )
    destination = models.ForeignKey(Destination, null=True, on_delete=models.CASCADE, related_name="+")
    # Grows with each change of time, place, or standing of what it is about; the calendar's SEQUENCE (R41).
    schedule_rev = models.PositiveIntegerField(default=0)
    payload = models.JSONField(default=dict)  # ids only: texts are written when it is sent

    state = models.CharField(max_length=8, choices=State, default=State.PLANNED)
    reason = models.CharField(max_length=12, choices=Reason, blank=True)
    due_at = models.DateTimeField()  # when it was meant to be there
    run_at = models.DateTimeField()  # when it is tried next: later than due for quiet hours, caps and retries
    expires_at = models.DateTimeField(null=True)  # from then on it helps nobody (R11)
    tries = models.PositiveSmallIntegerField(default=0)
    tries_before = models.PositiveSmallIntegerField(default=0)  # of those, the ones before it was sent again by hand
    unknowns = models.PositiveSmallIntegerField(default=0)  # tries of which nobody knows how they ended
    lease_until = models.DateTimeField(null=True)
    lease_token = models.UUIDField(null=True)
    slot_at = models.DateTimeField(null=True)  # its place in the queue of a receiver that takes one a second
    carried_by = models.ForeignKey("self", null=True, on_delete=models.SET_NULL, related_name="parts")
    is_test = models.BooleanField(default=False)
    created_at = models.DateTimeField(default=timezone.now)
    over_at = models.DateTimeField(null=True)
    seen_at = models.DateTimeField(null=True)  # when somebody said of a trouble that they know of it

    objects = DeliveryQuerySet.as_manager()

    class Meta:
        verbose_name = _("delivery")
        verbose_name_plural = _("deliveries")
        constraints = [
            models.UniqueConstraint(
                fields=["occurrence", "to", "channel", "kind", "schedule_rev"], name="delivery_once"
            ),
            models.CheckConstraint(condition=models.Q(state__in=State.values), name="delivery_state_known"),
            models.CheckConstraint(
                condition=models.Q(state=State.CLAIMED, lease_until__isnull=False, lease_token__isnull=False)
                | (~models.Q(state=State.CLAIMED) & models.Q(lease_until=None, lease_token=None)),
                name="delivery_claimed_with_lease",
            ),
            models.CheckConstraint(
                condition=~models.Q(state__in=(State.DEAD, State.SKIPPED)) | ~models.Q(reason=""),
                name="delivery_end_has_reason",
            ),
        ]
        indexes = [
            models.Index(
                fields=["channel", "run_at"], condition=models.Q(state__in=CLAIMABLE), name="delivery_claimable"
            ),
            models.Index(fields=["lease_until"], condition=models.Q(state=State.CLAIMED), name="delivery_leased"),
            models.Index(fields=["recipient", "-due_at"], name="delivery_of_recipient"),
            models.Index(fields=["state", "-over_at"], name="delivery_by_state"),
            models.Index(fields=["-due_at", "id"], name="delivery_newest"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.occurrence} → {self.to} ({self.channel})"

    @property
    def where(self) -> Destination:
        """The address somebody set up. Raises LookupError for a delivery that goes to a person."""
        if self.destination is None:
            raise LookupError(str(self.pk))
        return self.destination

    @property
    def delayed_by(self) -> timedelta:
        """How much later than meant it goes out, at the earliest (R20)."""
        return max(self.run_at - self.due_at, timedelta())

    @property
    def is_over(self) -> bool:
        return self.state in OVER

    @property
    def can_go_again(self) -> bool:
        return self.state in (State.DEAD, State.UNKNOWN) or (
            self.state == State.SKIPPED and self.reason not in FOR_GOOD
        )

    @property
    def can_be_stopped(self) -> bool:
        return self.state in UNSENT

    @property
    def is_trouble(self) -> bool:
        return self.state in (State.DEAD, State.UNKNOWN) and self.seen_at is None and not self.is_test

    def is_stale(self, now: datetime | None = None) -> bool:
        """Whether it would come too late to help (R11)."""
        return self.expires_at is not None and (now or timezone.now()) >= self.expires_at


class Outcome(models.TextChoices):
    STARTED = "started", _("Begun")
    SENT = "sent", _("Taken by the other side")
    TEMPORARY = "temporary", _("Not now")
    PERMANENT = "permanent", _("Refused")
    UNKNOWN = "unknown", _("Not known")


class Attempt(models.Model):
    """One try, committed before anything goes over the wire and finished after it (R5). Only its end is added."""

    delivery = models.ForeignKey(  # `attempt_once` is its index
        Delivery, on_delete=models.CASCADE, related_name="attempts", db_index=False
    )
    n = models.PositiveSmallIntegerField()
    lease_token = models.UUIDField()
    sender = models.CharField(max_length=80)
    started_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)
    outcome = models.CharField(max_length=9, choices=Outcome, default=Outcome.STARTED)
    code = models.CharField(max_length=40, blank=True)
    detail = models.CharField(max_length=300, blank=True)
    provider_ref = models.CharField(max_length=120, blank=True)
    # The try before it began and was not seen to end: the person may have got the message twice.
    after_unknown = models.BooleanField(default=False)
    # It ended after its lease: somebody else may have sent the message too.
    possible_repeat = models.BooleanField(default=False)

    class Meta:
        verbose_name = _("attempt")
        verbose_name_plural = _("attempts")
        ordering = ["n"]
        constraints = [models.UniqueConstraint(fields=["delivery", "n"], name="attempt_once")]

    def __str__(self) -> str:
        return f"{self.delivery_id} #{self.n}"
