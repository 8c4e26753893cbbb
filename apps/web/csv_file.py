"""CSV for people's spreadsheets: formula-safe (R73), row by row, begun with a BOM so that Japanese reads right."""

import csv
import re
from collections.abc import Iterable, Iterator, Sequence

from django.http import StreamingHttpResponse

# Also texts that look guarded already, so that reading back takes off exactly the one apostrophe put on here.
_FORMULA = re.compile(r"'*[=+\-@\t\r]")


def guard(cell: object) -> str:
    """The cell as text that no spreadsheet takes for a formula: such cells get one leading apostrophe."""
    text = "" if cell is None else str(cell)
    return "'" + text if _FORMULA.match(text) else text


class _Line:
    """A file for `csv.writer` that hands back each line it is given."""

    def write(self, line: str) -> str:
        return line


def lines(header: Sequence[str], rows: Iterable[Iterable]) -> Iterator[str]:
    """Header and rows as lines of a file."""
    writer = csv.writer(_Line())
    yield "\ufeff" + writer.writerow(header)
    for row in rows:
        yield writer.writerow([cell if isinstance(cell, int | float) else guard(cell) for cell in row])


def response(content: Iterable[str], name: str) -> StreamingHttpResponse:
    """The lines as a file to save under `name`."""
    answer = StreamingHttpResponse(content, content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer
