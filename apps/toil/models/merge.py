"""Two items turn out to be one: the entries move, nothing is lost, and the merge can be taken back."""

from django.conf import settings
from django.db import models, transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from apps.toil.models.digging import DigWork
from apps.toil.models.entry import Entry
from apps.toil.models.item import Item, ItemLink
from apps.toil.models.timer import Timer


class MergeError(ValueError):
    """Why two items can't become one; `code` is `same`, `merged` or `undone`."""

    def __init__(self, code: str):
        super().__init__(code)
        self.code = code


class Merge(models.Model):
    source = models.ForeignKey(Item, on_delete=models.CASCADE, related_name="merges_away")
    target = models.ForeignKey(Item, on_delete=models.CASCADE, related_name="merges_in")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    # What moved, so that taking the merge back moves exactly that: {"entries": [ids], "dig_work": […], "links": […]}
    moved = models.JSONField(default=dict)
    created_at = models.DateTimeField(auto_now_add=True)
    undone_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("merge")
        ordering = ["-created_at"]

    def __str__(self) -> str:
        return f"{self.source_id} → {self.target_id}"

    @classmethod
    def make(cls, source: Item, target: Item, by) -> "Merge":
        """Moves everything of `source` to `target`. Raises MergeError."""
        from apps.toil.rollup import rebuild_items

        if source.pk == target.pk:
            raise MergeError("same")
        with transaction.atomic():
            locked = {i.pk: i for i in Item.objects.select_for_update().filter(pk__in=[source.pk, target.pk])}
            if any(item.merged_into_id for item in locked.values()) or len(locked) != 2:
                raise MergeError("merged")
            moved = {}
            for name, rows in (
                ("entries", Entry.objects.filter(item=source)),
                ("dig_work", DigWork.objects.filter(item=source)),
                ("links", ItemLink.objects.filter(item=source)),
            ):
                moved[name] = list(rows.values_list("pk", flat=True))
                rows.update(item=target)
            Timer.objects.filter(item=source).update(item=target)
            Item.objects.filter(pk=source.pk).update(merged_into=target, version=F("version") + 1)
            rebuild_items([source.pk, target.pk])
            return cls.objects.create(source=source, target=target, by=by, moved=moved)

    def undo(self) -> None:
        """Moves back what the merge moved and still is where it was put. Raises MergeError if already done."""
        from apps.toil.rollup import rebuild_items

        with transaction.atomic():
            if not type(self).objects.filter(pk=self.pk, undone_at=None).update(undone_at=timezone.now()):
                raise MergeError("undone")
            for model, name in ((Entry, "entries"), (DigWork, "dig_work"), (ItemLink, "links")):
                ids = self.moved.get(name, [])
                for start in range(0, len(ids), 500):  # SQLite limits the parameters of one statement
                    model.objects.filter(pk__in=ids[start : start + 500], item=self.target_id).update(
                        item=self.source_id
                    )
            Item.objects.filter(pk=self.source_id).update(merged_into=None, version=F("version") + 1)
            rebuild_items([self.source_id, self.target_id])
