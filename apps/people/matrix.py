"""Who is interested in what, and who is how far with it: people × topics, as a table that can be read at a glance."""

from collections.abc import Mapping
from dataclasses import dataclass

from apps.accounts.models import Named
from apps.people.models import Interest, LadderStep, Roughly, Rung, Topic
from apps.web.models.merge import ends


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of one person and one topic: what they want, and on which rung they stand.

    Of who shows it roughly, that they know or learn it is all that is said.
    """

    interest: Interest | None
    rung: Rung
    is_rough: bool

    @property
    def kind(self) -> str:
        """`teaches`, `learns`, or `wants` only."""
        if self.rung == Rung.TEACHING or (self.interest is not None and self.interest.wants_teach):
            return "teaches"
        return "learns" if self.rung else "wants"

    @property
    def says(self) -> str:
        words = [str(want.label) for want in self.interest.wants] if self.interest else []
        if self.interest:
            words.append(self.interest.get_keen_display())
        if self.rung and not self.is_rough:
            words.append(str(self.rung.label))
        return ", ".join(words)

    @property
    def wants_more(self) -> bool:
        return self.interest is not None and self.interest.wants_more


@dataclass(frozen=True, slots=True)
class Row:
    """A topic with what is known of each person in the order of the columns, None where there is nothing."""

    topic: Topic
    cells: list[Known | None]

    @property
    def wanting(self) -> int:
        """How many want to read, mob or learn."""
        return sum(cell is not None and cell.wants_more for cell in self.cells)

    @property
    def teaching(self) -> int:
        return sum(cell is not None and cell.kind == "teaches" for cell in self.cells)


@dataclass(frozen=True, slots=True)
class Matrix:
    people: list[Named]
    rows: list[Row]
    interests: list[Interest]  # with their topics


def of_everybody(everybody: Mapping[int, Named]) -> Matrix:
    """What those of `everybody` (by id) said or agreed to: for every reader the same, as nothing else is in it.

    The most wanted topic first, people in the order in which they came. Four queries.
    """
    interests = list(Interest.objects.confirmed().of_standing().order_by("confirmed_at", "id"))
    said: dict[int, dict[int, Interest]] = {}
    for one in interests:
        said.setdefault(one.topic_id, {})[one.person_id] = one
    stands = _rungs()
    topics = Topic.objects.standing().in_bulk(said.keys() | stands.keys())
    rough = Roughly.people() if stands else set()
    for one in interests:
        one.topic = topics[one.topic_id]
    seen = {pk for cells in said.values() for pk in cells}
    seen |= {pk for cells in stands.values() for pk, rung in cells.items() if rung}
    ids = sorted(seen & everybody.keys())
    people = [everybody[pk] for pk in ids]
    rows = []
    for pk, topic in topics.items():
        wants, rungs = said.get(pk, {}), stands.get(pk, {})
        rows.append(Row(topic, [_known(wants.get(one), rungs.get(one), one in rough) for one in ids]))
    rows.sort(key=lambda row: (-row.wanting, -row.teaching, row.topic.label.casefold()))
    return Matrix(people, rows, interests)


def _known(interest: Interest | None, rung: int | None, is_rough: bool) -> Known | None:
    return (
        Known(interest, Rung(rung or 0).roughly if is_rough else Rung(rung or 0), is_rough)
        if interest or rung
        else None
    )


def _rungs() -> dict[int, dict[int, int]]:
    """Where people stand with topics: {topic: {person: rung}}, merged topics with the one they are part of."""
    found: dict[int, dict[int, int]] = {}
    steps = LadderStep.objects.current().exclude(topic=None).order_by("counts_from", "id")
    rows = list(steps.values_list("topic", "topic__merged_into", "person", "rung"))
    where: dict[int, int] = {}
    if any(merged for _topic, merged, _person, _rung in rows):
        merges: dict[int, int | None] = dict(Topic.objects.values_list("pk", "merged_into"))
        where = ends(merges)
    for topic, _merged, person, rung in rows:
        found.setdefault(where.get(topic, topic), {})[person] = rung
    return {topic: cells for topic, cells in found.items() if any(cells.values())}
