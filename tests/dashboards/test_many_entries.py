"""The log that the benchmark of the dashboard goes by is what it says it is."""

from datetime import date, time

import pytest
from django.core.management import call_command
from django.db import connection
from django.db.models import Count, Max, Min

from apps.toil import rollup
from apps.toil.models import Entry, MemberMonth
from benchmarks import many_entries
from tests import factories

pytestmark = pytest.mark.django_db
LAST = date(2026, 11, 15)


@pytest.fixture
def made(lead):
    factories.member()
    for _each in range(12):
        factories.item()
        factories.stakeholder()
    many_entries.make(730, LAST)


def test_the_log_is_spread_over_two_years_and_over_all_members_and_items(made):
    reach = Entry.objects.aggregate(first=Min("day"), last=Max("day"), days=Count("day", distinct=True))
    assert Entry.objects.count() == 730
    assert reach == {"first": many_entries.first_day(LAST), "last": LAST, "days": 730}
    shares = {
        name: [each["times"] for each in Entry.objects.order_by().values(name).annotate(times=Count("id"))]
        for name in ("member", "item", "stakeholder")
    }
    assert {name: len(times) for name, times in shares.items()} == {"member": 2, "item": 12, "stakeholder": 10}
    assert all(min(times) > 730 / len(times) / 2 for times in shares.values())


def test_each_row_is_one_that_could_have_been_logged(made):
    for entry in Entry.objects.all():
        entry.full_clean()
        assert time(8) <= entry.clock < time(20)
    assert Entry.objects.filter(note="").count() == 365


def test_its_sums_are_made_anew_and_equal_the_log(made):
    rollup.rebuild()
    call_command("check_rollups")
    assert MemberMonth.objects.count() == 2 * 25


@pytest.mark.django_db(transaction=True)
def test_the_log_has_its_indexes_again(lead):
    factories.item()
    factories.stakeholder()
    before = _indexes()
    with many_entries.without_indexes():
        many_entries.make(10, LAST)
    assert _indexes() == before and len(before) > 5


def _indexes() -> list[tuple]:
    tables = {
        "postgresql": "SELECT indexdef FROM pg_indexes WHERE tablename = 'toil_entry' ORDER BY indexname",
        "sqlite": "SELECT name, sql FROM sqlite_master WHERE type = 'index' AND tbl_name = 'toil_entry' ORDER BY name",
    }
    with connection.cursor() as cursor:
        cursor.execute(tables[connection.vendor])
        return cursor.fetchall()
