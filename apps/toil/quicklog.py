"""Reads one line of toil: `25m manual release #cs yesterday !rolled back twice`, in any order, English or Japanese.

A pure rule: names come in, a reading goes out; it asks no database and knows no request. Whatever is unsure becomes
one question whose choices are whole lines, so that answering works by sending the line again, without script.

The grammar: `[time] name [#who-for] [@person] [day] [!note]`. A quoted name ("Manual release", 「手動リリース」) means
exactly that item; +"New name" makes one. The note runs to the end, but #tags and @persons at its very end still count.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, time

from django.utils.translation import gettext as _
from rapidfuzz import fuzz, process

from apps.toil import days, durations
from apps.toil.folding import fold
from apps.web.text import OLDEST, clean

LINE_LONGEST = 2_600
BEFORE_NOTE_LONGEST = 500
NOTE_LONGEST = 2_000
NAME_LONGEST = 120
SURE, AHEAD, POSSIBLE, NEAR = 84, 8, 55, 60  # rapidfuzz scores, 0 to 100
MOST_CANDIDATES = 4
COMMON_MINUTES = (15, 30, 60)


@dataclass(frozen=True, slots=True)
class Known:
    """A row that a line can name: its id, how it is shown, everything it answers to, and how long it usually takes."""

    id: int
    label: str
    names: tuple[str, ...]
    usual_minutes: int | None = None
    folded: tuple[str, ...] = field(init=False, compare=False, repr=False)  # the names as they are looked up

    def __post_init__(self) -> None:
        object.__setattr__(self, "folded", tuple(fold(name) for name in self.names))


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
    choices: tuple[Choice, ...] = ()  # lines that would mend it


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
    # What was taken for a name that is not sure yet, and the items it may mean, likeliest first.
    name: str = ""
    candidates: tuple[Known, ...] = ()

    @property
    def understands_something(self) -> bool:
        """True if there is anything to echo."""
        named = self.item or self.new_item_name or self.stakeholder or self.member
        return bool(self.minutes or named or self.day or self.note)

    @property
    def ready(self) -> bool:
        named = self.item is not None or bool(self.new_item_name)
        return bool(self.minutes) and named and self.question is None and not self.problems


# ---- cutting the line up ---------------------------------------------------------------------------

SIGNS = str.maketrans({"＃": "#", "＠": "@", "！": "!", "\u3000": " ", "“": '"', "”": '"'})
_QUOTED = re.compile(r'(?P<new>\+)?(?:"(?P<a>[^"]+)"|「(?P<b>[^」]+)」)')
_MARKED = re.compile(r"(?:^|(?<=\s))(?P<sign>[#@])(?P<word>[^\s#@!]*)")
_NOTE = re.compile(r"(?:^|(?<=\s))!")
_CLOSED_NOTE = re.compile(r'!(?:"(?P<a>[^"]+)"|「(?P<b>[^」]+)」)(?=\s|$)')
# Durations that may stand anywhere in a line; each is read again by durations.py.
_TIME = re.compile(
    r"\d{1,2}時(?:半|\d{1,2}分)?\s?(?:から|[-~])\s?\d{1,2}時(?:半|\d{1,2}分)?(?:まで)?"
    r"|(?<![\w:.,-])(?:"
    r"\d{1,3}(?:[.,]\d+)?\s?h(?:ours?|rs?)?\s?\d{1,2}\s?m(?:in(?:ute)?s?)?(?![a-z])"
    r"|\d{1,3}(?:[.,]\d+)?\s?h(?:ours?|rs?)?\s?\d{0,2}(?!\w)"
    r"|-?\d{1,9}(?:[.,]\d+)?\s?m(?:in(?:ute)?s?)?(?!\w)"
    r"|\d{1,2}:\d{2}\s?[-~]\s?\d{1,2}[:.]?\d{0,2}(?!\w)"
    r"|\d{1,2}(?:\.\d{2})?[-~]\d{1,2}(?:[.:]\d{2})?(?![\w-])"
    r"|\d{1,3}:\d{2}(?::\d{2})?(?!\w)"
    r")"
    r"|-?\d{1,4}(?:[.,]\d+)?時間(?:半|\d{1,3}分?)?|(?<![時\d])-?\d{1,9}(?:[.,]\d+)?分|半時間",
    re.IGNORECASE,
)
_BARE_NUMBER = re.compile(r"(?:^|(?<=\s))[+-]?\d+(?:[.,]\d+)?(?:e\d+)?(?=\s|$)", re.IGNORECASE)


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
    text = clean(line.translate(SIGNS))
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
        _read_bare_number(found, name, problems)
    else:
        _read_name(found, name, items, problems)
    found.problems = tuple(problems)
    if not problems and found.question is None and found.minutes is None and (found.item or found.new_item_name):
        found.question = _how_long(found)
    return found


def _cut_note(text: str) -> tuple[str, str]:
    """The line without its note, with the note's closing #tags and @persons moved to it, and the note.

    A note in quotes ends with them: !"rolled back" 25m release.
    """
    mark = _NOTE.search(text)
    if mark is None:
        return text, ""
    if closed := _CLOSED_NOTE.match(text, mark.start()):
        return f"{text[: mark.start()]} {text[closed.end() :]}", (closed["a"] or closed["b"]).strip()
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
            row, near = _named(word, stakeholders)
            if row is None:
                problems.append(_unknown_tag(found.line, word, near, stakeholders))
            elif found.stakeholder not in (None, row):
                problems.append(
                    Problem("stakeholder", _("Two tags: an entry is for one of them. Log the other apart."))
                )
            found.stakeholder = row or found.stakeholder
        else:
            found.member, near = _named(word, members)
            if found.member is None:
                problems.append(Problem("member", _unknown_person(word, near, alone=len(members) < 2)))
    return _MARKED.sub(" ", text)


def _unknown_tag(line: str, word: str, near: list[Known], stakeholders: Sequence[Known]) -> Problem:
    """Says that nobody has this tag, and offers those that come near, or all where there are few."""
    text = _("Nobody is tagged #%(tag)s yet. Leave it out, or ask the lead to add it.") % {"tag": word}
    offered = near or (list(stakeholders) if len(stakeholders) <= MOST_CANDIDATES else [])
    if near:
        tags = _(", ").join(row.names[0] for row in near)
        text = _("Nobody is tagged #%(tag)s. Did you mean %(near)s?") % {"tag": word, "near": tags}
    choices = [
        Choice(f"#{row.names[0]}", line.replace(f"#{word}", "#" + row.names[0].replace(" ", "_"), 1)) for row in offered
    ]
    return Problem("stakeholder", text, tuple(choices))


def _unknown_person(word: str, near: list[Known], alone: bool) -> str:
    if alone:
        return _("Only a lead may log for somebody else. Leave the @%(name)s out.") % {"name": word}
    if near:
        names = _(", ").join(row.names[0] for row in near)
        return _("No @%(name)s here. Did you mean %(near)s?") % {"name": word, "near": names}
    return _("No @%(name)s here, or you may not log for them.") % {"name": word}


def _named(word: str, known: Iterable[Known]) -> tuple[Known | None, list[Known]]:
    """The one row that `word` names, by whole name or by a beginning that fits only it; else the rows nearest."""
    wanted = fold(word).replace("_", " ")
    exact, starts, rows = [], {}, {}
    for row in known:
        folded = row.folded
        if wanted in folded or wanted.replace(" ", "") in [f.replace(" ", "") for f in folded]:
            exact.append(row)
        elif any(f.startswith(wanted) for f in folded):
            starts[row.id] = row
        rows[row.id] = row
    if len(exact) == 1:
        return exact[0], []
    if not exact and len(starts) == 1:
        return next(iter(starts.values())), []
    if exact or starts:
        return None, [*exact, *starts.values()][:MOST_CANDIDATES]
    near = process.extract(
        wanted, {pk: row.folded[0] for pk, row in rows.items()}, scorer=fuzz.ratio, limit=3, score_cutoff=NEAR
    )
    return None, [rows[pk] for _name, _score, pk in near]


# ---- days ------------------------------------------------------------------------------------------


def _read_day(text: str, found: Reading, items, today: date, problems: list[Problem]) -> str:
    """Takes the first words that are a day out of the line, unless a name is better with them."""
    words = text.split()
    for at in range(len(words)):
        for count in range(min(days.MOST_WORDS, len(words) - at), 0, -1):
            phrase = " ".join(word.strip("()（）,、").lower() for word in words[at : at + count])
            try:
                day = days.read(durations.normal(phrase), today)
            except (ValueError, OverflowError):
                problems.append(Problem("day", _("There is no such day: %(day)s.") % {"day": phrase}))
                return " ".join(words[:at] + words[at + count :])
            if day is None or (count == 1 and _belongs_to_a_name(words[at], words, items)):
                continue
            _take_day(found, day, today, problems)
            return " ".join(words[:at] + words[at + count :])
    return text


def _take_day(found: Reading, day: date, today: date, problems: list[Problem]) -> None:
    if day > today:
        problems.append(Problem("day", _("This day has not come yet. Log it when it is done.")))
    elif day < OLDEST:
        problems.append(Problem("day", _("This day is too far back. Is the year right?")))
    found.day = day


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
    exact = [item for item in items if wanted in item.folded]
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
            text = _("What was it? Name the toil after the time.")
            if found.note and found.minutes is None:
                text = _("What was it? All behind the ! is the note: put it last, or in quotes.")
            problems.append(Problem("item", text))
        return
    ranked = _rank(name, items)
    best = ranked[0] if ranked else None
    second = ranked[1][1] if len(ranked) > 1 else 0
    if not (best and best[1] == 100) and _read_bare_number(found, name, problems):
        return
    if best and (best[1] == 100 or best[1] >= SURE) and best[1] - second >= (1 if best[1] == 100 else AHEAD):
        found.item = best[0]
        return
    if len(name) > NAME_LONGEST:
        problems.append(Problem("item", _("This name is too long: at most 120 characters.")))
        return
    found.name, found.candidates = name, tuple(item for item, score in ranked if score >= POSSIBLE)
    if found.question is None:
        found.question = _which_one(found, name, found.candidates)


def _read_bare_number(found: Reading, name: str, problems: list[Problem]) -> bool:
    """Asks whether a number without a unit is the time, or says why it can't be; False if there is none."""
    number = _BARE_NUMBER.search(durations.normal(name))
    if number is None or found.minutes is not None or found.question is not None:
        return False
    text = number[0]
    try:
        found.question = _is_it_the_time(found, name, text, durations.read(text, bare=True), "m")
    except durations.DurationError as error:
        hours = _hours(text) if error.code == "fraction" else None
        if hours:
            found.question = _is_it_the_time(found, name, text, hours, "h")
        elif number.start() and number.end() < len(name):
            return False  # in the middle it is rather a part of the name
        else:
            problems.append(Problem("minutes", str(error)))
    return True


def _hours(text: str) -> int | None:
    """Minutes of a number of hours with a fraction, up to a day."""
    try:
        return durations.read(text + "h")
    except durations.DurationError:
        return None


def _rank(name: str, items: Sequence[Known]) -> list[tuple[Known, float]]:
    """Items with their best score, best first: 100 for the whole name, less for a beginning, words, or likeness."""
    wanted = fold(name)
    owners: list[int] = []
    names: list[str] = []
    for at, item in enumerate(items):
        for each in item.folded:
            owners.append(at)
            names.append(each)
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


def _is_it_the_time(found: Reading, name: str, number: str, minutes: int, unit: str) -> Question:
    plain = durations.normal(found.line)
    spot = re.search(rf"(?:^|(?<=\s)){re.escape(number)}(?=\s|$)", plain)
    said = f"{number.lstrip('+')}{unit}"
    as_time = f"{plain[: spot.start()]}{said}{plain[spot.end() :]}" if spot else f"{said} {plain}"
    asked = _("Is %(number)s the minutes?") if unit == "m" else _("Is %(number)s the hours?")
    choices = [Choice(_("Yes, %(time)s") % {"time": durations.show(minutes)}, as_time)]
    if name.strip() != number:
        choices.append(Choice(_("No, part of the name"), _replace_name(plain, name, "+" + in_quotes(name))))
    return Question("minutes", asked % {"number": number}, tuple(choices))


def _which_one(found: Reading, name: str, candidates: Sequence[Known]) -> Question:
    choices = [Choice(item.label, _replace_name(found.line, name, _quote(item))) for item in candidates]
    text = _("Which one is it?") if candidates else _("Nothing is called that yet.")
    return Question("item", text, (*choices[:MOST_CANDIDATES], _create(found.line, name)))


def _create(line: str, name: str, *, quoted: bool = False) -> Choice:
    said = "+" + in_quotes(name)
    rewrite = _QUOTED.sub(lambda _quoted: said, line, count=1) if quoted else _replace_name(line, name, said)
    return Choice(_("Create “%(name)s”") % {"name": name}, rewrite)


def _quote(item: Known) -> str:
    """A quoted name that means this item."""
    return in_quotes(item.names[0])


def in_quotes(name: str) -> str:
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
