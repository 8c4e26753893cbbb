"""Whom and what the lines of a file mean: members, items, categories and stakeholders by their folded names.

Pure look-ups over rows read once; what is not there yet is gathered, so that the dry run can say what will be made.
"""

from dataclasses import dataclass, field

from apps.accounts.models import Member
from apps.stakeholders.models import Stakeholder
from apps.toil.folding import fold
from apps.toil.imports.lines import Line
from apps.toil.models import Category, Item
from apps.toil.permissions import may_log_for_others

LEAVE_OUT = "leave"


@dataclass(slots=True)
class Matching:
    """Names to rows, for what `importer` may do. `people` are the choices made on the page: file's name → member id."""

    importer: Member
    people: dict[str, str]
    members: dict[str, Member] = field(default_factory=dict)
    by_id: dict[int, Member] = field(default_factory=dict)
    items: dict[str, Item] = field(default_factory=dict)
    categories: dict[str, Category] = field(default_factory=dict)
    stakeholders: dict[str, Stakeholder] = field(default_factory=dict)

    @classmethod
    def load(cls, importer: Member, people: dict[str, str]) -> "Matching":
        """Reads all names. Four queries."""
        matching = cls(importer, people)
        for member in Member.objects.active():
            matching.by_id[member.pk] = member
            given, family = member.given_name, member.family_name
            both = (f"{given} {family}", f"{family} {given}", family + given)
            for name in (member.email, member.display_name, *both):
                if name.strip():
                    matching.members.setdefault(fold(name), member)
        rows = {item.pk: item for item in Item.objects.select_related("stakeholder")}
        for item in sorted(rows.values(), key=lambda item: (item.merged_into_id is not None, item.pk)):
            for name in item.names:
                matching.items.setdefault(fold(name), rows.get(item.merged_into_id or 0, item))
        for category in Category.objects.all():
            for name in category.names:
                matching.categories.setdefault(fold(name), category)
        for stakeholder in Stakeholder.objects.all():
            for name in stakeholder.names:
                matching.stakeholders.setdefault(fold(name), stakeholder)
        return matching

    def member_of(self, line: Line) -> Member | None:
        """Whose line it is: as chosen on the page, else by e-mail or name; a file without people is the importer's."""
        said = person_in(line)
        if not said:
            return self.importer
        if said in self.people:
            chosen = self.people[said]
            return self.by_id.get(int(chosen)) if chosen.isdigit() else None
        return self.members.get(fold(line.person_email)) or self.members.get(fold(line.person_name))

    def may_bring(self, member: Member) -> bool:
        return member.pk == self.importer.pk or may_log_for_others(self.importer)

    def item_of(self, line: Line) -> Item | None:
        return self.items.get(fold(line.item))

    def category_of(self, line: Line) -> Category | None:
        return self.categories.get(fold(line.category))

    def stakeholder_of(self, line: Line) -> Stakeholder | None:
        return self.stakeholders.get(fold(line.stakeholder.lstrip("#＃")))


def person_in(line: Line) -> str:
    """How the file names the person, for the page that asks who that is."""
    return line.person_email or line.person_name
