"""Two groups turn out to be one: evidence and toil move, and what was said of the one stays readable with the other."""

from collections.abc import Callable, Mapping

from django.db import models, transaction

from apps.accounts.models import Change
from apps.stakeholders.models.observation import Observation
from apps.stakeholders.models.stakeholder import Stakeholder
from apps.web.models.merge import MergeBase

_parts: dict[str, type[models.Model]] = {"observations": Observation}
_then: list[Callable[[list[int]], None]] = []


def register(parts: Mapping[str, type[models.Model]], then: Callable[[list[int]], None]) -> None:
    """A higher room's rows that have a `stakeholder` and move with it; `then` makes its sums of these groups anew."""
    _parts.update(parts)
    _then.append(then)


class StakeholderMerge(MergeBase):
    FIELD = "stakeholder"
    PARTS = _parts

    source = models.ForeignKey(Stakeholder, on_delete=models.CASCADE, related_name="merges_away")
    target = models.ForeignKey(Stakeholder, on_delete=models.CASCADE, related_name="merges_in")

    @classmethod
    def make(cls, source, target, by):
        with transaction.atomic():
            merge = super().make(source, target, by)
            merge.note(by, is_undone=False)
        return merge

    def undo(self, by=None):
        with transaction.atomic():
            super().undo()
            self.note(by, is_undone=True)

    def note(self, by, *, is_undone: bool) -> None:
        """Keeps in the history of both that they became one, or two again."""
        for row, other, name in (
            (self.source, self.target, "merged_into"),
            (self.target, self.source, "merges_in"),
        ):
            pair = [other.label, ""] if is_undone else ["", other.label]
            Change.objects.create(kind=row._meta.label_lower, row_id=row.pk, by=by, values={name: pair})

    @classmethod
    def settle(cls, source, target):
        for row in Stakeholder.objects.filter(pk__in=[source, target]):
            row.take_place()
        Stakeholder.objects.filter(pk=target).update(version=models.F("version") + 1)
        for then in _then:
            then([source, target])
