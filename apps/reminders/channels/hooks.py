"""What the two kinds of webhooks share: one POST, and what the answer means (R9, R10, R68)."""

from abc import ABC, abstractmethod
from typing import ClassVar

from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_noop

from apps.reminders.channels.interface import Permanent, Temporary, Unknown
from apps.reminders.letter import Letter
from apps.reminders.models import Delivery
from apps.web import outbound_http

# To be tried again; of all others of 400 to 499 the receiver means what it says.
NOT_NOW = {408, 425, 429}


class Hook(ABC):
    name: ClassVar[str]
    label: str | Promise
    outgoing: ClassVar[bool] = True
    personal: ClassVar[bool] = False
    every: ClassVar[float]
    batch: ClassVar[int] = 10

    @abstractmethod
    def body(self, letter: Letter, delivery: Delivery) -> bytes: ...

    @abstractmethod
    def headers(self, delivery: Delivery, body: bytes) -> dict[str, str]: ...

    def place(self, delivery: Delivery) -> str:
        return f"{self.name}:{delivery.where.host}"

    def send(self, letter: Letter, delivery: Delivery) -> str:
        """Raises Temporary, Permanent or Unknown."""
        if not delivery.where.url:
            raise Permanent("sealed", gettext_noop("The address can't be read any more: give it anew."), gone=True)
        body = self.body(letter, delivery)
        headers = {"Content-Type": "application/json", **self.headers(delivery, body)}
        try:
            answer = outbound_http.post(delivery.where.url, body, headers)
        except outbound_http.OutboundError as error:
            if not error.temporary:
                raise Permanent(error.code, str(error)) from None
            if error.sent:
                raise Unknown(error.code, str(error)) from None
            raise Temporary(error.code, str(error)) from None
        return self._read(answer)

    def _read(self, answer: outbound_http.Answer) -> str:
        code = f"HTTP {answer.status}"
        if 200 <= answer.status < 300:
            return ""
        if answer.status in NOT_NOW or answer.status >= 500:
            raise Temporary(code, gettext_noop("The other side can't take it now."), answer.retry_after(timezone.now()))
        if 300 <= answer.status < 400:
            raise Permanent(code, gettext_noop("The address leads to another one. Enter that one instead."))
        raise Permanent(code, gettext_noop("The other side refuses it."), gone=answer.status == 410)

    def close(self) -> None:  # noqa: B027  (each call has a connection of its own)
        pass
