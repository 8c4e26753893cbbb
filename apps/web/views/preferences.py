"""Language and theme: one click anywhere, signed in or not."""

from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.http import url_has_allowed_host_and_scheme

from apps.web.http import Request


def safe_next(request: Request, default: str = "/") -> str:
    """Where to go back to: an address of ours, or `default` (R63)."""
    target = request.POST.get("next") or request.GET.get("next") or ""
    good = url_has_allowed_host_and_scheme(target, allowed_hosts=None, require_https=False)
    return target if good and target.startswith("/") else default


def language(request: Request) -> HttpResponse:
    """Keeps the chosen language with the member, or in a cookie for who is not signed in."""
    chosen = request.POST.get("language", "")
    response = redirect(safe_next(request))
    if chosen in dict(settings.LANGUAGES):
        member = request.member
        if member is not None:
            member.language = chosen
            member.save(update_fields=["language"])
        response.set_cookie(
            settings.LANGUAGE_COOKIE_NAME,
            chosen,
            max_age=365 * 24 * 3600,
            secure=settings.LANGUAGE_COOKIE_SECURE,
            httponly=settings.LANGUAGE_COOKIE_HTTPONLY,
            samesite="Lax",
        )
    return response


def theme(request: Request) -> HttpResponse:
    """Keeps light, dark or “as the device” with the member."""
    member = request.member
    chosen = request.POST.get("theme", "")
    if chosen in {"system", "light", "dark"}:
        member.theme = chosen
        member.save(update_fields=["theme"])
    return redirect(safe_next(request))
