"""The chain of revisions: each carries the digest of the one before it, so that a changed byte shows (R50).

What is chained is not the texts but the digest of each text. So a text can be replaced later, when a person's name must
go, and the chain still holds: the replaced text keeps the digest of the first one.
"""

import hashlib
import json
from datetime import UTC, date, datetime

from apps.roadmap.document import canonical

FIRST = "0" * 64  # before the first revision of a map
REPLACED = "~"  # key of the first text's digest, beside what stands there now
NOW = "now"


def _sha(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def digest(
    *, map_id: int, start: date, number: int, kind: str, by_id: int, day: date, at: datetime, body: str, previous: str
) -> str:
    """SHA-256 over who, when, what kind, the digest of each text of `body`, and the digest before it."""
    about = {
        "map": map_id,
        "start": start.isoformat(),
        "number": number,
        "kind": kind,
        "by": by_id,
        "day": day.isoformat(),
        "at": at.astimezone(UTC).isoformat(timespec="microseconds"),
        "body": _leaves(json.loads(body)),
        "previous": previous,
    }
    return _sha(canonical(about))


def _leaves(value):
    """The same structure with the digest in the place of each text; names of parts and fields stay."""
    if isinstance(value, str):
        return _sha(value)
    if isinstance(value, list):
        return [_leaves(one) for one in value]
    if isinstance(value, dict):
        # A digest is a text: so nothing but a text can have been replaced.
        return str(value[REPLACED]) if REPLACED in value else {key: _leaves(one) for key, one in value.items()}
    return value


def replace(value, old: str, new: str, longest: int | None = None):
    """`value` with `old` replaced by `new` in every text; what changes keeps the digest of what first stood there, and
    at most `longest` characters.
    """
    if isinstance(value, str):
        return {REPLACED: _sha(value), NOW: value.replace(old, new)[:longest]} if old in value else value
    if isinstance(value, list):
        return [replace(one, old, new, longest) for one in value]
    if isinstance(value, dict):
        if REPLACED in value:
            return {**value, NOW: value[NOW].replace(old, new)[:longest]}
        return {key: replace(one, old, new, longest) for key, one in value.items()}
    return value


def read(body: str):
    """The content of `body` as it reads now."""
    return json.loads(body, object_hook=lambda found: found[NOW] if REPLACED in found else found)


def is_replaced(body: str) -> bool:
    return f'"{REPLACED}":' in body
