"""Where else a topic is named: rooms above say so of what names it by more than a column."""

from collections.abc import Callable

from apps.people.models import Topic
from apps.web.http import Request

Names = Callable[[Request, Topic], bool]
_named: list[Names] = []


def register(names: Names) -> None:
    """`names` says whether something of the room that the reader may see names a topic."""
    _named.append(names)


def named_elsewhere(request: Request, topic: Topic) -> bool:
    return any(names(request, topic) for names in _named)
