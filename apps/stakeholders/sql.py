"""What the ORM takes longer to write down than the database to answer, the same on SQLite and PostgreSQL."""

from typing import NamedTuple

from django.db import connection

_OF_GROUP = "FROM stakeholders_observation o WHERE o.stakeholder_id = s.id"
_NEWEST = "ORDER BY o.day DESC, o.id DESC LIMIT 1"
# The last place that was another one: what only confirms a place does not wipe out where the group came from.
_BEFORE = f"{_OF_GROUP} AND o.frequency IS NOT NULL AND (o.frequency <> p.frequency OR o.pain <> p.pain) {_NEWEST}"
_KNOWN = f"""
    SELECT s.id, (SELECT COUNT(*) {_OF_GROUP}), (SELECT o.id {_OF_GROUP} {_NEWEST}),
        (SELECT o.id {_OF_GROUP} {_NEWEST} OFFSET 1),
        (SELECT 10 * o.frequency + o.pain {_BEFORE})
    FROM stakeholders_stakeholder s LEFT JOIN stakeholders_observation p ON p.id = s.placed_by_id
"""  # noqa: S608 (names of ours)


class Known(NamedTuple):
    """Of one group: how many observations there are, the ids of the two newest, and where it sat before."""

    pieces: int = 0
    newest: int | None = None
    second: int | None = None
    before: int | None = None  # 10 × frequency + pain

    @property
    def place_before(self) -> tuple[int, int] | None:
        return divmod(self.before, 10) if self.before else None


def known() -> dict[int, Known]:
    """What is known of each group, by its id. One query."""
    with connection.cursor() as cursor:
        cursor.execute(_KNOWN)
        return {pk: Known(*found) for pk, *found in cursor.fetchall()}
