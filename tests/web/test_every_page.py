"""Every address opens for whom the permission table lets in; no page's queries grow with its rows."""

from datetime import timedelta

import pytest
from django.urls import reverse

from apps.toil import figures
from apps.toil.models import Entry
from apps.toil.models.category import make_defaults
from tests import factories, kept

PAGES = [
    "/", "/more/", "/shortcuts/", "/settings/", "/toil/", "/toil/log/", "/toil/entries/new/", "/toil/items/",
    "/toil/items/new/", "/toil/week/", "/toil/categories/", "/toil/what/", "/toil/export/", "/toil/import/",
    "/stakeholders/",
]  # fmt: skip
QUERY_LIMIT = 12


def _fill(person, count: int) -> None:
    for n in range(count):
        item = factories.item(name=f"Item {person.pk} {n}", category=factories.category())
        factories.entry(person, item=item, stakeholder=factories.stakeholder(), note=f"note {n}")
        factories.entry(person, item=item, day=person.today() - timedelta(days=40))


@pytest.mark.parametrize("address", PAGES)
def test_opens_for_a_member(signed_in, address):
    assert signed_in.get(address).status_code == 200


@pytest.mark.parametrize("address", PAGES)
@pytest.mark.parametrize("language", ["en", "ja"])
def test_opens_with_rows_in_both_languages(signed_in, member, address, language):
    make_defaults()
    member.language = language
    member.save()
    _fill(member, 3)
    response = signed_in.get(address)
    assert response.status_code == 200
    assert f'<html lang="{language}"' in response.text


@pytest.mark.parametrize("address", PAGES)
def test_asks_the_database_no_more_with_more_rows(signed_in, member, address, django_assert_max_num_queries):
    _fill(member, 3)
    kept.forget()
    signed_in.get(address)
    figures.forget()  # at its dearest
    with django_assert_max_num_queries(QUERY_LIMIT) as few:
        signed_in.get(address)
    _fill(member, 30)
    figures.forget()
    with django_assert_max_num_queries(QUERY_LIMIT) as many:
        signed_in.get(address)
    assert len(many) <= len(few)


def test_the_pages_of_one_row_open(signed_in, lead, member):
    entry = factories.entry(member)
    for name, args in [("toil:item", [entry.item_id]), ("toil:item_edit", [entry.item_id]), ("toil:entry", [entry.pk]),
                       ("toil:dig", [entry.item_id]), ("toil:links", [entry.item_id])]:  # fmt: skip
        assert signed_in.get(reverse(name, args=args)).status_code == 200, name


def test_the_leads_pages_open(client, lead):
    client.force_login(lead)
    entry = factories.entry(lead)
    category = factories.category()
    stakeholder = factories.stakeholder()
    for name, args in [("toil:item_state", [entry.item_id]), ("toil:item_merge", [entry.item_id]),
                       ("toil:category", [category.pk]), ("toil:category_new", []), ("stakeholders:new", []),
                       ("stakeholders:edit", [stakeholder.pk]), ("accounts:members", []),
                       ("accounts:member_new", []), ("accounts:member", [lead.pk])]:  # fmt: skip
        assert client.get(reverse(name, args=args)).status_code == 200, name
    assert Entry.objects.count() == 1
