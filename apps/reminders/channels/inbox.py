"""The inbox inside the app: a row, so it arrives exactly once."""

from typing import ClassVar

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from apps.reminders.channels.interface import Permanent
from apps.reminders.letter import Letter
from apps.reminders.models import Delivery, InboxLine


class Inbox:
    name: ClassVar[str] = "inbox"
    label: str | Promise = _("Inbox")
    outgoing: ClassVar[bool] = False
    personal: ClassVar[bool] = True
    every: ClassVar[float] = 0
    batch: ClassVar[int] = 50

    def place(self, _delivery: Delivery) -> str:
        return self.name

    def send(self, _letter: Letter, delivery: Delivery) -> str:
        if delivery.recipient is None:
            raise Permanent("nobody", gettext_noop("An inbox belongs to a person."))
        InboxLine.objects.bulk_create([InboxLine(delivery=delivery, member=delivery.recipient)], ignore_conflicts=True)
        return ""

    def close(self) -> None:
        pass
