"""Who and what the example story is about: Komorebi Care, a made-up company, in English and Japanese.

Every text is a pair (English, Japanese); the loader takes the one it is asked for, and keeps both where a row has both.
"""

from dataclasses import dataclass

ORGANISATION = ("Komorebi Care", "こもれびケア")
Text = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Person:
    key: str
    given: Text
    family: Text
    role: str
    team: Text
    is_admin: bool = False


# What the manager wrote beside the snapshot of the first half year.
HALF_YEAR = (
    "Half-year report to the board. Since the mobs began in July the load is leaving Aoi’s desk, more slowly than hoped.",
    "取締役会への半期報告。7月にモブを始めてから、負荷は葵さんの机から離れつつあるが、見込みよりゆっくり。",
)
DEVELOPMENT, SUPPORT = ("Development", "開発"), ("Customer support", "カスタマーサポート")
PEOPLE = (
    Person("aoi", ("Aoi", "葵"), ("Mizuno", "水野"), "lead", ("Infrastructure", "インフラ"), is_admin=True),
    Person("kenta", ("Kenta", "健太"), ("Sasaki", "佐々木"), "member", DEVELOPMENT),
    Person("mei", ("Mei", "芽衣"), ("Tachibana", "橘"), "member", DEVELOPMENT),
    Person("yui", ("Yui", "結衣"), ("Hoshino", "星野"), "member", SUPPORT),
    Person("daichi", ("Daichi", "大地"), ("Okada", "岡田"), "member", DEVELOPMENT),
    Person("ryo", ("Ryo", "涼"), ("Nakamura", "中村"), "member", DEVELOPMENT),
    Person("sakura", ("Sakura", "さくら"), ("Endo", "遠藤"), "member", SUPPORT),
    Person("tomoko", ("Tomoko", "智子"), ("Hayashi", "林"), "manager", ("Management", "経営")),
)


@dataclass(frozen=True, slots=True)
class Group:
    tag: Text
    name: Text
    side: str
    service: Text
    reliability: Text


GROUPS = (
    Group(
        ("parents", "保護者"),
        ("Parents", "保護者"),
        "outside",
        ("Word from the nursery, a few times a month.", "園からのお知らせを月に数回見ます。"),
        ("A notice is there when the child is picked up.", "迎えに行くときには、お知らせが届いていること。"),
    ),
    Group(
        ("facilities", "保育施設"),
        ("Childcare facilities", "保育施設"),
        "outside",
        ("Attendance, notices and the daily report.", "登園の記録、お知らせ、日報に使います。"),
        ("It is open at seven, and what was entered is still there.", "朝7時に使え、入力したものが残っていること。"),
    ),
    Group(
        ("developers", "開発者"),
        ("Developers", "開発者"),
        "inside",
        ("What they build and release, every day.", "毎日つくり、リリースするものです。"),
        (
            "A release goes out when it is ready, not when somebody has time.",
            "手の空いた人を待たずに、できたらリリースできること。",
        ),
    ),
    Group(
        ("cs", "CS"),
        ("Customer support", "CS（カスタマーサポート）"),
        "inside",
        ("The answer to every question they get.", "問い合わせに答えるための手がかりです。"),
        (
            "Data can be put right while the nursery is still on the phone.",
            "園と電話がつながっているうちに、データを直せること。",
        ),
    ),
)


@dataclass(frozen=True, slots=True)
class Toil:
    """One item. `times` is (a month at the start, a month at the end); `takers` are who takes it over, in order."""

    name: Text
    short: Text
    what: Text
    category: int  # place in apps.toil.models.category.DEFAULTS
    group: str
    area: str
    marks: str  # m manual, r repetitive, a automatable, t tactical, n no enduring value, g grows
    minutes: int
    times: tuple[float, float]
    takers: tuple[str, ...] = ()
    notes: tuple[Text, ...] = ()
    dig_hours: int = 0
    upkeep: int = 0


ITEMS = (
    Toil(
        ("Manual release", "手動リリース"), ("Release", "リリース"),
        ("Someone runs the checklist by hand each time a developer’s change goes out. It needs one quiet head.",
         "開発者の変更を出すたびに、手順書を見ながら手作業で進めます。集中できる人が1人必要です。"),
        0, "developers", "infrastructure", "mratng", 25, (16, 11), ("kenta", "mei", "yui"),
        (("v412, rolled forward once", "v412、一度前に進めて修正"), ("v408, quiet", "v408、問題なし"),
         ("waited for the migration", "マイグレーション待ち"), ("rolled back twice", "2回切り戻し")), 60, 30,
    ),
    Toil(
        ("Hotfix release", "緊急リリース"), ("Hotfix", "緊急リリース"),
        ("The same checklist, in a hurry.", "同じ手順を急いで行います。"),
        0, "developers", "infrastructure", "mrtn", 40, (3, 2), ("kenta",),
        (("login on old tablets", "古いタブレットでのログイン"),),
    ),
    Toil(
        ("Release announcement", "リリースのお知らせ"), ("Announce", "お知らせ"),
        ("Collecting what went out and telling support and facilities.", "出した変更をまとめ、CSと施設に知らせます。"),
        0, "cs", "process", "mra", 15, (8, 4), ("sakura", "mei"), (("for v410", "v410分"),),
    ),
    Toil(
        ("Customer data fix", "データ修正の依頼"), ("Data fix", "データ修正"),
        ("Support asks for a correction that no screen allows. Someone writes the SQL, someone else reads it.",
         "画面からは直せない修正をCSから頼まれます。1人がSQLを書き、もう1人が確認します。"),
        1, "cs", "data", "mratng", 15, (22, 17), ("mei", "kenta", "daichi"),
        (("Merge two child records, Sunflower Nursery", "ひまわり保育園、園児データの重複を統合"),
         ("Guardian e-mail swapped", "保護者メールの入れ違い"), ("Contract start moved by a month", "契約開始月の変更"),
         ("Attendance times, Hidamari Nursery", "ひだまり保育園、登降園時刻の訂正")), 80, 60,
    ),
    Toil(
        ("Duplicated child records", "園児データの重複修正"), ("Duplicates", "重複修正"),
        ("Two tablets offline at once make two of the same child.", "2台の端末が同時にオフラインになると、同じ園児が二重にできます。"),
        1, "facilities", "data", "mrang", 30, (7, 5), ("mei", "daichi"), (("three at once", "3件まとめて"),), 40, 0,
    ),
    Toil(
        ("Bulk import for a new facility", "新規施設の一括登録"), ("Bulk import", "一括登録"),
        ("A spreadsheet from the facility, never the same columns.", "施設からの表計算ファイルを取り込みます。列は毎回違います。"),
        1, "facilities", "data", "mrag", 60, (3, 4), ("daichi", "sakura"), (("42 children", "園児42人"),),
    ),
    Toil(
        ("Year-end roll-over", "年度更新"), ("Roll-over", "年度更新"),
        ("Classes move up; a hundred small exceptions.", "進級処理です。細かな例外がたくさんあります。"),
        1, "facilities", "data", "mrat", 120, (0.4, 0.3), ("daichi",),
    ),
    Toil(
        ("Error triage", "エラー確認"), ("Triage", "エラー確認"),
        ("Going through the night’s alerts and sorting known from new.", "夜間のアラートを見て、既知のものと新しいものを分けます。"),
        2, "developers", "application", "mrtn", 20, (20, 15), ("yui", "ryo", "kenta"),
        (("3 new, 1 handed to Mei", "新規3件、1件は橘さんへ"), ("all known", "すべて既知"), ("one real one", "1件は本物")), 30, 45,
    ),
    Toil(
        ("Disk alarm", "ディスク容量の警報"), ("Disk", "ディスク"),
        ("The log volume fills up; someone clears it.", "ログ領域がいっぱいになり、手で空けます。"),
        2, "developers", "infrastructure", "mratn", 15, (4, 0), (), (("log volume", "ログ領域"),), 6, 0,
    ),
    Toil(
        ("Slow query watch", "遅いクエリの見張り"), ("Slow queries", "遅いクエリ"),
        ("Reading the slow log each morning.", "毎朝スローログに目を通します。"),
        2, "developers", "application", "mra", 15, (9, 6), ("ryo", "yui"),
    ),
    Toil(
        ("Restart stuck worker", "止まったワーカーの再起動"), ("Restart", "再起動"),
        ("The notification worker hangs; a restart helps.", "通知ワーカーが固まり、再起動で直ります。"),
        2, "parents", "infrastructure", "mratn", 10, (10, 6), ("kenta", "yui"), (("again after midnight", "深夜にまた"),), 20, 0,
    ),
    Toil(
        ("PostgreSQL 14 to 17", "PostgreSQL 14→17"), ("PostgreSQL", "PostgreSQL"),
        ("Rehearsing and doing the upgrade before support ends.", "サポート終了前の更新と、そのリハーサルです。"),
        3, "developers", "infrastructure", "mt", 90, (0, 3), ("ryo", "yui"), (("Restore took 22 min", "リストアに22分"),),
    ),
    Toil(
        ("Runtime upgrades", "ランタイムの更新"), ("Runtime", "ランタイム"),
        ("Each service, one by one, before its version ends.", "各サービスを、版のサポートが切れる前に順に上げます。"),
        3, "developers", "application", "mra", 60, (3, 2), ("kenta", "ryo"),
    ),
    Toil(
        ("Base image refresh", "ベースイメージの更新"), ("Base image", "イメージ"),
        ("Rebuilding containers on a newer base.", "新しいベースでコンテナを作り直します。"),
        3, "developers", "infrastructure", "mran", 25, (4, 3), ("ryo",), (), 16, 10,
    ),
    Toil(
        ("Quarterly audit pack", "四半期の監査資料"), ("Audit pack", "監査資料"),
        ("Screenshots, lists of accounts, signatures.", "画面の写し、アカウント一覧、確認印をそろえます。"),
        4, "facilities", "process", "mra", 180, (0.7, 0.7), (), (("accounts of leavers", "退職者のアカウント"),), 24, 30,
    ),
    Toil(
        ("Access review", "権限の棚卸し"), ("Access", "棚卸し"),
        ("Who still has the keys to what?", "誰がどの鍵を持っているかを確かめます。"),
        4, "developers", "process", "mra", 45, (1, 1), ("ryo",),
    ),
    Toil(
        ("Facility security questionnaire", "施設からのセキュリティ質問票"), ("Questionnaire", "質問票"),
        ("The same forty questions in another spreadsheet.", "同じ40問に、別の様式で答えます。"),
        4, "facilities", "process", "mrag", 50, (2, 3), ("sakura",),
    ),
    Toil(
        ("Dependency alert, image library", "依存ライブラリの警告"), ("Dependency", "依存警告"),
        ("Reading the advisory, patching, checking exposure.", "勧告を読み、直し、影響を確かめます。"),
        5, "developers", "application", "mrat", 35, (6, 5), ("ryo", "kenta"),
        (("Patched, no exposure found", "修正済み、影響なし"),), 30, 20,
    ),
    Toil(
        ("Certificate renewal", "証明書の更新"), ("Certificate", "証明書"),
        ("Four domains, four calendars.", "4つのドメイン、4つの期限。"),
        5, "parents", "infrastructure", "mran", 40, (2, 0), (), (("admin domain", "管理ドメイン"),), 12, 5,
    ),
    Toil(
        ("Log dig for an inquiry", "問い合わせのログ調査"), ("Log dig", "ログ調査"),
        ("A parent says the notice came twice. Did it? The logs know, in three places.",
         "「通知が2回来た」という問い合わせ。本当かどうかは、3か所のログを見ればわかります。"),
        6, "cs", "application", "mratng", 35, (14, 10), ("mei", "sakura", "yui"),
        (("“Pick-up notice arrived twice”", "「お迎え通知が2回届いた」"), ("“Could not log in on Sunday”", "「日曜にログインできない」"),
         ("bus location frozen", "バスの位置が止まる")), 50, 40,
    ),
    Toil(
        ("Who changed this record?", "変更者の調査"), ("Who changed", "変更者"),
        ("Finding who edited an attendance record, and when.", "登降園の記録を誰がいつ直したかを調べます。"),
        6, "facilities", "data", "mran", 25, (5, 4), ("mei", "daichi"),
    ),
    Toil(
        ("Mail did not arrive", "メール不達の調査"), ("Mail", "メール不達"),
        ("Following one message through three services.", "1通のメールを、3つのサービスにわたって追います。"),
        6, "parents", "application", "mrtn", 30, (6, 4), ("sakura", "yui"), (("carrier filter", "携帯の受信拒否"),),
    ),
    Toil(
        ("Monthly cost report", "月次のコスト報告"), ("Cost report", "コスト報告"),
        ("Copying numbers from the cloud console into a slide.", "クラウドの管理画面から数字を写します。"),
        4, "developers", "process", "mra", 30, (1, 1), (),
    ),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Turn:
    """A change of state: on the item at this place of ITEMS, so many days ago (or on a fixed day), and why."""

    item: int
    state: str
    when: int | str
    why: Text = ("", "")


# The backstory, 2023 to 2024, then what the year brought.
TURNS = (
    Turn(8, "agreed", "2023-10-02", ("EC2 volumes fill up again and again.", "EC2のボリュームが何度もあふれる。")),
    Turn(18, "observed", "2024-01-15", ("Tidying the AWS resources showed four ways to renew.", "AWSの整理で、更新手順が4通りあるとわかった。")),
    Turn(0, "observed", "2024-04-01", ("The service grows; releases come weekly now.", "サービスが広がり、リリースが毎週になった。")),
    Turn(0, "agreed", 300, ("Everyone waits two to three hours for a slot.", "誰もが順番を2〜3時間待っている。")),
    Turn(3, "agreed", 290, ("Most of what support asks for ends here.", "CSからの依頼の多くがここに集まる。")),
    Turn(19, "agreed", 280),
    Turn(8, "digging", 270),
    Turn(8, "gone", 232, ("Containers write to a log service; there is no volume to fill.", "コンテナのログは外部に送られ、あふれる領域がなくなった。")),
    Turn(18, "digging", 200),
    Turn(18, "gone", 150, ("Certificates renew themselves.", "証明書は自動で更新される。")),
    Turn(0, "digging", 128, ("A pipeline replaces the checklist, step by step.", "手順書を、少しずつパイプラインに置き換える。")),
    Turn(10, "agreed", 110),
    Turn(22, "accepted", 95, ("Half an hour a month; the talk with finance is worth it.", "月30分。経理と話すきっかけになっている。")),
    Turn(14, "agreed", 60),
    Turn(7, "agreed", 40),
    Turn(10, "digging", 21, ("The queue library has a fix; trying it on staging.", "キューのライブラリに修正が出た。検証環境で試している。")),
)  # fmt: skip

# Digging hours: item, days ago, minutes, who, what.
DIGGING = (
    (8, 262, 180, "aoi", ("Log service set up", "ログ送信の設定")),
    (8, 240, 150, "kenta", ("Volumes removed", "ボリュームの撤去")),
    (18, 196, 240, "aoi", ("Automatic renewal, two domains", "2ドメインの自動更新")),
    (18, 170, 300, "aoi", ("The other two", "残り2ドメイン")),
    (0, 120, 360, "aoi", ("Pipeline, first stage", "パイプライン第1段階")),
    (0, 92, 420, "kenta", ("Database step", "データベースの手順")),
    (0, 64, 300, "mei", ("Rollback button", "切り戻しボタン")),
    (0, 33, 240, "aoi", ("Canary", "カナリアリリース")),
    (10, 18, 120, "yui", ("Tried the fix on staging", "検証環境で修正を試した")),
)
