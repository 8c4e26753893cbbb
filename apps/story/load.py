"""Loads the example story: fourteen months of toil at Komorebi Care, ending today, with the load leaving one desk.

Everything comes from a generator with a fixed seed, so that the same day gives the same story.
"""

import calendar
import random
from datetime import date, time, timedelta

from django.db import transaction
from django.utils import timezone

from apps.accounts.models import Member, NameOrder, Organisation, Role
from apps.dashboards.freeze import freeze
from apps.dashboards.models import OpenDesk
from apps.dashboards.period import Period
from apps.dashboards.section import Reading
from apps.roadmap.models import Map
from apps.stakeholders.models import (
    Answer,
    FocusDecision,
    Observation,
    Phrase,
    Round,
    Stakeholder,
    Statement,
    StatementVoice,
    Voice,
    Wish,
)
from apps.stakeholders.weighing import Weighing
from apps.story import cast, companions, gatherings, messages, reliability
from apps.story.draw import draw
from apps.toil import months, rollup
from apps.toil.models import Category, DigWork, Entry, Item, Source, State, StateChange
from apps.toil.models.category import make_defaults

SEED = 20240705  # the day of the talk
MONTHS = 14
FIRST_SHARE, LAST_SHARE = 0.95, 0.50  # of the first SRE, at the start and now
DOMAIN = "komorebi.example"
PASSWORDS = {
    "kenta": "member-walks-the-garden",
    "aoi": "lead-draws-the-map-again",
    "tomoko": "manager-reads-one-page",
}
MARKS = {
    "m": "manual",
    "r": "repetitive",
    "a": "automatable",
    "t": "tactical",
    "n": "no_enduring_value",
    "g": "grows",
}
GONE_BEFORE = {8: 232, 18: 150}  # item → days ago it went, as in cast.TURNS


class StoryError(Exception):
    """The story can't be loaded here; the text says why, for the command line."""


@transaction.atomic
def load_story(language: str, lead: Member | None = None, with_passwords: bool = False) -> dict[str, Member]:
    """Loads the story in `language` ("en" or "ja") and returns its people by key.

    `lead` takes the place of the story's first SRE; `with_passwords` lets three people sign in, for the demo.
    Raises StoryError where toil was logged or a story was loaded before.
    """
    organisation = Organisation.get()
    if organisation is not None and organisation.story:
        raise StoryError("The example story is loaded here already.")
    if Item.objects.exists() or Entry.objects.exists():
        raise StoryError("There is toil in this installation: the story only goes into an empty one.")
    which, begun = 1 if language == "ja" else 0, timezone.now()
    if organisation is None:
        organisation = Organisation(name=cast.ORGANISATION[which], language=language, time_zone="Asia/Tokyo")
    organisation.story = language
    organisation.save()
    make_defaults()
    people = _people(which, language, lead, with_passwords)
    groups = _groups(which)
    items = _items(groups, which)
    today = people["aoi"].today()
    _entries(items, people, today, which)
    _turns(items, people["aoi"], today, which)
    _digging(items, people, today, which)
    _evidence(groups, people, today, which)
    _our_sre(people, today, which)
    topics = companions.gather(people, items, which)
    met = gatherings.meet(people, items, which)
    messages.tell(people, met, begun)
    draw(which, people, groups, items, {"gatherings": met, "topics": topics})
    OpenDesk.choose(people["aoi"], on=True)
    rollup.rebuild()
    _report(people["tomoko"], today, which)
    return people


def _report(manager: Member, today: date, which: int) -> None:
    """The first half of the map's year, as the manager keeps it."""
    map_ = Map.objects.on(today)
    if map_ is not None:
        half = Period(map_.year.start, months.step(map_.year.start, 5))
        freeze(Reading(manager, today, half, map_), cast.HALF_YEAR[which], is_shared=True)


def _people(which: int, language: str, lead: Member | None, with_passwords: bool) -> dict[str, Member]:
    people = {}
    for person in cast.PEOPLE:
        given, family = person.given[which], person.family[which]
        if person.key == "aoi" and lead is not None:
            people["aoi"] = lead
            continue
        people[person.key] = Member.objects.make(
            f"{person.key}@{DOMAIN}",
            f"{family} {given}" if which else f"{given} {family}",
            password=PASSWORDS.get(person.key) if with_passwords else None,
            given_name=given,
            family_name=family,
            name_order=NameOrder.FAMILY_FIRST if which else NameOrder.GIVEN_FIRST,
            team=person.team[which],
            language=language,
            time_zone="Asia/Tokyo",
            role=Role(person.role),
            is_admin=person.is_admin,
        )
    return people


def _groups(which: int) -> dict[str, Stakeholder]:
    return {
        group.tag[0]: Stakeholder.objects.create(
            name=group.name[0],
            name_ja=group.name[1],
            tag=group.tag[0],
            tag_ja=group.tag[1],
            side=group.side,
            service=group.service[which],
            reliability=group.reliability[which],
            position=position,
        )
        for position, group in enumerate(cast.GROUPS)
    }


def _evidence(groups: dict[str, Stakeholder], people: dict[str, Member], today: date, which: int) -> None:
    """What was observed and what was decided, in the order of the days: a decision keeps what was known on its day."""
    events: tuple[reliability.Evidence | reliability.Focus, ...] = (*reliability.EVIDENCE, *reliability.FOCUS)
    for event in sorted(events, key=lambda event: -event.days_ago):
        day = today - timedelta(days=event.days_ago)
        if isinstance(event, reliability.Focus):
            _decide(event, groups, people, today, which)
            continue
        frequency, pain = event.place or (None, None)
        Observation.note(
            groups[event.group],
            people[event.by],
            day=day,
            how=event.how,
            confidence=event.confidence,
            text=event.text[which],
            source=event.source[which],
            is_own=event.is_own,
            quoted=people[event.quoted].display_name if event.quoted else "",
            has_consent=bool(event.quoted),
            frequency=frequency,
            pain=pain,
        )


def _decide(
    event: reliability.Focus, groups: dict[str, Stakeholder], people: dict[str, Member], today: date, which: int
):
    day = today - timedelta(days=event.days_ago)
    helped = [groups[tag] for tag in event.groups]
    decision = FocusDecision.decide(
        people["aoi"],
        FocusDecision.objects.count(),
        weighed=Weighing.on(day).write(),
        stakeholders=helped,
        observations=Observation.objects.filter(stakeholder__in=helped).newest_first(),
        day=day,
        title=event.title[which],
        why=event.why[which],
        later=event.later[which],
        learned=event.learned[which],
        review_on=today + timedelta(days=event.review_in),
    )
    for who, agrees, words in event.voices:
        Voice.say(decision, people[who], agrees=agrees, words=words[which])
    if event.looked:
        ago, seen = event.looked
        decision.look_again(people["aoi"], decision.review_on, seen[which], today - timedelta(days=ago))


def _our_sre(people: dict[str, Member], today: date, which: int) -> None:
    """What SRE means to each of them, in two rounds, and the statement that came of it."""
    answers: dict[str, Answer] = {}
    for number, (days_ago, said) in enumerate(reliability.ROUNDS):
        asked = Round.follow(number, by=people["aoi"], day=today - timedelta(days=days_ago))
        for who, text in said.items():
            compares = who in reliability.COMPARING
            answers[who] = Answer.say(asked, people[who], text=text[which], may_compare=compares, wish=Wish.KEEP)
    for who, whose, kind, words in reliability.PHRASES:
        Phrase.objects.create(answer=answers[whose], by=people[who], kind=kind, text=words[which])
    for number, version in enumerate(reliability.STATEMENTS):
        day = today - timedelta(days=version.days_ago)
        texts = {"text": version.text[which], "reason": version.reason[which]}
        statement = Statement.write(
            people["aoi"], number, day=day, round=Round.objects.filter(day__lte=day).current(), **texts
        )
        for who, agrees, words in version.voices:
            StatementVoice.say(statement, people[who], agrees=agrees, words=words[which])


def _items(groups: dict[str, Stakeholder], which: int) -> list[Item]:
    categories = list(Category.objects.order_by("position"))
    return [
        Item.objects.create(
            name=toil.name[0],
            name_ja=toil.name[1],
            short_name=toil.short[0],
            short_name_ja=toil.short[1],
            description=toil.what[which],
            category=categories[toil.category],
            stakeholder=groups[toil.group],
            area=toil.area,
            usual_minutes=toil.minutes,
            dig_estimate_minutes=toil.dig_hours * 60 or None,
            upkeep_minutes=toil.upkeep or None,
            **{field: mark in toil.marks for mark, field in MARKS.items()},
        )
        for toil in cast.ITEMS
    ]


def _entries(items: list[Item], people: dict[str, Member], today: date, which: int) -> None:
    chance = random.Random(SEED)  # noqa: S311  (a story, not a secret)
    rows = []
    for at, month in enumerate(months.last(MONTHS, today)):
        progress = at / (MONTHS - 1)
        days = _working_days(month, today)
        full = len(_working_days(month, date.max))
        for number, (item, toil) in enumerate(zip(items, cast.ITEMS, strict=True)):
            expected = toil.times[0] + (toil.times[1] - toil.times[0]) * progress
            for _n in range(_round(chance, expected * len(days) / full)):
                day = chance.choice(days)
                if number in GONE_BEFORE and day > today - timedelta(days=GONE_BEFORE[number]):
                    continue
                rows.append(_entry(chance, item, toil, people[_who(chance, toil, progress)], day, which))
    # Nobody has logged this afternoon's work in the morning.
    now = people["aoi"].now().time()
    rows = [row for row in rows if row.day < today or (row.clock or now) <= now]
    rows.sort(key=lambda row: (row.day, row.clock))
    Entry.objects.bulk_create(rows, batch_size=500)


def _round(chance: random.Random, expected: float) -> int:
    """`expected` as a whole number that has it as its mean, with some months busier than others."""
    wobbly = expected * chance.uniform(0.8, 1.2)
    return int(wobbly) + (chance.random() < wobbly % 1)


def _working_days(month: date, today: date) -> list[date]:
    count = calendar.monthrange(month.year, month.month)[1]
    days = [month.replace(day=n) for n in range(1, count + 1)]
    return [day for day in days if day.weekday() < 5 and day <= today] or [month]


def _who(chance: random.Random, toil: cast.Toil, progress: float) -> str:
    """The first SRE ever less often; of the takers, the first soonest."""
    share = FIRST_SHARE + (LAST_SHARE - FIRST_SHARE) * max(0.0, progress - 0.15) / 0.85
    if not toil.takers or chance.random() < share:
        return "aoi"
    ready = max(1, round(progress * len(toil.takers)))
    return chance.choice(toil.takers[:ready])


def _entry(chance: random.Random, item: Item, toil: cast.Toil, member: Member, day: date, which: int) -> Entry:
    minutes = max(5, round(toil.minutes * chance.choice((0.6, 0.8, 1, 1, 1, 1.2, 1.4, 2)) / 5) * 5)
    note = chance.choice(toil.notes)[which] if toil.notes and chance.random() < 0.55 else ""
    return Entry(
        member=member,
        item=item,
        stakeholder=item.stakeholder,
        day=day,
        clock=time(chance.randint(9, 18), chance.choice((0, 5, 10, 20, 25, 30, 40, 45, 55))),
        minutes=minutes,
        note=note,
        source=chance.choice((Source.QUICK, Source.QUICK, Source.REPEAT, Source.TIMER)),
    )


def _turns(items: list[Item], lead: Member, today: date, which: int) -> None:
    told = {turn.item for turn in cast.TURNS if turn.state == "observed"}
    start = months.last(MONTHS, today)[0]
    changes = [
        StateChange(item=item, state=State.OBSERVED, on=start, by=lead)
        for number, item in enumerate(items)
        if number not in told
    ]
    for turn in cast.TURNS:
        on = date.fromisoformat(turn.when) if isinstance(turn.when, str) else today - timedelta(days=turn.when)
        changes.append(
            StateChange(item=items[turn.item], state=State(turn.state), on=on, by=lead, reason=turn.why[which])
        )
    changes.sort(key=lambda change: change.on)
    StateChange.objects.bulk_create(changes)
    for change in changes:
        change.item.state = change.state
    Item.objects.bulk_update(items, ["state"])


def _digging(items: list[Item], people: dict[str, Member], today: date, which: int) -> None:
    DigWork.objects.bulk_create(
        DigWork(
            item=items[item],
            member=people[who],
            day=today - timedelta(days=ago),
            minutes=minutes,
            note=what[which],
        )
        for item, ago, minutes, who, what in cast.DIGGING
    )
