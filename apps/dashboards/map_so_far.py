"""What became of the map so far: its items by lane and how sure they are, and the last turns with their reasons."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from apps.roadmap import words
from apps.roadmap.document import Lane, Sure
from apps.roadmap.history import Told, all_told
from apps.roadmap.models import Map, Reading, Revision, Status
from apps.roadmap.models.check_in import last_of_each
from apps.roadmap.models.revision import Published, as_of, document_of, published

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


def lanes(row: Map, day: date) -> list[LaneRow]:
    """By lane how many items are done by the end of `day`, and how sure the others are. One query, if there is news."""
    published_then = as_of(row, day)
    document = document_of(row, published_then.number if published_then else 0)
    checks = last_of_each(row, day)
    found = []
    for lane in document.lanes:
        items = [item for item in document.items.values() if item.lane == lane.id]
        said = {item.id: checks[item.id].status for item in items if item.id in checks}
        still = Counter(str(item.sure) for item in items if said.get(item.id) not in (Status.DONE, Status.GIVEN_UP))
        states = Counter(said.values())
        if items:
            found.append(LaneRow(lane, states[Status.DONE], states[Status.GIVEN_UP], still))
    return found


@dataclass(frozen=True, slots=True)
class Turn:
    """A pivot: what was learned before it, why it came then, what it changed, and how many say they have read it."""

    number: int
    day: date
    name: str
    learned: str
    why: str
    summary: str
    readers: int


def pivots(row: Map, day: date) -> tuple[Turn, ...]:
    """The last turns until the end of `day`, the newest first. One query, and two more when somebody has published."""
    turned = [one.number for one in published(row) if one.is_pivot and one.day <= day][-MOST_PIVOTS:]
    if not turned:
        return ()
    readers = Reading.counted(row, turned)
    every = all_told(row)
    return tuple(_turn(every[number - 1], readers[number]) for number in reversed(turned))


def _turn(told: Told, readers: int) -> Turn:
    revision, said = told.revision, told.revision.said
    return Turn(
        revision.number, revision.day, said.name, said.learned, said.why, words.summary(told.difference), readers
    )


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
