"""Which addresses Miraizu may call (R66, R67): none inside the network it stands in, however it is written or resolved.

`ipaddress.is_private` is no such filter: it lets 100.64/10, NAT64, multicast and others pass. So what is not listed as
public is refused, and what can hide another address is unwrapped first.
"""

import ipaddress
import re
import socket
from dataclasses import dataclass
from urllib.parse import urlsplit

import idna
from django.conf import settings
from django.utils.translation import gettext_lazy as _

MOST_LENGTH = 2_048
USUAL_PORTS = {443, 8443}
Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Network = ipaddress.IPv4Network | ipaddress.IPv6Network


class AddressRefused(ValueError):
    """`code` says which rule; the text is for whoever typed the address."""

    def __init__(self, code: str, text):
        super().__init__(code)
        self.code, self.text = code, text


@dataclass(frozen=True, slots=True)
class CheckedUrl:
    """A URL that may be called as far as its letters say; where its host leads is checked when it is called."""

    scheme: str
    host: str  # in ASCII, without brackets
    port: int
    target: str  # path and query

    @property
    def authority(self) -> str:
        """As the Host header says it."""
        shown = f"[{self.host}]" if ":" in self.host else self.host
        usual = {"https": 443, "http": 80}[self.scheme]
        return shown if self.port == usual else f"{shown}:{self.port}"


def check_url(url: str) -> CheckedUrl:
    """Raises AddressRefused."""
    if len(url) > MOST_LENGTH:
        raise AddressRefused("long", _("This address is too long: at most 2,048 characters."))
    if (not url.isascii() and any(not mark.isprintable() for mark in url)) or re.search(r"[\x00-\x20\x7f\\]", url):
        raise AddressRefused("marks", _("This address holds spaces or marks that no address has."))
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise AddressRefused("form", _("Write an address like https://hooks.example.com/abc.")) from None
    scheme = parts.scheme.lower()
    if scheme not in {"https", "http"} or not parts.netloc:
        raise AddressRefused("form", _("Write an address like https://hooks.example.com/abc."))
    if scheme == "http" and not settings.OUTBOUND_HTTP:
        raise AddressRefused("http", _("Only addresses that begin with https:// are safe enough."))
    if "@" in parts.netloc:
        raise AddressRefused("userinfo", _("Leave out the name and password before the host."))
    if parts.fragment or url.endswith("#"):
        raise AddressRefused("fragment", _("Leave out what begins with #."))
    host = _host(parts.hostname or "")
    port = port if port is not None else {"https": 443, "http": 80}[scheme]
    if port not in USUAL_PORTS | set(settings.OUTBOUND_PORTS) | ({80} if settings.OUTBOUND_HTTP else set()):
        raise AddressRefused(
            "port", _("This port is not allowed. An admin can allow it in the settings of the server.")
        )
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    if not target.isascii():
        raise AddressRefused("marks", _("This address holds spaces or marks that no address has."))
    checked = CheckedUrl(scheme, host, port, target)
    try:
        literal = ipaddress.ip_address(host)
    except ValueError:
        return checked
    if not _allowed(literal, host):
        raise AddressRefused("inside", INSIDE)
    return checked


INSIDE = _("This address lies inside the network of the server. An admin can allow it in the settings of the server.")
_LABEL = re.compile(r"(?!-)[a-z0-9_-]{1,63}(?<!-)")


def _host(given: str) -> str:
    refused = AddressRefused("host", _("This is no host name. Write it like hooks.example.com."))
    if "%" in given:  # a zone of IPv6, or letters in disguise
        raise refused
    try:
        return str(ipaddress.ip_address(given))
    except ValueError:
        pass
    try:
        host = given if given.isascii() else idna.encode(given, uts46=True).decode()
    except idna.IDNAError:
        raise refused from None
    host = host.lower().removesuffix(".")
    labels = host.split(".")
    if len(host) > 253 or not all(_LABEL.fullmatch(label) for label in labels):
        raise refused
    # 127.1, 0x7f.1 and 2130706433 are numbers to a resolver, and no name of a host ends like that.
    if re.fullmatch(r"[0-9]+|0x[0-9a-f]*", labels[-1]):
        raise refused
    return host


def look_up(host: str, port: int) -> list[tuple]:
    """What the resolver says, all of it. The one place where names are looked up. Raises OSError."""
    return socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)


def resolve(host: str, port: int) -> str:
    """The address to connect to: looked up once, and refused if any of the answers lies where Miraizu may not call.

    Raises AddressRefused, and OSError where there is no answer.
    """
    answers = [str(found[4][0]) for found in look_up(host, port)]
    if not answers:
        raise socket.gaierror(socket.EAI_NONAME, "no answer")
    for each in answers:
        if "%" in each or not _allowed(ipaddress.ip_address(each), host):
            raise AddressRefused("inside", INSIDE)
    return answers[0]


def _allowed(address: Address, host: str) -> bool:
    if host in settings.OUTBOUND_HOSTS or any(address in network for network in _networks(address.version)):
        return True
    return all(_is_public(each) for each in _layers(address))


def _networks(version: int) -> list[Network]:
    found = []
    for each in settings.OUTBOUND_HOSTS:
        try:
            network = ipaddress.ip_network(each, strict=False)
        except ValueError:
            continue
        if network.version == version:
            found.append(network)
    return found


def _layers(address: Address) -> list[Address]:
    """The address, and those that are hidden in it."""
    found: list[Address] = [address]
    if isinstance(address, ipaddress.IPv6Address):
        number = int(address)
        low = ipaddress.IPv4Address(number & 0xFFFF_FFFF)
        if address.ipv4_mapped:
            found = [address.ipv4_mapped]  # the same address, written longer
        elif number >> 32 == 0 and number > 1:
            found += [low]
        elif address.sixtofour:
            found += [address.sixtofour]
        elif address.teredo:
            found += [*address.teredo]
        elif any(address in network for network in _NAT64):
            found += [low]
    return found


_NAT64 = [ipaddress.IPv6Network("64:ff9b::/96"), ipaddress.IPv6Network("64:ff9b:1::/48")]
_NOT_PUBLIC = [
    ipaddress.ip_network(text)
    for text in (
        "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.0.0.0/24",
        "192.0.2.0/24", "192.88.99.0/24", "192.168.0.0/16", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24",
        "224.0.0.0/4", "240.0.0.0/4",
        "::/96", "::1/128", "64:ff9b::/96", "64:ff9b:1::/48", "100::/64", "2001::/23", "2001:db8::/32", "2002::/16",
        "3fff::/20", "5f00::/16", "fc00::/7", "fe80::/10", "fec0::/10", "ff00::/8",
    )
]  # fmt: skip
_GLOBAL_V6 = ipaddress.IPv6Network("2000::/3")  # all that is given out as global unicast (RFC 4291, IANA)


def _is_public(address: Address) -> bool:
    if any(address in network for network in _NOT_PUBLIC if network.version == address.version):
        return False
    if address in _own():
        return False
    return address in _GLOBAL_V6 if isinstance(address, ipaddress.IPv6Address) else address.is_global


def _own() -> set[Address]:
    """Where Miraizu itself listens, as far as it is written as an address."""
    found = set()
    for text in (settings.HOST, urlsplit(settings.SITE_URL).hostname or ""):
        try:
            found.add(ipaddress.ip_address(text))
        except ValueError:
            continue
    return found
