"""Invitations to join: the one message to people who have not joined. By e-mail only, where that is set up.

The letter's link is made when it is written, from the invitation's row: no token lies in a delivery or in the broker.
"""

from collections.abc import Sequence
from uuid import UUID

from django.conf import settings
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from apps.accounts.models import Invitation, Organisation
from apps.accounts.models.invitation import hears_of_invitations
from apps.reminders.kinds import Kind, register
from apps.reminders.letter import Action, Letter
from apps.reminders.models import Delivery
from apps.reminders.models.delivery import Reason
from apps.reminders.plan import plan

JOIN = "invitation"


@hears_of_invitations
def invited(row: Invitation) -> None:
    """Plans the letter, in the transaction that makes the invitation."""
    if settings.MAIL_IS_SET_UP and row.member.email:
        plan(JOIN, f"invitation:{row.pk}", [row.member], expires_at=row.expires_at)


def _say(deliveries: Sequence[Delivery]) -> dict[UUID, Letter | Reason]:
    """Only by e-mail, and while the link opens anything. One query."""
    keys = {each.pk: int(each.occurrence.partition(":")[2]) for each in deliveries}
    rows = Invitation.objects.open().select_related("member", "invited_by").in_bulk(set(keys.values()))
    organisation = Organisation.kept()
    name = organisation.name if organisation else "Miraizu"
    said: dict[UUID, Letter | Reason] = {}
    for each in deliveries:
        row = rows.get(keys[each.pk])
        is_theirs = row is not None and row.member_id == each.recipient_id and not row.member.has_joined
        good = row is not None and is_theirs and each.channel == "email"
        said[each.pk] = _letter(row, name) if row is not None and good else Reason.NOT_WANTED
    return said


def _letter(row: Invitation, organisation: str) -> Letter:
    by = {"name": row.invited_by.display_name, "organisation": organisation} if row.invited_by else None
    return Letter(
        subject=_("Join %(organisation)s in Miraizu") % {"organisation": organisation},
        text=(
            _("%(name)s invites you to Miraizu, where %(organisation)s keeps what runs its service.") % by
            if by
            else _("You are invited to Miraizu, where %(organisation)s keeps what runs its service.")
            % {"organisation": organisation},
            _("You choose a name, a language and a password; that is all. The link is yours alone and works once."),
        ),
        facts=((_("Good until"), date_format(timezone.localtime(row.expires_at), "DATE_FORMAT")),),
        actions=(Action(_("Join"), reverse("accounts:join", args=[row.mailed_token])),),
    )


def register_all() -> None:
    register(
        Kind(
            JOIN, gettext_lazy("Invitation to join Miraizu"), gettext_lazy("Miraizu itself"), _say,
            frozenset({"email"}), urgent=True, choosable=False, order=890,
        )
    )  # fmt: skip
