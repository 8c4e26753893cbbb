"""The difference between two documents as people tell it, and whether it is an adjustment or a pivot."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from functools import cached_property
from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from apps.roadmap.document import QUARTERS, Document, Item, Lane, Past, Quarter, Seat
from apps.roadmap.year import Span


class What(models.TextChoices):
    """What happened to a part, in the order in which a difference is told."""

    ADDED = "added", _("Added")
    MOVED = "moved", _("Moved")
    LONGER = "longer", _("Longer")
    SHORTER = "shorter", _("Shorter")
    LANE = "lane", _("Other lane")
    RENAMED = "renamed", _("Renamed")
    SURE = "sure", _("How sure")
    OWNER = "owner", _("Owner")
    SHAPE = "shape", _("Team shape")
    WORDS = "words", _("Wording")
    ORDER = "order", _("Order")
    DROPPED = "dropped", _("Dropped")


# Fields of an item whose change is told as another wording.
WORDS = ("signal", "notes", "toil", "groups", "gatherings", "topics")
ORDER = {what: place for place, what in enumerate(What)}
# How a bar on the map is drawn: whatever happened to it counts as one of these.
DRAWN = {What.ADDED: "added", What.DROPPED: "dropped", What.MOVED: "moved", What.LONGER: "moved", What.SHORTER: "moved"}


@dataclass(frozen=True, slots=True)
class Change:
    """What happened to one part; `before` or `after` is None where it was added or dropped."""

    id: str
    happened: tuple[What, ...]
    is_pivot: bool
    before: Any  # Item, Lane, Past or Quarter
    after: Any

    @property
    def what(self) -> What:
        """The first that is told."""
        return self.happened[0]

    @property
    def part(self):
        """As it is now, or as it was when it was dropped."""
        return self.after or self.before

    @property
    def drawn(self) -> str:
        return next((DRAWN[what] for what in self.happened if what in DRAWN), "changed")


@dataclass(frozen=True, slots=True)
class ShapeChange:
    """How the team of one quarter changed."""

    number: int
    before: Quarter
    after: Quarter
    joined: tuple[Seat, ...]
    left: tuple[Seat, ...]
    turned: tuple[tuple[Seat, Seat], ...]  # the same seat, filled or named in another way

    what = What.SHAPE
    is_pivot = True


class Difference:
    """Everything that is different in `after`. What turns it into a pivot is product.md's rule:

    wording, how sure we are, moves within a quarter and additions below the ground line are an adjustment; dropping
    anything, adding a goal or moving an item across a quarter, and another team shape are a pivot.
    """

    def __init__(self, before: Document, after: Document, year: Span):
        self.before, self.after, self.year = before, after, year

    def __bool__(self) -> bool:
        return self.before != self.after

    @cached_property
    def items(self) -> list[Change]:
        old, new = self.before.items, self.after.items
        found = [self._item(pk, old.get(pk), new.get(pk)) for pk in {**new, **old}]
        return sorted(filter(None, found), key=lambda change: (ORDER[change.what], change.part.start, change.id))

    @cached_property
    def by_item(self) -> dict[str, Change]:
        return {change.id: change for change in self.items}

    @cached_property
    def shape(self) -> list[ShapeChange]:
        pairs = zip(QUARTERS, self.before.quarters, self.after.quarters, strict=True)
        return [change for number, old, new in pairs if (change := _shape(number, old, new))]

    @cached_property
    def lanes(self) -> list[Change]:
        old, new = self.before.lane_by_id, self.after.lane_by_id
        return _sorted(_lane(pk, old.get(pk), new.get(pk)) for pk in {**old, **new})

    @cached_property
    def quarters(self) -> list[Change]:
        """Names and sentences of quarters, and of their teams' shape, and in which order its seats stand."""
        pairs = zip(self.before.quarters, self.after.quarters, strict=True)
        return [change for old, new in pairs if (change := _quarter(old, new))]

    @property
    def quarters_told(self) -> list[Change]:
        """Those that say more than what the team's new shape is called, which stands with the shape."""
        shapes = {str(change.number) for change in self.shape}
        return [
            change
            for change in self.quarters
            if change.id not in shapes
            or (change.before.name, change.before.sentence) != (change.after.name, change.after.sentence)
        ]

    @cached_property
    def backstory(self) -> list[Change]:
        old, new = ({past.id: past for past in document.backstory} for document in (self.before, self.after))
        return _sorted(_past(pk, old.get(pk), new.get(pk)) for pk in {**old, **new})

    @property
    def title(self) -> tuple[str, str] | None:
        """(before, after), if the map was renamed."""
        return None if self.before.title == self.after.title else (self.before.title, self.after.title)

    @cached_property
    def is_pivot(self) -> bool:
        everything = (self.items, self.lanes, self.quarters, self.backstory, self.shape)
        return any(change.is_pivot for changes in everything for change in changes)

    @cached_property
    def counts(self) -> dict[str, int]:
        """How many items are added, moved (also longer and shorter), changed in another way, dropped, and unchanged."""
        found = {"added": 0, "moved": 0, "changed": 0, "dropped": 0}
        for change in self.items:
            found[change.drawn] += 1
        found["other"] = len(self.lanes) + len(self.quarters_told) + len(self.backstory) + bool(self.title)
        found["same"] = len(self.after.items) - sum(found[name] for name in ("added", "moved", "changed"))
        return found

    def _item(self, pk: str, old: Item | None, new: Item | None) -> Change | None:
        if new is None:
            return Change(pk, (What.DROPPED,), True, old, None)
        if old is None:
            return Change(pk, (What.ADDED,), self._is_above(new, self.after), None, new)
        happened = []
        if old.start != new.start and old.end != new.end:
            happened.append(What.MOVED)
        longer = longer_by(old, new)
        if longer:
            happened.append(What.LONGER if longer > timedelta(0) else What.SHORTER)
        if old.lane != new.lane:
            happened.append(What.LANE)
        happened += [
            what
            for what, name in ((What.RENAMED, "title"), (What.SURE, "sure"), (What.OWNER, "owner"))
            if getattr(old, name) != getattr(new, name)
        ]
        if any(getattr(old, name) != getattr(new, name) for name in WORDS):
            happened.append(What.WORDS)
        if not happened:
            return None
        crosses = any(
            self.year.quarter_of(before) != self.year.quarter_of(after)
            for before, after in ((old.start, new.start), (old.end, new.end))
        )
        rises = self._is_above(old, self.before) != self._is_above(new, self.after)
        return Change(pk, tuple(happened), crosses or rises, old, new)

    @staticmethod
    def _is_above(item: Item, document: Document) -> bool:
        lane = document.lane_by_id.get(item.lane)
        return lane is None or lane.above


UNEVEN_MONTHS = timedelta(days=3)


def longer_by(old: Item, new: Item) -> timedelta:
    """By how much `new` lasts longer, or shorter if negative. What moved as a whole and differs by no more than months
    do is as long as it was.
    """
    longer = (new.end - new.start) - (old.end - old.start)
    is_whole = old.start != new.start and old.end != new.end
    return timedelta(0) if is_whole and abs(longer) <= UNEVEN_MONTHS else longer


def _sorted(changes: Iterable[Change | None]) -> list[Change]:
    return sorted(filter(None, changes), key=lambda change: (ORDER[change.what], change.part.position, change.id))


def _quarter(old: Quarter, new: Quarter) -> Change | None:
    words = [(quarter.name, quarter.sentence, quarter.shape, quarter.shape_sentence) for quarter in (old, new)]
    happened = [What.WORDS] if words[0] != words[1] else []
    places = [{seat.id: seat.position for seat in quarter.seats} for quarter in (old, new)]
    happened += [What.ORDER] if any(places[0][pk] != places[1][pk] for pk in places[0].keys() & places[1]) else []
    return Change(str(old.number), tuple(happened), False, old, new) if happened else None


def _shape(number: int, old: Quarter, new: Quarter) -> ShapeChange | None:
    before = {seat.id: seat for seat in old.seats}
    after = {seat.id: seat for seat in new.seats}
    joined = tuple(seat for pk, seat in after.items() if pk not in before)
    left = tuple(seat for pk, seat in before.items() if pk not in after)
    turned = tuple(
        (before[pk], seat) for pk, seat in after.items() if pk in before and _sits(before[pk]) != _sits(seat)
    )
    return ShapeChange(number, old, new, joined, left, turned) if joined or left or turned else None


def _sits(seat: Seat) -> tuple:
    return seat.role, seat.member, seat.how


def _lane(pk: str, old: Lane | None, new: Lane | None) -> Change | None:
    if old is None or new is None:
        return Change(pk, (What.ADDED if old is None else What.DROPPED,), new is None, old, new)
    happened = []
    if old.name != new.name:
        happened.append(What.RENAMED)
    if old.note != new.note:
        happened.append(What.WORDS)
    if (old.position, old.above) != (new.position, new.above):
        happened.append(What.ORDER)
    # A lane that crosses the ground line turns all its goals into soil, or the other way round.
    return Change(pk, tuple(happened), old.above != new.above, old, new) if happened else None


def _past(pk: str, old: Past | None, new: Past | None) -> Change | None:
    if old is None or new is None:
        return Change(pk, (What.ADDED if old is None else What.DROPPED,), new is None, old, new)
    happened = [What.WORDS] if (old.when, old.text) != (new.when, new.text) else []
    happened += [What.ORDER] if old.position != new.position else []
    return Change(pk, tuple(happened), False, old, new) if happened else None
