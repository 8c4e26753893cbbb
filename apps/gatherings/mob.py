"""A mob as its page shows it: roles by the ladder, turns, and who climbed a step."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count

from apps.accounts.models import Member, Person
from apps.gatherings.models import Answer, Attendance, Meeting, Role, Rsvp
from apps.gatherings.turns import Turn, turns
from apps.people.models import LadderStep, Roughly, Rung
from apps.toil.models import Item
from apps.web.models.merge import family

RUNGS = {Role.DRIVING: Rung.DRIVING, Role.NAVIGATING: Rung.NAVIGATING, Role.WATCHING: Rung.WATCHING}
RUNGS[Role.TEACHING] = Rung.TEACHING
ALONE_AFTER = 3  # times driven, before “solo” is worth asking


@dataclass(frozen=True, slots=True)
class Player:
    """Somebody in a role; `is_first` where it would be a step up for them."""

    person: Member | Person
    role: Role
    is_first: bool
    is_suggested: bool


@dataclass(frozen=True, slots=True)
class Seat:
    """A role with who is in it."""

    role: Role
    mark: int
    players: list[Player]


def rungs(item: Item | None, people: Iterable[int], rough: Collection[int]) -> dict[int, Rung]:
    """Where people stand with an item, those merged into it included; of those in `rough`, what they show of it. Two
    queries, or none.
    """
    if item is None:
        return {}
    steps = LadderStep.objects.current().filter(item__in=family(Item, item.pk), person__in=list(people))
    rows = steps.order_by("counts_from").values_list("person", "rung")
    return {person: Rung(rung).roughly if person in rough else Rung(rung) for person, rung in rows}


def suggested(stands: dict[int, Rung], people: list[int]) -> dict[int, Role]:
    """A role for each by the ladder: who teaches, teaches; who navigates is ready to drive; who drives or does it alone
    navigates; everybody else watches. Without anybody at navigating the lowest who drives goes on driving; where nobody
    teaches, the highest who does it alone does.
    """
    found: dict[int, Role] = {}
    for pk in people:
        rung = stands.get(pk, Rung.NONE)
        if rung == Rung.TEACHING:
            found[pk] = Role.TEACHING
        elif rung in (Rung.DRIVING, Rung.SOLO):
            found[pk] = Role.NAVIGATING
        else:
            found[pk] = Role.DRIVING if rung == Rung.NAVIGATING else Role.WATCHING
    if Role.TEACHING not in found.values():
        alone = [pk for pk in people if stands.get(pk) == Rung.SOLO]
        if alone:
            found[alone[0]] = Role.TEACHING
    if Role.DRIVING not in found.values():
        ready = [pk for pk in people if found[pk] == Role.NAVIGATING]
        ready.sort(key=lambda pk: stands.get(pk, Rung.NONE))
        if ready:
            found[ready[0]] = Role.DRIVING
    drivers = [pk for pk in people if found[pk] == Role.DRIVING]
    if Role.NAVIGATING not in found.values() and len(drivers) > 1:
        found[drivers[-1]] = Role.NAVIGATING
    return found


def seats(meeting: Meeting) -> list[Seat]:
    """The four roles with who comes: what they chose, else what the ladder suggests; once over, who had them.
    Four queries at most.
    """
    if meeting.is_over() and (were := _seats_as_they_were(meeting)):
        return were
    rows = [(row.person, row.role) for row in Rsvp.of(meeting) if row.person is not None and row.comes]
    people = [person.pk for person, _role in rows]
    rough = Roughly.people() if people else set()
    stands = rungs(meeting.item, people, rough)
    roles = suggested(stands, people)
    found: dict[Role, list[Player]] = {role: [] for role in Role}
    for person, chosen in rows:
        role = Role(chosen) if chosen else roles[person.pk]
        is_first = person.pk not in rough and RUNGS[role] > stands.get(person.pk, Rung.NONE)
        found[role].append(Player(person, role, is_first, not chosen))
    return [Seat(role, int(RUNGS[role]), found[role]) for role in Role]


def _seats_as_they_were(meeting: Meeting) -> list[Seat]:
    """Nothing, where nobody's role was noted: then it is as it was planned."""
    there = _played(meeting)
    if not there:
        return []
    return [
        Seat(
            role,
            int(RUNGS[role]),
            [Player(person, role, False, False) for person, played in there if played == role],
        )
        for role in Role
    ]


def _played(meeting: Meeting) -> list[tuple[Member, Role]]:
    """Who was there in which role, in the order in which they were noted."""
    there = (row for row in Attendance.of(meeting) if row.removed_at is None)
    return [(row.member, Role(row.role)) for row in there if row.member is not None and row.role]


def planned_role(meeting: Meeting, member: int) -> str:
    """The role somebody has on the page, to be noted when they check in; empty where they have none."""
    players = (player for seat in seats(meeting) for player in seat.players)
    return next((player.role.value for player in players if player.person.pk == member), "")


def rota(meeting: Meeting, roles: list[Seat]) -> list[Turn]:
    """The turns: first who drives, then who navigates, then who watches; who teaches keeps their hands in their
    pockets. From when the timer was started, else from when the meeting begins.
    """
    order = {Role.DRIVING: 0, Role.NAVIGATING: 1, Role.WATCHING: 2}
    drivers = sorted((seat for seat in roles if seat.role in order), key=lambda seat: order[seat.role])
    names = [player.person.short_name for seat in drivers for player in seat.players]
    return turns(meeting.turns_from or meeting.starts_at, meeting.minutes, names)


def choose_role(meeting: Meeting, member: int, role: str) -> bool:
    """Sets somebody's role; False where they do not come, or it is none."""
    if role not in Role.values:
        return False
    return bool(Rsvp.objects.filter(meeting=meeting, member=member).coming().update(role=role))


# ---- afterwards -------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Climb:
    """A step that the meeting speaks for."""

    person: Member
    now: Rung
    to: Rung
    is_mine: bool
    waits: bool

    @property
    def on_check_in(self) -> bool:
        """Watching is each one's own word: it comes with checking in, and nobody is asked."""
        return self.to == Rung.WATCHING and not self.is_mine


def climbs(meeting: Meeting, reader: Member) -> list[Climb]:
    """Who may have climbed a step, by the role they had; who drove three times may be asked to do it alone. Who shows
    their ladder roughly is listed for themselves alone, as being listed would tell where they stand. Six queries.
    """
    item = meeting.item
    if item is None:
        return []
    rough = Roughly.people() - {reader.pk}
    rows = [(person, role) for person, role in _played(meeting) if person.pk not in rough]
    people = {person.pk for person, _role in rows}
    stands = rungs(item, people, ())
    # That one waits is known to who asked and who is asked, until they said yes.
    seen = LadderStep.objects.seen_by(reader).filter(item=item, person__in=people, counts_from=None)
    waiting = set(seen.values_list("person", flat=True))
    drove = dict(
        Attendance.objects.standing()
        .filter(meeting__in=Meeting.objects.about(family(Item, item.pk)), member__in=people, role=Role.DRIVING)
        .order_by()
        .values_list("member")
        .annotate(n=Count("pk"))
    )
    found = []
    for person, role in rows:
        pk = person.pk
        now, to = stands.get(pk, Rung.NONE), RUNGS[role]
        if now == Rung.DRIVING and role == Role.DRIVING and drove.get(pk, 0) >= ALONE_AFTER:
            to = Rung.SOLO
        if to > now:
            found.append(Climb(person, now, to, pk == reader.pk, pk in waiting))
    return found


def is_coming(meeting: Meeting, member: Member) -> bool:
    return meeting.rsvps.filter(member=member, answer__in=[Answer.GOING, Answer.ONLINE]).exists()


def now_on(plan: list[Turn], now: datetime) -> int:
    """Which turn is on, by its place in the plan; -1 before the first and after the last."""
    return next((n for n, turn in enumerate(plan) if turn.is_on(now)), -1)
