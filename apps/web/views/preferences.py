"""Language and theme: one click anywhere, signed in or not."""

from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import redirect

from apps.web.http import Request, safe_next


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
