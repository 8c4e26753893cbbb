"""What happened in a week besides toil: who took a step, which gatherings were held, and which toil is gone.

Only what every member may see: steps that count, of people who show them; nobody's step down is told.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time

from django.db.models import Count, Q

from apps.accounts.models import Organisation, Person, persons
from apps.gatherings.models import Meeting
from apps.people.models import LadderStep, Roughly, Rung
from apps.reminders.weekly import Week
from apps.toil.models import State, StateChange


@dataclass(frozen=True, slots=True)
class Climbed:
    """That somebody stands higher on a ladder at the end of the week than before it."""

    person: Person
    rung: Rung
    label: str  # of the item or topic


def climbed(week: Week) -> list[Climbed]:
    """By when it began to count; days are those of the organisation. Four queries, or one where nobody took a step."""
    organisation = Organisation.kept()
    if organisation is None:
        return []
    begin, end = (datetime.combine(day, time(), organisation.zone) for day in (week.first, week.after))
    counted = LadderStep.objects.counted().filter(person__is_active=True, counts_from__lt=end)
    taken = list(counted.filter(counts_from__gte=begin).select_related("item", "topic").order_by("counts_from", "id"))
    if not taken:
        return []
    earlier = counted.filter(counts_from__lt=begin, person__in={step.person_id for step in taken})
    steps = earlier.order_by("counts_from", "id").values_list("person", "item", "topic", "rung")
    stood: dict[tuple[int, int | None, int | None], int] = {
        (person, item, topic): rung for person, item, topic, rung in steps
    }
    now = {(step.person_id, step.item_id, step.topic_id): step for step in taken}
    rough = Roughly.people()
    known = persons({step.person_id for step in taken})
    return [
        Climbed(known[step.person_id], Rung(step.rung), step.subject.label)
        for where, step in now.items()
        if step.person_id not in rough and step.rung > stood.get(where, 0)
    ]


def held(week: Week) -> Sequence[Meeting]:
    """The meetings of the week that were not cancelled, with `came`, how many were there. One query."""
    came = Count("attendances", filter=Q(attendances__removed_at=None))
    rows = Meeting.objects.told().standing().filter(day__range=(week.first, week.last)).annotate(came=came)
    return list(rows.order_by("starts_at", "id"))


def gone(week: Week) -> Sequence[StateChange]:
    """What went, each with its reason. One query."""
    rows = StateChange.objects.filter(state=State.GONE, on__range=(week.first, week.last), item__merged_into=None)
    return list(rows.select_related("item").order_by("on", "id"))
