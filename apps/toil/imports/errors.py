"""What can be wrong with a file that is brought in, in words a person can act on (R52, R74).

A fault of the whole file is an `ImportFileError`; a fault of one cell is a `CellError` while it is being
read and a `CellProblem` on its line afterwards. Messages stay lazy: a job finds the fault, a page tells it
later.
"""

from dataclasses import dataclass

from django.utils.functional import Promise, lazy

# A message is filled in when it is shown, so that it speaks the language of whoever reads it.
say = lazy(lambda template, **values: str(template) % values, str)


class ImportFileError(Exception):
    """The file as a whole cannot be brought in.

    `code` is stable and meant for programs and tests. `row` counts as a spreadsheet does, from 1; for an
    unclosed quote and an unreadable byte it is the line of the text. `position` is a byte offset from 0.
    """

    def __init__(
        self,
        code: str,
        message: str | Promise,
        *,
        row: int | None = None,
        column: str | None = None,
        position: int | None = None,
    ) -> None:
        super().__init__(code)
        self.code = code
        self.message = message
        self.row = row
        self.column = column
        self.position = position

    def __str__(self) -> str:
        return str(self.message)


class CellError(ValueError):
    """One cell cannot be read. Whoever knows the column turns it into a `CellProblem`."""

    def __init__(self, code: str, message: str | Promise) -> None:
        super().__init__(code)
        self.code = code
        self.message = message

    def __str__(self) -> str:
        return str(self.message)


@dataclass(frozen=True, slots=True)
class CellProblem:
    """Why a line cannot be logged; `column` is the header's own name, empty for the whole row."""

    column: str
    code: str
    message: str | Promise
