"""Cleans what people type before it is kept: nothing that can't be stored or would turn a page around (R17, R64).

Letters, marks and emoji of all scripts stay. Removed are NUL and other controls, lone surrogates, and bidi overrides;
more than four combining marks on one letter are thinned out. What would show nothing at all counts as empty.
"""

import re
import unicodedata
from datetime import date

_REMOVED = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff\ufff9-\ufffb\ud800-\udfff]"
)
_LINE_ENDS = re.compile("\r\n?|\u2028|\u2029|\x85")
MARKS_ON_A_LETTER = 4
OLDEST = date(2000, 1, 1)  # an earlier day is a slip of the year


def clean(text: str, *, lines: bool = False) -> str:
    """`text` without what can't be kept, trimmed; line ends become spaces unless `lines`."""
    text = _REMOVED.sub("", _LINE_ENDS.sub("\n", text))
    if not lines:
        text = " ".join(text.split())
    kept, marks = [], 0
    for character in text:
        marks = marks + 1 if unicodedata.combining(character) else 0
        if marks <= MARKS_ON_A_LETTER:
            kept.append(character)
    text = "".join(kept).strip()
    return text if any(unicodedata.category(character)[0] in "LNPS" for character in text) else ""


def whole_number(text: str) -> int | None:
    """A row's id or a count as somebody sent it; None where it is none, or larger than any database takes."""
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 16 else None


def whole_day(text: str) -> date | None:
    """A day as addresses write it; None where it is none."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
