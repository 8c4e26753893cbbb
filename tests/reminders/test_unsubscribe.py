"""No more of a kind by the link in its letter: without signing in, by a person or by their program for mail."""

import re

import pytest
from django.conf import settings
from django.core import signing
from django.test import Client
from django.urls import reverse

from apps.reminders import unsubscribe
from apps.reminders.channels.email import message
from apps.reminders.letter import Letter
from apps.reminders.models import Choice, Delivery, Preference
from apps.reminders.plan import plan

pytestmark = pytest.mark.django_db


@pytest.fixture
def stranger():
    """Somebody's browser, not signed in, that checks forms as in production."""
    return Client(enforce_csrf_checks=True)


@pytest.fixture
def link(talk, member, awake):
    """As it stands in the letter's header."""
    plan("talk", "meeting:1", [member])
    made = message(Letter("Soon", ()), Delivery.objects.get(channel="email"))
    return re.search(r"/unsubscribe/.*/", made.extra_headers["List-Unsubscribe"])[0]


def _choice(member) -> str:
    return (
        Preference.objects.filter(member=member, kind="talk", channel="email").values_list("choice", flat=True).first()
    )


def test_a_program_for_mail_ends_it_by_one_post_without_cookies(stranger, link, member):
    answer = stranger.post(link, {"List-Unsubscribe": "One-Click"})
    assert answer.status_code == 200
    assert _choice(member) == Choice.OFF


@pytest.mark.parametrize("method", ["get", "head"])
def test_looking_at_it_changes_nothing(stranger, link, member, method):
    for query in ("", "?again=", "?List-Unsubscribe=One-Click"):
        assert getattr(stranger, method)(link + query).status_code == 200
    assert _choice(member) is None


@pytest.mark.parametrize("before", [Choice.AT_ONCE, Choice.DAILY, Choice.WEEKLY])
def test_one_button_brings_back_what_there_was(stranger, link, member, before):
    Preference.objects.create(member=member, kind="talk", channel="email", choice=before)
    page = stranger.post(link).content.decode()
    assert _choice(member) == Choice.OFF
    assert "I still want them" in page
    again = re.search(r'name="again" value="([\w:]+)"', page)[1]
    page = stranger.post(link, {"again": again}).content.decode()
    assert _choice(member) == before
    assert "They come again" in page and "Send me no more of these" in page


@pytest.mark.parametrize("typed", ["talk:off", "", "nonsense", "alarm:daily"])
def test_who_wants_them_again_gets_them_whatever_the_form_says(stranger, link, member, typed):
    stranger.post(link)
    stranger.post(link, {"again": typed})
    assert _choice(member) == Choice.AT_ONCE


def test_by_the_link_of_a_digest_all_that_comes_in_one_ends_and_comes_back(stranger, talk, member, awake):
    chosen = {"talk": Choice.DAILY, "alarm": Choice.WEEKLY, "destination_off": Choice.AT_ONCE}
    for name, choice in chosen.items():
        Preference.objects.create(member=member, kind=name, channel="email", choice=choice)
    plan("talk", "meeting:1", [member])
    made = message(Letter("Two things", ()), Delivery.objects.get(kind="digest"))
    link = re.search(r"/unsubscribe/.*/", made.extra_headers["List-Unsubscribe"])[0]
    page = stranger.get(link).content.decode()
    assert "A talk" in page and "An alarm" in page
    page = stranger.post(link).content.decode()
    rows = Preference.objects.filter(member=member)
    assert dict(rows.values_list("kind", "choice")) == chosen | {"talk": Choice.OFF, "alarm": Choice.OFF}
    assert "Nothing comes to you in a digest now." in stranger.get(link).content.decode()
    told = re.findall(r'name="again" value="([\w:]+)"', page)
    stranger.post(link, {"again": [*told, "test:daily", "no-such-kind:daily"]})
    assert dict(rows.values_list("kind", "choice")) == chosen


def test_every_letter_leads_to_the_settings(talk, member, awake):
    plan("talk", "meeting:1", [member])
    made = message(Letter("Soon", ()), Delivery.objects.get(channel="email"))
    for body in (made.body, made.alternatives[0].content):
        assert "http://localhost:8000/settings/reminders/" in body


def test_it_is_said_whose_mail_it_is_and_not_the_whole_address(stranger, link, member):
    page = stranger.get(link).content.decode()
    assert unsubscribe.masked(member.email) in page
    assert member.email not in page


@pytest.mark.parametrize(
    ("address", "shown"),
    [
        ("kenta@komorebi.example", "k…a@komorebi.example"),
        ("ab@example.com", "a…@example.com"),
        ("a@example.com", "a…@example.com"),
        ('"odd@name"@example.com', '"…"@example.com'),
    ],
)
def test_of_an_address_only_its_ends_are_shown(address, shown):
    assert unsubscribe.masked(address) == shown


def test_it_speaks_the_reader_s_language_until_somebody_switches(stranger, link, member):
    member.language = "ja"
    member.save()
    assert 'lang="ja"' in stranger.get(link, headers={"accept-language": "en"}).content.decode()
    page = stranger.get(link).content.decode()
    key = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', page)[1]
    answer = stranger.post(
        reverse("web:language"), {"language": "en", "next": link, "csrfmiddlewaretoken": key}, follow=True
    )
    assert answer.redirect_chain == [(link, 302)]
    assert '<html lang="en"' in answer.content.decode()
    assert "I still want them" in stranger.post(link).content.decode()


def test_who_is_signed_in_reads_their_own_language(signed_in, link, member):
    page = signed_in.get(link, headers={"accept-language": "ja"}).content.decode()
    assert '<html lang="en"' in page
    assert "after signing in" not in page


def _damaged(link: str) -> dict[str, str]:
    foreign = signing.dumps([1, "talk", "email"], salt="of another page", compress=True)
    return {
        "cut off": f"{link[:-9]}/",
        "changed": f"{link[:-3]}xx/",
        "foreign": f"/unsubscribe/{foreign}/",
        "of nobody": f"/unsubscribe/{signing.dumps([10**9, 'talk', 'email'], salt=unsubscribe.SALT)}/",
        "of no kind": f"/unsubscribe/{signing.dumps([1, 'no-such-kind', 'email'], salt=unsubscribe.SALT)}/",
        "of no channel": f"/unsubscribe/{signing.dumps([1, 'talk', 'pigeon'], salt=unsubscribe.SALT)}/",
        "of another shape": f"/unsubscribe/{signing.dumps('talk', salt=unsubscribe.SALT)}/",
    }


@pytest.mark.parametrize("how", _damaged("/unsubscribe/x/"))
@pytest.mark.parametrize("method", ["get", "post"])
def test_a_damaged_link_says_so_and_shows_the_way_out(stranger, link, how, method):
    answer = getattr(stranger, method)(_damaged(link)[how])
    assert answer.status_code == 404
    page = answer.content.decode()
    assert "This link is damaged" in page
    assert reverse("reminders:settings") in page
    assert not Preference.objects.exists()
    way_out = stranger.get(reverse("reminders:settings"))
    assert way_out.status_code == 302 and way_out["Location"].startswith(reverse("account_login"))


def test_a_damaged_link_can_be_read_in_both_languages(stranger):
    stranger.cookies[settings.LANGUAGE_COOKIE_NAME] = "ja"
    assert '<html lang="ja"' in stranger.get("/unsubscribe/x/").content.decode()


def test_the_link_goes_to_no_other_site(stranger, link):
    assert stranger.get(link)["Referrer-Policy"] == "same-origin"
