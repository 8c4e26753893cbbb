"""The timer: one a member, kept on the server, asking when it does not know or ran too long."""

from datetime import date, time, timedelta

import pytest
import time_machine

from apps.toil.models import Entry, Source, Timer
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def clock():
    with time_machine.travel("2026-03-18 09:00Z", tick=False) as traveller:
        yield traveller


@pytest.fixture
def release():
    return factories.item(name="Manual release")


def start(client, line: str = "manual release"):
    return client.post("/toil/timer/start/", {"line": line})


def test_a_timer_logs_the_minutes_it_ran(clock, signed_in, member, release):
    stakeholder = factories.stakeholder(tag="cs")
    start(signed_in, "manual release #cs !why")
    clock.shift(timedelta(minutes=42, seconds=20))
    signed_in.post("/toil/timer/stop/")
    entry = Entry.objects.get()
    assert (entry.member, entry.item, entry.minutes, entry.stakeholder) == (member, release, 42, stakeholder)
    assert (entry.clock, entry.note, entry.source) == (time(9), "why", Source.TIMER)
    assert not Timer.objects.exists()


def test_a_timer_outlives_the_browser(clock, client, member, release):
    client.force_login(member)
    start(client)
    client.logout()
    clock.shift(timedelta(hours=2))
    client.force_login(member)
    assert "Manual release" in client.get("/").content.decode()
    client.post("/toil/timer/stop/")
    assert Entry.objects.get().minutes == 120


def test_starting_twice_keeps_the_first(clock, signed_in, release):
    start(signed_in)
    clock.shift(timedelta(minutes=10))
    page = signed_in.post("/toil/timer/start/", {"line": ""}, follow=True)
    assert "running already" in page.content.decode()
    assert Timer.objects.get().minutes == 10


def test_stopping_in_two_tabs_logs_once(clock, signed_in, release):
    start(signed_in)
    for _tab in range(2):
        assert signed_in.post("/toil/timer/stop/").status_code == 302
    assert Entry.objects.count() == 1


def test_finishing_in_two_tabs_logs_once(clock, signed_in, release):
    start(signed_in, "")
    for _tab in range(2):
        signed_in.post("/toil/timer/", {"item": release.pk, "minutes": "30m"})
    assert Entry.objects.count() == 1


def test_a_timer_of_seconds_logs_a_minute(clock, signed_in, release):
    start(signed_in)
    signed_in.post("/toil/timer/stop/")
    assert Entry.objects.get().minutes == 1


def test_a_timer_without_an_item_asks_what_it_was(clock, signed_in, release):
    start(signed_in, "something unheard of")
    clock.shift(timedelta(minutes=30))
    page = signed_in.post("/toil/timer/stop/", follow=True)
    assert page.redirect_chain[-1][0] == "/toil/timer/"
    assert "something unheard of" in page.content.decode()
    assert not Entry.objects.exists()
    signed_in.post("/toil/timer/", {"item": release.pk, "minutes": "30 min", "note": "n"})
    assert Entry.objects.get().minutes == 30


def test_a_forgotten_timer_asks_after_twelve_hours(clock, signed_in, release):
    start(signed_in)
    clock.shift(timedelta(hours=13))
    page = signed_in.post("/toil/timer/stop/", follow=True)
    assert page.redirect_chain[-1][0] == "/toil/timer/"
    assert not Entry.objects.exists()
    signed_in.post("/toil/timer/", {"item": release.pk, "minutes": "1h30"})
    entry = Entry.objects.get()
    assert (entry.minutes, entry.day) == (90, date(2026, 3, 18))


def test_a_timer_over_midnight_counts_for_the_day_it_began(clock, signed_in, release):
    clock.move_to("2026-03-18 23:30Z")
    start(signed_in)
    clock.shift(timedelta(hours=1))
    signed_in.post("/toil/timer/stop/")
    assert Entry.objects.get().day == date(2026, 3, 18)


def test_a_clock_set_back_logs_a_minute_and_no_negative_time(clock, signed_in, release):
    start(signed_in)
    clock.shift(-timedelta(hours=1))
    signed_in.post("/toil/timer/stop/")
    assert Entry.objects.get().minutes == 1


@pytest.mark.parametrize(
    ("field", "typed"), [("minutes", "0"), ("minutes", "1e309"), ("item", ""), ("item", "x"), ("note", "n" * 10_000)]
)
def test_bad_input_keeps_the_timer_and_what_was_typed(clock, signed_in, release, field, typed):
    start(signed_in, "")
    sent = {"item": release.pk, "minutes": "30m", "note": "kept words"} | {field: typed}
    response = signed_in.post("/toil/timer/", sent)
    assert response.status_code == 422
    assert f'id="id_{field}_error"' in response.content.decode()
    assert field == "note" or "kept words" in response.content.decode()
    assert Timer.objects.exists()
    assert not Entry.objects.exists()


def test_a_discarded_timer_logs_nothing(clock, signed_in, release):
    start(signed_in)
    signed_in.post("/toil/timer/discard/")
    assert not Timer.objects.exists()
    assert not Entry.objects.exists()


def test_stopping_what_does_not_run_is_no_fault(signed_in):
    assert signed_in.post("/toil/timer/stop/").status_code == 302
    assert signed_in.get("/toil/timer/").status_code == 302


def test_each_member_has_their_own_timer(clock, client, member, lead, release):
    for person in (member, lead):
        client.force_login(person)
        start(client)
    assert Timer.objects.count() == 2
    client.post("/toil/timer/stop/")
    assert Timer.objects.get().member == member


@pytest.mark.parametrize("line", ["\x00", "x" * 10_000, "", "25m", "!" + "n" * 480])
def test_a_timer_starts_whatever_was_typed(signed_in, line):
    assert start(signed_in, line).status_code == 302
    assert Timer.objects.count() == 1
