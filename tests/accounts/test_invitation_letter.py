"""Invitations by e-mail: the link works, lies nowhere, and ends with its invitation."""

import json
import re
from datetime import timedelta

import pytest
from django.utils import timezone

from apps.accounts.models import Invitation
from apps.reminders import joining
from apps.reminders.models import Attempt, Delivery, State
from apps.reminders.models.delivery import Reason
from tests import factories
from tests.gatherings import told

pytestmark = pytest.mark.django_db
LINK = re.compile(r"http://localhost:8000(/join/[^\s/]+/)")


@pytest.fixture
def mailing(settings, letters):
    settings.MAIL_IS_SET_UP = True
    return letters


@pytest.fixture
def mei(lead):
    return factories.known(email="mei@example.com", display_name="Mei Tanaka")


def link(mail) -> str:
    return LINK.search(mail.get_body(("plain",)).get_content())[1]


def test_the_letter_has_a_link_that_lets_them_join(client, lead, mei, mailing):
    Invitation.make(mei, lead)
    told.send_all()
    (mail,) = mailing.letters
    assert (mail["To"], mail["Subject"]) == ("mei@example.com", "Join Komorebi Care in Miraizu")
    assert mail["List-Unsubscribe"] is None, "there is nothing to choose"
    page = client.get(link(mail))
    assert "mei@example.com" in page.text
    said = {"display_name": "Mei", "language": "ja", "time_zone": "Asia/Tokyo", "password": factories.PASSWORD}
    assert client.post(link(mail), said).status_code == 302
    mei.refresh_from_db()
    assert mei.has_joined
    assert client.get(link(mail)).status_code == 404, "it works once"


def test_the_copied_link_and_the_letters_are_two_keys_to_one_door(client, lead, mei):
    row, token = Invitation.make(mei, lead)
    assert Invitation.objects.by_token(token) == Invitation.objects.by_token(row.mailed_token) == row
    assert token != row.mailed_token
    Invitation.make(mei, lead)
    assert Invitation.objects.by_token(token) is Invitation.objects.by_token(row.mailed_token) is None


@pytest.mark.parametrize(
    "change", ["", "x", "1.x", ".", "{pk}.", "{pk}.x", "{other}.{signature}", "9" * 40 + ".x", "\0.x"]
)
def test_a_forged_token_opens_nothing(lead, mei, change):
    row, _token = Invitation.make(mei, lead)
    other, _token = Invitation.make(factories.known(), lead)
    signature = row.mailed_token.partition(".")[2]
    assert Invitation.objects.by_token(change.format(pk=row.pk, other=other.pk, signature=signature)) is None


def test_a_letter_that_waits_survives_a_new_key(lead, mei, settings):
    row, _token = Invitation.make(mei, lead)
    token = row.mailed_token
    settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
    settings.SECRET_KEY = "another key that is long enough for a test, and as random"
    assert Invitation.objects.by_token(token) == row
    settings.SECRET_KEY_FALLBACKS = []
    assert Invitation.objects.by_token(token) is None


def test_no_row_holds_a_token(lead, mei, mailing):
    row, shown = Invitation.make(mei, lead)
    told.send_all()
    kept = json.dumps(
        [*Delivery.objects.values(), *Attempt.objects.values(), *Invitation.objects.values()], default=str
    )
    signature = row.mailed_token.partition(".")[2]
    assert signature in link(mailing.letters[0]) and signature not in kept and shown not in kept


def test_only_by_e_mail_whatever_they_set_up(lead, mei, mailing):
    Invitation.make(mei, lead)
    assert told.planned() == [("invitation", "email", "mei@example.com")]
    Delivery.objects.update(channel="webhook")
    assert told.say(joining.JOIN, Delivery.objects.get()) == [Reason.NOT_WANTED]


@pytest.mark.parametrize("deed", ["again", "joined", "over", "left"])
def test_an_invitation_that_ended_is_not_sent(lead, mei, mailing, deed):
    row, _token = Invitation.make(mei, lead)
    if deed == "again":
        Invitation.make(mei, lead)
    elif deed == "joined":
        row.accept(factories.PASSWORD, display_name="Mei", language="en", time_zone="UTC")
    elif deed == "over":
        Invitation.objects.update(expires_at=timezone.now() - timedelta(days=1))
    else:
        type(mei).objects.filter(pk=mei.pk).update(is_active=False)
    told.send_all()
    assert len(mailing.letters) == (1 if deed == "again" else 0)
    assert (
        Delivery.objects.filter(occurrence=f"invitation:{row.pk}").values_list("state", flat=True)[0] == State.SKIPPED
    )


def test_at_night_it_comes_all_the_same(lead, mei, mailing):
    Invitation.make(mei, lead)
    assert Delivery.objects.get().run_at <= timezone.now()


def test_the_page_says_which_way_the_link_goes(client, lead, mei, settings):
    client.force_login(lead)
    page = client.post(f"/settings/members/{mei.pk}/invite/", follow=True).text
    assert "No e-mail is set up here" in page and 'id="invitation-link"' in page
    assert not Delivery.objects.exists()
    settings.MAIL_IS_SET_UP = True
    page = client.post(f"/settings/members/{mei.pk}/invite/", follow=True).text
    assert "on its way to mei@example.com" in page and 'id="invitation-link"' in page
