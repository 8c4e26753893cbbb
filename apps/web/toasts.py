"""Short words about what was done, with its undo: kept for the next page, or sent along with a fragment."""

from dataclasses import dataclass

from django.contrib import messages
from django.http import HttpRequest

REDO = "redo"


@dataclass(frozen=True, slots=True)
class Toast:
    text: str
    undo: str = ""  # what the undo address takes as such: a signed token, or what the room needs no signature for
    is_redo: bool = False  # the button then says so
    at: str = ""  # the undo address, where it is not that of the log


def toast(request: HttpRequest, text: str, undo: str = "", *, is_redo: bool = False, at: str = "") -> None:
    """Shows `text` once, on this answer if it is a fragment, else on the next page. `undo` and `at` hold no spaces."""
    tags = [REDO if is_redo else "", at, undo] if undo else []
    messages.success(request, text, extra_tags=" ".join(tag for tag in tags if tag))


def take(request: HttpRequest) -> list[Toast]:
    """The toasts not shown yet; taking them marks them shown."""
    taken = []
    for message in messages.get_messages(request):
        *about, token = (message.extra_tags or "").split(" ")
        at = next((tag for tag in about if tag.startswith("/")), "")
        taken.append(Toast(str(message.message), token, is_redo=REDO in about, at=at))
    return taken
