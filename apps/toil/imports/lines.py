"""The one shape every foreign format is read into: a line of toil, not yet matched to anybody or anything (R52).

Names are text here; whom and what they mean, the import asks the database. A line that cannot be logged is
kept with its problems, so that the dry run can show each of them.
"""

import hashlib
import unicodedata
from collections import Counter
from dataclasses import dataclass
from datetime import date, time

from apps.toil.imports.errors import CellProblem


@dataclass(frozen=True, slots=True)
class Line:
    """One row of the file, read.

    `row` counts as a spreadsheet does. `minutes` are whole, 1 to 1,440. `started` is the clock the file
    shows. `key` is 64 hexadecimal digits, or empty where there are problems. `origin_id` is the row's id in
    the program it comes from, if the file tells.
    """

    row: int
    day: date | None = None
    minutes: int | None = None
    item: str = ""
    category: str = ""
    stakeholder: str = ""
    person_name: str = ""
    person_email: str = ""
    started: time | None = None
    note: str = ""
    key: str = ""
    problems: tuple[CellProblem, ...] = ()
    origin_id: str = ""


class Fingerprints:
    """Keys for the lines of one file: the same file brought in again gives the same keys.

    A key is SHA-256 over what the line says, and over how many lines before it said the same: two equal rows
    are two pieces of work, not one. Columns nobody reads, the order of rows and the encoding do not change
    it. A line that names nobody is the work of who brings it, so `importer` counts there.
    """

    def __init__(self, source: str, importer: str = "") -> None:
        self._source = source
        self._importer = importer
        self._seen: Counter[bytes] = Counter()

    def of(self, line: Line) -> str:
        said = (
            self._source,
            line.day.isoformat() if line.day else "",
            str(line.minutes),
            line.started.isoformat() if line.started else "",
            line.person_email or line.person_name or self._importer,
            line.item,
            line.category,
            line.stakeholder,
            line.note,
        )
        content = hashlib.sha256("\x1f".join(map(fold, said)).encode()).digest()
        self._seen[content] += 1
        return hashlib.sha256(content + str(self._seen[content]).encode()).hexdigest()


def fold(text: str) -> str:
    """A text for comparing: width, case and spacing folded (ＩＴＥＭ, item and “ Item ” are the same)."""
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split())
