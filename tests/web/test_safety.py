"""Headers on every answer, error pages that keep what was typed, and health (R47, R60, R79)."""

import pytest
from django.test import Client

from apps.web.models import Heartbeat
from tests import factories


@pytest.mark.parametrize("address", ["/", "/toil/", "/accounts/login/", "/nowhere/", "/healthz/live", "/welcome/"])
def test_every_answer_carries_the_headers(signed_in, address):
    headers = signed_in.get(address).headers
    assert "default-src 'none'" in headers["Content-Security-Policy"]
    assert "unsafe" not in headers["Content-Security-Policy"]
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] in ("same-origin", "no-referrer")
    assert headers["X-Frame-Options"] == "DENY"
    assert headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert "no-store" in headers["Cache-Control"]


@pytest.mark.parametrize("language", ["en", "ja"])
def test_the_error_pages_speak_the_readers_language(signed_in, member, language):
    member.language = language
    member.save()
    page = signed_in.get("/nowhere/")
    assert page.status_code == 404
    assert f'lang="{language}"' in page.text
    assert signed_in.get("/settings/organisation/").status_code == 403


def test_a_form_with_an_old_key_keeps_what_was_typed(member):
    client = Client(enforce_csrf_checks=True)
    client.force_login(member)
    answer = client.post("/toil/log/", {"line": "25m release & <b>bold</b>"})
    assert answer.status_code == 403
    assert "25m release &amp; &lt;b&gt;bold&lt;/b&gt;" in answer.text
    assert 'action="/toil/log/"' in answer.text


def test_a_form_sent_after_the_session_ended_keeps_what_was_typed(client, member):
    answer = client.post("/toil/log/", {"line": "25m release", "password": "secret words"})
    assert answer.status_code == 403
    assert "25m release" in answer.text
    assert "secret words" not in answer.text


def test_a_body_that_is_too_large_is_told_so(signed_in):
    answer = signed_in.post("/toil/log/", {"line": "x" * 2_000_000})
    assert answer.status_code == 413
    assert "split it in two" in answer.text


def test_when_something_breaks_the_page_has_a_number_and_no_trace(member, monkeypatch):
    from apps.toil.views import quick

    def broken(*_args):
        raise RuntimeError("secret detail")

    monkeypatch.setattr(quick.known, "names", broken)
    client = Client(raise_request_exception=False)
    client.force_login(member)
    answer = client.post("/toil/log/", {"line": "25m release"})
    assert answer.status_code == 500
    assert "secret detail" not in answer.text
    assert "25m release" in answer.text
    assert "<code>" in answer.text


def test_too_many_wrong_passwords_are_slowed_down(client, lead):
    codes = [
        client.post("/accounts/login/", {"login": lead.email, "password": f"wrong wrong {n}"}).status_code
        for n in range(8)
    ]
    last = client.post("/accounts/login/", {"login": lead.email, "password": factories.PASSWORD})
    assert last.status_code != 302, codes


def test_alive_and_ready_are_told_apart(client, db):
    assert client.get("/healthz/live").status_code == 200
    assert client.get("/healthz/ready").json()["worker"] is False
    assert client.get("/healthz/ready").status_code == 503
    Heartbeat.beat("worker")
    assert client.get("/healthz/ready").json()["senders"] is False
    assert client.get("/healthz/ready").status_code == 503
    Heartbeat.beat("senders")
    assert client.get("/healthz/ready").status_code == 200


def test_nothing_changes_by_get(signed_in, member):
    entry = factories.entry(member)
    for address in (f"/toil/entries/{entry.pk}/delete/", "/toil/timer/start/", "/toil/undo/", "/language/", "/theme/"):
        assert signed_in.get(address).status_code == 405, address


def test_the_page_that_keeps_what_was_typed_names_fields_and_hides_keys(member):
    client = Client(enforce_csrf_checks=True)
    client.force_login(member)
    sent = {"item": "6", "minutes": "25m", "note": "kept", "version": "3", "submission_id": "x"}
    answer = client.post("/toil/entries/new/", sent)
    assert ">How long</label>" in answer.text
    assert ">Note</label>" in answer.text
    assert '<input type="hidden" name="item" value="6">' in answer.text
    assert ">item</label>" not in answer.text


@pytest.mark.parametrize("address", ["/toil/again/", "/toil/undo/"])
def test_an_address_for_sending_says_so_when_opened(signed_in, address):
    answer = signed_in.get(address)
    assert (answer.status_code, answer["Allow"]) == (405, "POST")
    assert "for sending a form" in answer.text
    assert "<nav" in answer.text


def test_htmx_is_told_that_the_session_ended_instead_of_a_page(db):
    factories.organisation()
    assert Client().get("/toil/read/?line=x", headers={"HX-Request": "true"}).status_code == 401


@pytest.mark.parametrize(
    ("address", "field", "make"),
    [
        ("/toil/categories/new/", "name", lambda: factories.category(name="Releases")),
        ("/stakeholders/new/", "tag", lambda: factories.stakeholder(tag="cs")),
        ("/settings/members/new/", "email", lambda: factories.member(email="taken@example.com")),
    ],
)
def test_what_is_taken_already_is_said_beside_its_field(client, lead, address, field, make):
    client.force_login(lead)
    make()
    sent = {"name": "Releases", "tint": "1", "position": "1", "tag": "cs", "side": "inside", "display_name": "X",
            "email": "taken@example.com", "language": "en", "name_order": "given"}  # fmt: skip
    answer = client.post(address, sent)
    assert answer.status_code == 422
    assert f'id="id_{field}_error"' in answer.text


@pytest.mark.parametrize("name", ["\u200b", " \u202e ", "\u2060\u200d"])
def test_a_name_that_shows_nothing_counts_as_empty(client, lead, name):
    client.force_login(lead)
    for address in ("/toil/items/new/", "/toil/categories/new/", "/stakeholders/new/"):
        sent = {"name": name, "tint": "1", "position": "1", "tag": "cs", "side": "inside"}
        answer = client.post(address, sent)
        assert answer.status_code == 422
        assert "still empty" in answer.text
