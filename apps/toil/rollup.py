"""Keeps the sums equal to the log: every writer of entries calls `add` and `subtract` in its own transaction.

`rebuild` makes them anew from the log, for merges and repairs.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable
from datetime import date
from typing import NamedTuple

from django.db import models, transaction
from django.db.models import Count, F, Max, Min, QuerySet, Sum
from django.db.models.functions import Coalesce, ExtractHour, ExtractIsoWeekDay, TruncMonth

from apps.toil import months, sql
from apps.toil.models.entry import HOURS, Entry
from apps.toil.models.rollup import ItemMonth, MemberDay, MemberMonth, SlotMonth, StakeholderMonth


class Dimension(NamedTuple):
    """What is summed for whom: `owner` is what entries and sums call it, `over` the sums' column with the time."""

    model: type[models.Model]
    owner: str
    over: str = "month"

    def at(self, day: date) -> date:
        return months.first(day) if self.over == "month" else day


ITEMS = Dimension(ItemMonth, "item_id")
STAKEHOLDERS = Dimension(StakeholderMonth, "stakeholder_id")
SLOTS = Dimension(SlotMonth, "slot")
DIMENSIONS = (
    ITEMS, Dimension(MemberMonth, "member_id"), STAKEHOLDERS, SLOTS, Dimension(MemberDay, "member_id", "day"),
)  # fmt: skip


def add(entries: Iterable[Entry], sign: int = 1) -> None:
    """Adds the entries to all sums. Call inside the transaction that writes them."""
    entries = list(entries)
    sql.add_to_sums((each.model, each.owner, each.over, _rows(entries, each, sign)) for each in DIMENSIONS)


def _rows(entries: list[Entry], dimension: Dimension, sign: int) -> list[sql.Row]:
    sums: dict[tuple[int, date], list[int]] = defaultdict(lambda: [0, 0])
    for entry in entries:
        owner = getattr(entry, dimension.owner)
        if owner is not None:
            cell = sums[owner, dimension.at(entry.day)]
            cell[0] += sign * entry.minutes
            cell[1] += sign
    return [(owner, at, minutes, times) for (owner, at), (minutes, times) in sums.items()]


def subtract(entries: Iterable[Entry]) -> None:
    """Takes the entries out of all sums."""
    add(entries, sign=-1)


def rebuild(tell: Callable[[int, int], None] = lambda _done, _all: None) -> None:
    """Makes all sums anew from the log, month by month, each in a transaction that holds up whoever logs meanwhile.

    `tell` hears after each how many months are done, of how many. The database sums: no row comes into memory.
    """
    with transaction.atomic():
        # Locked before it is asked how far the log reaches: what somebody logs beyond it meanwhile must stay.
        sql.lock_sums([each.model for each in DIMENSIONS])
        reach = Entry.objects.aggregate(first=Min("day"), last=Max("day"))
        window = months.between(reach["first"], reach["last"]) if reach["first"] else []
        for each in DIMENSIONS:
            outside = each.model._default_manager.all()
            if window:
                outside = outside.exclude(**{f"{each.over}__range": (window[0], months.last_day(window[-1]))})
            outside.delete()
    for done, month in enumerate(window, start=1):
        with transaction.atomic():
            sql.lock_sums([each.model for each in DIMENSIONS])
            with sql.at_hand(month, months.last_day(month)):
                for each in DIMENSIONS:
                    sql.sum_anew(each.model, each.owner, each.over, month, months.last_day(month))
        tell(done, len(window))


def rebuild_items(items: Iterable[int]) -> None:
    """Makes the sums of these items anew; a merge of items changes no member's or stakeholder's sums."""
    _rebuild(ITEMS, items)


def rebuild_stakeholders(stakeholders: Iterable[int]) -> None:
    """Makes the sums of these stakeholders anew; a merge of groups changes no other sums."""
    _rebuild(STAKEHOLDERS, stakeholders)


def _rebuild(dimension: Dimension, owners: Iterable[int]) -> None:
    some = {f"{dimension.owner}__in": list(owners)}
    with transaction.atomic():
        dimension.model._default_manager.filter(**some).delete()
        dimension.model._default_manager.bulk_create(
            (
                dimension.model(**{dimension.owner: owner, dimension.over: at}, minutes=minutes, times=times)
                for owner, at, minutes, times in _sums(Entry.objects.filter(**some), dimension)
            ),
            batch_size=500,
        )


def _sums(entries: QuerySet[Entry], dimension: Dimension) -> QuerySet:
    """(owner, time, minutes, times) by the log."""
    over = TruncMonth("day") if dimension.over == "month" else F("day")
    if dimension is SLOTS:
        in_sql = (ExtractIsoWeekDay("day") - 1) * HOURS + Coalesce(ExtractHour("clock"), HOURS - 1)
        entries = entries.annotate(**{dimension.owner: in_sql})
    return (
        entries.exclude(**{dimension.owner: None})
        .order_by()
        .annotate(at_time=over)
        .values(dimension.owner, "at_time")
        .annotate(sum_minutes=Sum("minutes"), count=Count("id"))
        .values_list(dimension.owner, "at_time", "sum_minutes", "count")
    )


def differences() -> list[str]:
    """Where a sum differs from the log, one line each; empty when all is well."""
    found = []
    for each in DIMENSIONS:
        name = each.model.__name__
        kept = {
            (owner, at): (minutes, times)
            for owner, at, minutes, times in each.model._default_manager.values_list(
                each.owner, each.over, "minutes", "times"
            )
            if minutes or times
        }
        real = {(owner, at): (minutes, times) for owner, at, minutes, times in _sums(Entry.objects.all(), each)}
        found += [
            f"{name} {owner} {at:%Y-%m-%d}: kept {kept.get((owner, at))}, log {real.get((owner, at))}"
            for owner, at in sorted(kept.keys() | real.keys())
            if kept.get((owner, at)) != real.get((owner, at))
        ]
    return found
