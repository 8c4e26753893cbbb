"""How long something took: reading what people type, and writing it as they read it. Whole minutes throughout.

Read are `25m`, `90 min`, `1h30`, `1.5h`, `1:30`, `01:30:00`, 25分, 1時間半, and clock ranges such as `8-9.15`;
full-width signs count as their narrow twins. Serves the quick log, the forms and the week sheet (product.md, “Toil”).
"""

import re
import unicodedata
from dataclasses import dataclass
from datetime import time
from fractions import Fraction

from django.utils.functional import Promise
from django.utils.translation import get_language, gettext_lazy

LONGEST = 24 * 60
MOST_TYPED = 40

_NUMBER = r"(?:\d{1,9}(?:[.,]\d{1,6})?)"
_HOURS = r"(?:h(?:ours?|rs?)?|時間)"
_MINUTES = r"(?:m(?:in(?:ute)?s?)?|分)"
_CLOCK = r"(?:[01]?\d|2[0-4])(?:[:.][0-5]\d)?"
_UNIT = re.compile(rf"(?P<h>{_NUMBER})\s*{_HOURS}(?:\s*(?P<half>半)|\s*(?P<m>\d{{1,4}})\s*{_MINUTES}?)?", re.I)
_JUST_MINUTES = re.compile(rf"(?P<m>{_NUMBER})\s*{_MINUTES}", re.I)
_COLON = re.compile(r"(?P<h>\d{1,4}):(?P<m>[0-5]\d)(?::(?P<s>[0-5]\d))?")
_RANGE = re.compile(rf"(?P<start>{_CLOCK})\s*(?:-|~|to|から)\s*(?P<end>{_CLOCK})(?:まで)?", re.I)
_JAPANESE_CLOCK = re.compile(r"(\d{1,2})時(?!間)(?:(半)|(\d{1,2})分)?")
_BARE = re.compile(r"[+-]?\d+(?:[.,]\d+)?(?:e\d+)?", re.I)
_NEGATIVE = re.compile(rf"-\s*{_NUMBER}\s*(?:{_HOURS}|{_MINUTES})?", re.I)
_DASHES = str.maketrans({"–": "-", "—": "-", "−": "-", "〜": "~", "～": "~", "‐": "-", "―": "-"})

_MESSAGES: dict[str, str | Promise] = {
    "zero": gettext_lazy("Nothing takes no time: write at least one minute."),
    "negative": gettext_lazy("Time can’t be negative. Write it without the minus."),
    "fraction": gettext_lazy("Write whole minutes, or hours with a unit, like 1.5h."),
    "long": gettext_lazy("That is more than a day. Split it over its days."),
    "too_long": gettext_lazy("That is longer than can be right. Write it like 40h."),
    "range": gettext_lazy("From and to are the same time."),
    "backwards": gettext_lazy("That ends before it begins. Past midnight, write how long it took."),
    "unreadable": gettext_lazy("Write how long it took, like 25m, 1h30 or 8-9.15."),
}


class DurationError(ValueError):
    """Why a duration can't be taken; `code` names the reason, the text is for the person who typed it."""

    def __init__(self, code: str):
        super().__init__(code)
        self.code = code

    def __str__(self) -> str:
        return str(_MESSAGES[self.code])


@dataclass(frozen=True, slots=True)
class Span:
    """Minutes, and when they began if a clock range said so."""

    minutes: int
    start: time | None = None


def normal(text: str) -> str:
    """`text` with narrow digits and letters and plain dashes, for reading only."""
    return unicodedata.normalize("NFKC", text).translate(_DASHES).strip()


def read(text: str, *, bare: bool = False, longest: int = LONGEST) -> int:
    """Minutes of `text`. A number alone counts as minutes only if `bare`. Raises DurationError, and nothing else."""
    return read_span(text, bare=bare, longest=longest).minutes


def read_span(text: str, *, bare: bool = False, longest: int = LONGEST) -> Span:
    """Like `read`, with the start of a clock range. Raises DurationError."""
    typed = normal(text[: MOST_TYPED * 4])
    if not typed or len(typed) > MOST_TYPED:
        raise DurationError("unreadable")
    if found := _RANGE.fullmatch(_JAPANESE_CLOCK.sub(_with_colon, typed)):
        return _range(found)
    minutes = _minutes(typed, bare)
    if minutes is None:
        raise DurationError("negative" if _NEGATIVE.fullmatch(typed) else "unreadable")
    if minutes <= 0:
        raise DurationError("negative" if minutes < 0 else "zero")
    if minutes > longest:
        raise DurationError("long" if longest == LONGEST else "too_long")
    if minutes.denominator != 1:
        raise DurationError("fraction")
    return Span(int(minutes))


def _minutes(typed: str, bare: bool) -> Fraction | None:
    if typed in ("半時間", "half an hour"):
        return Fraction(30)
    if found := _UNIT.fullmatch(typed):
        extra = 30 if found["half"] else int(found["m"] or 0)
        # Hours may be fractions of any kind: 1.33h is meant as about 80 minutes.
        return Fraction(round(_fraction(found["h"]) * 60) + extra)
    if found := _JUST_MINUTES.fullmatch(typed):
        return _fraction(found["m"])
    if found := _COLON.fullmatch(typed):
        return Fraction(int(found["h"]) * 60 + int(found["m"]) + (int(found["s"] or 0) >= 30))
    if bare and _BARE.fullmatch(typed):
        try:
            return Fraction(typed.replace(",", ".")) if "e" not in typed.lower() else Fraction(10**6)
        except ValueError:
            return None
    return None


def _fraction(number: str) -> Fraction:
    return Fraction(number.replace(",", "."))


def _range(found: re.Match) -> Span:
    """From–to; an end before the start is on the next day, up to half a day later: more is a slip."""
    start, end = _clock(found["start"]), _clock(found["end"])
    minutes = (end - start) % LONGEST
    if not minutes:
        raise DurationError("range")
    if end < start and minutes > LONGEST // 2:
        raise DurationError("backwards")
    return Span(minutes, time(start // 60 % 24, start % 60))


def _with_colon(found: re.Match) -> str:
    """9時半 and 9時15分 as 9:30 and 9:15."""
    return f"{found[1]}:{30 if found[2] else int(found[3] or 0):02}"


def _clock(text: str) -> int:
    hours, _sign, minutes = text.replace(".", ":").partition(":")
    return int(hours) * 60 + int(minutes or 0)


def show(minutes: int) -> str:
    """Minutes as the reader says them: “1 h 20 min”, 1時間20分."""
    hours, rest = divmod(minutes, 60)
    if get_language() == "ja":
        return f"{hours}時間{rest}分" if hours and rest else f"{hours}時間" if hours else f"{rest}分"
    return f"{hours} h {rest:02} min" if hours and rest else f"{hours} h" if hours else f"{rest} min"
