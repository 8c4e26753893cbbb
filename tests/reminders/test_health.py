"""That nothing is being sent is said on every page, to those who can do something about it (R26, R38)."""

import time
from datetime import timedelta

import pytest
from django.utils import timezone

from apps.reminders import health, tick
from apps.web.models import Heartbeat
from tests import kept

pytestmark = pytest.mark.django_db
ALARM = "Nothing is being sent"


def _seen(minutes: float, name: str = "senders") -> None:
    kept.forget()
    Heartbeat.objects.update_or_create(name=name, defaults={"seen_at": timezone.now() - timedelta(minutes=minutes)})


@pytest.mark.parametrize(("minutes", "shown"), [(0, False), (1.9, False), (2.1, True), (900, True)])
def test_after_two_minutes_a_lead_reads_it_on_every_page(client, lead, minutes, shown):
    _seen(minutes)
    client.force_login(lead)
    for address in ("/", "/toil/", "/settings/", "/no-such-page/"):
        assert (ALARM in client.get(address).text) is shown, address


def test_an_admin_reads_it_and_others_do_not(client, admin, member):
    _seen(10)
    client.force_login(admin)
    assert ALARM in client.get("/").text
    client.force_login(member)
    assert ALARM not in client.get("/").text


def test_who_never_was_seen_has_two_minutes_to_start(client, lead, monkeypatch):
    client.force_login(lead)
    assert ALARM not in client.get("/more/").text
    monkeypatch.setattr(health, "_started", time.monotonic() - 200)
    assert ALARM in client.get("/more/").text


def test_without_senders_it_is_not_ready(client):
    _seen(0, "worker")
    for minutes, code in ((4, 503), (0, 200)):
        _seen(minutes)
        answer = client.get("/healthz/ready")
        assert (answer.status_code, answer.json()["senders"]) == (code, code == 200)
        assert client.get("/healthz/live").status_code == 200


def test_the_page_of_deliveries_says_who_is_at_work_and_whether_the_clock_was_set(client, lead):
    _seen(0)
    _seen(10, "scheduler")
    tick.tell_jump(45.2)
    tick.tell_jump(-3600)
    client.force_login(lead)
    said = client.get("/deliveries/").text
    for words in (
        "seen within the last minute",
        "10\xa0minutes ago",
        "not seen yet",
        "jumped 45 s ahead",
        "jumped 3600 s back",
    ):
        assert words in said
