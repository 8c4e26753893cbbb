"""Whether a series fades out: the formula at its edges, what is counted, and what the page says and offers."""

from datetime import timedelta

import pytest
import time_machine

from apps.gatherings import fade_out, schedule
from apps.gatherings.fade_out import fading
from apps.gatherings.models import Answer, Book, Participant, Rsvp
from tests import factories
from tests.gatherings.test_planning import MONDAY, circle


@pytest.mark.parametrize(
    ("came", "falling", "below"),
    [
        ([10, 9, 8, 7], True, False),
        ([12, 10, 9, 8, 7], True, True),
        ([5, 10, 9, 8, 7], True, False),
        ([10, 5], False, True),
        ([5, 2, 9, 9, 2], False, True),
        ([1, 0], False, True),
    ],
)
def test_it_fades(came, falling, below):
    found = fading(came)
    assert (found.is_falling, found.is_below) == (falling, below)
    assert (found.first, found.last) == (came[0], came[-1])


@pytest.mark.parametrize(
    "came",
    [
        [],
        [0],
        [9],
        [0, 0],
        [0, 5],
        [10, 9, 8],  # the third has no third one before it
        [10, 6],  # 60 % is not below 60 %
        [5, 3],
        [9, 8, 8, 7],
        [8, 8, 8, 8],
        [10, 9, 8, 7, 7],
    ],
)
def test_it_does_not_fade(came):
    assert fading(came) is None


def test_below_is_counted_in_whole_people():
    assert fading([5, 3]) is None and fading([5, 2]).is_below
    assert fading([7, 4]).is_below and fading([7, 5]) is None  # 4.2


@pytest.fixture
def monday(db):
    with time_machine.travel(MONDAY, tick=False) as clock:
        yield clock


def came(row, *counts):
    """Lets so many come to each of the first meetings."""
    people = [factories.member() for _ in range(max(counts))]
    for meeting, count in zip(row.meetings.order_by("starts_at"), counts, strict=False):
        for person in people[:count]:
            Rsvp.say(meeting, Answer.GOING, member=person)
            Participant.join(row, person)
    return people


def test_what_counts_as_held_and_as_coming(lead, monday):
    row = circle(lead, seats=2)
    first, second, third = row.meetings.order_by("starts_at")[:3]
    people = [factories.member() for _ in range(6)]
    for person in people[:3]:
        Rsvp.say(first, Answer.GOING, member=person)  # the third waits
    Rsvp.say(first, Answer.ONLINE, member=people[3])
    Rsvp.say(first, Answer.MAYBE, member=people[4])
    Rsvp.say(first, Answer.NO, member=people[5])
    Rsvp.say(first, Answer.ONLINE, guest="Hana")
    Rsvp.say(second, Answer.GOING, member=people[0])
    schedule.skip(second, lead)
    monday.shift(timedelta(days=40))
    held = fade_out.held_counts(row)
    assert [(one.pk, one.came) for one in held] == [(first.pk, 4), (third.pk, 0)]


def page_of(client, row, person):
    client.force_login(person)
    return client.get(f"/gatherings/{row.pk}/").text


@pytest.mark.parametrize("kind", ["reading", "mob", "event"])
def test_every_series_shows_its_chart_and_the_figures_in_words(client, lead, member, monday, kind):
    row = circle(lead, kind=kind)
    assert "Not enough to say" in page_of(client, row, member)
    came(row, 5, 5)
    monday.shift(timedelta(days=8))
    assert "Not enough to say" in page_of(client, row, member)
    monday.shift(timedelta(days=14))
    text = page_of(client, row, member)
    assert "chart--came" in text and "As a table" in text and "Fewer come" not in text


def test_it_says_why_and_offers_what_helps(client, lead, member, monday):
    row = circle(lead)
    book = Book.begin(row, title="SRE")
    book.add([(f"Chapter {n}", None) for n in range(9)])
    came(row, 8, 7, 6, 4)
    monday.shift(timedelta(days=50))
    text = page_of(client, row, lead)
    assert "The last meetings had 8, 7, 6, 4 people" in text and "The first had 8, the last 4" in text
    fifth = book.chapters.get(number=5)
    assert f"/gatherings/{row.pk}/chapter/{fifth.pk}/cut/" in text
    for offer in (f"/gatherings/{row.pk}/helpers/", 'href="#rest-title"', 'id="rest-title"', "last meeting"):
        assert offer in text
    text = page_of(client, row, member)
    assert "Fewer come" in text and "/helpers/" not in text and "/cut/" not in text
    schedule.rest(row, lead.today() + timedelta(days=30), lead)
    assert "Fewer come" not in page_of(client, row, lead)
    schedule.wake(row)
    schedule.close(row, lead)
    assert "Fewer come" not in page_of(client, row, lead)


def test_the_chart_stays_in_its_place_however_many_there_were(lead, monday):
    row = circle(lead)
    meeting = row.meetings.first()
    for counts in ([0, 0], [500] * 300, [1, 500], [3] * 2):
        drawn = fade_out.chart([fade_out.HeldMeeting(meeting.pk, meeting.starts_at, n) for n in counts])
        assert len(drawn.bars) <= fade_out.SHOWN
        for bar in drawn.bars:
            assert bar.x >= 0 and bar.x + bar.width <= fade_out.WIDTH
            assert fade_out.TOP <= bar.y <= fade_out.BOTTOM and bar.height >= 0
    assert (
        fade_out.chart([]) is None and fade_out.chart([fade_out.HeldMeeting(meeting.pk, meeting.starts_at, 3)]) is None
    )


def test_somebody_runs_it_too_and_may_stop(client, lead, member, monday):
    row = circle(lead)
    outsider = factories.member()
    Participant.join(row, member)
    address = f"/gatherings/{row.pk}/helpers/"
    client.force_login(member)
    assert client.get(address).status_code == client.post(address, {"member": member.pk}).status_code == 404
    client.force_login(lead)
    assert client.post(address, {"member": outsider.pk}).status_code == 422
    assert client.post(address, {"member": ""}).status_code == 422
    client.post(address, {"member": member.pk})
    client.post(address, {"member": member.pk})
    assert list(row.helpers.all()) == [member] and row.may_run(member)
    client.force_login(member)
    assert client.get(address).status_code == 200
    client.post(address, {"remove": "x" * 50})
    page = client.post(address, {"remove": member.pk})
    assert page["Location"] == f"/gatherings/{row.pk}/" and not row.helpers.exists()
