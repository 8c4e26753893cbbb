"""On which days a gathering happens, which moment its local time is, and how its rule is said (R30 to R34, R39).

A pure rule: dates, times and zone names come in; days, moments and words go out. It knows no row and no request, and
nothing of holidays: who leaves days out does so with what comes out here. A series lasts at most 3 years from its
first day and has at most 400 meetings, whatever its rule says.
"""

from calendar import monthrange
from collections.abc import Callable, Iterator
from dataclasses import dataclass, fields, replace
from datetime import MAXYEAR, date
from itertools import dropwhile, islice, takewhile
from typing import Any

from django.db.models import TextChoices
from django.utils.dateformat import format as in_format
from django.utils.dates import WEEKDAYS
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext

MOST = 400  # meetings of one series
MOST_YEARS = 3  # from the first day, that day in the last year included
LONGEST_INTERVAL = 99
LAST = -1  # for `Rule.nth`
LEAP_YEAR = 2000


class Frequency(TextChoices):
    DAILY = "daily", gettext_lazy("Every day")
    WEEKLY = "weekly", gettext_lazy("Every week")
    MONTHLY = "monthly", gettext_lazy("Every month")
    YEARLY = "yearly", gettext_lazy("Every year")


class MonthlyOn(TextChoices):
    WEEKDAY = "weekday", gettext_lazy("On a weekday, such as the second Tuesday")
    DAY = "day", gettext_lazy("On a day, such as the 15th")
    LAST_DAY = "last_day", gettext_lazy("On the last day of the month")


class MonthEnd(TextChoices):
    """What happens in a month that does not have the day."""

    SKIP = "skip", gettext_lazy("Skip it")
    LAST_DAY = "last_day", gettext_lazy("Use the last day of the month")


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong with one field of a rule, for the person who filled it in."""

    field: str
    message: str | Promise


@dataclass(frozen=True, slots=True)
class Rule:
    """How a series repeats. Fields a frequency does not use stay empty.

    Any numbers can be held, so that a half-filled form has a rule to `check`. Raises ValueError for a choice there
    is not.
    """

    frequency: Frequency
    interval: int = 1  # every so many days, weeks, months or years
    weekdays: tuple[int, ...] = ()  # 0 is Monday; weekly: each of them; monthly on a weekday: that one
    monthly: MonthlyOn | None = None
    nth: int | None = None  # monthly on a weekday: 1 to 4, or LAST
    day: int | None = None  # monthly on a day; yearly with `month`
    month: int | None = None  # yearly: 1 to 12; without month and day it is the day of the year of the first date
    month_end: MonthEnd | None = None  # the answer where `needs_month_end_answer`
    count: int | None = None  # ends after so many meetings,
    until: date | None = None  # or with this local date, itself included; with neither it goes on

    def __post_init__(self) -> None:
        given: dict[str, Any] = {
            "frequency": Frequency(self.frequency),
            "weekdays": tuple(sorted(set(self.weekdays))),
            "monthly": MonthlyOn(self.monthly) if self.monthly else None,
            "month_end": MonthEnd(self.month_end) if self.month_end else None,
        }
        for name, value in given.items():
            object.__setattr__(self, name, value)

    def pinned(self, first: date) -> "Rule":
        """The same rule without anything taken from `first`: a series cut in two keeps its 29 February (R36)."""
        if self.frequency == Frequency.YEARLY and self.month is None:
            return replace(self, month=first.month, day=first.day)
        return self

    def to_json(self) -> dict[str, Any]:
        """The fields that say something, as plain JSON values; days as 2027-03-31."""
        said: dict[str, Any] = {}
        for field in fields(self):
            value = getattr(self, field.name)
            if value is None or value == ():
                continue
            if isinstance(value, date):
                value = value.isoformat()
            elif isinstance(value, TextChoices):
                value = value.value
            said[field.name] = list(value) if isinstance(value, tuple) else value
        return said

    @classmethod
    def from_json(cls, data: object) -> "Rule":
        """The rule that `to_json` gave.

        Raises ValueError, naming the field, for a field that is unknown, is none of this frequency's, has a value of
        the wrong type, or that `check` would refuse without knowing the first date.
        """
        if not isinstance(data, dict):
            raise ValueError("A rule is an object with named fields.")
        values = {}
        for name, value in data.items():
            if name not in _READERS:
                raise ValueError(f"{str(name)[:40]!r}: a rule has no such field.")
            try:
                values[name] = _READERS[name](value)
            except ValueError as error:
                raise ValueError(f"{name}: {error}") from None
        if "frequency" not in values:
            raise ValueError("frequency: it is missing.")
        rule = cls(**values)
        if strange := sorted(values.keys() - _fields_used_by(rule)):
            raise ValueError(f"{strange[0]}: it is no field of this kind of rule.")
        if faults := _faults(rule):
            raise ValueError(f"{faults[0].field}: {faults[0].message}")
        return rule


# ---- reading what was stored -----------------------------------------------------------------------


def _whole(value: object) -> int:
    if type(value) is not int:  # True is an int too
        raise ValueError("It is not a whole number.")
    return value


def _whole_numbers(value: object) -> tuple[int, ...]:
    if not isinstance(value, list) or len({*map(_whole, value)}) != len(value):
        raise ValueError("It is not a list of different whole numbers.")
    return tuple(value)


def _day(value: object) -> date:
    try:
        day = date.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        day = None
    if day is None or day.isoformat() != value:  # other forms of ISO 8601 are read too
        raise ValueError("It is not a day like 2027-03-31.")
    return day


def _one_of(choices: type[TextChoices]) -> Callable[[object], TextChoices]:
    def read(value: object) -> TextChoices:
        if not isinstance(value, str) or value not in choices.values:
            raise ValueError(f"It is none of {', '.join(choices.values)}.")
        return choices(value)

    return read


_READERS: dict[object, Callable[[object], Any]] = {
    "frequency": _one_of(Frequency),
    "interval": _whole,
    "weekdays": _whole_numbers,
    "monthly": _one_of(MonthlyOn),
    "nth": _whole,
    "day": _whole,
    "month": _whole,
    "month_end": _one_of(MonthEnd),
    "count": _whole,
    "until": _day,
}


def _fields_used_by(rule: Rule) -> set[str]:
    always = {"frequency", "interval", "count", "until"}
    match rule.frequency, rule.monthly:
        case Frequency.WEEKLY, _kind:
            return always | {"weekdays"}
        case Frequency.YEARLY, _kind:
            return always | {"month", "day", "month_end"}
        case Frequency.MONTHLY, MonthlyOn.WEEKDAY:
            return always | {"monthly", "weekdays", "nth"}
        case Frequency.MONTHLY, MonthlyOn.DAY:
            return always | {"monthly", "day", "month_end"}
        case Frequency.MONTHLY, _kind:
            return always | {"monthly"}
    return always


# ---- limits ----------------------------------------------------------------------------------------


def last_allowed(first: date) -> date:
    """The last day that a series from `first` may have: the same day 3 years later, 28 February for the 29th."""
    year = first.year + MOST_YEARS
    if year > MAXYEAR:
        return date.max
    return first.replace(year=year, day=min(first.day, monthrange(year, first.month)[1]))


def needs_month_end_answer(rule: Rule, first: date) -> bool:
    """True if the series comes to a month without its day, so that it matters what happens there (R34).

    Works for a rule that is not complete yet; a monthly one without a day is taken to mean that of `first`.
    """
    if rule.interval < 1 or (rule.frequency == Frequency.YEARLY and not _is_day_of_a_year(rule)):
        return False
    lengths = ((year, month, day, monthrange(year, month)[1]) for year, month, day in _wanted(rule, first))
    ends = (date(year, month, length) for year, month, day, length in lengths if day > length)
    return any(first <= end <= last_allowed(first) for end in ends)


def check(rule: Rule, first: date) -> list[Problem]:
    """What keeps the rule from being used with `first`, in words for the person who made it; empty if nothing does.

    A rule that passes has exactly its `count` of days, or all of them up to its `until`.
    """
    if faults := _faults(rule):
        return faults
    if rule.month_end is None and needs_month_end_answer(rule, first):
        return [Problem("month_end", _MONTH_END_QUESTIONS[rule.frequency])]
    if rule.until is not None and rule.until < first:
        return [Problem("until", gettext_lazy("The end is before the first day. Choose a later end."))]
    if rule.until is not None and rule.until > last_allowed(first):
        return [Problem("until", gettext_lazy("A series can last 3 years. Choose an earlier end."))]
    days = sum(1 for _day in _up_to(rule.until, _matching(rule, first)))
    if not days:
        text = gettext_lazy("With this rule it would never happen. Choose another day, or a later end.")
        return [Problem("frequency", text)]
    if rule.until is not None and days > MOST:
        text = gettext_lazy("That would be more than 400 times. Choose an earlier end, or meet less often.")
        return [Problem("until", text)]
    if rule.count is not None and days < rule.count:
        text = gettext_lazy("That many times would take more than 3 years. Choose fewer, or meet more often.")
        return [Problem("count", text)]
    return []


_MONTH_END_QUESTIONS = {
    Frequency.MONTHLY: gettext_lazy("Not every month has this day. Choose whether to skip it or to use the last day."),
    Frequency.YEARLY: gettext_lazy("Not every year has this day. Choose whether to skip it or to use the last day."),
}


def _faults(rule: Rule) -> list[Problem]:
    """What is wrong with the rule whatever its first date is."""
    found = []
    if not 1 <= rule.interval <= LONGEST_INTERVAL:
        found.append(Problem("interval", gettext_lazy("Choose a number from 1 to 99.")))
    if rule.frequency == Frequency.WEEKLY and not (rule.weekdays and _are_weekdays(rule)):
        found.append(Problem("weekdays", gettext_lazy("Choose at least one day of the week.")))
    if rule.frequency == Frequency.MONTHLY:
        found += _monthly_faults(rule)
    if rule.frequency == Frequency.YEARLY and not _is_day_of_a_year(rule):
        found.append(Problem("day", gettext_lazy("No year has this day. Choose another one.")))
    if rule.count is not None and rule.until is not None:
        text = gettext_lazy("End it after a number of times or on a day, not both.")
        found.append(Problem("count", text))
    elif rule.count is not None and not 1 <= rule.count <= MOST:
        found.append(Problem("count", gettext_lazy("Choose a number of times from 1 to 400.")))
    return found


def _monthly_faults(rule: Rule) -> Iterator[Problem]:
    if rule.monthly is None:
        yield Problem("monthly", gettext_lazy("Choose on which day of the month."))
    elif rule.monthly == MonthlyOn.DAY and not (rule.day and 1 <= rule.day <= 31):
        yield Problem("day", gettext_lazy("Choose a day from 1 to 31."))
    elif rule.monthly == MonthlyOn.WEEKDAY:
        if rule.nth not in (1, 2, 3, 4, LAST):
            yield Problem("nth", gettext_lazy("Choose which one of the month: the first to the fourth, or the last."))
        if len(rule.weekdays) != 1 or not _are_weekdays(rule):
            yield Problem("weekdays", gettext_lazy("Choose one day of the week."))


def _are_weekdays(rule: Rule) -> bool:
    return all(0 <= weekday <= 6 for weekday in rule.weekdays)


def _is_day_of_a_year(rule: Rule) -> bool:
    if rule.month is None or rule.day is None:
        return rule.month is rule.day  # neither: it is taken from the first date
    return 1 <= rule.month <= 12 and 1 <= rule.day <= monthrange(LEAP_YEAR, rule.month)[1]


# ---- days ------------------------------------------------------------------------------------------


def occurrences(rule: Rule, first: date, *, after: date | None = None) -> Iterator[date]:
    """The local dates of the series, each later than the one before; with `after`, those of them behind that day.

    The first of them is `first` if the rule names it, otherwise the next day that the rule names. Intervals are
    counted from the day, the ISO week (Monday to Sunday), the month or the year in which `first` lies, even when the
    rule names no day between `first` and the end of it. `count` counts what comes out without `after`, so that a
    place in the middle shifts nothing; to get there takes at most 400 steps.

    Raises ValueError for a rule that `check` refuses whatever the first date is.
    """
    if faults := _faults(rule):
        raise ValueError(f"{faults[0].field}: {faults[0].message}")
    days = _up_to(rule.until, islice(_matching(rule, first), rule.count or MOST))
    return days if after is None else dropwhile(lambda day: day <= after, days)


def _up_to(until: date | None, days: Iterator[date]) -> Iterator[date]:
    return days if until is None else takewhile(lambda day: day <= until, days)


def _matching(rule: Rule, first: date) -> Iterator[date]:
    """Every day that the rule names from `first` to the last one allowed, whatever its end."""
    last = last_allowed(first)
    match rule.frequency:
        case Frequency.DAILY:
            numbers = iter(range(first.toordinal(), last.toordinal() + 1, rule.interval))
            return map(date.fromordinal, numbers)
        case Frequency.WEEKLY:
            monday = first.toordinal() - first.weekday()
            mondays = range(monday, last.toordinal() + 1, 7 * rule.interval)
            numbers = (monday + weekday for monday in mondays for weekday in rule.weekdays)
            within = (number for number in numbers if first.toordinal() <= number <= last.toordinal())
            return map(date.fromordinal, within)
        case _:
            days = _weekdays_of_months(rule, first) if rule.monthly == MonthlyOn.WEEKDAY else _placed(rule, first)
            return (day for day in days if first <= day <= last)


def _months(first: date, step: int) -> Iterator[tuple[int, int]]:
    """(year, month) of every `step`-th month from that of `first` to that of the last day allowed."""
    last = last_allowed(first)
    for index in range(first.year * 12 + first.month - 1, last.year * 12 + last.month, step):
        yield index // 12, index % 12 + 1


def _weekdays_of_months(rule: Rule, first: date) -> Iterator[date]:
    [weekday] = rule.weekdays
    for year, month in _months(first, rule.interval):
        weekday_of_first, length = monthrange(year, month)
        day = 1 + (weekday - weekday_of_first) % 7  # the first such one
        day += 7 * ((length - day) // 7 if rule.nth == LAST else (rule.nth or 1) - 1)
        yield date(year, month, day)


def _placed(rule: Rule, first: date) -> Iterator[date]:
    for year, month, day in _wanted(rule, first):
        length = monthrange(year, month)[1]
        if day <= length:
            yield date(year, month, day)
        elif rule.month_end == MonthEnd.LAST_DAY or rule.monthly == MonthlyOn.LAST_DAY:
            yield date(year, month, length)


def _wanted(rule: Rule, first: date) -> Iterator[tuple[int, int, int]]:
    """(year, month, day) that a monthly or yearly rule asks for, be there such a day or not."""
    if rule.frequency == Frequency.YEARLY:
        for year in range(first.year, last_allowed(first).year + 1, rule.interval):
            yield year, rule.month or first.month, rule.day or first.day
    elif rule.frequency == Frequency.MONTHLY and rule.monthly == MonthlyOn.DAY:
        for year, month in _months(first, rule.interval):
            yield year, month, rule.day or first.day
    elif rule.frequency == Frequency.MONTHLY and rule.monthly == MonthlyOn.LAST_DAY:
        for year, month in _months(first, rule.interval):
            yield year, month, monthrange(year, month)[1]


# ---- words -----------------------------------------------------------------------------------------


def described(rule: Rule, first: date) -> str:
    """The rule in words, in the reader's language: “Every second Friday, until 3 March 2027”.

    For a rule that `check` accepts.
    """
    match rule.frequency:
        case Frequency.DAILY:
            said = _said_daily(rule.interval)
        case Frequency.WEEKLY:
            said = _said_weekly(rule)
        case Frequency.MONTHLY:
            said = _said_monthly(rule)
        case _:
            said = _said_yearly(rule, first)
    if needs_month_end_answer(rule, first):
        said = _with_month_end(rule) % {"rule": said}
    if rule.until is not None:
        return _("%(rule)s, until %(day)s") % {"rule": said, "day": date_format(rule.until)}
    if rule.count is not None:
        return ngettext("%(rule)s, once", "%(rule)s, %(n)s times", rule.count) % {"rule": said, "n": rule.count}
    return said


def _said_daily(interval: int) -> str:
    if interval == 1:
        return _("Every day")
    if interval == 2:
        return _("Every second day")
    return ngettext("Every %(n)s day", "Every %(n)s days", interval) % {"n": interval}


def _said_weekly(rule: Rule) -> str:
    interval, weekdays = rule.interval, rule.weekdays
    names = [str(WEEKDAYS[weekday]) for weekday in weekdays]
    said = {"n": interval, "days": _listed(names), "weekday": names[0]}
    if interval > 2:
        return ngettext("Every %(n)s week on %(days)s", "Every %(n)s weeks on %(days)s", interval) % said
    if len(names) == 1:
        return (_("Every %(weekday)s") if interval == 1 else _("Every second %(weekday)s")) % said
    if interval == 2:
        return _("Every second week on %(days)s") % said
    if 2 < len(names) == weekdays[-1] - weekdays[0] + 1:
        return _("Every week from %(first)s to %(last)s") % {"first": names[0], "last": names[-1]}
    return _("Every week on %(days)s") % said


def _listed(names: list[str]) -> str:
    """“Monday, Wednesday and Friday”."""
    said = names[0]
    for name in names[1:-1]:
        said = _("%(days)s, %(day)s") % {"days": said, "day": name}
    return _("%(days)s and %(day)s") % {"days": said, "day": names[-1]} if len(names) > 1 else said


_NTH = {
    1: gettext_lazy("the first %(weekday)s"),
    2: gettext_lazy("the second %(weekday)s"),
    3: gettext_lazy("the third %(weekday)s"),
    4: gettext_lazy("the fourth %(weekday)s"),
    LAST: gettext_lazy("the last %(weekday)s"),
}


def _said_monthly(rule: Rule) -> str:
    said = {"n": rule.interval, "day": _said_day_of_month(rule)}
    if rule.interval == 1:
        return _("On %(day)s of every month") % said
    if rule.interval == 2:
        return _("On %(day)s of every second month") % said
    return ngettext("Every %(n)s month on %(day)s", "Every %(n)s months on %(day)s", rule.interval) % said


def _said_day_of_month(rule: Rule) -> str:
    if rule.monthly == MonthlyOn.WEEKDAY:
        return str(_NTH[rule.nth or LAST]) % {"weekday": WEEKDAYS[rule.weekdays[0]]}
    if rule.monthly == MonthlyOn.LAST_DAY:
        return _("the last day")
    of_long_month = date(LEAP_YEAR, 1, rule.day or 1)
    return _("the %(day)s") % {"day": in_format(of_long_month, pgettext("format of a day of the month", "jS"))}


def _said_yearly(rule: Rule, first: date) -> str:
    day = date(LEAP_YEAR, rule.month or first.month, rule.day or first.day)
    said = {"n": rule.interval, "day": in_format(day, pgettext("format of a day of the year", "j F"))}
    if rule.interval == 1:
        return _("Every year on %(day)s") % said
    if rule.interval == 2:
        return _("Every second year on %(day)s") % said
    return ngettext("Every %(n)s year on %(day)s", "Every %(n)s years on %(day)s", rule.interval) % said


def _with_month_end(rule: Rule) -> str:
    yearly, skips = rule.frequency == Frequency.YEARLY, rule.month_end != MonthEnd.LAST_DAY
    if yearly:
        return _("%(rule)s, in leap years only") if skips else _("%(rule)s, or the last day of February")
    return _("%(rule)s, skipping shorter months") if skips else _("%(rule)s, or the last day of a shorter month")
