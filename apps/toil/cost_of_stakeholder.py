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
ALL = "all"
RECENT_MONTHS = 3
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
    item: int
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


def by_item(stakeholder: Stakeholder, since: date, until: date) -> list[ItemCost]:
    """What it was from `since` to `until`, both included, dearest first. One query."""
    found = (
        Entry.objects.filter(stakeholder=stakeholder, day__range=(since, until))
        .values("item", "item__name", "item__name_ja")
        .annotate(times=Count("id"), minutes=Sum("minutes"))
        .order_by("-minutes", "item")[:SHOWN_ITEMS]
    )
    return [
        ItemCost(
            row["item"],
            in_reader_language(row["item__name"], row["item__name_ja"]),
            row["times"],
            row["minutes"],
            rows(stakeholder.pk, since, until, row["item"]),
        )
        for row in found
    ]


@dataclass(frozen=True, slots=True)
class Cost:
    """What a group costs: its last months, and for what, in all of them or in one."""

    months: list[Month]
    since: date
    until: date
    chosen: date | None  # the first day of the month whose items are shown
    items: list[ItemCost]

    @classmethod
    def of(cls, stakeholder: Stakeholder, today: date, month: str) -> "Cost":
        """`month` is the first day of one as the address names it, or “all”; else the newest full one. Two queries."""
        found = by_month(stakeholder, today)
        logged = sorted((row for row in found if row.times), key=lambda row: row.is_running)
        chosen = next((row for row in logged if row.month.isoformat() == month), logged[0] if logged else None)
        if month == ALL:
            chosen = None
        since = chosen.month if chosen else months.step(months.first(today), 1 - SHOWN_MONTHS)
        until = chosen.until if chosen else today
        items = by_item(stakeholder, since, until) if found else []
        return cls(found, since, until, chosen.month if chosen else None, items)

    @property
    def others(self) -> tuple[int, int]:
        """Times and minutes of the items that are not listed, so that the list adds up with the months."""
        shown = [row for row in self.months if self.chosen in (None, row.month)]
        return (
            sum(row.times for row in shown) - sum(item.times for item in self.items),
            sum(row.minutes for row in shown) - sum(item.minutes for item in self.items),
        )


def count(stakeholder: Stakeholder, since: date, until: date, item: int | None = None) -> Counted:
    """What was logged for the stakeholder from `since` to `until`, of all items or of one, as a sentence."""
    found = Entry.objects.filter(stakeholder=stakeholder, day__range=(since, until))
    if item is not None:
        found = found.filter(item=item)
    per_item = list(
        found.values_list("item__name", "item__name_ja")
        .annotate(times=Count("id"), minutes=Sum("minutes"))
        .order_by("-times", "item__name")
    )
    times, minutes = sum(row[2] for row in per_item), sum(row[3] for row in per_item)
    text = ""
    if per_item:
        name, name_ja, most, _minutes = per_item[0]
        said = {
            "times": times,
            "period": _period(since, until),
            "time": durations.show(minutes),
            "item": in_reader_language(name, name_ja),
            "most": most,
        }
        if item is not None:
            text = ngettext(
                "%(item)s: %(times)s time %(period)s, %(time)s.",
                "%(item)s: %(times)s times %(period)s, %(time)s.",
                times,
            )
        else:
            text = ngettext(
                "%(times)s entry of toil %(period)s, %(time)s. Most often: %(item)s (%(most)s).",
                "%(times)s entries of toil %(period)s, %(time)s. Most often: %(item)s (%(most)s).",
                times,
            )
        text %= said
    return Counted(times, minutes, since, until, text, rows(stakeholder.pk, since, until, item), item)


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


def recent(today: date) -> tuple[date, Totals]:
    """What was logged for each group in this month and the two before, and since which day. One query."""
    window = months.last(RECENT_MONTHS, today)
    sums = StakeholderMonth.objects.filter(month__in=window, times__gt=0).values_list("stakeholder")
    found = sums.annotate(t=Sum("times"), m=Sum("minutes")).order_by()
    groups = {pk: (times, minutes) for pk, times, minutes in found}
    return window[0], Totals(sum(minutes for _times, minutes in groups.values()), groups)


def rows(stakeholder: int, since: date, until: date, item: int | None = None) -> str:
    """The address of the entries behind a figure."""
    of = {} if item is None else {"item": item}
    asked = {"stakeholder": stakeholder, **of, "since": since.isoformat(), "until": until.isoformat()}
    return f"{_log()}?{urlencode(asked)}"


@cache
def _log() -> str:
    return reverse("toil:log")


def _end(month: date) -> date:
    return month.replace(day=calendar.monthrange(month.year, month.month)[1])


def _period(since: date, until: date) -> str:
    if since.day == 1 and until == _end(since):
        return _("in %(month)s") % {"month": date_format(since, "YEAR_MONTH_FORMAT")}
    return _("from %(since)s to %(until)s") % {"since": date_format(since), "until": date_format(until)}
