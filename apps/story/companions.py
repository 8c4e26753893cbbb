"""What interests the story's people, as they said it, and one note that waits for a yes or no."""

from datetime import timedelta

from django.utils import timezone

from apps.accounts.models import Member
from apps.people.models import Interest, Keen, Topic

TOPICS = {
    "terraform": ("Terraform", "Terraform"),
    "sql": ("SQL and data", "SQLとデータ"),
    "observability": ("Observability", "可観測性"),
    "incidents": ("Incident response", "障害対応"),
    "containers": ("Containers", "コンテナ"),
    "security": ("Security", "セキュリティ"),
    "upgrades": ("PostgreSQL upgrades", "PostgreSQLのアップグレード"),
}
# topic: {person: (how keen, what they want)}
SAID: dict[str, dict[str, tuple[Keen, tuple[str, ...]]]] = {
    "terraform": {
        "kenta": (Keen.KEEN, ("learn", "read")),
        "mei": (Keen.KEEN, ("learn", "mob")),
        "yui": (Keen.CURIOUS, ("read",)),
        "ryo": (Keen.EAGER, ("learn", "read", "mob")),
    },
    "sql": {
        "kenta": (Keen.CURIOUS, ("teach",)),
        "mei": (Keen.KEEN, ("learn",)),
        "yui": (Keen.KEEN, ("learn", "mob")),
        "sakura": (Keen.EAGER, ("learn",)),
    },
    "observability": {"kenta": (Keen.KEEN, ("learn",)), "daichi": (Keen.KEEN, ("read", "learn"))},
    "incidents": {
        "mei": (Keen.KEEN, ("mob",)),
        "yui": (Keen.CURIOUS, ("learn",)),
        "ryo": (Keen.KEEN, ("mob", "learn")),
    },
    "containers": {"kenta": (Keen.KEEN, ("teach", "mob")), "daichi": (Keen.KEEN, ("learn",))},
    "security": {"daichi": (Keen.CURIOUS, ("read",)), "ryo": (Keen.KEEN, ("read", "learn"))},
}
DAYS_AGO = 6  # when the first SRE asked Kenta


def gather(people: dict[str, Member]) -> None:
    """Writes what they said, and asks Kenta whether upgrades interest him."""
    topics = {
        key: Topic.objects.create(name=english, name_ja=japanese if japanese != english else "", by=people["aoi"])
        for key, (english, japanese) in TOPICS.items()
    }
    for topic, said in SAID.items():
        for person, (keen, wants) in said.items():
            Interest.say(people[person], topics[topic], keen=keen, wants=wants)
    asked = Interest.propose(people["kenta"], topics["upgrades"], people["aoi"], keen=Keen.KEEN, wants=["mob", "learn"])
    if asked:
        Interest.objects.filter(pk=asked.pk).update(proposed_at=timezone.now() - timedelta(days=DAYS_AGO))
