"""E-mail: text and HTML, an invitation where there is one, and a way to get no more without signing in."""

import contextlib
import email.message
import email.policy
import smtplib
import socket
import threading
from typing import Any, ClassVar

from django.core.mail import EmailMultiAlternatives, mailers
from django.core.mail.backends import smtp
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation
from django.utils.functional import Promise
from django.utils.translation import gettext_noop, pgettext_lazy

from apps.accounts.models import Organisation
from apps.reminders import unsubscribe
from apps.reminders.channels.interface import Permanent, Temporary, Unknown
from apps.reminders.letter import Invite, Letter, one_line
from apps.reminders.models import Delivery
from apps.web.deadline import Deadline
from apps.web.site import absolute

WHOLE = 28  # seconds a message may take, counted from the outside (R16)
CONNECT, ANSWER = 5, 10
UNSUBSCRIBE = "List-Unsubscribe"


class _Conversation(smtplib.SMTP):
    """Knows whether the final dot was sent: from then on a silent server may have taken the message."""

    handed_over = False

    def _get_socket(self, host, port, timeout):
        sock = super()._get_socket(host, port, CONNECT)  # type: ignore[misc]  # smtplib's own door for this
        sock.settimeout(ANSWER)
        return sock

    def data(self, msg):
        self.handed_over = False
        return super().data(msg)

    def send(self, s):
        super().send(s)
        if isinstance(s, bytes) and s.endswith(b"\r\n.\r\n"):
            self.handed_over = True


class _ConversationOverTls(_Conversation, smtplib.SMTP_SSL):
    pass


class Backend(smtp.EmailBackend):
    """Django's own, with an SMTP that says how far it came."""

    @property
    def connection_class(self):
        return _ConversationOverTls if self.use_ssl else _Conversation

    def sock(self) -> socket.socket | None:
        talking = self.connection or getattr(self, "_partial_connection", None)
        return getattr(talking, "sock", None)

    @property
    def handed_over(self) -> bool:
        return getattr(self.connection, "handed_over", False)

    def drop(self) -> None:
        """Ends the conversation without a goodbye."""
        for talking in (self.connection, getattr(self, "_partial_connection", None)):
            if talking is not None:
                with contextlib.suppress(OSError, smtplib.SMTPException):
                    talking.close()
        self.connection = self._partial_connection = None


class _Policy(email.policy.EmailPolicy):
    """Leaves the address to unsubscribe as it is: folded, it would become encoded words, which no mail program may
    read there (RFC 2047, 5; RFC 2369, 2).
    """

    def fold(self, name, value):
        return f"{name}: {value}{self.linesep}" if name == UNSUBSCRIBE else super().fold(name, value)

    def fold_binary(self, name, value):
        return self.fold(name, value).encode() if name == UNSUBSCRIBE else super().fold_binary(name, value)


class Message(EmailMultiAlternatives):
    """A message whose last alternative is an invitation that calendars act upon (RFC 6047)."""

    invite: Invite | None = None

    def message(self, *, policy: email.policy.Policy | None = None):
        asked = policy or email.policy.default
        ours = _Policy(linesep=asked.linesep, max_line_length=asked.max_line_length, cte_type=asked.cte_type)
        return super().message(policy=ours)

    def _add_bodies(self, msg: email.message.EmailMessage):
        super()._add_bodies(msg)  # type: ignore[misc]
        if self.invite:
            msg.add_alternative(
                self.invite.content.decode(), subtype="calendar", charset="utf-8", params={"method": self.invite.method}
            )
        return msg


def _links(letter: Letter) -> list[tuple[str, str]]:
    return [(each.label, absolute(each.path)) for each in letter.actions]


def message(letter: Letter, delivery: Delivery) -> Message:
    """The whole message, in the language that is active. The same Message-ID on every try (R7)."""
    organisation = Organisation.kept()
    # Short enough for one line: what is folded reads differently to some programs.
    instance = f"{organisation.instance_id.hex[:12]}.miraizu" if organisation else "miraizu"
    words: dict[str, Any] = {
        "letter": letter,
        "subject": one_line(letter.subject),
        "actions": _links(letter),
        "parts": [(part, _links(part)[:1]) for part in letter.parts],
        "organisation": organisation.name if organisation else "Miraizu",
        "language": translation.get_language(),
        "is_test": delivery.is_test,
        "settings": absolute(reverse("reminders:settings")),
    }
    headers = {
        "Message-ID": f"<{delivery.pk}@{instance}>",
        "Auto-Submitted": "auto-generated",
        "X-Auto-Response-Suppress": "All",
    }
    if unsubscribe.can(delivery):
        address = absolute(reverse("reminders:unsubscribe", args=[unsubscribe.token(delivery)]))
        headers |= {UNSUBSCRIBE: f"<{address}>", "List-Unsubscribe-Post": "List-Unsubscribe=One-Click"}
        words["unsubscribe"] = address
    words.setdefault("unsubscribe", "")
    made = Message(
        words["subject"],
        render_to_string("reminders/mail.txt", words),
        to=[delivery.recipient.email] if delivery.recipient else [],
        headers=headers,
    )
    made.attach_alternative(render_to_string("reminders/mail.html", words), "text/html")
    if letter.invite:
        made.invite = letter.invite
        # Some calendars read only what is attached.
        made.attach("invite.ics", letter.invite.content.decode(), "text/calendar")
    return made


class Email:
    name: ClassVar[str] = "email"
    label: str | Promise = pgettext_lazy("channel", "E-mail")
    outgoing: ClassVar[bool] = True
    personal: ClassVar[bool] = True
    every: ClassVar[float] = 0
    batch: ClassVar[int] = 40

    def __init__(self) -> None:
        self._kept = threading.local()  # a conversation with the server goes on from letter to letter of a sender

    def place(self, _delivery: Delivery) -> str:
        return self.name

    def send(self, letter: Letter, delivery: Delivery) -> str:
        made = message(letter, delivery)
        backend = getattr(self._kept, "backend", None) or mailers.default
        if not isinstance(backend, Backend):  # letters kept as files, or a backend that an admin chose
            try:
                made.send()
            except OSError as error:
                raise Temporary(type(error).__name__, gettext_noop("The letter can't be written.")) from None
            return ""
        self._kept.backend = backend
        with Deadline(WHOLE, backend.sock) as deadline:
            try:
                self._send(backend, made)
            except (smtplib.SMTPAuthenticationError, smtplib.SMTPConnectError) as error:
                # The account or the server is wrong, not this letter: all of them wait until somebody mends it.
                backend.drop()
                raise Temporary(
                    f"SMTP {error.smtp_code}", gettext_noop("The server for e-mail does not let Miraizu in.")
                ) from None
            except smtplib.SMTPRecipientsRefused as error:
                raise self._meant(next(iter(error.recipients.values()))[0]) from None
            except smtplib.SMTPResponseException as error:
                raise self._meant(error.smtp_code) from None
            except ValueError:
                raise Permanent("address", gettext_noop("This is no e-mail address.")) from None
            except (OSError, smtplib.SMTPException) as error:
                handed_over = backend.handed_over
                backend.drop()
                code = "timeout" if deadline.passed or isinstance(error, TimeoutError) else type(error).__name__
                if handed_over:
                    raise Unknown(code, gettext_noop("The server took the letter and then said nothing.")) from None
                raise Temporary(code, gettext_noop("The server for e-mail can't be reached or broke off.")) from None
        return made.extra_headers["Message-ID"]

    def _send(self, backend: Backend, made: Message) -> None:
        try:
            backend.open()
            backend.send_messages([made])
        except smtplib.SMTPServerDisconnected:
            # A server ends a conversation in which nothing was said for a while: that is no failure of this letter.
            if backend.handed_over or not getattr(self._kept, "used", False):
                raise
            backend.drop()
            backend.open()
            backend.send_messages([made])
        self._kept.used = True

    def _meant(self, code: int) -> Temporary | Permanent:
        """What a three-digit answer means: 4 to try again, 5 for good (RFC 5321, 4.2.1)."""
        if 500 <= code < 600:
            return Permanent(f"SMTP {code}", gettext_noop("The server for e-mail refuses the letter or its address."))
        if code == 421:  # it is about to hang up
            self.close()
        return Temporary(f"SMTP {code}", gettext_noop("The server for e-mail can't take it now."))

    def close(self) -> None:
        backend = getattr(self._kept, "backend", None)
        self._kept.backend, self._kept.used = None, False
        if isinstance(backend, Backend):
            with Deadline(CONNECT, backend.sock):
                try:
                    backend.close()
                except (OSError, smtplib.SMTPException):
                    backend.drop()
