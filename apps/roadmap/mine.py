"""The draft that somebody works on: their open one, or the one that their first change will begin."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from apps.accounts.models import Member
from apps.roadmap.changes import Difference
from apps.roadmap.document import Document, Part, empty
from apps.roadmap.models import Draft, Map
from apps.roadmap.models.revision import document_of


@dataclass
class Mine:
    """`draft` is None until the first change: looking at the map with a pencil in hand writes nothing."""

    map: Map
    member: Member
    draft: Draft | None

    @classmethod
    def of(cls, member: Member, month: str, today: date) -> "Mine | None":
        """The draft of the map that starts in `month` (“2026-04”), or of the one that is asked for by nobody: the open
        draft of today's map, else any open one, else today's map. None before there is any map or draft.
        """
        drafts = list(Draft.objects.open().filter(owner=member).select_related("map", "owner").order_by("-changed_at"))
        if month:
            row = Map.objects.all().starting(month)
        else:
            row = Map.objects.on(today)
            if drafts and row not in [draft.map for draft in drafts]:
                row = drafts[0].map
        if row is None:
            return None
        return cls(row, member, next((draft for draft in drafts if draft.map_id == row.pk), None))

    @property
    def document(self) -> Document:
        if self.draft:
            return self.draft.document
        return document_of(self.map) if self.map.head else empty()

    @property
    def difference(self) -> Difference:
        """Against what it began from."""
        base = self.draft.base_document if self.draft else self.document
        return Difference(base, self.document, self.map.year)

    def change(self, changes: Mapping[str, Part | None], says: str = "") -> bool:
        """Changes the draft, and begins it with that where there is none."""
        self.draft = self.draft or Draft.open_for(self.map, self.member)
        return self.draft.change(changes, says)
