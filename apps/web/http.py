"""The request as views see it, once the middleware has said who is asking."""

from functools import wraps
from typing import Any
from urllib.parse import urlsplit

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.http import url_has_allowed_host_and_scheme
from django_htmx.http import HttpResponseClientRedirect
from django_htmx.middleware import HtmxDetails


class Request(HttpRequest):
    """A request with `member` (None when signed out) and what htmx says about itself."""

    member: Any
    htmx: HtmxDetails


def or_see(page: str, *names: str):
    """For a view that only answers a form: who comes to its address without one, by a reload or a link, sees `page`.

    `names` are those of the view's arguments that the page takes.
    """

    def decorate(view):
        @wraps(view)
        def answer(request: HttpRequest, *args, **kwargs) -> HttpResponse:
            return (
                view(request, *args, **kwargs)
                if request.method == "POST"
                else redirect(page, *(kwargs[name] for name in names))
            )

        return answer

    return decorate


def shown_address(request: HttpRequest) -> str:
    """The address of the page the person is looking at: where to come back to after a deed on it."""
    htmx = getattr(request, "htmx", None)
    if htmx and htmx.current_url:
        parts = urlsplit(htmx.current_url)
        return f"{parts.path}?{parts.query}" if parts.query else parts.path
    return request.get_full_path()


def safe_next(request: Request, default: str = "/") -> str:
    """Where to go back to: an address of ours, or `default` (R63)."""
    target = request.POST.get("next") or request.GET.get("next") or ""
    good = url_has_allowed_host_and_scheme(target, allowed_hosts=None, require_https=False)
    return target if good and target.startswith("/") else default


def whole_page(request: HttpRequest, address: str) -> HttpResponse:
    """A redirect that loads `address` as a page, also when htmx asked and would put it into a part of this one."""
    return HttpResponseClientRedirect(address) if getattr(request, "htmx", None) else redirect(address)


def not_referring(response: HttpResponse) -> HttpResponse:
    """The address holds a token: no referrer may carry it to another site (R60).

    Not `no-referrer`: with it a browser sends the form with `Origin: null`, which the CSRF check must refuse.
    """
    response.headers["Referrer-Policy"] = "same-origin"
    return response
