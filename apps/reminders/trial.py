"""A test message: by the same way as any other, marked as one, and tried once (R19)."""

import uuid
from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from apps.accounts.models import Member
from apps.reminders.doorbell import ring
from apps.reminders.models import Delivery, Destination

HELPS_FOR = timedelta(minutes=10)  # nobody looks out for it any longer


def send_test(by: Member, channel: str, destination: Destination | None, submission_id: str | None) -> Delivery:
    """Plans a test for now, to `by` or to an address; the same submission gives the same one."""
    try:
        key = uuid.UUID(str(submission_id))
    except ValueError:
        key = uuid.uuid4()
    now = timezone.now()
    delivery, new = Delivery.objects.get_or_create(
        occurrence=f"test:{key}", kind="test", channel=channel, schedule_rev=0,
        to=destination.to if destination else f"member:{by.pk}",
        defaults={
            "recipient_id": destination.member_id if destination else by.pk, "destination": destination,
            "is_test": True, "due_at": now, "run_at": now, "expires_at": now + HELPS_FOR,
        },
    )  # fmt: skip
    if new:
        transaction.on_commit(lambda: ring((channel,)))
    return delivery
