"""The path on the ground line: how many have come how far, one plant for each."""

from collections.abc import Mapping
from dataclasses import dataclass

from apps.accounts.models import Named
from apps.people import sql
from apps.people.models import Place


@dataclass(frozen=True, slots=True)
class Stop:
    """A place on the way and who stands there, in the order in which they came."""

    place: Place
    people: tuple[Named, ...]


@dataclass(frozen=True, slots=True)
class Path:
    stops: tuple[Stop, ...]
    resting: tuple[Named, ...]

    @property
    def is_empty(self) -> bool:
        return not self.resting and not any(stop.people for stop in self.stops)


def path(known: Mapping[int, Named]) -> Path:
    """How far those of `known` have come, by id. For every reader the same: nothing in it was not said or agreed to by
    the person. One query.
    """
    at = dict(sql.places())
    found: dict[int, list[Named]] = {place: [] for place in Place.values}
    for pk in sorted(at.keys() & known.keys()):
        found[at[pk]].append(known[pk])
    stops = tuple(Stop(place, tuple(found[place])) for place in Place if place != Place.RESTING)
    return Path(stops, tuple(found[Place.RESTING]))
