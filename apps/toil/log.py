"""The log as people look through it: filters from the address, pages by keyset, days with their sums."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields, replace
from datetime import date, timedelta
from urllib.parse import urlencode

from django.db.models import Q, Sum

from apps.stakeholders.models import Stakeholder
from apps.toil.lines import Line, lines
from apps.toil.models import Area, Item
from apps.toil.models.entry import EntryQuerySet
from apps.web.models.merge import where_it_went
from apps.web.text import whole_day, whole_number

PAGE = 50
NONE = "none"  # what has no category, no area, or is for nobody in particular
PERIODS = {"7": 7, "30": 30, "90": 90, "365": 365}


@dataclass(frozen=True, slots=True)
class Filters:
    """What the address asks for. Anything unreadable counts as not said."""

    who: str = ""  # "me", a member's id, or "" for everyone
    item: int | None = None
    category: int | str | None = None  # an id, or NONE
    stakeholder: int | str | None = None  # the same
    area: str = ""  # one of `Area`, or NONE
    days: str = ""
    since: date | None = None
    until: date | None = None
    q: str = ""

    @classmethod
    def read(cls, query: Mapping[str, str]) -> "Filters":
        return cls(
            who=who if (who := query.get("who", "")) == "me" or whole_number(who) else "",
            item=whole_number(query.get("item", "")),
            category=_one_or_none(query.get("category", "")),
            stakeholder=_one_or_none(query.get("stakeholder", "")),
            area=area if (area := query.get("area", "")) in (*Area, NONE) else "",
            days=days if (days := query.get("days", "")) in PERIODS else "",
            since=whole_day(query.get("since", "")),
            until=whole_day(query.get("until", "")),
            q=query.get("q", "").replace("\0", "").strip()[:200],
        )

    def standing(self) -> "Filters":
        """The same, with what has been merged since the address was written standing for where it went."""
        item = self.item and where_it_went(Item, self.item)
        group = self.stakeholder
        group = where_it_went(Stakeholder, group) if isinstance(group, int) else group
        return replace(self, item=item, stakeholder=group)

    def without(self, *names: str, **changes) -> str:
        """The query string of these filters with some left out or replaced."""
        said = {f.name: getattr(self, f.name) for f in fields(self) if f.name not in names} | changes
        return urlencode({name: value for name, value in said.items() if value})

    @property
    def hidden(self) -> list[tuple[str, object]]:
        """What the search form carries along: filters that have a menu of their own."""
        return [(name, value) for name in ("item", "category", "stakeholder", "days") if (value := getattr(self, name))]

    @property
    def is_reversed(self) -> bool:
        """True when it asks for days from a day to one before it."""
        return bool(self.since and self.until and self.since > self.until)

    @property
    def any_of_more(self) -> bool:
        """True when a filter is set that only the longer form shows."""
        return bool(self.since or self.until or self.area or self.who not in ("", "me"))

    @property
    def counts(self) -> bool:
        """True where the sum of what is shown says something, and no text has to be searched for it."""
        said = (self.item, self.category, self.stakeholder, self.area, self.days, self.since, self.until)
        return any(said) and not self.q

    @property
    def mine(self) -> str:
        return self.without(who="me")

    @property
    def everyone(self) -> str:
        return self.without("who")

    @property
    def any_item(self) -> str:
        return self.without("item")

    @property
    def any_set(self) -> bool:
        return bool(self.without("who"))

    def apply(self, entries: EntryQuerySet, member, today: date) -> EntryQuerySet:
        """Narrows `entries`. `today` is where the member is."""
        if self.who:
            entries = entries.filter(member=member if self.who == "me" else int(self.who))
        if self.item:
            entries = entries.filter(item=self.item)
        for column, value in (("stakeholder", self.stakeholder), ("item__category", self.category)):
            if value:
                entries = entries.filter(**{column: None if value == NONE else value})
        if self.area:
            entries = entries.filter(item__area="" if self.area == NONE else self.area)
        if self.days:
            entries = entries.filter(day__gt=today - timedelta(days=PERIODS[self.days]))
        if self.since:
            entries = entries.filter(day__gte=self.since)
        if self.until:
            entries = entries.filter(day__lte=self.until)
        for word in self.q.split()[:6]:
            entries = entries.filter(
                Q(note__icontains=word) | Q(item__name__icontains=word) | Q(item__name_ja__icontains=word)
            )
        return entries


@dataclass(slots=True)
class Day:
    day: date
    minutes: int
    entries: list[Line] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Page:
    days: list[Day]
    before: str  # keyset of the next page, "" on the last


def page(entries: EntryQuerySet, before: str = "") -> Page:
    """Up to fifty entries, newest first, grouped by day; `before` is the keyset of the page above. Two queries."""
    position = _keyset(before)
    shown = entries
    if position:
        day, pk = position
        shown = entries.filter(Q(day__lt=day) | Q(day=day, id__lt=pk), day__lte=day)
    rows = lines(shown.newest_first()[: PAGE + 1])
    more = len(rows) > PAGE
    rows = rows[:PAGE]
    return Page(_by_day(rows, entries), f"{rows[-1].day.isoformat()}.{rows[-1].pk}" if more else "")


def _by_day(rows: Iterable[Line], entries: EntryQuerySet) -> list[Day]:
    """Groups rows by day. A day's sum is of the whole day, also of the part on another page."""
    days: dict[date, Day] = {}
    for row in rows:
        days.setdefault(row.day, Day(row.day, 0)).entries.append(row)
    if days:
        sums = entries.filter(day__range=(min(days), max(days))).order_by().values("day").annotate(m=Sum("minutes"))
        for day, minutes in sums.values_list("day", "m"):
            if day in days:
                days[day].minutes = minutes
    return list(days.values())


def _one_or_none(text: str) -> int | str | None:
    return NONE if text == NONE else whole_number(text)


def _keyset(text: str) -> tuple[date, int] | None:
    day, _dot, pk = text.partition(".")
    return (d, i) if (d := whole_day(day)) and (i := whole_number(pk)) else None
