"""What interests whom: said by the person, proposed by others, seen by nobody else until they agree."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from apps.people.models import Interest, Keen, Topic, TopicMerge
from apps.people.tasks import forget_unanswered
from apps.web.models import MergeError
from tests import factories

pytestmark = pytest.mark.django_db

SAID = {"topic": "Terraform", "wants": ["learn", "read"], "keen": Keen.EAGER}


@pytest.fixture
def kenta():
    return factories.member(display_name="Kenta Sasaki", given_name="Kenta", family_name="Sasaki")


def test_what_i_say_everybody_sees_at_once(client, member, kenta):
    client.force_login(kenta)
    assert client.post("/people/interests/", SAID).status_code == 302
    row = Interest.objects.get()
    assert (row.person, row.topic.name, row.wants, row.keen) == (kenta, "Terraform", ["read", "learn"], Keen.EAGER)
    client.force_login(member)
    for page in ("/people/", f"/people/{kenta.pk}/", f"/people/topics/{row.topic_id}/", "/people/interests/"):
        assert "Terraform" in client.get(page).text
    assert "Would start tomorrow" in client.get(f"/people/{kenta.pk}/").text


def test_said_twice_it_is_one_and_says_what_was_said_last(client, kenta):
    client.force_login(kenta)
    client.post("/people/interests/", SAID)
    client.post("/people/interests/", SAID | {"topic": "  TERRAFORM ", "wants": ["teach"], "keen": Keen.CURIOUS})
    row = Interest.objects.get()
    assert (row.wants, row.keen, Topic.objects.count()) == (["teach"], Keen.CURIOUS, 1)


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"topic": " \u200b"}, "Topic"),
        ({"topic": "x" * 121}, "120"),
        ({"wants": []}, "Choose at least one."),
        ({"wants": ["fame"]}, "not offered here"),
        ({"keen": "9"}, "not offered here"),
    ],
)
def test_what_is_wrong_is_said_beside_it_and_nothing_is_lost(client, kenta, wrong, says):
    client.force_login(kenta)
    page = client.post("/people/interests/", SAID | wrong)
    assert page.status_code == 422 and says in page.text
    if "topic" not in wrong:
        assert 'value="Terraform"' in page.text
    assert not Interest.objects.exists()


def test_a_proposal_is_seen_by_two_until_the_person_says_yes(client, lead, member, manager, kenta):
    client.force_login(lead)
    client.post(f"/people/{kenta.pk}/propose/", SAID)
    row = Interest.objects.get()
    pages = ("/people/", f"/people/{kenta.pk}/", f"/people/topics/{row.topic_id}/")
    assert "only you two see it" in client.get(pages[1]).text
    for other in (member, manager):
        client.force_login(other)
        assert "Terraform" not in client.get(pages[0]).text + client.get(pages[1]).text
        assert "Kenta" not in client.get(pages[2]).text
        for deed in ("yes", "withdraw"):
            client.post(f"/people/interests/{row.pk}/{deed}/")
        assert client.get(f"/people/interests/{row.pk}/").status_code == 404
    row.refresh_from_db()
    assert not row.is_confirmed
    client.force_login(kenta)
    assert "Aoi Mizuno thinks so." in client.get("/people/interests/").text
    assert "1 note waits for your yes or no" in client.get("/people/").text
    for _twice in range(2):
        client.post(f"/people/interests/{row.pk}/yes/")
    client.force_login(manager)
    assert "Terraform" in client.get(pages[0]).text


def test_not_quite_is_an_answer_in_my_own_words(client, lead, kenta):
    row = Interest.propose(kenta, Topic.named("SLOs", lead), lead, keen=Keen.EAGER, wants=["teach"])
    client.force_login(kenta)
    client.post(f"/people/interests/{row.pk}/", {"wants": ["mob"], "keen": Keen.CURIOUS})
    row.refresh_from_db()
    assert (row.is_confirmed, row.wants, row.keen) == (True, ["mob"], Keen.CURIOUS)


def test_a_proposal_never_writes_over_what_the_person_said(client, lead, kenta):
    topic = Topic.named("Terraform", kenta)
    Interest.say(kenta, topic, keen=Keen.CURIOUS, wants=["read"])
    client.force_login(lead)
    page = client.post(f"/people/{kenta.pk}/propose/", SAID, follow=True)
    assert "known already" in page.text
    row = Interest.objects.get()
    assert (row.keen, row.wants, row.proposed_by) == (Keen.CURIOUS, ["read"], None)


def test_nobody_proposes_to_themself(client, kenta):
    client.force_login(kenta)
    assert client.post(f"/people/{kenta.pk}/propose/", SAID).status_code == 404
    assert f"/people/{kenta.pk}/propose/" not in client.get(f"/people/{kenta.pk}/").text


def long_ago(row) -> None:
    """As if it had been proposed thirty days ago."""
    type(row).objects.filter(pk=row.pk).update(proposed_at=timezone.now() - timedelta(days=30))


def test_after_thirty_days_without_an_answer_it_is_gone(client, lead, kenta):
    topic = Topic.named("Terraform", lead)
    row = Interest.propose(kenta, topic, lead, keen=Keen.KEEN, wants=["learn"])
    long_ago(row)
    client.force_login(kenta)
    assert "Is it so?" not in client.get("/people/interests/").text
    assert "It is not there any more" in client.post(f"/people/interests/{row.pk}/yes/", follow=True).text
    forget_unanswered()
    assert not Interest.objects.exists()
    assert Interest.propose(kenta, topic, lead, keen=Keen.KEEN, wants=["learn"])


def test_what_was_said_does_not_expire(kenta):
    Interest.say(kenta, Topic.named("Terraform", kenta), keen=Keen.KEEN, wants=["learn"])
    Interest.objects.update(confirmed_at=timezone.now() - timedelta(days=400))
    forget_unanswered()
    assert Interest.objects.count() == 1


def test_taken_back_it_is_gone_and_twice_is_no_error(client, kenta):
    row = Interest.say(kenta, Topic.named("Terraform", kenta), keen=Keen.KEEN, wants=["learn"])
    client.force_login(kenta)
    for _twice in range(2):
        assert client.post(f"/people/interests/{row.pk}/withdraw/").status_code == 302
    assert not Interest.objects.exists()


def test_who_has_left_is_not_shown(client, lead, kenta):
    Interest.say(kenta, Topic.named("Terraform", kenta), keen=Keen.KEEN, wants=["learn"])
    kenta.is_active = False
    kenta.save()
    client.force_login(lead)
    assert "Terraform" not in client.get("/people/").text
    assert client.get(f"/people/{kenta.pk}/").status_code == 404


def test_the_database_refuses_an_interest_in_nothing(kenta):
    topic = Topic.named("Terraform", kenta)
    for wrong in ({}, {"wants_read": True}, {"wants_read": True, "confirmed_at": timezone.now(), "keen": 4}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Interest.objects.create(person=kenta, topic=topic, **wrong)


def test_a_topic_nobody_confirmed_is_not_told_around(client, lead, member, kenta):
    Interest.propose(kenta, Topic.named("Looking for another job", lead), lead, keen=1, wants=["read"])
    client.force_login(member)
    assert "another job" not in client.get("/people/interests/").text + client.get("/people/").text


def test_no_page_costs_more_queries_with_more_rows(client, lead, django_assert_max_num_queries):
    client.force_login(lead)

    def queries() -> list[int]:
        found = []
        for page in ("/people/", "/people/interests/", f"/people/{first.pk}/", f"/people/topics/{topic.pk}/"):
            with django_assert_max_num_queries(20) as counted:
                client.get(page)
            found.append(len(counted))
        return found

    first, topic = factories.member(), Topic.named("Topic 0", lead)
    Interest.say(first, topic, keen=2, wants=["learn"])
    for person in (lead, factories.member()):  # with three the page suggests a circle
        Interest.say(person, topic, keen=2, wants=["learn"])
    queries()  # a process keeps the organisation's name
    few = queries()
    people = [factories.member() for _each in range(8)]
    for n in range(8):
        for person in (*people, first, lead):
            Interest.say(person, Topic.named(f"Topic {n}", lead), keen=2, wants=["learn"])
    assert queries() == few


class TestMergingTopics:
    @pytest.fixture
    def pair(self, lead):
        return Topic.named("IaC", lead), Topic.named("Terraform", lead)

    def test_interests_move_and_both_names_lead_there(self, client, lead, kenta, pair):
        source, target = pair
        Interest.say(kenta, source, keen=Keen.KEEN, wants=["learn"])
        client.force_login(lead)
        assert client.post(f"/people/topics/{source.pk}/merge/", {"target": target.pk}).status_code == 302
        assert Interest.objects.get().topic == target
        assert client.get(f"/people/topics/{source.pk}/").url == f"/people/topics/{target.pk}/"
        assert Topic.named("iac", kenta) == target
        merge = TopicMerge.objects.get()
        client.post(f"/people/topics/{target.pk}/merge/{merge.pk}/undo/")
        assert Interest.objects.get().topic == source

    def test_who_had_both_keeps_what_both_said_until_it_is_taken_apart(self, lead, kenta, pair):
        source, target = pair
        Interest.say(kenta, source, keen=Keen.EAGER, wants=["learn"])
        Interest.say(kenta, target, keen=Keen.CURIOUS, wants=["teach"])
        merge = TopicMerge.make(source, target, lead)
        seen = Interest.objects.of_standing().get()
        assert (seen.topic, seen.keen, seen.wants) == (target, Keen.EAGER, ["learn", "teach"])
        merge.undo()
        said = {row.topic.name: (row.keen, row.wants) for row in Interest.objects.all()}
        assert said == {"IaC": (Keen.EAGER, ["learn"]), "Terraform": (Keen.CURIOUS, ["teach"])}

    def test_what_was_said_anew_since_stays(self, lead, kenta, pair):
        source, target = pair
        Interest.say(kenta, source, keen=Keen.EAGER, wants=["learn"])
        Interest.say(kenta, target, keen=Keen.CURIOUS, wants=["teach"])
        merge = TopicMerge.make(source, target, lead)
        Interest.say(kenta, target, keen=Keen.KEEN, wants=["mob"])
        merge.undo()
        assert Interest.objects.get(topic=target).wants == ["mob"]

    def test_what_the_person_said_wins_over_what_others_proposed(self, lead, kenta, pair):
        source, target = pair
        Interest.say(kenta, source, keen=Keen.EAGER, wants=["learn"])
        Interest.propose(kenta, target, lead, keen=Keen.CURIOUS, wants=["teach"])
        TopicMerge.make(source, target, lead)
        row = Interest.objects.get()
        assert (row.topic, row.is_confirmed, row.wants) == (target, True, ["learn"])

    def test_taken_back_it_does_not_come_back_with_the_other_topic(self, lead, kenta, pair):
        source, target = pair
        third = Topic.named("HCL", lead)
        for topic in (third, source, target):
            Interest.say(kenta, topic, keen=Keen.EAGER, wants=["learn"])
        TopicMerge.make(third, source, lead)
        TopicMerge.make(source, target, lead)
        Interest.objects.of_standing().get().withdraw()
        assert not Interest.objects.exists()

    def test_nothing_merges_into_itself_or_twice(self, lead, pair):
        source, target = pair
        with pytest.raises(MergeError):
            TopicMerge.make(source, source, lead)
        merge = TopicMerge.make(source, target, lead)
        with pytest.raises(MergeError):
            TopicMerge.make(source, target, lead)
        merge.undo()
        with pytest.raises(MergeError):
            merge.undo()

    def test_taken_apart_when_its_name_was_taken_since_it_says_so(self, client, lead, pair):
        source, target = pair
        merge = TopicMerge.make(source, target, lead)
        Topic.objects.create(name="iac", by=lead)
        client.force_login(lead)
        page = client.post(f"/people/topics/{target.pk}/merge/{merge.pk}/undo/", follow=True)
        assert "Another topic has its name by now" in page.text
        assert TopicMerge.objects.standing().exists()

    def test_a_member_neither_renames_nor_merges(self, client, member, pair):
        client.force_login(member)
        source, target = pair
        for deed, sent in (("edit", {"name": "X"}), ("merge", {"target": target.pk})):
            assert client.post(f"/people/topics/{source.pk}/{deed}/", sent).status_code == 403


def test_a_topic_has_a_name_in_each_language_and_each_only_once(client, lead, member):
    topic = Topic.named("Incident response", lead)
    Topic.objects.create(name="Observability", name_ja="可観測性", by=lead)
    client.force_login(lead)
    page = client.post(
        f"/people/topics/{topic.pk}/edit/", {"name": "Incidents", "name_ja": "可観測性", "about": "", "version": 1}
    )
    assert page.status_code == 422 and "There is a topic of this name already." in page.text
    sent = {"name": "Incidents", "name_ja": "障害対応", "about": "Calm first.", "version": 1}
    assert client.post(f"/people/topics/{topic.pk}/edit/", sent).status_code == 302
    assert Topic.named("障害対応", member) == topic
    lead.language = "ja"
    lead.save()
    assert "障害対応" in client.get(f"/people/topics/{topic.pk}/").text


def test_the_table_beside_the_notes_is_a_part_of_the_whole(client, lead, django_assert_max_num_queries):
    people = [factories.member() for _each in range(14)]
    for n in range(12):
        topic = Topic.named(f"Topic {n:02}", lead)
        for person in people[: n + 1]:
            Interest.say(person, topic, keen=2, wants=["learn"])
    client.force_login(lead)
    page = client.get("/people/")
    table = page.context["matrix"]
    assert [row.topic.name for row in table.rows] == [f"Topic {n:02}" for n in range(11, 1, -1)]
    assert [row.wanting for row in table.rows][:2] == [12, 11]
    assert [person.pk for person in table.people] == [one.pk for one in people[:10]]
    assert "All 12 topics" in page.text
    with django_assert_max_num_queries(15):
        client.get("/people/")
    whole = client.get("/people/topics/").context["matrix"]
    assert (len(whole.rows), len(whole.people)) == (12, 12)
    assert client.get("/people/topics/?page=9").url == "/people/topics/?page=1"


def test_everybody_is_listed_on_demand(client, lead):
    for n in range(30):
        factories.member(display_name=f"Zed {n:02}")
    client.force_login(lead)
    page = client.get("/people/").text
    assert "Zed 05" in page and "Zed 29" not in page and "?all#people-title" in page
    assert "Zed 29" in client.get("/people/?all").text
