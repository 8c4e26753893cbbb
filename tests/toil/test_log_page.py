"""The log page: filters in the address, every entry on exactly one page, days summed whole, CSV of what is shown."""

import csv
import io
import re
from datetime import date, timedelta
from html import unescape
from urllib.parse import parse_qs, urlencode

import pytest
import time_machine

from apps.toil.imports.miraizu import COLUMNS, unguard
from apps.toil.log import PAGE, Filters, page
from apps.toil.models import Entry
from apps.web.csv_file import guard
from tests import factories

pytestmark = pytest.mark.django_db
TODAY = date(2026, 3, 18)


@pytest.fixture(autouse=True)
def _wednesday():
    with time_machine.travel("2026-03-18 09:00Z", tick=False):
        yield


def shown(client, **query) -> set[int]:
    days = client.get("/toil/", query).context["page"].days
    return {entry.pk for day in days for entry in day.entries}


def rows_of(response) -> list[list[str]]:
    text = b"".join(response.streaming_content).decode("utf-8")
    assert text.startswith("\ufeff")
    return list(csv.reader(io.StringIO(text.removeprefix("\ufeff"))))


@pytest.fixture
def three(member, lead):
    """Mine lately, the lead's a month ago, mine last year: each unlike the others in everything."""
    category, stakeholder = factories.category(), factories.stakeholder()
    release = factories.item(name="Manual release", category=category)
    review = factories.item(name="Access review", name_ja="アクセス棚卸し")
    return {
        "lately": factories.entry(member, item=release, day=TODAY, note="rolled back"),
        "earlier": factories.entry(lead, item=review, day=TODAY - timedelta(days=40), stakeholder=stakeholder),
        "long_ago": factories.entry(member, item=review, day=TODAY - timedelta(days=400), note="100% _done_"),
    }


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({}, {"lately", "earlier", "long_ago"}),
        ({"who": "me"}, {"lately", "long_ago"}),
        ({"who": "LEAD"}, {"earlier"}),
        ({"item": "RELEASE"}, {"lately"}),
        ({"category": "CATEGORY"}, {"lately"}),
        ({"stakeholder": "STAKEHOLDER"}, {"earlier"}),
        ({"days": "7"}, {"lately"}),
        ({"days": "90"}, {"lately", "earlier"}),
        ({"since": "2026-01-01"}, {"lately", "earlier"}),
        ({"until": "2025-12-31"}, {"long_ago"}),
        ({"q": "ROLLED"}, {"lately"}),
        ({"q": "棚卸し"}, {"earlier", "long_ago"}),
        ({"q": "review done"}, {"long_ago"}),
        ({"q": "%"}, {"long_ago"}),
        ({"who": "me", "q": "review"}, {"long_ago"}),
        ({"item": "999999"}, set()),
    ],
)
def test_each_filter_shows_what_fits_it(signed_in, lead, three, query, expected):
    ids = {
        "LEAD": lead.pk,
        "RELEASE": three["lately"].item_id,
        "CATEGORY": three["lately"].item.category_id,
        "STAKEHOLDER": three["earlier"].stakeholder_id,
    }
    query = {name: ids.get(value, value) for name, value in query.items()}
    wanted = {three[name].pk for name in expected}
    assert shown(signed_in, **query) == wanted
    assert {int(row[-1]) for row in rows_of(signed_in.get("/toil/log.csv", query))[1:]} == wanted


def test_filters_written_to_the_address_are_read_back():
    said = {"who": "me", "item": "3", "category": "4", "stakeholder": "5", "days": "30", "since": "2026-01-01"}
    said |= {"until": "2026-02-01", "q": "two words & more"}
    filters = Filters.read(said)
    assert Filters.read({k: v[0] for k, v in parse_qs(filters.without()).items()}) == filters


@pytest.mark.parametrize("name", ["who", "item", "category", "stakeholder", "days", "since", "until", "q", "before"])
@pytest.mark.parametrize(
    "value",
    [
        "x",
        "-1",
        "0",
        "9" * 15,
        "9" * 60,
        "²",
        "\x00",
        "2026-02-30.5",
        "2026-01-01.x",
        "9999-12-31.1",
        "%",
        "\u202e",
        "🔥" * 300,
    ],
)
def test_an_address_that_says_nonsense_still_opens(signed_in, three, name, value):
    query = "?" + urlencode({name: value})
    assert signed_in.get("/toil/" + query).status_code == 200
    response = signed_in.get("/toil/log.csv" + query)
    assert rows_of(response)[0] == list(COLUMNS)


def test_every_entry_stands_on_exactly_one_page(signed_in, member, lead):
    item = factories.item()
    for n in range(PAGE * 2 + 20):
        factories.entry(member if n % 2 else lead, item=item, day=TODAY - timedelta(days=n % 7), minutes=1 + n)
    seen: list[int] = []
    query = "?days=30"
    while query:
        response = signed_in.get("/toil/" + query)
        seen += [entry.pk for day in response.context["page"].days for entry in day.entries]
        found = re.search(r'hx-get="(\?[^"]+before=[^"]+)"', response.content.decode())
        query = unescape(found[1]) if found else ""
    assert len(seen) == len(set(seen)) == PAGE * 2 + 20
    assert seen == list(Entry.objects.newest_first().values_list("pk", flat=True))


def test_an_entry_logged_meanwhile_shifts_no_page(member):
    item = factories.item()
    for n in range(PAGE + 10):
        factories.entry(member, item=item, day=TODAY - timedelta(days=n))
    first = page(Entry.objects.all())
    factories.entry(member, item=item, day=TODAY)
    second = page(Entry.objects.all(), first.before)
    pks = [e.pk for p in (first, second) for day in p.days for e in day.entries]
    assert len(pks) == len(set(pks)) == PAGE + 10


def test_exactly_a_page_offers_no_next_one(member):
    item = factories.item()
    for _n in range(PAGE):
        factories.entry(member, item=item, day=TODAY)
    assert page(Entry.objects.all()).before == ""


def test_a_day_cut_by_a_page_is_summed_whole_on_both(member):
    item = factories.item()
    for _n in range(PAGE + 10):
        factories.entry(member, item=item, day=TODAY, minutes=2)
    first = page(Entry.objects.all())
    second = page(Entry.objects.all(), first.before)
    assert [day.minutes for day in first.days + second.days] == [2 * (PAGE + 10)] * 2


def test_a_days_sum_counts_what_the_filters_show(signed_in, member, lead):
    factories.entry(member, day=TODAY, minutes=30)
    factories.entry(lead, day=TODAY, minutes=20)
    assert [day.minutes for day in signed_in.get("/toil/").context["page"].days] == [50]
    assert [day.minutes for day in signed_in.get("/toil/?who=me").context["page"].days] == [30]


def test_htmx_asks_for_the_following_days_only(signed_in, three):
    before = f"{TODAY}.{three['lately'].pk}"
    response = signed_in.get("/toil/", {"before": before}, HTTP_HX_REQUEST="true")
    text = response.content.decode()
    assert "<html" not in text
    assert "Access review" in text
    assert "Manual release" not in text


def test_more_filters_come_when_asked_for_and_keep_what_is_typed(signed_in, lead, three):
    closed = signed_in.get("/toil/", {"who": "me", "q": "rolled"}).content.decode()
    assert "<details" not in closed.split('role="search"')[1].split("</form>")[0]
    assert '<input type="hidden" name="who" value="me">' in closed
    without_script = signed_in.get("/toil/", {"who": "me", "q": "rolled", "more": "1"})
    assert without_script.context["page"].days
    swapped = signed_in.get("/toil/", {"who": "me", "q": "rolled", "more": "1"}, headers={"HX-Request": "true"})
    for response in (without_script, swapped):
        form = response.content.decode().split('role="search"')[1].split("</form>")[0]
        assert 'value="rolled"' in form
        assert f'<option value="{lead.pk}">{lead.display_name}</option>' in form
        assert '<option value="me" selected>' in form
    assert "entry__what" not in swapped.content.decode()


def test_days_in_the_wrong_order_are_told(signed_in, three):
    page = signed_in.get("/toil/", {"since": "2026-03-18", "until": "2026-03-01"}).content.decode()
    assert "The first day lies after the last one" in page
    assert "The first day lies" not in signed_in.get("/toil/", {"q": "nowhere"}).content.decode()


def test_an_older_page_leads_back_to_the_newest(signed_in, three):
    before = f"{TODAY}.{three['lately'].pk}"
    page = signed_in.get("/toil/", {"who": "me", "before": before}).content.decode()
    assert '<a class="button button--sm" href="/toil/?who=me">Newest entries</a>' in page
    assert "Newest entries" not in signed_in.get("/toil/", {"who": "me"}).content.decode()


@pytest.mark.parametrize("query", [{"since": "2026-03-01"}, {"until": "2026-03-18"}, {"who": "LEAD"}])
def test_a_filter_that_is_set_is_never_hidden(signed_in, lead, three, query):
    query = {name: str(lead.pk) if value == "LEAD" else value for name, value in query.items()}
    page = signed_in.get("/toil/", query).content.decode()
    assert '<details class="filters__more" open>' in page
    assert "autofocus" not in page


def test_the_log_page_asks_no_more_of_the_database_with_more_rows(
    signed_in, member, lead, django_assert_max_num_queries
):
    for n in range(60):
        factories.entry(
            member if n % 2 else lead,
            item=factories.item(),
            stakeholder=factories.stakeholder(),
            by=lead,
            day=TODAY - timedelta(days=n % 5),
        )
    with django_assert_max_num_queries(12):
        signed_in.get("/toil/")


FORMULAS = ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "'=1", "''=1", '=HYPERLINK("x")']


@pytest.mark.parametrize("text", FORMULAS)
def test_no_cell_of_the_csv_is_a_formula(text):
    assert guard(text)[0] == "'"
    assert unguard(guard(text)) == text


@pytest.mark.parametrize("text", ["", "plain", "'quoted'", "a=b", "日本語", "’=", "'"])
def test_other_cells_are_left_as_they_are(text):
    assert guard(text) == text == unguard(guard(text))


def test_the_csv_guards_every_text_people_typed(signed_in, member):
    member.display_name = "@member"
    member.save()
    item = factories.item(name="=item", category=factories.category(name="+category"))
    factories.entry(
        member, item=item, stakeholder=factories.stakeholder(name="-stakeholder"), note='=1+1,"\nsecond line'
    )
    row = dict(zip(COLUMNS, rows_of(signed_in.get("/toil/log.csv"))[1], strict=True))
    assert [row[c] for c in ("person", "item", "category", "stakeholder", "note")] == [
        "'@member",
        "'=item",
        "'+category",
        "'-stakeholder",
        "'=1+1,\"\nsecond line",
    ]


def test_the_csv_names_its_file_and_says_what_it_is(signed_in, three):
    response = signed_in.get("/toil/log.csv")
    assert response["Content-Type"] == "text/csv; charset=utf-8"
    assert response["Content-Disposition"] == 'attachment; filename="toil-2026-03-18.csv"'
