"""Short words about what was done, with its undo: kept for the next page, or sent along with a fragment."""

from dataclasses import dataclass

from django.contrib import messages
from django.http import HttpRequest

REDO = "redo"


@dataclass(frozen=True, slots=True)
class Toast:
    text: str
    undo: str = ""  # a signed token for the undo address
    is_redo: bool = False  # the button then says so


def toast(request: HttpRequest, text: str, undo: str = "", *, is_redo: bool = False) -> None:
    """Shows `text` once, on this answer if it is a fragment, else on the next page."""
    messages.success(request, text, extra_tags=f"{REDO} {undo}" if is_redo and undo else undo)


def take(request: HttpRequest) -> list[Toast]:
    """The toasts not shown yet; taking them marks them shown."""
    taken = []
    for message in messages.get_messages(request):
        kind, _space, token = (message.extra_tags or "").rpartition(" ")
        taken.append(Toast(str(message.message), token, is_redo=kind == REDO))
    return taken
