"""The journey: where people are, by their own word or their yes."""

import pytest
from django.db import IntegrityError, transaction

from apps.accounts.models import Member
from apps.people.journey import path
from apps.people.models import JourneyError, JourneyStep, Place, Signal
from apps.people.tasks import forget_unanswered
from tests import factories
from tests.people.test_interests import long_ago

pytestmark = pytest.mark.django_db


@pytest.fixture
def yui():
    return factories.member(display_name="Yui Hoshino", given_name="Yui", family_name="Hoshino")


def everybodys_path():
    return path({person.pk: person for person in Member.objects.all()})


def counts() -> list[int]:
    return [len(stop.people) for stop in everybodys_path().stops]


def test_it_begins_with_the_first_note_they_say_yes_to(lead, yui):
    first = Signal.note(yui, lead, words="Stayed to watch", day=lead.today())
    assert counts() == [0] * 5
    first.accept()
    Signal.note(yui, lead, words="Asked again", day=lead.today()).accept()
    assert counts() == [1, 0, 0, 0, 0]
    first.erase()
    assert counts() == [0] * 5, "erased, the step that rested on it is gone"


def test_somebody_notes_it_and_the_person_says_yes(client, lead, member, manager, yui):
    client.force_login(lead)
    sent = {"place": 2, "day": lead.today().isoformat(), "words": "A long walk"}
    assert client.post(f"/people/{yui.pk}/journey/", sent).url == f"/people/{yui.pk}/"
    row = JourneyStep.objects.get()
    assert counts() == [0] * 5
    for reader in (member, manager):
        client.force_login(reader)
        assert "A long walk" not in client.get(f"/people/{yui.pk}/").text
        assert "It is not there any more" in client.post(f"/people/journey/{row.pk}/yes/", follow=True).text
    client.force_login(yui)
    assert "A long walk" in client.get("/me/record/").text
    client.post(f"/people/journey/{row.pk}/yes/")
    assert counts() == [0, 1, 0, 0, 0]
    client.force_login(manager)
    assert "A long walk" in client.get(f"/people/{yui.pk}/").text


def test_forwards_back_and_resting_without_a_reason(client, yui):
    client.force_login(yui)
    for place in (4, 2, 0):
        client.post(f"/people/{yui.pk}/journey/", {"place": place, "day": yui.today().isoformat()})
        assert JourneyStep.place_of(yui) == place
    assert [person.display_name for person in everybodys_path().resting] == ["Yui Hoshino"]
    assert "Resting:" in client.get("/people/").text


def test_nobody_else_lets_them_rest(client, lead, yui):
    client.force_login(lead)
    page = client.post(f"/people/{yui.pk}/journey/", {"place": 0, "day": lead.today().isoformat()})
    assert page.status_code == 422 and not JourneyStep.objects.exists()


def test_where_they_are_already_is_said(client, lead, yui):
    JourneyStep.say(yui, place=Place.TALKED, day=yui.today())
    client.force_login(lead)
    sent = {"place": 2, "day": lead.today().isoformat(), "words": "kept words"}
    page = client.post(f"/people/{yui.pk}/journey/", sent)
    assert page.status_code == 422 and "They are there already" in page.text and "kept words" in page.text
    JourneyStep.propose(yui, lead, place=Place.CANDIDATE, day=lead.today())
    with pytest.raises(JourneyError, match="waits"):
        JourneyStep.propose(yui, lead, place=Place.JOINED_IN, day=lead.today())


def test_erased_the_step_before_stands_again(client, lead, yui):
    JourneyStep.say(yui, place=Place.TALKED, day=yui.today())
    newest = JourneyStep.say(yui, place=Place.CANDIDATE, day=yui.today())
    client.force_login(lead)
    client.post(f"/people/journey/{newest.pk}/erase/")
    assert JourneyStep.place_of(yui) == Place.CANDIDATE
    client.force_login(yui)
    client.post(f"/people/journey/{newest.pk}/erase/")
    assert JourneyStep.place_of(yui) == Place.TALKED


def test_unanswered_after_thirty_days_it_is_gone(lead, yui):
    row = JourneyStep.propose(yui, lead, place=Place.TALKED, day=lead.today())
    long_ago(row)
    forget_unanswered()
    assert not JourneyStep.objects.exists()


def test_joining_in_is_noted_once_and_wakes_nobody(lead, yui):
    for _twice in range(2):
        JourneyStep.joined_in(yui, day=yui.today(), words="Mob")
    assert JourneyStep.objects.count() == 1
    JourneyStep.say(yui, place=Place.RESTING, day=yui.today())
    JourneyStep.joined_in(yui, day=yui.today(), words="Mob")
    assert JourneyStep.place_of(yui) == Place.RESTING


def test_the_database_keeps_one_place_a_person(yui):
    JourneyStep.say(yui, place=Place.TALKED, day=yui.today())
    JourneyStep.say(yui, place=Place.CANDIDATE, day=yui.today())
    for wrong in ({"is_current": True}, {"place": 7}, {"confirmed_at": None}):
        with pytest.raises(IntegrityError), transaction.atomic():
            JourneyStep.objects.update(**wrong)
