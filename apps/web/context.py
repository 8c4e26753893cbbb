"""What every page's frame needs: links, organisation, theme, the person's initials."""

from django.conf import settings
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from apps.web import toasts
from apps.web.http import shown_address
from apps.web.navigation import links_for

_organisation_name = None


def set_organisation_name(source) -> None:
    """The room that knows the organisation says how to ask for its name."""
    global _organisation_name
    _organisation_name = source


def shell(request: HttpRequest) -> dict:
    member = getattr(request, "member", None)
    section = request.path.strip("/").split("/", 1)[0]
    return {
        "member": member,
        "section": section,
        "here": shown_address(request),
        "links": SimpleLazyObject(lambda: links_for(member) if member else []),
        "organisation_name": SimpleLazyObject(lambda: _organisation_name() if _organisation_name else ""),
        "toasts": SimpleLazyObject(lambda: toasts.take(request)),
        "languages": settings.LANGUAGES,
        "theme": member.theme if member else "system",
    }
