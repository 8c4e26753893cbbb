"""A map: one year that starts in any month. What it says stands in its revisions; what somebody plans, in drafts."""

from datetime import date

from django.db import models
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from apps.roadmap.year import Span


class MapQuerySet(models.QuerySet["Map"]):
    def published(self) -> "MapQuerySet":
        return self.filter(head__gt=0)

    def on(self, day: date) -> "Map | None":
        """The published map of that day. One query."""
        return of_day(list(self.published()), day)

    def overlapping(self, start: date) -> "Map | None":
        """A published map that shares months with the year that begins with `start`, and begins in another month."""
        year = Span(start)
        others = self.published().exclude(start=start)
        return next((row for row in others if row.year.touches(year.start, year.end)), None)

    def starting(self, month: str) -> "Map | None":
        """The map that starts in `month`, written like “2026-04”. One query."""
        return next((row for row in self if str(row) == month), None)


class Map(models.Model):
    """One year. `head` is the number of its newest revision, 0 before the first."""

    start = models.DateField(unique=True)
    head = models.PositiveIntegerField(default=0, editable=False)
    # Counts what was erased, so that no process shows a text it has kept.
    erasures = models.PositiveIntegerField(default=0, editable=False)
    # Counts what was said of items, for the same.
    check_ins = models.PositiveIntegerField(default=0, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = MapQuerySet.as_manager()

    class Meta:
        ordering = ["start"]
        constraints = [
            models.CheckConstraint(condition=models.Q(start__day=1), name="map_starts_with_a_month"),
        ]

    def __str__(self) -> str:
        return f"{self.start:%Y-%m}"

    @property
    def year(self) -> Span:
        return Span(self.start)

    @property
    def label(self) -> str:
        """“April 2026 to March 2027”, in the reader's language."""
        first, last = (date_format(day, "YEAR_MONTH_FORMAT") for day in (self.year.start, self.year.end))
        return _("%(first)s to %(last)s") % {"first": first, "last": last}


def of_day(maps: list[Map], day: date) -> Map | None:
    """Of maps in the order of their years the last that had started on that day, or the first there is."""
    return next((row for row in reversed(maps) if row.start <= day), maps[0] if maps else None)
