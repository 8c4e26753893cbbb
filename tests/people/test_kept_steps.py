"""What a process keeps of steps is never shown when anything has changed: nothing here is forgotten by hand."""

from datetime import date

import pytest

from apps.people import ladder, sql
from apps.people.models import LadderStep, Rung, Subject, TopicMerge
from apps.toil.models import Item, Merge
from tests import factories

pytestmark = pytest.mark.django_db
DAY = date(2026, 9, 1)


def alone(*items) -> list[int]:
    counted = ladder.Steps(type(items[0]), [item.pk for item in items]).alone()
    return [counted[item.pk] for item in items]


@pytest.fixture
def solo(lead):
    def stands(person, item):
        LadderStep.claim(person, Subject(item=item), rung=Rung.SOLO, day=DAY)
        step = LadderStep.objects.get(person=person, item=item)
        if not step.counts:
            step.agree(lead)
        return step

    return stands


def test_a_step_its_taking_back_and_another_day(lead, solo):
    item = factories.item()
    assert alone(item) == [0]
    step = solo(lead, item)
    assert alone(item) == [1]
    steps = ladder.Steps(Item, [item.pk])
    assert steps.alone(date(2026, 8, 31)) == {item.pk: 0} and steps.alone(DAY) == {item.pk: 1}
    step.erase()
    assert alone(item) == [0]


def test_merges_that_cross_and_their_undoing(lead, solo):
    a, b, c, d = (factories.item() for _each in range(4))
    solo(lead, a)
    first = [Merge.make(a, c, lead), Merge.make(b, d, lead)]
    assert alone(c, d) == [1, 0]
    for merge in first:
        merge.undo()
    assert alone(a, c, d) == [1, 0, 0]
    for source, target in ((a, d), (b, c)):
        source.refresh_from_db()
        Merge.make(source, target, lead)
    assert alone(c, d) == [0, 1]


def test_topics_are_merged_too(lead):
    one, other = factories.topic(), factories.topic()
    LadderStep.claim(lead, Subject(topic=one), rung=Rung.SOLO, day=DAY)
    assert alone(one, other) == [1, 0]
    TopicMerge.make(one, other, lead)
    assert alone(other) == [1]


def test_four_people_who_change_places(lead, solo):
    item = factories.item()
    people = [factories.member() for _each in range(4)]
    for person in people[1:3]:
        person.is_active = False
        person.save()
    solo(people[0], item)
    assert alone(item) == [1]
    for person in people:  # the two in the middle come, the others go: as many, and their ids sum up to the same
        person.is_active = not person.is_active
        person.save()
    assert alone(item) == [0]


def test_what_changes_while_it_is_read_is_read_again(lead, solo, monkeypatch):
    item = factories.item()
    state = sql.steps_state
    asked = []

    def meanwhile():
        if len(asked) == 1:
            solo(lead, item)
        asked.append(1)
        return state()

    monkeypatch.setattr(sql, "steps_state", meanwhile)
    assert alone(item) == [1]
    assert len(asked) > 2


def test_the_field_lists_what_so_many_can_do_alone_with_merged_items_counted(client, lead, solo):
    old, new, lonely = factories.item(name="Old"), factories.item(name="New"), factories.item(name="Lonely")
    for person in (lead, factories.member()):
        solo(person, old)
    solo(lead, lonely)
    Merge.make(old, new, lead)
    client.force_login(lead)
    few = client.get("/people/field/?by=items&one=on").text
    assert "Lonely" in few and "New" not in few
    assert "New" in client.get("/people/field/?by=items&alone=2").text
    for query in ("0", "2", "3", "9" * 400, "x", "-1"):
        page = client.get(f"/people/field/?by=items&alone={query}")
        assert page.status_code == 200
        assert ("Lonely" in page.text) == (query not in ("0", "2", "3"))
