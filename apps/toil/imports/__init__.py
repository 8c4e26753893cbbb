"""Reading logs that people already keep elsewhere (product.md, “Toil”; R52, R74).

`reading.read_table` turns an uploaded file into a table, `recognise` says whose export it is, and the
format's `lines` gives what can be logged. Nothing here knows the database or a request.
"""

from apps.toil.imports.clockify import CLOCKIFY
from apps.toil.imports.format import Format, Header
from apps.toil.imports.jira import JIRA
from apps.toil.imports.kimai import KIMAI
from apps.toil.imports.mapped import MAPPED
from apps.toil.imports.miraizu import MIRAIZU
from apps.toil.imports.toggl import TOGGL

# In the order a page lists them. The codes are kept in rows and do not change.
FORMATS: dict[str, Format] = {known.code: known for known in (TOGGL, KIMAI, CLOCKIFY, JIRA, MIRAIZU, MAPPED)}


def recognise(header: Header) -> Format | None:
    """The format a header belongs to, even if a column is missing; None leaves it to the mapping page."""
    candidates = [
        (missing, place, known)
        for place, known in enumerate(FORMATS.values())
        if (missing := known.marks_missing(tuple(header))) is not None
    ]
    return min(candidates, key=lambda candidate: candidate[:2])[2] if candidates else None
