"""Parts of a page that say the same whenever they are given the same: rendered once, and kept by what they were given.

Nothing here can be out of date, as what a part shows is its key: all that is given, the language, the reader's clock
and the day on it. So nothing may be given that can change its content and stay equal, such as a row of a table. What
people may take back, such as notes about them, is not kept here either: it is gone when they say so.
"""

from collections.abc import Hashable, Iterable
from dataclasses import fields, is_dataclass
from functools import lru_cache

from django.db.models import Model
from django.template import Context, Engine
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import get_language

MOST = 1_024  # parts kept by each process; of the largest, a table of people and topics, that is some 20 MB


def rendered(engine: Engine, template: str, given: dict[str, Hashable]) -> SafeString:
    """The template with what is `given` and nothing else of the page. Raises TypeError for what could change unseen."""
    place = (get_language(), timezone.get_current_timezone_name(), timezone.localdate())
    render = _rendered.__wrapped__ if engine.debug else _rendered  # templates that are being written are read anew
    return render(engine, template, tuple(given.items()), place)


@lru_cache(maxsize=MOST)
def _rendered(engine: Engine, template: str, given: tuple[tuple[str, Hashable], ...], _place: tuple) -> SafeString:
    for name, value in given:
        if row := _row_in(value):
            raise TypeError(f"{template} is kept by what it is given, and {row} in {name} can change unseen.")
    return engine.get_template(template).render(Context(dict(given)))


def _row_in(value: object) -> str | None:
    """The name of the first model whose row is in `value`, however deep."""
    if isinstance(value, Model):
        return type(value).__name__
    inner: Iterable = ()
    if isinstance(value, tuple | frozenset):
        inner = value
    elif is_dataclass(value):
        inner = (getattr(value, one.name) for one in fields(value))
    return next((row for one in inner if (row := _row_in(one))), None)
