"""The one way out by HTTP (R66 to R68): every call to another machine goes through `post`, and a test holds to it.

It connects to the address that was checked, under the name that was typed; follows no redirect, knows no proxy, checks
certificates, and is limited in time and size (R16). What an answer means for a message is not decided here. Authorities
besides the machine's own are taken from the file that SSL_CERT_FILE names, as OpenSSL does everywhere.
"""

import contextlib
import email.utils
import http.client
import queue
import re
import socket
import ssl
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from django.utils.translation import gettext_noop
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.exceptions import HTTPError
from urllib3.response import BaseHTTPResponse

from apps.web.deadline import Deadline
from apps.web.outbound_address import AddressRefused, CheckedUrl, check_url, resolve

# Seconds (R16). Of the 30 for a message, two are left for shutting the connection and recording what came of it.
WHOLE, LOOK_UP, CONNECT, READ = 28.0, 10.0, 5.0, 10.0
MOST_BODY = 65_536  # bytes
MOST_WAIT, NONSENSE_WAIT = 3_600.0, 60.0  # seconds (R10)

_SENTENCES = {
    "dns": gettext_noop("The name of the host leads nowhere."),
    "refused": gettext_noop("Nobody answers at this address."),
    "timeout": gettext_noop("The other side took too long."),
    "tls": gettext_noop("No safe connection came about."),
    "certificate": gettext_noop("The certificate of the other side is not valid for this address."),
    "connection": gettext_noop("The connection broke off."),
}


class OutboundError(Exception):
    """No answer came. `code` is address, dns, refused, timeout, tls or connection.

    `temporary`: another try may succeed. `sent`: the whole request had been handed over, and may have been acted on.
    """

    def __init__(self, code: str, text: str, *, temporary: bool = True, sent: bool = False):
        super().__init__(text)
        self.code, self.temporary, self.sent = code, temporary, sent


@dataclass(frozen=True, slots=True)
class Answer:
    status: int
    headers: dict[str, str]  # by their names in small letters
    body: bytes  # its beginning, at most 64 KiB and never unpacked; no user may see it as it is (R68)

    def retry_after(self, now: datetime) -> float | None:
        """Seconds for which the other side asks to be left alone; None where it doesn't."""
        return retry_after(self.headers.get("retry-after"), now)


def retry_after(value: str | None, now: datetime) -> float | None:
    """Seconds from `now` that a Retry-After header asks for: an hour at most, a minute where it is nonsense (R10).

    Source: RFC 9110, 10.2.3, a whole number of seconds or a date. A date that has passed counts as nonsense: one of the
    two clocks is wrong.
    """
    if value is None:
        return None
    value = value.strip()
    if value.isascii() and value.isdecimal():
        return min(float(value), MOST_WAIT)
    try:
        then = email.utils.parsedate_to_datetime(value)
        seconds = (then if then.tzinfo else then.replace(tzinfo=UTC)) - now
    except (ValueError, OverflowError):
        return NONSENSE_WAIT
    return min(seconds.total_seconds(), MOST_WAIT) if seconds.total_seconds() >= 0 else NONSENSE_WAIT


def post(url: str, body: bytes, headers: Mapping[str, str], *, deadline: float = WHOLE) -> Answer:
    """Sends `body` once, and gives the answer whatever its status; within `deadline` seconds, looking up included.

    An answer counts once its status and headers are there: of a body that breaks off, what came in time is given.
    Raises OutboundError; ValueError for headers that are none or not the caller's to set.
    """
    _check_headers(headers)
    call = _Call()
    with contextlib.closing(call), Deadline(deadline, lambda: call.socket) as limit:
        try:
            return call.post(check_url(url), body, headers, limit)
        except (AddressRefused, OSError, HTTPError, http.client.HTTPException) as error:
            raise _trouble(error, call.sent, limit) from None


def _trouble(error: Exception, sent: bool, limit: Deadline) -> OutboundError:
    if isinstance(error, AddressRefused):
        return OutboundError("address", str(error.text), temporary=False)
    if isinstance(error, socket.gaierror):
        return OutboundError("dns", _SENTENCES["dns"])
    if isinstance(error, ssl.SSLCertVerificationError):
        return OutboundError("tls", _SENTENCES["certificate"], temporary=False)
    code = "connection"
    if limit.passed or isinstance(error, TimeoutError):
        code = "timeout"
    elif isinstance(error, ConnectionRefusedError):
        code = "refused"
    elif isinstance(error, ssl.SSLError) and not isinstance(error, ssl.SSLEOFError):
        code = "tls"
    return OutboundError(code, _SENTENCES[code], sent=sent)


_NAME = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]+")
_VALUE = re.compile(r"[\t\x20-\x7e\xa0-\xff]*")
# Most say where a message ends and whom it is for: two that differ are read by two servers in two ways.
_OURS = {
    "host", "content-length", "transfer-encoding", "connection", "accept-encoding", "te", "trailer", "expect",
    "user-agent",
}  # fmt: skip


def _check_headers(headers: Mapping[str, str]) -> None:
    for name, value in headers.items():
        if not _NAME.fullmatch(name) or not _VALUE.fullmatch(value):
            raise ValueError(f"Not a header: {name!r}")  # its value may be a secret
        if name.lower() in _OURS:
            raise ValueError(f"Set here, not by the caller: {name}")


class _Opened:
    """A connection over a socket that is already open: urllib3 is left nothing to look up."""

    opened: socket.socket

    def _new_conn(self) -> socket.socket:
        return self.opened


class _Plain(_Opened, HTTPConnection):
    pass


class _Encrypted(_Opened, HTTPSConnection):
    pass


class _Call:
    """One request over one connection of its own, and how far it came."""

    def __init__(self) -> None:
        self.sent = False
        # Kept here too: http.client lets go of it when the answer says “Connection: close”, and reads on.
        self.socket: socket.socket | None = None
        self._connection: _Plain | _Encrypted | None = None

    def close(self) -> None:
        if self._connection:
            self._connection.close()

    def post(self, url: CheckedUrl, body: bytes, headers: Mapping[str, str], limit: Deadline) -> Answer:
        connection = self._open(url, limit)
        # From here on the deadline knows the socket, and shuts it; that it passed before is found here.
        _in_time(limit)
        connection.timeout = min(READ, limit.left)
        ours = {"Host": url.authority, "User-Agent": "Miraizu", "Accept-Encoding": "identity", "Connection": "close"}
        connection.request("POST", url.target, body, ours | dict(headers), preload_content=False, decode_content=False)
        self.sent = True
        answer = connection.getresponse()
        with contextlib.closing(answer):
            # Headers that the deadline cut off look complete to http.client.
            _in_time(limit)
            return Answer(answer.status, {name.lower(): value for name, value in answer.headers.items()}, _body(answer))

    def _open(self, url: CheckedUrl, limit: Deadline) -> _Plain | _Encrypted:
        opened = _connect(_resolve_within(url, min(LOOK_UP, limit.left)), url.port, min(CONNECT, limit.left))
        try:
            _in_time(limit)
            opened.settimeout(min(CONNECT, limit.left))  # the handshake's, as a whole
            if url.scheme == "http":
                self._connection = _Plain(url.host, url.port)
            else:
                # Made by hand and not by a pool: a pool tries again by itself, and reads proxies and redirects.
                self._connection = _Encrypted(url.host, url.port, ssl_context=ssl.create_default_context())
            self._connection.opened = opened
            self._connection.connect()
            self.socket = self._connection.sock
        except BaseException:
            opened.close()
            raise
        return self._connection


def _in_time(limit: Deadline) -> None:
    if limit.passed:
        raise TimeoutError


def _resolve_within(url: CheckedUrl, seconds: float) -> list[str]:
    """As `resolve`, which waits as long as the system's resolver likes: so it is asked beside, and left behind."""
    said: queue.SimpleQueue[list[str] | Exception] = queue.SimpleQueue()

    def ask() -> None:
        try:
            said.put(resolve(url.host, url.port))
        except Exception as error:
            said.put(error)

    threading.Thread(target=ask, daemon=True, name="resolver").start()
    try:
        found = said.get(timeout=seconds)
    except queue.Empty:
        raise socket.gaierror(socket.EAI_AGAIN, "no answer in time") from None
    if isinstance(found, Exception):
        raise found
    return found


def _connect(addresses: list[str], port: int, seconds: float) -> socket.socket:
    """To the first that answers: a name may lead to one of a network this machine has no way to. Raises OSError."""
    until = time.monotonic() + seconds
    error: OSError = ConnectionRefusedError()
    for tries_left, address in zip(range(len(addresses), 0, -1), addresses, strict=True):
        opened = socket.socket(socket.AF_INET6 if ":" in address else socket.AF_INET, socket.SOCK_STREAM)
        opened.settimeout(max((until - time.monotonic()) / tries_left, 0.01))
        try:
            opened.connect((address, port))
        except OSError as failed:
            opened.close()
            error = failed
        else:
            return opened
    raise error


def _body(answer: BaseHTTPResponse) -> bytes:
    found = b""
    with contextlib.suppress(OSError, HTTPError, http.client.HTTPException):
        while len(found) < MOST_BODY and (more := answer.read1(MOST_BODY - len(found), decode_content=False)):
            found += more
    return found
