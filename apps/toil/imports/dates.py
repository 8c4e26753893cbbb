"""Days as other programs write them, with or without a time: 2026-11-12, 12/Nov/26 9:05 AM, 令和8年11月12日.

Whether 12/11 is in November or in December only the whole file can tell, and sometimes nobody but the person
who brings it; `guess_order` says which case it is, and `read` never decides it for a single cell.
"""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, timezone, tzinfo

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from apps.toil.imports.errors import CellError, say

FIRST_YEAR, LAST_YEAR = 1970, 2100
_LONGEST_TEXT = 60


class Order(TextChoices):
    DMY = "dmy", _("Day, month, year")
    MDY = "mdy", _("Month, day, year")
    YMD = "ymd", _("Year, month, day")
    AMBIGUOUS = "ambiguous", _("The file does not tell")


@dataclass(frozen=True, slots=True)
class Moment:
    """A day and, where the text has one, the time on the clock that day."""

    day: date
    clock: time | None = None


_MONTHS = {"jan": 1, "feb": 2, "mar": 3, "apr": 4, "may": 5, "jun": 6}
_MONTHS |= {"jul": 7, "aug": 8, "sep": 9, "oct": 10, "nov": 11, "dec": 12}

_YEAR_FIRST = re.compile(r"(?P<y>[0-9]{4})(?P<sign>[-/.])(?P<m>[0-9]{1,2})(?P=sign)(?P<d>[0-9]{1,2})(?![0-9])")
_KANJI = re.compile(r"(?P<y>[0-9]{4})\s*年\s*(?P<m>[0-9]{1,2})\s*月\s*(?P<d>[0-9]{1,2})\s*日")
_ERA_KANJI = re.compile(
    r"(?P<era>令和|平成)\s*(?P<y>[0-9]{1,2}|元)\s*年\s*(?P<m>[0-9]{1,2})\s*月\s*(?P<d>[0-9]{1,2})\s*日"
)
_ERA = re.compile(
    r"(?P<era>[RrHh])(?P<y>[0-9]{1,2})(?P<sign>[-/.])(?P<m>[0-9]{1,2})(?P=sign)(?P<d>[0-9]{1,2})(?![0-9])"
)
# The year before the first of each Japanese era.
_ERA_STARTS = {"令和": 2018, "r": 2018, "平成": 1988, "h": 1988}
_COMPACT = re.compile(r"(?P<y>[0-9]{4})(?P<m>[0-9]{2})(?P<d>[0-9]{2})(?![0-9])")
_NAMED = re.compile(r"(?P<d>[0-9]{1,2})[-/. ]+(?P<name>[A-Za-z]{3,9})\.?[-/, ]+(?P<y>[0-9]{4}|[0-9]{2})(?![0-9])")
# Jira in Japanese: 12/11月/26 9:05 午前.
_NAMED_MONTH = re.compile(r"(?P<d>[0-9]{1,2})/(?P<m>[0-9]{1,2})月/(?P<y>[0-9]{4}|[0-9]{2})(?![0-9])")
_NAME_FIRST = re.compile(r"(?P<name>[A-Za-z]{3,9})\.? +(?P<d>[0-9]{1,2}),? +(?P<y>[0-9]{4})(?![0-9])")
_NUMERIC = re.compile(r"(?P<a>[0-9]{1,2})(?P<sign>[-/.])(?P<b>[0-9]{1,2})(?P=sign)(?P<c>[0-9]{4}|[0-9]{2})(?![0-9])")
_PAIR_KANJI = re.compile(r"(?P<m>[0-9]{1,2})\s*月\s*(?P<d>[0-9]{1,2})\s*日")
_PAIR = re.compile(r"(?P<a>[0-9]{1,2})/(?P<b>[0-9]{1,2})(?![0-9/])")
_WEEKDAY_BEFORE = re.compile(r"(?:mon|tues?|wed(?:nes)?|thu(?:rs)?|fri|sat(?:ur)?|sun)(?:day)?[.,]?\s+", re.IGNORECASE)
_WEEKDAY_AFTER = re.compile(r"\s*\([^()]{1,9}\)")
_CLOCK = re.compile(
    r"(?P<before>[AaPp][Mm]|午前|午後)?\s*(?P<h>[0-9]{1,2})[:時](?P<m>[0-9]{1,2})分?"
    r"(?::(?P<s>[0-9]{1,2})(?:[.,][0-9]{1,9})?)?\s*(?P<after>[AaPp]\.?[Mm]\.?|午前|午後)?"
    r"\s*(?P<offset>[Zz]|[+-][0-9]{2}:?[0-9]{2})?"
)


def read(text: str, order: Order, zone: tzinfo | None = None, today: date | None = None) -> Moment:
    """The day a text names, and its time if there is one.

    A day without a year (11/12, 11月12日) is the last such day up to `today`, and none where that is not given.

    A time with an offset (2026-11-12T23:30Z) is moved to `zone` when one is given, otherwise taken as the
    clock it shows. Years of two digits are of this century. Raises CellError: `missing`, `day`, `day_order`
    (two days fit and `order` does not decide), `day_other_order` (it fits another order than the one given).
    """
    text = text.strip()[:_LONGEST_TEXT]
    folded = _fold(text)
    if not folded:
        raise CellError("missing", _("The day is empty in this row."))
    for pattern in (_YEAR_FIRST, _KANJI, _COMPACT, _NAMED, _NAMED_MONTH, _NAME_FIRST, _ERA_KANJI, _ERA):
        if found := pattern.match(folded):
            day = _from_parts(found)
            break
    else:
        found = _NUMERIC.match(folded)
        if found:
            day = _ordered(_readings(found), order, text)
        elif today and (found := _PAIR_KANJI.match(folded)):
            day = _last(int(found["m"]), int(found["d"]), today)
        elif today and (found := _PAIR.match(folded)):
            # Whoever puts the year first puts the month before the day.
            pair_order = Order.MDY if order is Order.YMD else order
            day = _ordered(_readings_of_pair(found, today), pair_order, text)
    if found is None or day is None:
        raise _unreadable(text)
    rest = folded[found.end() :]
    if weekday := _WEEKDAY_AFTER.match(rest):
        rest = rest[weekday.end() :]
    rest = rest.lstrip(" T,")
    return _with_clock(day, rest, zone, text) if rest else Moment(day)


def read_clock(text: str) -> time | None:
    """A time of day such as 9:05, 09:05:10, 9:05 AM or 午後3時05分; None where the text is none or empty."""
    found = _CLOCK.fullmatch(_fold(text))
    return _clock(found) if found else None


def names_a_day(text: str) -> bool:
    """Whether a text is a day in some order, a day without a year included."""
    try:
        read(text, Order.AMBIGUOUS, today=date(LAST_YEAR, 12, 31))
    except CellError as error:
        return error.code == "day_order"
    return True


def guess_order(samples: Iterable[str]) -> Order:
    """The order of day, month and year that fits every sample; one value above 12 settles it for all.

    Dots put the day first. YMD also stands for a file in which no date needs an order. AMBIGUOUS if two
    orders fit all, or none does: then the person who brings the file is asked.
    """
    left: set[Order] | None = None
    for sample in samples:
        folded = _fold(sample)
        if found := _NUMERIC.match(folded):
            readings = _readings(found)
        elif found := _PAIR.match(folded):
            readings = _readings_of_pair(found, date(2024, 12, 31))  # the year does not matter for the order
        else:
            continue
        if readings:
            left = set(readings) if left is None else left & set(readings)
    if left is None:
        return Order.YMD
    return left.pop() if len(left) == 1 else Order.AMBIGUOUS


def _fold(text: str) -> str:
    return _WEEKDAY_BEFORE.sub("", unicodedata.normalize("NFKC", text[:_LONGEST_TEXT]).strip(), count=1)


def _from_parts(found: re.Match[str]) -> date | None:
    parts = found.groupdict()
    month = _MONTHS.get(parts["name"][:3].lower(), 0) if "name" in parts else int(parts["m"])
    year = parts["y"]
    if "era" in parts:
        year = str(_ERA_STARTS[parts["era"].lower()] + (1 if year == "元" else int(year)))
    return _day(year, month, int(parts["d"]))


def _readings_of_pair(found: re.Match[str], today: date) -> dict[Order, date]:
    first, second = int(found["a"]), int(found["b"])
    possible = {Order.DMY: _last(second, first, today), Order.MDY: _last(first, second, today)}
    return {order: day for order, day in possible.items() if day is not None}


def _last(month: int, day: int, today: date) -> date | None:
    """The last such day up to `today`; leap days may lie eight years back."""
    years = (_day(str(year), month, day) for year in range(today.year, today.year - 9, -1))
    return next((found for found in years if found and found <= today), None)


def _readings(found: re.Match[str]) -> dict[Order, date]:
    """Every order under which three numbers are a day."""
    first, second, last = found["a"], found["b"], found["c"]
    possible = {Order.DMY: _day(last, int(second), int(first))}
    if found["sign"] != ".":
        possible[Order.MDY] = _day(last, int(first), int(second))
    if len(last) == 2:
        possible[Order.YMD] = _day(first, int(second), int(last))
    return {order: day for order, day in possible.items() if day is not None}


def _ordered(readings: dict[Order, date], order: Order, text: str) -> date | None:
    if order in readings:
        return readings[order]
    days = set(readings.values())
    if not days:
        return None
    # A file of years first may hold a date with its year last; its order says nothing about that one.
    undecided = order is Order.AMBIGUOUS or (order is Order.YMD and Order.YMD not in readings)
    if undecided and len(days) == 1:
        return days.pop()
    if undecided:
        raise CellError(
            "day_order",
            say(
                _("“%(text)s” can be two days. Say whether the day or the month comes first in this file."),
                text=text,
            ),
        )
    raise CellError(
        "day_other_order",
        say(
            _("“%(text)s” is no day in the order “%(order)s”. Choose another order or correct this row."),
            text=text,
            order=order.label,
        ),
    )


def _day(year: str, month: int, day: int) -> date | None:
    try:
        found = date(int(year) + 2000 if len(year) <= 2 else int(year), month, day)
    except ValueError:
        return None
    return found if FIRST_YEAR <= found.year <= LAST_YEAR else None


def _with_clock(day: date, rest: str, zone: tzinfo | None, text: str) -> Moment:
    found = _CLOCK.fullmatch(rest)
    clock = _clock(found) if found else None
    if found is None or clock is None:
        raise _unreadable(text)
    if zone is not None and (offset := found["offset"]):
        moved = datetime.combine(day, clock, _offset(offset)).astimezone(zone)
        return Moment(moved.date(), moved.time())
    return Moment(day, clock)


def _clock(found: re.Match[str]) -> time | None:
    hour, minute, second = int(found["h"]), int(found["m"]), int(found["s"] or 0)
    half = (found["before"] or found["after"] or "").lower().replace(".", "")
    if half:
        if hour > 12:
            return None
        hour = hour % 12 + (12 if half in ("pm", "午後") else 0)
    try:
        return time(hour, minute, second)
    except ValueError:
        return None


def _offset(text: str) -> timezone:
    if text in "Zz":
        return UTC
    hours, minutes = int(text[1:3]), int(text[-2:])
    length = timedelta(hours=min(hours, 23), minutes=min(minutes, 59))
    return timezone(-length if text[0] == "-" else length)


def _unreadable(text: str) -> CellError:
    return CellError(
        "day",
        say(
            _("“%(text)s” does not read as a day. Write it like 2026-11-12."),
            text=text,
        ),
    )
