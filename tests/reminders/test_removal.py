"""An address that was removed: taken back for a while, with what was to go there, and forgotten after its time."""

import re
import threading
import uuid
from datetime import timedelta

import pytest
from django.db import connection
from django.urls import reverse
from django.utils import timezone

from apps.accounts.models import Change
from apps.reminders import send
from apps.reminders.models import Delivery, Destination, Handling, Preference, State
from apps.reminders.models.delivery import Reason
from apps.reminders.models.destination import AlreadyThere
from apps.reminders.plan import plan
from tests import factories

pytestmark = pytest.mark.django_db
PAGE, NEW = "/settings/reminders/", "/settings/reminders/addresses/new/"
URL = "https://hooks.example.com/services/T0/secret-part"


def _add(client, url=URL, name="Phone", address=NEW, **fields):
    values = {"name": name, "channel": "slack", "url": url, "submission_id": str(uuid.uuid4())}
    return client.post(address, values | fields, follow=True)


def _remove(client, row, **fields):
    return client.post(reverse("reminders:address_remove", args=[row.pk]), fields, follow=True)


def _undo(client, page: str):
    """Presses “Undo” in the toast."""
    form = page.partition("data-toast")[2].partition("</form>")[0]
    fields = dict(re.findall(r'name="(undo|next)" value="([^"]*)"', form))
    return client.post(form.partition('action="')[2].partition('"')[0], fields, follow=True)


def test_taken_back_it_is_as_it_was_and_both_are_in_the_record(signed_in, member, hooked):
    row = hooked("webhook")
    secret = row.secret
    page = _remove(signed_in, row).text
    assert "“My webhook” is removed." in page and f'id="way-{row.pk}"' not in page
    page = _undo(signed_in, page).text
    assert "“My webhook” is back." in page and f'id="way-{row.pk}"' in page
    row.refresh_from_db()
    assert (row.off_at, row.off_because, row.secret) == (None, "", secret)
    told = [change.values["name"] for change in Change.objects.filter(row_id=row.pk).order_by("id")]
    assert told == [["My webhook", ""], ["", "My webhook"]]
    assert "secret" not in str(Change.objects.values_list("values", flat=True))


@pytest.mark.parametrize("because", ["owner", "gone", "failing"])
def test_one_that_was_off_stays_off(signed_in, hooked, because):
    row = hooked("slack", off_at=timezone.now(), off_because=because)
    _undo(signed_in, _remove(signed_in, row).text)
    row.refresh_from_db()
    assert row.off_at is not None and row.off_because == because


@pytest.mark.parametrize("was", ["removed", "", "x"])
def test_nonsense_in_place_of_how_it_was_takes_it_back_too(signed_in, hooked, was):
    row = hooked("slack")
    _remove(signed_in, row)
    _remove(signed_in, row, undo=was)
    row.refresh_from_db()
    assert (row.off_at, row.off_because) == (None, "")


def test_what_fell_due_meanwhile_goes_then_and_what_is_due_later_was_never_touched(
    signed_in, member, lead, client, talk, awake, hooks, hooked
):
    Preference.objects.create(member=member, kind="talk", channel="slack", choice="at_once")
    row = hooked("slack")
    now = timezone.now()
    plan("alarm", "meeting:1", [member])
    plan("alarm", "meeting:2", [member], expires_at=now + timedelta(hours=1))
    plan("talk", "meeting:3", [member], now + timedelta(days=2))
    page = _remove(signed_in, row).text
    Delivery.objects.filter(occurrence__in=["meeting:1", "meeting:2"]).update(slot_at=None)
    send.send_due("slack")
    there = Delivery.objects.filter(channel="slack")
    assert set(there.filter(reason=Reason.SWITCHED_OFF).values_list("occurrence", flat=True)) == {
        "meeting:1", "meeting:2",
    }  # fmt: skip
    assert not hooks.posts
    Delivery.objects.filter(occurrence="meeting:2").update(expires_at=now - timedelta(seconds=1))
    _undo(signed_in, page)
    states = dict(there.values_list("occurrence", "state"))
    assert states == {"meeting:1": State.PLANNED, "meeting:2": State.SKIPPED, "meeting:3": State.PLANNED}
    send.send_due("slack")
    assert len(hooks.posts) == 1 and there.get(occurrence="meeting:1").state == State.SENT
    assert Handling.objects.get().by == member, "its page says who sent it again"


def test_what_was_refused_before_the_removal_stays_refused(signed_in, member, talk, awake, hooks, hooked):
    row = hooked("slack")
    plan("alarm", "meeting:1", [member])
    row.switch(member, on=False)
    send.send_due("slack")
    row.switch(member, on=True)
    _undo(signed_in, _remove(signed_in, row).text)
    assert Delivery.objects.get(channel="slack").state == State.SKIPPED


def test_only_its_owner_takes_it_back(signed_in, client, lead, hooked):
    row = hooked("slack")
    _remove(signed_in, row)
    client.force_login(lead)
    assert _remove(client, row, undo="on").status_code == 404
    client.force_login(factories.member())
    assert _remove(client, row, undo="on").status_code == 404
    assert not Destination.objects.standing().exists()


def test_one_that_is_there_is_not_taken_back(signed_in, hooked):
    row = hooked("slack")
    assert _remove(signed_in, row, undo="owner").status_code == 404
    row.refresh_from_db()
    assert row.off_at is None


# ---- the same twice ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "url", [URL, URL.replace("hooks.example.com", "HOOKS.Example.com"), URL.replace(".com/", ".com:443/")]
)
def test_the_same_address_is_not_taken_twice(signed_in, url):
    _add(signed_in)
    answer = _add(signed_in, url, "Second phone")
    assert answer.status_code == 422 and 'id="id_url_error"' in answer.text
    assert answer.text.count("“Phone” has this address already") == 2
    assert 'value="Second phone"' in answer.text and f'value="{url}"' in answer.text
    assert Destination.objects.count() == 1


def test_it_may_belong_to_another_or_be_another(signed_in, client, lead):
    _add(signed_in)
    _add(signed_in, URL + "x", "Other")
    client.force_login(lead)
    _add(client, name="Mine")
    _add(client, name="#sre", address="/settings/channels/new/", language="en")
    assert Destination.objects.count() == 4
    assert _add(client, name="#x", address="/settings/channels/new/", language="en").status_code == 422


def test_after_its_removal_it_is_added_anew_and_the_old_one_is_not_taken_back(signed_in):
    _add(signed_in)
    old = Destination.objects.get()
    page = _remove(signed_in, old).text
    _add(signed_in, name="New phone")
    assert "“New phone” has this address already" in _undo(signed_in, page).text
    assert [row.name for row in Destination.objects.standing()] == ["New phone"]


def test_sent_again_the_form_finds_its_own_address_and_no_twin(signed_in):
    same = str(uuid.uuid4())
    for _twice in range(2):
        assert "“Phone” is there" in _add(signed_in, submission_id=same).text


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_of_two_at_the_same_moment_one_is_taken(member):
    start, outcomes = threading.Barrier(2), []

    def add(name: str) -> None:
        start.wait()
        try:
            Destination.make(
                member, member, channel="slack", name=name, url=URL, host="hooks.example.com", language="en"
            )
            outcomes.append("made")
        except AlreadyThere:
            outcomes.append("there")
        finally:
            connection.close()

    threads = [threading.Thread(target=add, args=[name]) for name in ("One", "Two")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["made", "there"]
    assert Destination.objects.count() == 1
