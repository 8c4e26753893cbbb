"""Who is interested in what, and who is how far with it: people × topics, as a table that can be read at a glance."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from django.utils.translation import gettext as _

from apps.accounts.models import Named
from apps.people import sql
from apps.people.models import Keen, Roughly, Rung, Topic, Want
from apps.web.bilingual import InBoth
from apps.web.models.merge import ends


@dataclass(frozen=True, slots=True)
class Tally:
    """How many want to read, mob or learn a topic, how many of them are keen, and how many would teach it."""

    topic: InBoth
    wanting: int
    keen: int
    teaching: int


def tallies() -> dict[int, Tally]:
    """Of every topic that stands and interests somebody, by its id, the most wanted first. One query."""
    return {pk: Tally(InBoth(pk, name, ja), *counts) for pk, name, ja, *counts in sql.tallies(Keen.KEEN)}


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of one person and one topic: what they want and how much, and on which rung they stand.

    Of who shows it roughly, that they know or learn it is all that is said.
    """

    wants: tuple[Want, ...]
    keen: int
    rung: Rung
    is_rough: bool

    @property
    def kind(self) -> str:
        """`teaches`, `learns`, or `wants` only."""
        if self.rung == Rung.TEACHING or Want.TEACH in self.wants:
            return "teaches"
        return "learns" if self.rung else "wants"

    @property
    def says(self) -> str:
        words = [str(want.label) for want in self.wants]
        if self.wants:
            words.append(str(Keen(self.keen).label))
        if self.rung and not self.is_rough:
            words.append(str(self.rung.label))
        return _(", ").join(words)


@dataclass(frozen=True, slots=True)
class Row:
    """A topic with what is known of each person in the order of the columns, None where there is nothing; and of how
    many people altogether.
    """

    topic: InBoth
    cells: tuple[Known | None, ...]
    wanting: int
    teaching: int


@dataclass(frozen=True, slots=True)
class Matrix:
    people: tuple[Named, ...]
    rows: tuple[Row, ...]
    tallies: dict[int, Tally]
    topics: int  # how many there are altogether, shown or not
    everybody: Mapping[int, Named]
    known: int  # of how many something is known


def of_everybody(
    everybody: Mapping[int, Named], *, start: int = 0, topics: int | None = None, people: int | None = None
) -> Matrix:
    """What those of `everybody` (by id) said or agreed to: for every reader the same, as nothing else is in it.

    The most wanted topic first, from number `start` on and at most `topics` of them; of the people at most `people`, of
    whom most is known there, in the order in which they came. Three queries; one more for merges, for who shows it
    roughly, and for topics that nobody wants.
    """
    tally = tallies()
    # Where hardly any topic is wanted, what people only stand on a ladder of is looked for too.
    climbed = _rungs(None if topics is None or len(tally) < topics else list(tally)[start : start + topics])
    known = [*tally, *sorted(climbed.keys() - tally.keys())]
    shown = known[start:][:topics]
    said = _wants([pk for pk in shown if pk in tally])
    rough = Roughly.people() if climbed else set()
    many: Counter[int] = Counter()
    for pk in shown:
        many.update({*said.get(pk, ()), *(one for one, rung in climbed.get(pk, {}).items() if rung)} & everybody.keys())
    ids = sorted(pk for pk, _count in sorted(many.items(), key=lambda pair: (-pair[1], pair[0]))[:people])
    others = [pk for pk in shown if pk not in tally]
    named = Topic.objects.standing().filter(pk__in=others).values_list("pk", "name", "name_ja") if others else ()
    unwanted = {row[0]: InBoth(*row) for row in named}
    rows = []
    for pk in shown:
        topic = tally[pk].topic if pk in tally else unwanted.get(pk)
        if topic is None:
            continue
        wants, rungs = said.get(pk, {}), climbed.get(pk, {})
        teaches = {one for one, rung in rungs.items() if rung == Rung.TEACHING}
        teaches |= {one for one, (wanted, _keen) in wants.items() if Want.TEACH in wanted}
        cells = tuple(_known(wants.get(one), rungs.get(one, 0), one in rough) for one in ids)
        rows.append(Row(topic, cells, tally[pk].wanting if pk in tally else 0, len(teaches)))
    return Matrix(tuple(everybody[pk] for pk in ids), tuple(rows), tally, len(known), everybody, len(many))


def _known(wants: tuple[tuple[Want, ...], int] | None, rung: int, is_rough: bool) -> Known | None:
    if wants is None and not rung:
        return None
    wanted, keen = wants or ((), 0)
    return Known(wanted, keen, Rung(rung).roughly if is_rough else Rung(rung), is_rough)


def _wants(topics: list[int]) -> dict[int, dict[int, tuple[tuple[Want, ...], int]]]:
    """What people want with each topic, and how much: {topic: {person: (what, keen)}}."""
    found: dict[int, dict[int, tuple[tuple[Want, ...], int]]] = {}
    for topic, person, keen, *wanted in sql.interests(topics):
        found.setdefault(topic, {})[person] = (_together(*wanted), keen)
    return found


@cache
def _together(*wanted: bool) -> tuple[Want, ...]:
    return tuple(want for want, is_wanted in zip(Want, wanted, strict=True) if is_wanted)


def _rungs(topics: list[int] | None) -> dict[int, dict[int, int]]:
    """Where people stand with `topics`, or all: {topic: {person: rung}}; merged ones count for what they became."""
    found: dict[int, dict[int, int]] = {}
    rows = sql.rungs(topics)
    where: dict[int, int] = {}
    if any(merged for _topic, merged, _person, _rung in rows):
        merges: dict[int, int | None] = dict(Topic.objects.values_list("pk", "merged_into"))
        where = ends(merges)
    for topic, _merged, person, rung in rows:
        found.setdefault(where.get(topic, topic), {})[person] = rung
    return {topic: cells for topic, cells in found.items() if any(cells.values())}
