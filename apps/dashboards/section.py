"""A part of a page of the dashboard: what it is called, how it is found, its chart and its table."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import TYPE_CHECKING

from apps.accounts.models import Member
from apps.dashboards import sql
from apps.dashboards.figures import Figure, log_of
from apps.dashboards.load import Carried, Desk
from apps.dashboards.month_charts import Chart
from apps.dashboards.period import Period
from apps.dashboards.sheet import Row, Sheet
from apps.people.ladder import Steps
from apps.roadmap.models import Map
from apps.toil import months
from apps.toil.models import Item

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

    @cached_property
    def map_of_period(self) -> Map | None:
        """The map of the last day that is spoken of."""
        found = self.map if self.map is not None and self.until in self.map.year else Map.objects.on(self.until)
        return found if found is not None and found.year.touches(self.period.first, self.until) else None

    @cached_property
    def carried(self) -> Carried:
        return Carried(self.desk or Desk.of_first_sre(), self.period, self.today)

    @cached_property
    def items(self) -> list[Item]:
        """Those that still come back, or did at the end of a period that is over; with no more than their names."""
        found = Item.objects.coming_back_on(self.until) if self.is_over else Item.objects.coming_back()
        return list(found.only("name", "name_ja"))

    @cached_property
    def steps(self) -> Steps:
        return Steps(self.items)

    @cached_property
    def every_step(self) -> Steps:
        """Those of all items, of those too that are gone."""
        return Steps(list(Item.objects.current().only("pk")))

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
    def sums_of_items(self) -> list[sql.ItemSums]:
        """With a trend of the last three full months against the three before. One query."""
        last = self.period.last if self.is_over else months.step(self.carried.running, -1)
        late = months.step(last, 1 - TREND)
        before = (months.step(late, -TREND), months.step(late, -1))
        return sql.items((self.period.first, self.period.last), (late, last), before)

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
