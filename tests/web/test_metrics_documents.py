"""docs/metrics.md lists what is exported, neither more nor less; the alerts and the dashboard ask for nothing else."""

import json
import re

import pytest
import yaml

from apps.reminders.health import PROCESSES
from apps.reminders.models import Hold
from apps.web.models import Heartbeat
from tests import factories
from tests.scraping import Family, scrape
from tests.services import ROOT

DOCS = ROOT / "docs"
ROW = re.compile(r"^\| `(miraizu_\w+)` \| (\w+) \| ([^|]*)\| [^|]+ \|$", re.MULTILINE)
TABLE = {
    Family(name, type_, frozenset(re.findall(r"`(\w+)`", labels)))
    for name, type_, labels in ROW.findall((DOCS / "metrics.md").read_text(encoding="utf-8"))
}
ALERTS = yaml.safe_load((DOCS / "alerts.yml").read_text(encoding="utf-8"))
RULES = [rule for group in ALERTS["groups"] for rule in group["rules"]]
DASHBOARD = json.loads((DOCS / "grafana-dashboard.json").read_text(encoding="utf-8"))
TARGETS = [target["expr"] for panel in DASHBOARD["panels"] for target in panel.get("targets", ())]
ASKED = [*(rule["expr"] for rule in RULES), *TARGETS]
SCRAPED = {"job", "instance"}  # labels that Prometheus adds


def test_the_table_is_what_is_exported(settings, client, lead):
    for person in (lead, factories.member(), factories.member()):
        factories.entry(person, item=factories.item(category=factories.category()))
    Heartbeat.beat("senders")
    client.get("/")
    exported = scrape(settings).families()
    assert exported == TABLE


@pytest.mark.parametrize("asked", ASKED)
def test_alerts_and_dashboard_ask_for_what_there_is(asked):
    known = {each.name: each for each in TABLE}
    for name in re.findall(r"miraizu_\w+", asked):
        found = known.get(name) or known.get(re.sub(r"_(bucket|sum|count)$", "", name))
        assert found, name
        assert (found.name == name) == (found.type != "histogram"), f"{name} is a {found.type}"
        for matchers in re.findall(rf"{name}\{{([^}}]*)\}}", asked):
            assert set(re.findall(r"(\w+)(?:=~|!~|!=|=)\"", matchers)) <= found.labels | SCRAPED
    assert set(re.findall(r"process=\"(\w+)\"", asked)) <= set(PROCESSES)
    grouped = {label for labels in re.findall(r"by \(([^)]*)\)", asked) for label in re.split(r",\s*", labels)}
    assert grouped <= set().union(*(each.labels for each in TABLE)) | SCRAPED | {"le"}


def test_the_alerts_are_whole():
    assert len({rule["alert"] for rule in RULES}) == len(RULES) >= 5
    for rule in RULES:
        assert rule["labels"]["severity"] in ("warning", "critical")
        assert rule["annotations"]["summary"].endswith(".")


def test_the_dashboard_can_be_imported():
    """What Grafana wants of a file: no ids of another installation, and a data source to be chosen."""
    assert DASHBOARD["title"] and "id" not in DASHBOARD
    assert DASHBOARD["templating"]["list"][0]["type"] == "datasource"
    ids = [panel["id"] for panel in DASHBOARD["panels"]]
    assert len(ids) == len(set(ids))
    assert TARGETS
    for panel in DASHBOARD["panels"]:
        assert panel["gridPos"]["x"] + panel["gridPos"]["w"] <= 24
        assert panel["type"] == "row" or panel["datasource"]["uid"] == "${datasource}"


def test_each_figure_of_the_table_is_on_the_dashboard():
    assert {each.name for each in TABLE if not any(each.name in asked for asked in TARGETS)} == set()


def test_nobodys_name_is_in_it(settings, client, db):
    people = [factories.member(display_name=f"Zzyzx{n} Person", email=f"zzyzx{n}@example.com") for n in range(3)]
    for person in people:
        factories.entry(person, item=factories.item(name="Zzyzx item"), note="Zzyzx note")
    Hold.objects.create(by=people[0], why="Zzyzx asked")
    client.force_login(people[0])
    client.get("/toil/log/?q=zzyzx")
    assert "zzyzx" not in scrape(settings).text.lower()


def test_a_scrape_asks_eight_queries_at_most_however_many_rows(settings, lead, django_assert_max_num_queries):
    for count in (1, 12):
        for _each in range(count):
            person = factories.member()
            factories.entry(person, item=factories.item(category=factories.category()))
            Heartbeat.beat(f"process {person.pk}")
        with django_assert_max_num_queries(8):
            scrape(settings)
