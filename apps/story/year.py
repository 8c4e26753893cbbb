"""The example story's future map: the year as it was first drawn, and how it turned (slides 29 and 30).

Days are (month of the map from 0, day of the month), so that today always lies in the eighth month.
"""

from dataclasses import dataclass, field

from apps.story.cast import Text

Day = tuple[int, int]
MONTHS_BEFORE_TODAY = 7

TITLE = ("From one desk to a small team", "1人の机から、小さなチームへ")

PAST = (
    ("2023", ("Containers: EC2 to ECS", "コンテナ化、EC2からECSへ")),
    ("2024", ("AWS tidied up; the service grows", "AWSを整理、サービスが広がる")),
    ("2025", ("First SRE, alone with all of it", "最初のSRE、すべてを1人で")),
)

FIRST_QUARTERS = (
    (
        ("Alone, and writing it down", "ひとりで書き出す"),
        ("Know what lands on this desk.", "この机に何が届いているかを知る。"),
    ),
    (("Looking for help", "助けを探す"), ("Meet ten candidates.", "10人の候補に会う。")),
    (("The second of us", "2人目を迎える"), ("Somebody else can release.", "もう1人がリリースできる。")),
    (("Three, and on call", "3人でオンコール"), ("A first promise to support.", "CSへの最初の約束をする。")),
)
# What they are called by now; a turn says from when.
QUARTERS = (
    (
        ("Alone, and writing it down", "ひとりで書き出す"),
        ("Know what lands on this desk.", "この机に何が届いているかを知る。"),
    ),
    (
        ("Mob guests arrive", "モブに人が来る"),
        ("Let others watch, then hold the wheel.", "見てもらい、次に運転してもらう。"),
    ),
    (
        ("Sharing the wheel", "運転を分け合う"),
        ("Half of releases driven by developers.", "リリースの半分を開発者が運転する。"),
    ),
    (
        ("A small team, we think", "小さなチームへ（予想）"),
        ("A first promise to support, kept by three.", "CSへの最初の約束を、3人で守る。"),
    ),
)


@dataclass(frozen=True, slots=True)
class Plan:
    key: str
    lane: str
    title: Text
    start: Day
    end: Day
    sure: str
    signal: Text = ("", "")
    owner: str = ""
    toil: tuple[int, ...] = ()  # places of cast.ITEMS
    groups: tuple[str, ...] = ()  # English tags
    notes: Text = ("", "")


PLANS = {plan.key: plan for plan in (
    Plan("agree", "goals", ("Agree what “SRE” means here", "「SRE」の意味をそろえる"), (0, 16), (2, 24), "likely", ("Two thirds agree to one statement by name.", "3分の2が、1つの文に名前を添えて賛成している。"), "aoi", groups=("developers", "cs")),
    Plan("week", "goals", ("A week of releases without Aoi", "水野なしで1週間リリース"), (3, 10), (5, 22), "hunch", ("Five releases, and Aoi’s phone stays quiet.", "5回のリリースで、水野の電話が鳴らない。"), "kenta", (0, 1), ("developers",)),
    Plan("half", "goals", ("Half of releases driven by developers", "リリースの半分を開発者が運転"), (6, 8), (8, 28), "likely", ("Of the last twenty releases ten were driven by somebody else.", "直近20回のうち10回を、ほかの人が運転している。"), "kenta", (0, 1, 2), ("developers",), ("Rollback counts as a release.\n\n- Kenta first\n- then Mei and Yui", "切り戻しも1回と数えます。\n\n- まず佐々木\n- 次に橘、星野")),
    Plan("slo", "goals", ("First SLO agreed with support", "CSと最初のSLOを決める"), (6, 8), (8, 14), "likely", ("Support can say what is promised without looking it up.", "CSが、何を約束しているかを見ずに言える。"), "aoi", groups=("cs",)),
    Plan("hire", "goals", ("Hire a second SRE from outside", "外から2人目のSREを採用する"), (6, 22), (9, 7), "hunch", ("A signed offer.", "内定の承諾。"), "aoi"),
    Plan("oncall", "goals", ("On-call rota of three", "3人でのオンコール当番"), (5, 10), (8, 20), "hunch", ("A month with three names on the rota.", "当番表に3人の名前が並んで1か月。"), "aoi", (7, 10), ("parents", "facilities")),
    Plan("chat", "soil", ("#infra-chat: gather the curious", "#infra-chat に関心を集める"), (0, 8), (3, 14), "firm", ("Ten people who asked something there.", "そこで何かを聞いた人が10人。"), "aoi"),
    Plan("circle", "soil", ("Reading circle: Site Reliability Engineering", "輪読会『SRE』"), (3, 16), (7, 30), "likely", ("Somebody else chooses the next book.", "次の本を、ほかの人が選ぶ。"), "daichi"),
    Plan("mob", "soil", ("Mob Thursdays", "木曜モブ"), (3, 24), (11, 22), "firm", ("It happens when Aoi is away.", "水野が休んでも開かれる。"), "mei", (0, 3)),
    Plan("terraform", "soil", ("Terraform circle", "Terraform勉強会"), (8, 8), (11, 22), "hunch", ("A change reviewed by two who joined.", "参加した2人が、変更をレビューしている。"), "ryo"),
    Plan("list", "toil", ("List all the toil", "トイルの棚卸し"), (0, 24), (2, 22), "firm", ("Nobody names one that is not on the list.", "一覧にないものを、誰も思いつかない。"), "aoi"),
    Plan("pipeline", "toil", ("Release checklist to pipeline", "リリース手順をパイプライン化"), (3, 1), (5, 30), "firm", ("A release needs no checklist.", "手順書なしでリリースできる。"), "aoi", (0,)),
    Plan("datafix", "toil", ("Data-fix screen for support", "CS向けデータ修正画面"), (3, 10), (5, 14), "likely", ("Support fixes the ten commonest mistakes alone.", "よくある10種の間違いを、CSだけで直せる。"), "mei", (3, 4), ("cs",)),
    Plan("wiki", "toil", ("Rewrite the runbook wiki", "手順書Wikiを書き直す"), (9, 2), (11, 22), "hunch", ("Somebody else corrects a page.", "ほかの人がページを直す。"), "aoi"),
    Plan("audit", "toil", ("Quarterly audit pack, generated", "監査資料の自動作成"), (9, 2), (11, 28), "hunch", ("The pack is a button.", "ボタン1つで資料がそろう。"), "", (14,), ("facilities",)),
    Plan("postgres", "toil", ("PostgreSQL 14 to 17", "PostgreSQL 14→17"), (4, 24), (8, 14), "firm", ("Two rehearsals, and the restore takes under half an hour.", "リハーサル2回、リストアが30分未満。"), "yui", (11,)),
    Plan("alerts", "toil", ("Alert clean-up week", "アラート整理週間"), (8, 24), (11, 6), "likely", ("A morning with nothing to triage.", "確認するもののない朝が来る。"), "yui", (7, 9)),
)}  # fmt: skip

# Who sits where: (person, role, how).
ALONE = (("aoi", ("Carries everything", "すべてを担当"), "core"),)
GUESTS = (
    *ALONE,
    ("kenta", ("Mob guest", "モブ参加"), "guest"),
    ("mei", ("Mob guest", "モブ参加"), "guest"),
    ("daichi", ("Mob guest", "モブ参加"), "guest"),
)
HIRED = (("aoi", ("Lead", "リード"), "core"), ("", ("Hired from outside", "外から採用"), "hoped"))
HIRED_LATER = (*HIRED, ("", ("Hired from outside", "外から採用"), "hoped"))
TWO = (
    ("aoi", ("Lead", "リード"), "core"), ("kenta", ("Half-time", "半分"), "core"), ("mei", ("Guild", "ギルド"), "guest"),
    ("daichi", ("Guild", "ギルド"), "guest"), ("yui", ("Guild", "ギルド"), "guest"),
)  # fmt: skip
THREE = (
    ("aoi", ("Lead", "リード"), "core"), ("kenta", ("Full-time", "専任"), "core"), ("mei", ("Candidate", "候補"), "hoped"),
    ("yui", ("Candidate", "候補"), "hoped"), ("daichi", ("Guild", "ギルド"), "guest"), ("ryo", ("Guild", "ギルド"), "hoped"),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Shape:
    quarter: int
    title: Text
    sentence: Text
    seats: tuple


FIRST_SHAPES = (
    Shape(1, ("Solo", "ひとり"), ("Aoi carries everything", "水野がすべて担当"), ALONE),
    Shape(2, ("Solo", "ひとり"), ("While we look for somebody", "採用活動をしながら"), ALONE),
    Shape(3, ("Two", "2人"), ("Aoi and one outside hire", "水野と、外から1人"), HIRED),
    Shape(4, ("Three, all hired", "3人、全員採用"), ("If the market lets us", "採用できれば"), HIRED_LATER),
)


@dataclass(frozen=True, slots=True)
class Turn:
    """One publication. `new` are keys of PLANS; `moved` and `sure` say what becomes of those that are there."""

    day: Day
    new: tuple[str, ...] = ()
    dropped: tuple[str, ...] = ()
    moved: dict[str, tuple[Day, Day]] = field(default_factory=dict)
    sure: dict[str, str] = field(default_factory=dict)
    titles: dict[str, Text] = field(default_factory=dict)
    shapes: tuple[Shape, ...] = ()
    quarters: tuple[int, ...] = ()  # that get the name they have by now
    note: Text = ("", "")
    name: Text = ("", "")
    learned: Text = ("", "")
    why: Text = ("", "")
    first: tuple[str, ...] = ()
    read_by: tuple[str, ...] = ()
    evidence: tuple[str, ...] = ()  # English tags of groups whose newest observation speaks for it
    met: str = ""  # the gathering whose newest meeting with notes does
    links: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = field(default_factory=dict)  # gatherings, topics


TURNS = (
    Turn((0, 6), new=("agree", "week", "slo", "hire", "oncall", "chat", "circle", "pipeline", "datafix", "wiki", "audit", "postgres"), shapes=FIRST_SHAPES),
    Turn((0, 15), new=("list",), note=("Nobody can say how much there is. Count first.", "全体の量を誰も知らない。まず数える。")),
    Turn((1, 6), titles={"agree": ("Agree what “SRE” means here, in one sentence", "「SRE」の意味を1文でそろえる")}),
    Turn((1, 27), sure={"chat": "likely", "postgres": "likely"}, note=("The end of support has a day now.", "サポート終了日が決まった。")),
    Turn((2, 18), sure={"chat": "firm"}, titles={"agree": ("Agree what “SRE” means here", "「SRE」の意味をそろえる")}),
    Turn(
        (3, 15), new=("mob",), moved={"oncall": ((8, 16), (11, 22))},
        shapes=(Shape(2, ("Solo, with mob guests", "ひとり＋モブ参加者"), ("Three developers join weekly", "開発者3人が毎週参加"), GUESTS),),
        name=("Mobs before on-call", "オンコールより先にモブ"),
        learned=("Nobody wants to be on call for what they have never done. Three developers came to watch a release without being asked.", "やったことのない作業の当番には、誰もなりたくない。一方で、開発者3人が頼まれずにリリースを見に来た。"),
        why=("The summer is quiet: the only weeks in which a release may take an hour longer.", "夏は落ち着いている。リリースに1時間余計にかけられるのは、この時期だけ。"),
        first=("kenta", "mei", "daichi"), read_by=("kenta", "mei", "yui", "daichi", "ryo", "sakura", "tomoko"), evidence=("developers",),
    ),
    Turn((3, 20), sure={"week": "likely"}, quarters=(2,), note=("Kenta navigated four of the last five.", "直近5回のうち4回を、佐々木さんがナビした。")),
    Turn((4, 12), new=("alerts",), note=("Asked for in the retrospective.", "ふりかえりで希望が出た。")),
    Turn((4, 26), sure={"circle": "firm"}),
    Turn((5, 9), sure={"datafix": "hunch"}, note=("Support has not read the wording yet.", "CSがまだ文言を確認していない。")),
    Turn((5, 24), sure={"postgres": "firm"}),
    Turn(
        (6, 5), new=("half", "terraform"), dropped=("hire", "wiki"),
        moved={"slo": ((9, 8), (11, 22)), "datafix": ((6, 8), (8, 28))}, sure={"datafix": "likely"},
        shapes=(
            Shape(3, ("Two, and a guild", "2人＋ギルド"), ("Kenta joins half-time", "佐々木が半分参加"), TWO),
            Shape(4, ("Three, and a guild of five", "3人＋ギルド5人"), ("If two candidates say yes", "候補の2人が受けてくれたら"), THREE),
        ),
        name=("From hiring to growing", "採用から育成へ"),
        learned=("Two months of interviews, no offer accepted. In the same weeks five developers came to mobs on their own, and Kenta began to navigate releases.", "2か月面接を続けたものの、採用には至りませんでした。同じ時期に開発者5人がモブに自分から参加し、佐々木さんはリリースのナビを始めています。"),
        why=("The budget of this quarter closes on the 15th. Waiting would have cost us the half-time arrangement for Kenta.", "今期の予算は15日に締まります。待つと、佐々木さんの半分参加を決められませんでした。"),
        first=("tomoko", "kenta", "mei", "sakura"), read_by=("kenta", "mei", "daichi", "sakura", "tomoko"), evidence=("cs", "developers"), met="mob",
    ),
    Turn((6, 14), sure={"half": "firm"}, quarters=(3, 4), note=("Three in the first week.", "最初の1週間で3回。")),
    Turn(
        (6, 21), sure={"terraform": "likely"}, note=("Four people asked for it. Each item names the gatherings and skills it rests on.", "4人から希望があった。支えになる集まりとスキルも項目ごとに書いた。"),
        links={
            "half": (("mob",), ()), "mob": (("mob",), ()), "circle": (("circle",), ()), "terraform": ((), ("terraform",)),
            "datafix": (("mob",), ("sql",)), "alerts": ((), ("observability",)), "oncall": ((), ("incidents",)),
        },
    ),
    Turn((6, 27), sure={"datafix": "firm"}),
)  # fmt: skip

# Check-ins: item, day, status, words, by whom.
CHECKS = (
    ("list", (1, 20), "way", ("14 items so far", "現在14件"), "aoi"),
    ("list", (2, 22), "done", ("23 items", "23件"), "aoi"),
    ("agree", (1, 30), "doubt", ("Two pictures, no sentence yet", "絵が2つ、文はまだない"), "aoi"),
    ("agree", (2, 24), "done", ("Two thirds agreed to one sentence by name, and support helped to word it.", "3分の2が名前を添えて1つの文に賛成。CSも文言を一緒に考え、最後の違いは「まだ違って見えること」として残した。"), "aoi"),
    ("chat", (2, 2), "way", ("6 people asked something", "6人が質問"), "aoi"),
    ("chat", (3, 12), "done", ("14 people noticed", "14人"), "aoi"),
    ("pipeline", (4, 10), "way", ("Two of five steps", "5段階のうち2つ"), "aoi"),
    ("pipeline", (5, 29), "done", ("All five steps. The checklist is gone from the wiki, and nobody has asked for it.", "5段階すべて完了。Wikiから手順書が消え、誰もそれを探していない。リリース作業の質問も来なくなった。"), "kenta"),
    ("week", (4, 28), "doubt", ("Two calls to Aoi in five releases", "5回中2回、水野に電話"), "kenta"),
    ("week", (5, 30), "done", ("two weeks late", "2週間遅れ"), "kenta"),
    ("circle", (5, 18), "way", ("ch. 3 of 12", "12章中3章"), "daichi"),
    ("circle", (6, 30), "way", ("ch. 5 of 12", "12章中5章"), "daichi"),
    ("mob", (5, 4), "way", ("9 held", "9回開催"), "mei"),
    ("mob", (6, 29), "way", ("17 held", "17回開催"), "mei"),
    ("half", (6, 19), "way", ("3 of 6", "6回中3回"), "kenta"),
    ("half", (6, 30), "way", ("5 of 11", "11回中5回"), "kenta"),
    ("datafix", (6, 28), "way", ("needs CS review", "CSの確認待ち"), "mei"),
    ("postgres", (6, 26), "way", ("Restore took 22 min", "リストアに22分"), "yui"),
    ("terraform", (6, 21), "way", ("four people asked", "4人が希望"), "ryo"),
)  # fmt: skip
