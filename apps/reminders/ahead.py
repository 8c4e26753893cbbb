"""What the clock brings: planned once, shortly before it is due, by whoever looks first (R24).

Rooms say who is to hear what and when, each on the reader's own clock; what is planned already is left alone.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from apps.accounts.models import Member
from apps.reminders.models import Delivery
from apps.reminders.plan import plan

AHEAD = timedelta(minutes=15)


@dataclass(frozen=True, slots=True)
class Due:
    """That `member` is to be told of `occurrence` at `at`; from `expires` on it helps nobody."""

    occurrence: str
    member: Member
    at: datetime
    expires: datetime | None = None
    rev: int = 0


def plan_due(kind: str, dues: Iterable[Due], now: datetime) -> None:
    """Plans what falls due within the next quarter of an hour, or was due and still helps.

    One query to look, or none; and a few for each group of people who are told the same at the same moment.
    """
    soon = [one for one in dues if one.at <= now + AHEAD and (one.expires is None or one.expires > now)]
    if not soon:
        return
    rows = Delivery.objects.filter(kind=kind, occurrence__in={one.occurrence for one in soon})
    planned = set(rows.values_list("occurrence", "schedule_rev", "recipient").distinct())
    groups: dict[tuple[str, int, datetime, datetime | None], list[Member]] = defaultdict(list)
    for one in soon:
        if (one.occurrence, one.rev, one.member.pk) not in planned:
            groups[one.occurrence, one.rev, max(one.at, now), one.expires].append(one.member)
    for (occurrence, rev, at, expires), members in groups.items():
        plan(kind, occurrence, members, at, rev=rev, expires_at=expires)
