"""The team of a quarter: who is planned to carry operations, beside who really did the work."""

import time
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache

from django.utils.translation import gettext as _

from apps.accounts.models import Person
from apps.roadmap.document import QUARTERS, How, Quarter, Seat
from apps.roadmap.year import COLUMNS, Span
from apps.toil import months
from apps.toil.models import MemberMonth

KEPT_SECONDS = 60
SHOWN = 4  # people of a quarter, before the rest becomes a number


@dataclass(frozen=True, slots=True)
class Actual:
    """Who logged toil in a quarter. Nobody's own minutes are told: only who, and how many hands."""

    members: tuple[int, ...]  # in the order in which they came here, which ranks nobody
    hands: float  # effective hands, 1 / Σ sₚ²: 1 where one person does it all (product.md, “Formulas”)

    @property
    def shown(self) -> tuple[int, ...]:
        return self.members[:SHOWN]

    @property
    def more(self) -> int:
        return max(0, len(self.members) - SHOWN)


def actual(year: Span, day: date, today: date) -> dict[int, Actual]:
    """By quarter, if anything was logged in it until the end of `day`. Only whole months are known: of a day that is
    past, those that were over by then; today, the running one too.

    One query, or none: kept for a minute.
    """
    until = today if day >= today else months.first(day + timedelta(days=1)) - timedelta(days=1)
    return _actual(year, until, int(time.monotonic() // KEPT_SECONDS))


@lru_cache(maxsize=16)
def _actual(year: Span, until: date, _minute: int) -> dict[int, Actual]:
    sums: dict[int, dict[int, int]] = defaultdict(lambda: defaultdict(int))
    rows = MemberMonth.objects.filter(month__range=(year.start, min(year.end, until)))
    for member, month, minutes in rows.values_list("member", "month", "minutes"):
        sums[year.quarter_of(month)][member] += minutes
    return {quarter: found for quarter in QUARTERS if (found := _of(sums[quarter]))}


def _of(minutes: Mapping[int, int]) -> Actual | None:
    minutes = {member: logged for member, logged in minutes.items() if logged > 0}
    total = sum(minutes.values())
    if not total:
        return None
    shares = [logged / total for logged in minutes.values()]
    return Actual(tuple(sorted(minutes)), 1 / sum(share**2 for share in shares))


def forget() -> None:
    """Drops what is kept, for tests that take their rows back."""
    _actual.cache_clear()


@dataclass(frozen=True, slots=True)
class Seated:
    """A seat and who sits on it."""

    seat: Seat
    person: Person | None

    @property
    def initials(self) -> str:
        return self.person.initials if self.person else (self.seat.role[:1] or "?")

    @property
    def name(self) -> str:
        """The person with what they are on this seat, for the chip's accessible name."""
        how = str(self.seat.how.label)
        names = [self.person.display_name if self.person else "", self.seat.role]
        return _(", ").join(filter(None, (*names, how)))


@dataclass(frozen=True, slots=True)
class Team:
    """One quarter's planned team, and what really was."""

    quarter: Quarter
    seats: tuple[Seated, ...]
    actual: Actual | None
    did_it: tuple[Person, ...]

    @property
    def at(self) -> int:
        """The first column of its quarter in a year."""
        return (self.quarter.number - 1) * COLUMNS // len(QUARTERS) + 1

    @property
    def growth(self) -> int:
        """The growth mark: one alone, one with guests, two, three, five or more who carry operations."""
        carry = sum(one.seat.how != How.GUEST for one in self.seats)
        guests = len(self.seats) - carry
        if carry <= 1:
            return 0 if not self.seats else 2 if guests else 1
        return 3 if carry == 2 else 4 if carry < 5 else 5


def teams(quarters: Iterable[Quarter], found: Mapping[int, Actual], people: Mapping[int, Person]) -> list[Team]:
    result = []
    for quarter in quarters:
        seats = tuple(Seated(seat, people.get(seat.member or 0)) for seat in quarter.seats)
        was = found.get(quarter.number)
        did = tuple(people[pk] for pk in was.shown if pk in people) if was else ()
        result.append(Team(quarter, seats, was, did))
    return result
