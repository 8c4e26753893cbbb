"""What somebody answered in their inbox lately: told where the line stood, so that it is not gone without a word.

Kept in their session and for minutes only, and of the message no more than its title: the room that was answered may
have erased what it said.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from uuid import UUID

from django.contrib.sessions.backends.base import SessionBase
from django.utils import timezone

from apps.accounts.models import Member
from apps.reminders.inbox import Line
from apps.reminders.kinds import is_known
from apps.reminders.letter import Action, Answer, Letter, Said
from apps.reminders.models import InboxLine

KEY = "answered"
KEPT_FOR = timedelta(minutes=10)
MOST = 5


@dataclass(frozen=True, slots=True)
class Gone:
    """A line that is settled by its answer."""

    row: InboxLine
    subject: str
    answered: Said
    letter: None = None


def keep(session: SessionBase, row: InboxLine, letter: Letter, chosen: Answer) -> None:
    """Before the room is asked. Should it refuse, the line still stands and offers the same: then nothing is told."""
    then = letter.afterwards or (letter.actions[-1] if letter.actions else Action("", ""))
    kept = [str(row.pk), timezone.now().isoformat(), letter.subject, chosen.label, then.label, then.path]
    session[KEY] = [*(each for each in session.get(KEY, []) if each[0] != kept[0]), kept][-MOST:]


def forget(session: SessionBase) -> None:
    """Everything was put away."""
    session.pop(KEY, None)


def with_answered(lines: Iterable[Line], member: Member, session: SessionBase, most: int = MOST) -> list[Line | Gone]:
    """The lines, and among them those that an answer has just settled, the last `most`. One query more for who has just
    answered.
    """
    kept = _lately(session)
    said = {pk: one for pk, (_subject, one) in kept.items()}
    shown: list[Line | Gone] = [_told(line, said.pop(line.row.pk, None)) for line in lines]
    said = dict(list(said.items())[-most:])
    if said:
        rows = InboxLine.objects.filter(member=member, pk__in=said).exclude(done_at=None).select_related("delivery")
        shown += [Gone(row, kept[row.pk][0], said[row.pk]) for row in rows if is_known(row.delivery.kind)]
        shown.sort(key=lambda each: each.row.arrived_at, reverse=True)
    return shown


def _told(line: Line, said: Said | None) -> Line:
    still_asks = said is not None and any(each.label == said.answer for each in line.letter.answers)
    return line if said is None or still_asks else replace(line, answered=said)


def _lately(session: SessionBase) -> dict[UUID, tuple[str, Said]]:
    """By line its title and the answer, in the order in which they were given."""
    since = timezone.now() - KEPT_FOR
    return {
        UUID(pk): (subject, Said(answer, Action(label, path) if path else None))
        for pk, at, subject, answer, label, path in session.get(KEY, [])
        if datetime.fromisoformat(at) > since
    }
