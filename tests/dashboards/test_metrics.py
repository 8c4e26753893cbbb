"""What /metrics says of toil: sums of everybody, and nothing that tells of one person (R91, R99)."""

from datetime import date

import pytest
import time_machine
from django.utils import timezone

from tests import factories
from tests.scraping import scrape

pytestmark = pytest.mark.django_db
TOIL, HANDS = "miraizu_toil_running_month_seconds", "miraizu_toil_effective_hands"


@pytest.fixture(autouse=True)
def november():
    with time_machine.travel("2026-11-16 09:00Z", tick=False) as clock:
        yield clock


def log(person, minutes: int, *, day=date(2026, 11, 10), category=None):
    factories.entry(person, item=factories.item(category=category), minutes=minutes, day=day)


def test_before_the_first_visit_there_is_nothing_to_say(settings):
    read = scrape(settings)
    assert read.by(TOIL, "category") == {}
    assert read.of(HANDS) is None
    assert read.of("miraizu_database_up") == 1


def test_the_running_month_by_category(settings, member, lead):
    releases, audits = (factories.category(name=name, name_ja="分類") for name in ("Releases", "Audits"))
    factories.category(name="Old", archived_at=timezone.now())
    log(member, 30, category=releases)
    log(lead, 15, category=releases, day=date(2026, 11, 1))
    log(lead, 60, day=date(2026, 11, 2))
    log(lead, 300, category=audits, day=date(2026, 10, 31))
    assert scrape(settings).by(TOIL, "category") == {"Releases": 45 * 60, "Audits": 0, "none": 3600}


def test_a_category_called_none_is_not_told_twice(settings, member):
    log(member, 30, category=factories.category(name="none"))
    log(member, 30)
    assert scrape(settings).by(TOIL, "category") == {"none": 3600}


def test_the_month_is_the_organisations(settings, november):
    factories.organisation(time_zone="Asia/Tokyo")
    person = factories.member()
    log(person, 30, day=date(2026, 12, 1))
    assert scrape(settings).by(TOIL, "category") == {}
    november.move_to("2026-11-30 15:30Z")  # half past midnight there
    assert scrape(settings).by(TOIL, "category") == {"none": 1800}


def test_a_small_group_has_no_effective_hands(settings, lead):
    for person in (lead, factories.member()):
        log(person, 60)
    assert scrape(settings).of(HANDS) is None
    log(factories.member(), 60)
    assert scrape(settings).of(HANDS) == pytest.approx(3)


def test_effective_hands_are_of_ninety_days(settings, lead):
    for person, minutes in ((lead, 200), (factories.member(), 100), (factories.member(), 100)):
        log(person, minutes, day=date(2026, 8, 19))
    assert scrape(settings).of(HANDS) == pytest.approx(400**2 / (200**2 + 2 * 100**2))
    log(factories.member(), 10_000 // 10, day=date(2026, 8, 18))  # a day too early
    assert scrape(settings).of(HANDS) == pytest.approx(400**2 / (200**2 + 2 * 100**2))
