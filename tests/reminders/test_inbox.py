"""The inbox: how many are unread stands on every page, what no longer holds is gone, and each line is answered there."""

import re
from datetime import timedelta

import pytest
import time_machine
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


def newest(client) -> str:
    return client.get("/inbox/newest/", headers={"HX-Request": "true"}).text


def undo_of(page: str) -> tuple[str, dict]:
    """The form of the toast: where it goes, and what it sends."""
    form = page.partition("data-toast")[2].partition("</form>")[0]
    address = form.partition('action="')[2].partition('"')[0]
    return address, dict(re.findall(r'name="(undo|next)" value="([^"]*)"', form))


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
    part = newest(signed_in)
    assert part.count("<li") == 3 and "1 more" in part
    assert part.index("Will you come?") < part.index("About meeting:3")
    assert '<input type="hidden" name="to" value="/yes/">' in part and 'name="next" value="/#home-inbox"' in part
    assert "About meeting:1" not in part
    assert InboxLine.objects.filter(read_at=None).count() == 4, "not read yet: Home shows their first line"


def test_an_empty_one_says_so(signed_in):
    assert "Nothing waits for you." in newest(signed_in)
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
    assert signed_in.post("/inbox/all-done/").url == "/inbox/#inbox-top"
    assert not InboxLine.objects.waiting(member).exists()
    assert InboxLine.objects.waiting(other).count() == 1
    foreign = InboxLine.objects.get(member=other)
    for deed in ("done", "later", "answer"):
        assert signed_in.post(f"/inbox/{foreign.pk}/{deed}/").status_code == 404


def test_what_was_put_away_is_taken_out_again(signed_in, talk, tell):
    tell(3)
    first, second, _third = InboxLine.objects.order_by("arrived_at")
    for row in (first, second):
        signed_in.post(f"/inbox/{row.pk}/done/")
    talk.reasons["meeting:2"] = Reason.CANCELLED
    page = signed_in.get("/inbox/?put-away").text
    assert "About meeting:1" in page and "About meeting:2" not in page and "About meeting:3" not in page
    assert signed_in.post(f"/inbox/{first.pk}/done/", {"undo": "1"}).url == f"/inbox/#line-{first.pk}"
    page = signed_in.get("/inbox/").text
    assert "It is back in the inbox." in page and "About meeting:1" in page and "About meeting:3" in page
    assert "Nothing was put away" in signed_in.get("/inbox/?put-away").text


# ---- taking back -------------------------------------------------------------------------------------


@pytest.mark.parametrize("deed", ["done", "later"])
def test_each_deed_offers_to_take_it_back(signed_in, member, tell, deed):
    tell()
    row = InboxLine.objects.get()
    page = signed_in.post(f"/inbox/{row.pk}/{deed}/", follow=True).text
    assert not InboxLine.objects.waiting(member).exists()
    address, fields = undo_of(page)
    assert address == f"/inbox/{row.pk}/{deed}/"
    answer = signed_in.post(address, fields)
    assert answer.url == f"/inbox/#line-{row.pk}"
    assert "About meeting:1" in signed_in.get("/inbox/").text
    assert undo_of(signed_in.get("/inbox/").text) == ("", {})


def test_taken_back_exactly_those_return_that_went_together(signed_in, member, tell):
    tell(3)
    first = InboxLine.objects.order_by("arrived_at").first()
    signed_in.post(f"/inbox/{first.pk}/done/", follow=True)
    address, fields = undo_of(signed_in.post("/inbox/all-done/", follow=True).text)
    assert not InboxLine.objects.waiting(member).exists()
    signed_in.post(address, fields)
    assert InboxLine.objects.waiting(member).count() == 2
    for nonsense in ("", "x", "2026-11-27T10:00:00", "9" * 50):
        assert signed_in.post(address, {"undo": nonsense}).status_code == 302
    assert InboxLine.objects.waiting(member).count() == 2


def test_what_comes_later_can_be_seen_and_shown_now(signed_in, tell):
    tell(2)
    row = InboxLine.objects.order_by("arrived_at").first()
    signed_in.post(f"/inbox/{row.pk}/later/")
    assert 'href="/inbox/?put-away#later"' in signed_in.get("/inbox/").text
    page = signed_in.get("/inbox/?put-away").text
    later = page.partition('id="later"')[2].partition("</section>")[0]
    assert "About meeting:1" in later and "comes back" in later and "About meeting:2" not in page
    signed_in.post(f"/inbox/{row.pk}/later/", {"undo": "1"})
    assert 'id="later"' not in signed_in.get("/inbox/?put-away").text
    assert "About meeting:1" in signed_in.get("/inbox/").text


# ---- where one goes on ---------------------------------------------------------------------------------


def test_after_a_deed_the_next_line_has_the_focus(signed_in, tell):
    tell(3)
    oldest, middle, newest_ = InboxLine.objects.order_by("arrived_at")
    page = signed_in.get("/inbox/").text
    assert f'id="line-{middle.pk}" tabindex="-1"' in page and 'id="inbox-top" tabindex="-1"' in page
    assert signed_in.post(f"/inbox/{middle.pk}/done/").url == f"/inbox/#line-{oldest.pk}"
    assert signed_in.post(f"/inbox/{oldest.pk}/later/").url == f"/inbox/#line-{newest_.pk}"
    assert signed_in.post(f"/inbox/{newest_.pk}/done/").url == "/inbox/#inbox-top"


# ---- answers -------------------------------------------------------------------------------------------


@pytest.fixture
def asked(talk, tell):
    """A line with two answers, and what its form sends for “Yes”."""
    talk.letters["meeting:1"] = Letter(
        "Will you come?", (), actions=(Action("Look", "/gatherings/"), Action("See it all", "/people/")),
        answers=(
            Answer("Yes", "/inbox/all-done/", (("answer", "yes"),)),
            Answer("No", "/inbox/all-done/", (("answer", "no"),)),
        ),
    )  # fmt: skip
    tell()
    return {"to": "/inbox/all-done/", "answer": "yes", "next": "/inbox/"}


def test_an_answer_goes_to_the_room_that_asks_and_stays_in_sight(signed_in, talk, asked):
    row = InboxLine.objects.get()
    answer = signed_in.post(f"/inbox/{row.pk}/answer/", asked)
    assert (answer.status_code, answer.url) == (307, "/inbox/all-done/"), "the same form, sent there"
    talk.reasons["meeting:1"] = Reason.NOT_WANTED
    for page in (signed_in.get("/inbox/").text, signed_in.get("/inbox/").text, newest(signed_in)):
        assert "You answered “Yes”." in page and '<a href="/people/">See it all</a>' in page
        assert "Will you come?" in page, "which of them it was"
    assert f'id="line-{row.pk}" tabindex="-1"' in signed_in.get("/inbox/").text
    with time_machine.travel(timezone.now() + timedelta(minutes=11)):
        assert "You answered" not in signed_in.get("/inbox/").text


def test_what_the_room_refused_was_not_answered(signed_in, talk, asked):
    row = InboxLine.objects.get()
    signed_in.post(f"/inbox/{row.pk}/answer/", asked)
    assert "You answered" not in signed_in.get("/inbox/").text, "it still asks the same"
    talk.letters["meeting:1"] = Letter("Will you come?", (), answers=(Answer("No", "/no/"),))
    page = signed_in.get("/inbox/").text
    assert "You answered “Yes”." in page and "Will you come?" in page, "it stands, with what is still offered"


@pytest.mark.parametrize("change", [{"to": "/no/"}, {"to": "https://example.com/"}, {"answer": "maybe"}, {"to": ""}])
def test_only_what_is_offered_can_be_answered(signed_in, asked, change):
    row = InboxLine.objects.get()
    answer = signed_in.post(f"/inbox/{row.pk}/answer/", asked | change)
    assert answer.url == "/inbox/" and "it has changed since" in signed_in.get("/inbox/").text
    assert "You answered" not in signed_in.get("/inbox/").text


def test_what_no_longer_holds_can_t_be_answered(signed_in, talk, asked):
    talk.reasons["meeting:1"] = Reason.CANCELLED
    row = InboxLine.objects.get()
    assert signed_in.post(f"/inbox/{row.pk}/answer/", asked).url == "/inbox/"
    assert "it has changed since" in signed_in.get("/inbox/").text


def test_answers_cost_one_query_and_only_who_gave_one(signed_in, talk, asked):
    def queries() -> int:
        with CaptureQueriesContext(connection) as found:
            signed_in.get("/inbox/")
        return len(found)

    queries()
    before = queries()
    signed_in.post(f"/inbox/{InboxLine.objects.get().pk}/answer/", asked)
    talk.reasons["meeting:1"] = Reason.NOT_WANTED
    queries()
    assert queries() <= before + 1


# ---- without JavaScript --------------------------------------------------------------------------------


def test_home_leads_to_the_inbox_before_it_has_asked_for_it(signed_in, tell):
    part = signed_in.get("/").text.partition('id="home-inbox"')[2].partition("</section>")[0]
    assert "Nothing new." in part
    tell(2)
    part = signed_in.get("/").text.partition('id="home-inbox"')[2].partition("</section>")[0]
    assert '<a class="solo-link" href="/inbox/">2 new messages</a>' in part


def test_home_s_part_is_no_page(signed_in):
    answer = signed_in.get("/inbox/newest/")
    assert (answer.status_code, answer.url) == (302, "/inbox/")
