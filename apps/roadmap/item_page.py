"""What the page of one item shows: the item wherever it stands or stood, its check-ins, and how it changed."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import cached_property

from django.db.models import Model, QuerySet
from django.utils import timezone

from apps.accounts.models import Person, persons
from apps.gatherings.models import Gathering
from apps.people.models import Topic
from apps.roadmap import picture
from apps.roadmap.changes import Change, Difference
from apps.roadmap.document import KEY, Document, Item, Lane, kind_of
from apps.roadmap.look import Look
from apps.roadmap.models import CheckIn, Map, Revision
from apps.roadmap.models.revision import document_of
from apps.roadmap.year import COLUMNS
from apps.stakeholders.models import Stakeholder
from apps.toil.models import Item as ToilItem

TOLD = 30  # changes and check-ins on the page


@dataclass(frozen=True, slots=True)
class Turn:
    """A revision that changed the item, and how."""

    revision: Revision
    change: Change


@dataclass
class ItemPage:
    look: Look
    item: Item
    document: Document
    dropped: Revision | None = None  # where it left the map, if it did

    @property
    def lane(self) -> Lane | None:
        return self.document.lane_by_id.get(self.item.lane)

    @property
    def is_right(self) -> bool:
        """Whether it begins in the right half of the map, which a panel there would cover."""
        return self.look.year.column(self.item.start) > COLUMNS // 2

    @property
    def is_open(self) -> bool:
        """Whether one can still say something of it: it stands on the newest revision of its map."""
        return self.dropped is None and self.look.is_now

    @cached_property
    def check_ins(self) -> list[CheckIn]:
        rows = CheckIn.objects.filter(item=self.item.id, day__lte=self.look.day).newest_first()
        return list(rows.select_related("by", "observation", "observation__stakeholder")[:TOLD])

    @property
    def state(self) -> str:
        return picture.state_of(self.item, self.check_ins[0] if self.check_ins else None)

    @cached_property
    def owner(self) -> Person | None:
        return persons({self.item.owner}).get(self.item.owner) if self.item.owner else None

    @cached_property
    def toil(self) -> list[ToilItem]:
        """The toil items it names, or what they were merged into."""
        return _standing(ToilItem.objects.all(), self.item.toil)

    @cached_property
    def groups(self) -> list[Stakeholder]:
        return _standing(Stakeholder.objects.all(), self.item.groups)

    @cached_property
    def gatherings(self) -> list[Gathering]:
        """Those it rests on, with when they meet next and how often they met. One query, or none."""
        rows = Gathering.objects.filter(pk__in=self.item.gatherings).with_meetings(timezone.now())
        return list(rows.order_by("title", "id"))

    @cached_property
    def topics(self) -> list[Topic]:
        """The topics it rests on, or what they were merged into, with how many said that it interests them."""
        return _standing(Topic.objects.with_interested(), self.item.topics)

    @cached_property
    def turns(self) -> list[Turn]:
        """How it changed, the newest first. One query: only what touched it is replayed, on the lanes of today."""
        row, key = self.look.map, f"item:{self.item.id}"
        lanes = {name: part for name, part in self.document.parts.items() if kind_of(name) == "lane"}
        rows = row.revisions.filter(number__lte=self.look.number, body__contains=f'"{key}":')
        told, part = [], None
        for revision in rows.select_related("by").order_by("number"):
            before = Document(lanes | ({key: part} if part else {}))
            after = before.with_changes({key: revision.changes[key]})
            part = after.parts.get(key)
            change = Difference(before, after, row.year).by_item.get(self.item.id)
            if change:
                told.append(Turn(revision, change))
        return told[: -TOLD - 1 : -1]


def _standing(rows: QuerySet, ids: Collection[int]) -> list:
    """The rows, or those in which their merges end: one query, and one more for each merge that was merged again."""
    found: dict[int, Model] = {}
    wanted = set(ids)
    while wanted:
        asked = list(rows.filter(pk__in=wanted))
        found |= {row.pk: row for row in asked if row.merged_into_id is None}
        wanted = {row.merged_into_id for row in asked if row.merged_into_id is not None} - set(found)
    return list(found.values())


def find(item_id: str, asked: Mapping[str, str]) -> ItemPage | None:
    """The item as of the moment that `asked` names: on that map, else on the newest map that has or had it."""
    if not KEY.fullmatch(f"item:{item_id}"):
        return None
    look = Look.at(asked, with_marks=False)
    if look is None:
        return None
    if item_id in look.document.items:
        return ItemPage(look, look.document.items[item_id], look.document)
    for row in (look.map, *(other for other in reversed(look.maps) if other != look.map)):
        here = look if row == look.map else Look.at({"map": str(row)}, with_marks=False)
        if here is None:
            continue
        if item_id in here.document.items:
            return ItemPage(here, here.document.items[item_id], here.document)
        dropped = _dropped(row, item_id)
        if dropped:
            document = document_of(row, dropped.number - 1)
            return ItemPage(here, document.items[item_id], document, dropped)
    return None


def _dropped(row: Map, item_id: str) -> Revision | None:
    """The revision that took the item off the map last."""
    rows = row.revisions.filter(body__contains=f'"item:{item_id}":null')
    return rows.select_related("by").order_by("-number").first()
