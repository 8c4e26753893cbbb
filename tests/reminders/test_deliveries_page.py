"""The page of deliveries: who sees it, what it says and keeps to itself, what can be done there (R14, R20, R95)."""

import uuid
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from apps.reminders import health, holding, rescue, send
from apps.reminders.letter import Letter
from apps.reminders.models import Attempt, Delivery, Handling, Hold, InboxLine, Outcome, State, What
from apps.reminders.models.delivery import Reason
from apps.reminders.plan import plan
from tests import factories, kept

pytestmark = pytest.mark.django_db
PAGE = "/deliveries/"


@pytest.fixture
def at_desk(client, lead):
    client.force_login(lead)
    return client


@pytest.fixture
def as_admin(client, admin):
    client.force_login(admin)
    return client


def _made(member, state=State.DEAD, *, reason=Reason.REFUSED, channel="email", code="SMTP 550", **fields) -> Delivery:
    now = timezone.now()
    values = {
        "occurrence": f"meeting:{uuid.uuid4()}", "kind": "talk", "channel": channel, "to": f"member:{member.pk}",
        "recipient": member, "state": state, "due_at": now, "run_at": now,
        "reason": reason if state in (State.DEAD, State.SKIPPED) else "", "tries": 1,
    }  # fmt: skip
    row = Delivery.objects.create(**(values | fields))
    Attempt.objects.create(
        delivery=row, n=1, lease_token=uuid.uuid4(), sender="here", started_at=now, finished_at=now,
        outcome=Outcome.PERMANENT, code=code, detail="The server for e-mail refuses the letter or its address.",
    )  # fmt: skip
    return row


def _handle(client, row, what):
    return client.post(reverse("reminders:handle", args=[row.pk]), {"what": what})


def _handle_all(client, what, **shown):
    return client.post("/deliveries/all/", {"what": what, **shown})


@pytest.mark.parametrize(("who", "page", "hold"), [("member", 403, 403), ("manager", 403, 403), ("lead", 200, 403)])
def test_only_leads_and_admins_see_it_and_only_admins_hold(client, request, who, page, hold):
    client.force_login(request.getfixturevalue(who))
    assert client.get(PAGE).status_code == page
    assert client.get("/deliveries/hold/").status_code == hold
    assert client.post("/deliveries/hold/", {"why": "x"}).status_code == hold
    assert not Hold.objects.exists()


def test_a_member_can_not_handle_a_delivery(signed_in, member, talk):
    row = _made(member)
    assert _handle(signed_in, row, "again").status_code == 403
    assert _handle_all(signed_in, "again").status_code == 403
    row.refresh_from_db()
    assert row.state == State.DEAD


def test_one_that_is_not_there_is_not_found(at_desk):
    assert at_desk.post(reverse("reminders:handle", args=[uuid.uuid4()]), {"what": "again"}).status_code == 404


def test_it_says_what_became_of_each_and_nothing_of_what_it_says(at_desk, member, talk):
    talk.letters["meeting:1"] = Letter("A private matter", ("Only for one reader.",))
    _made(member, occurrence="meeting:1")
    said = at_desk.get(PAGE).text
    assert "A talk" in said and member.display_name in said
    for word in ("Given up", "E-mail", "1 try", "The other side refused it for good", "SMTP 550", "refuses the letter"):
        assert word in said
    assert "A private matter" not in said and "Only for one reader" not in said


def test_it_opens_without_any_and_with_each_state_in_both_languages(at_desk, lead, member, talk):
    assert "Nothing was planned yet" in at_desk.get(PAGE).text
    for state in State:
        leased = {"lease_until": timezone.now(), "lease_token": uuid.uuid4()} if state == State.CLAIMED else {}
        _made(member, state, **leased)
    _made(member, kind="of an earlier version")
    for language in ("en", "ja"):
        lead.language = language
        lead.save()
        assert at_desk.get(PAGE).status_code == 200


def test_it_is_chosen_by_state_and_way(at_desk, member, talk):
    _made(member, State.DEAD)
    _made(member, State.SENT, channel="inbox")
    _made(member, State.SKIPPED, reason=Reason.STALE, channel="inbox")
    assert len(at_desk.get(PAGE).context["lines"]) == 3
    for query, states in [
        ("state=dead", {State.DEAD}), ("state=trouble", {State.DEAD}), ("channel=inbox", {State.SENT, State.SKIPPED}),
        ("state=sent&channel=inbox", {State.SENT}), ("state=sent&channel=email", set()),
        ("state=nonsense&channel=pigeon&page=99", {State.DEAD, State.SENT, State.SKIPPED}),
    ]:  # fmt: skip
        found = at_desk.get(f"{PAGE}?{query}").context["lines"]
        assert {line.delivery.state for line in found} == states, query


def test_the_newest_come_first_and_pages_hold_fifty(at_desk, member, talk):
    now = timezone.now()
    for number in range(60):
        _made(member, due_at=now - timedelta(minutes=number))
    first = at_desk.get(PAGE).context["lines"]
    assert len(first) == 50
    assert first[0].delivery.due_at == now
    assert len(at_desk.get(f"{PAGE}?page=2").context["lines"]) == 10


def test_its_queries_do_not_grow_with_its_rows(at_desk, lead, member, talk, django_assert_max_num_queries):
    rescue.send_again(Delivery.objects.filter(pk=_made(member).pk), lead)
    Delivery.objects.update(state=State.DEAD, reason=Reason.REFUSED)
    at_desk.get(PAGE)
    kept.forget()
    with django_assert_max_num_queries(16) as few:
        at_desk.get(PAGE)
    for _each in range(60):
        _made(factories.member())
    rescue.know(Delivery.objects.all(), lead)
    Delivery.objects.update(seen_at=None)
    kept.forget()
    with django_assert_max_num_queries(16) as many:
        assert len(at_desk.get(PAGE).context["lines"]) == 50
    assert len(many) <= len(few) + 3  # with two and more rows: what can be done with all of them


@pytest.mark.parametrize(
    ("fields", "why"),
    [
        ({"tries": 1, "state": State.RETRY}, "it is tried again"),
        ({"tries": 0, "state": State.CARRIED}, "it goes with a digest"),
        ({"tries": 0, "state": State.PLANNED}, "quiet hours, a free day"),
    ],
)
def test_a_delay_is_shown_with_its_reason(at_desk, member, talk, fields, why):
    _made(member, **fields, run_at=timezone.now() + timedelta(hours=9, seconds=1), due_at=timezone.now())
    said = at_desk.get(PAGE).text
    assert "9\xa0hours later than meant" in said and why in said


def test_what_may_have_come_twice_says_so(at_desk, member, talk):
    row = _made(member, State.SENT)
    assert "May have come twice" not in at_desk.get(PAGE).text
    row.attempts.update(after_unknown=True)
    assert "May have come twice" in at_desk.get(PAGE).text


def test_sent_again_it_goes_with_the_same_id_and_a_fresh_count(at_desk, lead, member, talk, awake, letters):
    letters.answer = lambda _to, n: "550 no" if n == 1 else None
    plan("alarm", "meeting:1", [member])
    send.send_due("email")
    row = Delivery.objects.get(channel="email")
    assert row.state == State.DEAD
    _handle(at_desk, row, "again")
    _handle(at_desk, row, "again")
    send.send_due("email")
    row.refresh_from_db()
    assert (row.state, row.tries, row.tries_before) == (State.SENT, 2, 1)
    (letter,) = letters.letters
    assert letter["Message-ID"].startswith(f"<{row.pk}@")
    deed = Handling.objects.get()
    assert (deed.what, deed.by, deed.delivery_id) == (What.AGAIN, lead, row.pk)


def test_after_it_was_sent_again_the_first_wait_is_short(at_desk, member, talk, awake, letters):
    row = _made(member, kind="alarm", tries=5)
    _handle(at_desk, row, "again")
    letters.answer = lambda _to, _n: "451 later"
    send.send_due("email")
    row.refresh_from_db()
    assert row.state == State.RETRY
    assert row.run_at - timezone.now() < timedelta(seconds=15)


def test_after_an_unknown_outcome_the_next_try_is_still_marked(at_desk, member, talk, awake, letters):
    row = _made(member, kind="alarm", reason=Reason.UNKNOWN, unknowns=3)
    _handle(at_desk, row, "again")
    send.send_due("email")
    row.refresh_from_db()
    assert row.state == State.SENT
    assert row.attempts.last().after_unknown


def test_one_that_is_too_late_goes_again_alone_and_not_with_all(at_desk, member, talk, awake, letters):
    late = {"state": State.SKIPPED, "reason": Reason.STALE, "expires_at": timezone.now() - timedelta(hours=1)}
    row, other = _made(member, **late), _made(member, **late)
    _handle_all(at_desk, "again", state="skipped")
    assert Delivery.objects.filter(state=State.SKIPPED).count() == 2
    _handle(at_desk, row, "again")
    send.send_due("email")
    row.refresh_from_db(), other.refresh_from_db()
    assert (row.state, other.state) == (State.SENT, State.SKIPPED)


@pytest.mark.parametrize("reason", [Reason.CANCELLED, Reason.MOVED])
def test_what_its_room_took_back_is_not_sent_again(at_desk, member, talk, reason):
    row = _made(member, State.SKIPPED, reason=reason)
    assert "Send again" not in at_desk.get(PAGE).text
    _handle(at_desk, row, "again")
    row.refresh_from_db()
    assert row.state == State.SKIPPED


@pytest.mark.parametrize(("state", "stopped"), [(State.PLANNED, True), (State.UNKNOWN, True), (State.SENT, False)])
def test_what_was_not_sent_can_be_stopped(at_desk, member, talk, state, stopped):
    row = _made(member, state)
    _handle(at_desk, row, "stopped")
    row.refresh_from_db()
    assert (row.reason == Reason.DROPPED) is stopped
    assert Handling.objects.exists() is stopped


def test_who_knows_of_a_trouble_takes_it_out_of_the_count(at_desk, member, talk):
    row = _made(member)
    assert health.troubles() == 1
    assert "need a look" in at_desk.get("/").text
    _handle(at_desk, row, "known")
    assert health.troubles() == 0
    assert "rail__troubles" not in at_desk.get("/").text
    row.refresh_from_db()
    assert row.state == State.DEAD


def test_the_count_is_for_leads_and_admins_and_costs_one_query_a_minute(client, lead, member, talk):
    _made(member)
    client.force_login(member)
    assert "rail__troubles" not in client.get("/more/").text
    client.force_login(lead)
    kept.forget()
    client.get("/more/")
    health.forget()
    with CaptureQueriesContext(connection) as first:
        assert 'class="count push">1<' in client.get("/more/").text
    with CaptureQueriesContext(connection) as second:
        client.get("/more/")
    assert len(first) == len(second) + 1


def test_all_that_is_shown_is_handled_and_no_other(at_desk, member, talk):
    for channel in ("email", "inbox"):
        for _each in range(3):
            _made(member, channel=channel)
    answer = at_desk.post("/deliveries/all/", {"what": "again", "state": "dead", "channel": "inbox"}, follow=True)
    assert "3 go out again if they are still wanted. Quiet hours are kept." in answer.text
    assert Delivery.objects.filter(state=State.PLANNED, channel="inbox").count() == 3
    assert Delivery.objects.filter(state=State.DEAD, channel="email").count() == 3
    assert "Nothing there could be handled" in at_desk.post("/deliveries/all/", {"what": "x"}, follow=True).text


def test_no_more_than_the_bound_is_handled_at_once(at_desk, lead, member, talk, monkeypatch):
    monkeypatch.setattr(rescue, "AT_ONCE", 5)
    for _each in range(7):
        _made(member)
    _handle_all(at_desk, "known", state="trouble")
    assert Delivery.objects.troubled().count() == 2


def test_while_it_is_held_nothing_goes_out_but_the_inbox(as_admin, member, talk, awake, letters):
    for _twice in range(2):
        answer = as_admin.post("/deliveries/hold/", {"why": "The mail server moves."}, follow=True)
        assert "The mail server moves." in answer.text
    assert Hold.objects.count() == 1
    plan("alarm", "meeting:1", [member])
    for channel in ("email", "inbox"):
        send.send_due(channel)
    assert not letters.letters
    assert InboxLine.objects.count() == 1
    assert "Held</span>" in as_admin.get(PAGE).text


def test_who_comes_to_hold_what_is_held_sees_since_when_by_whom_and_the_way_out(as_admin, admin):
    Hold.objects.create(by=admin, why="The mail server moves.")
    page = as_admin.get("/deliveries/hold/").text
    assert "The mail server moves." in page and f"By {admin.display_name}, since" in page
    assert 'href="/deliveries/release/"' in page
    assert "<textarea" not in page and 'name="why"' not in page


def test_a_hold_wants_a_reason(as_admin):
    answer = as_admin.post("/deliveries/hold/", {"why": " "})
    assert answer.status_code == 422
    assert not Hold.objects.exists()


@pytest.mark.parametrize(("drop", "sent", "dropped"), [("nothing", 3, 0), ("stale", 1, 2), ("all", 0, 3)])
def test_letting_go_shows_what_would_go_and_drops_what_is_chosen(
    as_admin, admin, member, talk, letters, drop, sent, dropped
):
    Hold.objects.create(by=admin, why="After a restore")
    now = timezone.now()
    _made(member, State.PLANNED, kind="alarm")
    _made(member, State.PLANNED, kind="alarm", due_at=now - timedelta(days=2))
    _made(member, State.RETRY, kind="alarm", due_at=now - timedelta(days=3))
    later = _made(member, State.PLANNED, run_at=now + timedelta(hours=1))
    page = as_admin.get("/deliveries/release/")
    assert (page.context["count"], page.context["stale"]) == (3, 2)
    for _twice in range(2):
        as_admin.post("/deliveries/release/", {"drop": drop})
    held = Hold.objects.get()
    assert (held.released_by, Hold.objects.standing().count()) == (admin, 0)
    send.send_due("email")
    assert len(letters.letters) == sent
    assert Delivery.objects.filter(reason=Reason.DROPPED).count() == Handling.objects.count() == dropped
    later.refresh_from_db()
    assert later.state == State.PLANNED


def test_letting_go_of_nothing_leads_back(as_admin):
    assert as_admin.get("/deliveries/release/").status_code == 302


def test_a_lead_sees_that_it_is_held_and_why(client, lead):
    Hold.objects.create(by=lead, why="After a restore")
    client.force_login(lead)
    said = client.get(PAGE).text
    assert "After a restore" in said and "let it go" not in said


@pytest.mark.parametrize(("who", "shown", "way_out"), [("lead", 1, 0), ("admin", 1, 1), ("manager", 0, 0)])
def test_on_every_page_it_is_seen_that_everything_is_held(client, request, lead, who, shown, way_out):
    holding.hold(lead, "After a restore")
    client.force_login(request.getfixturevalue(who))
    page = client.get("/more/").text
    assert (page.count("everything is held since"), page.count("/deliveries/release/")) == (shown, way_out)
    holding.release(lead, holding.Drop.NOTHING)
    assert "everything is held since" not in client.get("/more/").text
