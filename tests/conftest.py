"""What every test can ask for. Real parts throughout; what is missing on a machine skips, and with CI=true fails."""

import os
import sys
from unittest import mock

import pytest
from django.template import engines
from django.template.base import VariableNode
from django.test import TransactionTestCase
from django.utils import translation

from apps.reminders import health
from apps.reminders.models import Manner
from apps.reminders.models.preference import EVERY_DAY
from apps.roadmap import sql
from apps.web.catalogues import compile_catalogues
from tests import factories


def pytest_configure(config):
    compile_catalogues()


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item, call):
    outcome = yield
    report = outcome.get_result()
    if report.skipped and os.environ.get("CI") == "true" and not hasattr(report, "wasxfail"):
        report.outcome = "failed"
        reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else report.longrepr
        report.longrepr = f"With CI=true nothing may skip. {reason}"


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config, items):
    postgres = "postgres" in os.environ.get("DATABASE_URL", "")
    if postgres:  # what asks no database says the same on each: once, on SQLite, is enough
        kept = [item for item in items if _asks_the_database(item)]
        config.hook.pytest_deselected(items=[item for item in items if item not in set(kept)])
        items[:] = kept
    for item in items:
        if item.get_closest_marker("postgres") and not postgres and os.environ.get("CI") != "true":
            item.add_marker(pytest.mark.skip(reason="PostgreSQL is missing in this run: make test runs it there too"))
    items[:] = _long_ones_first(items, getattr(config, "workerinput", {"workercount": 1})["workercount"])


def _long_ones_first(items: list, workers: int) -> list:
    """Each worker begins with its share of the list: what takes long stands first in each, so that none ends with it."""
    long = [item for item in items if item.get_closest_marker("worker") or item.get_closest_marker("long")]
    begun = set(long)
    short = [item for item in items if item not in begun]
    ordered = []
    for number in range(workers):
        ordered += long[number::workers]
        cut = max(len(items) * (number + 1) // workers - len(ordered), 0)
        ordered += short[:cut]
        short = short[cut:]
    return ordered


def _asks_the_database(item) -> bool:
    marked = any(item.get_closest_marker(name) for name in ("django_db", "postgres", "redis", "worker", "browser"))
    return marked or bool({"db", "transactional_db", "live_server"} & set(item.fixturenames))


class _Missing(str):
    """What a template prints where nobody gave it the variable: here, the end of the test. Users would read a gap."""

    __slots__ = ()

    def __bool__(self) -> bool:
        return True

    def __contains__(self, _mark: object) -> bool:
        return True

    def __mod__(self, variable: object) -> str:
        if sys._getframe(2).f_code is VariableNode.render.__code__:  # given to a tag, nothing is what the tag gets
            raise AssertionError(f"A template prints {variable}, and nobody gave it.")
        return ""


@pytest.fixture(autouse=True, scope="session")
def pages_print_what_they_were_given():
    with mock.patch.object(engines["django"].engine, "string_if_invalid", _Missing()):
        yield


@pytest.fixture(autouse=True)
def _fast_passwords(settings):
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    settings.STORAGES = {
        **settings.STORAGES,
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
    }


@pytest.fixture(autouse=True, scope="session")
def _emptied_between_tests():
    """On SQLite a test that commits is followed by DELETE in every table, which published revisions refuse."""
    emptied = TransactionTestCase._fixture_teardown

    def unguarded(case):
        with sql.unguarded():
            emptied(case)

    with mock.patch.object(TransactionTestCase, "_fixture_teardown", unguarded):
        yield


@pytest.fixture(autouse=True)
def _nothing_kept():
    """What a process keeps of rows must not outlive the rows that a test takes back; nor a page its reader's language."""
    from tests import kept

    kept.forget()
    health.begin()
    translation.activate("en")


@pytest.fixture
def lead(db):
    return factories.lead()


@pytest.fixture
def member(db, lead):
    return factories.member()


@pytest.fixture
def manager(db, lead):
    return factories.manager()


@pytest.fixture
def admin(db, lead):
    return factories.member(is_admin=True, display_name="Ada Admin", email="admin@example.com")


@pytest.fixture
def signed_in(client, member):
    """A browserless client, signed in as a member."""
    client.force_login(member)
    return client


@pytest.fixture
def letters(settings):
    """A server for e-mail on loopback, and what it took."""
    from tests.reminders import sinks

    with sinks.mail() as sink:
        settings.MAILERS = {
            "default": {
                "BACKEND": "apps.reminders.channels.email.Backend",
                "OPTIONS": {"host": "127.0.0.1", "port": sink.port, "timeout": 10},
            }
        }
        yield sink


@pytest.fixture
def awake(member):
    """The member takes messages at any hour, so that tests say the same at night."""
    return Manner.objects.create(member=member, quiet_from=None, quiet_until=None, working_days=EVERY_DAY)
