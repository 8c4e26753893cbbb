"""The calendar file of a letter, read by two libraries that share no code (R40 to R43)."""

from datetime import timedelta

import icalendar
import pytest
from ical.calendar_stream import IcsCalendarStream

from apps.gatherings import feed
from apps.gatherings.concerned import Part
from apps.gatherings.invite_file import invite
from apps.gatherings.models import Answer
from tests import factories
from tests.gatherings import told
from tests.gatherings.calendars import in_unknown_zones, seen

pytestmark = pytest.mark.django_db


@pytest.fixture
def meeting(lead):
    return told.only(told.gathering(lead, timedelta(days=5), zone="Europe/Berlin", place="Kusunoki"))


def event(content: bytes):
    (found,) = icalendar.Calendar.from_ical(content).walk("VEVENT")
    return found


def test_an_invitation_is_a_request_to_one_person(lead, member, meeting, settings):
    settings.DEFAULT_FROM_EMAIL = "Miraizu <miraizu@example.org>"
    made = invite(meeting, member, Part(asked=True))
    assert made.method == "REQUEST"
    calendar = icalendar.Calendar.from_ical(made.content)
    assert (
        calendar["METHOD"] == "REQUEST"
        and IcsCalendarStream.calendar_from_ics(made.content.decode()).method == "REQUEST"
    )
    found = event(made.content)
    assert found["ORGANIZER"] == "mailto:miraizu@example.org" and found["ORGANIZER"].params["CN"] == lead.display_name
    assert found["ATTENDEE"] == f"mailto:{member.email}"
    assert found["ATTENDEE"].params["PARTSTAT"] == "NEEDS-ACTION" and found["ATTENDEE"].params["RSVP"] == "FALSE"
    (theirs,) = IcsCalendarStream.calendar_from_ics(made.content.decode()).events
    assert str(theirs.attendees[0].uri) == f"mailto:{member.email}"
    assert lead.email.encode() not in made.content


def test_calendars_find_the_event_of_the_feed_again(lead, member, meeting):
    (ours,) = seen(invite(meeting, member, Part()).content)
    (theirs,) = seen(feed.of_meetings([meeting], "All"))
    assert ours == theirs
    assert seen(in_unknown_zones(invite(meeting, member, Part()).content))[0].begin == meeting.starts_at


def test_cancelled_it_is_taken_out(lead, member, meeting):
    meeting.cancel(lead)
    meeting.refresh_from_db()
    made = invite(meeting, member, Part(answer=Answer.GOING, has_seat=True))
    assert made.method == "CANCEL" and b"METHOD:CANCEL\r\n" in made.content
    (found,) = seen(made.content)
    assert (found.status, found.sequence) == ("CANCELLED", 1)


@pytest.mark.parametrize(
    ("part", "says"),
    [
        (Part(answer=Answer.GOING, has_seat=True), "ACCEPTED"),
        (Part(answer=Answer.GOING), "NEEDS-ACTION"),
        (Part(answer=Answer.ONLINE), "ACCEPTED"),
        (Part(answer=Answer.MAYBE), "TENTATIVE"),
        (Part(joined=True), "NEEDS-ACTION"),
    ],
)
def test_it_says_what_one_answered(member, meeting, part, says):
    assert event(invite(meeting, member, part).content)["ATTENDEE"].params["PARTSTAT"] == says


@pytest.mark.parametrize("text", [*told.STRANGE, 'a";X=1:y', "a,b;c:d\\n", "ATTENDEE:mailto:x@example.com\r\nX-A:1"])
def test_no_text_becomes_a_property(lead, meeting, text):
    meeting.gathering.title = meeting.place = text[:120]
    meeting.gathering.organiser.display_name = text[:80]
    person = factories.member(display_name=text[:80])
    content = invite(meeting, person, Part()).content
    seen(content)
    found = event(content)
    assert "X-A" not in found and "BCC" not in found and "X" not in found["ORGANIZER"].params
    assert not isinstance(found["ATTENDEE"], list)
    assert max(map(len, content.split(b"\r\n"))) <= 75
