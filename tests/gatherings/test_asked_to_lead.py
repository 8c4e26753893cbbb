"""Who is asked to lead a chapter, or put down for it, hears of it and answers where they read it."""

import pytest

from apps.gatherings.models import Asking
from apps.gatherings.notices import ASKED
from apps.reminders.models import Delivery, State
from apps.reminders.models.delivery import Reason
from tests import factories
from tests.gatherings import told
from tests.gatherings.test_reading import chapter

pytestmark = pytest.mark.django_db


def test_who_is_put_down_hears_and_may_say_rather_not(client, row, book, lead, member):
    one = chapter(book, 1)
    one.assign(member, None, lead)
    assert told.planned() == [(ASKED, "inbox", member.email)]
    told.send_all()
    said = told.letter(ASKED)
    assert said.subject == "You are down to lead: Chapter 1: Title 1"
    client.force_login(member)
    (rather_not,) = said.answers
    assert client.post(rather_not.path, {"next": "/inbox/"}).url == "/inbox/"
    assert told.say(ASKED) == [Reason.NOT_WANTED]
    one.refresh_from_db()
    assert one.facilitator is None


def test_who_is_asked_answers_in_the_inbox(client, row, book, lead, member):
    one = chapter(book, 1)
    Asking.ask(one, member, lead)
    Asking.ask(one, member, lead)
    assert told.planned() == [(ASKED, "inbox", member.email)], "twice is the same"
    told.send_all()
    said = told.letter(ASKED)
    assert said.subject == "Would you lead? Chapter 1: Title 1" and "Aoi asks you." in said.text
    client.force_login(member)
    row.participants.create(member=member, joined_at=row.created_at)
    assert client.post(said.answers[0].path, {"next": "/inbox/"}).url == "/inbox/"
    one.refresh_from_db()
    assert one.facilitator == member
    assert told.letter(ASKED).subject.startswith("You are down to lead")


def test_another_choice_within_a_minute_takes_the_first_back(row, book, lead, member):
    one, other = chapter(book, 1), factories.member()
    one.assign(other, None, lead)
    one.assign(member, other.pk, lead)
    assert told.who(ASKED) == {member.email}
    assert Delivery.objects.get(recipient=other).state == State.SKIPPED


@pytest.mark.parametrize("deed", ["declined", "taken", "read", "closed", "gone"])
def test_what_is_settled_is_not_asked(row, book, lead, member, deed):
    one = chapter(book, 1)
    Asking.ask(one, member, lead)
    if deed == "declined":
        Asking.decline(one, member)
    elif deed == "taken":
        one.take(factories.member())
    elif deed == "read":
        type(one).objects.filter(pk=one.pk).update(meeting=row.meetings.first())
    elif deed == "closed":
        row.close()
    else:
        one.delete()
    assert told.say(ASKED) == [Reason.ERASED if deed == "gone" else Reason.NOT_WANTED]


def test_who_puts_themselves_down_is_not_told(row, book, lead):
    chapter(book, 1).assign(lead, None, lead)
    assert told.planned(kind=ASKED) == []


def test_many_are_said_with_two_queries(row, book, lead, django_assert_num_queries):
    for number in range(1, 7):
        Asking.ask(chapter(book, number), factories.member(), lead)
    rows = list(Delivery.objects.filter(kind=ASKED))
    with django_assert_num_queries(2):
        assert len(told.say(ASKED, *rows)) == 6
