"""Which addresses Miraizu may send to (R66, R67): none that lies inside the network it stands in, however it is spelt.

`check_url` judges what somebody typed, `resolve` where its host leads at the moment of sending. `ipaddress.is_private`
is no such judge: it lets shared, multicast and NAT64 addresses pass. So only what is public by list passes, and what
carries another address inside is opened first. This module sends nothing; `outbound_http.py` does.
"""

import ipaddress
import re
import socket
from dataclasses import dataclass
from urllib.parse import quote, urlsplit

import idna
from django.conf import settings
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

type Address = ipaddress.IPv4Address | ipaddress.IPv6Address
type Network = ipaddress.IPv4Network | ipaddress.IPv6Network

MOST_LETTERS = 2_048
USUAL_PORTS = frozenset({443, 8443})
DEFAULT_PORT = {"https": 443, "http": 80}

_TEXTS = {
    "long": _("This address is too long. Use one of at most 2,048 characters."),
    "marks": _("An address holds no spaces and no backslashes. Copy it once more, from https:// to its end."),
    "form": _("Write the whole address, like https://hooks.example.com/services/abc."),
    "http": _("Use an address that begins with https://. Messages are not sent without encryption."),
    "scheme": _("Begin with https://. Miraizu calls no other kind of address."),
    "userinfo": _("Leave out the name and password before the @."),
    "fragment": _("Leave out the # and what follows it."),
    "host": _("Write the host by its name, like hooks.example.com, or as a plain IP address."),
    "port": _("This port is not open for messages. Use 443 or 8443, or ask an admin to add it on the server."),
    "inside": _("This address lies inside the network of the server. An admin can allow it in the server's settings."),
    "own": _("This is the address of Miraizu itself. Use the one of the service that should get the messages."),
}


class AddressRefused(ValueError):
    """`code` says which rule, and stays the same; `text` is for whoever typed the address, in their language."""

    def __init__(self, code: str):
        super().__init__(code)
        self.code = code

    @property
    def text(self) -> str | Promise:
        return _TEXTS[self.code]


@dataclass(frozen=True, slots=True)
class CheckedUrl:
    """An address that may be called as far as its letters say."""

    scheme: str
    host: str  # a name in ASCII, or an IP address without brackets
    port: int
    target: str  # path and query, in ASCII

    @property
    def authority(self) -> str:
        """Host and port as the Host header says them."""
        shown = f"[{self.host}]" if ":" in self.host else self.host
        return shown if self.port == DEFAULT_PORT[self.scheme] else f"{shown}:{self.port}"


# Stricter than urlsplit(), which drops line ends, takes anything for a port, and is read otherwise by other programs.
_URL = re.compile(r"(https?)://([^/?]*)(/[^?]*)?(\?.*)?", re.IGNORECASE)
_OTHER_SCHEME = re.compile(r"(?!https?:)[a-z][a-z0-9+.-]*:(?![0-9])", re.IGNORECASE)  # not the port of a bare host
_AUTHORITY = re.compile(r"(\[[0-9a-f:.]+\]|[^:\[\]]*)(?::([0-9]{1,5}))?", re.IGNORECASE)
_LABEL = re.compile(r"(?!-)[a-z0-9_-]{1,63}(?<!-)")
_NUMBER = re.compile(r"[0-9]+|0x[0-9a-f]*")


def check_url(url: str) -> CheckedUrl:
    """What `url` says, once it keeps to the rules. Looks up nothing. Raises AddressRefused."""
    if len(url) > MOST_LETTERS:
        raise AddressRefused("long")
    if any(mark.isspace() or mark == "\\" or not mark.isprintable() for mark in url):
        raise AddressRefused("marks")
    if "#" in url:
        raise AddressRefused("fragment")
    parts = _URL.fullmatch(url)
    if not parts:
        raise AddressRefused("scheme" if _OTHER_SCHEME.match(url) else "form")
    scheme, path, query = parts[1].lower(), parts[3] or "/", parts[4] or ""
    if "@" in parts[2]:
        raise AddressRefused("userinfo")
    authority = _AUTHORITY.fullmatch(parts[2])
    if not authority:
        raise AddressRefused("form")
    if scheme == "http" and not settings.OUTBOUND_HTTP:
        raise AddressRefused("http")
    host = _ascii_host(authority[1])
    port = int(authority[2] or DEFAULT_PORT[scheme])
    if port not in USUAL_PORTS | set(settings.OUTBOUND_PORTS) | ({80} if settings.OUTBOUND_HTTP else set()):
        raise AddressRefused("port")
    if host not in settings.OUTBOUND_HOSTS:
        if host == urlsplit(settings.SITE_URL).hostname:
            raise AddressRefused("own")
        literal = _ip_address(host)
        if literal is not None:
            _judge(literal)
    return CheckedUrl(scheme, host, port, quote(path + query, safe="!$%&'()*+,/:;=?@[]~"))


def resolve(host: str, port: int) -> list[str]:
    """The IP addresses of `host`, best first. One that may not be called refuses them all.

    Raises AddressRefused, and OSError where the name leads nowhere.
    """
    # A dict, because each address is named once and their order counts.
    found = list(dict.fromkeys(str(answer[4][0]) for answer in _look_up(host, port)))
    if not found:
        raise socket.gaierror(socket.EAI_NONAME, "no address")
    if host not in settings.OUTBOUND_HOSTS:
        for each in found:
            _judge(ipaddress.ip_address(each))
    return found


def _look_up(host: str, port: int) -> list[tuple]:
    """The one place where the resolver is asked, and once for each message: a second answer may be another (R67)."""
    return socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)


def _ascii_host(given: str) -> str:
    if given.startswith("["):
        literal = _ip_address(given[1:-1])
        if not isinstance(literal, ipaddress.IPv6Address):
            raise AddressRefused("host")
        return str(literal)
    if _ip_address(given) is not None:
        return given
    try:
        name = given if given.isascii() else idna.encode(given, uts46=True).decode()
    except UnicodeError:
        raise AddressRefused("host") from None
    name = name.lower().removesuffix(".")
    labels = name.split(".")
    # 127.1, 0x7f.1 and 2130706433 are addresses to a resolver, and no host is named like that.
    if len(name) > 253 or not all(_LABEL.fullmatch(label) for label in labels) or _NUMBER.fullmatch(labels[-1]):
        raise AddressRefused("host")
    return name


def _ip_address(text: str) -> Address | None:
    try:
        return ipaddress.ip_address(text)
    except ValueError:
        return None


def _judge(address: Address) -> None:
    """Raises AddressRefused where `address`, or one it carries, is neither public nor on the admin's list."""
    allowed = _allowed_networks()
    for each in _layers(address):
        if any(each in network for network in allowed):
            continue
        if not _is_public(each):
            raise AddressRefused("inside")
        if _is_own(each):
            raise AddressRefused("own")


def _allowed_networks() -> list[Network]:
    found = []
    for each in settings.OUTBOUND_HOSTS:
        try:
            found.append(ipaddress.ip_network(each, strict=False))
        except ValueError:  # a name
            continue
    return found


def _layers(address: Address) -> list[Address]:
    """The address and those it carries, of which a gateway on the way may make the real one."""
    if isinstance(address, ipaddress.IPv4Address):
        return [address]
    if address.ipv4_mapped:  # nothing but another spelling
        return [address.ipv4_mapped]
    last = ipaddress.IPv4Address(int(address) & 0xFFFF_FFFF)
    if address.sixtofour:
        return [address, address.sixtofour]
    if address.teredo:
        return [address, *address.teredo]
    if any(address in network for network in _CARRIES_IPV4_LAST):
        return [address, last]
    return [address]


# IPv4-compatible (RFC 4291), NAT64 (RFC 6052, RFC 8215).
_CARRIES_IPV4_LAST = [ipaddress.IPv6Network(text) for text in ("::/96", "64:ff9b::/96", "64:ff9b:1::/48")]
# Source: the IANA registries of special-purpose addresses (RFC 6890), and what is deprecated since.
_NOT_PUBLIC = [
    ipaddress.ip_network(text)
    for text in (
        "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.0.0.0/24",
        "192.0.2.0/24", "192.88.99.0/24", "192.168.0.0/16", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24",
        "224.0.0.0/4", "240.0.0.0/4",
        "::/96", "64:ff9b::/96", "64:ff9b:1::/48", "100::/64", "2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20",
        "5f00::/16", "fc00::/7", "fe80::/10", "fec0::/10", "ff00::/8",
    )
]  # fmt: skip
_GLOBAL_UNICAST = ipaddress.IPv6Network("2000::/3")  # all of IPv6 that has been given out (RFC 4291, IANA)


def _is_public(address: Address) -> bool:
    if any(address in network for network in _NOT_PUBLIC):
        return False
    return address.is_global and (address.version == 4 or address in _GLOBAL_UNICAST)


def _is_own(address: Address) -> bool:
    """Whether this machine has `address`: the way to it then begins where it ends. No packet is sent."""
    family = socket.AF_INET if address.version == 4 else socket.AF_INET6
    with socket.socket(family, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect((str(address), 9))
        except OSError:  # no way leads there
            return False
        return ipaddress.ip_address(probe.getsockname()[0]) == address
