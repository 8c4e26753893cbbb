"""Lengths of time as other programs write them into a file: 01:30:00, 1.5 h, 90, 1d 2h, PT1H30M, 1時間30分.

What a person types by hand is read elsewhere; here a bare number means what its column says, and nothing is
guessed per row. Where neither the column nor its numbers tell, `UNCLEAR` has the person asked. A file's row may not
pass a day, because an entry belongs to one day.
"""

import re
import unicodedata
from collections.abc import Iterable
from datetime import time
from decimal import ROUND_HALF_UP, Decimal

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from apps.toil import durations as typed
from apps.toil.imports.errors import CellError, say

DAY_MINUTES = 24 * 60
_LONGEST_TEXT = 40


class Unit(TextChoices):
    HOURS = "hours", _("Hours")
    MINUTES = "minutes", _("Minutes")
    SECONDS = "seconds", _("Seconds")
    UNCLEAR = "unclear", _("The file does not tell")


_SECONDS = {Unit.HOURS: 3600, Unit.MINUTES: 60, Unit.SECONDS: 1}

# Tempo writes 25 minutes as 0.41666666666666667 hours.
_NUMBER = r"[0-9]{1,9}(?:[.,][0-9]{1,20})?"
_CLOCK = re.compile(
    r"(?P<hours>[0-9]{1,4}):(?P<minutes>[0-5]?[0-9])(?::(?P<seconds>[0-5]?[0-9])(?:[.,][0-9]+)?)?"
    r"(?:\s*(?:hours?|hrs?|h|時間))?"
)
# Toggl Track, where lengths are set to “47:06 min”.
_MINUTES_SECONDS = re.compile(r"(?P<minutes>[0-9]{1,4}):(?P<seconds>[0-5][0-9])\s*min(?:utes)?")
_THOUSANDS = re.compile(r"[0-9]{1,3}(?:,[0-9]{3})+")
_ISO = re.compile(rf"p(?:(?P<d>{_NUMBER})d)?(?:t(?:(?P<h>{_NUMBER})h)?(?:(?P<m>{_NUMBER})m)?(?:(?P<s>{_NUMBER})s)?)?")
_PART = re.compile(
    rf"(?P<number>{_NUMBER})\s*(?P<unit>"
    r"weeks?|w|週間?|days?|d|日|hours?|hrs?|h|時間|minutes?|mins?|m|分|seconds?|secs?|s|秒)?\.?"
    r"(?P<half>半)?[\s,]*"
)
# Jira's own defaults: a day of eight hours, a week of five days.
_PART_SECONDS = {"w": 5 * 8 * 3600, "週": 5 * 8 * 3600, "d": 8 * 3600, "日": 8 * 3600}
_PART_SECONDS |= {"h": 3600, "時": 3600, "m": 60, "分": 60, "s": 1, "秒": 1}


def read(text: str, unit: Unit) -> int:
    """Whole minutes, halves rounded up; anything above nothing is at least one minute.

    `unit` is what a bare number counts; it has no say where the text names its own. Raises CellError:
    `missing`, `duration`, `duration_zero`, `duration_over_day`.
    """
    exact = seconds(text, unit)
    if exact == 0:
        raise CellError("duration_zero", _("This row says no time was spent, so there is nothing to log."))
    minutes = max(1, int((exact / 60).quantize(Decimal(1), ROUND_HALF_UP)))
    if exact > DAY_MINUTES * 60:
        raise CellError(
            "duration_over_day",
            _("This is more than 24 hours in one row. Split it into the days it was worked on."),
        )
    return minutes


def seconds(text: str, unit: Unit) -> Decimal:
    """The exact seconds a text stands for, however many. Raises CellError: `missing`, `duration`."""
    folded = _folded(text)
    if not folded:
        raise CellError("missing", _("The time spent is empty in this row."))
    if len(folded) <= _LONGEST_TEXT:
        if unit is Unit.UNCLEAR and (re.fullmatch(_NUMBER, folded) or _THOUSANDS.fullmatch(folded)):
            raise CellError(
                "duration_unit",
                say(
                    _("“%(text)s” can be hours or minutes. Say what bare numbers count in this file."),
                    text=text.strip(),
                ),
            )
        for reading in (_clock(folded), _bare(folded, unit), _iso(folded), _spelled(folded), _range(folded)):
            if reading is not None:
                return reading
    raise CellError(
        "duration",
        say(
            _("“%(text)s” does not read as a time spent. Write it like 1:30, 1.5 h or 90."),
            text=text.strip()[:_LONGEST_TEXT],
        ),
    )


def guess_unit(header: str, cells: Iterable[str], *, large: Unit = Unit.MINUTES) -> Unit | None:
    """What bare numbers count in a column: by the column's name, else by how they are written and how large they are.

    `large` says what whole numbers above 24 are where the name is silent: minutes for people's own lists, seconds
    for programs that store them. UNCLEAR if nothing decides (whole numbers up to 24), None if no number is bare.
    """
    if (named := _unit_named_in(header)) is not None:
        return named
    written = [_folded(cell) for cell in cells if is_bare(cell)]
    if not written:
        return None
    numbers = sorted(map(_decimal, written))
    # Nobody writes 0.5 minutes. One 26.50 among them is a slip of that row, not another unit for the file.
    if any("." in text or "," in text for text in written) and numbers[len(numbers) // 2] <= 24:
        return Unit.HOURS
    if numbers[-1] > DAY_MINUTES:
        return Unit.SECONDS
    return large if numbers[-1] > 24 else Unit.UNCLEAR


def is_bare(text: str) -> bool:
    """Whether a text is a number without a unit."""
    return re.fullmatch(_NUMBER, _folded(text)) is not None


def start_of_range(text: str) -> time | None:
    """When the work of a cell like 9:00-9:25 began; None where it is no range."""
    span = _span(_folded(text))
    return span.start if span else None


def _clock(text: str) -> Decimal | None:
    if found := _MINUTES_SECONDS.fullmatch(text):
        return Decimal(int(found["minutes"]) * 60 + int(found["seconds"]))
    found = _CLOCK.fullmatch(text)
    if found is None:
        return None
    hours, minutes, rest = (int(found[part] or 0) for part in ("hours", "minutes", "seconds"))
    return Decimal(hours * 3600 + minutes * 60 + rest)


def _bare(text: str, unit: Unit) -> Decimal | None:
    # “1,250” hours is one and a quarter; “1,250” minutes or seconds is more than a thousand.
    if unit is not Unit.HOURS and len(text) <= 12 and _THOUSANDS.fullmatch(text):
        return Decimal(text.replace(",", "")) * _SECONDS[unit]
    return _decimal(text) * _SECONDS[unit] if re.fullmatch(_NUMBER, text) else None


def _range(text: str) -> Decimal | None:
    span = _span(text)
    return Decimal(span.minutes * 60) if span else None


def _span(text: str) -> typed.Span | None:
    """From–to, as a person types it. Only with minutes in it: 8-9 may be a guess of eight or nine hours."""
    if ":" not in text:
        return None
    try:
        span = typed.read_span(text)
    except typed.DurationError:
        return None
    return span if span.start else None


def _iso(text: str) -> Decimal | None:
    found = _ISO.fullmatch(text)
    if found is None or not any(found.groups()):
        return None
    lengths = {"d": 24 * 3600, "h": 3600, "m": 60, "s": 1}
    return sum((_decimal(found[part]) * length for part, length in lengths.items() if found[part]), Decimal(0))


def _spelled(text: str) -> Decimal | None:
    """1h 30m, 1 h 30, 1.5 hours, 1時間半: every number has a unit, but minutes after hours may go without."""
    total, position, before = Decimal(0), 0, ""
    while position < len(text):
        found = _PART.match(text, position)
        if found is None:
            return None
        unit = (found["unit"] or "")[:1] or ("m" if before in ("h", "時") else "")
        if not unit or (before and _PART_SECONDS[unit] >= _PART_SECONDS[before]):
            return None
        length = _PART_SECONDS[unit]
        total += _decimal(found["number"]) * length + (Decimal(length) / 2 if found["half"] else 0)
        position, before = found.end(), unit
    return total


def _unit_named_in(header: str) -> Unit | None:
    name = unicodedata.normalize("NFKC", header).casefold()
    # 作業時間 is “time worked” and names no unit, 作業時間(分) does: seconds and minutes come first.
    if re.search(r"\bsec(ond)?s?\b|_s(ec(ond)?s?)?\b|\(s\)|秒", name):
        return Unit.SECONDS
    if re.search(r"\bmin(ute)?s?\b|_min(ute)?s?\b|\(m\)|分(?!類)", name):
        return Unit.MINUTES
    if re.search(r"\bh(ou)?rs?\b|_h(ou)?rs?\b|\(h\)|\[h\]|decimal|時間数|人時|\(時間\)", name):
        return Unit.HOURS
    return None


def _folded(text: str) -> str:
    return unicodedata.normalize("NFKC", text).strip().lower()


def _decimal(text: str) -> Decimal:
    return Decimal(text.replace(",", "."))
