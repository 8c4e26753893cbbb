"""Snapshots: what they keep stays as it was, and nobody reads or removes what is not theirs to."""

import csv
import io
from datetime import date

import pytest

from apps.dashboards import pages
from apps.dashboards.models import OpenDesk, Snapshot
from apps.dashboards.models import snapshot as model
from apps.people.models import LadderStep, Rung, Subject
from apps.roadmap.erasing import replace_name
from apps.toil.models import Entry
from tests import factories, kept

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("november")]
NEW = "/dashboard/snapshots/new/"


@pytest.fixture
def team(lead):
    people = [factories.member() for _each in range(3)]
    for person in people:
        factories.entry(person, item=factories.item(), minutes=600, day=date(2026, 10, 5))
    return people


def keep(client, who, comment: str = "For the board", query: str = "", **fields) -> Snapshot:
    client.force_login(who)
    answer = client.post(NEW + query, {"comment": comment, "is_shared": "on"} | fields)
    assert answer.status_code == 302, answer.context["form"].errors
    return Snapshot.objects.get(pk=answer["Location"].rstrip("/").rsplit("/", 1)[1])


def address(row: Snapshot, page: str = "front") -> str:
    return f"/dashboard/snapshots/{row.pk}/?of={page}"


def rows_of(client, row: Snapshot, page: str, section: str) -> list[list[str]]:
    answer = client.get(f"/dashboard/snapshots/{row.pk}/{section}.csv?of={page}")
    assert answer.status_code == 200
    return list(csv.reader(io.StringIO(answer.getvalue().decode("utf-8-sig"))))


def test_it_says_the_same_after_the_log_has_changed(client, manager, lead, team, november):
    factories.future_map(lead, factories.plan())
    client.force_login(manager)
    live = {name: client.get(f"/dashboard/{name}/").context["figures"] for name in pages.BESIDE}
    row = keep(client, manager)
    before = {name: client.get(address(row, name)).content for name in pages.ALL}
    assert {name: client.get(address(row, name)).context["figures"] for name in pages.BESIDE} == live
    for entry in Entry.objects.all()[:2]:
        entry.delete()
    factories.entry(team[0], minutes=900, day=date(2026, 10, 6))
    november.move_to("2027-03-02 09:00Z")
    kept.forget()
    client.force_login(manager)

    def figures(name: str) -> list:
        return client.get(address(row, name)).context["figures"]

    assert {name: figures(name) for name in pages.BESIDE} == live
    assert rows_of(client, row, "toil", "months")[-2][1] == "1800"
    assert all(before.values())


@pytest.mark.parametrize("language", ["en", "ja"])
def test_it_is_read_in_the_language_of_the_reader(client, manager, member, team, language):
    row = keep(client, manager)
    member.language = language
    member.save()
    client.force_login(member)
    text = client.get(address(row, "toil")).text
    assert ("Toil in the period" in text) == (language == "en") and ("期間中のトイル" in text) == (language == "ja")


def test_it_speaks_of_the_months_it_was_asked_for(client, manager, team):
    row = keep(client, manager, query="?period=own&since=2026-09&until=2026-10")
    assert (row.first, row.last) == (date(2026, 9, 1), date(2026, 10, 1))
    assert [line[0] for line in rows_of(client, row, "toil", "months")] == ["Month", "2026-09", "2026-10"]


def test_a_button_pressed_twice_makes_one(client, manager, team):
    assert keep(client, manager).pk == keep(client, manager).pk
    assert keep(client, manager, comment="Another").pk != Snapshot.objects.first().pk
    assert Snapshot.objects.count() == 2


def test_a_comment_is_wanted_and_nothing_typed_is_lost(client, manager):
    client.force_login(manager)
    page = client.post(NEW, {"comment": "  "})
    assert page.status_code == 422 and "This is still empty." in page.text
    page = client.post(NEW, {"comment": "x" * 2_001})
    assert page.status_code == 422 and "x" * 2_001 in page.text
    assert not Snapshot.objects.exists()


def test_there_is_an_end_to_how_many_one_person_keeps(client, manager, monkeypatch):
    monkeypatch.setattr("apps.dashboards.snapshot_pages.MOST_OF_ONE", 1)
    keep(client, manager)
    page = client.post(NEW, {"comment": "One more"})
    assert page.status_code == 422 and "One more" in page.text and "Remove one" in page.text


# ---- whose it is ----------------------------------------------------------------------------------------


def test_members_read_what_is_shared_and_make_none(client, manager, member, team):
    row = keep(client, manager, comment="<b>For & all</b>")
    client.force_login(member)
    assert "&lt;b&gt;For &amp; all&lt;/b&gt;" in client.get("/dashboard/snapshots/").text
    assert client.get(address(row)).status_code == 200
    assert client.get(NEW).status_code == 403 and client.post(NEW, {"comment": "x"}).status_code == 403
    assert client.post(f"/dashboard/snapshots/{row.pk}/remove/").status_code == 404
    assert Snapshot.objects.filter(pk=row.pk).exists()


def test_of_what_somebody_keeps_to_themselves_others_are_told_there_is_none(client, manager, lead, team):
    row = keep(client, manager, is_shared="")
    assert not row.is_shared and client.get(address(row)).status_code == 200
    client.force_login(lead)
    assert "For the board" not in client.get("/dashboard/snapshots/").text
    for path in (address(row), f"/dashboard/snapshots/{row.pk}/months.csv?of=toil", "/dashboard/snapshots/999999/"):
        assert client.get(path).status_code == 404
    assert client.post(f"/dashboard/snapshots/{row.pk}/remove/").status_code == 404


def test_its_maker_removes_it_and_twice_is_the_same(client, manager, team):
    row = keep(client, manager)
    for _twice in range(2):
        assert client.post(f"/dashboard/snapshots/{row.pk}/remove/").status_code == 302
    assert client.get(address(row)).status_code == 404


def test_it_is_never_written_again(client, manager, team):
    row = keep(client, manager)
    row.comment = "Something else"
    with pytest.raises(model.Immutable):
        row.save()


# ---- what it must not tell ------------------------------------------------------------------------------


def test_the_share_of_the_first_sre_goes_with_their_yes(client, manager, lead, team):
    for day in (5, 6, 7):
        factories.entry(lead, minutes=1_400, day=date(2026, 10, day))
    OpenDesk.choose(lead, on=True)
    row = keep(client, manager)
    assert f"{lead.short_name} (minutes)" in rows_of(client, row, "front", "scaling")[0]
    assert rows_of(client, row, "load", "desk")[1:]
    OpenDesk.choose(lead, on=False)
    for page in pages.ALL:
        assert lead.short_name not in client.get(address(row, page)).text.replace(manager.display_name, "")
    assert not rows_of(client, row, "load", "desk")[1:]
    OpenDesk.choose(lead, on=True)
    assert rows_of(client, row, "load", "desk")[1:], "what was kept is not lost"


def test_without_that_yes_their_share_is_not_even_kept(client, manager, lead, team):
    for day in (5, 6, 7):
        factories.entry(lead, minutes=1_400, day=date(2026, 10, day))
    row = keep(client, manager)
    assert row.with_desk is None
    OpenDesk.choose(lead, on=True)
    assert not rows_of(client, row, "load", "desk")[1:]


def test_who_moved_on_the_ladder_is_kept_nowhere(client, manager, lead, team):
    LadderStep.claim(lead, Subject(item=factories.item()), rung=Rung.SOLO, day=date(2026, 11, 2))
    row = keep(client, manager)
    assert "moved" not in row.content["en"]["learning"]["sections"]
    assert all(person.display_name not in str(row.content) for person in (lead, *team))


def test_what_was_taken_out_of_the_map_is_not_told_by_a_snapshot(client, manager, lead, team):
    factories.future_map(
        lead, factories.plan("Half by Taro", when=("2026-04-05", "2026-09-01")), start=date(2026, 4, 1)
    )
    row = keep(client, manager)
    assert "Half by Taro" in client.get(address(row, "map")).text
    assert replace_name("Taro", "somebody")
    page = client.get(address(row, "map"))
    assert "Taro" not in page.text and "taken out of the map" in page.text
    assert "Toil in the period" in client.get(address(row, "toil")).text


# ---- how much it asks -----------------------------------------------------------------------------------


def test_reading_one_asks_little_however_much_it_holds(client, manager, team, django_assert_max_num_queries):
    row = keep(client, manager)
    for number in range(12):
        keep(client, manager, comment=f"Number {number}")
    client.get(address(row))
    with django_assert_max_num_queries(10):
        client.get(address(row, "toil"))
    with django_assert_max_num_queries(10):
        client.get("/dashboard/snapshots/")
