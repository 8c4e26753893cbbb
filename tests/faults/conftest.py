"""Databases that are migrated once, to copy."""

import itertools

import psycopg
import pytest

from tests import services
from tests.faults import installations

_numbers = itertools.count(1)


@pytest.fixture(scope="session")
def migrated_folder(tmp_path_factory):
    def migrate(folder):
        installations.python(installations.environment(folder), installations.MIGRATE)

    return services.once(tmp_path_factory, "migrated", migrate)


@pytest.fixture(scope="session")
def migrated_postgres(tmp_path_factory):
    """A cluster whose database `miraizu` is migrated and that nobody is connected to, to make others like it."""
    try:
        services.postgres_binaries()
        services.redis_binary()
    except services.Missing as missing:
        pytest.skip(f"missing: {missing}")
    with services.postgres() as database:
        folder = tmp_path_factory.mktemp("migrating")
        installations.python(installations.environment(folder, database), installations.MIGRATE)
        yield database


@pytest.fixture
def own_postgres(migrated_postgres):
    """The address of a migrated database of one's own."""
    name = f"own_{next(_numbers)}"
    with psycopg.connect(migrated_postgres.replace("/miraizu?", "/postgres?"), autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name} TEMPLATE miraizu")
    return migrated_postgres.replace("/miraizu?", f"/{name}?")
