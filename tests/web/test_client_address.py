"""Tries are counted by the address they really come from (R76)."""

import pytest
from django.core.cache import cache
from django.test import Client, RequestFactory

from apps.web.client_address import client_address
from tests import factories

PROXIES = ["10.0.0.5", "192.168.7.0/24", "fd00::/8"]


def address(peer: str, forwarded: str | None = None) -> str:
    headers = {} if forwarded is None else {"HTTP_X_FORWARDED_FOR": forwarded}
    return client_address(RequestFactory().get("/", REMOTE_ADDR=peer, **headers))


@pytest.mark.parametrize("forwarded", [None, "1.2.3.4", "1.2.3.4, 10.0.0.5"])
def test_without_trusted_proxies_only_the_socket_counts(settings, forwarded):
    settings.TRUSTED_PROXIES = []
    assert address("10.0.0.5", forwarded) == "10.0.0.5"


@pytest.mark.parametrize(
    ("peer", "forwarded", "client"),
    [
        ("10.0.0.5", "203.0.113.9", "203.0.113.9"),
        ("10.0.0.5", "1.1.1.1, 203.0.113.9", "203.0.113.9"),
        ("10.0.0.5", "1.1.1.1, 203.0.113.9, 192.168.7.20", "203.0.113.9"),
        ("fd00::1", "2001:db8::7", "2001:db8::7"),
        ("10.0.0.5", "203.0.113.9, nonsense", "10.0.0.5"),
        ("10.0.0.5", "", "10.0.0.5"),
        ("10.0.0.5", "192.168.7.20", "10.0.0.5"),
        ("203.0.113.1", "1.1.1.1", "203.0.113.1"),
    ],
)
def test_behind_trusted_proxies_the_last_hop_that_is_none_of_them_counts(settings, peer, forwarded, client):
    settings.TRUSTED_PROXIES = PROXIES
    assert address(peer, forwarded) == client


@pytest.fixture
def counted(settings):
    settings.CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
    cache.clear()


def sign_in(login: str = "nobody@example.com", **headers):
    return Client().post("/accounts/login/", {"login": login, "password": "x"}, **headers)


@pytest.mark.parametrize(("proxies", "answers"), [([], [200, 200, 429]), (["127.0.0.1"], [200, 200, 200])])
def test_only_a_trusted_proxy_can_say_that_tries_come_from_elsewhere(db, counted, settings, proxies, answers):
    factories.organisation()
    settings.TRUSTED_PROXIES = proxies
    settings.ACCOUNT_RATE_LIMITS = {"login": "2/m/ip"}
    tries = [sign_in(f"someone{n}@example.com", HTTP_X_FORWARDED_FOR=f"198.51.{n}.7") for n in range(3)]
    assert [answer.status_code for answer in tries] == answers


@pytest.mark.parametrize("language", ["en", "ja"])
def test_too_many_tries_get_a_page_with_a_way_on(db, counted, settings, language):
    factories.organisation()
    settings.ACCOUNT_RATE_LIMITS = {"login": "2/m/ip"}
    for _try in range(3):
        answer = sign_in(HTTP_ACCEPT_LANGUAGE=language)
    assert (answer.status_code, answer["Retry-After"]) == (429, "300")
    assert f'lang="{language}"' in answer.text
    assert "nobody@example.com" in answer.text
    assert 'value="x"' not in answer.text
