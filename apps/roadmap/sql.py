"""Triggers that keep published revisions as they are, in both dialects side by side (R50).

Nothing removes a revision, and nothing changes one, but for its body becoming the one that an erasure of a person's
name has written down; the chain of digests holds through that.
"""

from contextlib import contextmanager

from django.db import connections

_TABLE = "roadmap_revision"
_SAME = ("id", "map_id", "number", "kind", "by_id", "day", "at", "previous", "digest")
_ERASED = "SELECT body FROM roadmap_erasure WHERE revision_id = OLD.id"

_SQLITE_CREATE = [
    f"""
    CREATE TRIGGER roadmap_revision_stays BEFORE DELETE ON {_TABLE}
    BEGIN SELECT RAISE(ABORT, 'a published revision can not be removed'); END
    """,
    f"""
    CREATE TRIGGER roadmap_revision_same BEFORE UPDATE ON {_TABLE}
    WHEN NEW.body IS NOT ({_ERASED}) OR {" OR ".join(f"NEW.{name} IS NOT OLD.{name}" for name in _SAME)}
    BEGIN SELECT RAISE(ABORT, 'a published revision can not be changed'); END
    """,
]
_SQLITE_CREATE.append(
    f"""
    CREATE TRIGGER roadmap_revision_once BEFORE INSERT ON {_TABLE}
    WHEN EXISTS (SELECT 1 FROM {_TABLE} WHERE id = NEW.id OR (map_id = NEW.map_id AND number = NEW.number))
    BEGIN SELECT RAISE(ABORT, 'a published revision can not be replaced'); END
    """  # noqa: S608 (names of ours)
)
_SQLITE_TRIGGERS = {"roadmap_revision_stays", "roadmap_revision_same", "roadmap_revision_once"}
_SQLITE_DROP = [f"DROP TRIGGER IF EXISTS {name}" for name in sorted(_SQLITE_TRIGGERS)]

_POSTGRES_CREATE = [
    f"""
    CREATE FUNCTION roadmap_revision_guard() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF TG_OP IN ('DELETE', 'TRUNCATE') THEN
            RAISE EXCEPTION 'a published revision can not be removed' USING ERRCODE = 'restrict_violation';
        END IF;
        IF NEW.body IS DISTINCT FROM ({_ERASED})
            OR {" OR ".join(f"NEW.{name} IS DISTINCT FROM OLD.{name}" for name in _SAME)} THEN
            RAISE EXCEPTION 'a published revision can not be changed' USING ERRCODE = 'restrict_violation';
        END IF;
        RETURN NEW;
    END $$
    """,
    f"""
    CREATE TRIGGER roadmap_revision_guard BEFORE UPDATE OR DELETE ON {_TABLE}
    FOR EACH ROW EXECUTE FUNCTION roadmap_revision_guard()
    """,
    f"""
    CREATE TRIGGER roadmap_revision_stays BEFORE TRUNCATE ON {_TABLE}
    FOR EACH STATEMENT EXECUTE FUNCTION roadmap_revision_guard()
    """,
]
_POSTGRES_TRIGGERS = {"roadmap_revision_guard", "roadmap_revision_stays"}
_POSTGRES_DROP = [
    *(f"DROP TRIGGER IF EXISTS {name} ON {_TABLE}" for name in sorted(_POSTGRES_TRIGGERS)),
    "DROP FUNCTION IF EXISTS roadmap_revision_guard()",
]


def _run(alias: str, on_sqlite: list[str], on_postgres: list[str]) -> None:
    connection = connections[alias]
    with connection.cursor() as cursor:
        for statement in on_sqlite if connection.vendor == "sqlite" else on_postgres:
            cursor.execute(statement)


def guard(alias: str = "default") -> None:
    _run(alias, _SQLITE_CREATE, _POSTGRES_CREATE)


def unguard(alias: str = "default") -> None:
    _run(alias, _SQLITE_DROP, _POSTGRES_DROP)


@contextmanager
def unguarded(alias: str = "default"):
    """For tests that empty their database between one another, and to look at what the chain finds by itself."""
    unguard(alias)
    try:
        yield
    finally:
        guard(alias)


def is_guarded(alias: str = "default") -> bool:
    """Whether the database refuses to change what is published."""
    connection = connections[alias]
    names = (
        "SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = %s"
        if connection.vendor == "sqlite"
        else "SELECT tgname FROM pg_trigger WHERE tgrelid = to_regclass(%s) AND tgenabled IN ('O', 'A')"
    )
    with connection.cursor() as cursor:
        cursor.execute(names, [_TABLE])
        found = {name for (name,) in cursor.fetchall()}
    return found >= (_SQLITE_TRIGGERS if connection.vendor == "sqlite" else _POSTGRES_TRIGGERS)
