"""The page of the map: what was promised and what came, over the turn of a year too; and what a period that is over
says of the map, its pivots and its focus on other pages.
"""

from dataclasses import replace
from datetime import date

import pytest
import time_machine

from apps.accounts.models import Member
from apps.roadmap.erasing import replace_name
from apps.roadmap.models import CheckIn, Map, Status
from apps.roadmap.models.revision import document_of
from apps.toil.models import Item
from tests import factories, kept
from tests.dashboards.test_pages import by_label, figure, sheet

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("november")]
OWN = "?period=own&since=%s&until=%s"


def on(day: str):
    return time_machine.travel(f"{day} 09:00Z", tick=False)


def note(lead, item: str, day: date, status: Status, words: str = "So it is"):
    CheckIn.note(item=item, day=day, status=status, words=words, by=lead)


def ids(row: Map) -> dict[str, str]:
    return {item.title: pk for pk, item in document_of(row).items.items()}


def labels(client, section: str, query: str = "") -> list[str]:
    return [row.label for row in sheet(client, "map", section, query).rows]


def test_it_came_on_the_day_since_which_it_has_been_done(client, manager, lead):
    with on("2026-04-01"):
        row = factories.future_map(
            lead,
            factories.plan("Told twice", when=("2026-05-01", "2026-06-30")),
            factories.plan("Taken back", when=("2026-05-01", "2026-06-30")),
        )
    item = ids(row)
    for month in (6, 8):
        note(lead, item["Told twice"], date(2026, month, 10), Status.DONE)
    note(lead, item["Taken back"], date(2026, 6, 10), Status.DONE)
    note(lead, item["Taken back"], date(2026, 6, 20), Status.IN_DOUBT)
    note(lead, item["Taken back"], date(2026, 7, 10), Status.DONE)
    client.force_login(manager)
    assert {label: cells[-1] for label, cells in by_label(sheet(client, "map", "promises")).items()} == {
        "Told twice": -20,
        "Taken back": 10,
    }
    assert figure(client, "map", "Came as first promised").value == "1"


def test_what_is_in_doubt_and_of_what_nobody_speaks_is_listed_as_it_is_counted(client, manager, lead):
    with on("2026-04-01"):
        titles = ("Doubted", "Silent", "On its way", "To come")
        row = factories.future_map(
            lead,
            *(factories.plan(title, when=("2026-05-01", "2026-12-20")) for title in titles[:3]),
            factories.plan("To come", when=("2026-12-01", "2026-12-20")),
        )
    item = ids(row)
    note(lead, item["Doubted"], date(2026, 10, 1), Status.IN_DOUBT, "Nobody has time.")
    note(lead, item["On its way"], date(2026, 10, 1), Status.ON_THE_WAY)
    client.force_login(manager)
    assert labels(client, "doubt") == ["Doubted"] and labels(client, "silent") == ["Silent"]
    for label, section in (("In doubt", "#doubt"), ("Begun, and not spoken of", "#silent")):
        shown = figure(client, "map", label)
        assert (shown.value, shown.address) == ("1", section)
    assert "Nobody has time." in client.get("/dashboard/map/").text


def test_of_a_period_over_two_years_both_maps_speak(client, manager, lead):
    with on("2025-04-01"):
        old = factories.future_map(
            lead,
            factories.plan("Went on", when=("2025-05-01", "2026-03-20")),
            factories.plan("Stayed behind", when=("2025-05-01", "2025-12-20")),
            start=date(2025, 4, 1),
        )
    with on("2025-10-05"):
        factories.next_revision(old, lead, factories.plan("Turned to", when=("2025-11-01", "2026-02-20")))
    went_on = ids(old)["Went on"]
    with on("2026-04-01"):
        part = document_of(old).parts[f"item:{went_on}"]
        factories.future_map(lead, {f"item:{went_on}": part | {"when": ["2026-04-01", "2026-12-20"]}})
    client.force_login(manager)
    both = OWN % ("2025-04", "2026-11")
    rows = by_label(sheet(client, "map", "promises", both))
    assert list(rows) == ["Stayed behind", "Turned to", "Went on"]
    assert rows["Went on"][1:3] == (date(2026, 3, 20), date(2026, 12, 20))
    assert all("Dropped" not in cells[3] for cells in rows.values()), "a new year drops nothing of the old one"
    (pivot,) = sheet(client, "map", "pivots", both).rows
    assert pivot.address.startswith("/map/2025-04/")
    assert client.get(pivot.address).status_code == 200
    assert labels(client, "promises") == ["Went on"], "of this year's map alone"


def test_a_period_that_is_over_shows_the_map_of_its_last_day(client, manager, lead):
    with on("2026-04-01"):
        row = factories.future_map(lead, factories.plan("Early", when=("2026-05-01", "2026-06-30")))
    with on("2026-05-10"):
        factories.next_revision(row, lead, factories.plan("In May", when=("2026-06-01", "2026-08-30")))
    with on("2026-10-12"):
        later = factories.plan("In October", when=("2026-11-01", "2026-12-20"))
        factories.next_revision(row, lead, later, reason=replace(factories.REASON, name="The October turn"))
    note(lead, ids(row)["Early"], date(2026, 9, 1), Status.DONE)
    client.force_login(manager)
    page = client.get("/dashboard/" + OWN % ("2026-04", "2026-06"))
    assert [turn.name for turn in page.context["pivots"]] == ["From hiring to growing"]
    assert "The October turn" not in page.text
    (lane,) = page.context["lanes"].sheet.rows
    assert lane.cells[0] == 0 and sum(lane.cells) == 2, "Early was not done yet, and In October not planned"
    assert 'class="ruler"' not in page.text, "it would show where today stands"
    now = client.get("/dashboard/")
    assert [turn.name for turn in now.context["pivots"]] == ["The October turn", "From hiring to growing"]
    assert now.context["lanes"].sheet.rows[0].cells[0] == 1 and 'class="ruler"' in now.text


def test_a_period_that_is_over_shows_its_focus_and_its_costs(client, manager, lead):
    with on("2026-05-10"):
        factories.decision(lead, title="Deploys first", day=date(2026, 5, 10))
    with on("2026-10-10"):
        factories.decision(lead, title="Alerts first", day=date(2026, 10, 10))
    cheap, dear = factories.item(name="Cheap by now"), factories.item(name="Dear by now")
    for month in (3, 4, 5, 6):
        factories.entry(lead, item=cheap, minutes=900, day=date(2026, month, 10))
        factories.entry(lead, item=dear, minutes=60, day=date(2026, month, 10))
    for month in (8, 9, 10):
        factories.entry(lead, item=dear, minutes=900, day=date(2026, month, 10))
    assert Item.objects.count() == 2
    client.force_login(manager)
    kept.forget()
    then = client.get("/dashboard/" + OWN % ("2026-04", "2026-06"))
    assert "Deploys first" in then.text and "Alerts first" not in then.text
    now = client.get("/dashboard/")
    assert "Alerts first" in now.text and "Deploys first" not in now.text
    rows = {
        name: client.get(f"/dashboard/front/field.csv{query}")
        for name, query in (("now", ""), ("then", OWN % ("2026-04", "2026-06")))
    }
    first = {name: answer.getvalue().decode("utf-8-sig").splitlines()[1] for name, answer in rows.items()}
    assert first["now"].startswith("Dear by now") and first["then"].startswith("Cheap by now")


def test_a_map_that_was_published_later_was_not_there(client, manager, lead):
    with on("2026-08-01"):
        factories.future_map(lead, factories.plan("Late", when=("2026-05-01", "2026-12-20")))
    client.force_login(manager)
    query = OWN % ("2026-04", "2026-06")
    page = client.get("/dashboard/map/" + query)
    assert [each.value for each in page.context["figures"]] == [""]
    assert "Of everything that has begun" not in page.text and "has not turned yet" not in page.text
    assert "Open the map" not in client.get("/dashboard/" + query).text
    assert labels(client, "promises") == ["Late"]


def test_what_a_process_keeps_of_a_map_speaks_the_readers_language_and_no_erased_name(client, manager, lead):
    with on("2026-04-01"):
        row = factories.future_map(lead, factories.plan("By Taro", when=("2026-05-01", "2026-06-30")))
    with on("2026-10-12"):
        reason = replace(factories.REASON, why="Taro left us in the autumn, and nobody releases alone.")
        factories.next_revision(row, lead, factories.plan("With Taro"), reason=reason, is_pivot=True)
    client.force_login(manager)
    addresses = ("/dashboard/", "/dashboard/map/", "/dashboard/map/pivots.csv")

    def read(address: str) -> str:
        answer = client.get(address)
        return answer.getvalue().decode("utf-8-sig") if address.endswith("csv") else answer.text

    for address in addresses:
        assert "Taro left us in the autumn" in read(address), "the page says why the plan turned"
        assert "Added: With Taro" in read(address)
    Member.objects.filter(pk=manager.pk).update(language="ja")
    for address in addresses:
        assert "追加：With Taro" in read(address)
    assert replace_name("Taro", "somebody")
    for address in addresses:
        assert "Taro" not in read(address) and "somebody left us in the autumn" in read(address)


def test_pivots_of_two_maps_stand_in_the_order_of_their_days(client, manager, lead):
    with on("2025-04-01"):
        old = factories.future_map(lead, factories.plan(when=("2025-05-01", "2025-06-20")), start=date(2025, 4, 1))
    with on("2026-04-01"):
        new = factories.future_map(lead, factories.plan(when=("2026-05-01", "2026-06-20")))
    for day, row in (("2026-05-02", new), ("2026-06-03", old), ("2026-07-04", new)):
        with on(day):
            when = ("2026-01-10", "2026-02-20") if row is old else ("2026-08-01", "2026-09-20")
            factories.next_revision(row, lead, factories.plan(day, when=when), is_pivot=True)
    client.force_login(manager)
    rows = sheet(client, "map", "pivots", OWN % ("2025-04", "2026-11")).rows
    assert [row.cells[0].month for row in rows] == [7, 6, 5]
