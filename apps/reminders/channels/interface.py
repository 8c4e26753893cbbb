"""What a channel is: it sends one letter and says what the other side said."""

from typing import ClassVar, Protocol

from django.utils.functional import Promise

from apps.reminders.letter import Letter
from apps.reminders.models import Delivery


class Trouble(Exception):
    """`code` is short and for people to search for; `detail` is a sentence of ours, never the other side's text.

    It is kept in English and marked with gettext_noop: pages say it in their reader's language.
    """

    def __init__(self, code: str, detail: str = ""):
        super().__init__(code)
        self.code, self.detail = code[:40], detail[:300]


class Temporary(Trouble):
    """Not now: to be tried again, not before `retry_after` seconds if the other side said so (R9, R10)."""

    def __init__(self, code: str, detail: str = "", retry_after: float | None = None):
        super().__init__(code, detail)
        self.retry_after = retry_after


class Permanent(Trouble):
    """Never: to be given up. `gone`: the address itself is to be switched off."""

    def __init__(self, code: str, detail: str = "", *, gone: bool = False):
        super().__init__(code, detail)
        self.gone = gone


class Unknown(Trouble):
    """All of it was handed over, and no answer came: it may have arrived (R8)."""


class Channel(Protocol):
    name: ClassVar[str]
    label: str | Promise
    outgoing: ClassVar[bool]  # leaves this installation: a hold stops it
    personal: ClassVar[bool]  # each member has it, without setting up a destination
    every: ClassVar[float]  # seconds between two messages to the same place that it must keep; 0 for none
    batch: ClassVar[int]  # how many deliveries a sender takes at once

    def place(self, delivery: Delivery) -> str:
        """The receiver as far as pace and breaker go: a server, not a person."""
        ...

    def send(self, letter: Letter, delivery: Delivery) -> str:
        """Sends it and gives the receiver's reference, if any. Raises Temporary, Permanent or Unknown."""
        ...

    def close(self) -> None:
        """Lets go of what it keeps open between two letters of a sender."""
        ...
