"""A part of a page of the dashboard: what it is called, how it is found, its chart and its table."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property
from typing import TYPE_CHECKING

from apps.accounts.models import Member
from apps.dashboards import sql
from apps.dashboards.figures import Figure, log_of
from apps.dashboards.load import Carried, Desk
from apps.dashboards.month_charts import Chart
from apps.dashboards.participation import Held
from apps.dashboards.period import Period
from apps.dashboards.sheet import Row, Sheet
from apps.people.ladder import Steps
from apps.people.sql import StepsState, steps_state
from apps.roadmap.models import Map
from apps.roadmap.models.revision import as_of
from apps.toil import months
from apps.toil.figures import monthly_costs
from apps.toil.models import Item
from apps.toil.sql import MonthlyCost
from apps.web.bilingual import InBoth

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

TREND = 3  # months, and as many before


@dataclass(frozen=True)
class Reading:
    """Who reads which months, and what several parts of a page go by; asked for once."""

    reader: Member
    today: date
    period: Period
    map: Map | None
    desk: Desk | None = None  # of the first SRE as it is, where nothing else is wanted

    def once[Found](self, find: "Callable[[Reading], Found]") -> Found:
        """A part, or what several parts go by: found once, however many figures ask for it."""
        if find not in self._found:
            self._found[find] = find(self)
        return self._found[find]

    @cached_property
    def _found(self) -> dict:
        return {}

    def maps_since(self, first: date) -> list[Map]:
        """Those whose years the days from `first` to the last that is spoken of touch and that were published by then,
        the oldest first. One query, or none where all of these days are in the map of today.
        """
        one = self.map is not None and first in self.map.year and self.until in self.map.year
        maps = [self.map] if one and self.map else self._maps
        return [row for row in maps if row.year.touches(first, self.until) and as_of(row, self.until)]

    @cached_property
    def _maps(self) -> list[Map]:
        return list(Map.objects.published())

    @property
    def maps(self) -> list[Map]:
        """Those of the period."""
        return self.maps_since(self.period.first)

    @property
    def map_of_period(self) -> Map | None:
        """The last of them."""
        return self.maps[-1] if self.maps else None

    @cached_property
    def carried(self) -> Carried:
        return Carried(self.desk or Desk.of_first_sre(), self.period, self.today)

    @cached_property
    def items(self) -> list[InBoth]:
        """Those that still come back, or did at the end of a period that is over. One query."""
        found = Item.objects.coming_back_on(self.until) if self.is_over else Item.objects.coming_back()
        return [InBoth(*names) for names in found.values_list("pk", "name", "name_ja")]

    @cached_property
    def steps(self) -> Steps:
        return Steps(Item, [item.pk for item in self.items], self.steps_state)

    @cached_property
    def every_step(self) -> Steps:
        """Those of all items, of those too that are gone."""
        return Steps(Item, Item.objects.current().values_list("pk", flat=True), self.steps_state)

    @cached_property
    def steps_state(self) -> StepsState:
        """By which it is known whether anybody took a step since. Two queries."""
        return steps_state()

    @cached_property
    def costs(self) -> dict[int, MonthlyCost]:
        """What items cost a month, by the last full months that are spoken of. One query."""
        return monthly_costs(self.as_of)

    @cached_property
    def held(self) -> Held:
        """The gatherings of the months that charts show. One query."""
        return Held(self.carried.shown, self.period, self.today)

    @property
    def ends(self) -> list[tuple[date, date | None]]:
        """The months that have begun, and of each its last day; None for today, where it is not over."""
        found = [(month, months.last_day(month)) for month in self.period.until(self.today)]
        return [(month, end if end < self.today else None) for month, end in found]

    def rows(self, cells: Callable[[date], tuple], *, is_linked: bool = False) -> tuple[Row, ...]:
        """A row for each month that has begun; of the log's own figures with the way to its rows."""
        return tuple(
            Row(
                month,
                cells(month),
                log_of(month, months.last_day(month)) if is_linked else "",
                is_running=month == self.carried.running,
            )
            for month in self.period.until(self.today)
        )

    @cached_property
    def trend(self) -> tuple[list[date], list[date]]:
        """The last three full months, and the three before."""
        last = self.period.last if self.is_over else months.step(self.carried.running, -1)
        window = months.between(months.step(last, 1 - 2 * TREND), last)
        return window[TREND:], window[:TREND]

    @cached_property
    def has_trend(self) -> bool:
        """Whether the log goes back that far; begun in the first week of a month, it has that month. One query."""
        first = sql.first_day()
        return first is not None and first < self.trend[1][0] + timedelta(days=7)

    @cached_property
    def sums_of_items(self) -> list[sql.ItemSums]:
        """With what they took in the months of the trend. One query."""
        late, early = self.trend
        return sql.items((self.period.first, self.period.last), (late[0], late[-1]), (early[0], early[-1]))

    @property
    def as_of(self) -> date:
        """The day on which what is said by the last full months is said: of a period that is over, the day after it."""
        return months.step(self.period.last, 1) if self.is_over else self.today

    @property
    def until(self) -> date:
        """The last day that is spoken of."""
        return self.period.days_until(self.today)[1]

    @property
    def is_over(self) -> bool:
        return self.period.end < self.today


@dataclass(frozen=True, slots=True)
class Section:
    """`sheet` holds what is said, and is all that there is of a part without a chart."""

    title: str
    help: str  # formula and window
    sheet: Sheet
    aside: str = ""
    chart: Chart | None = None
    empty: str = ""  # why there is nothing
    notes: tuple[str, ...] = ()
    is_half: bool = False  # stands beside another
    barred: int | None = None  # the column with bars
    shown: int = 0  # rows, where only the first are; all of them are in the CSV
    is_heat: bool = False  # a table of shades
    is_of_people: bool = False  # names people: never kept in a snapshot


Build = Callable[[Reading], Section]
# By the name in the address of its CSV, in the order of the page.
Sections = dict[str, Build]


@dataclass(frozen=True, slots=True)
class Page:
    """A page beside the front page."""

    label: "str | _StrPromise"
    lede: "str | _StrPromise"
    sections: Sections
    figures: Callable[[Reading], list[Figure]]
