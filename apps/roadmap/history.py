"""The history of a map as a story: each revision with what it changed, and what happened after a pivot."""

from bisect import bisect_left
from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from django.utils.translation import gettext as _

from apps.roadmap import chain
from apps.roadmap.changes import Difference
from apps.roadmap.models import CheckIn, Map, Revision, Status
from apps.roadmap.models.revision import RevisionQuerySet, document_of
from apps.toil import months
from apps.toil.models import MemberMonth

MONTHS = 3
FEWEST = 3  # people of whom effective hands are said


@dataclass(frozen=True, slots=True)
class Told:
    """A revision and its difference to the one before it."""

    revision: Revision
    difference: Difference


def told(row: Map, first: int, last: int) -> list[Told]:
    """Revisions `first` to `last`, the oldest first. Three queries: the first is replayed, the rest follow it."""
    rows = row.revisions.filter(number__range=(first, last)).select_related("by").with_readers()
    return _replayed(row, rows, first)


def _replayed(row: Map, rows: RevisionQuerySet, first: int) -> list[Told]:
    before = document_of(row, first - 1)
    found = []
    for revision in rows.order_by("number"):
        after = before.with_changes(chain.read(revision.body)["changes"])
        found.append(Told(revision, Difference(before, after, row.year)))
        before = after
    return found


def all_told(row: Map) -> tuple[Told, ...]:
    """All revisions of a map, the oldest first. What is published never changes and replaying it takes long, so a
    process keeps it: two queries when somebody has published, else none. Who wrote and who read them is not in it.
    """
    return _all_told(row.pk, row.head, row.erasures)


@lru_cache(maxsize=16)
def _all_told(map_id: int, head: int, _erasures: int) -> tuple[Told, ...]:
    row = Map.objects.get(pk=map_id)
    return tuple(_replayed(row, row.revisions.filter(number__lte=head), 1))


def forget() -> None:
    """Drops what is kept, for tests that take their rows back."""
    _all_told.cache_clear()


@dataclass(frozen=True, slots=True)
class Load:
    """Toil of some full months."""

    months: int
    minutes: int  # a month
    hands: float | None  # effective hands, 1 / Σ sₚ², of all of them; None of fewer than three people (R91)


@dataclass(frozen=True, slots=True)
class Aftermath:
    """The three months before a pivot's month beside those after it, as far as they are over; the check-ins since."""

    before: Load | None
    after: Load | None
    on_the_way: int
    done: int
    in_doubt: int
    given_up: int

    @property
    def is_there(self) -> bool:
        return bool(self.after or self.on_the_way or self.done or self.in_doubt or self.given_up)

    @property
    def checks(self) -> str:
        """How many items go how, in words; what is at none is left out."""
        counted = (
            (_("%(n)s on the way"), self.on_the_way),
            (_("%(n)s done"), self.done),
            (_("%(n)s in doubt"), self.in_doubt),
            (_("%(n)s given up"), self.given_up),
        )
        return _(", ").join(says % {"n": n} for says, n in counted if n)


def aftermaths(pivots: list[Told], today: date) -> dict[int, Aftermath]:
    """What happened after each of these pivots, by its number: check-ins count on the items that it left on the map.

    Two queries for all of them.
    """
    if not pivots:
        return {}
    days = [one.revision.day for one in pivots]
    window = (months.step(months.first(min(days)), -MONTHS), months.step(months.first(max(days)), MONTHS))
    minutes: dict[date, dict[int, int]] = defaultdict(dict)
    rows = MemberMonth.objects.filter(month__range=window, month__lt=months.first(today), minutes__gt=0)
    for member, month, logged in rows.values_list("member", "month", "minutes"):
        minutes[month][member] = logged
    everything = {item for one in pivots for item in one.difference.after.items}
    checks = CheckIn.objects.filter(item__in=everything, day__range=(min(days), today)).order_by("day", "id")
    noted = list(checks.values_list("day", "at", "item", "status"))
    noted_on = [day for day, _at, _item, _status in noted]
    found = {}
    for one in pivots:
        pivot, items = one.revision, one.difference.after.items
        month = months.first(pivot.day)
        until = months.step(month, MONTHS + 1)
        since, end = bisect_left(noted_on, pivot.day), bisect_left(noted_on, until)
        last = {
            item: status
            for day, at, item, status in noted[since:end]
            if item in items and (day, at) > (pivot.day, pivot.at)
        }
        said = list(last.values())
        found[pivot.number] = Aftermath(
            _load(minutes, [months.step(month, -by) for by in range(MONTHS, 0, -1)]),
            _load(minutes, [months.step(month, by) for by in range(1, MONTHS + 1)]),
            said.count(Status.ON_THE_WAY),
            said.count(Status.DONE),
            said.count(Status.IN_DOUBT),
            said.count(Status.GIVEN_UP),
        )
    return found


def _load(minutes: dict[date, dict[int, int]], window: list[date]) -> Load | None:
    """Of the months of `window` in which anything was logged; None where there are none."""
    full = [month for month in window if minutes.get(month)]
    if not full:
        return None
    sums: dict[int, int] = defaultdict(int)
    for month in full:
        for member, logged in minutes[month].items():
            sums[member] += logged
    total = sum(sums.values())
    hands = 1 / sum((logged / total) ** 2 for logged in sums.values()) if len(sums) >= FEWEST else None
    return Load(len(full), round(total / len(full)), hands)
