"""A toil item: a thing that keeps coming back, whom it is for, and what makes it toil.

What it costs stands in the monthly rollups; who logged it, in the entries; how far it is from gone, in its state.
"""

import statistics
from collections.abc import Iterable
from datetime import date
from functools import reduce
from operator import or_

from django.conf import settings
from django.core.validators import MaxValueValidator
from django.db import models, transaction
from django.db.models import OuterRef, Q, Subquery
from django.utils.translation import gettext_lazy as _

from apps.stakeholders.models import Stakeholder
from apps.toil.models.category import Category
from apps.toil.models.state import DONE_WITH, State, StateChange
from apps.web.bilingual import Bilingual, in_reader_language


class Area(models.TextChoices):
    INFRASTRUCTURE = "infrastructure", _("Infrastructure")
    APPLICATION = "application", _("Application")
    DATA = "data", _("Data")
    PROCESS = "process", _("Process")


class ItemQuerySet(models.QuerySet["Item"]):
    def current(self) -> "ItemQuerySet":
        """Items that stand for themselves: not merged into another."""
        return self.filter(merged_into=None)

    def coming_back(self) -> "ItemQuerySet":
        """Those of them that are neither gone nor accepted."""
        return self.current().exclude(state__in=DONE_WITH)

    def coming_back_on(self, day: date) -> "ItemQuerySet":
        """The same by what was said of them until the end of `day`."""
        told = StateChange.objects.filter(item=OuterRef("pk"), on__lte=day).order_by("-on", "-id")
        then = self.current().annotate(state_then=Subquery(told.values("state")[:1]))
        return then.filter(Q(state_then=None) | ~Q(state_then__in=DONE_WITH))

    def saying(self, words: Iterable[str]) -> "ItemQuerySet":
        """Those with each of the words in one of their names."""
        rows = self
        for word in words:
            names = ("name", "name_ja", "short_name", "short_name_ja")
            rows = rows.filter(reduce(or_, (Q((f"{name}__icontains", word)) for name in names)))
        return rows

    def for_an_entry(self) -> "ItemQuerySet":
        """What logging against an item needs of it."""
        return self.only("name", "name_ja", "short_name", "short_name_ja", "stakeholder", "usual_minutes")


class Item(Bilingual):
    short_name = models.CharField(_("short name"), max_length=40, blank=True)
    short_name_ja = models.CharField(_("short name in Japanese"), max_length=40, blank=True)
    description = models.TextField(_("what it is"), max_length=4_000, blank=True)
    category = models.ForeignKey(
        Category,
        on_delete=models.PROTECT,
        related_name="items",
        verbose_name=_("category"),
        null=True,
        blank=True,
    )
    stakeholder = models.ForeignKey(
        Stakeholder,
        on_delete=models.PROTECT,
        related_name="items",
        verbose_name=_("who causes it"),
        null=True,
        blank=True,
    )
    area = models.CharField(_("area"), max_length=14, choices=Area, blank=True)

    # The marks of toil, Site Reliability Engineering, chapter 5.
    manual = models.BooleanField(_("manual"), default=False)
    repetitive = models.BooleanField(_("repetitive"), default=False)
    automatable = models.BooleanField(_("automatable"), default=False)
    tactical = models.BooleanField(_("tactical"), default=False)
    no_enduring_value = models.BooleanField(_("no enduring value"), default=False)
    grows = models.BooleanField(_("grows with the service"), default=False)

    state = models.CharField(max_length=8, choices=State, default=State.OBSERVED, editable=False)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="owned_items",
        verbose_name=_("owner"),
    )
    usual_minutes = models.PositiveSmallIntegerField(null=True, editable=False)
    dig_estimate_minutes = models.PositiveIntegerField(
        _("estimate for digging it out"), null=True, blank=True, validators=[MaxValueValidator(600_000)]
    )
    upkeep_minutes = models.PositiveIntegerField(
        _("upkeep a month afterwards"), null=True, blank=True, validators=[MaxValueValidator(60_000)]
    )
    merged_into = models.ForeignKey(
        "self", null=True, on_delete=models.PROTECT, related_name="merged_from", editable=False
    )
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+", editable=False
    )
    created_at = models.DateTimeField(auto_now_add=True)
    version = models.PositiveIntegerField(default=1, editable=False)

    objects = ItemQuerySet.as_manager()

    class Meta:
        verbose_name = _("toil item")
        verbose_name_plural = _("toil items")
        ordering = ["name"]
        constraints = [
            models.CheckConstraint(condition=Q(state__in=State.values), name="item_state_known"),
            models.CheckConstraint(condition=Q(area__in=["", *Area.values]), name="item_area_known"),
            models.CheckConstraint(
                condition=Q(merged_into=None) | ~Q(merged_into=models.F("id")), name="item_not_into_itself"
            ),
        ]

    @property
    def short_label(self) -> str:
        """The short name in the reader's language, or the whole name."""
        return in_reader_language(self.short_name, self.short_name_ja) or self.label

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(filter(None, (self.name, self.name_ja, self.short_name, self.short_name_ja)))

    @property
    def marks(self) -> int:
        """How many of the five marks of toil it bears."""
        return sum((self.manual, self.repetitive, self.automatable, self.tactical, self.no_enduring_value))

    def learn_usual_minutes(self, minutes: int) -> None:
        """Keeps `usual_minutes` at the median of the last nine entries; asks nothing when `minutes` is already it."""
        if minutes == self.usual_minutes:
            return
        last = self.entries.order_by("-day", "-id").values_list("minutes", flat=True)[:9]
        usual = int(statistics.median_high(last))
        if usual != self.usual_minutes:
            self.usual_minutes = usual
            type(self).objects.filter(pk=self.pk).update(usual_minutes=usual)

    @classmethod
    def observe(cls, name: str, by, **fields) -> "Item":
        """A new item somebody has seen coming back, in the state “observed”."""
        from apps.toil.models.state import StateChange

        with transaction.atomic():
            item = cls.objects.create(name=name, created_by=by, **fields)
            StateChange.objects.create(item=item, state=State.OBSERVED, by=by, on=by.today())
        return item


class ItemLink(models.Model):
    """A runbook, a ticket, a page: where more about the item stands."""

    item = models.ForeignKey(Item, on_delete=models.CASCADE, related_name="links")
    title = models.CharField(_("title"), max_length=120)
    url = models.URLField(_("address"), max_length=500)
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["position", "id"]

    def __str__(self) -> str:
        return self.title
