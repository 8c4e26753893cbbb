"""/metrics: who may read it, and how requests are counted in one process (R99)."""

import os
import subprocess
import sys

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from apps.accounts.checks import view_names
from tests import factories, kept, services
from tests.scraping import BEARER, TOKEN, scrape

REQUESTS, SECONDS = "miraizu_http_requests_total", "miraizu_http_request_duration_seconds_count"
STATEMENTS = "miraizu_http_request_database_queries_sum"


# ---- who may read it: without a session, and without a database, as these tests have none ----------------


@pytest.mark.parametrize("headers", [{}, BEARER])
def test_without_a_token_there_is_no_such_address(client, settings, headers):
    settings.METRICS_TOKEN = ""
    answer = client.get("/metrics", headers=headers)
    assert (answer.status_code, answer.content) == (404, b"")


@pytest.mark.parametrize(
    "shown", ["", "Bearer", "Bearer ", f"Basic {TOKEN}", TOKEN, f"Bearer {TOKEN[:-1]}", f"Bearer {TOKEN}x", "Bearer ü"]
)
def test_who_does_not_show_the_token_is_refused(client, settings, shown):
    settings.METRICS_TOKEN = TOKEN
    answer = client.get("/metrics", headers={"Authorization": shown} if shown else {})
    assert (answer.status_code, answer["WWW-Authenticate"]) == (401, 'Bearer realm="metrics"')
    assert b"miraizu" not in answer.content


def test_a_token_in_the_address_does_not_count(client, settings):
    settings.METRICS_TOKEN = TOKEN
    assert client.get(f"/metrics?token={TOKEN}&access_token={TOKEN}").status_code == 401


def test_a_session_does_not_count(client, settings, admin):
    settings.METRICS_TOKEN = TOKEN
    client.force_login(admin)
    assert client.get("/metrics").status_code == 401


def test_who_shows_it_reads_the_text_format(client, settings, db):
    settings.METRICS_TOKEN = TOKEN
    answer = client.get("/metrics", headers=BEARER)
    assert (answer.status_code, answer["Content-Type"]) == (200, "text/plain; version=0.0.4; charset=utf-8")
    assert "no-store" in answer["Cache-Control"]
    assert client.post("/metrics", headers=BEARER).status_code == 405


# ---- what is counted ---------------------------------------------------------------------------------------


def test_a_request_is_counted_by_method_view_and_kind_of_answer(signed_in, settings):
    before = scrape(settings)
    for _time in range(3):
        assert signed_in.get("/toil/items/").status_code == 200
    signed_in.post("/toil/items/")
    after = scrape(settings)

    def more(name, **labels):
        return after.of(name, **labels) - (before.of(name, **labels) or 0)

    assert more(REQUESTS, method="GET", route="toil:items", status="2xx") == 3
    assert more(REQUESTS, method="POST", route="toil:items", status="4xx") == 1
    assert more(SECONDS, method="GET", route="toil:items") == 3
    assert more(SECONDS, method="POST", route="toil:items") == 1


def test_the_statements_of_a_request_are_counted(signed_in, settings):
    kept.forget()
    before = scrape(settings).of(STATEMENTS, route="toil:items") or 0
    with CaptureQueriesContext(connection) as asked:
        signed_in.get("/toil/items/")
    statements = len(asked)  # before the next request begins its own list
    assert statements > 0
    assert scrape(settings).of(STATEMENTS, route="toil:items") - before == statements


def test_paths_and_methods_that_nobody_knows_make_no_labels(client, settings, db):
    item = factories.item()
    for path in ("/no/such/page/", "/calendar/secret-token.ics", "/wp-login.php", f"/toil/items/{item.pk}/", "/%ff/"):
        client.get(path)
        client.head(path)
        client.generic("BREW", path)
    read = scrape(settings)
    assert set(read.by(REQUESTS, "route")) <= {*view_names(), "none", "admin"}
    assert set(read.by(REQUESTS, "method")) <= {"GET", "POST", "other"}
    assert set(read.by(REQUESTS, "status")) <= {"2xx", "3xx", "4xx", "5xx"}
    assert "secret-token" not in read.text


def test_the_pages_of_djangos_admin_are_one(client, settings, admin):
    client.force_login(admin)
    client.get("/admin/")
    client.get("/admin/accounts/member/")
    assert {route for route in scrape(settings).by(REQUESTS, "route") if "admin" in route} == {"admin"}


def test_a_page_that_breaks_counts_too(client, settings, member, monkeypatch):
    from apps.toil.views import quick

    def broken(*_args):
        raise RuntimeError

    monkeypatch.setattr(quick.known, "names", broken)
    client.raise_request_exception = False
    client.force_login(member)
    broken_before = scrape(settings).by(REQUESTS, "status").get("5xx", 0)
    assert client.post("/toil/log/", {"line": "25m release"}).status_code == 500
    assert scrape(settings).by(REQUESTS, "status")["5xx"] == broken_before + 1


EVERY_LABEL = """
import django; django.setup()
from apps.web import metrics
from config.permissions import PAGES
metrics.begin()
for page in PAGES:
    metrics.QUERIES.labels(page.view)
    for method, statuses in (("GET", "2345"), ("POST", "2345"), ("other", "4")):
        metrics.DURATION.labels(method, page.view)
        for status in statuses:
            metrics.REQUESTS.labels(method, page.view, f"{status}xx")
"""


def test_the_room_that_is_taken_before_is_enough_for_every_address(tmp_path):
    """Grown later, a file has holes, and a full disk would end who writes there."""
    from apps.web.shared_counts import ROOM

    environment = os.environ | {
        "PROMETHEUS_MULTIPROC_DIR": str(tmp_path), "DJANGO_SETTINGS_MODULE": "config.settings",
        "MIRAIZU_VAR": str(tmp_path / "var"),
    }  # fmt: skip
    subprocess.run([sys.executable, "-c", EVERY_LABEL], env=environment, cwd=services.ROOT, check=True)
    files = {path.name.split("_")[0]: path.stat() for path in tmp_path.glob("*.db")}
    assert {kind: stat.st_size for kind, stat in files.items()} == ROOM
    assert all(stat.st_blocks * 512 >= stat.st_size for stat in files.values())
