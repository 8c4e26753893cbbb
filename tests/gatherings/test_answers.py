"""Answers: seats, the waiting list, who may answer what, guests, joining and inviting."""

import re
from datetime import timedelta

import pytest
import time_machine
from django.db import IntegrityError, transaction

from apps.gatherings import schedule
from apps.gatherings.models import Answer, Gathering, Participant, Rsvp, RsvpError
from apps.people.models import Interest, Keen, Topic
from tests import factories
from tests.gatherings.test_planning import MONDAY, circle

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def monday():
    with time_machine.travel(MONDAY, tick=False) as clock:
        yield clock


@pytest.fixture
def meeting(lead):
    return circle(lead, seats=2).meetings.get(number=1)


def say(meeting, person, answer=Answer.GOING):
    return Rsvp.say(meeting, answer, member=person)


def test_one_answers_on_the_page(client, member, meeting):
    client.force_login(member)
    address = f"/gatherings/{meeting.gathering_id}/1/"
    client.post(address + "answer/", {"answer": "online"})
    assert Rsvp.objects.get().answer == Answer.ONLINE
    assert 'aria-pressed="true"' in client.get(address).text
    assert Participant.objects.filter(member=member, joined_at__isnull=False).exists()
    assert client.post(address + "answer/", {"answer": "never"}, follow=True).status_code == 200
    assert Rsvp.objects.get().answer == Answer.ONLINE


def test_seats_and_the_line_in_the_order_of_asking(meeting):
    people = [factories.member() for _ in range(5)]
    answers = [say(meeting, person) for person in people]
    assert [row.has_seat for row in answers] == [True, True, False, False, False]
    say(meeting, people[3])  # asked twice, the same place
    say(meeting, people[0], Answer.NO)
    assert [row.member for row in meeting.rsvps.waiting()] == [people[3], people[4]]
    say(meeting, people[0])  # comes back at the end of the line
    assert [row.member for row in meeting.rsvps.waiting()] == [people[3], people[4], people[0]]


def test_online_and_maybe_take_no_seat(meeting):
    for answer in (Answer.ONLINE, Answer.MAYBE, Answer.NO):
        say(meeting, factories.member(), answer)
    assert say(meeting, factories.member()).has_seat


def test_too_late_or_cancelled_is_said(client, lead, member, meeting, monday):
    client.force_login(member)
    address = f"/gatherings/{meeting.gathering_id}/1/answer/"
    meeting.cancel(lead)
    assert "This meeting is cancelled." in client.post(address, {"answer": "going"}, follow=True).text
    meeting.restore()
    monday.shift(timedelta(days=6))
    client.force_login(member)
    assert "This meeting is over." in client.post(address, {"answer": "going"}, follow=True).text
    assert not Rsvp.objects.exists()
    with pytest.raises(RsvpError, match="over"):
        say(meeting, member)


def test_a_closed_circle_is_joined_by_invitation_only(client, lead, member):
    row = circle(lead, is_open=False)
    client.force_login(member)
    client.post(f"/gatherings/{row.pk}/join/")
    assert not row.participants.filter(member=member).exists()
    Participant.invite(row, [member], lead)
    client.post(f"/gatherings/{row.pk}/join/")
    client.post(f"/gatherings/{row.pk}/join/")
    assert row.participants.get(member=member).joined_at
    client.post(f"/gatherings/{row.pk}/leave/")
    assert row.participants.get(member=member).joined_at is None


def test_who_joins_what_meets_but_once_comes(client, lead, member):
    row = circle(lead, rule=None, seats=1)
    only = row.meetings.get()
    client.force_login(member)
    address = f"/gatherings/{row.pk}/join/"
    assert "You are in. Your answer: Going." in client.post(address, follow=True).text
    assert only.rsvps.get().has_seat
    client.post(f"/gatherings/{row.pk}/leave/")
    assert only.rsvps.get().answer == Answer.NO
    say(only, factories.member())
    assert "you are on the waiting list" in client.post(address, follow=True).text
    say(only, member, Answer.ONLINE)
    client.post(address)
    assert only.rsvps.get(member=member).answer == Answer.ONLINE


def test_who_leaves_without_an_answer_needs_none(client, lead, member):
    row = circle(lead, rule=None)
    Participant.invite(row, [member], lead)
    client.force_login(member)
    client.post(f"/gatherings/{row.pk}/leave/")
    assert not Rsvp.objects.exists()


def test_people_topics_or_everybody_are_invited_once(client, lead, member, manager):
    row = circle(lead)
    topic = Topic.named("Terraform", lead)
    keen = factories.member()
    Interest.say(keen, topic, keen=Keen.KEEN, wants=["read"])
    asked = Interest.propose(manager, topic, lead, keen=Keen.KEEN, wants=["read"])
    assert asked is not None
    client.force_login(lead)
    address = f"/gatherings/{row.pk}/invite/"
    assert client.post(address, {}).status_code == 422
    client.post(address, {"people": [member.pk]})
    client.post(address, {"topics": [topic.pk], "people": [member.pk]})
    assert set(row.participants.values_list("member", flat=True)) == {member.pk, keen.pk}, "who has not said yes is not"
    client.post(address, {"everybody": "on"})
    assert row.participants.count() == 3
    keen.joined_at = None
    keen.save()
    said = client.post(address, {"everybody": "on"}, follow=True).text
    assert f"They are invited already. Not in Miraizu yet, and so without a message: {keen.display_name}." in said


def guest_link(client, row) -> str:
    page = client.post(f"/gatherings/{row.pk}/guests/")
    return re.search(r"/gatherings/guest/[\w-]{43}/", page.text)[0]


def test_a_guest_answers_by_link_and_sees_no_names(client, lead, member, meeting):
    row = meeting.gathering
    say(meeting, member)
    client.force_login(lead)
    link = guest_link(client, row)
    client.logout()
    page = client.get(link)
    assert row.title in page.text and member.display_name not in page.text
    assert client.post(link, {"guest": "", "answer": "going"}).status_code == 422
    assert "Your answer: Going" in client.post(link, {"guest": "Hana", "answer": "going"}).text
    assert "waiting list" in client.post(link, {"guest": "Ren", "answer": "going"}).text
    client.force_login(lead)
    assert "Hana" in client.get(f"/gatherings/{row.pk}/1/").text
    newer = guest_link(client, row)
    client.post(f"/gatherings/{row.pk}/guests/", {"end": "1"})
    client.logout()
    assert client.get(link).status_code == client.get(newer).status_code == 404


def test_a_link_that_leaks_fills_no_hall(client, lead):
    row = circle(lead)
    client.force_login(lead)
    link = guest_link(client, row)
    first = row.meetings.get(number=1)
    Rsvp.objects.bulk_create(Rsvp(meeting=first, guest=f"Guest {n}", answer="no") for n in range(50))
    assert "too many guests" in client.post(link, {"guest": "One more", "answer": "going"}).text
    assert client.post(link, {"guest": "Guest 7", "answer": "going"}).status_code == 200


def test_who_leaves_the_company_frees_nothing_by_force(lead, member, meeting):
    say(meeting, member)
    member.delete()
    assert not Rsvp.objects.exists()
    row = Gathering.objects.get()
    lead.delete()
    row.refresh_from_db()
    assert row.organiser is None and row.meetings.exists()


def test_the_pages_queries_do_not_grow(client, lead, member, django_assert_max_num_queries, monday):
    row = circle(lead)
    people = [factories.member() for _ in range(30)]
    for meeting in row.meetings.all():
        for person in people:
            say(meeting, person)
            Participant.join(row, person)
    client.force_login(member)
    monday.shift(timedelta(days=40))
    client.force_login(member)
    for address in ("/gatherings/", f"/gatherings/{row.pk}/", f"/gatherings/{row.pk}/4/", "/"):
        with django_assert_max_num_queries(20 if address == "/gatherings/" else 15):
            assert client.get(address).status_code == 200


def test_every_page_opens_in_japanese(client, lead):
    row = circle(lead)
    schedule.skip(row.meetings.get(number=2), lead)
    lead.language = "ja"
    lead.save()
    client.force_login(lead)
    for page in ("", "new/", f"{row.pk}/", f"{row.pk}/edit/", f"{row.pk}/invite/", f"{row.pk}/1/", f"{row.pk}/2/"):
        assert client.get(f"/gatherings/{page}").status_code == 200
    for page in ("edit", "cancel"):
        assert client.get(f"/gatherings/{row.pk}/1/{page}/").status_code == 200


def test_the_database_keeps_the_rules(meeting, member):
    row = say(meeting, member)
    for wrong in ({"guest": "Both"}, {"member": None}, {"answer": "never"}, {"answer": "no"}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Rsvp.objects.filter(pk=row.pk).update(**wrong)


def test_a_guest_reads_the_organisers_clock_and_the_link_can_be_sent(client, lead, meeting, settings):
    client.force_login(lead)
    page = client.post(f"/gatherings/{meeting.gathering_id}/guests/").text
    link = re.search(r'readonly value="([^"]+)"', page)[1]
    assert link.startswith(settings.SITE_URL + "/gatherings/guest/")
    client.logout()
    page = client.get(link.removeprefix(settings.SITE_URL)).text
    assert "12:30 to 13:15 (Asia/Tokyo)" in page


def test_by_invitation_nobody_else_takes_a_seat(client, lead, member, manager):
    row = circle(lead, is_open=False, seats=1)
    meeting = row.meetings.get(number=1)
    answer = f"/gatherings/{row.pk}/1/answer/"
    client.force_login(manager)
    assert "By invitation." in client.get(f"/gatherings/{row.pk}/1/").text
    for page in (f"/gatherings/{row.pk}/", f"/gatherings/{row.pk}/1/"):
        assert answer not in client.get(page).text
    assert "by invitation" in client.post(answer, {"answer": "going"}, follow=True).text
    assert not meeting.rsvps.exists()
    Participant.invite(row, [member], lead)
    client.force_login(member)
    assert answer in client.get(f"/gatherings/{row.pk}/1/").text
    client.post(answer, {"answer": "going"})
    assert meeting.rsvps.get().member == member
