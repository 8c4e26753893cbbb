"""What the weekly letter says of toil: the week beside the one before, three figures, and one thing to look at."""

from datetime import date

import pytest
import time_machine
from django.utils import translation

from apps.dashboards.weekly_letter import of_the_week
from apps.reminders.weekly import Week
from tests import factories

pytestmark = pytest.mark.django_db
WEEK = Week(date(2026, 11, 9))


@pytest.fixture(autouse=True)
def monday():
    with time_machine.travel("2026-11-16 09:00Z", tick=False):
        yield


def log(person, day: int, minutes: int, month: int = 11, item=None):
    factories.entry(person, item=item, minutes=minutes, day=date(2026, month, day))


def test_a_week_without_toil_says_nothing(lead, manager):
    log(lead, 8, 60)
    log(lead, 16, 60)
    assert of_the_week(manager, WEEK) is None


@pytest.mark.parametrize(
    ("before", "says"),
    [
        (0, "Nothing was logged in the week before."),
        (60, "1 h more than in the week before."),
        (180, "1 h less than in the week before."),
        (120, "As much as in the week before."),
    ],
)
def test_it_compares_the_week_with_the_one_before(lead, manager, before, says):
    log(lead, 9, 100)
    log(lead, 15, 20)
    if before:
        log(lead, 8, before)
    letter = of_the_week(manager, WEEK)
    assert letter.subject == "Toil: 2 h in the week"
    assert letter.text[0] == says
    assert letter.actions[0].path == "/dashboard/"


def test_it_has_three_figures_and_one_thing_to_look_at(lead, manager, member):
    item = factories.item(name="Manual release")
    for month in (8, 9, 10):
        for person in (lead, manager, member):
            log(person, 10, 600 if person == lead else 60, month, item)
    log(lead, 10, 60)
    letter = of_the_week(manager, WEEK)
    assert [label for label, _value in letter.facts] == [
        "Effective hands", "Toil in all", "Toil only one person can do",
    ]  # fmt: skip
    assert letter.text[1] == "To look at: “Manual release” costs 12 h a month, and 83 percent of it lies on one person."
    assert lead.short_name not in str(letter)
    with translation.override("ja"):
        assert "トイル" in of_the_week(manager, WEEK).subject
