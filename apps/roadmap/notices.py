"""What people are told about the map: that it turned, and that an item they hold waits for a word.

A deed plans in its own transaction, the month brings the check-ins; what is said is written when it is sent
(`said.py`).
"""

from collections.abc import Iterable
from datetime import datetime, time, timedelta

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from apps.accounts.models import Member, Organisation, Role
from apps.reminders.ahead import Due, plan_due
from apps.reminders.kinds import Kind, register
from apps.reminders.models import Manner
from apps.reminders.plan import plan
from apps.reminders.tick import plans_ahead
from apps.reminders.timing import moment
from apps.roadmap import said
from apps.roadmap.models import Revision

PIVOT, CHECK_IN = "map_pivot", "map_check_in"
AT = time(10)
HELPS_FOR = timedelta(days=21)
AFTER_THEM = timedelta(hours=1)


def turned(revision: Revision) -> None:
    """Everybody hears of a pivot once, but who published it: those named in it first, all others an hour later."""
    first = set(revision.said.first)
    people = list(Member.objects.joined().exclude(pk=revision.by_id))
    now, about = timezone.now(), f"revision:{revision.pk}"
    plan(PIVOT, about, [one for one in people if one.pk in first], now)
    plan(PIVOT, about, [one for one in people if one.pk not in first], now + AFTER_THEM if first else now)


@plans_ahead
def plan_ahead() -> None:
    """Check-ins: on the first working day of a month, at ten on the clock of who holds an item. Three queries to look,
    and none more but in the first week of a month.
    """
    now = timezone.now()
    organisation = Organisation.kept()
    if organisation is not None and organisation.today().day <= 9:  # a week, wherever people are
        plan_due(CHECK_IN, _holders(now), now)


def _holders(now: datetime) -> Iterable[Due]:
    organisation = Organisation.kept()
    today = organisation.today() if organisation else now.date()
    holders = {item.owner for item in said.to_check(today)} - {None}
    people = list(Member.objects.joined().filter(pk__in=holders)) if holders else []
    manners = Manner.objects.in_bulk([one.pk for one in people])
    for one in people:
        first = one.today().replace(day=1)
        manner = manners.get(one.pk) or Manner(member=one)
        at = moment(manner.working_days_from(first)[0], AT, one.zone)
        yield Due(said.of_month(first), one, at, expires=at + HELPS_FOR)


def register_all() -> None:
    """Who answers for the map by e-mail as well: a pivot is what a manager has to explain."""
    group, both, inbox = _("Future map"), frozenset({"inbox", "email"}), frozenset({"inbox"})
    register(Kind(PIVOT, _("The map turned"), group, said.pivot, inbox, defaults_of={Role.MANAGER: both}, order=300))
    register(Kind(CHECK_IN, _("How is it going with what you hold?"), group, said.check_in, inbox, order=301))
