"""Senders or the scheduler stand still: leads and admins read it on every page, and get one letter (R26, F38)."""

from datetime import timedelta

import pytest
from django.utils import timezone

from apps.reminders import health, send, standstill
from apps.reminders.models import Delivery, State
from apps.reminders.plan import plan
from apps.web.models import Heartbeat

pytestmark = pytest.mark.django_db
LONG = timedelta(minutes=3)


def _seen(**ago: timedelta) -> None:
    for name, since in ago.items():
        Heartbeat.objects.update_or_create(name=name, defaults={"seen_at": timezone.now() - since})
    health.forget()


@pytest.fixture
def watch(monkeypatch):
    """That of a process that is no longer young."""
    made = standstill.Watch()
    made._began -= LONG.total_seconds()
    monkeypatch.setattr(health, "_started", made._began)
    return made


def _letters(letters) -> list[tuple[str, str]]:
    return sorted((one["To"], one["Subject"]) for one in letters.letters)


def test_senders_that_stand_still_are_told_once_to_leads_and_admins_and_nothing_else_is_sent(
    lead, admin, member, talk, awake, letters, watch
):
    _seen(senders=LONG, scheduler=LONG)
    plan("talk", "meeting:1", [member])
    watch.look()
    watch.look()
    standstill.Watch().look()
    subject = "Miraizu sends nothing at the moment"
    assert _letters(letters) == sorted([(lead.email, subject), (admin.email, subject)])
    assert Delivery.objects.get(kind="talk", channel="email").state == State.PLANNED


def test_a_scheduler_that_stands_still_is_told_too(lead, awake, letters, watch):
    _seen(senders=timedelta(), scheduler=LONG)
    watch.look()
    assert _letters(letters) == [(lead.email, "Miraizu's scheduler stands still")]


@pytest.mark.parametrize("language", ["en", "ja"])
def test_the_letter_is_in_the_reader_s_language(lead, awake, letters, watch, language):
    lead.language = language
    lead.save()
    _seen(senders=LONG)
    watch.look()
    (letter,) = letters.letters
    body = letter.get_body(("plain",)).get_content()
    assert "worker" in body and "/deliveries/#at-work" in body
    assert ("今、何も送られていません" in letter["Subject"]) == (language == "ja")


def test_each_time_is_told_and_what_is_over_is_not(lead, awake, letters, watch):
    _seen(senders=LONG)
    watch.look()
    _seen(senders=timedelta())
    watch.look()
    _seen(senders=LONG * 2)  # seen last at another time: it stands still once more
    watch.look()
    assert len(letters.letters) == 2
    standstill.tell(health.Process("senders", timezone.now() - LONG * 3))
    _seen(senders=timedelta())
    send.send_due("email")
    assert len(letters.letters) == 2
    assert Delivery.objects.filter(kind="standstill", state=State.SKIPPED).count() == 1


def test_after_a_break_nobody_is_told_of_what_is_about_to_start(lead, awake, letters):
    _seen(senders=timedelta(days=2), scheduler=timedelta(days=2))
    standstill.Watch().look()
    assert not letters.letters and not Delivery.objects.exists()


@pytest.mark.parametrize(
    ("seen", "words"),
    [
        ({"senders": LONG, "scheduler": LONG}, "Nothing is being sent"),
        ({"senders": timedelta(), "scheduler": LONG}, "The scheduler stands still"),
        ({"senders": timedelta(), "scheduler": timedelta()}, ""),
        ({"senders": timedelta()}, ""),
        ({}, "was not seen since the start"),
    ],
)
def test_every_page_of_a_lead_says_what_stands_still(client, lead, member, watch, seen, words):
    _seen(**seen)
    client.force_login(lead)
    page = client.get("/").text
    assert ('class="alarm"' in page) == bool(words)
    assert words in page
    client.force_login(member)
    assert 'class="alarm"' not in client.get("/").text
