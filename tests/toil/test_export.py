"""Everything out: CSV with every entry, JSON without loss and the same each time."""

import csv
import io
import json
from datetime import date, time

import pytest

from apps.toil import json_out
from apps.toil.models import DigWork, Entry, ItemLink, Merge, State
from apps.toil.models.state import change_state
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def room(member, lead):
    """A row of every sort, with texts that are hard to write down."""
    stakeholder = factories.stakeholder(name='Fachärzte \\ "Ost"')
    item = factories.item(name="Manual release", name_ja="手動リリース", category=factories.category(), owner=lead)
    twin = factories.item(name="</script><!-- 🔥")
    entry = factories.entry(
        member, by=lead, item=item, stakeholder=stakeholder, note='two\nlines, "quoted"\t\u2028 \\n', clock=time(9, 5)
    )
    ItemLink.objects.create(item=item, title="Runbook", url="https://example.com/")
    DigWork.objects.create(item=item, member=lead, day=lead.today(), minutes=60)
    change_state(item, State.GONE, lead, reason="done", on=date(2026, 1, 1))
    Merge.make(twin, item, lead)
    return entry


def read(response) -> str:
    return b"".join(response.streaming_content).decode("utf-8")


@pytest.fixture
def as_lead(client, lead):
    client.force_login(lead)
    return client


def test_the_json_holds_every_row_of_every_model(as_lead, room):
    data = json.loads(read(as_lead.get("/toil/export/toil.json")))
    assert data.pop("format") == json_out.FORMAT
    assert {name: len(rows) for name, rows in data.items()} == {
        model._meta.label_lower: model.objects.count() for model in json_out.MODELS
    }
    assert all(data.values())


def test_the_json_loses_nothing_of_an_entry(as_lead, room, member, lead):
    [row] = json.loads(read(as_lead.get("/toil/export/toil.json")))["toil.entry"]
    entry = Entry.objects.get()
    assert (row["id"], row["item"], row["stakeholder"]) == (entry.pk, entry.item_id, entry.stakeholder_id)
    assert (row["member"], row["logged_by"]) == (member.email, lead.email)
    assert (row["note"], row["minutes"], row["day"], row["clock"]) == (
        entry.note,
        25,
        entry.day.isoformat(),
        "09:05:00",
    )


def test_the_json_is_the_same_each_time(as_lead, room):
    assert read(as_lead.get("/toil/export/toil.json")) == read(as_lead.get("/toil/export/toil.json"))


def test_an_empty_room_is_json_too(db):
    data = json.loads("".join(json_out.pieces()))
    assert data.pop("format") == json_out.FORMAT
    assert not any(data.values())


def test_the_json_is_for_leads_and_admins(client, member, manager, admin):
    for person, status in ((member, 403), (manager, 403), (admin, 200)):
        client.force_login(person)
        assert client.get("/toil/export/toil.json").status_code == status


def test_no_password_leaves_with_the_json(as_lead, room, member):
    text = read(as_lead.get("/toil/export/toil.json"))
    assert member.password not in text
    assert "password" not in text


def test_the_csv_holds_every_entry_oldest_first(signed_in, member, lead):
    days = [date(2026, 3, 2), date(2026, 1, 5), date(2026, 2, 9)]
    for day in days:
        factories.entry(lead, day=day, note="日本語, with comma")
    text = read(signed_in.get("/toil/export/toil.csv"))
    assert text.startswith("\ufeff")
    rows = list(csv.DictReader(io.StringIO(text.removeprefix("\ufeff"))))
    assert [row["day"] for row in rows] == sorted(day.isoformat() for day in days)
    assert {row["note"] for row in rows} == {"日本語, with comma"}
    assert {row["email"] for row in rows} == {lead.email}


def test_the_csv_is_the_same_each_time(signed_in, room):
    assert read(signed_in.get("/toil/export/toil.csv")) == read(signed_in.get("/toil/export/toil.csv"))


def test_the_export_page_opens(signed_in, room):
    assert signed_in.get("/toil/export/").status_code == 200
