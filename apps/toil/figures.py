"""Figures of the toil pages, each with its formula (product.md, “Formulas”). Minutes unless said otherwise."""

import time
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache

from django.db.models import Count, Max
from django.db.models.functions import TruncMonth
from django.utils.translation import gettext as _

from apps.toil import durations, months, payback, sql
from apps.toil.models import Entry, Item, ItemMonth
from apps.toil.models.state import DONE_WITH
from apps.web import charts
from apps.web.bilingual import in_reader_language

DESK_WINDOW = timedelta(days=90)
HALF = 0.5
MOST_RANKED = 20
KEPT_SECONDS = 60


# ---- this week ------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class CategoryWeek:
    label: str
    tint: int
    minutes: int
    width: float

    @property
    def shown(self) -> str:
        return durations.show(self.minutes)


def start_of_week(day: date, week_start: int) -> date:
    """The first day of the week of `day`; `week_start` is a `date.weekday()` number."""
    return day - timedelta(days=(day.weekday() - week_start) % 7)


def week_by_category(today: date, week_start: int) -> list[CategoryWeek]:
    """Everyone's minutes this week by category, most first, with bars up to 300 wide. One query."""
    sums = sql.week_by_category(start_of_week(today, week_start), today)
    rows = [
        (in_reader_language(name, name_ja) if pk else _("No category"), tint or 0, minutes)
        for pk, name, name_ja, tint, minutes in sums
    ]
    rows.sort(key=lambda row: -row[2])
    top = rows[0][2] if rows else 1
    return [CategoryWeek(label, tint, minutes, round(max(2, minutes / top * 300), 1)) for label, tint, minutes in rows]


def times_this_week_for(stakeholders: Iterable[int], today: date, week_start: int) -> dict[int, int]:
    """How often something was logged this week for each of these stakeholders, by anyone. One query."""
    return dict(
        Entry.objects.filter(stakeholder__in=list(stakeholders), day__range=(start_of_week(today, week_start), today))
        .order_by()
        .values("stakeholder")
        .annotate(n=Count("id"))
        .values_list("stakeholder", "n")
    )


# ---- what an item costs a month ---------------------------------------------------------------------


def monthly_costs(today: date) -> dict[int, sql.MonthlyCost]:
    """The monthly cost of every item with something in the last three full months, by id: their mean, or that of the
    full months since its first entry (product.md, “monthly cost of an item”). One query.
    """
    return {cost.pk: cost for cost in sql.monthly_costs(*months.last_full(payback.MONTHS_OF_COST, today))}


# ---- desks ----------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class OnOneDesk:
    pk: int
    label: str
    minutes: int  # a month, over the window
    share: float  # of the busiest person, 0 to 1


def busiest_shares(items: Iterable[int], today: date) -> dict[int, float]:
    """For each item (by id) the share of its minutes on its busiest person, over the last 90 days. One query, or none:
    each process keeps them for a minute, because a sum over 90 days costs most and moves least of all on its pages.
    """
    return _kept_shares(tuple(items), today, int(time.monotonic() // KEPT_SECONDS))


@lru_cache(maxsize=32)
def _kept_shares(items: tuple[int, ...], today: date, _minute: int) -> dict[int, float]:
    return sql.busiest_shares(items, today - DESK_WINDOW, today)


def forget() -> None:
    """Drops what is kept, for tests that take their rows back."""
    _kept_shares.cache_clear()


def heavy_on_one_desk(today: date, count: int = 3) -> list[OnOneDesk]:
    """Items that cost most and hang on one person: monthly minutes × share of the busiest. One query, or two.

    Ranked by item, never by person, and no name is given.
    """
    window = months.last_full(payback.MONTHS_OF_COST, today)
    costly = sql.monthly_costs(*window, most=MOST_RANKED, without=DONE_WITH)
    shares = busiest_shares((cost.pk for cost in costly), today)
    rows = [
        OnOneDesk(cost.pk, in_reader_language(cost.name, cost.name_ja), round(cost.minutes), shares[cost.pk])
        for cost in costly
        if shares.get(cost.pk, 0) >= HALF
    ]
    return sorted(rows, key=lambda row: -row.minutes * row.share)[:count]


# ---- the share curve --------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Share:
    month: date
    share: float | None  # 0 to 1; None where nobody logged


@dataclass(frozen=True, slots=True)
class ShareCurve:
    months: tuple[Share, ...]
    points: tuple[charts.Point, ...]
    line: str  # the full months
    running: str  # from the last full month to the running one, which is not full yet
    area: str

    @property
    def now(self) -> Share:
        return self.months[-1]

    @property
    def begin(self) -> Share:
        return self.months[0]


def share_curve(member, today: date, count: int = 12) -> ShareCurve | None:
    """The member's share sₚ = mₚ / Σ m of all toil by month, from the first month anybody logged. One query.

    None when there are fewer than two months to draw: not enough to say.
    """
    window = months.last(count, today)
    sums: dict[date, int] = {}
    mine: dict[date, int] = {}
    for month, minutes, own in sql.month_sums(window, member.pk):
        if minutes > 0:
            sums[month], mine[month] = minutes, own
    drawn = [m for m in window if m in sums]
    if len(drawn) < 2 or not any(mine.values()):
        return None
    shares = [Share(m, mine.get(m, 0) / sums[m]) for m in drawn]
    line = charts.points([s.share or 0 for s in shares], left=10, right=296, top=16, bottom=128, highest=1)
    full = line[:-1] if drawn[-1] == months.first(today) else line
    return ShareCurve(
        tuple(shares), tuple(line), charts.path(full), charts.path(line[len(full) - 1 :]), charts.area(full, 128)
    )


# ---- items ------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class ItemRow:
    """One row of the items table, with its names in the reader's language."""

    pk: int
    label: str
    category: str  # "" for none
    tint: int
    stakeholder: str  # "" for nobody
    usual_minutes: int | None
    state: str
    cost: sql.MonthlyCost | None  # None without anything in the last three full months
    spark: str
    trend: float | None  # last full month against the mean of the two before; None for too few to say
    share: float | None


_ITEM_COLUMNS = (
    *("id", "name", "name_ja", "usual_minutes", "state", "stakeholder__name", "stakeholder__name_ja"),
    *("category__name", "category__name_ja", "category__tint"),
)
SORTS = ("cost", "times", "name", "state")
SPARK_MONTHS = 6
FEWEST_FOR_A_TREND = 9  # entries in the six months; with fewer, one more or less is no trend


def item_rows(ids: list[int], costs: Mapping[int, sql.MonthlyCost], today: date) -> list[ItemRow]:
    """Rows of the items page for these items, in their order. Three queries."""
    window = months.last(SPARK_MONTHS + 1, today)[:-1]
    by_item: dict[int, dict[date, tuple[int, int]]] = defaultdict(dict)
    for item, month, minutes, times in ItemMonth.objects.filter(item__in=ids, month__in=window).values_list(
        "item", "month", "minutes", "times"
    ):
        by_item[item][month] = (minutes, times)
    shares = busiest_shares(ids, today)
    rows = {row["id"]: row for row in Item.objects.filter(pk__in=ids).values(*_ITEM_COLUMNS)}
    return [_item_row(rows[pk], costs.get(pk), by_item[pk], window, shares.get(pk)) for pk in ids if pk in rows]


def _item_row(
    row: dict, cost: sql.MonthlyCost | None, by_month: dict, window: list[date], share: float | None
) -> ItemRow:
    minutes = [by_month.get(m, (0, 0))[0] for m in window]
    times = [by_month.get(m, (0, 0))[1] for m in window]
    before = sum(minutes[-3:-1]) / 2
    return ItemRow(
        pk=row["id"],
        label=in_reader_language(row["name"], row["name_ja"]),
        category=in_reader_language(row["category__name"] or "", row["category__name_ja"] or ""),
        tint=row["category__tint"] or 0,
        stakeholder=in_reader_language(row["stakeholder__name"] or "", row["stakeholder__name_ja"] or ""),
        usual_minutes=row["usual_minutes"],
        state=row["state"],
        cost=cost,
        spark=charts.sparkline(minutes),
        trend=minutes[-1] / before - 1 if before and sum(times) >= FEWEST_FOR_A_TREND else None,
        share=share,
    )


@dataclass(frozen=True, slots=True)
class Bar:
    month: date
    lead: int
    others: int
    x: int
    lead_y: float
    lead_height: float
    others_y: float
    others_height: float
    is_running: bool

    @property
    def middle(self) -> int:
        return self.x + 23

    @property
    def total(self) -> int:
        return self.lead + self.others


@dataclass(frozen=True, slots=True)
class WhoChart:
    bars: list[Bar]
    grid: list[tuple[float, int]]  # (y, times)


def who_did_it(item: Item, leads: set[int], today: date, count: int = 8) -> WhoChart | None:
    """How often the item was done each month, by the leads and by everyone else. One query; None if never."""
    window = months.last(count, today)
    times: dict[date, list[int]] = {m: [0, 0] for m in window}
    for member, month, n in (
        Entry.objects.filter(item=item, day__gte=window[0], day__lte=today)
        .annotate(of_month=TruncMonth("day"))
        .order_by()
        .values("member", "of_month")
        .annotate(n=Count("id"))
        .values_list("member", "of_month", "n")
    ):
        times[month][member not in leads] += n
    top = max(sum(pair) for pair in times.values())
    if not top:
        return None
    step = max(1, int(charts.nice_step(top)))
    scale = 168 / max(top, step)
    bars = []
    for i, (month, (lead, others)) in enumerate(times.items()):
        gap = 2 if lead and others else 0
        lead_height, others_height = lead * scale, max(0, others * scale - gap)
        bars.append(
            Bar(
                month,
                lead,
                others,
                46 + 88 * i,
                round(200 - lead_height, 1),
                round(lead_height, 1),
                round(200 - lead_height - gap - others_height, 1),
                round(others_height, 1),
                month == window[-1],
            )
        )
    grid = [(round(200 - n * scale, 1), n) for n in range(step, top + 1, step)]
    return WhoChart(bars, grid)


@dataclass(frozen=True, slots=True)
class ItemFigures:
    times_now: int
    times_before: int
    minutes_now: int
    by_others: int
    last_day: date | None


def item_figures(item: Item, leads: set[int], today: date) -> ItemFigures:
    """This month beside last month, and how often somebody other than a lead did it. Two queries."""
    now = months.first(today)
    sums = {
        month: (minutes, times)
        for month, minutes, times in ItemMonth.objects.filter(
            item=item, month__in=[now, months.step(now, -1)]
        ).values_list("month", "minutes", "times")
    }
    others = (
        Entry.objects.filter(item=item, day__gte=now)
        .exclude(member__in=leads)
        .aggregate(n=Count("id"), last=Max("day"))
    )
    last = Entry.objects.filter(item=item).aggregate(day=Max("day"))["day"]
    return ItemFigures(
        sums.get(now, (0, 0))[1],
        sums.get(months.step(now, -1), (0, 0))[1],
        sums.get(now, (0, 0))[0],
        others["n"],
        last,
    )


def minutes_by_month(item: Item) -> dict[date, int]:
    """All months of the item with something logged. One query."""
    return dict(ItemMonth.objects.filter(item=item).values_list("month", "minutes"))
