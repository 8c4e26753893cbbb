"""The request as views see it, once the middleware has said who is asking."""

from typing import Any

from django.http import HttpRequest
from django_htmx.middleware import HtmxDetails


class Request(HttpRequest):
    """A request with `member` (None when signed out) and what htmx says about itself."""

    member: Any
    htmx: HtmxDetails
