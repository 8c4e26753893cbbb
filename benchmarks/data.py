"""A large installation: 200 members, 500 items, 100,000 entries over fourteen months. Seeded, so that runs compare."""

import random
from datetime import time, timedelta

from apps.accounts.models import Member, Organisation, Role
from apps.stakeholders.models import Stakeholder
from apps.toil import rollup
from apps.toil.models import Category, Entry, Item, Source
from apps.toil.models.category import make_defaults

MEMBERS, ITEMS, ENTRIES, DAYS = 200, 500, 100_000, 425
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


def load(entries: int = ENTRIES) -> Member:
    """Writes the rows and returns the member who will look at them."""
    chance = random.Random(5)
    Organisation.objects.create(name="Large")
    make_defaults()
    categories = list(Category.objects.all())
    groups = [Stakeholder.objects.create(name=f"Group {n}", tag=f"group{n}") for n in range(12)]
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
    rollup.rebuild()
    return me
