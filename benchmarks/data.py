"""A large installation: 200 members, 500 items, 30 groups, 100,000 entries and 5,000 observations over fourteen months;
each member has answered the decision, three versions of the statement, and two rounds of what SRE is; the map has 200
items in 20 lanes and 1,000 revisions, of which every fiftieth is a pivot.

Seeded, so that runs compare.
"""

import random
from datetime import UTC, date, datetime, time, timedelta

from apps.accounts.models import Member, Organisation, Role
from apps.roadmap.document import FIELDS, Part
from apps.roadmap.models import CheckIn, Draft, Map, Status
from apps.roadmap.publish import Reason, publish
from apps.roadmap.year import Span
from apps.stakeholders.models import (
    Answer,
    Confidence,
    FocusDecision,
    How,
    Kind,
    Observation,
    Phrase,
    Round,
    Stakeholder,
    Statement,
    StatementVoice,
    Voice,
)
from apps.stakeholders.weighing import Weighing
from apps.toil import months, rollup
from apps.toil.models import Category, Entry, Item, Source
from apps.toil.models.category import make_defaults
from benchmarks.companions import gather

MEMBERS, ITEMS, GROUPS, ENTRIES, OBSERVATIONS, DAYS = 200, 500, 30, 100_000, 5_000, 425
PLANS, LANES, REVISIONS = 200, 20, 1_000
WORDS = [
    "release",
    "data",
    "audit",
    "error",
    "triage",
    "log",
    "deploy",
    "patch",
    "mail",
    "import",
    "export",
    "user",
    "report",
    "backup",
    "disk",
    "token",
]


def load(entries: int = ENTRIES, revisions: int = REVISIONS) -> Member:
    """Writes the rows and returns the member who will look at them."""
    chance = random.Random(5)
    Organisation.objects.create(name="Large")
    make_defaults()
    categories = list(Category.objects.all())
    groups = [Stakeholder.objects.create(name=f"Group {n}", tag=f"group{n}") for n in range(GROUPS)]
    me = Member.objects.make("me@example.com", "Me Myself", password="quiet paper lantern", role=Role.LEAD)
    others = Member.objects.bulk_create(
        Member(email=f"m{n}@example.com", display_name=f"Member {n}", joined_at=me.joined_at)
        for n in range(MEMBERS - 1)
    )
    members = [me, *others]
    items = Item.objects.bulk_create(
        Item(
            name=f"{chance.choice(WORDS).title()} {chance.choice(WORDS)} {n}",
            category=chance.choice(categories),
            stakeholder=chance.choice(groups),
            usual_minutes=chance.choice((10, 15, 25, 40)),
        )
        for n in range(ITEMS)
    )
    today = me.today()
    rows = [
        Entry(
            member=me if n % 20 == 0 else chance.choice(members),
            item=chance.choice(items),
            stakeholder=chance.choice(groups),
            day=today - timedelta(days=DAYS - n * DAYS // entries),
            clock=time(chance.randint(8, 19), chance.randrange(60)),
            minutes=chance.choice((5, 10, 15, 20, 25, 30, 45, 60, 90)),
            note=" ".join(chance.choices(WORDS, k=6)) if n % 2 else "",
            source=Source.QUICK,
        )
        for n in range(entries)
    ]
    Entry.objects.bulk_create(rows, batch_size=2_000)
    _observe(groups, members, today, chance)
    _decide(groups, members, today, chance)
    _say_what_sre_is(members, today, chance)
    rollup.rebuild()
    _draw(me, members, items, today, chance, revisions)
    gather(members, items, today, chance, WORDS)
    return me


def _observe(groups: list[Stakeholder], members: list[Member], today: date, chance: random.Random) -> None:
    """Observations of all groups, one in three with a place on the chart."""
    Observation.objects.bulk_create(
        (
            Observation(
                stakeholder=groups[n % GROUPS],
                by=chance.choice(members),
                day=today - timedelta(days=chance.randrange(DAYS)),
                text=f"**{n}** " + " ".join(chance.choices(WORDS, k=12)),
                how=chance.choice(How.values),
                confidence=chance.choice(Confidence.values),
                is_own=n % 4 == 0,
                frequency=(place := chance.randint(1, 5) if n % 3 == 0 else None),
                pain=place and chance.randint(1, 5),
            )
            for n in range(OBSERVATIONS)
        ),
        batch_size=1_000,
    )
    for group in groups:
        group.take_place()


def _decide(groups: list[Stakeholder], members: list[Member], today: date, chance: random.Random) -> None:
    """Three decisions, each with the evidence of its groups; nine in ten agree, the others say why not."""
    for n in range(3):
        decision = FocusDecision.decide(
            members[0],
            n,
            weighed=Weighing.on(today).write(),
            stakeholders=groups[n : n + 4],
            observations=Observation.objects.filter(stakeholder__in=groups[n : n + 4]).newest_first()[:12],
            day=today - timedelta(days=300 - 90 * n),
            title=f"Focus {n}",
            why=" ".join(chance.choices(WORDS, k=60)),
            later=" ".join(chance.choices(WORDS, k=40)),
            review_on=today + timedelta(days=30),
        )
        Voice.objects.bulk_create(_voices(Voice, decision, members[1:], chance))


def _say_what_sre_is(members: list[Member], today: date, chance: random.Random) -> None:
    """Two rounds and three versions; each answer has a phrase that somebody marked."""
    for n in range(2):
        asked = Round.follow(n, by=members[0], day=today - timedelta(days=200 - 180 * n))
        answers = Answer.objects.bulk_create(
            Answer(round=asked, member=member, text=" ".join(chance.choices(WORDS, k=30)) + f". {place}.")
            for place, member in enumerate(members)
        )
        Phrase.objects.bulk_create(
            Phrase(answer=answer, text=f"{place}.", kind=chance.choice(Kind.values), by=chance.choice(members))
            for place, answer in enumerate(answers)
        )
    for n in range(3):
        text, reason = (" ".join(chance.choices(WORDS, k=k)) for k in (60, 20))
        day = today - timedelta(days=90 - 30 * n)
        statement = Statement.write(members[0], n, text=text, reason=reason, day=day, round=asked)
        StatementVoice.objects.bulk_create(_voices(StatementVoice, statement, members[1:], chance))


def _voices(model, about, members: list[Member], chance: random.Random) -> list:
    return [
        model(
            about=about, member=member, agrees=n % 10 != 0, words="" if n % 10 else " ".join(chance.choices(WORDS, k=9))
        )
        for n, member in enumerate(members)
    ]


def _draw(
    me: Member, members: list[Member], items: list[Item], today: date, chance: random.Random, revisions: int
) -> None:
    """A map that starts nine months ago, changed so many times since, one item at a time."""
    row = Map.objects.create(start=months.step(months.first(today), -9))
    own = [f"lane{n}" for n in range(LANES - 4)]
    first: dict[str, Part | None] = {
        f"lane:{name}": FIELDS["lane"] | {"name": f"Lane {n}", "above": n % 2 == 0, "position": 10 + n}
        for n, name in enumerate(own)
    }
    lanes = ["goals", "soil", "toil", *own]
    for n in range(PLANS):
        first[f"item:plan{n}"] = _plan(n, lanes[n % len(lanes)], row.year, members, items, chance)
    for quarter in range(1, 5):
        first[f"quarter:{quarter}"] = {"name": f"Quarter {quarter}", "sentence": "One sentence.", "shape": "A team"}
        for place in range(4):
            seat = {"quarter": quarter, "role": "role", "member": members[place].pk, "position": place}
            first[f"seat:q{quarter}s{place}"] = FIELDS["seat"] | seat
    reason = Reason(
        name="A turn", learned=" ".join(chance.choices(WORDS, k=20)), why=" ".join(chance.choices(WORDS, k=20))
    )
    start = datetime.combine(row.start, time(9), UTC)
    step = (datetime.combine(today, time(9), UTC) - start) / revisions
    for n in range(revisions):
        draft = Draft.open_for(row, me)
        key = f"item:plan{chance.randrange(PLANS)}"
        draft.change(first if n == 0 else {key: {"title": f"Plan, told for the {n}th time", "sure": "likely"}})
        publish(draft, reason, is_pivot=n % 50 == 49, at=start + n * step)
    for n in range(PLANS):
        for back in (60, 20):
            CheckIn.note(
                item=f"plan{n}", day=today - timedelta(days=back), status=Status.ON_THE_WAY, words="3 of 11", by=me
            )


def _plan(n: int, lane: str, year: Span, members: list[Member], items: list[Item], chance: random.Random) -> Part:
    begin = year.start + timedelta(days=chance.randrange(300))
    end = year.clamp(begin + timedelta(days=chance.randrange(10, 120)))
    return FIELDS["item"] | {
        "title": f"Plan {n}: " + " ".join(chance.choices(WORDS, k=4)),
        "lane": lane,
        "when": [begin.isoformat(), end.isoformat()],
        "sure": chance.choice(("hunch", "likely", "firm")),
        "signal": " ".join(chance.choices(WORDS, k=12)),
        "owner": chance.choice(members).pk,
        "notes": " ".join(chance.choices(WORDS, k=30)),
        "toil": sorted({chance.choice(items).pk for _link in range(2)}),
    }
