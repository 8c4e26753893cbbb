"""Finding a time, talks of a learning event, and holidays."""

from datetime import UTC, date, datetime, time, timedelta

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile

from apps.gatherings.models import Holiday, Participant, Talk, TalkWish, TimeMark, TimePoll
from apps.people.models import Interest, Keen, Topic
from tests import factories
from tests.gatherings.test_planning import FRIDAY, MONDAY, circle, days

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def monday():
    with time_machine.travel(MONDAY, tick=False) as clock:
        yield clock


def ask(client, row, **fields):
    return client.post(
        f"/gatherings/{row.pk}/times/", {"time1": "2026-11-05T17:00", "time2": "2026-11-06T09:00"} | fields
    )


def test_people_mark_and_the_organiser_settles_for_the_next(client, lead, member):
    row = circle(lead)
    client.force_login(lead)
    assert ask(client, row).status_code == 302
    poll = TimePoll.objects.get()
    early, late = poll.options.all()
    client.force_login(member)
    page = client.get(f"/gatherings/{row.pk}/times/").text
    assert "Settle on it" not in page and "Suits me" in page
    for _twice in range(2):
        client.post(
            f"/gatherings/{row.pk}/times/mine/", {f"time-{early.pk}": "yes", f"time-{late.pk}": "no", "time-9": "yes"}
        )
    assert dict(TimeMark.objects.values_list("option", "suits")) == {early.pk: "yes", late.pk: "no"}
    assert client.post(f"/gatherings/{row.pk}/times/{early.pk}/").status_code == 404
    client.force_login(lead)
    client.post(f"/gatherings/{row.pk}/times/{early.pk}/")
    client.post(f"/gatherings/{row.pk}/times/{late.pk}/")
    first = row.meetings.get(number=1)
    assert (first.day, first.clock, first.schedule_rev) == (date(2026, 11, 5), time(17), 1)
    assert days(row)[1] == FRIDAY + timedelta(days=14)


def test_settled_for_all_the_series_moves_to_that_weekday(client, lead):
    row = circle(lead)
    client.force_login(lead)
    ask(client, row, for_all="on")
    client.post(f"/gatherings/{row.pk}/times/{TimePoll.objects.get().options.first().pk}/")
    assert days(row)[:3] == [date(2026, 11, 5), date(2026, 11, 19), date(2026, 12, 3)]
    assert set(row.meetings.values_list("clock", flat=True)) == {time(17)}


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"time1": ""}, "Time 1"),
        ({"time2": "2026-11-05T17:00"}, "there already"),
        ({"time2": "2026-10-05T17:00"}, "from today on"),
        ({"time5": "2036-10-05T17:00"}, "within three years"),
        ({"time3": "soon"}, "Time 3"),
    ],
)
def test_what_is_wrong_is_said(client, lead, wrong, says):
    row = circle(lead)
    client.force_login(lead)
    page = ask(client, row, **wrong)
    assert page.status_code == 422 and says in page.text
    assert not TimePoll.objects.exists()


def test_a_member_proposes_no_times_for_others(client, lead, member):
    row = circle(lead)
    client.force_login(member)
    assert ask(client, row).status_code == 404
    assert client.post(f"/gatherings/{row.pk}/times/close/").status_code == 404


@pytest.fixture
def event(lead):
    return circle(lead, None, kind="event", title="Infra lightning talks", first_day=FRIDAY)


def test_a_talk_is_offered_heard_and_gets_a_slot(client, lead, member, event):
    client.force_login(member)
    sent = {"offer": "True", "title": "How rollbacks work", "topic": "Releases", "minutes": 10}
    client.post(f"/gatherings/{event.pk}/talks/new/", sent)
    talk = Talk.objects.get()
    assert (talk.speaker, talk.topic.name) == (member, "Releases")
    client.post(f"/gatherings/{event.pk}/talks/{talk.pk}/wish/", {"wish": "on"})
    client.post(f"/gatherings/{event.pk}/talks/{talk.pk}/wish/", {"wish": "on"})
    assert TalkWish.objects.count() == 1
    assert client.post(f"/gatherings/{event.pk}/talks/{talk.pk}/place/").status_code == 404
    client.force_login(lead)
    for title in ("One", "Two"):
        client.post(f"/gatherings/{event.pk}/talks/new/", sent | {"title": title, "minutes": 5})
    for one in Talk.objects.order_by("pk"):
        client.post(f"/gatherings/{event.pk}/talks/{one.pk}/place/")
    page = client.get(f"/gatherings/{event.pk}/1/")
    programme = page.context["programme"]
    at = [one.begins.astimezone(UTC).time() for one in programme.slots]
    assert at == [time(3, 30), time(3, 40), time(3, 45)]
    client.force_login(member)
    client.post(f"/gatherings/{event.pk}/talks/{talk.pk}/back/")
    talk.refresh_from_db()
    assert (talk.speaker, talk.slot) == (None, None)


def test_what_is_asked_for_is_matched_and_taken_once(client, lead, member, event):
    teacher = factories.member(given_name="Kenta")
    topic = Topic.named("Terraform", lead)
    Interest.say(teacher, topic, keen=Keen.KEEN, wants=["teach"])
    Interest.say(member, topic, keen=Keen.KEEN, wants=["learn"])
    client.force_login(member)
    client.post(
        f"/gatherings/{event.pk}/talks/new/",
        {"offer": "False", "title": "Terraform?", "topic": "Terraform", "minutes": 10},
    )
    talk = Talk.objects.get()
    page = client.get(f"/gatherings/{event.pk}/1/").text
    assert talk.speaker is None and "could teach it:" in page and "Kenta" in page
    stale = Talk.objects.get()
    assert talk.take(teacher) and not stale.take(member)
    assert "was quicker" in client.post(f"/gatherings/{event.pk}/talks/{talk.pk}/take/", follow=True).text
    other = factories.member()
    client.force_login(other)
    client.post(f"/gatherings/{event.pk}/talks/{talk.pk}/remove/")
    client.post(f"/gatherings/{event.pk}/talks/{talk.pk}/back/")
    talk.refresh_from_db()
    assert talk.speaker == teacher


def test_only_learning_events_have_talks(client, lead):
    row = circle(lead)
    client.force_login(lead)
    assert client.get(f"/gatherings/{row.pk}/talks/new/").status_code == 404


ICS = b"""BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//x//x//EN\r\nBEGIN:VEVENT\r\nUID:1\r\nDTSTAMP:20260101T000000Z\r\nDTSTART;VALUE=DATE:20261120\r\nSUMMARY:Founding day\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"""


@pytest.mark.parametrize(
    "sent",
    [
        {"lines": "2026-11-20 Founding day\n\n2026/12/29"},
        {"lines": "2026年11月20日　Founding day"},
        {"file": ICS},
    ],
)
def test_holidays_are_read_and_what_was_planned_on_them_is_skipped(client, lead, sent):
    row, other = circle(lead), circle(lead, skips_holidays=False)
    client.force_login(lead)
    if "file" in sent:
        sent = {"file": SimpleUploadedFile("days.ics", sent["file"])}
    page = client.post("/gatherings/holidays/", sent, follow=True).text
    assert "Meetings skipped on them: 1." in page and "Founding day" in page
    second = row.meetings.get(number=2)
    assert (second.is_skip, second.cancel_words) == (True, "Founding day")
    assert not other.meetings.get(number=2).is_skip
    client.post(f"/gatherings/holidays/{Holiday.objects.first().pk}/remove/")
    assert not Holiday.objects.filter(day="2026-11-20").exists()


@pytest.mark.parametrize(
    ("sent", "says"),
    [
        ({}, "at least one day"),
        ({"lines": "2026-11-20 Fine\n2026-02-30 No such day"}, "Line 2 is no day"),
        ({"lines": "tomorrow"}, "Line 1 is no day"),
        ({"file": SimpleUploadedFile("x.ics", b"\x00\xff nonsense")}, "no calendar file"),
        (
            {"file": SimpleUploadedFile("x.ics", ICS.replace(b";VALUE=DATE:20261120", b":20261120T090000Z"))},
            "no whole day",
        ),
        (
            {
                "lines": "\n".join(
                    f"{y}-{m:02}-{d:02}" for y in (2026, 2027) for m in range(1, 13) for d in range(1, 25)
                )
            },
            "500 days",
        ),
    ],
)
def test_what_can_not_be_read_is_said_and_kept(client, lead, sent, says):
    client.force_login(lead)
    page = client.post("/gatherings/holidays/", sent)
    assert page.status_code == 422 and says in page.text
    assert not Holiday.objects.exists()


def test_holidays_are_the_leads_and_admins(client, member, manager):
    for person in (member, manager):
        client.force_login(person)
        assert client.get("/gatherings/holidays/").status_code == 403
    client.force_login(factories.member(is_admin=True))
    assert client.get("/gatherings/holidays/").status_code == 200


def test_a_day_without_meetings_changes_nothing(client, lead):
    row = circle(lead)
    before = days(row)
    client.force_login(lead)
    client.post("/gatherings/holidays/", {"lines": datetime(2026, 11, 21).strftime("%Y-%m-%d")})
    assert days(row) == before


def test_who_takes_part_is_led_to_the_times_until_they_marked_them(client, lead, member, manager):
    row = circle(lead)
    Participant.join(row, member)
    poll = TimePoll.begin(row, lead, [(FRIDAY, time(15)), (FRIDAY, time(16))], for_all=False)
    times = f'href="/gatherings/{row.pk}/times/"'
    client.force_login(member)
    assert times in client.get("/").text and times in client.get(f"/gatherings/{row.pk}/").text
    client.force_login(manager)
    assert times not in client.get("/").text, "who takes no part is not asked"
    TimeMark.say(poll, member, {poll.options.first().pk: "yes"})
    client.force_login(member)
    assert times not in client.get("/").text and times in client.get(f"/gatherings/{row.pk}/").text
    poll.close()
    assert times not in client.get(f"/gatherings/{row.pk}/").text
