"""What became of the map so far: its items by lane and how sure they are, and the last turns with their reasons."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from apps.roadmap.document import Lane, Sure
from apps.roadmap.history import Told, told
from apps.roadmap.models import Map, Revision, Status
from apps.roadmap.models.check_in import last_of_each
from apps.roadmap.models.revision import Published, document_of, published

MOST_PIVOTS = 3


@dataclass(frozen=True, slots=True)
class LaneRow:
    lane: Lane
    done: int
    given_up: int
    sure: Counter[str]

    @property
    def firm(self) -> int:
        return self.sure[Sure.FIRM]

    @property
    def likely(self) -> int:
        return self.sure[Sure.LIKELY]

    @property
    def hunch(self) -> int:
        return self.sure[Sure.HUNCH]


def lanes(row: Map, today: date) -> list[LaneRow]:
    """By lane how many items are done, and of the others how sure they are. One query, if anything is new."""
    document, checks = document_of(row), last_of_each(row, today)
    found = []
    for lane in document.lanes:
        items = [item for item in document.items.values() if item.lane == lane.id]
        said = {item.id: checks[item.id].status for item in items if item.id in checks}
        still = Counter(str(item.sure) for item in items if said.get(item.id) not in (Status.DONE, Status.GIVEN_UP))
        states = Counter(said.values())
        if items:
            found.append(LaneRow(lane, states[Status.DONE], states[Status.GIVEN_UP], still))
    return found


def pivots(row: Map) -> list[Told]:
    """The last turns, the newest first, with what each changed. Three queries, or none without one."""
    turned = [one for one in published(row) if one.is_pivot][-MOST_PIVOTS:]
    if not turned:
        return []
    numbers = {one.number for one in turned}
    every = told(row, turned[0].number, turned[-1].number)
    return [one for one in reversed(every) if one.revision.number in numbers]


def named(row: Map) -> Sequence[tuple[Published, str]]:
    """All pivots of the map with their names, the oldest first. One query when somebody has published, or none."""
    turned = {one.number: one for one in published(row) if one.is_pivot}
    return [(turned[number], name) for number, name in _names(row.pk, tuple(turned), row.erasures).items()]


@lru_cache(maxsize=16)
def _names(map_id: int, numbers: tuple[int, ...], _erasures: int) -> dict[int, str]:
    rows = Revision.objects.filter(map=map_id, number__in=numbers).order_by("number") if numbers else ()
    return {revision.number: revision.said.name for revision in rows}


def forget() -> None:
    """Drops what is kept, for tests that take their rows back."""
    _names.cache_clear()
