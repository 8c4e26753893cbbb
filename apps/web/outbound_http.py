"""The one way out by HTTP (R66 to R68): to a checked address, no redirects or proxies, limited in time and size."""

import contextlib
import email.utils
import queue
import socket
import ssl
import threading
from dataclasses import dataclass
from datetime import UTC, datetime

import urllib3

from apps.web.deadline import Deadline
from apps.web.outbound_address import AddressRefused, CheckedUrl, check_url, resolve

CONNECT, ANSWER, WHOLE = 5.0, 10.0, 28.0  # seconds (R16: 30 for all of it, recording included)
MOST_BODY = 64 * 1024
MOST_WAIT, NONSENSE_WAIT = 3_600.0, 60.0  # seconds (R10)


class OutboundError(Exception):
    """`code`: address, dns, refused, timeout, tls or connection. `sent`: whether all had been handed over."""

    def __init__(self, code: str, text: str, *, temporary: bool = True, sent: bool = False):
        super().__init__(text)
        self.code, self.temporary, self.sent = code, temporary, sent


@dataclass(frozen=True, slots=True)
class Answer:
    status: int
    headers: dict[str, str]  # by their names in small letters
    body: bytes  # at most 64 KiB, as it came; never to be shown as it is

    def retry_after(self, now: datetime) -> float | None:
        """Seconds of silence that the other side asks for, or None."""
        return retry_after(self.headers.get("retry-after"), now)


def retry_after(value: str | None, now: datetime) -> float | None:
    """Seconds that a Retry-After header means: a number of them or a date (RFC 9110, 10.2.3); an hour at most, and a
    minute where it is neither (R10).
    """
    if value is None:
        return None
    value = value.strip()
    if value.isascii() and value.isdecimal():
        return min(float(value), MOST_WAIT)
    try:
        then = email.utils.parsedate_to_datetime(value)
    except ValueError:
        return NONSENSE_WAIT
    then = then.replace(tzinfo=UTC) if then.tzinfo is None else then
    seconds = (then - now).total_seconds()
    return min(seconds, MOST_WAIT) if seconds >= 0 else NONSENSE_WAIT


def post(url: str, body: bytes, headers: dict[str, str], *, within: float = WHOLE) -> Answer:
    """Sends `body` and gives the answer, whatever its status. Raises OutboundError; takes `within` seconds at most."""
    try:
        checked = check_url(url)
    except AddressRefused as refused:
        raise OutboundError("address", str(refused.text), temporary=False) from None
    if any(mark in text for pair in headers.items() for text in pair for mark in "\r\n\0"):
        raise ValueError("a header holds a line end")
    with contextlib.closing(_Call(checked)) as call, Deadline(within, call.sock) as deadline:
        try:
            address = _resolved(checked, deadline.left)
            return call.post(address, body, headers, deadline)
        except AddressRefused as refused:
            raise OutboundError("address", str(refused.text), temporary=False) from None
        except (ssl.SSLCertVerificationError, urllib3.exceptions.SSLError) as error:
            # A certificate that is wrong stays wrong; a handshake that broke off may work the next time.
            raise OutboundError("tls", "The certificate of the other side is not valid.",
                                temporary=not _is_certificate(error)) from None  # fmt: skip
        except (TimeoutError, urllib3.exceptions.TimeoutError):
            raise OutboundError("timeout", "The other side took too long.", sent=call.sent) from None
        except (OSError, urllib3.exceptions.HTTPError) as error:
            if deadline.passed:
                raise OutboundError("timeout", "The other side took too long.", sent=call.sent) from None
            refused_ = isinstance(error.__cause__ or error, ConnectionRefusedError) or "refused" in str(error)
            code = "dns" if isinstance(error, socket.gaierror) else "refused" if refused_ else "connection"
            raise OutboundError(code, _SENTENCES[code], sent=call.sent) from None


_SENTENCES = {
    "dns": "The name of the host leads nowhere.",
    "refused": "Nobody answers at this address.",
    "connection": "The other side broke off.",
}


def _is_certificate(error: Exception) -> bool:
    return isinstance(error, ssl.SSLCertVerificationError) or "CERTIFICATE_VERIFY_FAILED" in str(error)


def _resolved(checked: CheckedUrl, within: float) -> str:
    """A resolver has no time-out of its own that we could set, so it is asked beside. Raises as `resolve`."""
    said: queue.SimpleQueue = queue.SimpleQueue()

    def ask() -> None:
        try:
            said.put((resolve(checked.host, checked.port), None))
        except Exception as error:
            said.put((None, error))

    threading.Thread(target=ask, daemon=True, name="resolver").start()
    try:
        address, error = said.get(timeout=min(within, ANSWER))
    except queue.Empty:
        raise TimeoutError("resolver") from None
    if error is not None:
        raise error
    return address


class _Call:
    """One connection for one request, to an address; the name is what its certificate is checked against."""

    def __init__(self, checked: CheckedUrl):
        self._checked = checked
        self._connection: urllib3.connection.HTTPConnection | None = None
        self.sent = False

    def sock(self) -> socket.socket | None:
        return self._connection.sock if self._connection is not None else None

    def post(self, address: str, body: bytes, headers: dict[str, str], deadline: Deadline) -> Answer:
        checked = self._checked
        timeout = min(CONNECT, deadline.left)
        if checked.scheme == "https":
            # Made by hand and not by a pool: a pool would try again by itself.
            self._connection = urllib3.connection.HTTPSConnection(
                address, checked.port, timeout=timeout, ssl_context=_context(), server_hostname=checked.host,
                assert_hostname=checked.host,
            )  # fmt: skip
        else:
            self._connection = urllib3.connection.HTTPConnection(address, checked.port, timeout=timeout)
        connection = self._connection
        connection.connect()
        connection.sock.settimeout(min(ANSWER, deadline.left))
        connection.request(
            "POST", checked.target, body=body, preload_content=False, decode_content=False,
            headers={"Host": checked.authority, "User-Agent": "Miraizu", "Accept-Encoding": "identity",
                     "Connection": "close", **headers},
        )  # fmt: skip
        self.sent = True
        answer = connection.getresponse()
        try:
            told = b"" if answer.status in {204, 304} else self._body(answer)
        finally:
            answer.close()
        return Answer(answer.status, {name.lower(): value for name, value in answer.headers.items()}, told)

    def _body(self, answer: urllib3.HTTPResponse) -> bytes:
        """What of the body comes in time. The status is what counts: a body that breaks off changes nothing."""
        try:
            return answer.read(MOST_BODY, decode_content=False)
        except (OSError, urllib3.exceptions.HTTPError):
            return b""

    def close(self) -> None:
        if self._connection is not None:
            self._connection.close()


def _context() -> ssl.SSLContext:
    return ssl.create_default_context()


__all__ = ["Answer", "OutboundError", "post", "retry_after"]
