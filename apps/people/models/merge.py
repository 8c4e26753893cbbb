"""Two topics turn out to be one: the interests move, and who had both keeps one that says what both said."""

from django.db import models, transaction

from apps.people.models.interest import Interest, Want
from apps.people.models.signal import Signal
from apps.people.models.topic import Topic
from apps.web.models.merge import MergeBase

_SAID = ("keen", *(f"wants_{want}" for want in Want.values))


class TopicMerge(MergeBase):
    FIELD = "topic"
    PARTS = {"interests": Interest, "signals": Signal}

    source = models.ForeignKey(Topic, on_delete=models.CASCADE, related_name="merges_away")
    target = models.ForeignKey(Topic, on_delete=models.CASCADE, related_name="merges_in")
    # Of who had both, what the row of the target said before and says since: {"<id>": [before, since]}.
    joined = models.JSONField(default=dict)

    @classmethod
    def moving(cls, model, source, target):
        """Of who has both topics the row of the source stays, unseen, so that taking the merge back finds it."""
        rows = super().moving(model, source, target)
        if model is not Interest:
            return rows
        has_both = Interest.objects.filter(topic=target).values_list("person", flat=True)
        return rows.exclude(person__in=list(has_both))

    @classmethod
    def make(cls, source, target, by):
        with transaction.atomic():
            said = Interest.objects.confirmed().filter(topic=source)
            # Whom somebody asked about the one and who has spoken of the other has answered.
            asked = Interest.objects.filter(topic=target, confirmed_at=None)
            asked.filter(person__in=list(said.values_list("person", flat=True))).delete()
            merge = super().make(source, target, by)
            there = {row.person_id: row for row in Interest.objects.confirmed().filter(topic=target)}
            for row in said.filter(person__in=list(there)):
                kept = there[row.person_id]
                before = _said(kept)
                kept.keen = max(kept.keen, row.keen)
                for name in _SAID[1:]:
                    setattr(kept, name, getattr(kept, name) or getattr(row, name))
                kept.save(update_fields=_SAID)
                merge.joined[str(kept.pk)] = [before, _said(kept)]
            merge.save(update_fields=["joined"])
        return merge

    def undo(self) -> None:
        """Takes the merge back; what somebody said anew since then stays as they said it. Raises MergeError."""
        with transaction.atomic():
            super().undo()
            for row in Interest.objects.filter(pk__in=[int(pk) for pk in self.joined]):
                before, since = self.joined[str(row.pk)]
                if _said(row) == since:
                    Interest.objects.filter(pk=row.pk).update(**dict(zip(_SAID, before, strict=True)))


def _said(row: Interest) -> list:
    return [getattr(row, name) for name in _SAID]
