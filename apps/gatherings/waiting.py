"""What waits for one reader on Home: yes or no to what was noted about them, invitations, and what they took on."""

from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import CharField, DateField, Exists, F, IntegerField, OuterRef, QuerySet, Value
from django.db.models.functions import Cast

from apps.accounts.models import Member
from apps.gatherings.models import FollowUp, Meeting, Participant
from apps.people import waiting

SHOWN = 6  # of each


@dataclass(frozen=True, slots=True)
class Invitation:
    gathering: int
    title: str
    kind: str


@dataclass(frozen=True, slots=True)
class Task:
    """A follow-up that the reader took on."""

    pk: int
    gathering: int
    number: int
    words: str
    due: date | None


@dataclass(frozen=True, slots=True)
class Waiting:
    notes: int
    invitations: list[Invitation]
    tasks: list[Task]

    @property
    def count(self) -> int:
        return self.notes + len(self.invitations) + len(self.tasks)


def for_reader(reader: Member, now: datetime) -> Waiting:
    """One query for all three, as Home asks little: rows of (what, id, gathering, number, words, kind, day)."""
    notes = [_rows(rows, "note") for rows in waiting.asked(reader)]
    ahead = Meeting.objects.ahead(now).filter(gathering=OuterRef("gathering")).order_by()
    invited = Participant.objects.unanswered().filter(Exists(ahead), member=reader, gathering__closed_at=None)
    invitations = _rows(
        invited, "invitation", gathering=F("gathering"), words=F("gathering__title"), kind=F("gathering__kind")
    )
    todo = FollowUp.objects.filter(owner=reader, done_at=None)
    tasks = _rows(
        todo, "task", pk=F("pk"), gathering=F("meeting__gathering"), number=F("meeting__number"), words=F("words"),
        day=F("due"),
    )  # fmt: skip
    found: dict[str, list[tuple]] = {"note": [], "invitation": [], "task": []}
    for what, *said in invitations.union(tasks, *notes, all=True):
        found[what].append(tuple(said))
    mine = [Task(pk, gathering, number, words, day) for pk, gathering, number, words, _kind, day in found["task"]]
    mine.sort(key=lambda task: (task.due is None, task.due or date.max, task.pk))
    asked = [Invitation(gathering, title, kind) for _pk, gathering, _number, title, kind, _day in found["invitation"]]
    return Waiting(len(found["note"]), asked[:SHOWN], mine[:SHOWN])


def _rows(rows: QuerySet, what: str, **said) -> QuerySet:
    """The columns that all have in common, so that one query can ask for them."""
    nothing, none = Value(0, IntegerField()), Value("", CharField())
    columns = {"pk": nothing, "gathering": nothing, "number": nothing, "words": none, "kind": none}
    columns |= {"day": Cast(Value(None), DateField())} | said
    named = {f"{name}_": value for name, value in columns.items()}
    return rows.order_by().annotate(what_=Value(what, CharField()), **named).values_list("what_", *named)
