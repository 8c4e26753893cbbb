"""Claiming, sending and recording: the only way anything leaves Miraizu (R1).

claim → make ready → begin → the wire, with no transaction open → record. Claiming, beginning and recording are one
statement each.
"""

import os
import socket
import threading
import time
import uuid
from collections.abc import Callable
from contextlib import nullcontext
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum, auto

import structlog
from django.conf import settings
from django.db import DatabaseError, connection, transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext_noop

from apps.reminders import retry, sql
from apps.reminders.channels import CHANNELS, Channel, Permanent, Temporary, Unknown
from apps.reminders.failpoints import reach
from apps.reminders.kinds import kind
from apps.reminders.letter import Letter
from apps.reminders.models import Delivery, Destination, Gate, Outcome, State
from apps.reminders.models.delivery import Reason
from apps.reminders.ready import FRESH, Reader, Ready, gates_of, ready

log = structlog.get_logger(__name__)
BUDGET = 20.0  # seconds after which a sender looks whether it is to stop
_never = threading.Event()


def sender() -> str:
    """Who sends, as attempts name it."""
    return f"{socket.gethostname()}:{os.getpid()}:{threading.current_thread().name}"[:80]


def send_due(channel_name: str, *, stop: threading.Event = _never, budget: float = BUDGET) -> int:
    """Sends what is due by one channel until nothing is, the time is up or `stop` is set; gives how many were handled.

    Any number of processes may do so at once.
    """
    channel, until, handled = CHANNELS[channel_name], time.monotonic() + budget, 0
    try:
        while not stop.is_set() and time.monotonic() < until:
            most = _most(channel)
            claim = sql.claim(channel.name, most, settings.REMINDERS_LEASE, outgoing=channel.outgoing) if most else None
            if claim is None or not claim.ids:
                break
            handled += _send_all(channel, claim, stop)
    finally:
        channel.close()
    return handled


def _most(channel: Channel) -> int:
    """How many to take at once: none while the channel's breaker is open, one to try whether it still fails."""
    gate = Gate.objects.filter(key=channel.name).first()
    if gate is None:
        return channel.batch
    if gate.is_closed:
        return 0
    return 1 if gate.failures >= retry.FAILURES_TO_CLOSE else channel.batch


def _send_all(channel: Channel, claim: sql.Claim, stop: threading.Event) -> int:
    """Gives how many it handled; what it did not is given back, so that others need not wait for the lease (R28)."""
    number, at_once = 0, len(claim.ids)
    while number < len(claim.ids):
        began, before = time.monotonic(), number
        for one in ready(channel, claim.ids[number : number + at_once], claim.token):
            if number > before and time.monotonic() - began > FRESH:
                at_once = number - before  # as many as it takes so long to send
                break
            if stop.is_set() or (goes_on := _handle(channel, one, claim.token)) is Next.GIVE_BACK:
                sql.release(claim.ids[number:], claim.token)
                return number
            number += 1
            if goes_on is Next.ASK_AGAIN:
                break
        if number == before:  # the lease of these was lost
            sql.release(claim.ids[number:], claim.token)
            break
    return number


class Next(Enum):
    GO_ON = auto()
    ASK_AGAIN = auto()  # what was ready may no longer be: its receiver has trouble
    GIVE_BACK = auto()  # the lease or the server has more to say of the rest, too


def _handle(channel: Channel, one: Ready, token: uuid.UUID) -> Next:
    """Handles one claimed delivery, and says what is to be done with those after it."""
    delivery = one.delivery
    if isinstance(one.found, Letter):
        later = _slot(channel, delivery)
        if later is None:
            return _try(channel, one, one.found, token)
        _release_until(delivery, token, later)
    elif isinstance(one.found, datetime):
        _release_until(delivery, token, one.found)
    else:
        end(delivery, token, State.DEAD if one.found is Reason.BROKEN else State.SKIPPED, one.found)
    return Next.GO_ON


def _try(channel: Channel, one: Ready, said: Letter, token: uuid.UUID) -> Next:
    delivery = one.delivery
    number = sql.begin(
        delivery.pk, token, settings.REMINDERS_LEASE_LEFT, sender(), outgoing=channel.outgoing,
        place=channel.place(delivery),
    )  # fmt: skip
    if number is None:
        return Next.GIVE_BACK
    reach("after_begin")
    if delivery.payload.get("poison"):
        reach("poison")
    with Reader(delivery):
        try:
            outcome = Ended(Outcome.SENT, reference=channel.send(said, delivery))
        except Temporary as trouble:
            outcome = Ended(Outcome.TEMPORARY, trouble.code, trouble.detail, asked=trouble.retry_after)
        except Permanent as trouble:
            outcome = Ended(Outcome.PERMANENT, trouble.code, trouble.detail, gone=trouble.gone)
        except Unknown as trouble:
            outcome = Ended(Outcome.UNKNOWN, trouble.code, trouble.detail)
        except DatabaseError as error:  # the inbox: its row is the sending
            outcome = Ended(Outcome.TEMPORARY, type(error).__name__, gettext_noop("The database did not take it."))
        except Exception as error:  # a fault of ours must not be tried for ever, nor end the sender
            log.exception("reminders.broken", kind=delivery.kind, delivery=str(delivery.pk))
            outcome = Ended(
                Outcome.PERMANENT, type(error).__name__, gettext_noop("Miraizu could not send it."), ours=True
            )
    reach("after_call")
    _until_it_is_written(lambda: record(channel, delivery, token, number, outcome, said, well=one.is_well), delivery)
    if outcome.outcome is Outcome.SENT:
        return Next.GO_ON
    one_server = channel.personal and channel.outgoing
    return Next.GIVE_BACK if outcome.outcome is Outcome.TEMPORARY and one_server else Next.ASK_AGAIN


def _slot(channel: Channel, delivery: Delivery) -> datetime | None:
    """When it is its turn at a receiver that takes one message at a time; None for now."""
    if not channel.every:
        return None
    now, key = timezone.now(), f"{delivery.to} {channel.name}"
    if delivery.slot_at is None or now - delivery.slot_at > timedelta(seconds=30):
        slot = sql.reserve(key, channel.every)
        delivery.slot_at = slot
        Delivery.objects.filter(pk=delivery.pk).update(slot_at=slot)
        if slot > now:
            return slot
    return None if sql.passes(key, channel.every) else now + timedelta(seconds=channel.every)


def _release_until(delivery: Delivery, token: uuid.UUID, until: datetime) -> None:
    if delivery.is_stale(until):
        end(delivery, token, State.SKIPPED, Reason.STALE)
        return
    with transaction.atomic():
        sql.release([delivery.pk], token)
        Delivery.objects.filter(pk=delivery.pk).update(run_at=until)


@dataclass(frozen=True, slots=True)
class Ended:
    """How a try ended."""

    outcome: Outcome
    code: str = ""
    detail: str = ""
    reference: str = ""
    asked: float | None = None  # seconds for which the other side wants silence
    gone: bool = False  # its address is to be switched off
    ours: bool = False  # a fault of Miraizu


def record(
    channel: Channel, delivery: Delivery, token: uuid.UUID, number: int, ended: Ended, said: Letter, *,
    well: bool = False,
) -> None:  # fmt: skip
    """Writes how a try ended. If the lease was lost meanwhile, the state is somebody else's and stays (R4).

    `well`: its receiver had no failures a moment ago, so that a success is no news of it.
    """
    now = timezone.now()
    kept = sql.Said(now, ended.outcome, ended.code, ended.detail, ended.reference[:120])
    is_sent = ended.outcome is Outcome.SENT
    follows = kind(delivery.kind).sent if is_sent else None
    tells = channel.outgoing and not (is_sent and well)
    with transaction.atomic() if follows or tells else nullcontext():
        ours = sql.finish(delivery.pk, token, number, _end(delivery, ended, number, now), kept)
        if ours and follows:
            follows(delivery, said)
        if tells:
            _tell_gates(channel, delivery, ended, now)


def _end(delivery: Delivery, ended: Ended, number: int, now: datetime) -> sql.End:
    match ended.outcome:
        case Outcome.SENT:
            return sql.End(State.SENT, over_at=now)
        case Outcome.PERMANENT:
            return sql.End(State.DEAD, Reason.BROKEN if ended.ours else Reason.REFUSED, over_at=now)
    if delivery.is_test:  # whoever asked for it is looking at it (R19)
        return sql.End(State.DEAD, Reason.REFUSED, over_at=now)
    run_at = now + retry.wait(number - delivery.tries_before, ended.asked)
    if ended.outcome is Outcome.UNKNOWN:
        if delivery.unknowns + 1 >= retry.MOST_UNKNOWN:
            return sql.End(State.DEAD, Reason.UNKNOWN, over_at=now, unknown=True)
        return sql.End(State.UNKNOWN, run_at=run_at, unknown=True)
    if delivery.is_stale(run_at):
        return sql.End(State.DEAD, Reason.EXPIRED, over_at=now)
    return sql.End(State.UNKNOWN if delivery.unknowns else State.RETRY, run_at=run_at)


def _tell_gates(channel: Channel, delivery: Delivery, ended: Ended, now) -> None:
    """Keeps how the receiver does: its server or host for pace and breaker, its own address for switching off."""
    keys = gates_of(channel, delivery)
    if ended.outcome is Outcome.SENT:
        # Most messages succeed where the one before did: nothing to write then.
        Gate.objects.filter(key__in=keys).filter(failures__gt=0).update(
            failures=0, failing_since=None, closed_until=None
        )
        return
    refused_one = ended.outcome is Outcome.PERMANENT and not ended.gone
    for key in keys:
        gate, _new = Gate.objects.get_or_create(key=key)
        if refused_one and delivery.destination is None:
            continue  # the server is well: it refused one letter
        failures = gate.failures + 1
        pause = max(filter(None, [retry.pause(failures), timedelta(seconds=ended.asked or 0)]), default=None)
        Gate.objects.filter(key=key).update(
            failures=F("failures") + 1,
            failing_since=gate.failing_since or now,
            closed_until=now + pause if pause and not refused_one else gate.closed_until,
        )
    if delivery.destination:
        _switch_off(delivery.destination, ended, now)


def _switch_off(destination: Destination, ended: Ended, now) -> None:
    """An address that is gone, or fails and fails, is left alone, and its owner told by another way (R9)."""
    gate = Gate.objects.get(key=destination.to)
    worn_out = (
        gate.failures >= retry.FAILURES_TO_SWITCH_OFF
        and gate.failing_since is not None
        and now - gate.failing_since >= retry.FAILING_FOR
    )
    if not (ended.gone or worn_out):
        return
    if (
        Destination.objects.on()
        .filter(pk=destination.pk)
        .update(off_at=now, off_because="gone" if ended.gone else "failing")
    ):
        from apps.reminders.notices import tell_switched_off  # it plans, and planning sends

        tell_switched_off(destination)


def end(delivery: Delivery, token: uuid.UUID, state: State, reason: Reason) -> None:
    """Ends a claimed delivery without a try."""
    Delivery.objects.filter(pk=delivery.pk, lease_token=token).update(
        state=state, reason=reason, over_at=timezone.now(), lease_token=None, lease_until=None
    )


def _until_it_is_written(write: Callable[[], None], delivery: Delivery) -> None:
    """Tries while the lease lasts: a database that is away for a moment must not turn a sent message into a repeat."""
    until = time.monotonic() + settings.REMINDERS_LEASE
    while True:
        try:
            return write()
        except DatabaseError:
            if time.monotonic() > until:
                # The row stays claimed and its try begun: later it counts as of unknown outcome.
                log.warning("reminders.unrecorded", delivery=str(delivery.pk))
                raise
            connection.close()
            time.sleep(0.1)
