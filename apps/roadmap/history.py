"""The history of a map as a story: each revision with what it changed, and what happened after a pivot."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date

from apps.roadmap import chain
from apps.roadmap.changes import Difference
from apps.roadmap.models import CheckIn, Map, Revision, Status
from apps.roadmap.models.revision import document_of
from apps.toil import months
from apps.toil.models import MemberMonth

MONTHS = 3


@dataclass(frozen=True, slots=True)
class Told:
    """A revision and its difference to the one before it."""

    revision: Revision
    difference: Difference


def told(row: Map, first: int, last: int) -> list[Told]:
    """Revisions `first` to `last`, the oldest first. Three queries: the first is replayed, the rest follow it."""
    before = document_of(row, first - 1)
    found = []
    rows = row.revisions.filter(number__range=(first, last)).select_related("by").with_readers().order_by("number")
    for revision in rows:
        after = before.with_changes(chain.read(revision.body)["changes"])
        found.append(Told(revision, Difference(before, after, row.year)))
        before = after
    return found


@dataclass(frozen=True, slots=True)
class Load:
    """Toil of some full months."""

    months: int
    minutes: int  # a month
    hands: float  # effective hands, 1 / Σ sₚ², of all these months together


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


def aftermaths(row: Map, days: list[date], items: list[str], today: date) -> dict[date, Aftermath]:
    """What happened after each of these days. Two queries for all of them."""
    if not days:
        return {}
    window = (months.step(months.first(min(days)), -MONTHS), months.step(months.first(max(days)), MONTHS))
    minutes: dict[date, dict[int, int]] = defaultdict(dict)
    rows = MemberMonth.objects.filter(month__range=window, month__lt=months.first(today), minutes__gt=0)
    for member, month, logged in rows.values_list("member", "month", "minutes"):
        minutes[month][member] = logged
    checks = list(
        CheckIn.objects.filter(item__in=items, day__range=(min(days), today)).values_list("day", "item", "status")
    )
    found = {}
    for day in days:
        month = months.first(day)
        until = months.step(month, MONTHS + 1)
        last: dict[str, str] = {}
        for on, item, status in sorted(checks):
            if day <= on < until:
                last[item] = status
        said = list(last.values())
        found[day] = Aftermath(
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
    return Load(len(full), round(total / len(full)), 1 / sum((logged / total) ** 2 for logged in sums.values()))
