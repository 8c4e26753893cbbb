"""What a stakeholder costs in toil: by month and by item, each figure with the rows behind it."""

import calendar
from dataclasses import dataclass
from datetime import date
from functools import cache
from urllib.parse import urlencode

from django.db.models import Count, Sum
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from apps.stakeholders.counted import Counted, Totals
from apps.stakeholders.models import Stakeholder
from apps.toil import durations, months
from apps.toil.models import Entry, StakeholderMonth
from apps.web.bilingual import in_reader_language

SHOWN_MONTHS = 6
SHOWN_ITEMS = 8
BAR = 120  # pixels of the longest


@dataclass(frozen=True, slots=True)
class Month:
    month: date
    times: int
    minutes: int
    bar: float
    rows: str
    until: date
    is_running: bool


@dataclass(frozen=True, slots=True)
class ItemCost:
    label: str
    times: int
    minutes: int
    rows: str


def by_month(stakeholder: Stakeholder, today: date) -> list[Month]:
    """The last six months, newest first; empty where nothing was logged in any. One query."""
    window = months.last(SHOWN_MONTHS, today)
    sums = {
        month: (times, minutes)
        for month, times, minutes in StakeholderMonth.objects.filter(
            stakeholder=stakeholder, month__in=window, times__gt=0
        ).values_list("month", "times", "minutes")
    }
    top = max((minutes for _times, minutes in sums.values()), default=0)
    if not top:
        return []
    return [
        Month(
            month,
            *sums.get(month, (0, 0)),
            bar=round(sums.get(month, (0, 0))[1] / top * BAR, 1),
            rows=rows(stakeholder.pk, month, _end(month)),
            until=min(_end(month), today),
            is_running=month == window[-1],
        )
        for month in reversed(window)
    ]


def by_item(stakeholder: Stakeholder, today: date) -> list[ItemCost]:
    """What it was, over the last three full months and the running one, dearest first. One query."""
    since = months.step(months.first(today), -3)
    found = (
        Entry.objects.filter(stakeholder=stakeholder, day__gte=since)
        .values("item", "item__name", "item__name_ja")
        .annotate(times=Count("id"), minutes=Sum("minutes"))
        .order_by("-minutes", "item")[:SHOWN_ITEMS]
    )
    return [
        ItemCost(
            in_reader_language(row["item__name"], row["item__name_ja"]),
            row["times"],
            row["minutes"],
            rows(stakeholder.pk, since, today, item=row["item"]),
        )
        for row in found
    ]


def count(stakeholder: Stakeholder, since: date, until: date) -> Counted:
    """What was logged for the stakeholder from `since` to `until`, as a sentence with its most frequent item."""
    found = Entry.objects.filter(stakeholder=stakeholder, day__range=(since, until))
    per_item = list(
        found.values_list("item__name", "item__name_ja")
        .annotate(times=Count("id"), minutes=Sum("minutes"))
        .order_by("-times", "item__name")
    )
    times, minutes = sum(row[2] for row in per_item), sum(row[3] for row in per_item)
    text = ""
    if per_item:
        name, name_ja, most, _minutes = per_item[0]
        text = ngettext(
            "%(times)s entry of toil in %(period)s, %(time)s. Most often: %(item)s (%(most)s).",
            "%(times)s entries of toil in %(period)s, %(time)s. Most often: %(item)s (%(most)s).",
            times,
        ) % {
            "times": times,
            "period": _period(since, until),
            "time": durations.show(minutes),
            "item": in_reader_language(name, name_ja),
            "most": most,
        }
    return Counted(times, minutes, since, until, text, rows(stakeholder.pk, since, until))


show = durations.show


def totals(since: date, until: date) -> Totals:
    """What was logged for each stakeholder, and for everybody and nobody together. One query."""
    found = (
        Entry.objects.filter(day__range=(since, until))
        .values_list("stakeholder")
        .annotate(times=Count("id"), minutes=Sum("minutes"))
        .order_by()
    )
    groups = {pk: (times, minutes) for pk, times, minutes in found}
    return Totals(sum(minutes for _times, minutes in groups.values()), groups)


def rows(stakeholder: int, since: date, until: date, **more) -> str:
    """The address of the entries behind a figure."""
    asked = {"stakeholder": stakeholder, **more, "since": since.isoformat(), "until": until.isoformat()}
    return f"{_log()}?{urlencode(asked)}"


@cache
def _log() -> str:
    return reverse("toil:log")


def _end(month: date) -> date:
    return month.replace(day=calendar.monthrange(month.year, month.month)[1])


def _period(since: date, until: date) -> str:
    if since.day == 1 and until == _end(since):
        return date_format(since, "YEAR_MONTH_FORMAT")
    return _("%(since)s to %(until)s") % {"since": date_format(since), "until": date_format(until)}
