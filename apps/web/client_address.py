"""Whose address a request comes from, for counting tries (R76).

The socket's address is the truth. `X-Forwarded-For` counts only when the socket's peer is one of TRUSTED_PROXIES, and
then from the right: the last address that is no trusted proxy. What stands further left, anybody may have written.
"""

import ipaddress

from django.conf import settings
from django.http import HttpRequest


def client_address(request: HttpRequest) -> str:
    """The client's IP address; empty where the server gives none (a Unix socket without trusted proxies)."""
    peer = request.META.get("REMOTE_ADDR", "")
    if not _is_trusted(peer):
        return peer
    for hop in reversed(request.META.get("HTTP_X_FORWARDED_FOR", "").split(",")):
        address = _address(hop)
        if address is None:
            break
        if not _is_trusted(str(address)):
            return str(address)
    return peer


def _address(text: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        return ipaddress.ip_address(text.strip())
    except ValueError:
        return None


def _is_trusted(text: str) -> bool:
    address = _address(text)
    return address is not None and any(
        address in ipaddress.ip_network(proxy, strict=False) for proxy in settings.TRUSTED_PROXIES
    )
