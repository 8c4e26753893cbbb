"""Gatherings planned, changed for one meeting, for what follows and for all; skipped, cancelled, resting, closed."""

import html
import re
from datetime import UTC, date, datetime, time, timedelta

import pytest
import time_machine
from django.db import IntegrityError, transaction

from apps.gatherings import schedule
from apps.gatherings.models import Answer, Gathering, Holiday, Meeting, Rsvp
from apps.gatherings.recurrence import Frequency, Rule
from apps.gatherings.schedule import Scope, SeatsTaken, Slot
from apps.people.models import Topic, TopicMerge
from tests import factories

pytestmark = pytest.mark.django_db

MONDAY = datetime(2026, 11, 2, 9, tzinfo=UTC)
FRIDAY = date(2026, 11, 6)
FORTNIGHTLY = Rule(Frequency.WEEKLY, interval=2, weekdays=(4,))
SLOT = Slot(time(12, 30), 45, "Asia/Tokyo", "Kusunoki", "", None)


@pytest.fixture(autouse=True)
def monday():
    with time_machine.travel(MONDAY, tick=False) as clock:
        yield clock


def circle(lead, rule: Rule | None = FORTNIGHTLY, **fields) -> Gathering:
    values = {
        "kind": "reading",
        "title": "Site Reliability Engineering",
        "organiser": lead,
        "zone": "Asia/Tokyo",
        "first_day": FRIDAY,
        "clock": time(12, 30),
        "minutes": 45,
        "rule": rule.to_json() if rule else None,
        "place": "Kusunoki",
    }
    row = Gathering(**values | fields)
    schedule.begin(row, lead.today())
    return row


def days(gathering) -> list[date]:
    return list(gathering.meetings.standing().order_by("starts_at").values_list("day", flat=True))


def sent(**fields) -> dict:
    return {
        "kind": "reading",
        "title": "The book",
        "day": "2026-11-06",
        "clock": "12:30",
        "minutes": 45,
        "zone": "Asia/Tokyo",
        "repeats": "once",
        "is_open": "on",
    } | fields


def test_once_it_has_one_meeting_at_the_right_moment(client, member):
    client.force_login(member)
    page = client.post("/gatherings/new/", sent(), follow=True)
    (meeting,) = Meeting.objects.all()
    assert meeting.starts_at == datetime(2026, 11, 6, 3, 30, tzinfo=UTC)
    assert page.request["PATH_INFO"] == f"/gatherings/{meeting.gathering_id}/1/"


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"repeats": "weekly", "interval": 2}, ["2026-11-06", "2026-11-20", "2026-12-04"]),
        (
            {"repeats": "weekly", "weekdays": ["1", "3"], "day": "2026-11-03"},
            ["2026-11-03", "2026-11-05", "2026-11-10"],
        ),
        ({"repeats": "monthly", "monthly": "weekday"}, ["2026-11-06", "2026-12-04", "2027-01-01"]),
        ({"repeats": "monthly", "monthly": "last"}, ["2026-11-30", "2026-12-31", "2027-01-31"]),
        ({"repeats": "daily", "ends": "count", "count": 2}, ["2026-11-06", "2026-11-07"]),
        ({"repeats": "daily", "ends": "until", "until": "2026-11-08"}, ["2026-11-06", "2026-11-07", "2026-11-08"]),
        ({"repeats": "yearly"}, ["2026-11-06"]),
        (
            {"repeats": "monthly", "monthly": "day", "day": "2026-12-31", "month_end": "skip"},
            ["2026-12-31", "2027-01-31"],
        ),
        (
            {"repeats": "monthly", "monthly": "day", "day": "2026-12-31", "month_end": "last_day"},
            ["2026-12-31", "2027-01-31", "2027-02-28"],
        ),
    ],
)
def test_again_and_again(client, member, fields, expected):
    client.force_login(member)
    assert client.post("/gatherings/new/", sent(**fields)).status_code == 302
    assert [day.isoformat() for day in days(Gathering.objects.get())][:3] == expected


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"title": " "}, "Title"),
        ({"day": "2026-11-01"}, "This day is over"),
        ({"day": "2030-01-01"}, "three years ahead"),
        ({"zone": "Asia/Tokio"}, "not a time zone we know"),
        ({"zone": "localtime"}, "not a time zone we know"),
        ({"minutes": 0}, "Minutes"),
        ({"minutes": 1441}, "Minutes"),
        ({"seats": 0}, "Seats"),
        ({"link": "javascript:alert(1)"}, "Link to join online"),
        ({"repeats": "weekly", "interval": 100}, "99"),
        ({"repeats": "daily", "ends": "until", "until": "2026-11-05"}, "before the first day"),
        ({"repeats": "daily", "ends": "until", "until": "2036-11-06"}, "3 years"),
        ({"repeats": "daily", "ends": "count", "count": 10_000}, "400"),
        ({"repeats": "daily", "ends": "count"}, "how many times"),
        ({"repeats": "daily", "ends": "until"}, "until when"),
        ({"repeats": "monthly", "monthly": "day", "day": "2026-12-31"}, "Not every month has this day"),
        ({"repeats": "yearly", "day": "2028-02-29"}, "Not every year has this day"),
    ],
)
def test_what_is_wrong_is_said_beside_it_and_nothing_is_lost(client, member, wrong, says):
    client.force_login(member)
    page = client.post("/gatherings/new/", sent(about="kept words") | wrong)
    assert page.status_code == 422 and says in page.text and "kept words" in page.text
    assert not Gathering.objects.exists()


def test_sent_twice_it_is_planned_once(client, member):
    client.force_login(member)
    for _twice in range(2):
        client.post("/gatherings/new/", sent(submission_id="6f1f6a4e-9c38-4d0b-8f7e-3f4f6a0c1d2e"))
    assert Gathering.objects.count() == 1


def test_a_time_in_the_gap_is_moved_and_the_organiser_is_told(client, member):
    client.force_login(member)
    page = client.post("/gatherings/new/", sent(day="2027-03-28", clock="02:30", zone="Europe/Berlin"), follow=True)
    assert "it begins at 03:30" in page.text
    assert Meeting.objects.get().starts_at == datetime(2027, 3, 28, 1, 30, tzinfo=UTC)


def test_it_reaches_120_days_ahead_and_nothing_is_made_twice(lead, monday):
    row = circle(lead)
    first = days(row)
    assert first[-1] <= lead.today() + timedelta(days=120) < first[-1] + timedelta(days=14)
    for _again in range(100):
        assert schedule.extend(row, lead.today()) == 0
    monday.shift(timedelta(days=28))
    assert schedule.extend_all(lead.today()) == 2
    assert days(row)[: len(first)] == first


def test_what_was_skipped_moved_or_cancelled_is_not_made_again(lead, monday):
    row = circle(lead)
    one, two, three = row.meetings.order_by("number")[:3]
    schedule.skip(one, lead)
    schedule.change_one(two, SLOT, FRIDAY + timedelta(days=17))
    three.delete()
    kept = days(row)
    monday.shift(timedelta(days=1))
    assert schedule.extend(row, lead.today()) == 0
    assert days(row) == kept


def test_a_yearly_one_shows_its_next_though_it_is_far(lead):
    row = circle(lead, Rule(Frequency.YEARLY), first_day=date(2027, 9, 1))
    assert days(row) == [date(2027, 9, 1)]
    assert schedule.extend(row, lead.today()) == 0


def test_holidays_are_left_out(lead):
    Holiday.objects.create(day=FRIDAY + timedelta(days=14), name="Labour Thanksgiving Day")
    assert days(circle(lead))[:2] == [FRIDAY, FRIDAY + timedelta(days=28)]
    assert days(circle(lead, skips_holidays=False))[1] == FRIDAY + timedelta(days=14)


def change(client, meeting, scope, **fields):
    values = {
        "scope": scope,
        "day": meeting.day.isoformat(),
        "clock": meeting.clock.strftime("%H:%M"),
        "minutes": meeting.minutes,
        "zone": meeting.zone,
        "place": meeting.place,
        "repeats": "weekly",
        "interval": 2,
        "weekdays": ["4"],
        "ends": "never",
    }
    return client.post(f"/gatherings/{meeting.gathering_id}/{meeting.number}/edit/", values | fields)


def test_this_one_moves_alone(client, lead):
    row = circle(lead)
    before = days(row)
    client.force_login(lead)
    second = row.meetings.get(number=2)
    assert change(client, second, Scope.THIS, day="2026-11-23", title="Chapter 2").status_code == 302
    second.refresh_from_db()
    assert (second.day, second.is_touched, second.schedule_rev, second.title) == (
        date(2026, 11, 23),
        True,
        1,
        "Chapter 2",
    )
    assert days(row) == sorted([*before[:1], date(2026, 11, 23), *before[2:]])


def test_this_and_following_keeps_what_was_and_what_people_answered(client, lead, member, monday):
    row = circle(lead)
    for number in (1, 2, 3):
        Rsvp.say(row.meetings.get(number=number), Answer.GOING, member=member)
    monday.shift(timedelta(days=6))  # the first is over
    client.force_login(lead)
    third = row.meetings.get(number=3)
    change(client, third, Scope.FOLLOWING, day="2026-12-03", clock="18:00", weekdays=["3"])
    assert days(row)[:4] == [FRIDAY, FRIDAY + timedelta(days=14), date(2026, 12, 3), date(2026, 12, 17)]
    clocks = list(row.meetings.order_by("number").values_list("clock", flat=True))
    assert clocks[:3] == [time(12, 30), time(12, 30), time(18)]
    assert Rsvp.objects.filter(member=member, answer=Answer.GOING, meeting__gathering=row).count() == 3
    assert row.meetings.get(number=3).rsvps.count() == 1


def test_all_leaves_alone_what_has_begun_and_what_was_moved(client, lead, monday):
    row = circle(lead)
    schedule.change_one(row.meetings.get(number=3), SLOT, date(2026, 12, 7))
    monday.shift(timedelta(days=6))
    client.force_login(lead)
    change(client, row.meetings.get(number=2), Scope.ALL, place="Sakura", clock="09:00")
    found = {one.number: (one.place, one.clock.hour) for one in row.meetings.order_by("number")[:4]}
    assert found == {1: ("Kusunoki", 12), 2: ("Sakura", 9), 3: ("Kusunoki", 12), 4: ("Sakura", 9)}


def test_a_shorter_pattern_cancels_what_people_answered_and_drops_the_rest(client, lead, member):
    row = circle(lead)
    answered = row.meetings.get(number=4)
    Rsvp.say(answered, Answer.GOING, member=member)
    client.force_login(lead)
    change(client, row.meetings.get(number=1), Scope.FOLLOWING, ends="count", count=2)
    assert len(days(row)) == 2
    answered.refresh_from_db()
    assert answered.is_cancelled and row.meetings.count() == 3


def test_of_a_number_of_times_those_left_are_offered(client, lead):
    row = circle(lead, Rule(Frequency.WEEKLY, interval=2, weekdays=(4,), count=5))
    client.force_login(lead)
    page = client.get(f"/gatherings/{row.pk}/3/edit/")
    assert page.context["form"].initial["count"] == 3
    change(client, row.meetings.get(number=3), Scope.FOLLOWING, ends="count", count=3, clock="13:00")
    assert len(days(row)) == 5


def test_what_has_begun_can_not_be_changed(client, lead, monday):
    row = circle(lead)
    monday.shift(timedelta(days=6))
    client.force_login(lead)
    assert change(client, row.meetings.get(number=1), Scope.THIS, clock="18:00").status_code == 302
    assert row.meetings.get(number=1).clock == time(12, 30)


def test_who_does_not_run_it_changes_nothing(client, lead, member, manager):
    row = circle(lead)
    first = row.meetings.get(number=1)
    for other in (member, manager):
        client.force_login(other)
        assert change(client, first, Scope.THIS, clock="18:00").status_code == 404
        for deed in ("skip", "cancel", "restore"):
            assert client.post(f"/gatherings/{row.pk}/1/{deed}/").status_code == 404
        for deed in ("edit", "invite", "rest", "wake", "close", "guests"):
            assert client.post(f"/gatherings/{row.pk}/{deed}/").status_code == 404
    first.refresh_from_db()
    assert (first.clock, first.is_cancelled) == (time(12, 30), False)


def test_skipped_in_one_tap_and_back(client, lead):
    row = circle(lead)
    client.force_login(lead)
    client.post(f"/gatherings/{row.pk}/1/skip/")
    client.post(f"/gatherings/{row.pk}/1/skip/")
    first = row.meetings.get(number=1)
    assert (first.is_skip, first.schedule_rev) == (True, 1)
    assert "No harm done" in client.get(f"/gatherings/{row.pk}/1/").text
    client.post(f"/gatherings/{row.pk}/1/restore/")
    first.refresh_from_db()
    assert (first.is_cancelled, first.schedule_rev) == (False, 2)


def test_cancelled_with_a_word_why(client, lead):
    row = circle(lead)
    client.force_login(lead)
    client.post(f"/gatherings/{row.pk}/2/cancel/", {"scope": Scope.FOLLOWING, "words": "The room is being painted"})
    assert days(row) == [FRIDAY]
    assert "The room is being painted" in client.get(f"/gatherings/{row.pk}/2/").text


def test_resting_skips_what_was_planned_and_makes_nothing_until_then(client, lead, monday):
    row = circle(lead)
    client.force_login(lead)
    client.post(f"/gatherings/{row.pk}/rest/", {"until": "2026-12-10"})
    assert days(row)[0] == date(2026, 12, 18)
    for wrong in ("", "2026-11-02", "2030-01-01", "nonsense", "2026-13-77"):
        client.post(f"/gatherings/{row.pk}/rest/", {"until": wrong})
    row.refresh_from_db()
    assert row.resting_until == date(2026, 12, 10)
    client.post(f"/gatherings/{row.pk}/wake/")
    row.refresh_from_db()
    assert row.resting_until is None


def test_closed_well_with_a_last_meeting(client, lead, monday):
    row = circle(lead)
    client.force_login(lead)
    client.post(f"/gatherings/{row.pk}/close/", {"last": "next"})
    assert days(row) == [FRIDAY]
    monday.shift(timedelta(days=60))
    assert schedule.extend(row, lead.today()) == 0
    client.force_login(lead)  # the sign-in of two months ago has expired
    client.post(f"/gatherings/{row.pk}/close/")
    row.refresh_from_db()
    assert row.is_closed


def test_seats_are_not_taken_away_and_grow_with_the_waiting_list(client, lead):
    row = circle(lead, seats=2)
    first = row.meetings.get(number=1)
    people = [factories.member() for _ in range(4)]
    for person in people:
        Rsvp.say(first, Answer.GOING, member=person)
    with pytest.raises(SeatsTaken):
        schedule.change_one(first, Slot(time(12, 30), 45, "Asia/Tokyo", "Kusunoki", "", 1), FRIDAY)
    client.force_login(lead)
    page = change(client, first, Scope.THIS, seats=1)
    assert page.status_code == 422 and "Nobody’s seat is taken away" in page.text
    change(client, first, Scope.THIS, seats=3)
    assert [row.member for row in first.rsvps.seated().order_by("line")] == people[:3]


def test_new_zone_data_moves_what_is_to_come(lead):
    row = circle(lead)
    first = row.meetings.get(number=1)
    Meeting.objects.filter(pk=first.pk).update(tzdata="2020a", starts_at=first.starts_at - timedelta(hours=1))
    assert schedule.recompute(MONDAY) == 1
    again = row.meetings.get(number=1)
    assert (again.starts_at, again.schedule_rev) == (first.starts_at, 1)
    assert schedule.recompute(MONDAY) == 0


def test_the_database_keeps_the_rules(lead):
    row = circle(lead)
    first = row.meetings.get(number=1)
    for wrong in ({"ends_at": first.starts_at}, {"minutes": 0}, {"seats": 0}, {"number": 2}, {"is_skip": True}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Meeting.objects.filter(pk=first.pk).update(**wrong)


def test_one_person_is_invited_from_what_they_said(client, lead, member):
    mine, theirs = circle(member, title="Mine"), circle(lead, title="Theirs")
    mei = factories.member(display_name="Mei Tachibana", given_name="Mei")
    client.force_login(member)
    address = f"/gatherings/with/{mei.pk}/"
    page = client.get(address).text
    assert "Mine" in page and "Theirs" not in page
    for _twice in range(2):
        assert client.post(address, {"gathering": mine.pk}).url == address
    assert list(mine.participants.filter(member=mei).values_list("invited_by", flat=True)) == [member.pk]
    for wrong in (theirs.pk, "x", "9" * 30, ""):
        assert client.post(address, {"gathering": wrong}).status_code == 404
    assert not theirs.participants.filter(member=mei).exists()
    assert client.get(f"/gatherings/with/{member.pk}/").status_code == 404, "not oneself"
    client.force_login(lead)
    page = client.get(address).text
    assert "Mine" in page and "Theirs" in page and f"kind=mob&amp;invite={mei.pk}" in page


def test_whom_to_invite_is_kept_from_the_idea_to_the_invitation(client, lead, member):
    client.force_login(lead)
    address = f"/gatherings/new/?kind=reading&invite={member.pk}&invite={lead.pk}&invite=x&invite=99999999"
    page = client.get(address)
    assert page.context["to_invite"] == [member]
    form = page.context["form"]
    sent = {name: form[name].value() for name in form.fields if form[name].value() is not None}
    sent |= {"title": "Over lunch", "day": lead.today() + timedelta(days=3)}
    answer = client.post(address, sent)
    assert answer.status_code == 302, answer.context["form"].errors
    page = client.get(answer.url)
    assert [str(pk) for pk in page.context["form"]["people"].value()] == [str(member.pk)]


def test_the_list_to_invite_to_asks_no_more_with_more_rows(client, lead, member, django_assert_max_num_queries):
    client.force_login(lead)
    address = f"/gatherings/with/{member.pk}/"
    circle(lead, title="First")
    client.get(address)
    with django_assert_max_num_queries(20) as few:
        client.get(address)
    for n in range(6):
        circle(lead, title=f"Circle {n}")
    with django_assert_max_num_queries(len(few)):
        client.get(address)


def test_a_topics_page_lists_gatherings_about_it_through_merges(client, lead, django_assert_max_num_queries):
    topic, other = Topic.named("Terraform", lead), Topic.named("terraform modules", lead)
    circle(lead, title="A Terraform circle", topic=topic)
    closed = circle(lead, title="Modules", topic=other)
    closed.close()
    circle(lead, title="Something else")
    TopicMerge.make(other, topic, lead)
    client.force_login(lead)
    address = f"/people/topics/{topic.pk}/"
    page = client.get(address).text
    assert page.index("A Terraform circle") < page.index("Modules") and "Something else" not in page
    assert "kind=reading&amp;topic=Terraform" in page and "Closed" in page
    with django_assert_max_num_queries(20) as few:
        client.get(address)
    for n in range(4):
        circle(lead, title=f"More {n}", topic=topic)
    with django_assert_max_num_queries(len(few)):
        client.get(address)


def test_a_series_leads_to_what_it_is_about(client, lead):
    item, topic = factories.item(name="Manual release"), Topic.named("Terraform", lead)
    client.force_login(lead)
    page = client.get(f"/gatherings/{circle(lead, kind='mob', title='Mob', item=item).pk}/").text
    assert f'<a href="/toil/items/{item.pk}/" dir="auto">Manual release</a>' in page
    page = client.get(f"/gatherings/{circle(lead, title='Circle', topic=topic).pk}/").text
    assert f'<a href="/people/topics/{topic.pk}/" dir="auto">Terraform</a>' in page


def test_what_was_once_is_planned_again_from_its_page(client, lead, member, monday):
    topic = Topic.named("Terraform & co", lead)
    row = circle(lead, rule=None, kind="event", title="Lightning talks", topic=topic)
    client.force_login(lead)
    assert "Plan it again" not in client.get(f"/gatherings/{row.pk}/1/").text
    monday.shift(timedelta(days=60))
    client.force_login(lead)  # the session is over by then
    address = re.search(r'href="(/gatherings/new/[^"]*)"', client.get(f"/gatherings/{row.pk}/1/").text)
    form = client.get(html.unescape(address[1])).context["form"]
    assert (form["kind"].value(), form["title"].value(), form["topic"].value()) == ("event", row.title, topic.name)
    client.force_login(member)
    assert "Plan it again" not in client.get(f"/gatherings/{row.pk}/1/").text


@pytest.fixture
def fridays(lead):
    """Five Fridays, an answer on the second, the third moved on its own to a Saturday."""
    row = circle(lead, rule=Rule(Frequency.WEEKLY, weekdays=(4,), count=5))
    found = list(row.meetings.order_by("number"))
    Rsvp.say(found[1], Answer.GOING, member=lead)
    schedule.change_one(found[2], SLOT, found[2].day + timedelta(days=1))
    return list(row.meetings.order_by("number"))


def sent_for(client, meeting, **changed) -> dict:
    """The form of a meeting as a browser would send it back, with what is changed."""
    form = client.get(f"/gatherings/{meeting.gathering_id}/{meeting.number}/edit/").context["form"]
    said = {name: form[name].value() for name in form.fields}
    said = {name: value.isoformat() if isinstance(value, date) else value for name, value in said.items()}
    said = {name: value.strftime("%H:%M") if isinstance(value, time) else value for name, value in said.items()}
    return {name: value for name, value in (said | changed).items() if value not in (None, "", False)}


def days_of(row) -> list[tuple[int, date, time]]:
    return list(row.meetings.order_by("number").values_list("number", "day", "clock"))


def test_all_that_are_to_come_begin_later_and_none_is_lost(client, lead, fridays):
    row = fridays[0].gathering
    client.force_login(lead)
    before = days_of(row)
    answer = client.post(f"/gatherings/{row.pk}/4/edit/", sent_for(client, fridays[3], scope="all", clock="16:00"))
    assert answer.status_code == 302
    assert [(number, day) for number, day, _clock in days_of(row)] == [(number, day) for number, day, _c in before]
    clocks = [clock.hour for _number, _day, clock in days_of(row)]
    assert clocks == [16, 16, 12, 16, 16], "what was moved on its own stays"
    assert Rsvp.objects.get().meeting_id == fridays[1].pk


def test_all_move_by_as_many_days_as_the_one_that_was_changed(client, lead, fridays):
    row = fridays[0].gathering
    client.force_login(lead)
    day = fridays[3].day - timedelta(days=1)
    client.post(f"/gatherings/{row.pk}/4/edit/", sent_for(client, fridays[3], scope="all", day=day.isoformat()))
    row.refresh_from_db()
    was = [one.day for one in fridays]
    assert [day for _number, day, _clock in days_of(row)] == [
        was[0] - timedelta(days=1), was[1] - timedelta(days=1), was[2], was[3] - timedelta(days=1),
        was[4] - timedelta(days=1),
    ]  # fmt: skip
    assert row.recurrence.weekdays == (3,) and row.recurrence.count == 5
    assert Rsvp.objects.get().meeting_id == fridays[1].pk


def test_this_and_following_on_another_day_take_the_weekday_along(client, lead, fridays):
    row = fridays[0].gathering
    client.force_login(lead)
    day = fridays[3].day - timedelta(days=2)
    client.post(f"/gatherings/{row.pk}/4/edit/", sent_for(client, fridays[3], scope="following", day=day.isoformat()))
    row.refresh_from_db()
    assert [one[1] for one in days_of(row)] == [*(one.day for one in fridays[:3]), day, day + timedelta(days=7)]
    assert row.recurrence.weekdays == (2,)


def test_the_one_that_was_moved_on_its_own_follows_when_it_is_the_one_changed(client, lead, fridays):
    row = fridays[0].gathering
    client.force_login(lead)
    client.post(f"/gatherings/{row.pk}/3/edit/", sent_for(client, fridays[2], scope="following", clock="09:00"))
    assert [(number, clock.hour) for number, _day, clock in days_of(row)] == [(1, 12), (2, 12), (3, 9), (4, 9), (5, 9)]


def test_fewer_or_more_times_for_all_count_those_before(client, lead, fridays):
    row = fridays[0].gathering
    client.force_login(lead)
    client.post(f"/gatherings/{row.pk}/4/edit/", sent_for(client, fridays[3], scope="all", count=4))
    row.refresh_from_db()
    assert row.recurrence.count == 7 and row.meetings.count() == 7


def test_the_form_names_every_weekday(client, lead, fridays):
    client.force_login(lead)
    for address in ("/gatherings/new/", f"/gatherings/{fridays[0].gathering_id}/1/edit/"):
        names = [str(label) for _value, label in client.get(address).context["form"].fields["weekdays"].choices]
        assert names == ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"]


def test_the_list_has_all_that_are_planned_and_all_that_were(client, lead, monday):
    row = circle(lead, rule=Rule(Frequency.DAILY, count=20))
    count = row.meetings.count()
    client.force_login(lead)

    def listed(query="") -> int:
        return client.get(f"/gatherings/{query}").text.count('class="agenda__item')

    assert listed() == 6 and listed("?all=ahead") == count
    monday.shift(timedelta(days=60))
    client.force_login(lead)
    assert listed() == 6 and listed("?kind=reading&all=earlier") == count and listed("?all=zzz") == 6
