"""The permission table is whole, denies by default, and its answers are what the server does (R55, R56, F29)."""

import re

import pytest
from django.test import Client
from django.urls import path

from apps.accounts import permissions
from apps.accounts.checks import permission_table_is_whole, view_names
from apps.accounts.permissions import Answer, decide, table
from tests import factories
from tests.addresses import ARGUMENTS, addresses

METHODS = ("GET", "POST", "PUT", "DELETE")


def test_every_address_has_an_entry_and_every_entry_an_address():
    assert permission_table_is_whole(None) == []


def test_a_view_without_an_entry_is_found_at_start_up(settings):
    from config import urls

    extra = path("new-page/", lambda request: None, name="forgotten")
    urls.urlpatterns.append(extra)
    try:
        from django.urls import clear_url_caches

        clear_url_caches()
        assert [error.id for error in permission_table_is_whole(None)] == ["accounts.E001"]
        assert decide("forgotten", "GET", factories_admin()) is Answer.REFUSE
    finally:
        urls.urlpatterns.remove(extra)
        clear_url_caches()


def factories_admin():
    from apps.accounts.models import Member, Role

    return Member(role=Role.LEAD, is_admin=True)


def _addresses() -> list[tuple[str, str]]:
    found = []
    for view, pattern in addresses():
        if view.startswith("admin:") or "(?P" in pattern:
            continue
        found.append((view, "/" + re.sub(r"<(?:\w+:)?(\w+)>", lambda m: ARGUMENTS[m[1]], pattern)))
    return found


@pytest.mark.long
@pytest.mark.parametrize("role", ["nobody", "member", "lead", "manager", "admin"])
def test_the_server_does_what_the_table_says(db, settings, role):
    factories.organisation()
    people = {
        "nobody": lambda: None,
        "member": factories.member,
        "lead": factories.lead,
        "manager": factories.manager,
        "admin": lambda: factories.member(is_admin=True),
    }
    who = people[role]()
    differences = []
    session = ""
    for view, address in _addresses():
        for method in METHODS:
            client = Client()
            if session:
                client.cookies[settings.SESSION_COOKIE_NAME] = session
            elif who is not None:
                client.force_login(who)
            answer = decide(view, method, who)
            status = client.generic(method, address).status_code
            # Signed in anew only where an address has ended the session: doing it each time takes as long as the answer.
            session = getattr(client.cookies.get(settings.SESSION_COOKIE_NAME), "value", "") if who is not None else ""
            allowed = {
                Answer.ALLOW: status not in (403, 405) or view == "account_logout",
                Answer.SIGN_IN: status == 302 if method == "GET" else status == 403,
                Answer.REFUSE: status == 403,
                Answer.NOT_THIS_WAY: status == 405,
                Answer.HIDE: status == 404,
            }[answer]
            if not allowed:
                differences.append((view, method, answer.name, status))
    assert differences == []


@pytest.mark.parametrize("role", ["nobody", "member", "lead", "manager"])
def test_the_admin_site_is_hidden_from_who_has_no_flag(client, db, role):
    factories.organisation()
    if role != "nobody":
        client.force_login(factories.member(role=role))
    assert client.get("/admin/").status_code == 404
    assert client.get("/admin/accounts/member/").status_code == 404


def test_the_admin_site_opens_for_the_admin_flag(client, admin):
    client.force_login(admin)
    assert client.get("/admin/").status_code == 200


def test_the_names_in_the_table_are_those_of_the_addresses():
    assert {name for name in table() if not name.endswith(":*")} <= set(view_names())
    assert permissions.Who.MEMBERS.includes(None) is False
