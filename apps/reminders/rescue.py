"""What a lead or admin does about deliveries by hand: send again, stop, or say that they know (R14).

Each takes a set of deliveries and handles those of them that it can be done to, newest first and at most `AT_ONCE`.
"""

from datetime import datetime

from django.db import transaction
from django.db.models import F, QuerySet, Value
from django.db.models.functions import Least
from django.utils import timezone

from apps.accounts.models import Member
from apps.reminders import health
from apps.reminders.doorbell import ring
from apps.reminders.models import Delivery, Handling, State, What
from apps.reminders.models.delivery import Reason
from apps.reminders.ready import first_moment, refusal

AT_ONCE = 500


def send_again(which: QuerySet[Delivery], by: Member) -> int:
    """Plans them for now, with fresh tries and the id they had: receivers can tell it is the same (R7). Gives how many.

    Left alone is what is too late to help, and what somebody stopped or said they know of. The room is asked again
    whether it is still to be said, and the reader's quiet hours are kept.
    """
    return _plan_again(which.filter(pk__in=_able(What.AGAIN).values("pk")), by)


def send_one_again(row: Delivery, by: Member) -> Reason | datetime | None:
    """The same for one that somebody looked at, also where it comes late. Gives when it goes; why not, if it would be
    refused again: nothing is done then; None if it has moved on meanwhile.
    """
    if not row.can_go_again:
        return None
    late = row.is_stale()
    if late:
        row.expires_at = None
    reason = refusal(row)
    if reason:
        return reason
    which = Delivery.objects.filter(pk=row.pk, pk__in=Delivery.objects.resendable().values("pk"))
    with transaction.atomic():
        if not _plan_again(which, by):
            return None
        if late:
            Delivery.objects.filter(pk=row.pk).update(expires_at=None)
    return first_moment(row)


def _plan_again(which: QuerySet[Delivery], by: Member) -> int:
    with transaction.atomic():
        done = _handle(
            which, What.AGAIN, by,
            state=State.PLANNED, reason="", run_at=timezone.now(), over_at=None, seen_at=None, slot_at=None,
            carried_by=None, tries_before=F("tries"),
            # One is kept, so that the next try is marked as one after an unknown outcome.
            unknowns=Least(F("unknowns"), Value(1)),
        )  # fmt: skip
        if done:
            transaction.on_commit(ring)
    return done


def stop(which: QuerySet[Delivery], by: Member) -> int:
    """Drops what has not been sent yet; what a sender has in hand goes. Gives how many."""
    return _handle(
        which.filter(pk__in=_able(What.STOPPED).values("pk")), What.STOPPED, by,
        state=State.SKIPPED, reason=Reason.DROPPED, over_at=timezone.now(),
    )  # fmt: skip


def know(which: QuerySet[Delivery], by: Member) -> int:
    """Takes them out of the count of troubles; they stay in the list. Gives how many."""
    return _handle(which.filter(pk__in=_able(What.KNOWN).values("pk")), What.KNOWN, by, seen_at=timezone.now())


def count(what: What, which: QuerySet[Delivery]) -> int:
    """To how many of them it would be done at once. One query."""
    return which.order_by().filter(pk__in=_able(what).values("pk"))[:AT_ONCE].count()


def _able(what: What) -> QuerySet[Delivery]:
    match what:
        case What.AGAIN:
            return Delivery.objects.resendable_together(timezone.now())
        case What.STOPPED:
            return Delivery.objects.unsent()
        case What.KNOWN:
            return Delivery.objects.troubled()


def _handle(which: QuerySet[Delivery], what: What, by: Member, **change) -> int:
    with transaction.atomic():
        # Locked, so that no sender takes one between the choice and the change.
        found = which.order_by("-due_at").select_for_update()
        ids = list(found.values_list("pk", flat=True)[:AT_ONCE])
        Delivery.objects.filter(pk__in=ids).update(**change)
        Handling.objects.bulk_create([Handling(delivery_id=id, what=what, by=by) for id in ids])
    health.forget()
    return len(ids)
