"""The inbox: how many are unread stands on every page, what no longer holds is gone, and each line is answered there."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from apps.reminders import inbox, send, tick
from apps.reminders.letter import Action, Answer, Letter
from apps.reminders.models import InboxLine
from apps.reminders.models.delivery import Reason
from apps.reminders.plan import plan
from apps.web.models import Heartbeat
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def tell(talk, member):
    """Tells the member something about so many things."""

    def told(count: int = 1, first: int = 1) -> None:
        for number in range(first, first + count):
            plan("talk", f"meeting:{number}", [member])
        send.send_due("inbox")

    return told


def unread(client, seen: int | str = "") -> tuple[int, str]:
    answer = client.get("/inbox/unread/", {"seen": seen}, headers={"HX-Request": "true"})
    return answer.status_code, " ".join(answer.text.split())


def test_how_many_are_unread_stands_on_every_page(signed_in, tell):
    assert 'class="count"' not in signed_in.get("/settings/").text.partition('id="unread-rail"')[2].partition("</a>")[0]
    tell(2)
    for place in ("rail", "bar"):
        shown = signed_in.get("/settings/").text.partition(f'id="unread-{place}"')[2].partition("</a>")[0]
        assert '<span class="count">2<span class="visually-hidden"> unread</span>' in shown
    more = signed_in.get("/more/").text.partition('<ul class="places">')[2]
    assert '<span class="count push">2' in more


def test_it_costs_no_query_of_its_own(signed_in, tell):
    signed_in.get("/settings/")
    with CaptureQueriesContext(connection) as without:
        signed_in.get("/inbox/unread/?seen=0")
    tell(3)
    with CaptureQueriesContext(connection) as with_three:
        signed_in.get("/inbox/unread/?seen=0")
    assert len(without) == len(with_three) == 2, "the session, and who is asking"


def test_a_page_that_stays_open_hears_only_of_changes(signed_in, tell):
    assert unread(signed_in, 0)[0] == 204
    tell()
    status, text = unread(signed_in, 0)
    assert status == 200 and text.count('<span class="count">1') == 2 and 'hx-swap-oob="true"' in text
    assert unread(signed_in, 1)[0] == 204
    answer = signed_in.get("/inbox/unread/?seen=0")
    assert answer["HX-Trigger-After-Settle"] == "inbox-changed"
    assert unread(signed_in, "x'\"><script>")[0] == 200


def test_looking_makes_them_read(signed_in, tell):
    tell(2)
    page = signed_in.get("/inbox/").text
    assert (
        page.count("is-new") == 2 and 'class="count"' not in page.partition('id="unread-rail"')[2].partition("</a>")[0]
    )
    assert "is-new" not in signed_in.get("/inbox/").text
    assert unread(signed_in, 0)[0] == 204
    tell(1, first=3)
    assert signed_in.get("/inbox/", headers={"Sec-Purpose": "prefetch"}).text.count("is-new") == 1
    assert signed_in.get("/inbox/").text.count("is-new") == 1, "what a browser fetched ahead nobody has seen"


def test_home_shows_the_newest_with_their_answers(signed_in, talk, tell):
    talk.letters["meeting:4"] = Letter(
        "Will you come?", (), actions=(Action("Look", "/gatherings/"),),
        answers=(Answer("Yes", "/yes/", (("answer", "yes"),)),),
    )  # fmt: skip
    tell(4)
    home = signed_in.get("/").text
    assert 'hx-get="/inbox/newest/"' in home and "Will you come?" not in home, "asked for when the page is there"
    part = signed_in.get("/inbox/newest/").text
    assert part.count("<li") == 3 and "1 more" in part
    assert part.index("Will you come?") < part.index("About meeting:3")
    assert '<form method="post" action="/yes/">' in part and '<input type="hidden" name="next" value="/">' in part
    assert "About meeting:1" not in part
    assert InboxLine.objects.filter(read_at=None).count() == 4, "not read yet: Home shows their first line"


def test_an_empty_one_says_so(signed_in):
    assert "Nothing waits for you." in signed_in.get("/inbox/newest/").text
    assert "Nothing waits for you." in signed_in.get("/inbox/").text


def test_what_no_longer_holds_is_put_away_when_somebody_looks(signed_in, talk, tell):
    tell(2)
    talk.reasons["meeting:1"] = Reason.CANCELLED
    assert "About meeting:1" not in signed_in.get("/inbox/").text
    assert InboxLine.objects.filter(done_at=None).count() == 1


def test_nobody_is_called_to_what_is_settled(signed_in, talk, tell):
    tell(3)
    talk.reasons["meeting:1"] = Reason.NOT_WANTED
    tick.tidy_inboxes()
    assert unread(signed_in, 3)[1].count('<span class="count">2') == 2
    talk.reasons["meeting:2"] = Reason.NOT_WANTED
    tick.tidy_inboxes()
    assert unread(signed_in, 2)[0] == 204, "not more than once a minute"
    Heartbeat.objects.filter(name="inboxes").update(seen_at=timezone.now() - timedelta(minutes=1))
    tick.tidy_inboxes()
    assert unread(signed_in, 2)[1].count('<span class="count">1') == 2


def test_a_fault_of_ours_puts_nothing_away(talk, tell):
    tell(2)
    talk.fails.add("meeting:1")
    assert inbox.tidy() == 0
    assert InboxLine.objects.filter(done_at=None).count() == 2


def test_tidying_asks_the_same_for_many_as_for_few(talk, tell, monkeypatch):
    def queries() -> int:
        with CaptureQueriesContext(connection) as asked:
            inbox.tidy()
        return len(asked)

    tell(3)
    few = queries()
    tell(40, first=10)
    assert queries() == few


def test_later_is_new_again(signed_in, tell):
    tell()
    signed_in.get("/inbox/")
    row = InboxLine.objects.get()
    signed_in.post(f"/inbox/{row.pk}/later/")
    assert "1 comes back later" in signed_in.get("/inbox/").text
    InboxLine.objects.update(snoozed_until=timezone.now() - timedelta(seconds=1))
    assert unread(signed_in, 0)[0] == 200


def test_all_are_put_away_at_once_and_only_one_s_own(signed_in, member, talk, tell):
    tell(3)
    other = factories.member()
    plan("talk", "meeting:9", [other])
    send.send_due("inbox")
    assert "Put all away" in signed_in.get("/inbox/").text
    assert signed_in.post("/inbox/all-done/").url == "/inbox/"
    assert not InboxLine.objects.waiting(member).exists()
    assert InboxLine.objects.waiting(other).count() == 1
    foreign = InboxLine.objects.get(member=other)
    for deed in ("done", "later"):
        assert signed_in.post(f"/inbox/{foreign.pk}/{deed}/").status_code == 404


def test_what_was_put_away_is_taken_out_again(signed_in, talk, tell):
    tell(3)
    first, second, _third = InboxLine.objects.order_by("arrived_at")
    for row in (first, second):
        signed_in.post(f"/inbox/{row.pk}/done/")
    talk.reasons["meeting:2"] = Reason.CANCELLED
    page = signed_in.get("/inbox/?put-away").text
    assert "About meeting:1" in page and "About meeting:2" not in page and "About meeting:3" not in page
    assert signed_in.post(f"/inbox/{first.pk}/done/", {"again": "on"}).url == "/inbox/"
    page = signed_in.get("/inbox/").text
    assert "It is back in the inbox." in page and "About meeting:1" in page and "About meeting:3" in page
    assert "Nothing was put away" in signed_in.get("/inbox/?put-away").text
