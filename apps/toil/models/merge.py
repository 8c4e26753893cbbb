"""Two items turn out to be one."""

from django.db import models

from apps.toil.models.digging import DigWork
from apps.toil.models.entry import Entry
from apps.toil.models.item import Item, ItemLink
from apps.toil.models.timer import Timer
from apps.web.models.merge import MergeBase


class Merge(MergeBase):
    FIELD = "item"
    PARTS = {"entries": Entry, "dig_work": DigWork, "links": ItemLink, "timers": Timer}

    source = models.ForeignKey(Item, on_delete=models.CASCADE, related_name="merges_away")
    target = models.ForeignKey(Item, on_delete=models.CASCADE, related_name="merges_in")

    @classmethod
    def settle(cls, source, target):
        from apps.toil.rollup import rebuild_items

        rebuild_items([source, target])
