"""A forgotten password, the letter that helps, and which passwords are taken."""

import re

import pytest
from django.contrib.auth.password_validation import validate_password
from django.core import mail
from django.core.exceptions import ValidationError

from apps.accounts.models import Organisation
from apps.accounts.passwords import repeated_unit
from tests import factories

RESET = "/accounts/password/reset/"


def test_with_mail_the_page_asks_for_the_address_and_a_letter_goes_out(client, lead, settings):
    settings.MAIL_IS_SET_UP = True
    page = client.get(RESET).text
    assert 'name="email"' in page
    assert "We send a link to your e-mail" in page
    assert "can’t send mail" not in page
    assert client.post(RESET, {"email": lead.email})["Location"] == f"{RESET}done/"
    assert len(mail.outbox) == 1


def test_without_mail_the_page_says_whom_to_ask_and_promises_nothing(client, lead, settings):
    settings.MAIL_IS_SET_UP = False
    for answer in (client.get(RESET), client.post(RESET, {"email": lead.email})):
        assert answer.status_code == 200
        assert "Ask an admin" in answer.text
        assert "We send a link" not in answer.text
        assert 'name="email"' not in answer.text
    assert not mail.outbox


@pytest.mark.parametrize(
    ("language", "subject", "sentences"),
    [
        (
            "en",
            "Miraizu at Komorebi & Co: choose a new password",
            ["Hello ", "within 3 days", "If you did not ask for it, do nothing", "Miraizu / Komorebi & Co"],
        ),
        (
            "ja",
            "未来図（Komorebi & Co）: 新しいパスワードの設定",
            ["さん", "3日以内", "お心当たりがなければ", "未来図 / Komorebi & Co"],
        ),
    ],
)
def test_the_letter_is_in_our_words_and_the_readers_language(client, lead, settings, language, subject, sentences):
    settings.MAIL_IS_SET_UP = True
    Organisation.objects.update(name="Komorebi & Co")
    lead.language = language
    lead.save()
    client.post(RESET, {"email": lead.email}, headers={"accept-language": "ja" if language == "en" else "en"})
    letter = mail.outbox[0]
    assert letter.subject == subject
    for sentence in sentences:
        assert sentence in letter.body
    assert re.search(r"^http://localhost:8000/accounts/password/reset/key/\S+$", letter.body, re.M)
    assert not re.search("[!！]|testserver|example\\.com", letter.subject + letter.body)


@pytest.mark.parametrize(
    "password",
    [
        "passwordpassword",
        "Password-Password",
        "ｐａｓｓｗｏｒｄpassword",
        "passwordpasswordpass",
        "abcdabcdabcd",
        "!!!!!!!!!!!!!!",
    ],
)
def test_one_word_written_again_and_again_is_no_password(password):
    with pytest.raises(ValidationError) as refused:
        validate_password(password)
    assert "password_repeated_word" in {error.code for error in refused.value.error_list}


@pytest.mark.parametrize("password", [factories.PASSWORD, "paper lantern password"])
def test_other_passwords_of_several_words_are_taken(password):
    validate_password(password)


@pytest.mark.parametrize(
    ("text", "unit"), [("abab", "ab"), ("ababa", "ab"), ("aaaa", "a"), ("abcabd", ""), ("ab", ""), ("", "")]
)
def test_the_shortest_repeated_unit(text, unit):
    assert repeated_unit(text) == unit


def test_a_hint_stays_until_the_error_says_the_same(client, db):
    hint = "A few words are easier to remember than signs."
    assert hint in client.get("/welcome/").text
    assert hint in client.post("/welcome/", {"password": ""}).text
    short = client.post("/welcome/", {"password": "kiwi-tree"}).text
    assert "Use at least 12 characters." in short
    assert hint not in short
    assert "_password_helptext" not in short


@pytest.mark.parametrize(
    ("language", "sentence"),
    [
        ("en", "This e-mail and password do not belong together."),
        ("ja", "メールアドレスとパスワードの組み合わせが違います。"),
    ],
)
def test_a_refused_sign_in_is_told_in_our_words(client, lead, language, sentence):
    answer = client.post(
        "/accounts/login/",
        {"login": lead.email, "password": "wrong wrong wrong"},
        headers={"accept-language": language},
    ).text
    assert sentence in answer
    assert "ログイン" not in answer


def test_the_admin_site_offers_what_is_meant_for_it(client, admin):
    client.force_login(admin)
    offered = set(re.findall(r'href="/admin/(\w+/\w+)/"', client.get("/admin/").text))
    # What the rooms above offer is theirs to test; nothing comes from a library.
    assert {name for name in offered if name.split("/")[0] not in {"stakeholders", "toil"}} == {
        "accounts/member",
        "accounts/organisation",
    }


def test_who_is_only_known_gets_no_letter(client, lead, settings, mailoutbox):
    settings.MAIL_IS_SET_UP = True
    known = factories.known(email="known@example.com")
    for email in (known.email, lead.email):
        client.post("/accounts/password/reset/", {"email": email})
    assert [letter.to for letter in mailoutbox] == [[lead.email]]
