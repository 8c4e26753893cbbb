"""One line of the log: who spent how many minutes on which item, on which day, for whom.

Every way of logging (line, repeat, timer, form, week sheet, import, API) ends in `Entry.log`; every change in
`entry.change` and `entry.remove`. Each keeps the monthly rollups in the same transaction.
"""

from datetime import date, time

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from apps.accounts.models import Stale
from apps.stakeholders.models import Stakeholder
from apps.toil.models.item import Item
from apps.web.text import OLDEST

DAY_MINUTES = 24 * 60
HOURS = 24 + 1  # of a weekday: the last one is that nobody knows the hour


def slot(day: date, clock: time | None) -> int:
    """The weekday and hour in one number: 0 is Monday at midnight, 24 Monday at an hour that nobody knows."""
    return day.weekday() * HOURS + (clock.hour if clock else HOURS - 1)


class Source(models.TextChoices):
    QUICK = "quick", _("Quick log")
    REPEAT = "repeat", _("Logged again")
    TIMER = "timer", _("Timer")
    FORM = "form", _("Form")
    WEEK = "week", _("Week sheet")
    IMPORT = "import", _("Import")
    API = "api", _("API")
    CHAT = "chat", _("Chat")


class EntryQuerySet(models.QuerySet["Entry"]):
    def with_names(self) -> "EntryQuerySet":
        """With what a form or a toast calls the entry by; whole pages of them are read by `apps.toil.lines`."""
        return self.select_related("item", "stakeholder", "member")

    def newest_first(self) -> "EntryQuerySet":
        return self.order_by("-day", "-id")

    def on(self, day: date) -> "EntryQuerySet":
        return self.filter(day=day)


class Entry(models.Model):
    member = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="entries", verbose_name=_("who")
    )
    item = models.ForeignKey(Item, on_delete=models.PROTECT, related_name="entries", verbose_name=_("toil item"))
    stakeholder = models.ForeignKey(
        Stakeholder,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="entries",
        verbose_name=_("for whom"),
    )
    day = models.DateField(_("day"), validators=[MinValueValidator(OLDEST)])
    # The person's wall clock when the work began, or when it was logged; empty where nobody knows.
    clock = models.TimeField(_("time of day"), null=True, blank=True)
    minutes = models.PositiveSmallIntegerField(
        _("minutes"), validators=[MinValueValidator(1), MaxValueValidator(DAY_MINUTES)]
    )
    note = models.TextField(_("note"), max_length=2_000, blank=True)
    source = models.CharField(max_length=6, choices=Source, default=Source.FORM, editable=False)
    logged_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        on_delete=models.SET_NULL,
        related_name="+",
        editable=False,
    )
    import_run = models.ForeignKey(
        "toil.ImportRun", null=True, on_delete=models.SET_NULL, related_name="entries", editable=False
    )
    import_key = models.CharField(max_length=64, null=True, unique=True, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)
    version = models.PositiveIntegerField(default=1, editable=False)

    objects = EntryQuerySet.as_manager()

    class Meta:
        verbose_name = _("toil entry")
        verbose_name_plural = _("toil entries")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(minutes__gte=1, minutes__lte=DAY_MINUTES), name="entry_minutes_in_day"
            ),
            models.CheckConstraint(condition=models.Q(source__in=Source.values), name="entry_source_known"),
        ]
        indexes = [
            models.Index(fields=["-day", "-id"], name="entry_newest"),
            models.Index(fields=["member", "-day", "-id"], name="entry_by_member"),
            models.Index(fields=["item", "-day", "-id"], name="entry_by_item"),
            # Holds all that the share of the busiest person is reckoned from, so that no row is read for it.
            models.Index(fields=["item", "day", "member", "minutes"], name="entry_shares"),
            models.Index(fields=["stakeholder", "-day", "-id"], name="entry_by_stakeholder"),
        ]

    def __str__(self) -> str:
        return f"{self.day} {self.minutes} {self.item_id}"

    @property
    def slot(self) -> int:
        return slot(self.day, self.clock)

    @classmethod
    def log(
        cls,
        *,
        member,
        item: Item,
        minutes: int,
        day: date,
        by=None,
        stakeholder: Stakeholder | None = None,
        note: str = "",
        clock: time | None = None,
        source: Source = Source.FORM,
    ) -> "Entry":
        """Writes one entry. `by` is who logs it, if that is not `member` (a lead may log for someone else).

        Without a stakeholder the item's own is taken. Raises ValidationError for values a form would refuse.
        """
        from apps.toil import rollup

        entry = cls(
            member=member,
            item=item,
            minutes=minutes,
            day=day,
            stakeholder_id=stakeholder.pk if stakeholder is not None else item.stakeholder_id,
            note=note,
            clock=clock,
            source=source,
            logged_by=by if by is not None and by.pk != member.pk else None,
        )
        entry.clean_fields(exclude=["member", "item", "stakeholder"])
        with transaction.atomic(savepoint=False):
            entry.save(force_insert=True)
            rollup.add([entry])
            item.learn_usual_minutes(minutes)
        return entry

    def values(self) -> dict:
        """What `change` takes, as it stands now: the undo of a later change or removal."""
        return {
            "member_id": self.member_id,
            "item_id": self.item_id,
            "stakeholder_id": self.stakeholder_id,
            "day": self.day,
            "clock": self.clock,
            "minutes": self.minutes,
            "note": self.note,
        }

    def change(self, version: int, **values) -> None:
        """Writes the given fields if the row still is at `version`. Raises Stale otherwise (R46)."""
        from apps.toil import rollup

        with transaction.atomic():
            before = type(self).objects.select_for_update().filter(pk=self.pk).first()
            if before is None or before.version != version:
                raise Stale
            for name, value in values.items():
                setattr(self, name, value)
            self.version = version + 1
            self.clean_fields(exclude=["member", "item", "stakeholder"])
            changed = type(self).objects.filter(pk=self.pk, version=version)
            if not changed.update(**self.values(), version=self.version):
                raise Stale
            rollup.subtract([before])
            rollup.add([self])

    def remove(self) -> None:
        """Deletes the entry; `undo.py` can bring it back under the same id. Does nothing if it is gone already."""
        from apps.toil import rollup

        with transaction.atomic():
            row = type(self).objects.select_for_update().filter(pk=self.pk).first()
            if row is not None:
                rollup.subtract([row])
                type(self).objects.filter(pk=row.pk).delete()

    @classmethod
    def bring_back(cls, pk: int, values: dict, **kept) -> "Entry | None":
        """Writes a removed entry again under its old id; None where it already is back."""
        from apps.toil import rollup

        with transaction.atomic():
            if cls.objects.filter(pk=pk).exists():
                return None
            entry = cls(pk=pk, **values, **kept)
            entry.created_at = timezone.now()
            entry.save(force_insert=True)
            rollup.add([entry])
        return entry
