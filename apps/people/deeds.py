"""What can be done with a person from a page that shows them: rooms above register a view that takes their id."""

from dataclasses import dataclass

from django.utils.functional import Promise


@dataclass(frozen=True, slots=True)
class Deed:
    label: str | Promise
    view: str


_deeds: list[Deed] = []


def register(deed: Deed) -> None:
    _deeds.append(deed)


def deeds() -> list[Deed]:
    return _deeds
