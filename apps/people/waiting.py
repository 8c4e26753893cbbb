"""What waits for one person's answer: notes, interests and steps that others wrote down about them."""

from django.db.models import QuerySet

from apps.accounts.models import Member
from apps.people.models import Interest, JourneyStep, LadderStep, Signal


def count(member: Member) -> int:
    """How many. One query."""
    return _together(asked(member)).count()


def asked(member: Member) -> list[QuerySet]:
    """The rows that wait for `member`, of each kind."""
    kinds = (
        Signal.objects.waiting(),
        Interest.objects.waiting().of_standing(),
        JourneyStep.objects.waiting(),
        LadderStep.objects.waiting(),
    )
    return [rows.filter(person=member) for rows in kinds]


def not_joined() -> list[Member]:
    """People about whom something was noted and who have not joined: somebody has to ask them. What it says stays with
    who wrote it.
    """
    asked = (Signal.objects.waiting(), JourneyStep.objects.waiting(), LadderStep.objects.waiting())
    not_joined = Member.objects.active().filter(joined_at=None)
    waits = _together([rows.filter(person__in=not_joined) for rows in asked])
    return list(not_joined.filter(pk__in=set(waits)).by_name()) if waits else []


def _together(queries: list[QuerySet]) -> QuerySet:
    """The people of all the rows, one for each row."""
    first, *others = (rows.order_by().values_list("person", flat=True) for rows in queries)
    return first.union(*others, all=True)
