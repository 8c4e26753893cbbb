"""Addresses beside e-mail: made, tried, switched off and removed, by those whose they are (R19, R66, R69)."""

import re
import uuid
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from apps.accounts.models import Change
from apps.reminders import send
from apps.reminders.models import Delivery, Destination, Gate, Hold, Manner, Preference, State
from apps.reminders.models.delivery import Reason
from apps.reminders.plan import plan
from apps.web.models import Heartbeat
from tests import factories

pytestmark = pytest.mark.django_db
PAGE, NEW = "/settings/reminders/", "/settings/reminders/addresses/new/"
URL = "https://hooks.example.com/services/T0/secret-part"


def _new(client, address=NEW, **fields):
    values = {"name": "Phone", "channel": "slack", "url": URL, "submission_id": str(uuid.uuid4())}
    return client.post(address, values | fields, follow=True)


def _do(client, what, row, **fields):
    return client.post(reverse(f"reminders:address_{what}", args=[row.pk]), fields, follow=True)


def _test(client, **fields):
    return client.post("/settings/reminders/test/", {"submission_id": str(uuid.uuid4())} | fields, follow=True)


def test_a_member_adds_an_address_and_sees_only_its_host(signed_in, member):
    answer = _new(signed_in)
    assert "Phone" in answer.text and "hooks.example.com" in answer.text
    assert "secret-part" not in answer.text
    row = Destination.objects.get()
    assert (row.member, row.url, row.host, row.language) == (member, URL, "hooks.example.com", member.language)
    change = Change.objects.get(kind="reminders.destination", row_id=row.pk)
    assert change.by == member
    assert "secret-part" not in str(change.values)


def test_sent_twice_it_is_one_address(signed_in):
    same = str(uuid.uuid4())
    for _twice in range(2):
        _new(signed_in, submission_id=same)
    assert Destination.objects.count() == 1


@pytest.mark.parametrize(
    "url",
    [
        "http://hooks.example.com/x", "https://127.0.0.1/x", "https://10.0.0.8/x", "https://169.254.169.254/latest",
        "https://[::1]/x", "https://2130706433/", "https://user:pass@hooks.example.com/", "https://hooks.example.com:22/",
        "https://localhost:8000/x", "ftp://hooks.example.com", "javascript:alert(1)", "https://[::ffff:10.0.0.1]/",
        "https://hooks.example.com/" + "x" * 2_100,
    ],
)  # fmt: skip
def test_an_address_that_may_not_be_called_is_told_beside_its_field_and_kept(signed_in, url):
    answer = _new(signed_in, url=url)
    assert answer.status_code == 422
    assert 'id="id_url_error"' in answer.text
    assert url.replace("&", "&amp;") in answer.text
    assert 'value="Phone"' in answer.text
    assert not Destination.objects.exists()


@pytest.mark.parametrize("url", ["ftp://hooks.example.com/x", "http://hooks.example.com/x", "mailto:sre@example.com"])
def test_of_an_address_of_another_kind_it_says_how_to_begin(signed_in, url):
    said = _new(signed_in, url=url).text
    assert re.search(r'id="id_url_error">.*?begin(s with|\b).*?https://', said, re.IGNORECASE | re.DOTALL)


@pytest.mark.parametrize("of_organisation", [False, True])
def test_each_page_of_an_address_shows_where_among_the_settings_it_stands(client, lead, of_organisation):
    client.force_login(lead)
    base = "/settings/channels/" if of_organisation else PAGE
    new = "/settings/channels/new/" if of_organisation else NEW
    fields = {"channel": "webhook"} | ({"language": "en"} if of_organisation else {})
    shown_secret = _new(client, new, **fields)
    change = reverse("reminders:address_change", args=[Destination.objects.get().pk])
    for page in (client.get(new), client.get(change), shown_secret, client.get(base)):
        assert f'<a href="{base}" aria-current="page">' in page.text
    assert "data-copy=" in shown_secret.text
    for page in (client.get(new), shown_secret):
        assert "webhook-signature" in page.text


def test_the_secret_of_a_signed_webhook_is_shown_once(signed_in):
    same = str(uuid.uuid4())
    answer = _new(signed_in, channel="webhook", submission_id=same)
    secret = Destination.objects.get().secret
    assert secret.startswith("whsec_") and secret in answer.text
    assert "no-store" in answer["Cache-Control"]
    assert secret in _new(signed_in, channel="webhook", submission_id=same).text  # a double click is one form
    assert secret not in signed_in.get(PAGE).text
    Destination.objects.update(created_at=timezone.now() - timedelta(minutes=5))
    assert secret not in _new(signed_in, channel="webhook", submission_id=same).text


def test_a_new_secret_leaves_the_old_one_for_a_day(signed_in):
    _new(signed_in, channel="webhook")
    row = Destination.objects.get()
    old, same = row.secret, str(uuid.uuid4())
    answers = [_do(signed_in, "secret", row, submission_id=same) for _twice in range(2)]
    row.refresh_from_db()
    assert row.secrets() == [row.secret, old]
    assert row.secret != old
    assert all(row.secret in answer.text and old not in answer.text for answer in answers)
    assert Change.objects.filter(values={"secret": None}).count() == 1


def test_it_is_switched_off_and_on_again(signed_in, member):
    _new(signed_in)
    row = Destination.objects.get()
    Gate.objects.create(key=row.to, failures=10)
    assert "Switched off by hand" in _do(signed_in, "switch", row).text
    row.refresh_from_db()
    assert row.off_because == "owner"
    _do(signed_in, "switch", row, on="1")
    row.refresh_from_db()
    assert (row.off_at, row.off_because) == (None, "")
    assert not Gate.objects.exists()


def test_removed_it_is_forgotten_and_what_went_there_is_still_told(
    signed_in, client, member, lead, talk, awake, hooks, hooked
):
    row = hooked("slack")
    plan("alarm", "meeting:1", [member])
    send.send_due("slack")
    plan("alarm", "meeting:2", [member])
    _do(signed_in, "remove", row)
    row.refresh_from_db()
    assert row.url, "it can be taken back"
    assert Destination.objects.all().forget_removed() == 0
    Destination.objects.update(off_at=timezone.now() - timedelta(hours=24))
    assert (Destination.objects.all().forget_removed(), Destination.objects.all().forget_removed()) == (1, 0)
    row.refresh_from_db()
    assert (row.url, row.secret, row.old_secret) == ("", "", "")
    assert "forgotten by now" in _do(signed_in, "remove", row, undo="on").text
    assert not Destination.objects.standing().exists()
    assert "My slack" not in signed_in.get(PAGE).text.replace("“My slack” is removed.", "")
    Delivery.objects.update(run_at=timezone.now(), slot_at=None)
    Gate.objects.all().delete()
    send.send_due("slack")
    assert Delivery.objects.get(channel="slack", occurrence="meeting:2").reason == Reason.SWITCHED_OFF
    assert len(hooks.posts) == 1
    plan("alarm", "meeting:3", [member])
    assert not Delivery.objects.filter(channel="slack", occurrence="meeting:3").exists()
    client.force_login(lead)
    assert "My slack" in client.get("/deliveries/").text


@pytest.mark.parametrize("what", ["secret", "switch", "remove"])
@pytest.mark.parametrize("whose", ["another", "organisation"])
def test_the_addresses_of_others_are_not_found(signed_in, lead, hooked, what, whose):
    row = hooked("webhook", member=factories.member() if whose == "another" else None)
    before = row.secret
    assert _do(signed_in, what, row).status_code == 404
    assert _test(signed_in, address=row.pk).status_code == 404
    row.refresh_from_db()
    assert (row.secret, row.off_at) == (before, None)


def test_a_lead_has_no_say_over_the_address_of_a_member(client, lead, hooked):
    client.force_login(lead)
    assert _do(client, "remove", hooked("slack")).status_code == 404


def test_channels_of_the_organisation_are_for_leads_and_admins(client, member, lead, admin):
    client.force_login(member)
    assert client.get("/settings/channels/").status_code == 403
    assert _new(client, "/settings/channels/new/").status_code == 403
    client.force_login(lead)
    answer = _new(client, "/settings/channels/new/", name="#sre", language="ja")
    assert "#sre" in answer.text
    row = Destination.objects.get()
    assert (row.member, row.language) == (None, "ja")
    client.force_login(admin)
    assert "Switched off by hand" in _do(client, "switch", row).text


def test_a_test_goes_by_the_usual_way_marked_and_once(signed_in, member, hooks, hooked):
    row = hooked("webhook")
    same = str(uuid.uuid4())
    for _twice in range(2):
        _test(signed_in, address=row.pk, submission_id=same)
    send.send_due("webhook")
    (post,) = hooks.posts
    assert post.said["test"] is True
    assert "It is there" in signed_in.get(PAGE).text
    delivery = Delivery.objects.get()
    assert (delivery.kind, delivery.is_test, delivery.recipient) == ("test", True, member)


def test_a_test_that_fails_says_why_in_our_words_and_is_not_tried_again(signed_in, hooks, hooked):
    hooks.answer = lambda _post, _n: (503, {})
    row = hooked("slack")
    _test(signed_in, address=row.pk)
    send.send_due("slack")
    said = signed_in.get(PAGE).text
    for words in ("This did not work", "HTTP 503", "take it now"):
        assert words in said
    assert Delivery.objects.get().state == State.DEAD
    assert not Delivery.objects.troubled().exists()


@pytest.mark.parametrize("channel", ["email", "inbox"])
def test_e_mail_and_inbox_can_be_tried(signed_in, member, letters, channel):
    _test(signed_in, channel=channel)
    send.send_due(channel)
    assert "It is there" in signed_in.get(PAGE).text
    if channel == "email":
        assert "[Test]" in letters.letters[0].get_body(("plain",)).get_content()


def test_what_keeps_a_test_waiting_is_said(signed_in, lead):
    Heartbeat.beat("senders")
    assert "On its way" in _test(signed_in, channel="email").text
    Heartbeat.objects.all().delete()
    assert "nothing is being sent" in signed_in.get(PAGE).text
    Hold.objects.create(by=lead, why="x")
    assert "holds everything" in signed_in.get(PAGE).text


def test_only_who_sent_a_test_sees_what_became_of_it(signed_in, client, lead):
    _test(signed_in, channel="email")
    address = reverse("reminders:test_state", args=[Delivery.objects.get().pk])
    htmx = {"HX-Request": "true"}
    assert "Test of" in signed_in.get(address, headers=htmx).text
    assert signed_in.get(address).status_code == 302
    client.force_login(lead)
    assert client.get(address, headers=htmx).status_code == 404


@pytest.mark.parametrize("channel", ["slack", "webhook", "pigeon", ""])
def test_there_is_no_test_without_an_address(signed_in, channel):
    assert _test(signed_in, channel=channel).status_code == 404
    assert _test(signed_in, channel=channel, address="9" * 30).status_code == 404


def test_the_settings_ask_no_more_with_more_addresses(signed_in, member, talk, hooked, django_assert_max_num_queries):
    def tried():
        _test(signed_in, address=hooked("webhook").pk)
        Delivery.objects.update(state=State.DEAD, reason=Reason.REFUSED)

    tried()
    with django_assert_max_num_queries(12) as few:
        signed_in.get(PAGE)
    for _each in range(20):
        tried()
    with django_assert_max_num_queries(12) as many:
        signed_in.get(PAGE)
    assert len(many) <= len(few)


def test_everything_is_set_to_the_defaults(signed_in, member, awake):
    Preference.objects.create(member=member, kind="talk", channel="email", choice="off")
    other = factories.member()
    Preference.objects.create(member=other, kind="talk", channel="email", choice="off")
    signed_in.post("/settings/reminders/defaults/")
    assert not Manner.objects.filter(member=member).exists()
    assert Preference.objects.get().member == other


def test_an_address_is_renamed_and_a_channel_chooses_what_is_written_there(client, lead):
    client.force_login(lead)
    _new(client)
    _new(client, "/settings/channels/new/", name="#team", language="en")
    mine, room = Destination.objects.get(member=lead), Destination.objects.get(member=None)
    page = client.get(f"/settings/reminders/addresses/{mine.pk}/").text
    assert 'id="id_language"' not in page and "hooks.example.com" not in page and "secret-part" not in page
    answer = client.post(f"/settings/reminders/addresses/{mine.pk}/", {"name": ""})
    assert answer.status_code == 422
    client.post(f"/settings/reminders/addresses/{mine.pk}/", {"name": "My phone", "member": "", "url": "x"})
    mine.refresh_from_db()
    assert (mine.name, mine.url, mine.member) == ("My phone", URL, lead)

    page = client.get(f"/settings/reminders/addresses/{room.pk}/").text
    assert page.count('name="announced"') == page.count("checked") > 3
    client.post(
        f"/settings/reminders/addresses/{room.pk}/",
        {"name": "#all", "language": "ja", "announced": ["map_pivot", "gathering_planned"]},
    )
    room.refresh_from_db()
    assert (room.name, room.language) == ("#all", "ja")
    assert "gathering_first" in room.without and "map_pivot" not in room.without
    change = Change.objects.filter(kind="reminders.destination", row_id=room.pk).latest("id")
    assert change.values["name"] == ["#team", "#all"] and change.by == lead
    answer = client.post(
        f"/settings/reminders/addresses/{room.pk}/", {"name": "#all", "language": "ja", "announced": "x"}
    )
    assert answer.status_code == 422


def test_nobody_else_s_address_is_changed(client, lead):
    client.force_login(lead)
    _new(client)
    row = Destination.objects.get()
    client.force_login(factories.member())
    for method in (client.get, client.post):
        assert method(f"/settings/reminders/addresses/{row.pk}/").status_code == 404
