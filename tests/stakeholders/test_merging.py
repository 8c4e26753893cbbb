"""Two groups that turn out to be one: everything moves, every address and tag leads there, and it can be taken back."""

from datetime import timedelta

import pytest
from django.utils import timezone

from apps.stakeholders.models import StakeholderMerge
from apps.toil import rollup, undo
from apps.toil.known import names
from apps.toil.matching import Matching
from apps.toil.models import Entry, Item, Timer
from apps.toil.write_import import Outdated
from apps.web.models import MergeError
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def as_lead(client, lead):
    client.force_login(lead)
    return client


@pytest.fixture
def support(lead):
    group = factories.stakeholder(name="Customer support", tag="cs")
    factories.observation(lead, stakeholder=group, day=lead.today() - timedelta(days=20), frequency=4, pain=3)
    return group


@pytest.fixture
def helpdesk(lead):
    """The same people under another name, with evidence, an item, entries and a running timer."""
    group = factories.stakeholder(
        name="Help desk", name_ja="ヘルプデスク", tag="help", tag_ja="ヘルプ", reliability="An answer the same day."
    )
    factories.observation(lead, stakeholder=group, frequency=5, pain=5, text="They wait for hours.")
    item = factories.item(name="Data fix", stakeholder=group)
    factories.entry(lead, item=item, minutes=40)
    factories.entry(lead, item=item, minutes=20)
    Timer.objects.create(member=lead, item=item, stakeholder=group, started_at=timezone.now())
    return group


def counts(group) -> tuple[int, int, int, int, int]:
    months = sum(group.toil_months.values_list("minutes", flat=True))
    timers = Timer.objects.filter(stakeholder=group).count()
    return (
        group.observations.count(),
        Entry.objects.filter(stakeholder=group).count(),
        Item.objects.filter(stakeholder=group).count(),
        timers,
        months,
    )


def test_everything_moves_and_the_sums_stay_right(as_lead, support, helpdesk):
    factories.entry(factories.member(), stakeholder=support, minutes=15)
    answer = as_lead.post(f"/stakeholders/{helpdesk.pk}/merge/", {"target": support.pk}, follow=True)
    assert counts(helpdesk) == (0, 0, 0, 0, 0)
    assert counts(support) == (2, 3, 1, 1, 75)
    assert rollup.differences() == []
    support.refresh_from_db()
    assert (support.placed_by.frequency, support.placed_by.pain) == (5, 5)
    # What was said of the other stays readable, and the way back stands on the page.
    assert "An answer the same day." in answer.text
    assert "“Help desk” is part of “Customer support” now." in answer.text
    assert "Take apart" in answer.text


def test_taken_apart_all_is_as_before(as_lead, lead, support, helpdesk):
    before = counts(support), counts(helpdesk)
    merge = StakeholderMerge.make(helpdesk, support, lead)
    for _again in range(2):
        assert as_lead.post(f"/stakeholders/{support.pk}/merge/{merge.pk}/undo/").status_code == 302
    assert (counts(support), counts(helpdesk)) == before
    assert rollup.differences() == []
    support.refresh_from_db()
    helpdesk.refresh_from_db()
    assert (support.placed_by.pain, helpdesk.placed_by.pain) == (3, 5)
    assert as_lead.get(f"/stakeholders/{helpdesk.pk}/").status_code == 200


def test_what_came_after_the_merge_stays_where_it_is(lead, support, helpdesk):
    merge = StakeholderMerge.make(helpdesk, support, lead)
    factories.entry(lead, stakeholder=support, minutes=5)
    merge.undo()
    assert Entry.objects.filter(stakeholder=support).count() == 1


def test_its_addresses_lead_to_where_it_went(as_lead, lead, support, helpdesk):
    StakeholderMerge.make(helpdesk, support, lead)
    assert as_lead.get(f"/stakeholders/{helpdesk.pk}/")["Location"] == f"/stakeholders/{support.pk}/"
    assert as_lead.get(f"/stakeholders/{helpdesk.pk}/observe/")["Location"] == f"/stakeholders/{support.pk}/observe/"
    assert as_lead.get(f"/toil/?stakeholder={helpdesk.pk}").text.count("Data fix") >= 2
    assert as_lead.get(f"/toil/log.csv?stakeholder={helpdesk.pk}").getvalue().decode().count("Data fix") == 2
    for deed in ("edit", "merge"):
        assert as_lead.get(f"/stakeholders/{helpdesk.pk}/{deed}/").status_code == 404
    assert as_lead.post(f"/stakeholders/{helpdesk.pk}/archive/").status_code == 404


def test_no_list_names_it_any_more(as_lead, lead, support, helpdesk):
    StakeholderMerge.make(helpdesk, support, lead)
    assert "Help desk" not in as_lead.get("/stakeholders/").text
    assert "Help desk" not in as_lead.get("/toil/").text
    assert "Help desk" not in as_lead.get("/stakeholders/observe/").text
    assert "Help desk" not in as_lead.get("/stakeholders/focus/new/").text


@pytest.mark.parametrize("tag", ["#help", "#ヘルプ", "#cs"])
def test_its_tag_still_logs_to_where_it_went(as_lead, lead, support, helpdesk, tag):
    StakeholderMerge.make(helpdesk, support, lead)
    as_lead.post("/toil/log/", {"line": f"25m data fix {tag}"})
    assert Entry.objects.latest("id").stakeholder == support


def test_its_tag_is_not_offered(lead, support, helpdesk):
    StakeholderMerge.make(helpdesk, support, lead)
    assert [known.id for known in names(lead, "#").stakeholders] == [support.pk]


def test_its_tag_stays_its_own_and_the_form_says_whose(as_lead, lead, support, helpdesk):
    StakeholderMerge.make(helpdesk, support, lead)
    answer = as_lead.post("/stakeholders/new/", {"name": "Helpers", "tag": "HELP", "side": "inside"})
    assert answer.status_code == 422
    assert "This tag is taken by “Help desk”." in answer.text


def test_a_file_that_names_it_means_where_it_went(lead, support, helpdesk):
    last = factories.stakeholder(name="Everybody inside")
    StakeholderMerge.make(helpdesk, support, lead)
    StakeholderMerge.make(support, last, lead)
    assert Matching.load(lead, {}).stakeholders["help desk"] == last


def test_a_merge_during_an_import_asks_anew(lead, support, helpdesk):
    from apps.toil.imports.lines import Line
    from apps.toil.models import ImportRun
    from apps.toil.plan_import import Fate, Outcome
    from apps.toil.write_import import Writing

    matching = Matching.load(lead, {})
    writing = Writing(ImportRun(member=lead), matching)
    line = Line(1, day=lead.today(), minutes=5, item="Data fix", stakeholder="Help desk", key="k")
    item = matching.item_of(line)
    writing.add(Outcome(line, Fate.NEW, "", lead, item, matching.stakeholder_of(line)))
    writing.get_ready()
    StakeholderMerge.make(helpdesk, support, lead)
    with pytest.raises(Outdated):
        writing.write()


def test_an_undo_after_a_merge_never_goes_back_to_the_merged_group(lead, support, helpdesk):
    entry = Entry.objects.filter(stakeholder=helpdesk).first()
    deleted = undo.token(lead, undo.removed(entry))
    entry.remove()
    StakeholderMerge.make(helpdesk, support, lead)
    undo.perform(deleted, lead)
    assert not Entry.objects.filter(stakeholder=helpdesk).exists()
    assert rollup.differences() == []


def test_a_decision_for_it_rings_where_it_went(as_lead, lead, support, helpdesk):
    factories.decision(lead, helpdesk)
    StakeholderMerge.make(helpdesk, support, lead)
    page = as_lead.get("/stakeholders/")
    assert [dot.place.key for dot in page.context["chart"].dots if dot.focus_ring] == [support.pk]
    # The decision itself is kept as it was.
    assert "Help desk" in as_lead.get("/stakeholders/focus/").text


def test_it_can_not_go_into_itself_an_archived_one_or_one_that_went(as_lead, lead, support, helpdesk):
    other = factories.stakeholder(name="Old", archived_at=timezone.now())
    for target in (helpdesk.pk, other.pk, 999, "x", ""):
        answer = as_lead.post(f"/stakeholders/{helpdesk.pk}/merge/", {"target": target})
        assert answer.status_code == 422, target
    with pytest.raises(MergeError):
        StakeholderMerge.make(helpdesk, helpdesk, lead)
    StakeholderMerge.make(helpdesk, support, lead)
    with pytest.raises(MergeError):
        StakeholderMerge.make(support, helpdesk, lead)


def test_of_two_merges_at_once_the_second_is_told(as_lead, lead, support, helpdesk, monkeypatch):
    third = factories.stakeholder(name="Third")
    real = StakeholderMerge.make.__func__

    def late(cls, source, target, by):
        real(cls, support, third, by)
        return real(cls, source, target, by)

    monkeypatch.setattr(StakeholderMerge, "make", classmethod(late))
    answer = as_lead.post(f"/stakeholders/{helpdesk.pk}/merge/", {"target": support.pk})
    assert answer.status_code == 422
    assert "One of the two was merged meanwhile. Look again." in answer.text


def test_only_the_lead_merges(signed_in, support, helpdesk):
    assert signed_in.post(f"/stakeholders/{helpdesk.pk}/merge/", {"target": support.pk}).status_code == 403
    assert signed_in.post(f"/stakeholders/{support.pk}/merge/1/undo/").status_code == 403
    assert "It is the same as another group" not in signed_in.get(f"/stakeholders/{support.pk}/").text


def test_an_inner_merge_is_taken_apart_only_where_it_shows(as_lead, lead, support, helpdesk):
    last = factories.stakeholder(name="Everybody inside")
    inner = StakeholderMerge.make(helpdesk, support, lead)
    outer = StakeholderMerge.make(support, last, lead)
    assert as_lead.get(f"/stakeholders/{helpdesk.pk}/")["Location"] == f"/stakeholders/{last.pk}/"
    assert as_lead.post(f"/stakeholders/{support.pk}/merge/{inner.pk}/undo/").status_code == 404
    outer.undo()
    inner.undo()
    assert counts(helpdesk) == (1, 2, 1, 1, 60)
    assert rollup.differences() == []


def test_both_histories_tell_of_a_merge_and_its_end(as_lead, lead, support, helpdesk):
    as_lead.post(f"/stakeholders/{helpdesk.pk}/merge/", {"target": support.pk})
    page = as_lead.get(f"/stakeholders/{support.pk}/").text
    assert "<b>Merged into it</b> <del>–</del> <ins>Help desk</ins>" in page
    as_lead.post(f"/stakeholders/{support.pk}/merge/{StakeholderMerge.objects.get().pk}/undo/")
    for group, told in (
        (support, "<b>Merged into it</b> <del>Help desk</del> <ins>–</ins>"),
        (helpdesk, "<b>Merged into</b> <del>Customer support</del> <ins>–</ins>"),
    ):
        assert told in as_lead.get(f"/stakeholders/{group.pk}/").text


def test_groups_of_one_name_are_told_apart_and_one_alone_says_so(as_lead, support):
    assert "There is no other group." in as_lead.get(f"/stakeholders/{support.pk}/merge/").text
    factories.stakeholder(name="Customer support", tag="cs-night")
    assert "Customer support #cs-night" in as_lead.get(f"/stakeholders/{support.pk}/merge/").text
