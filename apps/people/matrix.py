"""Who is interested in what: people × topics, as a table that can be read at a glance."""

from collections.abc import Iterable
from dataclasses import dataclass

from apps.accounts.models import Person, persons
from apps.people.models import Interest, Topic


@dataclass(frozen=True, slots=True)
class Row:
    """A topic with each person's interest in the order of the columns, None where there is none."""

    topic: Topic
    cells: list[Interest | None]

    @property
    def wanting(self) -> int:
        """How many want to read, mob or learn."""
        return sum(cell is not None and cell.wants_more for cell in self.cells)

    @property
    def teaching(self) -> int:
        return sum(cell is not None and cell.wants_teach for cell in self.cells)


@dataclass(frozen=True, slots=True)
class Matrix:
    people: list[Person]
    rows: list[Row]


def matrix(interests: Iterable[Interest]) -> Matrix:
    """The table of `interests`, whose topics are loaded: the most wanted topic first, people in the order in which they
    came. One query.
    """
    by_topic: dict[int, dict[int, Interest]] = {}
    topics: dict[int, Topic] = {}
    for one in interests:
        topics[one.topic_id] = one.topic
        by_topic.setdefault(one.topic_id, {})[one.person_id] = one
    known = persons({person for cells in by_topic.values() for person in cells})
    people = [known[pk] for pk in sorted(known)]
    rows = [Row(topics[pk], [cells.get(person.pk) for person in people]) for pk, cells in by_topic.items()]
    rows.sort(key=lambda row: (-row.wanting, -row.teaching, row.topic.label.casefold()))
    return Matrix(people, rows)


def of_everybody() -> Matrix:
    """What everybody who is here said or agreed to: for every reader the same, as nothing in it was not accepted."""
    return matrix(Interest.objects.confirmed().of_standing().select_related("topic"))
