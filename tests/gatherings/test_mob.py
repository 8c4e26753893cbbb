"""A mob from its roles to a confirmed step: roles by the ladder, turns, checklist, who was there, notes, steps."""

import html
import re
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
import time_machine
from django.db import IntegrityError, transaction

from apps.gatherings.fade_out import held_counts
from apps.gatherings.mob import choose_role, climbs, seats, suggested
from apps.gatherings.models import (
    Answer,
    Attendance,
    ChecklistLine,
    FollowUp,
    MeetingNotes,
    Participant,
    Role,
    Rsvp,
    StepEvidence,
)
from apps.gatherings.turns import turns
from apps.people.models import JourneyStep, LadderStep, Place, Roughly, Rung, Subject
from tests import factories
from tests.gatherings.test_planning import MONDAY, circle

pytestmark = pytest.mark.django_db

BEGINS = datetime(2026, 11, 6, 3, 30, tzinfo=UTC)


@pytest.fixture(autouse=True)
def monday():
    with time_machine.travel(MONDAY, tick=False) as clock:
        yield clock


@pytest.fixture
def item():
    return factories.item(name="Manual release")


@pytest.fixture
def mei():
    return factories.member(display_name="Mei Tachibana", given_name="Mei", family_name="Tachibana")


@pytest.fixture
def meeting(lead, item):
    return circle(lead, kind="mob", title="Mob", item=item, minutes=50).meetings.get(number=1)


def stand(item, person, by, rung):
    LadderStep.propose(person, Subject(item=item), by, rung=rung, day=by.today()).confirm()


@pytest.mark.parametrize(
    ("rungs", "roles"),
    [
        ({}, {}),
        ({1: 5, 2: 3, 3: 2, 4: 1, 5: 0}, {1: "teaching", 2: "navigating", 3: "driving", 4: "watching", 5: "watching"}),
        ({1: 4, 2: 3}, {1: "teaching", 2: "driving"}),
        ({1: 2, 2: 2}, {1: "driving", 2: "navigating"}),
        ({1: 0, 2: 0}, {1: "watching", 2: "watching"}),
        ({1: 5, 2: 5}, {1: "teaching", 2: "teaching"}),
    ],
)
def test_roles_follow_the_ladder(rungs, roles):
    assert suggested({pk: Rung(rung) for pk, rung in rungs.items()}, list(rungs)) == roles


@pytest.mark.parametrize(
    ("minutes", "drivers", "plan"),
    [
        (
            50,
            ["Mei", "Kenta"],
            ["0 What and why", "5 Mei drives", "20 Kenta drives", "35 Mei drives", "45 Notes together"],
        ),
        (43, ["Mei"], ["0 What and why", "5 Mei drives", "20 Mei drives", "38 Notes together"]),
        (15, ["Mei"], ["0 Mei drives"]),
        (20, [], ["0 What and why", "5 Who would like to drive", "15 Notes together"]),
        (240, ["A"], None),
    ],
)
def test_turns_fill_the_time_exactly(minutes, drivers, plan):
    found = turns(BEGINS, minutes, drivers)
    said = [f"{int((turn.begins - BEGINS).total_seconds() // 60)} {turn.says}" for turn in found]
    assert plan is None or said == plan
    assert (found[0].begins, found[-1].ends) == (BEGINS, BEGINS + timedelta(minutes=minutes))
    assert all(one.ends == two.begins and one.begins < one.ends for one, two in pairwise(found))


def test_from_a_mob_to_a_confirmed_step(client, lead, member, mei, item, meeting, monday):
    LadderStep.claim(lead, Subject(item=item), rung=5, day=lead.today())
    stand(item, mei, lead, 3)
    address = f"/gatherings/{meeting.gathering_id}/1/"
    for person in (lead, mei, member):
        Rsvp.say(meeting, Answer.GOING, member=person)
    client.force_login(mei)
    assert "Mei drives" in client.get(address).text
    client.post(address + "role/", {"role": "navigating"})
    assert client.post(address + "role/", {"role": "driving", "member": member.pk}).status_code == 404
    client.force_login(lead)
    client.post(address + "role/", {"role": "driving", "member": mei.pk})
    client.post(address + "role/", {"role": "nonsense", "member": mei.pk})
    assert Rsvp.objects.get(member=mei).role == "driving"

    monday.move_to(BEGINS + timedelta(minutes=50))
    client.force_login(member)
    assert client.get(address + "attendance/").status_code == 404
    client.force_login(lead)
    page = client.get(address + "attendance/").text
    assert "Mei Tachibana" in page
    both = [mei.pk, member.pk]
    sent = {"shown": both, "there": both, f"role-{mei.pk}": "solo", f"role-{member.pk}": "navigating"}
    client.post(address + "attendance/", sent)
    assert dict(Attendance.objects.values_list("member", "role")) == {mei.pk: "", member.pk: "navigating"}
    assert LadderStep.rung_of(member, Subject(item=item)) == Rung.NONE, "a list writes nothing onto a ladder"
    assert not JourneyStep.objects.exists()

    page = client.get(address).text
    assert "Who climbed a step?" in page and "Ask Member" in page
    step = f"{member.pk}-2"
    for _twice in range(2):
        client.post(address + "steps/", {"step": step})
    row = LadderStep.objects.get(person=member)
    assert (row.rung, row.proposed_by, row.evidence.meeting) == (2, lead, meeting)
    assert client.post(address + "steps/", {"step": f"{member.pk}-5"}, follow=True).status_code == 200
    assert StepEvidence.objects.count() == 1
    client.force_login(member)
    client.post(f"/people/ladder/{row.pk}/yes/")
    assert LadderStep.rung_of(member, Subject(item=item)) == Rung.NAVIGATING


def test_the_items_can_do_it_alone_rises_after_three_drives(client, lead, mei, item, monday):
    LadderStep.claim(lead, Subject(item=item), rung=5, day=lead.today())
    stand(item, mei, lead, 3)
    row = circle(lead, kind="mob", title="Mob", item=item)
    monday.shift(timedelta(days=40))
    past = list(row.meetings.over(datetime.now(UTC)))
    for one in past:
        Attendance.list_people(one, lead, {mei.pk: Role.DRIVING}, ())
    client.force_login(lead)
    assert '<dd class="figure__value">1 <small>of 2 people' in client.get(f"/toil/items/{item.pk}/").text
    client.post(f"/gatherings/{row.pk}/{past[0].number}/steps/", {"step": f"{mei.pk}-4"})
    client.force_login(mei)
    assert "Solo" in client.get("/me/record/").text
    client.post(f"/people/ladder/{LadderStep.objects.waiting().get().pk}/yes/")
    page = client.get(f"/toil/items/{item.pk}/").text
    assert '<dd class="figure__value">2 <small>of 2 people' in page and "Plan a mob" in page


def test_who_shows_the_ladder_roughly_is_not_told_around(client, lead, mei, item, meeting, monday):
    stand(item, mei, lead, 2)
    Roughly.choose(mei, on=True)
    monday.move_to(BEGINS + timedelta(minutes=50))
    Attendance.list_people(meeting, lead, {mei.pk: Role.DRIVING}, ())
    client.force_login(lead)
    assert not client.get(f"/gatherings/{meeting.gathering_id}/1/").context["climbs"]
    client.force_login(mei)
    (climb,) = client.get(f"/gatherings/{meeting.gathering_id}/1/").context["climbs"]
    assert (climb.now, climb.to, climb.is_mine) == (Rung.NAVIGATING, Rung.DRIVING, True)


@pytest.mark.parametrize("rung", [Rung.WATCHING, Rung.NAVIGATING, Rung.DRIVING])
def test_the_proposed_role_tells_no_more_of_them_than_they_show(lead, mei, item, meeting, rung):
    stand(item, mei, lead, rung)
    Roughly.choose(mei, on=True)
    Rsvp.say(meeting, Answer.GOING, member=mei)
    (player,) = [player for seat in seats(meeting) for player in seat.players]
    assert (player.role, player.is_first) == (Role.DRIVING, False)


@pytest.mark.parametrize(
    ("at", "counts", "says"),
    [
        (timedelta(minutes=-16), 0, "15 minutes before"),
        (timedelta(minutes=-15), 1, "Good"),
        (timedelta(days=8), 0, "a week ago"),
    ],
)
def test_checking_in_has_its_time(client, mei, meeting, monday, at, counts, says):
    monday.move_to(BEGINS + at)
    client.force_login(mei)
    for _twice in range(2):
        page = client.post(f"/gatherings/{meeting.gathering_id}/1/check-in/", {"online": "on"}, follow=True)
    assert says in page.text and Attendance.objects.count() == counts


def test_checking_in_sets_watching_and_joined_in_only(client, lead, mei, item, meeting, monday):
    monday.move_to(BEGINS)
    client.force_login(mei)
    client.post(f"/gatherings/{meeting.gathering_id}/1/check-in/")
    assert LadderStep.rung_of(mei, Subject(item=item)) == Rung.WATCHING
    assert JourneyStep.place_of(mei) == Place.JOINED_IN
    stand(item, lead, mei, 4)
    client.force_login(lead)
    client.post(f"/gatherings/{meeting.gathering_id}/1/check-in/")
    assert LadderStep.rung_of(lead, Subject(item=item)) == Rung.SOLO


def test_nobody_checks_in_to_what_is_cancelled(client, lead, mei, meeting, monday):
    meeting.cancel(lead)
    monday.move_to(BEGINS)
    client.force_login(mei)
    assert "is cancelled" in client.post(f"/gatherings/{meeting.gathering_id}/1/check-in/", follow=True).text
    assert not Attendance.objects.exists()


def test_who_takes_themself_off_the_list_stays_off(client, lead, mei, meeting, monday):
    monday.move_to(BEGINS + timedelta(hours=1))
    Attendance.list_people(meeting, lead, {mei.pk: Role.DRIVING}, ())
    client.force_login(mei)
    client.post(f"/gatherings/{meeting.gathering_id}/1/check-in/", {"away": "1"})
    client.force_login(lead)
    client.post(f"/gatherings/{meeting.gathering_id}/1/attendance/", {"shown": mei.pk, "there": mei.pk, "add": mei.pk})
    assert not Attendance.objects.standing().exists()


def test_the_list_takes_others_in_and_keeps_who_checked_in(client, lead, member, mei, meeting, monday):
    monday.move_to(BEGINS)
    Attendance.check_in(meeting, mei)
    Participant.join(meeting.gathering, member)
    stranger = factories.member()
    client.force_login(lead)
    address = f"/gatherings/{meeting.gathering_id}/1/attendance/"
    client.post(address, {"add": stranger.pk, "shown": [mei.pk, member.pk], "there": member.pk})
    assert set(Attendance.objects.values_list("member", flat=True)) == {mei.pk, member.pk, stranger.pk}
    page = client.post(address, {"add": "99999999", "shown": [mei.pk, member.pk, stranger.pk], "there": member.pk})
    assert page.status_code == 422
    assert {line.person: line.is_there for line in page.context["lines"]}[member], "what was ticked stays ticked"
    assert Attendance.objects.count() == 3
    client.post(address, {"shown": [mei.pk, member.pk, stranger.pk]})
    assert set(Attendance.objects.values_list("member", flat=True)) == {mei.pk}


def test_who_came_onto_the_list_meanwhile_stays_on_it(client, lead, member, mei, meeting, monday):
    Participant.join(meeting.gathering, member)
    monday.move_to(BEGINS)
    client.force_login(lead)
    address = f"/gatherings/{meeting.gathering_id}/1/attendance/"
    assert "Mei" not in str(client.get(address).context["lines"])
    Attendance.list_people(meeting, lead, {mei.pk: ""}, ())  # in another tab
    Attendance.list_guests(meeting, lead, ["Ann"], ())
    client.post(address, {"shown": [member.pk], "there": [member.pk]})
    rows = Attendance.objects.order_by("id").values_list("member", "guest")
    assert list(rows) == [(mei.pk, ""), (None, "Ann"), (member.pk, "")]


def test_guests_are_listed_by_name(client, lead, mei, meeting, monday):
    Rsvp.say(meeting, Answer.GOING, guest="Ann")
    Rsvp.say(meeting, Answer.NO, guest="Bob")
    monday.move_to(BEGINS + timedelta(hours=1))
    client.force_login(lead)
    address = f"/gatherings/{meeting.gathering_id}/1/"
    page = client.get(address + "attendance/")
    assert page.context["guests"] == [("Ann", True)]
    client.post(address + "attendance/", {"guest-shown": "Ann", "guest-there": "Ann", "guest": "Eve\u202e"})
    assert set(Attendance.objects.values_list("guest", flat=True)) == {"Ann", "Eve"}
    page = client.get(address).text
    assert "Eve" in page and "guest" in page
    assert held_counts(meeting.gathering)[0].came == 2
    client.post(address + "attendance/", {"guest-shown": ["Ann", "Eve"], "guest-there": "Eve"})
    assert set(Attendance.objects.values_list("guest", flat=True)) == {"Eve"}


@pytest.mark.parametrize(
    "wrong",
    [
        {"member": None, "guest": ""},
        {"guest": "Ann"},
        {"member": None, "guest": "Ann", "role": "driving"},
        {"checked_in_at": BEGINS, "removed_at": BEGINS},
    ],
)
def test_the_database_keeps_the_rules_of_the_list(mei, meeting, wrong):
    with pytest.raises(IntegrityError), transaction.atomic():
        Attendance.objects.create(**({"meeting": meeting, "member": mei} | wrong))


def notes_of(client, address):
    form = client.get(address + "notes/").context["form"]
    return {"version": form["version"].value() or "", "base": form["base"].value() or ""}


def test_two_who_write_notes_at_once_lose_nothing(client, lead, mei, meeting, monday):
    monday.move_to(BEGINS)
    Participant.join(meeting.gathering, mei)
    address = f"/gatherings/{meeting.gathering_id}/1/"
    client.force_login(mei)
    first = notes_of(client, address)
    client.force_login(lead)
    second = notes_of(client, address)
    client.post(address + "notes/", second | {"text": "The lead’s **words**", "needs_nobody": "A screen for it"})
    client.force_login(mei)
    client.post(address + "notes/", first | {"surprised": "Support knew"})
    row = MeetingNotes.objects.get()
    assert (row.text, row.surprised, row.needs_nobody) == ("The lead’s **words**", "Support knew", "A screen for it")
    page = client.post(address + "notes/", first | {"text": "Other words"})
    assert page.status_code == 409 and "Other words" in page.text and "The lead’s" in page.text
    page = client.get(address).text
    state = f"/toil/items/{meeting.gathering.item_id}/state/"
    assert "<strong>words</strong>" in page and state not in page, "the state is the lead’s to change"
    client.force_login(lead)
    assert state in client.get(address).text


def test_the_two_questions_stand_on_the_page_once_it_has_begun(client, mei, meeting, monday):
    Participant.join(meeting.gathering, mei)
    client.force_login(mei)
    address = f"/gatherings/{meeting.gathering_id}/1/"
    assert "What surprised us?" not in client.get(address).text
    monday.move_to(BEGINS + timedelta(minutes=45))
    page = client.get(address).text
    fields = dict(re.findall(r'name="(version|base)" value="([^"]*)"', page))
    sent = {"version": fields["version"], "base": html.unescape(fields["base"]), "surprised": "The tablet was offline."}
    assert client.post(address + "notes/", sent).url == address + "#notes-title"
    page = client.get(address).text
    assert "The tablet was offline." in page and "Write notes" in page and 'name="surprised"' not in page


def test_follow_ups_are_added_ticked_and_removed(client, lead, mei, meeting, monday):
    monday.move_to(BEGINS)
    Participant.join(meeting.gathering, mei)
    address = f"/gatherings/{meeting.gathering_id}/1/follow-ups/"
    client.force_login(mei)
    sent = {
        "words": "Write the runbook",
        "owner": mei.pk,
        "due": "2026-11-20",
        "submission_id": "6f1f6a4e-9c38-4d0b-8f7e-3f4f6a0c1d2e",
    }
    for _twice in range(2):
        client.post(address, sent)
    row = FollowUp.objects.get()
    assert client.post(address, {"words": "Too early", "due": "2026-11-01"}).status_code == 422
    assert client.post(address, {"words": " "}).status_code == 422
    for _twice in range(2):
        client.post(f"{address}{row.pk}/", {"done": "on"})
    row.refresh_from_db()
    assert row.done_at
    client.force_login(factories.member())
    client.post(f"{address}{row.pk}/", {"remove": "1"})
    assert FollowUp.objects.exists()
    client.force_login(lead)
    client.post(f"{address}{row.pk}/", {"remove": "1"})
    assert not FollowUp.objects.exists()


def test_the_checklist_begins_with_that_of_the_last_mob(client, lead, meeting):
    address = f"/gatherings/{meeting.gathering_id}/1/checklist/"
    client.force_login(lead)
    for _twice in range(2):
        client.post(address, {"begin": "1"})
    assert ChecklistLine.objects.count() == 3
    client.post(address, {"words": "A copy of the data, names masked"})
    line = ChecklistLine.objects.last()
    client.post(f"{address}{line.pk}/", {"done": "on"})
    line.refresh_from_db()
    assert line.done_by == lead
    client.post(f"{address}{ChecklistLine.objects.first().pk}/", {"remove": "1"})
    client.post(f"/gatherings/{meeting.gathering_id}/2/checklist/", {"begin": "1"})
    second = meeting.gathering.meetings.get(number=2)
    assert [one.words for one in second.checklist.all()] == [one.words for one in meeting.checklist.all()]
    assert not second.checklist.exclude(done_at=None).exists()
    assert client.post(f"/gatherings/{meeting.gathering_id}/2/checklist/{line.pk}/").status_code == 404


def test_the_timer_is_everybodys(client, lead, member, mei, meeting, monday):
    address = f"/gatherings/{meeting.gathering_id}/1/timer/"
    client.force_login(member)
    assert client.post(address).status_code == 404
    Rsvp.say(meeting, Answer.GOING, member=mei)
    monday.move_to(BEGINS + timedelta(minutes=4))
    client.force_login(mei)
    client.post(address)
    meeting.refresh_from_db()
    assert meeting.turns_from == BEGINS + timedelta(minutes=4)
    page = client.get(f"/gatherings/{meeting.gathering_id}/1/").text
    assert page.count('aria-current="step"') == 1
    client.post(address, {"stop": "1"})
    meeting.refresh_from_db()
    assert meeting.turns_from is None


def test_the_page_asks_no_more_with_more_rows(client, lead, item, meeting, monday, django_assert_max_num_queries):
    client.force_login(lead)
    for person in [factories.member() for _each in range(60)]:
        Rsvp.say(meeting, Answer.GOING, member=person)
    monday.move_to(BEGINS + timedelta(minutes=50))
    people = list(meeting.rsvps.values_list("member", flat=True))
    Attendance.list_people(meeting, lead, dict.fromkeys(people, Role.WATCHING), ())
    ChecklistLine.objects.bulk_create(ChecklistLine(meeting=meeting, words=f"Line {n}") for n in range(20))
    FollowUp.objects.bulk_create(FollowUp(meeting=meeting, words=f"Do {n}", owner=lead) for n in range(20))
    client.force_login(lead)
    client.get(f"/gatherings/{meeting.gathering_id}/1/")
    with django_assert_max_num_queries(32):
        assert client.get(f"/gatherings/{meeting.gathering_id}/1/").status_code == 200


def test_a_meeting_may_be_about_another_item_than_its_series(client, lead, mei, item, meeting, monday):
    other = factories.item(name="Customer data fix")
    client.force_login(lead)
    values = {
        "scope": "this",
        "day": "2026-11-06",
        "clock": "12:30",
        "minutes": 50,
        "zone": "Asia/Tokyo",
        "own_item": other.pk,
    }
    assert client.post(f"/gatherings/{meeting.gathering_id}/1/edit/", values).status_code == 302
    assert "Customer data fix" in client.get(f"/gatherings/{meeting.gathering_id}/1/").text
    assert f"/gatherings/{meeting.gathering_id}/1/" in client.get(f"/toil/items/{other.pk}/").text
    assert f"/gatherings/{meeting.gathering_id}/1/" not in client.get(f"/toil/items/{item.pk}/").text
    monday.move_to(BEGINS)
    client.force_login(mei)
    client.post(f"/gatherings/{meeting.gathering_id}/1/check-in/")
    assert LadderStep.rung_of(mei, Subject(item=other)) == Rung.WATCHING
    assert LadderStep.rung_of(mei, Subject(item=item)) == Rung.NONE


def test_once_it_is_over_roles_are_as_they_were(client, lead, mei, meeting, monday):
    Rsvp.say(meeting, Answer.GOING, member=mei)
    monday.move_to(BEGINS + timedelta(minutes=50))
    Attendance.list_people(meeting, lead, {mei.pk: Role.TEACHING}, ())
    client.force_login(lead)
    seats = client.get(f"/gatherings/{meeting.gathering_id}/1/").context["roles"]
    assert [len(seat.players) for seat in seats] == [0, 0, 0, 1]


def test_what_would_need_nobody_becomes_an_item_of_the_map(client, lead, member, item, meeting, monday):
    factories.future_map(lead)
    monday.move_to(BEGINS)
    MeetingNotes.objects.create(meeting=meeting, needs_nobody="A pipeline & a screen")
    address = f"/gatherings/{meeting.gathering_id}/1/"
    client.force_login(member)
    assert "new-item" not in client.get(address).text
    client.force_login(lead)
    link = re.search(r'/map/draft/new-item/[^"]+', client.get(address).text)[0]
    page = client.get(html.unescape(link))
    assert page.context["form"]["title"].value() == "A pipeline & a screen"
    assert page.context["form"].part["toil"] == [item.pk]
    assert page.context["form"].part["gatherings"] == [meeting.gathering_id]
    assert client.get("/map/draft/new-item/?toil=99999999&title=" + "x" * 5_000).status_code == 200


def test_that_a_step_waits_is_known_to_the_two_of_them_only(client, lead, member, manager, mei, item, meeting, monday):
    monday.move_to(BEGINS + timedelta(minutes=50))
    Attendance.list_people(meeting, lead, {mei.pk: Role.DRIVING}, ())
    LadderStep.propose(mei, Subject(item=item), lead, rung=3, day=lead.today())
    for reader, told in ((lead, "waits for an answer"), (mei, 'href="/me/record/">Look'), (member, ""), (manager, "")):
        client.force_login(reader)
        climbed = client.get(f"/gatherings/{meeting.gathering_id}/1/").text.partition('id="climbed-title"')[2]
        found = re.findall(r"waits for an answer|href=\"/me/record/\">Look", climbed.partition("</section>")[0])
        assert found == ([told] if told else [])


def test_the_first_checklist_speaks_the_language_of_who_begins_it(client, lead, meeting):
    lead.language = "ja"
    lead.save()
    client.force_login(lead)
    client.post(f"/gatherings/{meeting.gathering_id}/1/checklist/", {"begin": "1"})
    assert "実際の依頼を1件選んだ" in client.get(f"/gatherings/{meeting.gathering_id}/1/").text


def test_the_roles_of_the_page_are_noted_by_checking_in_and_stay(client, lead, member, mei, item, meeting, monday):
    stand(item, mei, lead, Rung.NAVIGATING)
    for person in (lead, mei, member):
        Rsvp.say(meeting, Answer.GOING, member=person)
    choose_role(meeting, member.pk, Role.NAVIGATING)
    monday.move_to(BEGINS)
    for person in (mei, member):
        client.force_login(person)
        client.post(f"/gatherings/{meeting.gathering_id}/1/check-in/")
    roles = dict(Attendance.objects.values_list("member", "role"))
    assert roles == {mei.pk: Role.DRIVING, member.pk: Role.NAVIGATING}
    monday.move_to(BEGINS + timedelta(minutes=55))
    climbed = [(one.person, one.to) for one in climbs(meeting, lead)]
    assert (mei, Rung.DRIVING) in climbed


def test_over_without_a_list_it_is_as_it_was_planned(lead, member, meeting, monday):
    Rsvp.say(meeting, Answer.GOING, member=member)
    choose_role(meeting, member.pk, Role.DRIVING)
    monday.move_to(BEGINS + timedelta(hours=2))
    driving = next(seat for seat in seats(meeting) if seat.role == Role.DRIVING)
    assert [player.person.pk for player in driving.players] == [member.pk]


def test_who_was_not_there_is_not_asked_and_writes_nothing(client, lead, member, manager, meeting, monday):
    Participant.join(meeting.gathering, member)
    address = f"/gatherings/{meeting.gathering_id}/1/"
    monday.move_to(BEGINS)
    client.force_login(manager)
    assert "Are you here?" in client.get(address).text, "who comes by is asked"
    monday.move_to(BEGINS + timedelta(hours=20))
    client.force_login(manager)
    page = client.get(address).text
    assert "Were you there?" not in page and "Write notes" not in page and "follow-ups/" not in page
    sent = {"words": "Mine now", "owner": manager.pk, "submission_id": "6f1f6a4e-9c38-4d0b-8f7e-3f4f6a0c1d2f"}
    assert "writes here" in client.post(address + "follow-ups/", sent, follow=True).text
    assert "writes here" in client.post(address + "notes/", {"surprised": "x"}, follow=True).text
    assert not FollowUp.objects.exists() and not MeetingNotes.objects.exists()
    Rsvp.objects.create(meeting=meeting, member=member, answer=Answer.ONLINE)
    client.force_login(member)
    assert "Were you there?" in client.get(address).text, "who was to come still is"
