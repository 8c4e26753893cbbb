"""Whom and what the lines of a file mean: members, items, categories and stakeholders by their folded names.

Pure look-ups over rows read once; what is not there yet is gathered in `Making`, from which the dry run says what will
be made and the import makes it.
"""

from dataclasses import dataclass, field

from apps.accounts.models import Member
from apps.stakeholders.models import Stakeholder
from apps.toil.folding import fold
from apps.toil.imports.lines import Line
from apps.toil.models import Category, Item
from apps.toil.permissions import may_log_for_others
from apps.web.models.merge import ends

LEAVE_OUT = "leave"


@dataclass(slots=True)
class Matching:
    """Names to rows, for what `importer` may do. `people` are the choices made on the page: file's name → member id.

    `namesakes` are names that several members share: whom they mean, only the person can say.
    """

    importer: Member
    people: dict[str, str]
    emails: dict[str, Member] = field(default_factory=dict)
    members: dict[str, Member] = field(default_factory=dict)
    namesakes: set[str] = field(default_factory=set)
    by_id: dict[int, Member] = field(default_factory=dict)
    items: dict[str, Item] = field(default_factory=dict)
    newest_item: int = 0
    categories: dict[str, Category] = field(default_factory=dict)
    stakeholders: dict[str, Stakeholder] = field(default_factory=dict)

    @classmethod
    def load(cls, importer: Member, people: dict[str, str]) -> "Matching":
        """Reads all names. Four queries."""
        matching = cls(importer, people)
        for member in Member.objects.active():
            matching._know_member(member)
        items = list(Item.objects.select_related("stakeholder"))
        matching.newest_item = max((item.pk for item in items), default=0)
        _know(items, matching.items)
        for category in Category.objects.all():
            for name in category.names:
                matching.categories.setdefault(fold(name), category)
        _know(list(Stakeholder.objects.all()), matching.stakeholders)
        return matching

    def _know_member(self, member: Member) -> None:
        self.by_id[member.pk] = member
        self.emails[fold(member.email)] = member
        given, family = member.given_name, member.family_name
        # The last two are what the quick log understands after its @.
        short = (given, member.email.split("@")[0])
        for name in (member.display_name, f"{given} {family}", f"{family} {given}", family + given, *short):
            folded = fold(name)
            if folded and self.members.setdefault(folded, member) is not member:
                self.namesakes.add(folded)

    def member_of(self, line: Line) -> Member | None:
        """Whose line it is: as chosen on the page, else by e-mail or name; a file without people is the importer's."""
        said = person_in(line)
        if not said:
            return self.importer
        if said in self.people:
            chosen = self.people[said]
            return self.by_id.get(int(chosen)) if chosen.isdigit() else None
        for name in (fold(line.person_email), fold(line.person_name)):
            if name in self.emails:
                return self.emails[name]
            if name in self.members and name not in self.namesakes:
                return self.members[name]
        return None

    def is_namesake(self, line: Line) -> bool:
        return fold(person_in(line)) in self.namesakes

    def may_bring(self, member: Member) -> bool:
        return member.pk == self.importer.pk or may_log_for_others(self.importer)

    def item_of(self, line: Line) -> Item | None:
        return self.items.get(fold(line.item))

    def category_of(self, name: str) -> Category | None:
        return self.categories.get(fold(name))

    def stakeholder_of(self, line: Line) -> Stakeholder | None:
        return self.stakeholders.get(fold(stakeholder_in(line)))


def _know[Row: Item | Stakeholder](rows: list[Row], known: dict[str, Row]) -> None:
    """A row's own names come before those of rows merged into it; a merge leads to where it ends."""
    by_id = {row.pk: row for row in rows}
    end = ends({row.pk: row.merged_into_id for row in rows})
    for row in sorted(rows, key=lambda row: (row.merged_into_id is not None, row.pk)):
        for name in row.names:
            known.setdefault(fold(name), by_id[end[row.pk]])


def person_in(line: Line) -> str:
    """How the file names the person, for the page that asks who that is."""
    return line.person_email or line.person_name


def stakeholder_in(line: Line) -> str:
    """Whom the line names, without the mark of a tag; a mark alone names nobody."""
    return line.stakeholder.lstrip("#＃ ")


@dataclass(slots=True)
class NewItem:
    """An item the file names and nobody keeps yet. Category and stakeholder are the first that its rows say."""

    name: str
    category: str = ""
    stakeholder: str = ""
    rows: int = 0


@dataclass(slots=True)
class Making:
    """What lines that are new would make besides entries; names by their folded form."""

    matching: Matching
    items: dict[str, NewItem] = field(default_factory=dict)
    stakeholders: dict[str, str] = field(default_factory=dict)

    def add(self, line: Line) -> NewItem | None:
        """Takes a line that is new; gives the item it would make, if it would."""
        said = stakeholder_in(line)
        if said and self.matching.stakeholder_of(line) is None:
            self.stakeholders.setdefault(fold(said), said)
        if self.matching.item_of(line) is not None:
            return None
        item = self.items.setdefault(fold(line.item), NewItem(line.item))
        item.rows += 1
        item.category = item.category or line.category
        item.stakeholder = item.stakeholder or said
        return item

    @property
    def categories(self) -> dict[str, str]:
        """Only an item has a category: that of a line whose item is there makes none."""
        said = (item.category for item in self.items.values() if item.category)
        return {fold(name): name for name in said if self.matching.category_of(name) is None}
