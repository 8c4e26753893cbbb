"""What the story's people do together: a reading circle of twelve chapters with five held, seventeen mobs, and one
learning event that never happened.
"""

from datetime import date, datetime, time, timedelta

from django.utils import timezone, translation

from apps.accounts.models import Member
from apps.gatherings import reading, schedule
from apps.gatherings.models import (
    Answer,
    Attendance,
    Book,
    BookIdea,
    BookVote,
    Brought,
    ChapterNote,
    ChecklistLine,
    FollowUp,
    Gathering,
    HavingRead,
    Impression,
    Kind,
    Meeting,
    MeetingNotes,
    Participant,
    Role,
    Rsvp,
    Says,
)
from apps.gatherings.recurrence import Frequency, Rule
from apps.story.cast import Text
from apps.toil.models import Item

CIRCLE: Text = ("Site Reliability Engineering", "SRE サイトリライアビリティエンジニアリング")
CIRCLE_ABOUT: Text = (
    "One chapter over lunch, whoever read it and whoever did not.",
    "昼食をとりながら1章ずつ。読んだ人も、読んでいない人も。",
)
PLACE: Text = ("Kusunoki and online", "会議室くすのき・オンライン")
MOB: Text = ("Mob Thursdays", "木曜モブ")
MOB_ABOUT: Text = (
    "One thing that only one person can do, done by somebody else, together.",
    "1人にしかできない作業を、別の人がみんなと一緒にやってみます。",
)
EVENT: Text = ("Infra lightning talks", "インフラLT会")
NOBODY: Text = ("Nobody found the time to prepare a talk.", "だれも発表の準備ができなかったため。")
HELD, MOBS = 5, 17
# (chapter, who leads it)
CHAPTERS: tuple[tuple[Text, str], ...] = (
    (("Introduction", "はじめに"), "aoi"),
    (("The production environment", "本番環境"), "kenta"),
    (("Embracing risk", "リスクの受け入れ"), "mei"),
    (("Service level objectives", "サービスレベル目標"), "ryo"),
    (("Eliminating toil", "トイルの撲滅"), "daichi"),
    (("Monitoring distributed systems", "分散システムのモニタリング"), "yui"),
    (("The evolution of automation", "自動化の進化"), ""),
    (("Release engineering", "リリースエンジニアリング"), "kenta"),
    (("Simplicity", "単純さ"), ""),
    (("Practical alerting", "実践的アラート"), ""),
    (("Being on-call", "オンコール対応"), ""),
    (("Postmortem culture", "ポストモーテムの文化"), ""),
)
NOTE: Text = (
    "We tried to count our own toil and found that nobody agreed what it is. Sakura knew: what support asks for twice. "
    "That became an item in the log.",
    "自分たちのトイルを数えようとして、何がトイルかの認識がそろっていないと気づきました。遠藤さんの答えは「CSが2回頼んだこと」。"
    "これがトイルの項目になりました。",
)
QUESTIONS: tuple[tuple[str, Text], ...] = (
    (
        "yui",
        (
            "Is answering support’s questions toil, or is it the job?",
            "CSの質問に答えるのはトイル？それとも本来の仕事？",
        ),
    ),
    ("kenta", ("What would we stop watching first?", "最初にやめる監視はどれ？")),
)
HAVE_READ = (("kenta", Says.READ), ("mei", Says.PARTLY), ("yui", Says.NOT))
NEXT_BOOK: Text = ("Database Reliability Engineering", "データベースリライアビリティエンジニアリング")
WHY: Text = ("The PostgreSQL upgrade is next.", "次はPostgreSQLの更新なので。")
# Who came to the circle's meetings, and to the last mobs; before those, Kenta and Mei with Aoi.
CAME = (
    ("aoi", "kenta", "mei", "yui", "ryo", "daichi", "sakura"),
    ("aoi", "kenta", "mei", "yui", "ryo", "daichi"),
    ("aoi", "kenta", "mei", "yui", "daichi", "sakura"),
    ("aoi", "kenta", "mei", "ryo", "yui", "daichi", "sakura"),
    ("aoi", "kenta", "mei", "daichi", "ryo"),
)
# (item of cast.ITEMS, what it was about, who came), the last first
LAST_MOBS: tuple[tuple[int, Text, tuple[str, ...]], ...] = (
    (0, ("Release v408", "リリース v408"), ("aoi", "kenta", "mei", "daichi", "yui")),
    (0, ("Release v405", "リリース v405"), ("aoi", "kenta", "yui", "daichi")),
    (3, ("Data fix with support", "CSと一緒にデータ修正"), ("aoi", "mei", "sakura", "yui")),
    (11, ("PostgreSQL rehearsal", "PostgreSQLリハーサル"), ("aoi", "ryo", "kenta", "yui")),
)
NEXT_MOB: Text = ("Correcting duplicated child records", "園児データの重複修正")
SURPRISED: Text = (
    "The checklist forgets the tablets that are offline.",
    "手順書にオフラインの端末のことが抜けていた。",
)
NEEDS_NOBODY: Text = (
    "A pipeline that waits for the migration by itself.",
    "マイグレーションを自分で待つパイプライン。",
)
# The mob that turned the map, nine weeks before the last one.
TURNED, TURNED_CAME = MOBS - 10, ("aoi", "kenta", "mei", "yui", "daichi")
TURNED_SURPRISED: Text = (
    "Two came whom nobody had asked.",
    "誰も声をかけていない2人が来た。",
)
TURNED_DECISIONS: Text = (
    "Whoever came twice drives the third time.",
    "2回来た人は、3回目に運転する。",
)
FOLLOW_UP: Text = ("Add the tablets to the checklist", "手順書に端末のことを書き足す")
GOING = ("aoi", "kenta", "mei", "yui")


def meet(people: dict[str, Member], items: list[Item], which: int) -> dict[str, Gathering]:
    """Plans them as they were planned, with what people answered; the two that meet again and again, by key."""
    today = people["aoi"].today()
    met = {"circle": _circle(people, which, today), "mob": _mobs(people, items, which, today)}
    _event(people, which, today)
    return met


def _circle(people: dict[str, Member], which: int, today: date) -> Gathering:
    first = _next(today, 4) - timedelta(weeks=2 * HELD)
    row = _gathering(people, Kind.READING, CIRCLE[which], CIRCLE_ABOUT[which], first, time(12, 30), 45)
    row.place = PLACE[which]
    row.rule = Rule(Frequency.WEEKLY, interval=2, weekdays=(4,)).pinned(first).to_json()
    _begin(row, people, today, CAME[0])
    for meeting, came in zip(row.meetings.order_by("number"), CAME, strict=False):
        _came(meeting, people, came)
        _there(meeting, people, came)
    _going(row, people, ("kenta", "mei", "yui", "ryo"))
    _book(row, people, which)
    return row


def _book(row: Gathering, people: dict[str, Member], which: int) -> None:
    """Twelve chapters, five of them read; notes to catch up with, and questions for the next."""
    book = Book.begin(row, title=CIRCLE[which], settled_until=_moment(row.first_day) - timedelta(days=1))
    book.add([(title[which], None) for title, _leads in CHAPTERS])
    reading.settle(row)
    chapters = list(book.chapters.order_by("number"))
    for chapter, (_title, leads) in zip(chapters, CHAPTERS, strict=True):
        if leads:
            type(chapter).objects.filter(pk=chapter.pk).update(facilitator=people[leads])
    ChapterNote.objects.create(chapter=chapters[HELD - 1], text=NOTE[which], by=people["daichi"])
    for person, text in QUESTIONS:
        Impression.objects.create(
            chapter=chapters[HELD], member=people[person], kind=Brought.QUESTION, text=text[which]
        )
    for person, says in HAVE_READ:
        HavingRead.objects.create(chapter=chapters[HELD], member=people[person], says=says)
    idea = BookIdea.objects.create(gathering=row, title=NEXT_BOOK[which], why=WHY[which], by=people["ryo"])
    for person in ("ryo", "yui", "mei"):
        BookVote.objects.create(idea=idea, member=people[person])


def _mobs(people: dict[str, Member], items: list[Item], which: int, today: date) -> Gathering:
    first = _next(today, 3) - timedelta(weeks=MOBS)
    row = _gathering(people, Kind.MOB, MOB[which], MOB_ABOUT[which], first, time(15), 50)
    row.place, row.item = PLACE[which], items[4]
    row.rule = Rule(Frequency.WEEKLY, weekdays=(3,)).pinned(first).to_json()
    _begin(row, people, today, ("aoi", "kenta", "mei", "yui"))
    meetings = list(row.meetings.order_by("number"))
    told: list[tuple[Text, tuple[str, ...]]] = [(("Release", "リリース"), ("aoi", "kenta", "mei"))] * (
        MOBS - len(LAST_MOBS)
    )
    told += [(title, came) for _item, title, came in reversed(LAST_MOBS)]
    told[TURNED] = (told[TURNED][0], TURNED_CAME)
    about = [0] * (MOBS - len(LAST_MOBS)) + [item for item, _title, _came in reversed(LAST_MOBS)]
    for meeting, (title, came), number in zip(meetings, told, about, strict=False):
        Meeting.objects.filter(pk=meeting.pk).update(title=title[which], own_item=items[number])
        _came(meeting, people, came)
        # Aoi teaches, Kenta drove most of them, the others said where to go or watched.
        roles = dict.fromkeys(came, Role.WATCHING) | {"aoi": Role.TEACHING}
        drove = "kenta" if "kenta" in came else came[1]
        _there(meeting, people, came, roles | {drove: Role.DRIVING})
    notes = MeetingNotes.objects.create(
        meeting=meetings[MOBS - 1], surprised=SURPRISED[which], needs_nobody=NEEDS_NOBODY[which], by=people["kenta"]
    )
    MeetingNotes.objects.create(
        meeting=meetings[TURNED],
        surprised=TURNED_SURPRISED[which],
        decisions=TURNED_DECISIONS[which],
        by=people["mei"],
        at=meetings[TURNED].ends_at,
    )
    FollowUp.objects.create(
        meeting=notes.meeting,
        words=FOLLOW_UP[which],
        owner=people["kenta"],
        due=today + timedelta(days=7),
        by=people["aoi"],
    )
    with translation.override("ja" if which else "en"):
        ChecklistLine.begin(meetings[MOBS])
    Meeting.objects.filter(pk=meetings[MOBS].pk).update(title=NEXT_MOB[which])
    _going(row, people, GOING)
    return row


def _event(people: dict[str, Member], which: int, today: date) -> None:
    day = _next(today, 2) - timedelta(weeks=6)
    row = _gathering(people, Kind.EVENT, EVENT[which], "", day, time(17), 60)
    _begin(row, people, today, ())
    meeting = row.meetings.get()
    meeting.cancel(people["aoi"], NOBODY[which])
    Meeting.objects.filter(pk=meeting.pk).update(cancelled_at=meeting.starts_at - timedelta(days=1))


def _next(today: date, weekday: int) -> date:
    """The next such weekday after today."""
    return today + timedelta(days=(weekday - today.weekday() - 1) % 7 + 1)


def _gathering(people, kind: Kind, title: str, about: str, first: date, clock: time, minutes: int) -> Gathering:
    aoi = people["aoi"]
    return Gathering(
        kind=kind, title=title, about=about, organiser=aoi, zone=aoi.time_zone, first_day=first, clock=clock, minutes=minutes
    )  # fmt: skip


def _begin(row: Gathering, people: dict[str, Member], today: date, joined: tuple[str, ...]) -> None:
    schedule.begin(row, today)
    begun = _moment(row.first_day)
    for person in joined:
        Participant.join(row, people[person])
    row.participants.update(joined_at=begun)


def _came(meeting: Meeting, people: dict[str, Member], came: tuple[str, ...]) -> None:
    """What was answered before it: written as it was, because nobody can answer for a meeting that is over."""
    Rsvp.objects.bulk_create(
        Rsvp(meeting=meeting, member=people[one], answer=Answer.GOING, has_seat=True, line=n, at=meeting.starts_at)
        for n, one in enumerate(came, 1)
    )


def _there(
    meeting: Meeting, people: dict[str, Member], came: tuple[str, ...], roles: dict[str, Role] | None = None
) -> None:
    """Who was there, as each of them said on the day."""
    Attendance.objects.bulk_create(
        Attendance(
            meeting=meeting,
            member=people[one],
            role=(roles or {}).get(one, ""),
            noted_by=people[one],
            at=meeting.starts_at,
            checked_in_at=meeting.starts_at,
        )
        for one in came
    )


def _going(row: Gathering, people: dict[str, Member], going: tuple[str, ...]) -> None:
    following = row.meetings.ahead(timezone.now()).first()
    if following is not None:
        for person in going:
            Rsvp.say(following, Answer.GOING, member=people[person])


def _moment(day: date) -> datetime:
    return datetime.combine(day, time(9), timezone.get_current_timezone())
