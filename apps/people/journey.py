"""The path on the ground line: how many have come how far, one plant for each."""

from dataclasses import dataclass

from apps.accounts.models import Person, persons
from apps.people.models import JourneyStep, Place


@dataclass(frozen=True, slots=True)
class Stop:
    """A place on the way and who stands there, in the order in which they came."""

    place: Place
    people: list[Person]


@dataclass(frozen=True, slots=True)
class Path:
    stops: list[Stop]
    resting: list[Person]

    @property
    def is_empty(self) -> bool:
        return not self.resting and not any(stop.people for stop in self.stops)


def path() -> Path:
    """For every reader the same: nothing in it was not said or agreed to by the person. Two queries."""
    at = dict(JourneyStep.objects.current().values_list("person", "place"))
    known = persons(at)
    found: dict[int, list[Person]] = {place: [] for place in Place.values}
    for pk in sorted(known):
        found[at[pk]].append(known[pk])
    return Path([Stop(place, found[place]) for place in Place if place != Place.RESTING], found[Place.RESTING])
