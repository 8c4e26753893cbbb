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


def send_due(channel_name: str, *, only: str = "", stop: threading.Event = _never, budget: float = BUDGET) -> int:
    """Sends what is due by one channel, or what of it is of the kind `only`, until nothing is, the time is up or `stop`
    is set; gives how many were handled.

    Any number of processes may do so at once.
    """
    channel, until, handled = CHANNELS[channel_name], time.monotonic() + budget, 0
    try:
        while not stop.is_set() and time.monotonic() < until:
            most = _most(channel)
            if not most:
                break
            claim = sql.claim(channel.name, most, settings.REMINDERS_LEASE, outgoing=channel.outgoing, kind=only)
            if not claim.ids:
                break
            handled += _Batch(channel, claim).send(stop)
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


class Next(Enum):
    GO_ON = auto()
    ASK_AGAIN = auto()  # what was ready may no longer be: its receiver has trouble
    GIVE_BACK = auto()  # the lease or the server has more to say of the rest, too


class _Batch:
    """What one claim took.

    That a message was sent is written together with that the next one begins: one transaction each, not two.
    """

    def __init__(self, channel: Channel, claim: sql.Claim):
        self._channel, self._ids, self._token = channel, claim.ids, claim.token
        self._unwritten: sql.Finish | None = None

    def send(self, stop: threading.Event) -> int:
        """Gives how many it handled. What it did not is given back: nobody need wait for its lease to end (R28)."""
        number, at_once = 0, len(self._ids)
        try:
            while number < len(self._ids):
                began, before = time.monotonic(), number
                for one in ready(self._channel, self._ids[number : number + at_once], self._token):
                    if number > before and time.monotonic() - began > FRESH:
                        at_once = number - before  # as many as it takes so long to send
                        break
                    if stop.is_set() or (goes_on := self._handle(one)) is Next.GIVE_BACK:
                        sql.release(self._ids[number:], self._token)
                        return number
                    number += 1
                    if goes_on is Next.ASK_AGAIN:
                        break
                self._write()
                if number == before:  # the lease of these was lost
                    sql.release(self._ids[number:], self._token)
                    break
        finally:
            self._write()
        return number

    def _handle(self, one: Ready) -> Next:
        """Handles one delivery, and says what is to be done with those after it."""
        delivery = one.delivery
        if isinstance(one.found, Letter):
            later = _slot(self._channel, delivery)
            if later is None:
                return self._try(one, one.found)
            _release_until(delivery, self._token, later)
        elif isinstance(one.found, datetime):
            _release_until(delivery, self._token, one.found)
        else:
            end(delivery, self._token, State.DEAD if one.found is Reason.BROKEN else State.SKIPPED, one.found)
        return Next.GO_ON

    def _try(self, one: Ready, said: Letter) -> Next:
        channel, delivery, token = self._channel, one.delivery, self._token
        number = self._begin(delivery)
        if number is None:
            return Next.GIVE_BACK
        reach("after_begin")
        if delivery.payload.get("poison"):
            reach("poison")
        with Reader(delivery):
            ended = _hand_over(channel, delivery, said)
        reach("after_call")
        is_sent = ended.outcome is Outcome.SENT
        if is_sent and not (_follows(delivery, ended) or _is_news(channel, ended, one.is_well) or channel.every):
            self._unwritten = finished(delivery, token, number, ended, timezone.now())
            return Next.GO_ON
        _until_it_is_written(
            lambda: record(channel, delivery, token, number, ended, said, well=one.is_well), delivery.pk
        )
        if is_sent:
            return Next.GO_ON
        one_server = channel.personal and channel.outgoing
        return Next.GIVE_BACK if ended.outcome is Outcome.TEMPORARY and one_server else Next.ASK_AGAIN

    def _begin(self, delivery: Delivery) -> int | None:
        channel = self._channel
        begins = sql.Begin(
            delivery.pk, self._token, settings.REMINDERS_LEASE_LEFT, sender(), channel.outgoing, channel.place(delivery)
        )
        if self._unwritten is None:
            return sql.begin(begins)
        try:
            number = sql.finish_and_begin(self._unwritten, begins)
        except DatabaseError:
            self._write()
            if sql.has_begun(delivery.pk, self._token):
                raise  # what failed was only the answer; as after any such failure, the lease decides
            return sql.begin(begins)
        self._unwritten = None
        return number

    def _write(self) -> None:
        if (ended := self._unwritten) is not None:
            _until_it_is_written(lambda: sql.finish(ended), ended.id)
            self._unwritten = None


def _hand_over(channel: Channel, delivery: Delivery, said: Letter) -> Ended:
    try:
        return Ended(Outcome.SENT, reference=channel.send(said, delivery))
    except Temporary as trouble:
        return Ended(Outcome.TEMPORARY, trouble.code, trouble.detail, asked=trouble.retry_after)
    except Permanent as trouble:
        return Ended(Outcome.PERMANENT, trouble.code, trouble.detail, gone=trouble.gone)
    except Unknown as trouble:
        return Ended(Outcome.UNKNOWN, trouble.code, trouble.detail)
    except DatabaseError as error:  # the inbox: its row is the sending
        return Ended(Outcome.TEMPORARY, type(error).__name__, gettext_noop("The database did not take it."))
    except Exception as error:  # a fault of ours must not be tried for ever, nor end the sender
        log.exception("reminders.broken", kind=delivery.kind, delivery=str(delivery.pk))
        return Ended(Outcome.PERMANENT, type(error).__name__, gettext_noop("Miraizu could not send it."), ours=True)


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


def record(
    channel: Channel, delivery: Delivery, token: uuid.UUID, number: int, ended: Ended, said: Letter, *,
    well: bool = False,
) -> None:  # fmt: skip
    """Writes how a try ended. If the lease was lost meanwhile, the state is somebody else's and stays (R4).

    `well`: its receiver had no failures a moment ago, so that a success is no news of it.
    """
    now = timezone.now()
    follows, tells = _follows(delivery, ended), _is_news(channel, ended, well)
    with transaction.atomic() if follows or tells else nullcontext():
        ours = sql.finish(finished(delivery, token, number, ended, now))
        if ours and follows:
            follows(delivery, said)
        if tells:
            _tell_gates(channel, delivery, ended, now)


def _follows(delivery: Delivery, ended: Ended) -> Callable[[Delivery, Letter], None] | None:
    """What the kind wants done once one was sent."""
    return kind(delivery.kind).sent if ended.outcome is Outcome.SENT else None


def _is_news(channel: Channel, ended: Ended, well: bool) -> bool:
    """Whether how it ended tells something of its receiver."""
    return channel.outgoing and not (ended.outcome is Outcome.SENT and well)


def finished(delivery: Delivery, token: uuid.UUID, number: int, ended: Ended, now: datetime) -> sql.Finish:
    """How a try that ended `now` is to be written."""
    said = sql.Said(now, ended.outcome, ended.code, ended.detail, ended.reference[:120])
    return sql.Finish(delivery.pk, token, number, _end(delivery, ended, number, now), said)


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


def _until_it_is_written(write: Callable[[], object], delivery: uuid.UUID) -> None:
    """Tries while the lease lasts: a database that is away for a moment must not turn a sent message into a repeat."""
    until = time.monotonic() + settings.REMINDERS_LEASE
    while True:
        try:
            write()
            return
        except DatabaseError:
            if time.monotonic() > until:
                # The row stays claimed and its try begun: later it counts as of unknown outcome.
                log.warning("reminders.unrecorded", delivery=str(delivery))
                raise
            connection.close()
            time.sleep(0.1)
