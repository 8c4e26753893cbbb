"""The link in a letter by which one gets no more of its kind, without signing in (RFC 8058)."""

from django.core import signing

from apps.reminders.kinds import kind
from apps.reminders.models import Delivery

SALT = "reminders.unsubscribe"
DIGEST = "digest"  # the kind of what carries others: its link is about all that it may carry


def can(delivery: Delivery) -> bool:
    """Whether its reader may say that they want no more of these."""
    return delivery.kind == DIGEST or kind(delivery.kind).choosable


def token(delivery: Delivery) -> str:
    return signing.dumps([delivery.recipient_id, delivery.kind, delivery.channel], salt=SALT, compress=True)


def read(text: str) -> tuple[int, str, str]:
    """Member, kind and channel. Raises BadSignature. It never grows old: letters are kept for years."""
    member, kind, channel = signing.loads(text, salt=SALT)
    return int(member), str(kind), str(channel)


def masked(address: str) -> str:
    """An e-mail address as it may be shown to whoever holds the link: `k…a@example.com`."""
    name, _at, host = address.rpartition("@")
    return f"{name[:1]}…{name[-1] if len(name) > 2 else ''}@{host}"
