"""A meeting that was held speaks for a pivot: its day, how many were there and its notes, as they read on the day."""

import html
import json
import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from apps.accounts.models import Role as MemberRole
from apps.gatherings.models import Attendance, Meeting, MeetingNotes, Role, StepEvidence
from apps.people.models import LadderStep, Signal, Subject
from apps.roadmap import decision_record, erasing, evidence, history, verify
from apps.roadmap.models import Draft, Revision
from tests import factories
from tests.roadmap.pages import item_of
from tests.roadmap.test_publishing_pages import WHY

pytestmark = pytest.mark.django_db


@pytest.fixture
def yui(lead):
    return factories.member(display_name="Yui Hoshino")


@pytest.fixture
def meeting(lead, mei, yui):
    """A mob of ten days ago with Mei and Yui; a third took it away that she was there."""
    day = lead.today() - timedelta(days=10)
    meeting = factories.gathering(lead, title="Mob Thursdays", first_day=day).meetings.get()
    Meeting.objects.filter(pk=meeting.pk).update(title="Release v408")
    shy = factories.member(display_name="Shy Person")
    Attendance.list_people(meeting, lead, {mei.pk: Role.DRIVING, yui.pk: Role.WATCHING, shy.pk: ""}, ())
    Attendance.take_away(meeting, shy)
    MeetingNotes.objects.create(
        meeting=meeting, surprised="The checklist forgets the tablets.", needs_nobody="A pipeline that waits.",
        decisions="- **Whoever** came twice drives", text="Private chatter of the day", by=mei,
    )  # fmt: skip
    meeting.refresh_from_db()
    return meeting


def publish(as_lead, lead, year_map, *chosen: str):
    Draft.open_for(year_map, lead).change({f"item:{item_of(year_map)}": None})
    return as_lead.post("/map/draft/publish/", WHY | {"evidence": list(chosen)})


def offered(page) -> set[str]:
    return set(re.findall(r'name="evidence" value="([^"]+)"', page.text))


def test_it_is_kept_as_it_read_and_leads_to_the_meeting(as_lead, lead, year_map, meeting):
    assert publish(as_lead, lead, year_map, f"meeting:{meeting.pk}").status_code == 302
    (kept,) = Revision.objects.get(number=2).said.evidence
    assert kept == {
        "kind": "meeting", "id": meeting.pk, "gathering": "mob", "day": meeting.day.isoformat(), "text": "Release v408",
        "came": 2, "surprised": "The checklist forgets the tablets.", "needs_nobody": "A pipeline that waits.",
        "decisions": "- **Whoever** came twice drives",
    }  # fmt: skip
    MeetingNotes.objects.update(surprised="Rewritten", needs_nobody="", decisions="")
    Meeting.objects.update(title="Renamed")
    Attendance.objects.all().delete()
    page = as_lead.get(f"/map/{year_map}/2/")
    text = html.unescape(page.text)
    for says in ("Mob session “Release v408”", "2 people", "The checklist forgets the tablets", "Whoever came twice"):
        assert says in text
    assert "Rewritten" not in text and f"/gatherings/{meeting.gathering_id}/{meeting.number}/" in text
    assert list(verify.faults()) == []
    record = decision_record.write(history.told(year_map, 2, 2)[0])
    assert "Release v408" in record and "A pipeline that waits" in record
    meeting.gathering.delete()
    page = as_lead.get(f"/map/{year_map}/2/")
    assert "The checklist forgets the tablets" in page.text and "/gatherings/1/" not in page.text


def test_nothing_private_comes_into_the_history(as_lead, lead, year_map, meeting, mei, yui):
    Signal.note(mei, lead, words="Wants to leave her team", day=lead.today(), place="")
    step = LadderStep.propose(mei, Subject(item=factories.item()), lead, rung=3, day=lead.today())
    StepEvidence.objects.create(meeting=meeting, step=step)
    publish(as_lead, lead, year_map, f"meeting:{meeting.pk}")
    body = Revision.objects.get(number=2).body
    for private in ("Mei", "Yui", "Shy", "Private chatter", "leave her team", "driving", "watching"):
        assert private not in body
    (kept,) = json.loads(body)["said"]["evidence"]
    assert not {mei.pk, yui.pk, step.pk} & {value for name, value in kept.items() if name not in ("id", "came")}


def test_what_nobody_noted_is_not_said(as_lead, lead, year_map):
    bare = factories.gathering(lead, title="Talks", kind="event", first_day=lead.today() - timedelta(days=3))
    publish(as_lead, lead, year_map, f"meeting:{bare.meetings.get().pk}")
    (kept,) = Revision.objects.get(number=2).said.evidence
    assert set(kept) == {"kind", "id", "gathering", "day", "text"}
    assert "Learning event “Talks”" in html.unescape(as_lead.get(f"/map/{year_map}/2/").text)


def test_only_what_was_held_is_offered(as_lead, lead, year_map, meeting):
    ahead = factories.gathering(lead).meetings.get()
    cancelled = factories.gathering(lead, first_day=lead.today() - timedelta(days=4)).meetings.get()
    cancelled.cancel(lead)
    Draft.open_for(year_map, lead).change({f"item:{item_of(year_map)}": None})
    found = offered(as_lead.get("/map/draft/publish/"))
    assert f"meeting:{meeting.pk}" in found
    assert not {f"meeting:{ahead.pk}", f"meeting:{cancelled.pk}"} & found
    for nothing in (ahead.pk, cancelled.pk, 99_999, "x", "１"):
        page = publish(as_lead, lead, year_map, f"meeting:{nothing}")
        assert page.status_code == 422 and "not offered here" in page.text


@pytest.mark.parametrize("words", ["v408", "thursdays", "TABLETS", "pipeline waits", "whoever v408"])
def test_it_is_searched_by_title_and_notes(as_lead, lead, year_map, meeting, words):
    for n in range(evidence.OFFERED):
        factories.gathering(lead, title="Newer", first_day=lead.today() - timedelta(days=2 + n % 5))
    Draft.open_for(year_map, lead).change({f"item:{item_of(year_map)}": None})
    name = f"meeting:{meeting.pk}"
    assert name not in offered(as_lead.get("/map/draft/publish/"))
    assert offered(as_lead.get("/map/draft/publish/evidence/", {"find": words})) == {name}
    assert offered(as_lead.get("/map/draft/publish/evidence/", {"find": "chatter"})) == set()
    kept = as_lead.get("/map/draft/publish/evidence/", {"find": "nothing says this", "evidence": name})
    assert offered(kept) == {name} and re.search(rf'value="{name}"[^>]* checked', kept.text)


def test_long_decisions_are_kept_in_their_beginning(as_lead, lead, year_map, meeting):
    MeetingNotes.objects.update(decisions="長い決定。" * 3_000)
    publish(as_lead, lead, year_map, f"meeting:{meeting.pk}")
    (kept,) = Revision.objects.get(number=2).said.evidence
    assert len(kept["decisions"]) == evidence.MOST_WORDS and kept["decisions"].endswith("…")


def test_a_name_in_its_notes_can_be_erased_and_the_chain_holds(as_lead, lead, year_map, meeting):
    MeetingNotes.objects.update(surprised="Kenta stopped it by himself.")
    publish(as_lead, lead, year_map, f"meeting:{meeting.pk}")
    erasing.replace_name("Kenta", "Somebody")
    text = as_lead.get(f"/map/{year_map}/2/").text
    assert "Somebody stopped it" in text and "Kenta" not in text and list(verify.faults()) == []


def test_somebody_who_is_called_like_a_kind_can_be_erased(as_lead, lead, year_map, meeting):
    publish(as_lead, lead, year_map, f"meeting:{meeting.pk}")
    erasing.replace_name("mob", "somebody")
    assert as_lead.get(f"/map/{year_map}/2/").status_code == 200 and list(verify.faults()) == []


def test_in_japanese(as_lead, lead, year_map, meeting):
    lead.language = "ja"
    lead.save()
    publish(as_lead, lead, year_map, f"meeting:{meeting.pk}")
    text = html.unescape(as_lead.get(f"/map/{year_map}/2/").text)
    assert "「Release v408」" in text and "2人" in text and "意外だったことは？" in text and "その回" in text


@pytest.mark.parametrize("role", [MemberRole.MEMBER, MemberRole.MANAGER])
def test_everybody_reads_it_and_only_a_lead_searches(client, lead, year_map, meeting, role):
    client.force_login(lead)
    publish(client, lead, year_map, f"meeting:{meeting.pk}")
    client.force_login(factories.member(role=role))
    assert "The checklist forgets the tablets" in client.get(f"/map/{year_map}/2/").text
    assert client.get("/map/draft/publish/evidence/").status_code == 403


def test_it_asks_no_more_with_more_meetings(as_lead, lead, year_map, meeting, mei):
    Draft.open_for(year_map, lead).change({f"item:{item_of(year_map)}": None})

    def count() -> int:
        as_lead.get("/map/draft/publish/")
        with CaptureQueriesContext(connection) as seen:
            assert as_lead.get("/map/draft/publish/").status_code == 200
        return len(seen)

    few = count()
    for n in range(8):
        more = factories.gathering(lead, first_day=lead.today() - timedelta(days=2 + n)).meetings.get()
        Attendance.list_people(more, lead, {mei.pk: ""}, ())
        MeetingNotes.objects.create(meeting=more, surprised="Again")
    assert count() == few
    assert Meeting.objects.over(timezone.now()).count() == 9
