"""What is told of a map's turns: what happened next, who did the work, how sure somebody became, and back to which one."""

from datetime import timedelta

import pytest
from django.utils import translation

from apps.roadmap import decision_record, evidence, history, team, words
from apps.roadmap.changes import Difference
from apps.roadmap.models import CheckIn, Draft, Status
from apps.roadmap.models.revision import document_of
from apps.roadmap.publish import Reason, is_long_enough, publish
from apps.toil import months, rollup
from tests import factories
from tests.roadmap.pages import days_of, item_of, item_of_title

pytestmark = pytest.mark.django_db


class TestWhatHappenedNext:
    def test_counts_on_the_items_that_the_pivot_left_on_whichever_page(self, as_lead, lead, year_map):
        kept, item = factories.plan("Dropped later", "goals", days_of(year_map.start, 2)), item_of(year_map)
        factories.next_revision(year_map, lead, kept)
        later = item_of_title(year_map, "Dropped later")
        for of in (item, later):
            CheckIn.note(item=of, day=lead.today(), status=Status.ON_THE_WAY, words="Going", by=lead)
        factories.next_revision(year_map, lead, {f"item:{later}": None})
        for page in ("/map/history/", f"/map/{year_map}/2/", "/map/year/"):
            assert "2 on the way" in as_lead.get(page).text

    def test_leaves_out_what_was_said_before_on_the_same_day(self, lead, year_map):
        item = item_of(year_map)
        CheckIn.note(item=item, day=lead.today(), status=Status.DONE, words="Before", by=lead)
        factories.next_revision(year_map, lead, factories.plan("A goal", "goals", days_of(year_map.start, 2)))
        told = history.told(year_map, 2, 2)
        assert not history.aftermaths(told, lead.today())[2].is_there
        CheckIn.note(item=item, day=lead.today(), status=Status.DONE, words="After", by=lead)
        assert history.aftermaths(told, lead.today())[2].done == 1


def test_who_did_it_on_a_past_day_counts_no_month_that_was_not_over(lead, year_map):
    first, second = (months.step(year_map.start, by) for by in (0, 1))
    for month in (first, second):
        factories.entry(lead, day=month + timedelta(days=20))
    factories.entry(factories.member(), day=second + timedelta(days=20))
    rollup.rebuild()
    last_of_first = second - timedelta(days=1)
    assert team.actual(year_map.year, first + timedelta(days=5), lead.today()) == {}
    for day in (last_of_first, second + timedelta(days=25)):
        assert team.actual(year_map.year, day, lead.today())[1].members == (lead.pk,)
    team.forget()
    assert len(team.actual(year_map.year, months.step(second, 1) - timedelta(days=1), lead.today())[1].members) == 2
    team.forget()
    assert len(team.actual(year_map.year, second + timedelta(days=21), second + timedelta(days=21))[1].members) == 2


def test_nothing_goes_past_the_teams_shape(as_lead, year_map):
    as_lead.post("/map/draft/new-lane/", {"name": "Reliability", "note": "", "ground": "above"})
    draft = Draft.objects.open().get()
    own = next(lane.id for lane in draft.document.lanes if lane.name == "Reliability")
    for lane in (own, own, "goals", "shape"):
        as_lead.post(f"/map/draft/lanes/{lane}/move/", {"way": "up"})
    draft.refresh_from_db()
    assert [lane.id for lane in draft.document.lanes][:3] == ["shape", "goals", own]
    difference = Difference(document_of(year_map), draft.document, year_map.year)
    assert [(change.id, change.happened[0].value) for change in difference.lanes] == [(own, "added")]


def test_what_was_drawn_on_after_going_back_does_not_say_it_is_that_version(lead, year_map):
    item = item_of(year_map)
    factories.next_revision(year_map, lead, {f"item:{item}": {"title": "Told differently"}})
    reason = Reason("Back", "We saw that it was better before.", "Nobody could work with the other one.")
    for more, says in (({}, 1), (factories.plan("And more", "soil", days_of(year_map.start, 2)), None)):
        draft = Draft.restore(year_map, lead, year_map.revisions.get(number=1))
        if more:
            draft.change(more)
        revision = publish(draft, reason)
        assert (revision.is_pivot, revision.said.restored) == (True, says)
        factories.next_revision(year_map, lead, {f"item:{item}": {"title": "Told once more"}})


@pytest.mark.parametrize(
    ("text", "is_enough"),
    [
        ("We saw it all break.", True),  # 20 with its spaces, as people count
        ("We saw it all break", False),
        ("We     saw it break.", False),
        ("全部が壊れるのを見た。", True),
        ("全部壊れた。", False),
    ],
)
def test_a_reason_is_as_long_as_people_count_it(text, is_enough):
    assert is_long_enough(text) is is_enough


def test_the_history_says_from_what_to_what_somebody_became_surer(as_lead, lead, year_map):
    factories.next_revision(year_map, lead, {f"item:{item_of(year_map)}": {"sure": "firm"}})
    assert "How sure: Agree what SRE means (Hunch → Firm)." in as_lead.get("/map/history/").text


def test_a_decision_record_says_everything_that_changed_with_years(lead, year_map):
    item, seen = item_of(year_map), factories.observation(lead, text="They seldom write. " * 9)
    first, last = days_of(year_map.start, 4)
    factories.next_revision(
        year_map,
        lead,
        {
            f"item:{item}": {"title": "Agree on SLOs", "sure": "firm", "when": [first, last]},
            "lane:machines": {"kind": "own", "name": "Machines", "note": "", "above": False, "position": 9},
            "past:p": {"when": "2023", "text": "EC2 to ECS", "position": 1},
            "quarter:2": {"name": "Mob guests arrive"},
        },
    )
    record = decision_record.write(history.told(year_map, 2, 2)[0])
    for line in (
        f"{first} – {last}",
        "Agree what SRE means → Agree on SLOs",
        "Hunch → Firm",
        "Lane “Machines”",
        "2023 EC2 to ECS",
        "Q2: – → Mob guests arrive",
    ):
        assert line in record
    piece = {"kind": "observation", "id": seen.pk, "group": seen.stakeholder_id, "day": "2026-11-14", "text": seen.text}
    (told,) = evidence.told([piece])
    assert told.startswith(seen.stakeholder.label) and told.count("They seldom write.") == 9


def test_days_are_written_in_the_order_of_the_language(year_map):
    first = year_map.start
    last = months.step(first, 3) - timedelta(days=1)
    with translation.override("ja"):
        assert words.months_of(first, last) == f"{first.year}年{first.month}月〜{last.month}月"
        assert "〜" in words.whole_span(first, last) and " – " not in words.whole_span(first, last)
