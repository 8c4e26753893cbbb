"""Keeps the monthly sums equal to the log: every writer of entries calls `add` and `subtract` in its own transaction.

`rebuild` makes them anew from the log, for imports, merges and repairs.
"""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date

from django.db import transaction
from django.db.models import Count, Sum
from django.db.models.functions import TruncMonth

from apps.toil import sql
from apps.toil.models.entry import Entry
from apps.toil.models.rollup import ItemMonth, MemberMonth, StakeholderMonth

DIMENSIONS = ((ItemMonth, "item_id"), (MemberMonth, "member_id"), (StakeholderMonth, "stakeholder_id"))


def month_of(day: date) -> date:
    return day.replace(day=1)


def add(entries: Iterable[Entry], sign: int = 1) -> None:
    """Adds the entries to all sums. Call inside the transaction that writes them."""
    entries = list(entries)
    sql.add_to_months((model, key, _rows(entries, key, sign)) for model, key in DIMENSIONS)


def _rows(entries: list[Entry], key: str, sign: int) -> list[sql.Row]:
    sums: dict[tuple[int, date], list[int]] = defaultdict(lambda: [0, 0])
    for entry in entries:
        owner = getattr(entry, key)
        if owner is not None:
            cell = sums[owner, month_of(entry.day)]
            cell[0] += sign * entry.minutes
            cell[1] += sign
    return [(owner, month, minutes, times) for (owner, month), (minutes, times) in sums.items()]


def subtract(entries: Iterable[Entry]) -> None:
    """Takes the entries out of all sums."""
    add(entries, sign=-1)


def _sums(entries, key: str):
    return (
        entries.exclude(**{key: None})
        .annotate(of_month=TruncMonth("day"))
        .values(key, "of_month")
        .annotate(sum_minutes=Sum("minutes"), count=Count("id"))
        .values_list(key, "of_month", "sum_minutes", "count")
    )


def _write(model, key: str, rows) -> None:
    model.objects.bulk_create(
        (model(**{key: owner}, month=month, minutes=minutes, times=times) for owner, month, minutes, times in rows),
        batch_size=500,
    )


def rebuild() -> None:
    """Makes all sums anew from the log."""
    with transaction.atomic():
        for model, key in DIMENSIONS:
            model.objects.all().delete()
            _write(model, key, _sums(Entry.objects.all(), key).iterator())


def rebuild_items(items: Iterable[int]) -> None:
    """Makes the sums of these items anew; a merge of items changes no member's or stakeholder's sums."""
    _rebuild(ItemMonth, "item_id", items)


def rebuild_stakeholders(stakeholders: Iterable[int]) -> None:
    """Makes the sums of these stakeholders anew; a merge of groups changes no other sums."""
    _rebuild(StakeholderMonth, "stakeholder_id", stakeholders)


def _rebuild(model, key: str, owners: Iterable[int]) -> None:
    some = {f"{key}__in": list(owners)}
    with transaction.atomic():
        model.objects.filter(**some).delete()
        _write(model, key, _sums(Entry.objects.filter(**some), key))


def differences() -> list[str]:
    """Where a sum differs from the log, one line each; empty when all is well."""
    found = []
    for model, key in DIMENSIONS:
        kept = {
            (owner, month): (minutes, times)
            for owner, month, minutes, times in model.objects.values_list(key, "month", "minutes", "times")
            if minutes or times
        }
        real = {(owner, month): (m, n) for owner, month, m, n in _sums(Entry.objects.all(), key)}
        found += [
            f"{model.__name__} {owner} {month:%Y-%m}: kept {kept.get((owner, month))}, log {real.get((owner, month))}"
            for owner, month in sorted(kept.keys() | real.keys())
            if kept.get((owner, month)) != real.get((owner, month))
        ]
    return found
