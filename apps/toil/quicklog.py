"""Reads one line of toil: `25m manual release #cs yesterday !rolled back twice`, in any order, English or Japanese.

A pure rule: names come in, a reading goes out; it asks no database and knows no request. Whatever is unsure becomes
one question whose choices are whole lines, so that answering works by sending the line again, without script.

The grammar: `[time] name [#who-for] [@person] [day] [!note]`. A quoted name ("Manual release", 「手動リリース」) means
exactly that item; +"New name" makes one. The note runs to the end, but #tags and @persons at its very end still count.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, time, timedelta

from django.utils.translation import gettext as _
from rapidfuzz import fuzz, process

from apps.toil import durations
from apps.toil.folding import fold
from apps.web.text import clean

LINE_LONGEST = 2_600
BEFORE_NOTE_LONGEST = 500
NOTE_LONGEST = 2_000
NAME_LONGEST = 120
SURE, AHEAD, POSSIBLE = 84, 8, 55  # rapidfuzz scores, 0 to 100
MOST_CANDIDATES = 4
COMMON_MINUTES = (15, 30, 60)


@dataclass(frozen=True, slots=True)
class Known:
    """A row that a line can name: its id, how it is shown, everything it answers to, and how long it usually takes."""

    id: int
    label: str
    names: tuple[str, ...]
    usual_minutes: int | None = None


@dataclass(frozen=True, slots=True)
class Choice:
    label: str
    rewrite: str  # the whole line that says it unmistakably


@dataclass(frozen=True, slots=True)
class Question:
    field: str
    text: str
    choices: tuple[Choice, ...]


@dataclass(frozen=True, slots=True)
class Problem:
    field: str
    message: str


@dataclass(slots=True)
class Reading:
    """What a line means so far. `ready` when it can be logged as it stands."""

    line: str
    minutes: int | None = None
    started: time | None = None
    day: date | None = None
    item: Known | None = None
    new_item_name: str = ""
    stakeholder: Known | None = None
    member: Known | None = None
    note: str = ""
    question: Question | None = None
    problems: tuple[Problem, ...] = ()

    @property
    def ready(self) -> bool:
        named = self.item is not None or bool(self.new_item_name)
        return bool(self.minutes) and named and self.question is None and not self.problems


# ---- cutting the line up ---------------------------------------------------------------------------

_SIGNS = str.maketrans({"＃": "#", "＠": "@", "！": "!", "\u3000": " ", "“": '"', "”": '"'})
_QUOTED = re.compile(r'(?P<new>\+)?(?:"(?P<a>[^"]+)"|「(?P<b>[^」]+)」)')
_MARKED = re.compile(r"(?:^|(?<=\s))(?P<sign>[#@])(?P<word>[^\s#@!]*)")
_NOTE = re.compile(r"(?:^|(?<=\s))!")
# Durations that may stand anywhere in a line; each is read again by durations.py.
_TIME = re.compile(
    r"(?<![\w:.,-])(?:"
    r"\d{1,3}(?:[.,]\d+)?\s?h(?:ours?|rs?)?\s?\d{1,2}\s?m(?:in(?:ute)?s?)?(?![a-z])"
    r"|\d{1,3}(?:[.,]\d+)?\s?h(?:ours?|rs?)?\s?\d{0,2}(?!\w)"
    r"|-?\d{1,9}(?:[.,]\d+)?\s?m(?:in(?:ute)?s?)?(?!\w)"
    r"|\d{1,2}:\d{2}\s?[-~]\s?\d{1,2}[:.]?\d{0,2}(?!\w)"
    r"|\d{1,2}(?:\.\d{2})?[-~]\d{1,2}(?:[.:]\d{2})?(?![\w-])"
    r"|\d{1,3}:\d{2}(?::\d{2})?(?!\w)"
    r")"
    r"|-?\d{1,4}(?:[.,]\d+)?時間(?:半|\d{1,3}分?)?|(?<![時])-?\d{1,9}(?:[.,]\d+)?分|半時間",
    re.IGNORECASE,
)
_BARE_NUMBER = re.compile(r"(?:^|(?<=\s))\d{1,4}(?=\s|$)")


def read(
    line: str,
    *,
    items: Sequence[Known],
    stakeholders: Sequence[Known],
    members: Sequence[Known],
    today: date,
) -> Reading:
    """What `line` means on the day `today`. Never raises."""
    if len(line) > LINE_LONGEST:
        return Reading(line[:LINE_LONGEST], problems=(Problem("line", _("This line is too long. Use the full form.")),))
    text = clean(line.translate(_SIGNS))
    found = Reading(text)
    problems: list[Problem] = []
    rest, found.note = _cut_note(text)
    if len(rest) > BEFORE_NOTE_LONGEST:
        problems.append(Problem("line", _("This line is too long. Put the story behind a ! as its note.")))
        rest = rest[:BEFORE_NOTE_LONGEST]
    if len(found.note) > NOTE_LONGEST:
        problems.append(Problem("note", _("The note is too long: at most 2,000 characters.")))
    rest, quoted, is_new = _cut_quoted(rest)
    rest = _read_marked(rest, found, stakeholders, members, problems)
    rest = _read_day(rest, found, items if not quoted else (), today, problems)
    rest, times = _cut_times(rest)
    _read_time(found, times, problems)
    name = " ".join(rest.split())
    if quoted:
        _take_quoted(found, quoted, is_new, items, problems)
    else:
        _read_name(found, name, items, problems)
    found.problems = tuple(problems)
    if not problems and found.question is None and found.minutes is None and (found.item or found.new_item_name):
        found.question = _how_long(found)
    return found


def _cut_note(text: str) -> tuple[str, str]:
    """The line before the note, with the note's closing #tags and @persons moved to it, and the note."""
    mark = _NOTE.search(text)
    if mark is None:
        return text, ""
    note = text[mark.end() :].strip()
    closing = re.search(r"(?:\s+[#@][^\s#@!]+)+$", " " + note)
    if closing:
        note = (" " + note)[: closing.start()].strip()
        return f"{text[: mark.start()]} {closing[0].strip()}", note
    return text[: mark.start()], note


def _cut_quoted(text: str) -> tuple[str, str, bool]:
    quoted = _QUOTED.search(text)
    if quoted is None:
        return text, "", False
    rest = f"{text[: quoted.start()]} {text[quoted.end() :]}"
    return rest, (quoted["a"] or quoted["b"]).strip(), bool(quoted["new"])


def _read_marked(text: str, found: Reading, stakeholders, members, problems: list[Problem]) -> str:
    for mark in _MARKED.finditer(text):
        word = mark["word"]
        if not word:
            continue
        if mark["sign"] == "#":
            found.stakeholder, near = _named(word, stakeholders)
            if found.stakeholder is None:
                problems.append(Problem("stakeholder", _unknown_tag(word, near)))
        else:
            found.member, near = _named(word, members)
            if found.member is None:
                problems.append(Problem("member", _unknown_person(word, near)))
    return _MARKED.sub(" ", text)


def _unknown_tag(word: str, near: list[str]) -> str:
    if near:
        return _("Nobody is tagged #%(tag)s. Did you mean %(near)s?") % {"tag": word, "near": ", ".join(near)}
    return _("Nobody is tagged #%(tag)s yet. Leave it out, or ask the lead to add it.") % {"tag": word}


def _unknown_person(word: str, near: list[str]) -> str:
    if near:
        return _("No @%(name)s here. Did you mean %(near)s?") % {"name": word, "near": ", ".join(near)}
    return _("No @%(name)s here, or you may not log for them.") % {"name": word}


def _named(word: str, known: Iterable[Known]) -> tuple[Known | None, list[str]]:
    """The one row that `word` names, by whole name or by a beginning that fits only it; else the names nearest."""
    wanted = fold(word).replace("_", " ")
    exact, starts, names = [], {}, {}
    for row in known:
        folded = [fold(name) for name in row.names]
        if wanted in folded or wanted.replace(" ", "") in [f.replace(" ", "") for f in folded]:
            exact.append(row)
        elif any(f.startswith(wanted) for f in folded):
            starts[row.id] = row
        names[row.names[0]] = folded[0]
    if len(exact) == 1:
        return exact[0], []
    if not exact and len(starts) == 1:
        return next(iter(starts.values())), []
    if exact or starts:
        return None, [row.names[0] for row in (*exact, *starts.values())][:MOST_CANDIDATES]
    near = process.extract(wanted, names, scorer=fuzz.WRatio, limit=3, score_cutoff=POSSIBLE)
    return None, [key for _name, _score, key in near]


# ---- days ------------------------------------------------------------------------------------------

_RELATIVE = {
    **dict.fromkeys(("tomorrow", "明日"), -1),
    **dict.fromkeys(("today", "今日", "きょう", "本日"), 0),
    **dict.fromkeys(("yesterday", "昨日", "きのう"), 1),
    **dict.fromkeys(("一昨日", "おととい"), 2),
}
_WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_KANJI = "月火水木金土日"
_ISO = re.compile(r"(\d{4})[-/](\d{1,2})[-/](\d{1,2})")
_MONTH_DAY = re.compile(r"(\d{1,2})/(\d{1,2})|(\d{1,2})月(\d{1,2})日")


def _read_day(text: str, found: Reading, items, today: date, problems: list[Problem]) -> str:
    """Takes the first word that is a day out of the line, unless a name is better with it."""
    words = text.split()
    for at, word in enumerate(words):
        plain = word.strip("()（）,、").lower()
        try:
            day = _day(durations.normal(plain), today)
        except ValueError:
            problems.append(Problem("day", _("There is no such day: %(day)s.") % {"day": word}))
            return " ".join(words[:at] + words[at + 1 :])
        if day is None or _belongs_to_a_name(word, words, items):
            continue
        if day > today:
            problems.append(Problem("day", _("This day has not come yet. Log it when it is done.")))
        found.day = day
        return " ".join(words[:at] + words[at + 1 :])
    return text


def _day(word: str, today: date) -> date | None:
    """The day a word means, or None. Raises ValueError for a date that does not exist."""
    if word in _RELATIVE:
        return today - timedelta(days=_RELATIVE[word])
    weekday = _weekday(word)
    if weekday is not None:
        return today - timedelta(days=(today.weekday() - weekday) % 7)
    if iso := _ISO.fullmatch(word):
        return date(*map(int, iso.groups()))
    if short := _MONTH_DAY.fullmatch(word):
        month, day = (int(group) for group in short.groups() if group)
        this_year = date(today.year, month, day) if (month, day) != (2, 29) else _leap_day(today)
        return this_year if this_year <= today else this_year.replace(year=today.year - 1)
    return None


def _leap_day(today: date) -> date:
    """The last 29 February up to today."""
    year = today.year
    while True:
        try:
            if (day := date(year, 2, 29)) <= today:
                return day
        except ValueError:
            pass
        year -= 1


def _weekday(word: str) -> int | None:
    if word in _WEEKDAYS:
        return _WEEKDAYS.index(word)
    for number, name in enumerate(_WEEKDAYS):
        if word == name[:3]:
            return number
    if len(word) in (2, 3) and word[0] in _KANJI and word[1:] in ("曜", "曜日"):
        return _KANJI.index(word[0])
    return None


def _belongs_to_a_name(word: str, words: list[str], items: Iterable[Known]) -> bool:
    """True if the day's word stands in an item's name, together with another word of the line."""
    wanted = fold(word)
    others = {fold(other) for other in words if other != word}
    for item in items:
        for name in item.names:
            parts = fold(name).split()
            if wanted in parts and (len(parts) == 1 or others & set(parts)):
                return True
    return False


# ---- times -----------------------------------------------------------------------------------------


def _cut_times(text: str) -> tuple[str, list[str]]:
    plain = durations.normal(text)
    return _TIME.sub(" ", plain), [match[0] for match in _TIME.finditer(plain)]


def _read_time(found: Reading, times: list[str], problems: list[Problem]) -> None:
    spans: dict[str, durations.Span] = {}
    for text in times:
        try:
            spans[text] = durations.read_span(text)
        except durations.DurationError as error:
            problems.append(Problem("minutes", str(error)))
            return
    if len(spans) > 1:
        choices = tuple(
            Choice(durations.show(span.minutes), _with_only(found.line, text)) for text, span in spans.items()
        )
        found.question = Question("minutes", _("Which is the time?"), choices)
    elif spans:
        span = next(iter(spans.values()))
        found.minutes, found.started = span.minutes, span.start


def _with_only(line: str, time: str) -> str:
    """The line with `time` as its only time; what stands in quotes or in the note stays as it is."""
    before, note = _cut_note(durations.normal(line))
    quoted = _QUOTED.search(before)
    start, end = quoted.span() if quoted else (len(before), len(before))
    said = f"{_TIME.sub(' ', before[:start])} {before[start:end]} {_TIME.sub(' ', before[end:])}"
    return " ".join(f"{time} {said}".split()) + (f" !{note}" if note else "")


def _how_long(found: Reading) -> Question:
    usual = found.item.usual_minutes if found.item else None
    offered = dict.fromkeys(filter(None, (usual, *COMMON_MINUTES)))
    return Question(
        "minutes",
        _("How long did it take?"),
        tuple(Choice(durations.show(m), f"{m}m {found.line}") for m in offered),
    )


# ---- names -----------------------------------------------------------------------------------------


def _take_quoted(found: Reading, name: str, is_new: bool, items: Sequence[Known], problems: list[Problem]) -> None:
    wanted = fold(name)
    exact = [item for item in items if wanted in (fold(n) for n in item.names)]
    if exact:
        found.item = exact[0]
    elif len(name) > NAME_LONGEST:
        problems.append(Problem("item", _("This name is too long: at most 120 characters.")))
    elif is_new:
        found.new_item_name = name
    else:
        found.question = Question(
            "item", _("There is no item of this name."), (_create(found.line, name, quoted=True),)
        )


def _read_name(found: Reading, name: str, items: Sequence[Known], problems: list[Problem]) -> None:
    if not fold(name).strip('+"「」 '):
        if found.line and not problems:
            problems.append(Problem("item", _("What was it? Name the toil after the time.")))
        return
    ranked = _rank(name, items)
    best = ranked[0] if ranked else None
    second = ranked[1][1] if len(ranked) > 1 else 0
    number = _BARE_NUMBER.search(name)
    may_be_minutes = number and found.minutes is None and found.question is None
    if number and may_be_minutes and 0 < int(number[0]) <= durations.LONGEST and not (best and best[1] == 100):
        found.question = _is_it_the_minutes(found, name, number[0])
        return
    if best and (best[1] == 100 or best[1] >= SURE) and best[1] - second >= (1 if best[1] == 100 else AHEAD):
        found.item = best[0]
        return
    if len(name) > NAME_LONGEST:
        problems.append(Problem("item", _("This name is too long: at most 120 characters.")))
        return
    if found.question is None:
        found.question = _which_one(found, name, [item for item, score in ranked if score >= POSSIBLE])


def _rank(name: str, items: Sequence[Known]) -> list[tuple[Known, float]]:
    """Items with their best score, best first: 100 for the whole name, less for a beginning, words, or likeness."""
    wanted = fold(name)
    owners: list[int] = []
    names: list[str] = []
    for at, item in enumerate(items):
        for each in item.names:
            owners.append(at)
            names.append(fold(each))
    scores: dict[int, float] = {}
    if wanted in names:
        scores = {owners[at]: 100.0 for at, each in enumerate(names) if each == wanted}
    for _each, score, at in process.extract(wanted, names, scorer=fuzz.ratio, limit=8, score_cutoff=POSSIBLE):
        owner = owners[at]
        scores[owner] = max(scores.get(owner, 0), min(score, 99))
    for at, each in enumerate(names):
        if each != wanted and (each.startswith(wanted) or _words_begin(wanted, each)):
            scores[owners[at]] = max(scores.get(owners[at], 0), 90)
        elif wanted in each:
            scores[owners[at]] = max(scores.get(owners[at], 0), 80)
    return sorted(((items[at], score) for at, score in scores.items()), key=lambda pair: -pair[1])


def _words_begin(wanted: str, name: str) -> bool:
    """True if each typed word begins a word of the name: “man rel” for “manual release”."""
    parts = name.split()
    typed = wanted.split()
    return len(typed) > 1 and all(any(part.startswith(word) for part in parts) for word in typed)


def _is_it_the_minutes(found: Reading, name: str, number: str) -> Question:
    spot = re.search(rf"(?:^|(?<=\s)){number}(?=\s|$)", durations.normal(found.line))
    plain = durations.normal(found.line)
    as_time = f"{plain[: spot.start()]}{number}m{plain[spot.end() :]}" if spot else f"{number}m {plain}"
    return Question(
        "minutes",
        _("Is %(number)s the minutes?") % {"number": number},
        (
            Choice(_("Yes, %(time)s") % {"time": durations.show(int(number))}, as_time),
            Choice(_("No, part of the name"), _replace_name(plain, name, "+" + _in_quotes(name))),
        ),
    )


def _which_one(found: Reading, name: str, candidates: list[Known]) -> Question:
    choices = [Choice(item.label, _replace_name(found.line, name, _quote(item))) for item in candidates]
    text = _("Which one is it?") if candidates else _("Nothing is called that yet.")
    return Question("item", text, (*choices[:MOST_CANDIDATES], _create(found.line, name)))


def _create(line: str, name: str, *, quoted: bool = False) -> Choice:
    said = "+" + _in_quotes(name)
    rewrite = _QUOTED.sub(lambda _quoted: said, line, count=1) if quoted else _replace_name(line, name, said)
    return Choice(_("Create “%(name)s”") % {"name": name}, rewrite)


def _quote(item: Known) -> str:
    """A quoted name that means this item."""
    return _in_quotes(item.names[0])


def _in_quotes(name: str) -> str:
    """The name in quotes that close where it ends: one with a quote of its own takes the brackets."""
    if '"' not in name:
        return f'"{name}"'
    return f"「{name}」" if "」" not in name else '"' + name.replace('"', "") + '"'


def _replace_name(line: str, name: str, said: str) -> str:
    """The line with its name said unmistakably: the name's words leave, and `said` comes in front."""
    before, note = _cut_note(durations.normal(line))
    for word in name.split():
        whole = re.compile(rf"(?:^|(?<=\s)){re.escape(word)}(?=\s|$)")
        # Japanese needs no spaces: 25分手動リリース.
        before = whole.sub(" ", before, count=1) if whole.search(before) else before.replace(word, " ", 1)
    return " ".join(f"{said} {before}".split()) + (f" !{note}" if note else "")
