"""First visit, invitations, sign-in, settings: who comes in, how, and who stays out."""

import re

import pytest
from django.core import mail

from apps.accounts.models import Invitation, Member, Organisation, Role
from apps.toil.models import Category, Entry, Item
from tests import factories

WELCOME = {
    "organisation": "Komorebi Care",
    "display_name": "Aoi Mizuno",
    "email": "Aoi@Example.com",
    "password": factories.PASSWORD,
    "language": "ja",
    "time_zone": "Asia/Tokyo",
    "start": "empty",
}


def test_the_first_visit_makes_the_lead_and_admin(client, db):
    assert client.get("/", follow=True).redirect_chain[-1][0] == "/welcome/"
    assert client.post("/welcome/", WELCOME)["Location"] == "/"
    member = Member.objects.get()
    assert (member.email, member.role, member.is_admin, member.language) == ("aoi@example.com", Role.LEAD, True, "ja")
    assert Organisation.get().name == "Komorebi Care"
    assert Category.objects.count() == 7
    assert client.get("/").status_code == 200


def test_the_first_visit_can_start_with_the_story(client, db):
    client.post("/welcome/", WELCOME | {"start": "story", "language": "en"})
    assert Item.objects.count() == 23
    assert Member.objects.count() == 8
    assert Entry.objects.filter(member__email="aoi@example.com").exists()


def test_there_is_only_one_first_visit(client, lead):
    assert client.get("/welcome/")["Location"] == "/"
    client.post("/welcome/", WELCOME | {"email": "other@example.com"})
    assert Member.objects.count() == 1


def test_a_weak_password_is_refused_beside_its_field_and_nothing_is_lost(client, db):
    response = client.post("/welcome/", WELCOME | {"password": "miraizu"})
    assert response.status_code == 422
    assert "Aoi Mizuno" in response.text
    assert not Member.objects.exists()


def _link(client, lead, person) -> str:
    client.force_login(lead)
    client.post(f"/settings/members/{person.pk}/invite/")
    page = client.get(f"/settings/members/{person.pk}/").text
    path = re.search(r"http://localhost:8000(/join/[^\"]+)", page)[1]
    assert path not in client.get(f"/settings/members/{person.pk}/").text, "it is shown once"
    client.logout()
    return path


def test_a_known_member_joins_by_the_link_once(client, lead):
    person = factories.known(display_name="Kenta")
    path = _link(client, lead, person)
    response = client.get(path)
    assert response.status_code == 200
    assert response["Referrer-Policy"] == "same-origin"
    answers = {"display_name": "Kenta S", "language": "en", "time_zone": "UTC", "password": factories.PASSWORD}
    assert client.post(path, answers)["Location"] == "/"
    person.refresh_from_db()
    assert person.has_joined
    assert person.check_password(factories.PASSWORD)
    client.logout()
    assert client.get(path).status_code == 404


def test_a_new_link_ends_the_old_one_and_tokens_are_not_stored(client, lead):
    person = factories.known()
    old = _link(client, lead, person)
    new = _link(client, lead, person)
    assert client.get(old).status_code == 404
    assert client.get(new).status_code == 200
    assert not Invitation.objects.filter(digest__in=[old.split("/")[2], new.split("/")[2]]).exists()


def test_signing_in_needs_the_right_password_and_says_the_same_for_unknown_people(client, lead):
    wrong = client.post("/accounts/login/", {"login": lead.email, "password": "wrong wrong wrong"}).text
    unknown = client.post("/accounts/login/", {"login": "nobody@example.com", "password": "wrong wrong wrong"}).text
    said = r"class=\"error-summary\".*?</ul>"
    assert re.search(said, wrong, re.S)[0] == re.search(said, unknown, re.S)[0]
    assert client.post("/accounts/login/", {"login": lead.email, "password": factories.PASSWORD}).status_code == 302


def test_the_password_is_reset_by_a_letter(client, lead, settings):
    settings.MAIL_IS_SET_UP = True
    client.post("/accounts/password/reset/", {"email": lead.email})
    path = re.search(r"http://localhost:8000(/accounts/password/reset/key/\S+)", mail.outbox[0].body)[1]
    page = client.get(path, follow=True)
    assert page.status_code == 200
    done = client.post(
        page.redirect_chain[-1][0],
        {"password1": "another quiet paper lantern", "password2": "another quiet paper lantern"},
        follow=True,
    )
    assert done.status_code == 200
    lead.refresh_from_db()
    assert lead.check_password("another quiet paper lantern")


def test_somebody_who_is_made_inactive_is_out_from_the_next_click(client, member):
    client.force_login(member)
    assert client.get("/").status_code == 200
    Member.objects.filter(pk=member.pk).update(is_active=False)
    assert client.get("/").status_code == 302


def test_the_last_admin_stays_admin(client, db):
    boss = factories.lead(is_admin=True)
    client.force_login(boss)
    form = {"display_name": "Boss", "name_order": "given", "email": boss.email, "language": "en", "role": "lead",
            "is_active": "on", "weekly_capacity_minutes": "2400"}  # fmt: skip
    assert client.post(f"/settings/members/{boss.pk}/", form).status_code == 422
    boss.refresh_from_db()
    assert boss.is_admin


def test_a_member_can_not_give_themself_a_role(client, member):
    client.force_login(member)
    fields = {"display_name": "Me", "name_order": "given", "language": "en", "time_zone": "UTC", "week_start": "0",
              "weekly_capacity_minutes": "2400", "theme": "dark"}  # fmt: skip
    client.post("/settings/", fields | {"role": "lead", "is_admin": "on", "is_staff": "on"})
    member.refresh_from_db()
    assert (member.role, member.is_admin, member.theme) == (Role.MEMBER, False, "dark")


@pytest.mark.parametrize("zone", ["localtime", "Factory", "posixrules", "Mars/Olympus", ""])
def test_only_real_time_zones_are_taken(client, member, zone):
    client.force_login(member)
    fields = {"display_name": "Me", "name_order": "given", "language": "en", "time_zone": zone, "week_start": "0",
              "weekly_capacity_minutes": "2400", "theme": "dark"}  # fmt: skip
    assert client.post("/settings/", fields).status_code == 422


@pytest.mark.parametrize(
    ("given", "family", "shown", "english", "japanese", "initials"),
    [("Aoi", "Mizuno", "Aoi Mizuno", "Aoi", "Mizunoさん", "AM"), ("葵", "水野", "水野 葵", "葵", "水野さん", "葵")],
)
def test_people_are_called_as_their_language_does(given, family, shown, english, japanese, initials):
    from django.utils import translation

    person = Member(given_name=given, family_name=family, display_name=shown)
    assert person.initials == initials
    with translation.override("en"):
        assert person.short_name == english
    with translation.override("ja"):
        assert person.short_name == japanese


def test_where_next_leads_is_always_one_of_our_pages(client, lead):
    for target in ("https://evil.example/", "//evil.example", "/\\evil.example", "javascript:alert(1)"):
        answer = client.post("/language/", {"language": "ja", "next": target})
        assert answer["Location"] == "/", target
        login = client.post(f"/accounts/login/?next={target}", {"login": lead.email, "password": factories.PASSWORD})
        assert login["Location"].startswith("/") and not login["Location"].startswith("//"), target
        client.logout()
