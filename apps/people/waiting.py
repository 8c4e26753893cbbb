"""What waits for the answer of people who have not joined: notes and steps that others wrote down about them."""

from django.db.models import Exists, OuterRef

from apps.accounts.models import Member
from apps.people.models import JourneyStep, LadderStep, Signal


def not_joined() -> list[Member]:
    """People about whom something was noted and who have not joined: somebody has to ask them. What it says stays with
    who wrote it. One query.
    """
    kinds = (Signal.objects.waiting(), JourneyStep.objects.waiting(), LadderStep.objects.waiting())
    note, place, step = (Exists(rows.filter(person=OuterRef("pk"))) for rows in kinds)
    return list(Member.objects.active().filter(note | place | step, joined_at=None).by_name())
