"""One delivery with the meeting it speaks of, and what every letter about a meeting has. Asked for many deliveries at
once, with a fixed number of queries. Titles are people's own text: put into a sentence, never read as one.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext as _

from apps.accounts.models import Member
from apps.gatherings import concerned, wording
from apps.gatherings.concerned import EVERYBODY, NOTHING, Part
from apps.gatherings.invite_file import invite
from apps.gatherings.models import Meeting
from apps.gatherings.notices import LATE
from apps.reminders.letter import Action, Letter
from apps.reminders.models import Delivery
from apps.reminders.models.delivery import Reason

type Said = dict[UUID, Letter | Reason]


@dataclass(frozen=True, slots=True)
class Asked:
    """One delivery about a meeting, with what somebody has to do with it."""

    delivery: Delivery
    meeting: Meeting
    part: Part

    @property
    def reader(self) -> int | None:
        return self.delivery.recipient_id


def pk_of(delivery: Delivery) -> int:
    return int(delivery.occurrence.partition(":")[2])


def meetings_of(delivery: Delivery) -> list[int]:
    """The meetings it speaks of: one, or of a change of many all of them."""
    if delivery.occurrence.startswith("meeting:"):
        return [pk_of(delivery)]
    return delivery.payload.get("meetings", [])


def asked(deliveries: Sequence[Delivery]) -> dict[UUID, list[Asked]]:
    """Each delivery with its meetings that there still are, the soonest first. Three queries."""
    pks = {pk for each in deliveries for pk in meetings_of(each)}
    rows = Meeting.objects.filter(pk__in=pks).select_related("gathering__organiser").order_by("starts_at", "id")
    meetings = {row.pk: row for row in rows}
    known = concerned.parts(list(meetings.values()), readers(deliveries))
    found: dict[UUID, list[Asked]] = {}
    for each in deliveries:
        mine = set(meetings_of(each))
        found[each.pk] = [Asked(each, row, _part(each, row, known[pk])) for pk, row in meetings.items() if pk in mine]
    return found


def _part(delivery: Delivery, meeting: Meeting, known: Mapping[int, Part]) -> Part:
    if delivery.recipient_id is not None:
        return known.get(delivery.recipient_id, NOTHING)
    return EVERYBODY if meeting.gathering.is_open else NOTHING


def readers(deliveries: Iterable[Delivery]) -> set[int]:
    return {each.recipient_id for each in deliveries if each.recipient_id}


def each_of(
    deliveries: Sequence[Delivery],
    write: Callable[[Asked], Letter | Reason],
    concerns: Callable[[Part], bool],
    *,
    before: bool = True,
    any_rev: bool = False,
) -> Said:
    """What `write` says about a meeting that stands, for whom it concerns; `before`: only until it has begun."""
    now = timezone.now()
    said: Said = {}
    for pk, found in asked(deliveries).items():
        said[pk] = Reason.ERASED
        for one in found:
            if one.meeting.is_cancelled:
                said[pk] = Reason.CANCELLED
            elif not any_rev and one.meeting.schedule_rev != one.delivery.schedule_rev:
                said[pk] = Reason.MOVED
            elif before and now >= one.meeting.starts_at + LATE:
                said[pk] = Reason.STALE
            else:
                said[pk] = write(one) if concerns(one.part) else Reason.NOT_WANTED
    return said


def letter(one: Asked, subject: str, *text: str, **more: Any) -> Letter:
    usual: dict[str, Any] = {
        "facts": wording.facts(one.meeting),
        "actions": (Action(_("Open the meeting"), wording.page(one.meeting)),),
        "data": wording.ids(one.meeting),
    }
    return Letter(subject=subject, text=text, **(usual | more))


def with_files(deliveries: Sequence[Delivery], said: Said, about: dict[UUID, Asked]) -> Said:
    """The same, with a calendar file where it goes by mail. One query, or none."""
    mailed = [each for each in deliveries if each.channel == "email" and isinstance(said.get(each.pk), Letter)]
    mailed = [each for each in mailed if each.pk in about]
    people = Member.objects.in_bulk([each.recipient_id for each in mailed]) if mailed else {}
    for each in mailed:
        written, one, member = said[each.pk], about[each.pk], people.get(each.recipient_id)
        if isinstance(written, Letter) and member is not None:
            said[each.pk] = replace(written, invite=invite(one.meeting, member, one.part))
    return said


def is_reminded(part: Part) -> bool:
    return part.is_reminded


def is_told(part: Part) -> bool:
    return part.is_told
