"""A focus decision as pages tell it: who agrees, who differs, what it rests on, whether it is time to look again."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date

from apps.stakeholders import counted
from apps.stakeholders.models import Confidence, FocusDecision, How, Review, Voice
from apps.stakeholders.weighing import Weighing, known


@dataclass(frozen=True, slots=True)
class Piece:
    """An observation as it read on the day of the decision."""

    pk: int
    stakeholder: int
    text: str
    day: date
    how: str
    confidence: str
    is_own: bool
    source: str
    times: int | None = None
    minutes: int | None = None
    since: str | None = None
    until: str | None = None
    item: int | None = None

    @classmethod
    def read(cls, kept: dict) -> "Piece":
        return cls(**known(cls, kept) | {"day": date.fromisoformat(kept["day"])})

    @property
    def figure(self) -> str:
        """Of a counted figure how often and how long; "" for what was said or seen."""
        return counted.figure(self.times, self.minutes) if self.times and self.minutes else ""

    @property
    def rows(self) -> str:
        """The address of the rows behind the figure, as they are today."""
        if not self.since or not self.until:
            return ""
        since, until = date.fromisoformat(self.since), date.fromisoformat(self.until)
        return counted.rows(self.stakeholder, since, until, self.item)

    @property
    def how_label(self):
        return How(self.how).label

    @property
    def confidence_label(self):
        return Confidence(self.confidence).label


@dataclass(frozen=True, slots=True)
class Told:
    """One decision with everything that was said about it."""

    decision: FocusDecision
    mine: Voice | None
    is_due: bool
    then: FocusDecision | None = None  # the one that took its place

    @classmethod
    def of(cls, decision: FocusDecision, member) -> "Told":
        """For `member` to read; a decision whose voices are at hand asks nothing more."""
        return cls(decision, decision.said_by(member), decision.is_due(member.today()))

    @classmethod
    def story(cls, decisions: Iterable[FocusDecision], member, then: FocusDecision | None) -> "list[Told]":
        """Decisions from `whole`, newest first, each with the one that followed it; `then` followed the newest."""
        told = []
        for row in decisions:
            told.append(replace(cls.of(row, member), then=then))
            then = row
        return told

    @property
    def pieces(self) -> list[Piece]:
        return [Piece.read(kept) for kept in self.decision.evidence]

    @property
    def weighing(self) -> Weighing:
        return Weighing.read(self.decision.weighed)

    @property
    def reviews(self) -> list[Review]:
        return list(self.decision.reviews.all())


ON_CARD = 12  # of those who agree


def current(member) -> Told | None:
    """The decision that stands, for a card. Three queries, or one where there is none."""
    decision = FocusDecision.objects.current()
    return Told.of(decision.glance(ON_CARD, member), member) if decision else None
