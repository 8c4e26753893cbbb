"""What people are told about the focus decision: that its day to look again has come."""

from collections.abc import Sequence
from datetime import time, timedelta
from uuid import UUID

from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from apps.accounts.models import Member, Role
from apps.reminders.ahead import Due, plan_due
from apps.reminders.kinds import Kind, register
from apps.reminders.letter import Action, Letter
from apps.reminders.models import Delivery
from apps.reminders.models.delivery import Reason
from apps.reminders.tick import plans_ahead
from apps.reminders.timing import moment
from apps.stakeholders.models import FocusDecision
from apps.stakeholders.models.focus import standing
from apps.web.text import clean

FOCUS = "focus_due"
AT = time(9)


@plans_ahead
def plan_ahead() -> None:
    """For the leads, who keep the decision, at nine on their clock. One query while nothing is due."""
    decision, tomorrow = standing(), timezone.now().date() + timedelta(days=1)  # where it is tomorrow already
    if decision is None or decision.review_on > tomorrow:
        return
    leads = Member.objects.joined().filter(role=Role.LEAD)
    # The day is the revision: once somebody looked again, the next day is another message.
    dues = [
        Due(f"focus:{decision.pk}", one, moment(decision.review_on, AT, one.zone), rev=decision.review_on.toordinal())
        for one in leads
    ]
    plan_due(FOCUS, dues, timezone.now())


def say(deliveries: Sequence[Delivery]) -> dict[UUID, Letter | Reason]:
    """Until a lead looked again, or another decision took its place. Two queries."""
    decision = FocusDecision.objects.current()
    readers = {each.recipient_id for each in deliveries}
    leads = set(Member.objects.joined().filter(pk__in=readers, role=Role.LEAD).values_list("pk", flat=True))
    said: dict[UUID, Letter | Reason] = {}
    for each in deliveries:
        is_it = decision is not None and each.occurrence == f"focus:{decision.pk}"
        is_due = decision is not None and is_it and each.schedule_rev == decision.review_on.toordinal()
        good = decision is not None and is_due and each.recipient_id in leads
        said[each.pk] = _letter(decision) if decision is not None and good else Reason.NOT_WANTED
    return said


def _letter(decision: FocusDecision) -> Letter:
    page = reverse("stakeholders:focus")
    return Letter(
        subject=_("Look again: %(title)s") % {"title": clean(decision.title)},
        text=(
            _("You wanted to look again at what comes first. Does it still hold?"),
            _("A line about what you see is enough; or decide anew, with what you learned."),
        ),
        facts=(
            (_("Decided on"), date_format(decision.day, "DATE_FORMAT")),
            (_("Look again on"), date_format(decision.review_on, "DATE_FORMAT")),
        ),
        actions=(Action(_("Look at the decision"), page), Action(_("Decide anew"), reverse("stakeholders:decide"))),
        data={"decision": decision.pk},
    )


def register_all() -> None:
    register(
        Kind(
            FOCUS, gettext_lazy("The focus is to be looked at again"), gettext_lazy("Stakeholders"), say,
            roles=frozenset({Role.LEAD}), order=500,
        )
    )  # fmt: skip
