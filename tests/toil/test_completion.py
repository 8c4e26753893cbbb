"""The list under the line offers what its end may become, and each choice is a line that reads as meant."""

from datetime import date

import pytest

from apps.toil import quicklog
from apps.toil.completion import offer
from apps.toil.quicklog import Known

TODAY = date(2026, 11, 12)
ITEMS = (
    Known(1, "Manual release", ("Manual release", "手動リリース"), 25),
    Known(2, "Manual refund", ("Manual refund", "手動返金")),
    Known(3, "PostgreSQL 14 to 17", ("PostgreSQL 14 to 17",)),
    Known(4, "PostgreSQL restore", ("PostgreSQL restore",)),
)
TAGS = (
    Known(1, "Customer support", ("cs", "CS", "Customer support")),
    Known(2, "Childcare facilities", ("facilities", "保育施設", "Childcare facilities")),
    Known(3, "Developers", ("developers", "開発者", "Developers")),
)
PEOPLE = (Known(7, "Kenta Sasaki", ("Kenta Sasaki", "Kenta", "Sasaki")),)


def read(line):
    return quicklog.read(line, items=ITEMS, stakeholders=TAGS, members=PEOPLE, today=TODAY)


def offered(line):
    return offer(line, read(line), TAGS, PEOPLE)


@pytest.mark.parametrize("line", ["40m manual release #", "40m manual release ＃"])
def test_an_open_tag_offers_all_and_the_first_is_ready_to_take(line):
    found = offered(line)
    assert (found.kind, found.preselected) == ("stakeholder", True)
    assert [option.label for option in found.options] == ["Customer support", "Childcare facilities", "Developers"]
    assert found.options[0].line == "40m manual release #cs "


def test_a_begun_tag_offers_what_begins_so_by_tag_or_by_name():
    assert [option.word for option in offered("40m manual release #c").options] == ["#cs", "#facilities"]
    assert [option.word for option in offered("#開").options] == ["#developers"]


@pytest.mark.parametrize("line", ["40m manual release #cs", "40m manual release #CS", "#開発者"])
def test_a_whole_tag_offers_nothing_more(line):
    assert offered(line) is None


@pytest.mark.parametrize("line", ["#zzz", "", "40m manual release", "40m manual release #cs ", "40m"])
def test_nothing_is_offered_where_nothing_fits_or_all_is_said(line):
    assert offered(line) is None


def test_a_person_is_offered_as_one_word():
    assert offered("40m manual release @k").options[0].line == "40m manual release @Kenta_Sasaki "
    assert read("40m manual release @Kenta_Sasaki ").member.id == 7


def test_a_begun_name_offers_the_items_it_may_mean_and_to_create_it():
    found = offered("25m manual re")
    assert (found.kind, found.preselected) == ("item", False)
    assert {option.label: option.usual_minutes for option in found.options[:-1]} == {
        "Manual release": 25,
        "Manual refund": None,
    }
    assert found.options[-1].label == "Create “manual re”"


@pytest.mark.parametrize("line", ["25m manual re", "30m postgresql", "manual re", "25分 手動"])
def test_every_offered_item_reads_as_that_item(line):
    found = offered(line)
    for option in found.options[:-1]:
        assert read(option.line).item.id == option.id, option.line
    assert read(found.options[-1].line).new_item_name


def test_a_name_in_the_middle_of_the_line_is_left_alone():
    assert offered("manual re 25m") is None
