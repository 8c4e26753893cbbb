"""Lines of the log as pages print them: plain values, because fifty rows of six joined models cost more than all the
rest of a page.
"""

from dataclasses import dataclass
from datetime import date, time

from apps.accounts.models import Person, persons
from apps.toil.models.entry import EntryQuerySet
from apps.web.bilingual import in_reader_language

_PERSON = ("pk", "role", "display_name", "given_name", "family_name")
_COLUMNS = (
    *("id", "day", "clock", "minutes", "note", "item_id", "stakeholder_id", "logged_by_id"),
    *("item__name", "item__name_ja", "stakeholder__tag", "stakeholder__tag_ja"),
    *("item__category__name", "item__category__name_ja", "item__category__tint"),
    *(f"member__{name}" for name in _PERSON),
)


@dataclass(frozen=True, slots=True)
class Line:
    """One entry with the names it is printed with, in the reader's language."""

    pk: int
    day: date
    clock: time | None
    minutes: int
    note: str
    item_id: int
    item: str
    category: str  # "" for none
    tint: int
    stakeholder_id: int | None
    tag: str  # of the stakeholder, with its mark; "" for nobody
    member: Person
    logged_by: Person | None

    @property
    def member_id(self) -> int:
        return self.member.pk

    @property
    def logged_by_id(self) -> int | None:
        return self.logged_by.pk if self.logged_by else None


def lines(entries: EntryQuerySet) -> list[Line]:
    """The entries in their order. One query, and one more where somebody logged for somebody else.

    Those who did are asked for apart: a sixth table costs PostgreSQL more to plan than all of them to read.
    """
    rows = list(entries.values(*_COLUMNS))
    loggers = {row["logged_by_id"] for row in rows} - {None}
    logged_by = persons(loggers)
    return [
        Line(
            pk=row["id"],
            day=row["day"],
            clock=row["clock"],
            minutes=row["minutes"],
            note=row["note"],
            item_id=row["item_id"],
            item=in_reader_language(row["item__name"], row["item__name_ja"]),
            category=in_reader_language(row["item__category__name"] or "", row["item__category__name_ja"] or ""),
            tint=row["item__category__tint"] or 0,
            stakeholder_id=row["stakeholder_id"],
            tag="#" + in_reader_language(row["stakeholder__tag"], row["stakeholder__tag_ja"])
            if row["stakeholder_id"]
            else "",
            member=Person(**{name: row[f"member__{name}"] for name in _PERSON}),
            logged_by=logged_by.get(row["logged_by_id"]),
        )
        for row in rows
    ]
