"""Where people stand on the ladder of an item or a topic, as its reader may see it; and the field: people × items.

Whoever chose so shows others only “can help” or “is learning”; they themselves see their own steps.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from django.urls import reverse
from django.utils.translation import gettext as _

from apps.accounts.models import Member, Person, persons
from apps.people import sql
from apps.people.models import LadderStep, Roughly, Rung, Subject, Topic
from apps.toil.models import Item
from apps.web.bilingual import InBoth, in_reader_language
from apps.web.models.merge import ends, family


@dataclass(frozen=True, slots=True)
class Standing:
    """Where one person stands; of who shows it roughly, `rung` is only the side of the line they are on."""

    person: Person
    rung: Rung
    day: date | None
    words: str
    is_rough: bool

    @property
    def can_help(self) -> bool:
        return self.rung >= Rung.SOLO

    @property
    def label(self) -> str:
        if not self.is_rough:
            return str(self.rung.label)
        return _("can help") if self.can_help else _("is learning")


def standings(subject: Subject, reader: Member) -> list[Standing]:
    """Everybody who has taken a step, the furthest first, with what of it `reader` may see. Four queries."""
    column, model, pk = _column(subject)
    steps = LadderStep.objects.current().filter(**{f"{column}__in": family(model, pk)})
    newest: dict[int, LadderStep] = {}
    for step in steps.order_by("counts_from", "id"):
        newest[step.person_id] = step
    rough = Roughly.people() - {reader.pk} if newest else set()
    known = persons(newest)
    found = []
    for one, step in newest.items():
        if step.rung == Rung.NONE:
            continue
        is_rough = one in rough
        rung = Rung(step.rung).roughly if is_rough else Rung(step.rung)
        found.append(
            Standing(known[one], rung, None if is_rough else step.day, "" if is_rough else step.words, is_rough)
        )
    return sorted(found, key=lambda one: (-one.rung, one.person.pk))


def of_subject(subject: Subject, reader: Member, known: list[Standing] | None = None) -> dict:
    """What the page of an item or a topic shows of its ladder: who stands where, what others say of themselves that
    `reader` may agree to, and what `reader` is asked.
    """
    steps = LadderStep.objects.about(subject).told()
    claimed = list(steps.to_agree().exclude(person=reader))
    return {
        "standings": standings(subject, reader) if known is None else known,
        "claims": claimed if claimed and LadderStep.has_a_say(reader, subject) else [],
        "asked": steps.waiting().filter(person=reader),
        "rung_choices": [rung for rung in Rung if rung],
    }


def _column(subject: Subject) -> tuple[str, type[Item] | type[Topic], int]:
    if subject.topic is not None:
        return "topic", Topic, subject.topic.pk
    return "item", Item, subject.item.pk  # type: ignore[union-attr]  # one of the two is set


@dataclass(frozen=True, slots=True)
class Cell:
    rung: Rung
    is_rough: bool


@dataclass(frozen=True, slots=True)
class FieldRow:
    """An item or topic, and where each person of the columns stands with it; None for who took no step."""

    subject: Item | Topic | InBoth
    cells: list[Cell | None]
    alone: int


@dataclass(frozen=True, slots=True)
class Field:
    people: list[Person]
    rows: list[FieldRow]


type Stood = Mapping[int, Mapping[int, int]]  # by item or topic, by person: the rung

NOBODY: Mapping[int, int] = {}
KEPT_DAYS = 64  # each of some hundred thousand bytes with two hundred people


class Steps:
    """All steps that count on the ladders of items, or of topics, to be looked at as of several days. A step that was
    taken back is as if it had never been. A process keeps them until one is taken, or given back: two queries, and four
    more then.
    """

    def __init__(self, model: type[Item] | type[Topic], wanted: Iterable[int], state: sql.StepsState | None = None):
        """`state` is `sql.steps_state()`, where it is known already."""
        self._model, self._wanted = model, list(wanted)
        state = state or sql.steps_state()
        while True:
            try:
                _taken(model, state)
            except _Moved:  # somebody took a step just now
                state = sql.steps_state()
            else:
                break
        self._state = state

    def stood(self, day: date | None = None) -> Stood:
        """By item or topic the rung of each person who is here and took a step there, now or at the end of `day`."""
        everywhere = _stood(self._model, self._state, day)
        return {pk: everywhere.get(pk, NOBODY) for pk in self._wanted}

    def alone(self, day: date | None = None) -> dict[int, int]:
        """By item or topic how many people could do it alone, now or at the end of `day`."""
        everywhere = _alone(self._model, self._state, day)
        return {pk: everywhere.get(pk, 0) for pk in self._wanted}

    def below_solo(self) -> dict[int, tuple[int, ...]]:
        """By item or topic who has taken a step there and can't do it alone yet, in the order of their first steps."""
        everywhere = _below_solo(self._model, self._state)
        return {pk: everywhere[pk] for pk in self._wanted if pk in everywhere}


class _Moved(Exception):
    """What was read may be of another state than it would be kept for."""


@lru_cache(maxsize=4)
def _taken(model: type[Item] | type[Topic], state: sql.StepsState) -> list[tuple[int, int, int, date]]:
    """(item or topic, person, rung, day), in the order in which they began to count. Raises _Moved."""
    column = "item" if model is Item else "topic"
    merged = ends(dict(model._default_manager.exclude(merged_into=None).values_list("pk", "merged_into")))
    steps = LadderStep.objects.counted().exclude(**{column: None}).filter(person__is_active=True)
    rows = list(steps.order_by("counts_from", "id").values_list(column, "person", "rung", "day"))
    if sql.steps_state() != state:
        raise _Moved
    return [(merged.get(pk, pk), person, rung, day) for pk, person, rung, day in rows]


@lru_cache(maxsize=KEPT_DAYS)
def _stood(model: type[Item] | type[Topic], state: sql.StepsState, day: date | None) -> Stood:
    at: dict[int, dict[int, int]] = defaultdict(dict)
    for pk, person, rung, taken in _taken(model, state):
        if day is None or taken <= day:
            at[pk][person] = rung
    return dict(at)


@lru_cache(maxsize=KEPT_DAYS)
def _alone(model: type[Item] | type[Topic], state: sql.StepsState, day: date | None) -> dict[int, int]:
    return {pk: can_alone(rungs) for pk, rungs in _stood(model, state, day).items()}


@lru_cache(maxsize=2)
def _below_solo(model: type[Item] | type[Topic], state: sql.StepsState) -> dict[int, tuple[int, ...]]:
    return {
        pk: tuple(person for person, rung in rungs.items() if Rung.NONE < rung < Rung.SOLO)
        for pk, rungs in _stood(model, state, None).items()
    }


def forget() -> None:
    """Drops what is kept, for tests that take their rows back."""
    _below_solo.cache_clear()
    _alone.cache_clear()
    _stood.cache_clear()
    _taken.cache_clear()


def can_alone(rungs: Mapping[int, int]) -> int:
    """How many of these people can do it alone, from their rungs."""
    return sum(rung >= Rung.SOLO for rung in rungs.values())


def field(subjects: Sequence[Item | Topic], reader: Member, only: Iterable[int] = ()) -> Field:
    """People × `subjects`: the columns are who stands on any of these ladders, in the order in which they came; with
    `only`, these people. Four queries, however many rows.
    """
    steps = Steps(type(subjects[0]) if subjects else Item, [row.pk for row in subjects])
    return field_of(subjects, steps.stood(), reader, only)


def field_of(subjects: Sequence[Item | Topic | InBoth], at: Stood, reader: Member, only: Iterable[int] = ()) -> Field:
    """The same where it is known who stood where. Two queries."""
    if not subjects:
        return Field([], [])
    rough = Roughly.people() - {reader.pk}
    chosen = set(only)
    seen = {person for row in subjects for person, rung in at[row.pk].items() if rung}
    known = persons(chosen or seen)
    people = [known[pk] for pk in sorted(known)]
    rows = []
    for row in subjects:
        stands = at[row.pk]
        cells = [
            Cell(Rung(rung).roughly if person.pk in rough else Rung(rung), person.pk in rough)
            if (rung := stands.get(person.pk, 0))
            else None
            for person in people
        ]
        rows.append(FieldRow(row, cells, can_alone(stands)))
    return Field(people, rows)


MOST_CLAIMS = 5  # on the page of people


@dataclass(frozen=True, slots=True)
class Claimed:
    """A step that somebody claims for themselves and nobody has agreed to: where to say so."""

    person: Person
    rung: Rung
    label: str  # of the item or topic
    address: str


def claims() -> list[Claimed]:
    """For who may agree to all of them, those that wait longest. One query."""
    found = []
    for *names, rung, item, name, name_ja, topic, topic_name, topic_ja in sql.claims(MOST_CLAIMS):
        label = in_reader_language(name, name_ja) if item else in_reader_language(topic_name, topic_ja)
        address = reverse("toil:item", args=[item]) if item else reverse("people:topic", args=[topic])
        found.append(Claimed(Person(*names), Rung(rung), label, f"{address}#who-title"))
    return found


@dataclass(frozen=True, slots=True)
class Climb:
    """What one reader sees of a person's way up one ladder: where they stand, and the steps that led there, the newest
    first; of who shows it roughly, no steps.
    """

    subject: Subject
    rung: Rung
    is_rough: bool
    steps: list[LadderStep]


def steps_of(person: Member, reader: Member) -> list[Climb]:
    """Every ladder of a person, and what waits for an answer there as far as `reader` sees it. Two queries."""
    is_rough = person != reader and Roughly.objects.filter(person=person).exists()
    found: dict[Subject, list[LadderStep]] = {}
    for step in LadderStep.objects.seen_by(reader).filter(person=person).told():
        found.setdefault(step.subject, []).append(step)
    climbs = []
    for subject, steps in found.items():
        now = next((Rung(step.rung) for step in steps if step.is_current), Rung.NONE)
        shown = [step for step in steps if not step.counts and step.proposed_by_id == reader.pk] if is_rough else steps
        climbs.append(Climb(subject, now.roughly if is_rough else now, is_rough, shown))
    return sorted(climbs, key=lambda climb: (-climb.rung, climb.subject.label.casefold()))
