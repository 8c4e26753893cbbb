"""What a lead or admin does about deliveries by hand: send again, stop, or say that they know (R14).

Each takes a set of deliveries and handles those of them that it can be done to, newest first and at most `AT_ONCE`.
"""

from django.db import transaction
from django.db.models import Case, F, Q, QuerySet, Value, When
from django.db.models.functions import Least
from django.utils import timezone

from apps.accounts.models import Member
from apps.reminders import health
from apps.reminders.doorbell import ring
from apps.reminders.models import Delivery, Handling, State, What
from apps.reminders.models.delivery import UNSENT, Reason

AT_ONCE = 500


def send_again(which: QuerySet[Delivery], by: Member, *, even_late: bool = False) -> int:
    """Plans them for now, with fresh tries and the id they had: receivers can tell it is the same (R7). Gives how many.

    What is too late to help is left alone, unless `even_late`. The room is asked again whether it is still to be said.
    """
    now = timezone.now()
    rows = which.filter(pk__in=Delivery.objects.resendable().values("pk"))
    if not even_late:
        rows = rows.exclude(expires_at__lte=now)
    with transaction.atomic():
        done = _handle(
            rows, What.AGAIN, by,
            state=State.PLANNED, reason="", run_at=now, over_at=None, seen_at=None, slot_at=None, carried_by=None,
            tries_before=F("tries"),
            # One is kept, so that the next try is marked as one after an unknown outcome.
            unknowns=Least(F("unknowns"), Value(1)),
            expires_at=Case(When(expires_at__lte=now, then=None), default=F("expires_at")),
        )  # fmt: skip
        if done:
            transaction.on_commit(ring)
    return done


def stop(which: QuerySet[Delivery], by: Member) -> int:
    """Drops what has not been sent yet; what a sender has in hand goes. Gives how many."""
    return _handle(
        which.filter(state__in=UNSENT), What.STOPPED, by,
        state=State.SKIPPED, reason=Reason.DROPPED, over_at=timezone.now(),
    )  # fmt: skip


def know(which: QuerySet[Delivery], by: Member) -> int:
    """Takes them out of the count of troubles; they stay in the list. Gives how many."""
    troubles = Q(pk__in=Delivery.objects.troubled().values("pk"))
    return _handle(which.filter(troubles), What.KNOWN, by, seen_at=timezone.now())


def can(what: What, which: QuerySet[Delivery]) -> bool:
    """Whether there is one among them to which it can be done. One query."""
    match what:
        case What.AGAIN:
            allowed = Delivery.objects.resendable()
        case What.STOPPED:
            allowed = Delivery.objects.unsent()
        case What.KNOWN:
            allowed = Delivery.objects.troubled()
    return which.filter(pk__in=allowed.values("pk")).exists()


def _handle(which: QuerySet[Delivery], what: What, by: Member, **change) -> int:
    with transaction.atomic():
        # Locked, so that no sender takes one between the choice and the change.
        found = which.order_by("-due_at").select_for_update()
        ids = list(found.values_list("pk", flat=True)[:AT_ONCE])
        Delivery.objects.filter(pk__in=ids).update(**change)
        Handling.objects.bulk_create([Handling(delivery_id=id, what=what, by=by) for id in ids])
    health.forget()
    return len(ids)
