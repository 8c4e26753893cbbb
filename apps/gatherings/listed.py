"""Meetings and chapters as lists show them: with the names that a line says, and without a row to change by them."""

from dataclasses import dataclass
from datetime import date, datetime

from apps.accounts.models import Named, Person
from apps.gatherings.models import Answer, Meeting


@dataclass(frozen=True, slots=True)
class ListedMeeting:
    pk: int
    gathering_id: int
    number: int
    title: str
    series: str  # the gathering's title
    day: date
    starts_at: datetime
    ends_at: datetime
    place: str
    seats: int | None
    is_cancelled: bool
    is_skip: bool
    cancel_words: str
    facilitator: Named | None

    @classmethod
    def of(cls, row: Meeting) -> "ListedMeeting":
        """One that was read with its gathering and facilitator."""
        return cls(
            row.pk, row.gathering_id, row.number, row.title, row.gathering.title, row.day, row.starts_at, row.ends_at,
            row.place, row.seats, row.is_cancelled, row.is_skip, row.cancel_words, _person(row.facilitator),
        )  # fmt: skip

    @property
    def label(self) -> str:
        return self.title or self.series


@dataclass(frozen=True, slots=True)
class Line:
    """One meeting in a list, with how many come."""

    meeting: ListedMeeting
    coming: int
    mine: str  # the reader's answer, or nothing
    waits: bool
    there: tuple[int, tuple[str, ...]] | None = None  # how many were there, and who drove

    @property
    def answer(self) -> str:
        return str(Answer(self.mine).label) if self.mine else ""


@dataclass(frozen=True, slots=True)
class ChapterMeeting:
    """The meeting of a chapter: which one and when."""

    pk: int
    number: int
    day: date
    starts_at: datetime
    ends_at: datetime


@dataclass(frozen=True, slots=True)
class ListedChapter:
    """A chapter in its circle, with what the reader `said` of having read it."""

    pk: int
    number: int
    title: str
    pages: int | None
    book_id: int
    address: str
    facilitator: Person | None
    meeting: ChapterMeeting | None  # that has read it
    said: str

    @property
    def is_read(self) -> bool:
        return self.meeting is not None

    @property
    def facilitator_id(self) -> int | None:
        return self.facilitator.pk if self.facilitator else None


@dataclass(frozen=True, slots=True)
class Question:
    """What somebody brought to a chapter to ask."""

    member: Person
    text: str


@dataclass(frozen=True, slots=True)
class Note:
    """The notes of a chapter, by its id."""

    chapter: int
    text: str
    at: datetime
    by: Person | None


def _person(row) -> Person | None:
    return Person(row.pk, row.display_name, row.given_name, row.family_name, row.role) if row else None
