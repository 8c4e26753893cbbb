"""How a page of a lower room shows something of a higher one without naming it.

A room registers a panel for a place (“home.head”, “home.main”, “home.aside”, …): a template and a function that gives
its context, or None for “nothing to show here”. The page prints what is registered with `{% panels "home.main" %}`.
"""

from collections.abc import Callable
from dataclasses import dataclass

from django.http import HttpRequest

Context = Callable[..., dict | None]


@dataclass(frozen=True, slots=True)
class Panel:
    place: str
    template: str
    context: Context
    order: int


_panels: list[Panel] = []


def register(place: str, template: str, context: Context, *, order: int) -> None:
    _panels.append(Panel(place, template, context, order))
    _panels.sort(key=lambda panel: panel.order)


def filled(place: str, request: HttpRequest, **about) -> list[tuple[str, dict]]:
    """(template, context) of each panel of `place` that has something to show."""
    found = []
    for panel in _panels:
        if panel.place == place and (context := panel.context(request, **about)) is not None:
            found.append((panel.template, context))
    return found
