"""Short words about what was done, with its undo: kept for the next page, or sent along with a fragment."""

from dataclasses import dataclass

from django.contrib import messages
from django.http import HttpRequest


@dataclass(frozen=True, slots=True)
class Toast:
    text: str
    undo: str = ""  # a signed token for the undo address


def toast(request: HttpRequest, text: str, undo: str = "") -> None:
    """Shows `text` once, on this answer if it is a fragment, else on the next page."""
    messages.success(request, text, extra_tags=undo)


def take(request: HttpRequest) -> list[Toast]:
    """The toasts not shown yet; taking them marks them shown."""
    return [Toast(str(m.message), m.extra_tags or "") for m in messages.get_messages(request)]
