"""What the example story says of slides 11 to 21: evidence about groups, what is decided, and what SRE is to whom."""

from dataclasses import dataclass

from apps.story.cast import Text


@dataclass(frozen=True, slots=True)
class Evidence:
    """One observation. `place` is (frequency, pain), if it moves the group on the chart."""

    group: str  # the English tag
    days_ago: int
    by: str
    how: str
    confidence: str
    text: Text
    source: Text = ("", "")
    is_own: bool = False
    quoted: str = ""  # key of a person who agreed
    place: tuple[int, int] | None = None


# Slides 14 to 18: parents and facilities rarely complain, as far as one can see from here; developers and support are
# hit every single day.
EVIDENCE = (
    Evidence("parents", 405, "aoi", "observed", "hunch", ("Hardly any complaints from parents reach me.", "保護者からのお叱りは、私のところへはほとんど届きません。"), is_own=True, place=(2, 1)),
    Evidence("facilities", 404, "aoi", "observed", "hunch", ("Facilities seldom complain, and outages are rare. As far as *I* can see.", "保育施設からのお叱りや障害は少ない。ただし、*自分の観測範囲*です。"), is_own=True, place=(4, 2)),
    Evidence("developers", 398, "kenta", "said", "likely", ("“I batch three changes into one release, so that I only have to ask once.”", "「頼むのが1回で済むように、変更を3つまとめてからリリースしています」"), ("Retrospective", "ふりかえり"), quoted="daichi", place=(5, 3)),
    Evidence("cs", 396, "aoi", "observed", "likely", ("Somebody from support asks for a data fix on most days.", "ほぼ毎日、CSからデータ修正の依頼が来ます。"), is_own=True, place=(4, 4)),
    Evidence("developers", 210, "kenta", "counted", "firm", ("Median wait for a release slot: 2 h 20 min, over three months.", "リリース枠の待ち時間は、3か月の中央値で2時間20分でした。"), ("Release log", "リリースの記録"), place=(5, 4)),
    Evidence("cs", 160, "sakura", "counted", "firm", ("31 data fixes in a month, 9 in the busiest week.", "1か月にデータ修正が31件、多い週で9件でした。"), ("Toil log", "トイルの記録"), place=(5, 5)),
    Evidence("cs", 41, "aoi", "said", "likely", ("“We tell the nursery *tomorrow*, because we do not know when Aoi is free.”", "「葵さんがいつ空くかわからないので、園には*あした*と答えています」"), ("October retrospective", "10月のふりかえり"), quoted="sakura"),
    Evidence("facilities", 26, "sakura", "counted", "hunch", ("2 complaints in six months about late notices.", "お知らせの遅れについて、半年で2件の苦情がありました。"), ("Support inbox", "サポートの受信箱"), is_own=True, place=(5, 2)),
    Evidence("parents", 12, "aoi", "observed", "hunch", ("They seldom write. That is not the same as being happy: to check, sit in on two calls before January.", "連絡はほとんどありません。満足しているのとは違います。1月までに2回、通話に同席して確かめます。"), is_own=True),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Focus:
    """A focus decision of the lead. `voices` are (who, agrees, in which words), `looked` is (days ago, what was seen)."""

    days_ago: int
    review_in: int  # days from today
    title: Text
    why: Text
    later: Text
    groups: tuple[str, ...]
    learned: Text = ("", "")
    voices: tuple[tuple[str, bool, Text], ...] = ()
    looked: tuple[int, Text] | None = None


FOCUS = (
    Focus(
        401, -310,
        ("First, an SLO for what facilities see", "まず、保育施設から見えるもののSLOを決める"),
        ("That is what every book on SRE begins with.", "SREの本はどれも、そこから始まっています。"),
        ("The work inside: it is ours, and we are used to it.", "社内の運用作業。自分たちのことで、慣れているためです。"),
        ("facilities",),
        voices=(
            ("tomoko", True, ("", "")),
            ("kenta", False, ("Nobody outside waits for us as long as we wait for a release.", "リリースを待っている時間のほうが、利用者が待っている時間より長いです。")),
        ),
    ),
    Focus(
        155, 46,
        ("First, lower the operational load inside", "まず、社内の運用負荷を下げる"),
        (
            "Developers and customer support suffer **every day**, and we can count it. Facilities and parents come next, once we have seen more than our own inbox.",
            "開発者とCSは**毎日**困っていて、それを数えられます。保育施設と保護者は、自分たちの受信箱の外まで見られるようになってからにします。",
        ),
        (
            "Parents and facilities. They rarely complain, as far as one person can observe: two calls to sit in on will tell us more.",
            "保護者と保育施設。お叱りは少ないのですが、1人の観測範囲です。通話に2回同席すれば、もっとわかります。",
        ),
        ("developers", "cs"),
        learned=(
            "No request outside was slow in half a year. Meanwhile every release and every data fix went over one desk.",
            "半年間、外からの遅いという声はありませんでした。その間、リリースもデータ修正もすべて1人の机を通りました。",
        ),
        voices=(
            ("tomoko", True, ("", "")),
            ("kenta", True, ("I would help, if I only knew where to begin.", "どこから始めればよいかわかれば、手伝えます。")),
            ("sakura", True, ("", "")),
            ("mei", True, ("", "")),
            ("ryo", False, ("Facilities leave without a word.", "保育施設は、何も言わずに離れていきます。")),
        ),
        looked=(51, ("Waits for a release are shorter, data fixes are not. The load still sits with us.", "リリースの待ち時間は短くなりましたが、データ修正は変わりません。負荷はまだ社内にあります。")),
    ),
)  # fmt: skip


# Our SRE: rounds by days ago, and what each of these people answered to “To me, SRE is …”.
ROUNDS: tuple[tuple[int, dict[str, Text]], ...] = (
    (398, {
        "aoi": ("Keeping the service up, and having numbers for it. I read it in a book.", "サービスを落とさないこと。そのための数字を持つこと。本で読みました。"),
        "kenta": ("The person who runs the releases.", "リリースをする人。"),
        "sakura": ("Whoever answers when something is broken.", "何か壊れたときに応えてくれる人。"),
        "tomoko": ("A role we should hire for.", "採用すべき役割。"),
    }),
    (64, {
        "aoi": ("Making the load visible, and letting it leave my desk. Numbers come second.", "負荷を見えるようにし、自分の机から離していくこと。数字はその次です。"),
        "kenta": ("A release that anybody can do. Not a person, a way of working.", "誰でもリリースできること。人ではなく、仕事の進め方です。"),
        "mei": ("Learning why things break, together.", "なぜ壊れるのかを、いっしょに学ぶこと。"),
        "ryo": ("What facilities feel. If they leave without a word, nothing else counts.", "保育施設が感じること。何も言わずに離れていくなら、ほかは意味がありません。"),
        "sakura": ("Not having to ask Aoi. An answer while the nursery is on the phone.", "葵さんに聞かなくて済むこと。園と電話がつながっているうちに答えられること。"),
        "tomoko": ("Toil that falls, and more than one pair of hands.", "トイルが減り、手が1人分ではなくなること。"),
    }),
)  # fmt: skip
COMPARING = ("aoi", "kenta")  # whose answers others may see change
# (who marked, whose answer in the last round, shared or different, words)
PHRASES: tuple[tuple[str, str, str, Text], ...] = (
    ("kenta", "aoi", "shared", ("letting it leave my desk", "自分の机から離していくこと")),
    ("mei", "aoi", "shared", ("letting it leave my desk", "自分の机から離していくこと")),
    ("aoi", "kenta", "shared", ("A release that anybody can do.", "誰でもリリースできること。")),
    ("aoi", "mei", "shared", ("Learning why things break, together.", "なぜ壊れるのかを、いっしょに学ぶこと。")),
    ("tomoko", "ryo", "different", ("What facilities feel.", "保育施設が感じること。")),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Statement:
    """A version of the shared statement by the lead; `voices` as in Focus."""

    days_ago: int
    text: Text
    reason: Text = ("", "")
    voices: tuple[tuple[str, bool, Text], ...] = ()


STATEMENTS = (
    Statement(
        380,
        ("Keeping the service reliable, with numbers that say so.", "数字を持って、サービスの信頼性を保つこと。"),
        voices=(
            ("tomoko", True, ("", "")),
            ("kenta", False, ("I can’t see what I would do differently tomorrow.", "明日から何を変えればよいのか、見えません。")),
            ("sakura", False, ("It says nothing of who has to be asked.", "誰に聞けばよいのかが、書かれていません。")),
        ),
    ),
    Statement(
        55,
        (
            "Work that keeps coming back is **seen**, and **leaves one desk**: a release that anybody can do, and learning together why things break.",
            "くり返す仕事が**見えて**、**1人の机から離れていく**こと。誰でもリリースできて、なぜ壊れるのかをいっしょに学べること。",
        ),
        (
            "We asked again. Numbers came second for almost everybody; what was marked most is that the load leaves one desk.",
            "もう一度聞いてみました。数字はほとんどの人にとって2番目で、いちばん多く印が付いたのは、負荷が1人の机から離れることでした。",
        ),
        (
            ("kenta", True, ("", "")),
            ("mei", True, ("", "")),
            ("sakura", True, ("", "")),
            ("tomoko", True, ("", "")),
            ("ryo", False, ("The people outside are missing from it.", "社外の人のことが入っていません。")),
        ),
    ),
)  # fmt: skip
