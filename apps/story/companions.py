"""What interests the story's people, what was noticed in passing, and what of it they said yes to."""

from datetime import timedelta

from django.utils import timezone

from apps.accounts.models import Member
from apps.people.models import Interest, Keen, Signal, Topic
from apps.story.cast import Text

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
# (who, days ago, topic, where, words, whether they said yes)
SEEN: tuple[tuple[str, int, str, Text, Text, bool], ...] = (
    ("sakura", 22, "sql", ("Support weekly", "CSの週次"), ("Would like to run data fixes herself if there were a screen.", "画面があれば、データ修正を自分でやってみたい。"), True),
    ("daichi", 20, "upgrades", ("1 on 1", "1 on 1"), ("Wants to understand why the PostgreSQL upgrade takes a rehearsal.", "PostgreSQLのアップグレードに、なぜリハーサルがいるのか知りたい。"), False),
    ("ryo", 17, "terraform", ("#infra-chat", "#infra-chat"), ("Posted a Terraform article and asked who else is curious.", "Terraformの記事を投稿し、興味のある人を募った。"), True),
    ("yui", 16, "", ("Lunch", "ランチ"), ("Asked in passing how a release reaches production, then stayed 20 minutes.", "リリースが本番に届くまでを雑談で質問し、20分残ってくれた。"), True),
    ("kenta", 5, "incidents", ("After the incident", "障害のあと"), ("Offered to write down what he saw, before anybody asked.", "頼まれる前に、見たことを書き残すと申し出た。"), False),
)  # fmt: skip
DAYS_AGO = 6  # when the first SRE asked Kenta


def gather(people: dict[str, Member], which: int) -> None:
    """Writes what they said, what was noticed, and asks Kenta whether upgrades interest him."""
    topics = {
        key: Topic.objects.create(name=english, name_ja=japanese if japanese != english else "", by=people["aoi"])
        for key, (english, japanese) in TOPICS.items()
    }
    for topic, said in SAID.items():
        for person, (keen, wants) in said.items():
            Interest.say(people[person], topics[topic], keen=keen, wants=wants)
    for person, days, topic, place, words, said_yes in SEEN:
        day = people["aoi"].today() - timedelta(days=days)
        note = Signal.note(
            people[person],
            people["aoi"],
            words=words[which],
            day=day,
            place=place[which],
            topic=topics[topic] if topic else None,
        )
        Signal.objects.filter(pk=note.pk).update(at=timezone.now() - timedelta(days=days))
        if said_yes:
            note.accept()
    asked = Interest.propose(people["kenta"], topics["upgrades"], people["aoi"], keen=Keen.KEEN, wants=["mob", "learn"])
    if asked:
        Interest.objects.filter(pk=asked.pk).update(proposed_at=timezone.now() - timedelta(days=DAYS_AGO))
