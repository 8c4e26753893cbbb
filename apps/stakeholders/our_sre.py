"""Our SRE as pages tell it: answers side by side with what was marked in them, answers over time, and how far the
members agree with each version of the statement.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import groupby

from apps.accounts.models import Member
from apps.stakeholders.models import Answer, Kind, Phrase, Round, Statement, StatementVoice

CLAUSE = re.compile(r"[^。．.!?！？;；\n]+[。．.!?！？]*")
LONGEST_PHRASE = 300
SHOWN_VERSIONS = 6
SHOWN_PEOPLE = 40
MOST_MARKED = 60


@dataclass(frozen=True, slots=True)
class Marked:
    """Words that were marked, of one kind, who marked them, and whose they are where that may be told."""

    text: str
    kind: str
    by: list
    writers: list = field(default_factory=list)

    @property
    def kind_label(self):
        return Kind(self.kind).label


@dataclass(frozen=True, slots=True)
class Shown:
    """An answer as `member` may read it: with a name only in the open round, or where its writer said yes."""

    answer: Answer
    is_mine: bool
    has_name: bool
    pieces: list[tuple[str, str]]  # (words, kind of mark: "", a Kind, or "both")
    marked: list[Marked]

    @classmethod
    def of(cls, answer: Answer, member, *, is_open: bool) -> "Shown":
        """An answer from `with_phrases` asks nothing more."""
        is_mine = answer.member_id == member.pk
        phrases = list(answer.phrases.all())
        return cls(
            answer,
            is_mine,
            answer.member is not None and (is_open or is_mine or answer.may_compare),
            pieces(answer.text, phrases),
            marked(phrases),
        )

    @property
    def clauses(self) -> list[str]:
        return clauses(self.answer.text)

    def mine(self, member) -> set[str]:
        return {phrase.text for phrase in self.answer.phrases.all() if phrase.by_id == member.pk}


def clauses(text: str) -> list[str]:
    """The parts of an answer that one can mark as they are."""
    found = (part.strip()[:LONGEST_PHRASE] for part in CLAUSE.findall(text))
    return list(dict.fromkeys(part for part in found if any(letter.isalnum() for letter in part)))


def marked(phrases: Iterable[Phrase]) -> list[Marked]:
    """Each marked text once for each kind, with all who marked it, shared ones first."""

    def key(phrase):
        return (phrase.kind != Kind.SHARED, phrase.kind, phrase.text)

    grouped = groupby(sorted(phrases, key=key), key=lambda phrase: (phrase.text, phrase.kind))
    return [Marked(text, kind, [phrase.by for phrase in same]) for (text, kind), same in grouped]


def pieces(text: str, phrases: Iterable[Phrase]) -> list[tuple[str, str]]:
    """The text cut where marks begin and end."""
    kinds: list[set[str]] = [set() for _letter in text]
    for phrase in phrases:
        start = text.find(phrase.text)
        for at in range(start, start + len(phrase.text)) if start >= 0 else ():
            kinds[at].add(phrase.kind)
    cut = groupby(zip(text, kinds, strict=True), key=lambda pair: sorted(pair[1]))
    return [
        ("".join(letter for letter, _kinds in run), "both" if len(kind) > 1 else kind[0] if kind else "")
        for kind, run in cut
    ]


def marks(rounds: Iterable[Round], open_round: Round | None, *kinds: Kind) -> dict[int, list[Marked]]:
    """What was marked in each of these rounds, by its id, shared words first, then the most often marked. One query."""
    found = Phrase.objects.filter(answer__round__in={round.pk for round in rounds}, kind__in=kinds or Kind.values)
    same: dict[tuple[int, str, str], list[Phrase]] = {}
    for phrase in found.attributed():
        same.setdefault((phrase.answer.round_id, phrase.text, phrase.kind), []).append(phrase)
    by_round: dict[int, list[Marked]] = {}
    for (pk, text, kind), phrases in same.items():
        writers = _writers(phrases, is_open=open_round is not None and pk == open_round.pk)
        by_round.setdefault(pk, []).append(Marked(text, kind, [phrase.by for phrase in phrases], writers))
    return {
        pk: sorted(each, key=lambda one: (one.kind != Kind.SHARED, -len(one.by), one.text))[:MOST_MARKED]
        for pk, each in by_round.items()
    }


def _writers(phrases: list[Phrase], *, is_open: bool) -> list:
    """Whose words they are: of a round that is over only those who show theirs."""
    answers = {phrase.answer_id: phrase.answer for phrase in phrases}.values()
    return [answer.member for answer in answers if answer.member and (is_open or answer.may_compare)]


@dataclass(frozen=True, slots=True)
class Seen:
    """The rounds as one member may read them: nobody reads the open one before they have answered it."""

    asked: Round | None
    mine: Answer | None

    @classmethod
    def by(cls, member) -> "Seen":
        """Two queries."""
        asked = Round.objects.current()
        return cls(asked, asked.answers.filter(member=member).first() if asked else None)

    def may_read(self, round: Round) -> bool:
        return self.mine is not None or round != self.asked

    def newest(self) -> Round | None:
        """The newest round that may be read."""
        if self.asked is None or self.mine:
            return self.asked
        return Round.objects.exclude(pk=self.asked.pk).current()

    def marked(self, round: Round | None) -> list[Marked]:
        """What was marked in a round that may be read: what a statement is written from. One query."""
        return marks([round], self.asked).get(round.pk, []) if round else []

    def differences(self, statements: Iterable[Statement]) -> dict[int, list[Marked]]:
        """By the id of each statement what was marked as a difference in the round it was written from. One query."""
        rows = [row for row in statements if row.round and self.may_read(row.round)]
        found = marks([row.round for row in rows if row.round], self.asked, Kind.DIFFERENT)
        return {row.pk: found.get(row.round_id or 0, []) for row in rows}


def draft(found: Iterable[Marked]) -> str:
    """What the first statement begins with: a line for each phrase that is shared."""
    return "\n".join(f"- {each.text}" for each in found if each.kind == Kind.SHARED)


@dataclass(frozen=True, slots=True)
class Column:
    """A version of the statement and how many agreed, saw it differently, or have not answered."""

    statement: Statement
    agreed: int
    differ: int


@dataclass(frozen=True, slots=True)
class Agreement:
    """Versions × members: for each member, in the order of `columns`, True, False, or None for no answer."""

    columns: Sequence[Column] = ()
    rows: Sequence[tuple[Member, Sequence[bool | None]]] = ()
    more: int = 0  # members that the picture leaves out
    nameless: int = 0  # answers of those who have left, which only the sums count


def agreement(statements: Sequence[Statement]) -> Agreement:
    """The picture of these versions, given newest first; drawn oldest first. Two queries."""
    versions = list(reversed(statements))
    said: dict[int, dict[int, bool]] = {version.pk: {} for version in versions}
    sums = {version.pk: [0, 0] for version in versions}
    nameless = 0
    voices = StatementVoice.objects.filter(about__in=versions).values_list("about", "member", "agrees")
    for about, member_id, agrees in voices:
        sums[about][not agrees] += 1
        if member_id is None:
            nameless += 1
        else:
            said[about][member_id] = agrees
    who = {pk for answers in said.values() for pk in answers}
    members = Member.objects.filter(pk__in=who).by_name()[:SHOWN_PEOPLE]
    rows = [(member, [said[version.pk].get(member.pk) for version in versions]) for member in members]
    columns = [Column(version, *sums[version.pk]) for version in versions]
    return Agreement(columns, rows, max(len(who) - SHOWN_PEOPLE, 0), nameless)
