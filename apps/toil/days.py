"""Days as people write them in a line: today, 昨日, friday, 先週の金曜, 3 days ago, 20 Nov, 11/12, 2026-11-12.

A pure rule: the phrase and what day it is now come in, a day goes out. Days without a year are the last such day.
"""

import re
from datetime import date, timedelta

MOST_WORDS = 3

_RELATIVE = {
    **dict.fromkeys(("tomorrow", "明日"), -1),
    **dict.fromkeys(("today", "今日", "きょう", "本日"), 0),
    **dict.fromkeys(("yesterday", "昨日", "きのう"), 1),
    **dict.fromkeys(("一昨日", "おととい"), 2),
}
_WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_LONG_MONTHS = ("uary", "ruary", "ch", "il", "", "e", "y", "ust", "tember", "ober", "ember", "ember")
_KANJI = "月火水木金土日"
_ISO = re.compile(r"(\d{4})[-/](\d{1,2})[-/](\d{1,2})")
_MONTH_DAY = re.compile(r"(\d{1,2})/(\d{1,2})|(\d{1,2})月(\d{1,2})日")
_NAMED_MONTH = re.compile(
    r"(?:(?P<d1>\d{1,2}) (?P<m1>[a-z]{3,9})|(?P<m2>[a-z]{3,9}) (?P<d2>\d{1,2}))(?: (?P<y>\d{4}))?"
)
_AGO = re.compile(r"(\d{1,3}) ?(?:日前|days? ago)")
_WEEK_KANJI = re.compile(r"(?P<week>先週|今週)の?(?P<day>[月火水木金土日])曜?日?")


def read(phrase: str, today: date) -> date | None:
    """The day that the whole phrase means (lower case, narrow signs), or None.

    Raises ValueError for a day that no calendar has.
    """
    if phrase in _RELATIVE:
        return today - timedelta(days=_RELATIVE[phrase])
    if (weekday := _weekday(phrase)) is not None:
        return today - timedelta(days=(today.weekday() - weekday) % 7)
    if phrase.startswith("last ") and (weekday := _weekday(phrase.removeprefix("last "))) is not None:
        return today - timedelta(days=(today.weekday() - weekday - 1) % 7 + 1)
    if week := _WEEK_KANJI.fullmatch(phrase):
        monday = today - timedelta(days=today.weekday() + (7 if week["week"] == "先週" else 0))
        return monday + timedelta(days=_KANJI.index(week["day"]))
    if ago := _AGO.fullmatch(phrase):
        return today - timedelta(days=int(ago[1]))
    if iso := _ISO.fullmatch(phrase):
        return date(*map(int, iso.groups()))
    if short := _MONTH_DAY.fullmatch(phrase):
        month, day = (int(group) for group in short.groups() if group)
        return _last(month, day, today)
    if named := _NAMED_MONTH.fullmatch(phrase):
        return _of_named_month(named, today)
    return None


def _of_named_month(found: re.Match, today: date) -> date | None:
    name, day = found["m1"] or found["m2"], int(found["d1"] or found["d2"])
    month = next((n for n, m in enumerate(_MONTHS, 1) if name in (m, m + _LONG_MONTHS[n - 1])), None)
    if month is None:
        return None
    return date(int(found["y"]), month, day) if found["y"] else _last(month, day, today)


def _last(month: int, day: int, today: date) -> date:
    """The last such day up to today. Raises ValueError where there is none."""
    if (month, day) == (2, 29):
        return _leap_day(today)
    this_year = date(today.year, month, day)
    return this_year if this_year <= today else this_year.replace(year=today.year - 1)


def _leap_day(today: date) -> date:
    """The last 29 February up to today."""
    year = today.year
    while True:
        try:
            if (day := date(year, 2, 29)) <= today:
                return day
        except ValueError:
            pass
        year -= 1


def _weekday(word: str) -> int | None:
    if word in _WEEKDAYS:
        return _WEEKDAYS.index(word)
    for number, name in enumerate(_WEEKDAYS):
        if word == name[:3]:
            return number
    if len(word) in (2, 3) and word[0] in _KANJI and word[1:] in ("曜", "曜日"):
        return _KANJI.index(word[0])
    return None
