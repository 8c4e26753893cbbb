"""Taking back the removal of an address, with what was to go there meanwhile; and forgetting it after its time."""

from apps.accounts.models import Member
from apps.reminders import rescue
from apps.reminders.models import Delivery, Destination, State
from apps.reminders.models.delivery import Reason


def take_back(row: Destination, by: Member, was: str) -> bool:
    """The address is as it was. What fell due while it was removed goes now, unless it is too late to help; what is due
    later was never touched. False if the address is forgotten already. Raises AlreadyThere.
    """
    removed_at = row.off_at
    if not row.take_back(by, was):
        return False
    if row.off_at is None:
        missed = Delivery.objects.filter(
            destination=row, state=State.SKIPPED, reason=Reason.SWITCHED_OFF, over_at__gte=removed_at
        )
        rescue.send_again(missed, by)
    return True
