"""Planning: a row for each person and channel, made once however often it is asked for (R2), and taken back in time."""

from collections.abc import Collection, Iterable
from datetime import datetime
from itertools import batched

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from apps.accounts.models import Member
from apps.reminders.doorbell import ring
from apps.reminders.kinds import Kind, kind
from apps.reminders.models import Choice, Delivery, State
from apps.reminders.models.delivery import UNSENT, Reason
from apps.reminders.preferences import Chosen, by_channel, chosen
from apps.reminders.timing import may_come

AT_ONCE = 1_000  # people whose choices are read together


def plan(
    name: str,
    occurrence: str,
    members: Iterable[Member],
    due_at: datetime | None = None,
    *,
    rev: int = 0,
    expires_at: datetime | None = None,
    payload: dict | None = None,
) -> None:
    """Plans a message of the kind `name` about `occurrence` for `members`, each by the channels they chose, for
    `due_at` (now, if not given) or as soon after as they want to be reached. What is planned already stays as it is.

    `rev` grows whenever what the message says changes; `expires_at` is when it stops helping. Raises KeyError for a
    kind that nobody registered.
    """
    of, now = kind(name), timezone.now()
    due = due_at or now
    soon = False
    for some in batched(members, AT_ONCE):
        known = chosen(of, [member.pk for member in some])
        rows = [
            row
            for member in some
            for row in _rows(of, occurrence, member, due, known, rev=rev, expires_at=expires_at, payload=payload or {})
        ]
        rows += _digests(rows)
        Delivery.objects.bulk_create(rows, batch_size=500, ignore_conflicts=True)
        soon = soon or any(row.run_at <= now for row in rows)
    if soon:
        transaction.on_commit(ring)


def _rows(
    of: Kind, occurrence: str, member: Member, due: datetime, known: Chosen, *, rev: int,
    expires_at: datetime | None, payload: dict,
) -> list[Delivery]:  # fmt: skip
    rows = []
    manner, zone = known.manner(member.pk), member.zone
    for channel, choice in by_channel(of, member, known).items():
        at_once = of.urgent or channel == "inbox"
        run_at = due if at_once else may_come(due, manner, zone, choice, expires=expires_at)
        carried = not at_once and choice is not Choice.AT_ONCE and run_at > due
        same = {
            "occurrence": occurrence, "kind": of.name, "channel": channel, "recipient": member, "schedule_rev": rev,
            "payload": payload, "due_at": due, "run_at": run_at, "expires_at": expires_at,
            "state": State.CARRIED if carried else State.PLANNED,
        }  # fmt: skip
        mine = [each for each in known.destinations.get(member.pk, ()) if each.channel == channel]
        if mine:
            rows += [Delivery(to=each.to, destination=each, **same) for each in mine]
        else:
            rows.append(Delivery(to=f"member:{member.pk}", **same))
    return rows


def _digests(rows: Collection[Delivery]) -> list[Delivery]:
    """What carries the others: one each for everybody, channel and moment."""
    return [
        Delivery(
            occurrence=f"digest:{row.run_at.isoformat()}", kind="digest", channel=row.channel, to=row.to,
            recipient=row.recipient, destination=row.destination, due_at=row.run_at, run_at=row.run_at,
        )
        for row in rows
        if row.state == State.CARRIED
    ]  # fmt: skip


def call_off(
    reason: Reason,
    *occurrences: str,
    kinds: Collection[str] = (),
    before: int | None = None,
) -> int:
    """Takes back what is planned about these occurrences and not sent yet, in the caller's transaction (R13); gives
    their number.

    `before`: only what speaks of an earlier revision. What a sender has in hand asks again before it goes (R12).
    """
    which = Q(occurrence__in=occurrences, state__in=UNSENT)
    if kinds:
        which &= Q(kind__in=kinds)
    if before is not None:
        which &= Q(schedule_rev__lt=before)
    return Delivery.objects.filter(which).update(state=State.SKIPPED, reason=reason, over_at=timezone.now())
