"""Folds text for comparing names: width, case, kana, marks and spaces don't matter. Never for showing.

ﾘﾘｰｽ, リリース, りりーす and “Release ” and “release” must meet.
"""

import unicodedata
from functools import lru_cache

import jaconv

_LONG_MARKS = str.maketrans({"〜": "ー", "～": "ー", "―": "ー", "‐": "-", "–": "-", "—": "-", "−": "-", "’": "'"})


@lru_cache(maxsize=8_192)
def fold(text: str) -> str:
    """`text` for matching: NFKC, no case, katakana as hiragana, no invisible or stacked marks, single spaces."""
    text = unicodedata.normalize("NFKC", text.translate(_LONG_MARKS))
    text = "".join(" " if c.isspace() else c for c in text if c.isspace() or unicodedata.category(c)[0] != "C")
    text = jaconv.kata2hira(text.casefold())
    # Stacked accents say nothing about a name; voiced kana are composed by NFKC and stay.
    plain = "".join(c for c in unicodedata.normalize("NFD", text) if not _is_accent(c))
    return " ".join(unicodedata.normalize("NFC", plain).split())


def _is_accent(character: str) -> bool:
    return unicodedata.combining(character) != 0 and character not in "\u3099\u309a"
