"""Gatherings and topics that items of the map rest on: chosen, shown, compared, put together, followed through merges."""

import json
import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from apps.accounts.models import Role
from apps.gatherings.models import Meeting
from apps.gatherings.recurrence import Frequency, Rule
from apps.people.models import Interest, Topic, TopicMerge
from apps.roadmap import next_year
from apps.roadmap.json_file import MapFileError, read
from apps.roadmap.models import Draft
from apps.roadmap.models.revision import document_of
from tests import factories
from tests.roadmap.map_files import changed, head
from tests.roadmap.pages import form_of, item_of

pytestmark = pytest.mark.django_db

WEEKLY = Rule(Frequency.DAILY, interval=7).to_json()
LINKS = ("gatherings", "topics")


@pytest.fixture
def mob(lead):
    """It met three days ago and meets again in four."""
    return factories.gathering(lead, title="Mob Thursdays", rule=WEEKLY, first_day=lead.today() - timedelta(days=3))


@pytest.fixture
def terraform(lead):
    return factories.topic(name="Terraform", name_ja="テラフォーム", by=lead)


@pytest.fixture
def linked(year_map, lead, mob, terraform):
    """The map's item rests on both."""
    key = f"item:{item_of(year_map)}"
    factories.next_revision(year_map, lead, {key: {"gatherings": [mob.pk], "topics": [terraform.pk]}})
    year_map.refresh_from_db()
    return year_map


def offered(page) -> dict[str, set[int]]:
    return {name: {int(pk) for pk in re.findall(rf'name="{name}" value="(\d+)"', page.text)} for name in LINKS}


class TestTheForm:
    def test_they_are_ticked_and_kept(self, as_lead, lead, year_map, mob, terraform):
        address = f"/map/draft/items/{item_of(year_map)}/"
        sent = form_of(as_lead.get(address)) | {"gatherings": [mob.pk], "topics": [terraform.pk]}
        assert as_lead.post(address, sent).status_code == 302
        part = Draft.objects.get().document.parts[f"item:{item_of(year_map)}"]
        assert (part["gatherings"], part["topics"]) == ([mob.pk], [terraform.pk])
        page = as_lead.get(address)
        assert re.search(rf'name="topics" value="{terraform.pk}"[^>]* checked', page.text)
        assert re.search(rf'name="gatherings" value="{mob.pk}"[^>]* checked', page.text)

    def test_sent_untouched_it_changes_nothing(self, as_lead, lead, linked, mob, terraform):
        other = factories.gathering(lead)
        key = f"item:{item_of(linked)}"
        factories.next_revision(linked, lead, {key: {"gatherings": [other.pk, mob.pk]}})
        address = f"/map/draft/items/{item_of(linked)}/"
        sent = form_of(as_lead.get(address)) | {"gatherings": [mob.pk, other.pk], "topics": [terraform.pk]}
        assert as_lead.post(address, sent).status_code == 302
        assert not Draft.objects.filter(step__gt=0).exists()

    def test_unticked_they_are_gone_and_undo_brings_them_back(self, as_lead, linked, mob, terraform):
        address = f"/map/draft/items/{item_of(linked)}/"
        sent = form_of(as_lead.get(address))
        sent.pop("gatherings"), sent.pop("topics")
        as_lead.post(address, sent)
        draft, item = Draft.objects.get(), item_of(linked)
        assert (draft.document.items[item].gatherings, draft.document.items[item].topics) == ((), ())
        as_lead.post("/map/draft/undo/")
        draft.refresh_from_db()
        assert draft.document == document_of(linked)
        as_lead.post("/map/draft/redo/")
        draft.refresh_from_db()
        assert draft.document.items[item].topics == ()

    def test_what_stands_is_offered_and_what_is_linked_already(self, as_lead, lead, linked, mob, terraform):
        closed, standing = factories.gathering(lead), factories.gathering(lead)
        merged, into = factories.topic(by=lead), factories.topic(by=lead)
        closed.close()
        TopicMerge.make(merged, into, lead)
        address = f"/map/draft/items/{item_of(linked)}/"
        found = offered(as_lead.get(address))
        assert found == {"gatherings": {mob.pk, standing.pk}, "topics": {terraform.pk, into.pk}}
        mob.close()
        TopicMerge.make(terraform, into, lead)
        found = offered(as_lead.get(address))
        assert mob.pk in found["gatherings"] and terraform.pk in found["topics"]
        sent = form_of(as_lead.get(address)) | {"gatherings": [closed.pk], "topics": [into.pk]}
        page = as_lead.post(address, sent)
        assert page.status_code == 422 and "not offered here" in page.text

    def test_a_topic_that_waits_for_somebodys_yes_is_not_named_before_everybody(self, as_lead, lead, member, year_map):
        other = factories.lead(email="other@example.com")
        private = factories.topic(name="Looking for another job", by=other)
        proposal = Interest.propose(member, private, other, keen=1, wants=["read"])
        address = "/map/draft/new-item/"
        assert "another job" not in as_lead.get(address).text
        proposal.confirm()
        assert "another job" in as_lead.get(address).text

    def test_once_a_gathering_is_about_it_a_topic_is_known(self, as_lead, lead, member, year_map):
        topic = factories.topic(name="Postmortems", by=member)
        assert "Postmortems" not in as_lead.get("/map/draft/new-item/").text
        factories.gathering(lead, topic=topic)
        assert "Postmortems" in as_lead.get("/map/draft/new-item/").text

    def test_of_very_many_the_series_are_among_what_is_offered(self, as_lead, lead, year_map, mob):
        for _each in range(82):
            factories.gathering(lead)
        found = offered(as_lead.get("/map/draft/new-item/"))["gatherings"]
        assert mob.pk in found and len(found) == 80

    def test_it_asks_no_more_with_more_of_them(self, as_lead, lead, year_map):
        def count() -> int:
            with CaptureQueriesContext(
                connection,
            ) as seen:
                assert as_lead.get("/map/draft/new-item/").status_code == 200
            return len(seen)

        factories.gathering(lead, topic=factories.topic(by=lead))
        count()
        few = count()
        for _each in range(6):
            factories.gathering(lead, topic=factories.topic(by=lead))
        assert count() == few

    @pytest.mark.parametrize("asked", ["99999", "x", "-1", "1" * 40, "１", ""])
    def test_an_address_names_only_a_gathering_that_is_there(self, as_lead, year_map, asked):
        page = as_lead.get("/map/draft/new-item/", {"gathering": asked})
        assert page.status_code == 200 and page.context["form"].part["gatherings"] == []

    def test_what_would_need_nobody_keeps_the_gathering_it_came_from(self, as_lead, year_map, mob):
        page = as_lead.get("/map/draft/new-item/", {"gathering": mob.pk, "title": "A pipeline"})
        assert page.context["form"].part["gatherings"] == [mob.pk]
        as_lead.post("/map/draft/new-item/", form_of(page) | {"gatherings": [mob.pk]})
        (item,) = [one for one in Draft.objects.get().document.items.values() if one.title == "A pipeline"]
        assert item.gatherings == (mob.pk,)

    @pytest.mark.parametrize("role", [Role.MEMBER, Role.MANAGER])
    def test_only_a_lead_draws(self, client, linked, role):
        client.force_login(factories.member(role=role))
        for address in ("/map/draft/new-item/", f"/map/draft/items/{item_of(linked)}/"):
            assert client.get(address).status_code == 403


class TestThePage:
    @pytest.mark.parametrize("role", [Role.MEMBER, Role.LEAD, Role.MANAGER])
    def test_it_says_when_they_meet_and_how_many_are_interested(self, client, linked, mob, terraform, role):
        client.force_login(factories.member(role=role))
        for _each in range(2):
            Interest.say(factories.member(), terraform, keen=2, wants=["learn"])
        page = client.get(f"/map/items/{item_of(linked)}/")
        following = Meeting.objects.ahead(timezone.now()).first()
        assert f"/gatherings/{mob.pk}/{following.number}/" in page.text and "Mob session" in page.text
        assert f"/people/topics/{terraform.pk}/" in page.text and "2 interested" in page.text

    def test_who_has_not_said_yes_is_counted_for_nobody(self, client, linked, lead, member, manager, terraform):
        Interest.propose(member, terraform, lead, keen=3, wants=["learn"])
        left = factories.member(is_active=False)
        Interest.say(left, terraform, keen=3, wants=["learn"])
        for reader in (lead, member, manager):
            client.force_login(reader)
            text = client.get(f"/map/items/{item_of(linked)}/").text
            assert "0 interested" in text and left.display_name not in text

    def test_one_that_was_closed_says_how_often_it_met(self, as_lead, linked, mob):
        mob.meetings.ahead(timezone.now()).delete()
        mob.close()
        text = as_lead.get(f"/map/items/{item_of(linked)}/").text
        assert "Closed" in text and "1 held" in text and "next on" not in text

    def test_what_was_cancelled_is_neither_next_nor_held(self, as_lead, linked, mob, lead):
        for meeting in mob.meetings.all():
            meeting.cancel(lead)
        text = as_lead.get(f"/map/items/{item_of(linked)}/").text
        assert "0 held" in text and "next on" not in text

    def test_in_japanese(self, as_lead, lead, linked):
        lead.language = "ja"
        lead.save()
        text = as_lead.get(f"/map/items/{item_of(linked)}/").text
        assert "支えになる集まり" in text and "支えになるスキル" in text and "テラフォーム" in text

    def test_gone_rows_leave_the_page_readable(self, as_lead, linked, mob, terraform):
        mob.delete(), Topic.objects.all().delete()
        text = as_lead.get(f"/map/items/{item_of(linked)}/").text
        assert "rests on" not in text and "Agree what SRE means" in text

    def test_it_asks_no_more_with_more_links(self, as_lead, lead, linked, mob, terraform):
        address = f"/map/items/{item_of(linked)}/"

        def count() -> int:
            with CaptureQueriesContext(connection) as seen:
                assert as_lead.get(address).status_code == 200
            return len(seen)

        count()
        few = count()
        more = {
            "gatherings": [mob.pk, *(factories.gathering(lead).pk for _each in range(6))],
            "topics": [terraform.pk, *(factories.topic().pk for _each in range(6))],
        }
        factories.next_revision(linked, lead, {f"item:{item_of(linked)}": more})
        count()
        assert count() == few


class TestTheOtherWayRound:
    TITLE = "Agree what SRE means"

    @pytest.mark.parametrize("role", [Role.MEMBER, Role.LEAD, Role.MANAGER])
    def test_a_gathering_and_a_topic_say_which_items_rest_on_them(self, client, linked, lead, mob, terraform, role):
        client.force_login(factories.member(role=role))
        other, nothing = factories.gathering(lead, rule=WEEKLY), factories.topic()
        for address in (f"/gatherings/{mob.pk}/", f"/gatherings/{mob.pk}/1/", f"/people/topics/{terraform.pk}/"):
            assert self.TITLE in client.get(address).text
        for address in (f"/gatherings/{other.pk}/", f"/people/topics/{nothing.pk}/"):
            assert self.TITLE not in client.get(address).text

    def test_what_happens_once_says_so_on_its_only_page(self, as_lead, lead, linked):
        once = factories.gathering(lead)
        factories.next_revision(linked, lead, {f"item:{item_of(linked)}": {"gatherings": [once.pk]}})
        assert self.TITLE in as_lead.get(f"/gatherings/{once.pk}/", follow=True).text

    def test_a_draft_stays_private(self, as_lead, lead, year_map, mob, terraform):
        Draft.open_for(year_map, lead).change(
            {f"item:{item_of(year_map)}": {"gatherings": [mob.pk], "topics": [terraform.pk]}}
        )
        for address in (f"/gatherings/{mob.pk}/", f"/gatherings/{mob.pk}/1/", f"/people/topics/{terraform.pk}/"):
            assert self.TITLE not in as_lead.get(address).text

    def test_topics_are_followed_through_merges_and_back(self, as_lead, lead, linked, terraform):
        into, last = factories.topic(name="Infrastructure as code"), factories.topic(name="Declared infrastructure")
        Interest.say(lead, terraform, keen=2, wants=["learn"])
        first = TopicMerge.make(terraform, into, lead)
        second = TopicMerge.make(into, last, lead)
        assert self.TITLE in as_lead.get(f"/people/topics/{last.pk}/").text
        page = as_lead.get(f"/map/items/{item_of(linked)}/").text
        assert "Declared infrastructure" in page and "Terraform" not in page and "1 interested" in page
        second.undo()
        assert self.TITLE in as_lead.get(f"/people/topics/{into.pk}/").text
        assert self.TITLE not in as_lead.get(f"/people/topics/{last.pk}/").text
        first.undo()
        assert "Terraform" in as_lead.get(f"/map/items/{item_of(linked)}/").text

    def test_what_it_costs(self, as_lead, lead, mob, terraform, start):
        pages = (f"/gatherings/{mob.pk}/", f"/gatherings/{mob.pk}/1/", f"/people/topics/{terraform.pk}/")

        def counts() -> list[int]:
            found = []
            for page in pages:
                as_lead.get(page)
                with CaptureQueriesContext(connection) as seen:
                    assert as_lead.get(page).status_code == 200
                found.append(len(seen))
            return found

        none = counts()
        row = factories.future_map(lead, factories.plan("Nothing linked", when=_days(start)), start=start)
        assert counts() == none  # whether there is a map is asked either way
        for n in range(2):
            plans = [
                factories.plan(f"Linked {n} {m}", when=_days(start), gatherings=[mob.pk], topics=[terraform.pk])
                for m in range(5)
            ]
            factories.next_revision(row, lead, *plans)
            # Of a topic also what was merged into it.
            assert counts() == [none[0], none[1], none[2] + 1]


def _days(start) -> tuple[str, str]:
    return start.isoformat(), (start + timedelta(days=60)).isoformat()


class TestDifferences:
    def test_they_are_told_by_name_and_are_an_adjustment(self, as_lead, lead, linked, mob, terraform):
        page = as_lead.get("/map/compare/?from=1&to=2")
        (change,) = page.context["difference"].items
        assert change.happened == ("words",) and not page.context["difference"].is_pivot
        text = re.sub(r"<[^>]+>", "", page.text)
        assert "Gatherings it rests on: – → Mob Thursdays" in text and "Skills it rests on: – → Terraform" in text
        lead.language = "ja"
        lead.save()
        text = re.sub(r"<[^>]+>", "", as_lead.get("/map/compare/?from=1&to=2").text)
        assert "支えになる集まり：– → Mob Thursdays" in text and "支えになるスキル：– → テラフォーム" in text

    def test_nothing_is_asked_for_links_that_did_not_change(self, as_lead, lead, linked):
        key = f"item:{item_of(linked)}"
        factories.next_revision(linked, lead, {key: {"signal": "Two thirds agree."}})
        with CaptureQueriesContext(connection) as seen:
            page = as_lead.get("/map/compare/?from=2&to=3")
        assert "Two thirds agree." in page.text and "rests on" not in page.text
        asked = " ".join(query["sql"] for query in seen)
        assert "gatherings_gathering" not in asked and "people_topic" not in asked

    def test_where_two_changed_the_same_it_is_asked_by_name(self, as_lead, lead, linked, mob, terraform):
        key = f"item:{item_of(linked)}"
        circle, sql = factories.gathering(lead, title="SRE circle"), factories.topic(name="SQL", by=lead)
        Draft.open_for(linked, lead).change({key: {"gatherings": [circle.pk], "topics": []}})
        other = factories.lead(email="other@example.com")
        factories.next_revision(linked, other, {key: {"gatherings": [mob.pk, circle.pk], "topics": [sql.pk]}})
        text = re.sub(r"<[^>]+>", "", as_lead.get("/map/draft/merge/").text)
        for says in (
            "Gatherings it rests on",
            "Mob Thursdays, SRE circle",
            "Skills it rests on",
            "SQL",
            "It was: Terraform",
        ):
            assert says in text
        linked.refresh_from_db()
        answers = {f"{key}/gatherings": "theirs", f"{key}/topics": "mine", "head": linked.head}
        assert as_lead.post("/map/draft/merge/", answers).status_code == 302
        part = Draft.objects.open().get().document.parts[key]
        assert (part["gatherings"], part["topics"]) == ([mob.pk, circle.pk], [])


class TestTheNextYear:
    def test_what_is_carried_over_keeps_them(self, lead, linked, mob, terraform):
        item = item_of(linked)
        draft = next_year.begin(linked, lead, {item}, "The first year")
        part = draft.document.parts[f"item:{item}"]
        assert (part["gatherings"], part["topics"]) == ([mob.pk], [terraform.pk])


class TestTheFile:
    def test_they_go_by_name_and_come_back(self, lead, linked, mob, terraform):
        text = head(linked)
        data = json.loads(text)
        assert data["gatherings"] == [{"first_day": mob.first_day.isoformat(), "name": "Mob Thursdays"}]
        assert data["topics"] == [{"name": "Terraform"}]
        found = read(text)
        assert found.document == document_of(linked) and found.missing == ()
        Draft.bring(linked.start, lead, found.document)
        assert head(linked) == text

    def test_elsewhere_they_are_found_by_name(self, lead, linked, mob, terraform):
        text = head(linked)
        key = f"item:{item_of(linked)}"
        mob.title, terraform.name = "Another", "Something else"
        mob.save(), terraform.save()
        there = factories.gathering(lead, title="mob thursdays")
        topic = factories.topic(name="TERRAFORM")
        found = read(text)
        assert (found.document.parts[key]["gatherings"], found.document.parts[key]["topics"]) == (
            [there.pk],
            [topic.pk],
        )
        there.delete(), topic.delete()
        found = read(text)
        assert set(found.missing) == {"Mob Thursdays", "Terraform"}
        assert (found.document.parts[key]["gatherings"], found.document.parts[key]["topics"]) == ([], [])

    def test_of_one_title_the_first_day_tells_them_apart(self, lead, linked, mob):
        twin = factories.gathering(lead, title="Mob Thursdays")
        key = f"item:{item_of(linked)}"
        factories.next_revision(linked, lead, {key: {"gatherings": [twin.pk, mob.pk]}})
        text = head(linked)
        found = read(text).document.parts[key]["gatherings"]
        assert found == [twin.pk, mob.pk] and len(json.loads(text)["gatherings"]) == 2

    def test_a_merged_topic_stands_as_what_it_became(self, lead, linked, terraform):
        TopicMerge.make(terraform, factories.topic(name="Infrastructure as code"), lead)
        assert json.loads(head(linked))["topics"] == [{"name": "Infrastructure as code"}]

    def test_explicitly_nothing_is_the_same_as_nothing(self, year_map):
        data = json.loads(head(year_map)) | {"gatherings": [], "topics": []}
        key = f"item:{item_of(year_map)}"
        data["parts"][key] |= {"gatherings": [], "topics": []}
        assert read(json.dumps(data)).document == document_of(year_map)

    @pytest.mark.parametrize(
        ("path", "value", "says"),
        [
            ("gatherings", {}, "is no list"),
            ("gatherings/0", {"name": "Mob Thursdays"}, "can’t be read"),
            ("gatherings/0/first_day", 7, "can’t be read"),
            ("topics/0", {"name": "Terraform", "id": "1"}, "can’t be read"),
            ("topics", [{"name": "Terraform"}] * 2, "stands in the list twice"),
            ("gatherings", [], "there is no number 1"),
            ("item/gatherings", [2], "there is no number 2"),
            ("item/topics", [1, 1], "names the same twice"),
            ("item/topics", "1", "can’t be read"),
            ("item/topics", [True], "can’t be read"),
            ("item/gatherings", [1] * 41, "can’t be read"),
        ],
    )
    def test_what_can_not_be_read_says_where(self, linked, path, value, says):
        path = path.replace("item/", f"parts/item:{item_of(linked)}/")
        with pytest.raises(MapFileError) as error:
            read(json.dumps(changed(json.loads(head(linked)), path, value)))
        assert says in str(error.value)
