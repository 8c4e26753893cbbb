"""What the rail, the phone bar and the `G` shortcuts lead to. Each room adds its own links as the app starts."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import partial

from django.utils.functional import Promise


@dataclass(frozen=True, slots=True)
class Link:
    """One place to go. `section` is the first part of the address that lights the link up, as does `also`."""

    view: str
    label: str | Promise
    icon: str
    order: int
    group: str = "main"  # main, direction, or more
    section: str = ""
    also: str = ""
    key: str = ""  # pressed after G
    phone: bool = False  # has a slot in the phone's bar
    help: bool = False  # stands at the rail's foot
    shown_to: Callable = field(default=lambda _member: True)
    # Of what waits there for the reader; 0 shows nothing. Bound to the reader where links are shown.
    count: Callable[..., int] = field(default=lambda _member: 0)
    badge: str = ""  # the template that shows the count beside the link on every page; without one, only “More” does

    @property
    def sections(self) -> set[str]:
        return {self.section, self.also or self.section}


_links: list[Link] = []


def register(*links: Link) -> None:
    _links.extend(links)
    _links.sort(key=lambda link: link.order)


def links_for(member, group: str | None = None) -> list[Link]:
    """The links `member` may follow, in order."""
    return [
        replace(link, count=partial(link.count, member))
        for link in _links
        if (group is None or link.group == group) and link.shown_to(member)
    ]
