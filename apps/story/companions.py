"""What interests the story's people, what was noticed in passing, and what of it they said yes to."""

from datetime import date, timedelta

from django.utils import timezone

from apps.accounts.models import Member
from apps.people.models import Interest, JourneyStep, Keen, LadderStep, Place, Signal, Subject, Topic
from apps.story import cast
from apps.story.cast import Text
from apps.toil.models import Item

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


# item of cast.ITEMS: {person: (rung, days ago, what it rests on)}
CLIMBED: dict[int, dict[str, tuple[int, int, Text]]] = {
    0: {
        "aoi": (5, 300, ("Since the beginning", "最初から担当")),
        "kenta": (3, 15, ("Drove three, the last one without help", "3回運転、直近は助けなしで")),
        "mei": (2, 21, ("Said where to go in two releases", "2回のリリースで道案内")),
        "yui": (1, 28, ("Watched v405 go out", "v405のリリースを見学")),
        "daichi": (1, 21, ("Watched two", "2回見学")),
    },
    3: {
        "aoi": (5, 300, ("Since the beginning", "最初から担当")),
        "mei": (2, 40, ("Read the SQL before it ran", "実行前のSQLを確認")),
        "sakura": (2, 18, ("Said what the customer meant", "お客さまの意図を説明")),
        "kenta": (1, 60, ("Watched one", "1回見学")),
        "yui": (1, 18, ("Watched one", "1回見学")),
    },
    4: {
        "aoi": (5, 300, ("Since the beginning", "最初から担当")),
        "kenta": (3, 64, ("Drove one", "1回運転")),
        "mei": (2, 57, ("Said where to go", "道案内を担当")),
    },
    7: {
        "aoi": (5, 300, ("Since the beginning", "最初から担当")),
        "kenta": (4, 90, ("A month of mornings alone", "1か月、毎朝ひとりで")),
        "mei": (4, 50, ("Two weeks alone", "2週間ひとりで")),
        "ryo": (3, 35, ("Drove four mornings", "4回、朝の確認を運転")),
        "daichi": (2, 30, ("Knew which alerts were old", "既知の警報を見分けた")),
    },
    11: {
        "aoi": (4, 120, ("The first rehearsal", "最初のリハーサル")),
        "ryo": (3, 26, ("Drove the second rehearsal", "2回目のリハーサルを運転")),
        "kenta": (2, 26, ("Kept the checklist", "手順書を担当")),
        "yui": (1, 26, ("Watched the restore", "リストアを見学")),
    },
    14: {"aoi": (4, 300, ("Since the beginning", "最初から担当"))},
    17: {
        "aoi": (4, 300, ("Since the beginning", "最初から担当")),
        "daichi": (3, 33, ("Drove one update", "更新を1回運転")),
    },
    19: {
        "aoi": (5, 300, ("Since the beginning", "最初から担当")),
        "kenta": (4, 75, ("Answered five inquiries alone", "問い合わせ5件にひとりで対応")),
        "daichi": (3, 44, ("Drove three", "3回運転")),
        "sakura": (2, 44, ("Knew what was asked", "問い合わせの意図を説明")),
        "ryo": (1, 44, ("Watched one", "1回見学")),
    },
}
# Of what nothing is told above: the first SRE since the beginning, whoever took it over first alone by now or on
# the way there, as the next are.
SINCE: Text = ("Since the beginning", "最初から担当")
ALONE: Text = ("Does it alone by now", "今ではひとりで担当")
ALONE_BY_NOW = ("kenta", "mei", "daichi")
ON_THE_WAY: Text = ("Comes along each time", "毎回一緒に担当")
# topic: {person: rung}
KNOWN = {
    "sql": {"mei": 2},
    "observability": {"kenta": 2},
    "incidents": {"mei": 1},
    "containers": {"daichi": 2, "kenta": 5},
}
PROPOSED: Text = ("Three drives without help", "助けなしで3回運転")
CLAIMED: Text = ("Drove the last two", "直近の2回を運転")
# (who, days ago, where, what led to it), in the order of the days
CAME: tuple[tuple[str, int, Place, Text], ...] = (
    ("aoi", 400, Place.COMPANION, ("The first SRE", "最初のSRE")),
    ("kenta", 200, Place.TALKED, ("After the release that was rolled back twice", "2回切り戻したリリースのあとで")),
    ("kenta", 180, Place.JOINED_IN, ("The first mob", "最初のモブ")),
    ("mei", 170, Place.JOINED_IN, ("Came along with Kenta", "佐々木さんと一緒に参加")),
    ("kenta", 60, Place.CANDIDATE, ("Wants a day a week for it", "週1日をこの仕事にあてたい")),
    ("yui", 15, Place.JOINED_IN, ("The mob on v405", "v405のモブ")),
    ("ryo", 12, Place.TALKED, ("Over his Terraform article", "Terraformの記事をきっかけに")),
)


def gather(people: dict[str, Member], items: list[Item], which: int) -> dict[str, Topic]:
    """Writes what they said, what was noticed, how far they have come, and asks Kenta what is still his to say; the
    topics by key.
    """
    topics = {
        key: Topic.objects.create(name=english, name_ja=japanese if japanese != english else "", by=people["aoi"])
        for key, (english, japanese) in TOPICS.items()
    }
    for topic, said in SAID.items():
        for person, (keen, wants) in said.items():
            Interest.say(people[person], topics[topic], keen=keen, wants=wants)
    for person, days, topic, place, words, said_yes in SEEN:
        note = Signal.note(
            people[person],
            people["aoi"],
            words=words[which],
            day=_day(people, days),
            place=place[which],
            topic=topics[topic] if topic else None,
        )
        Signal.objects.filter(pk=note.pk).update(at=timezone.now() - timedelta(days=days))
        if said_yes:
            note.accept()
    asked = Interest.propose(people["kenta"], topics["upgrades"], people["aoi"], keen=Keen.KEEN, wants=["mob", "learn"])
    if asked:
        Interest.objects.filter(pk=asked.pk).update(proposed_at=timezone.now() - timedelta(days=DAYS_AGO))
    _climb(people, items, topics, which)
    for person, days, stop, words in CAME:
        step = JourneyStep.say(people[person], place=stop, day=_day(people, days), words=words[which])
        JourneyStep.objects.filter(pk=step.pk).update(confirmed_at=timezone.now() - timedelta(days=days))
    return topics


def _climb(people: dict[str, Member], items: list[Item], topics: dict[str, Topic], which: int) -> None:
    """Where everybody stands on the ladders, one step that waits for Kenta and one that Mei claims."""
    aoi = people["aoi"]
    for number, climbs in CLIMBED.items():
        for person, (rung, days, words) in climbs.items():
            _stand(people, person, Subject(items[number]), rung, days, words[which])
    for number, toil in enumerate(cast.ITEMS):
        if number in CLIMBED or not toil.takers:
            continue
        first, *others = toil.takers
        subject = Subject(items[number])
        _stand(people, "aoi", subject, 4, 300, SINCE[which])
        is_alone = first in ALONE_BY_NOW
        rung, words = (4, ALONE) if is_alone else (3, ON_THE_WAY)
        _stand(people, first, subject, rung, 45 + 11 * (number % 13), words[which])
        for other in others:
            _stand(people, other, subject, 2, 20 + number, ON_THE_WAY[which])
    for topic, stands in KNOWN.items():
        for person, rung in stands.items():
            _stand(people, person, Subject(topic=topics[topic]), rung, 30, "")
    LadderStep.propose(people["kenta"], Subject(items[0]), aoi, rung=4, day=_day(people, 2), words=PROPOSED[which])
    LadderStep.claim(people["mei"], Subject(items[3]), rung=3, day=_day(people, 3), words=CLAIMED[which])


def _stand(people: dict[str, Member], person: str, subject: Subject, rung: int, days: int, words: str) -> None:
    day = _day(people, days)
    if person == "aoi":
        step = LadderStep.claim(people["aoi"], subject, rung=rung, day=day, words=words)
    else:
        step = LadderStep.propose(people[person], subject, people["aoi"], rung=rung, day=day, words=words)
        step.confirm()
    then = timezone.now() - timedelta(days=days)
    LadderStep.objects.filter(pk=step.pk).update(counts_from=then, confirmed_at=then)


def _day(people: dict[str, Member], days: int) -> date:
    return people["aoi"].today() - timedelta(days=days)
