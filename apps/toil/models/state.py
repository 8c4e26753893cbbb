"""How far an item is from gone. Each change is a record: who, when, why (house.md, “State is a record”)."""

from datetime import date

from django.conf import settings
from django.db import models, transaction
from django.utils.translation import gettext_lazy as _


class State(models.TextChoices):
    OBSERVED = "observed", _("Observed")
    AGREED = "agreed", _("Agreed")
    DIGGING = "digging", _("Being dug out")
    GONE = "gone", _("Gone")
    ACCEPTED = "accepted", _("Accepted as it is")


# Without a reason, nobody can weigh these again later.
DONE_WITH = (State.GONE, State.ACCEPTED)
NEEDS_REASON = frozenset(DONE_WITH)


class StateChange(models.Model):
    item = models.ForeignKey("toil.Item", on_delete=models.CASCADE, related_name="state_changes")
    state = models.CharField(max_length=8, choices=State)
    reason = models.CharField(_("reason"), max_length=1_000, blank=True)
    on = models.DateField(_("since"))
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("change of state")
        ordering = ["-on", "-id"]
        constraints = [
            models.CheckConstraint(condition=models.Q(state__in=State.values), name="statechange_state_known"),
            models.CheckConstraint(
                condition=~models.Q(state__in=sorted(NEEDS_REASON)) | ~models.Q(reason=""),
                name="statechange_has_reason",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.item_id} {self.state} {self.on}"


def change_state(item, state: State, by, *, reason: str = "", on: date | None = None) -> StateChange:
    """Records that `item` is in `state` since `on` (today, if not said) and makes it the item's state.

    Raises ValueError when a reason is needed and missing.
    """
    reason = reason.strip()
    if state in NEEDS_REASON and not reason:
        raise ValueError("reason")
    with transaction.atomic():
        same = item.state_changes.filter(state=state, on=on or by.today(), reason=reason, by=by).first()
        if same is not None:  # sent twice
            return same
        change = StateChange.objects.create(item=item, state=state, reason=reason, on=on or by.today(), by=by)
        _follow(item)
    return change


def take_back(change: StateChange) -> None:
    """Deletes a change of state as if it had never been; the item is in the state before it again."""
    with transaction.atomic():
        change.delete()
        _follow(change.item)


def _follow(item) -> None:
    """The item's state is that of its newest change; without any it has only been observed."""
    newest = item.state_changes.order_by("-on", "-id").first()
    item.state = newest.state if newest else State.OBSERVED
    item.save(update_fields=["state"])
