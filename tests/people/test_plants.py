"""The plants at the rail's foot: everybody on a ladder, and no more of them than they show."""

import re

import pytest
from django.db import transaction

from apps.people.models import LadderStep, Roughly, Rung, Subject, Topic
from apps.people.models.ladder import grown
from apps.people.templatetags.people import plants
from tests import factories

pytestmark = pytest.mark.django_db


def stand(person, subject, rung, by):
    LadderStep.propose(person, subject, by, rung=rung, day=by.today()).confirm()
    grown.forget()


def test_each_person_at_their_highest_rung_in_the_order_of_joining(lead, member):
    later = factories.member()
    item, topic = Subject(item=factories.item()), Subject(topic=Topic.objects.create(name="Terraform"))
    stand(later, item, Rung.TEACHING, lead)
    stand(member, item, Rung.WATCHING, lead)
    stand(member, topic, Rung.DRIVING, lead)
    assert grown() == (Rung.DRIVING, Rung.TEACHING)
    later.is_active = False
    later.save()
    grown.forget()
    assert grown() == (Rung.DRIVING,)
    LadderStep.claim(member, topic, rung=Rung.NONE, day=member.today())
    grown.forget()
    assert grown() == (Rung.WATCHING,)


def test_shown_roughly_it_is_a_rough_plant(lead, member):
    stand(member, Subject(item=factories.item()), Rung.TEACHING, lead)
    Roughly.choose(member, on=True)
    grown.forget()
    assert grown() == (Rung.SOLO,)


@pytest.mark.django_db(transaction=True)
def test_a_step_shows_at_once_where_it_was_written(lead, member):
    row = LadderStep.propose(member, Subject(item=factories.item()), lead, rung=Rung.SOLO, day=lead.today())
    assert grown() == ()
    with transaction.atomic():
        row.confirm()
    assert grown() == (Rung.SOLO,)
    Roughly.choose(member, on=True)
    row.erase()
    assert grown() == ()


def test_every_page_shows_them_without_asking_again(client, lead, member, django_assert_max_num_queries):
    stand(member, Subject(item=factories.item()), Rung.DRIVING, lead)
    client.force_login(lead)
    assert "how far 1 person has grown" in client.get("/toil/").text
    with django_assert_max_num_queries(30) as kept:
        client.get("/toil/")
    assert not any("ladderstep" in query["sql"] for query in kept.captured_queries)


@pytest.mark.parametrize(("people", "drawn", "rows"), [(0, 0, 1), (1, 1, 1), (20, 20, 1), (21, 21, 2), (200, 60, 3)])
def test_they_stand_in_rows_that_fit(people, drawn, rows):
    svg = plants((Rung.SOLO,) * people)
    places = [float(x) for x in re.findall(r"translate\(([-.\d]+) ", svg)]
    assert (svg.count('class="mark"'), svg.count('class="gl"')) == (drawn, rows)
    assert all(-6 <= x <= 190 for x in places)
