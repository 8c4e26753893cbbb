"""What lies in somebody's inbox: put into words when it is looked at, and gone by itself once it no longer holds."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

import structlog
from django.db.models import Count, IntegerField, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils import timezone

from apps.accounts.models import Member
from apps.reminders.kinds import Kind, is_known, kind
from apps.reminders.letter import Letter, Said
from apps.reminders.models import InboxLine
from apps.reminders.models.delivery import Reason
from apps.reminders.ready import say

log = structlog.get_logger(__name__)
AT_ONCE = 500
LOOKED_AT = timedelta(days=30)  # lines of that time are looked at by themselves


@dataclass(frozen=True, slots=True)
class Line:
    row: InboxLine
    kind: Kind
    letter: Letter
    answered: Said | None = None

    @property
    def is_new(self) -> bool:
        return self.row.read_at is None

    @property
    def address(self) -> str:
        """The inbox at this line, which so takes the focus."""
        return address(self.row)


@dataclass(frozen=True, slots=True)
class Inbox:
    lines: list[Line]
    more: int  # waiting, and not among the lines


def address(row: InboxLine | None) -> str:
    """The inbox at this line, or at its beginning: what stands there takes the focus."""
    return f"{reverse('reminders:inbox')}#{f'line-{row.pk}' if row else 'inbox-top'}"


def inbox(member: Member, most: int) -> Inbox:
    """The newest lines of `member` that still hold; what does not is put away. Two queries, and those of each kind."""
    waiting = InboxLine.objects.waiting(member)
    rows = list(waiting.select_related("delivery__recipient", "delivery__destination").order_by("-arrived_at")[:most])
    lines, _settled = _put_into_words(rows)
    more = waiting.count() - len(rows) if len(rows) == most else 0
    return Inbox(lines, more)


def put_away(member: Member, most: int) -> list[Line]:
    """What `member` put away last and still holds, the latest first."""
    rows = InboxLine.objects.filter(member=member).exclude(done_at=None).order_by("-done_at")
    lines, _settled = _put_into_words(list(rows.select_related("delivery__recipient", "delivery__destination")[:most]))
    return lines


def put_off(member: Member, most: int) -> list[Line]:
    """What comes again later and still holds, the soonest first."""
    rows = InboxLine.objects.filter(member=member, done_at=None, snoozed_until__gt=timezone.now())
    rows = rows.select_related("delivery__recipient", "delivery__destination").order_by("snoozed_until", "-arrived_at")
    lines, _settled = _put_into_words(list(rows[:most]))
    return lines


def line(row: InboxLine) -> Line | None:
    """One of them, with what it says now; None for what no longer holds."""
    lines, _settled = _put_into_words([row])
    return lines[0] if lines else None


def beside(row: InboxLine) -> InboxLine | None:
    """Where one goes on from `row`: to the one below it, else to the one above."""
    others = InboxLine.objects.waiting(row.member_id).exclude(pk=row.pk)
    below = others.filter(arrived_at__lte=row.arrived_at).order_by("-arrived_at").first()
    return below or others.order_by("arrived_at").first()


def mark_read(lines: Sequence[Line]) -> None:
    """They were shown to whom they belong to."""
    InboxLine.objects.filter(pk__in=[each.row.pk for each in lines], read_at=None).update(read_at=timezone.now())


def tidy() -> int:
    """Puts away what no longer holds, of anybody; gives how many. So that nobody is called to what is settled."""
    rows = InboxLine.objects.filter(done_at=None, arrived_at__gt=timezone.now() - LOOKED_AT)
    rows = rows.select_related("delivery__recipient", "delivery__destination").order_by("pk")
    put_away, last = 0, UUID(int=0)
    while some := list(rows.filter(pk__gt=last)[:AT_ONCE]):
        put_away += _put_into_words(some)[1]
        last = some[-1].pk
    return put_away


def _put_into_words(rows: Sequence[InboxLine]) -> tuple[list[Line], int]:
    """Those that hold, and how many did not and are put away."""
    known = [row for row in rows if is_known(row.delivery.kind)]
    said = say([row.delivery for row in known])
    lines, settled = [], []
    for row in known:
        match said.get(row.pk, Reason.ERASED):
            case Letter() as letter:
                lines.append(Line(row, kind(row.delivery.kind), letter))
            case Reason.BROKEN:  # a fault of ours, which may be mended
                pass
            case _:
                settled.append(row.pk)
    if settled:
        InboxLine.objects.filter(pk__in=settled, done_at=None).update(done_at=timezone.now())
    return lines, len(settled)


def count_unread() -> Coalesce:
    """For each member, how many lines wait that they have not seen."""
    mine: QuerySet = InboxLine.objects.waiting(OuterRef("pk")).filter(read_at=None).order_by()
    count = mine.values("member").annotate(n=Count("pk")).values("n")
    return Coalesce(Subquery(count, output_field=IntegerField()), 0)
