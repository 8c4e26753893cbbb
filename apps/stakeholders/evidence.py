"""How we know: observations as the pages show them, with the place on the chart they speak for."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from itertools import zip_longest

from django.db.models import Q

from apps.stakeholders import chart, counted
from apps.stakeholders.models import How, Observation, Side, Stakeholder
from apps.stakeholders.sql import Known
from apps.web.markdown import plain
from apps.web.text import whole_number


@dataclass(frozen=True, slots=True)
class Group:
    """A stakeholder with the newest evidence, how much there is, and beside it what the log counts since a day."""

    stakeholder: Stakeholder
    observations: list[Observation]
    count: int
    times: int
    minutes: int
    since: date
    rows: str


def groups(stakeholders: Iterable[Stakeholder], known: Mapping[int, Known], today: date) -> list[Group]:
    """The stakeholders in their order, each with its two newest observations. Two queries."""
    since, logged = counted.recent(today)
    rows = [(row, known.get(row.pk, Known())) for row in stakeholders]
    seen = Observation.objects.signed().in_bulk({pk for _row, of in rows for pk in (of.newest, of.second) if pk})
    return [
        Group(
            row,
            [seen[pk] for pk in (of.newest, of.second) if pk in seen],
            of.pieces,
            *logged.of(row.pk),
            since,
            counted.rows(row.pk, since, today),
        )
        for row, of in rows
    ]


def places(
    stakeholders: Iterable[Stakeholder], known: Mapping[int, Known], focus: Collection[int] = ()
) -> tuple[chart.Place, ...]:
    """Of those who have one. `focus` are the ids of those that the decision helps first."""
    found = (place(row, known.get(row.pk, Known()), is_focus=row.pk in focus) for row in stakeholders)
    return tuple(each for each in found if each)


def place(row: Stakeholder, known: Known, *, is_focus: bool = False) -> chart.Place | None:
    """Where the stakeholder sits on the chart, and sat before, or None where no observation says so."""
    placed = row.placed_by
    if placed is None or placed.frequency is None or placed.pain is None:
        return None
    return chart.Place(
        key=row.pk,
        name=row.label,
        say=plain(placed.text),
        frequency=placed.frequency,
        pain=placed.pain,
        confidence=placed.confidence,  # type: ignore[arg-type]
        is_own=placed.is_own,
        is_focus=is_focus,
        came_from=known.place_before,
    )


# Laying out thirty names takes longer than the rest of the page, and changes only with a placement.
@lru_cache(maxsize=8)
def chart_of(places: tuple[chart.Place, ...]) -> chart.Chart:
    """The chart of these places."""
    return chart.layout(places)


@dataclass(frozen=True, slots=True)
class Move:
    """From one place on the chart to another, or to the first, because of an observation."""

    observation: Observation
    before: Observation | None


MOST_MOVES = 6


def moves(stakeholder: Stakeholder, most: int | None = MOST_MOVES) -> list[Move]:
    """How the placement changed over time, newest first, each with its reason. Two queries."""
    places = list(stakeholder.observations.placing().newest_first().values_list("pk", "frequency", "pain"))
    # What only confirms a place is no move, however often.
    pairs = [(now[0], before and before[0]) for now, before in zip_longest(places, places[1:]) if _differ(now, before)]
    rows = Observation.objects.signed().in_bulk({pk for pair in pairs[:most] for pk in pair if pk})
    return [Move(rows[now], rows.get(before)) for now, before in pairs[:most]]


def _differ(now: tuple, before: tuple | None) -> bool:
    return before is None or now[1:] != before[1:]


@dataclass(frozen=True, slots=True)
class AskedGroups:
    """Which groups somebody wants to read about. What can't be read counts as not said."""

    side: str = ""
    q: str = ""

    @classmethod
    def read(cls, query: Mapping[str, str]) -> "AskedGroups":
        side = query.get("side", "")
        return cls(side=side if side in Side.values else "", q=query.get("q", "").strip()[:200])

    @property
    def any_set(self) -> bool:
        return bool(self.side or self.q)

    def wants(self, row: Stakeholder) -> bool:
        """True where the side fits and each word stands in one of the names, or in what is said of the group."""
        says = " ".join((*row.names, row.service, row.reliability)).casefold()
        return self.side in ("", row.side) and all(word in says for word in self.q.casefold().split())


@dataclass(frozen=True, slots=True)
class Asked:
    """Which observations somebody wants to see. What can't be read counts as not said."""

    how: str = ""
    q: str = ""
    piece: int | None = None  # one of them, on whichever page it stands

    @classmethod
    def read(cls, query: Mapping[str, str]) -> "Asked":
        how = query.get("how", "")
        return cls(
            how=how if how in How.values else "",
            q=query.get("q", "").replace("\0", "").strip()[:200],
            piece=whole_number(query.get("piece", "")),
        )

    @property
    def any_set(self) -> bool:
        return bool(self.how or self.q)

    def apply(self, rows, *, with_groups: bool = False):
        """Narrows `rows`; `with_groups` also looks for the words in the names of the groups."""
        if self.how:
            rows = rows.filter(how=self.how)
        for word in self.q.split()[:6]:
            says = Q(text__icontains=word) | Q(source__icontains=word) | Q(quoted__icontains=word)
            if with_groups:
                says |= Q(stakeholder__name__icontains=word) | Q(stakeholder__name_ja__icontains=word)
            rows = rows.filter(says)
        return rows


def page_of(rows, piece: int | None, size: int) -> int:
    """The page on which a piece of evidence stands among `rows`, newest first; 1 where it is not among them."""
    found = rows.filter(pk=piece).first() if piece else None
    if found is None:
        return 1
    newer = Q(day__gt=found.day) | Q(day=found.day, pk__gt=found.pk)
    return rows.filter(newer).count() // size + 1
