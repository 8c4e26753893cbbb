"""What must be one statement, so that no two processes believe it was theirs; the same on SQLite and PostgreSQL.

The clock is the database's, so that machines whose clocks differ agree on what is due and whose lease is over (R4).
Tests run each statement on both.
"""

import uuid
from datetime import datetime, timedelta
from operator import itemgetter
from typing import Any, NamedTuple

from django.db import connection, transaction

from apps.reminders.models.delivery import CLAIMABLE, State
from apps.web.plain_sql import argument, as_moment, fetch, marks

# PostgreSQL's now() stands still within a transaction, so the moment itself is asked for. SQLite counts in
# milliseconds: rounded up, so that what is due now is due.
_NOW = {"postgresql": "clock_timestamp()", "sqlite": "strftime('%%Y-%%m-%%d %%H:%%M:%%f', 'now', '+0.001 seconds')"}
_LATER = {
    "postgresql": "clock_timestamp() + make_interval(secs => %s)",
    "sqlite": "strftime('%%Y-%%m-%%d %%H:%%M:%%f', 'now', %s || ' seconds')",
}
# What is picked is picked once (MATERIALIZED): as a part of the UPDATE, PostgreSQL may ask for it again and again, and
# each time pass by what it has locked itself, until far more are taken than were asked for.
# Others pass by the rows somebody is just taking. SQLite has one writer at a time and needs no such word.
_PASS_BY = {"postgresql": "FOR UPDATE SKIP LOCKED", "sqlite": ""}


def _said(words: dict[str, str]) -> str:
    return words[connection.vendor]


def _key(value: uuid.UUID) -> Any:
    """An id as the database takes it: SQLite has no type for it."""
    return value if connection.features.has_native_uuid_field else value.hex


def _uuid(value: Any) -> uuid.UUID:
    return value if isinstance(value, uuid.UUID) else uuid.UUID(value)


def now() -> datetime:
    """The moment by the database's clock."""
    return as_moment(fetch(f"SELECT {_said(_NOW)}", [])[0][0])


class Claim(NamedTuple):
    token: uuid.UUID
    ids: list[uuid.UUID]


def claim(channel: str, most: int, lease: float, *, outgoing: bool, kind: str = "") -> Claim:
    """Takes up to `most` due deliveries of `channel` for `lease` seconds, in one statement: nobody else has them (R3).

    What goes out is not taken while a hold stands. With `kind` only what is of that kind.
    """
    token = uuid.uuid4()
    held = _NOT_HELD if outgoing else ""
    of_kind, kinds = ("AND kind = %s", [kind]) if kind else ("", [])
    rows = fetch(
        f"""
        WITH picked AS MATERIALIZED (
            SELECT id FROM reminders_delivery
            WHERE channel = %s AND state IN ({marks(CLAIMABLE)}) AND run_at <= {_said(_NOW)} {held} {of_kind}
            ORDER BY run_at LIMIT %s {_said(_PASS_BY)}
        )
        UPDATE reminders_delivery
        SET state = %s, lease_token = %s, lease_until = {_said(_LATER)}
        WHERE id IN (SELECT id FROM picked)
        RETURNING id, run_at
        """,  # noqa: S608 (words of ours)
        [channel, *CLAIMABLE, *kinds, most, State.CLAIMED, _key(token), lease],
    )
    return Claim(token, [_uuid(id) for id, _run_at in sorted(rows, key=itemgetter(1))])


_NOT_HELD = "AND NOT EXISTS (SELECT 1 FROM reminders_hold WHERE released_at IS NULL)"


class Begin(NamedTuple):
    """A try that is to begin: only if the lease is ours and lasts `left` seconds, nobody holds what goes out, and the
    receiver `place` did not just ask for silence (R5, R10).
    """

    id: uuid.UUID
    token: uuid.UUID
    left: float
    sender: str
    outgoing: bool
    place: str = ""


class End(NamedTuple):
    """What becomes of a delivery after a try."""

    state: State
    reason: str = ""
    run_at: datetime | None = None  # when it is tried again
    over_at: datetime | None = None
    unknown: bool = False  # one more try of which nobody knows how it ended


class Said(NamedTuple):
    """What is kept of how a try ended."""

    at: datetime
    outcome: str
    code: str
    detail: str
    reference: str


class Finish(NamedTuple):
    """How try `number` ended, and, if the lease is still ours, what becomes of the delivery (R4)."""

    id: uuid.UUID
    token: uuid.UUID
    number: int
    end: End
    said: Said


def begin(this: Begin) -> int | None:
    """Writes that a try begins; gives its number, or None.

    To be called where no transaction is open: it is over before anything goes over the wire (R6).
    """
    if _writes_in_turn():
        with transaction.atomic():
            return _begin_in_turn(this)
    rows = fetch(f"WITH taken AS ({_taken(this)}) {_begun()} FROM taken RETURNING n", _to_begin(this))
    return rows[0][0] if rows else None


def finish(this: Finish) -> bool:
    """Writes how a try ended; gives whether the lease was ours."""
    if _writes_in_turn():
        with transaction.atomic():
            return _finish_in_turn(this)
    rows = fetch(f"WITH kept AS ({_KEPT}) {_written('NOT ' + _OURS)} RETURNING {_OURS}", _to_finish(this))
    return bool(rows and rows[0][0])


def finish_and_begin(ended: Finish, next: Begin) -> int | None:
    """Both, for two deliveries, in one transaction: the disk takes as long for one. Gives what `begin` does."""
    if _writes_in_turn():
        with transaction.atomic():
            _finish_in_turn(ended)
            return _begin_in_turn(next)
    rows = fetch(
        f"WITH kept AS ({_KEPT}), written AS ({_written('NOT ' + _OURS)}), taken AS ({_taken(next)}) "
        f"{_begun()} FROM taken RETURNING n",
        _to_finish(ended) + _to_begin(next),
    )
    return rows[0][0] if rows else None


def has_begun(id: uuid.UUID, token: uuid.UUID) -> bool:
    """Whether a try of this lease is written down."""
    text = "SELECT 1 FROM reminders_attempt WHERE delivery_id = %s AND lease_token = %s"
    return bool(fetch(text, [_key(id), _key(token)]))


def _begin_in_turn(this: Begin) -> int | None:
    *mine, sender = _to_begin(this)
    rows = fetch(_taken(this), mine)
    if rows:
        fetch(f"{_begun()} FROM reminders_delivery WHERE id = %s RETURNING n", [sender, _key(this.id)])
    return rows[0][1] if rows else None


def _finish_in_turn(this: Finish) -> bool:
    arguments = _to_finish(this)
    kept = _KEPT.count("%s")
    ours = bool(fetch(_KEPT, arguments[:kept]))
    fetch(f"{_written(str(int(not ours)))} RETURNING n", arguments[kept:])
    return ours


def _taken(this: Begin) -> str:
    return f"""
        UPDATE reminders_delivery SET tries = tries + 1
        WHERE id = %s AND lease_token = %s AND lease_until >= {_said(_LATER)} {_NOT_HELD if this.outgoing else ""}
            AND NOT EXISTS (SELECT 1 FROM reminders_gate WHERE key = %s AND closed_until > {_said(_NOW)})
        RETURNING id, tries, lease_token, unknowns
        """  # noqa: S608 (words of ours)


def _begun() -> str:
    return f"""
        INSERT INTO reminders_attempt (delivery_id, n, lease_token, sender, started_at, outcome, code, detail,
            provider_ref, after_unknown, possible_repeat)
        SELECT id, tries, lease_token, %s, {_said(_NOW)}, 'started', '', '', '', unknowns > 0, {_no()}
        """


def _to_begin(this: Begin) -> list:
    """What `_taken` and then `_begun` ask for."""
    return [_key(this.id), _key(this.token), this.left, this.place, this.sender]


# Who said that they know of an unknown outcome does not know yet that it was given up.
_KEPT = """
    UPDATE reminders_delivery
    SET state = %s, reason = %s, run_at = COALESCE(%s, run_at), over_at = %s, unknowns = unknowns + %s,
        seen_at = CASE WHEN %s = 'dead' THEN NULL ELSE seen_at END, lease_token = NULL, lease_until = NULL
    WHERE id = %s AND lease_token = %s
    RETURNING id
    """
_OURS = "EXISTS (SELECT 1 FROM kept)"


def _written(repeated: str) -> str:
    """What was written before, because nobody could know whether it was, stays: by then the lease was given back."""
    return f"""
        UPDATE reminders_attempt
        SET finished_at = %s, outcome = %s, code = %s, detail = %s, provider_ref = %s,
            possible_repeat = CASE WHEN finished_at = %s THEN possible_repeat ELSE {repeated} END
        WHERE delivery_id = %s AND n = %s
        """  # noqa: S608


def _to_finish(this: Finish) -> list:
    """What `_KEPT` and then `_written` ask for."""
    end, said, at = this.end, this.said, argument(this.said.at)
    moments = [argument(each) if each else None for each in (end.run_at, end.over_at)]
    return [
        end.state, end.reason, *moments, int(end.unknown), end.state, _key(this.id), _key(this.token),
        at, said.outcome, said.code, said.detail, said.reference, at, _key(this.id), this.number,
    ]  # fmt: skip


def _writes_in_turn() -> bool:
    """SQLite knows no statement that writes two tables. There two in a transaction cost no more: nothing travels."""
    return connection.vendor == "sqlite"


def _no() -> str:
    return "FALSE" if connection.vendor == "postgresql" else "0"


def release(ids: list[uuid.UUID], token: uuid.UUID) -> int:
    """Gives back what was claimed and not begun, so that others need not wait for the lease to end (R28)."""
    if not ids:
        return 0
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            UPDATE reminders_delivery
            SET state = {_AS_BEFORE}, lease_token = NULL, lease_until = NULL
            WHERE lease_token = %s AND id IN ({marks(ids)})
            """,  # noqa: S608
            [_key(token), *map(_key, ids)],
        )
        return cursor.rowcount


def take_back(most: int, grace: float) -> list[uuid.UUID]:
    """Ends up to `most` leases that ran out `grace` seconds ago: a try that had begun leaves an unknown outcome, others
    are as before.

    Gives their ids. What becomes of unknown ones is decided by whoever calls (`lease.reap`), in this transaction.
    """
    rows = fetch(
        f"""
        WITH picked AS MATERIALIZED (
            SELECT id FROM reminders_delivery WHERE state = 'claimed' AND lease_until < {_said(_LATER)}
            ORDER BY lease_until LIMIT %s {_said(_PASS_BY)}
        )
        UPDATE reminders_delivery
        SET unknowns = unknowns + CASE WHEN {_BEGUN} THEN 1 ELSE 0 END,
            state = CASE WHEN {_BEGUN} THEN 'unknown' ELSE {_AS_BEFORE} END,
            run_at = {_said(_NOW)}, lease_token = NULL, lease_until = NULL
        WHERE id IN (SELECT id FROM picked)
        RETURNING id
        """,  # noqa: S608
        [-grace, most],
    )
    return [_uuid(id) for (id,) in rows]


# What a row was before it was claimed. Sent again by hand, it is planned until it is tried.
_AS_BEFORE = "CASE WHEN tries <= tries_before THEN 'planned' WHEN unknowns > 0 THEN 'unknown' ELSE 'retry' END"
# A try of this very lease that has not ended.
_BEGUN = """EXISTS (
    SELECT 1 FROM reminders_attempt AS attempt
    WHERE attempt.delivery_id = reminders_delivery.id AND attempt.lease_token = reminders_delivery.lease_token
        AND attempt.finished_at IS NULL
)"""


def reserve(key: str, every: float) -> datetime:
    """When it is our turn at a receiver that takes one message each `every` seconds; who asks next comes after us."""
    text = f"""
        INSERT INTO reminders_gate (key, next_slot, failures) VALUES (%s, {_said(_LATER)}, 0)
        ON CONFLICT (key) DO UPDATE SET next_slot = CASE
            WHEN reminders_gate.next_slot IS NULL OR reminders_gate.next_slot < {_said(_NOW)} THEN {_said(_LATER)}
            ELSE {_LATER_THAN[connection.vendor]} END
        RETURNING next_slot
    """  # noqa: S608
    return as_moment(fetch(text, [key, every, every, every])[0][0]) - timedelta(seconds=every)


def passes(key: str, every: float) -> bool:
    """Whether one may go now to a receiver that takes one each `every` seconds, and then marks that it does.

    Whoever had an earlier turn and is late must not come right before the next.
    """
    text = f"""
        INSERT INTO reminders_gate (key, passed_at, failures) VALUES (%s, {_said(_NOW)}, 0)
        ON CONFLICT (key) DO UPDATE SET passed_at = excluded.passed_at
        WHERE reminders_gate.passed_at IS NULL OR reminders_gate.passed_at <= {_said(_LATER)}
        RETURNING key
    """  # noqa: S608
    return bool(fetch(text, [key, -every]))


_LATER_THAN = {
    "postgresql": "reminders_gate.next_slot + make_interval(secs => %s)",
    "sqlite": "strftime('%%Y-%%m-%%d %%H:%%M:%%f', reminders_gate.next_slot, %s || ' seconds')",
}


class News(NamedTuple):
    troubles: int
    senders_seen_at: datetime | None
    scheduler_seen_at: datetime | None
    held_at: datetime | None  # since when nothing goes out by somebody's wish


def news() -> News:
    """How many deliveries need a look (`Delivery.objects.troubled`), when senders and scheduler were last seen, and
    since when everything is held; in one query.
    """
    text = f"""
        SELECT
            (SELECT COUNT(*) FROM reminders_delivery
                WHERE state IN (%s, %s) AND seen_at IS NULL AND is_test = {_no()}),
            (SELECT seen_at FROM web_heartbeat WHERE name = 'senders'),
            (SELECT seen_at FROM web_heartbeat WHERE name = 'scheduler'),
            (SELECT held_at FROM reminders_hold WHERE released_at IS NULL)
    """  # noqa: S608
    troubles, *moments = fetch(text, [State.DEAD, State.UNKNOWN])[0]
    return News(troubles, *map(as_moment, moments))
