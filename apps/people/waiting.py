"""What waits for one person's answer: notes, interests and steps that others wrote down about them."""

from apps.accounts.models import Member
from apps.people.models import Interest, JourneyStep, LadderStep, Signal


def count(member: Member) -> int:
    """How many. Four queries."""
    asked = (
        Signal.objects.waiting(),
        Interest.objects.waiting().of_standing(),
        JourneyStep.objects.waiting(),
        LadderStep.objects.waiting(),
    )
    return sum(rows.filter(person=member).count() for rows in asked)


def not_joined() -> list[Member]:
    """People about whom something was noted and who have not joined: somebody has to ask them. What it says stays with
    who wrote it.
    """
    asked = (Signal.objects.waiting(), JourneyStep.objects.waiting(), LadderStep.objects.waiting())
    waits = {pk for rows in asked for pk in rows.values_list("person", flat=True)}
    return list(Member.objects.active().filter(joined_at=None, pk__in=waits).by_name())
