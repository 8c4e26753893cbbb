"""The kinds of messages there are. Each room registers its own (its `notices.py`): what they say, and whether it is
still to be said. This room knows how to deliver them, and nothing of what they are about.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from uuid import UUID

from django.utils.functional import Promise

from apps.reminders.letter import Letter
from apps.reminders.models.delivery import Reason

if TYPE_CHECKING:
    from apps.reminders.models import Delivery

# For each delivery what it says today in the language that is active, or why it need not be said any more (R12).
Say = Callable[[Sequence["Delivery"]], dict[UUID, Letter | Reason]]


@dataclass(frozen=True, slots=True)
class Kind:
    name: str
    label: str | Promise  # in the settings: what one gets
    group: str | Promise  # the heading it stands under there
    say: Say
    defaults: frozenset[str] = frozenset({"inbox", "email"})  # the channels one gets it by unless one chose otherwise
    # The same for a role to which it matters more than to others.
    defaults_of: Mapping[str, frozenset[str]] = field(default_factory=dict, hash=False)
    # Those who can get it at all, and so are asked whether they want it; empty for everybody.
    roles: frozenset[str] = frozenset()
    # Says so at once: no digest, quiet hours, working days or daily cap holds it back.
    urgent: bool = False
    # Nobody is asked whether they want it: without it they could not take part at all.
    choosable: bool = True
    # The organisation's channels get it too, where it concerns everybody.
    announced: bool = False
    # What somebody wrote goes to inbox and e-mail only: behind any other address, others may read along.
    keeps_words: bool = False
    order: int = 0
    # Called in the transaction that records it as sent.
    sent: Callable[["Delivery", Letter], None] | None = None

    def channels_of(self, role: str) -> frozenset[str]:
        """The channels by which somebody of this role gets it unless they choose otherwise."""
        return self.defaults_of.get(role, self.defaults)


_kinds: dict[str, Kind] = {}


def register(kind: Kind) -> None:
    _kinds[kind.name] = kind


def kind(name: str) -> Kind:
    """Raises KeyError for one that no room has registered."""
    return _kinds[name]


def is_known(name: str) -> bool:
    return name in _kinds


def announced_kinds() -> list[Kind]:
    return [each for each in all_kinds() if each.announced]


def all_kinds() -> list[Kind]:
    return sorted(_kinds.values(), key=lambda each: each.order)
