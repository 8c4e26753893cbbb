"""The ladder: a step counts when both agree, and what others see of it is the person's choice."""

import re

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from apps.accounts.models import Member
from apps.people import ladder, matrix
from apps.people.models import LadderError, LadderStep, Roughly, Rung, Subject, Topic
from apps.people.tasks import forget_unanswered
from apps.toil.models import Merge
from tests import factories
from tests.people.test_interests import long_ago

pytestmark = pytest.mark.django_db


@pytest.fixture
def mei():
    return factories.member(display_name="Mei Tachibana", given_name="Mei", family_name="Tachibana")


@pytest.fixture
def release():
    return factories.item(name="Manual release")


@pytest.fixture
def subject(release):
    return Subject(item=release)


def everybodys_matrix():
    return matrix.of_everybody({person.pk: person for person in Member.objects.all()})


def step(subject, person, by, rung, words="Drove v412"):
    return LadderStep.propose(person, subject, by, rung=rung, day=by.today(), words=words)


def stand(subject, person, by, rung):
    step(subject, person, by, rung).confirm()


def test_a_proposal_counts_when_the_person_says_yes(client, lead, mei, subject, release):
    client.force_login(lead)
    sent = {"person": mei.pk, "item": release.pk, "rung": 3, "day": lead.today().isoformat(), "words": "Drove v412"}
    assert client.post("/people/ladder/new/", sent).url == f"/toil/items/{release.pk}/"
    row = LadderStep.objects.get()
    assert LadderStep.rung_of(mei, subject) == Rung.NONE
    client.force_login(mei)
    assert "Drove v412" in client.get("/me/record/").text
    client.post(f"/people/ladder/{row.pk}/yes/")
    assert LadderStep.rung_of(mei, subject) == Rung.DRIVING
    client.post(f"/people/ladder/{row.pk}/yes/")
    assert LadderStep.objects.count() == 1


def test_nobody_else_says_yes_for_them(client, lead, member, mei, subject):
    row = step(subject, mei, lead, 3)
    for other in (lead, member):
        client.force_login(other)
        assert "It is not there any more" in client.post(f"/people/ladder/{row.pk}/yes/", follow=True).text
    assert not LadderStep.objects.counted().exists()


def test_until_yes_only_the_two_of_them_see_it(client, lead, member, manager, mei, subject, release):
    row = step(subject, mei, lead, 3, words="Her quiet hands")
    pages = (f"/people/{mei.pk}/", f"/toil/items/{release.pk}/", "/people/field/", "/people/")
    for reader in (member, manager, factories.lead(email="other@example.com")):
        client.force_login(reader)
        assert all("Her quiet hands" not in client.get(page).text for page in pages)
    client.force_login(lead)
    assert "Her quiet hands" in client.get(pages[0]).text
    row.confirm()
    client.force_login(manager)
    assert "Her quiet hands" in client.get(pages[0]).text


def test_what_one_claims_counts_when_somebody_who_may_agrees(client, lead, member, mei, subject, release):
    row = LadderStep.claim(mei, subject, rung=3, day=mei.today(), words="Drove two")
    assert not row.counts
    client.force_login(member)
    client.post(f"/people/ladder/{row.pk}/agree/")
    assert LadderStep.rung_of(mei, subject) == Rung.NONE
    client.force_login(mei)
    client.post(f"/people/ladder/{row.pk}/agree/")
    assert LadderStep.rung_of(mei, subject) == Rung.NONE
    client.force_login(lead)
    assert "Mei says: Driving" in client.get(f"/toil/items/{release.pk}/").text
    client.post(f"/people/ladder/{row.pk}/agree/", {"next": f"/toil/items/{release.pk}/"})
    row.refresh_from_db()
    assert (row.agreed_by, row.is_current) == (lead, True)


def test_who_does_it_alone_may_agree(client, lead, member, mei, subject):
    stand(subject, member, lead, 4)
    row = LadderStep.claim(mei, subject, rung=2, day=mei.today())
    client.force_login(member)
    client.post(f"/people/ladder/{row.pk}/agree/")
    assert LadderStep.rung_of(mei, subject) == Rung.NAVIGATING


@pytest.mark.parametrize(("stands", "says"), [(0, 1), (3, 2), (5, 0)])
def test_watching_and_stepping_down_are_ones_own_word(lead, mei, subject, stands, says):
    if stands:
        stand(subject, mei, lead, stands)
    LadderStep.claim(mei, subject, rung=says, day=mei.today())
    assert LadderStep.rung_of(mei, subject) == says


def test_a_leads_own_word_counts(lead, subject):
    LadderStep.claim(lead, subject, rung=5, day=lead.today(), words="Since the beginning")
    assert LadderStep.rung_of(lead, subject) == Rung.TEACHING


def test_one_step_waits_at_a_time_and_none_leads_down(lead, member, mei, subject):
    stand(subject, mei, lead, 2)
    with pytest.raises(LadderError, match="there"):
        step(subject, mei, lead, 2)
    step(subject, mei, lead, 3)
    with pytest.raises(LadderError, match="waits"):
        step(subject, mei, member, 4)


def test_the_page_says_why_it_can_not_be_noted(client, lead, mei, subject, release):
    stand(subject, mei, lead, 3)
    client.force_login(lead)
    sent = {"person": mei.pk, "item": release.pk, "rung": 2, "day": lead.today().isoformat(), "words": "kept words"}
    page = client.post("/people/ladder/new/", sent)
    assert page.status_code == 422 and "They stand there already" in page.text and "kept words" in page.text


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"item": ""}, "one of the two"),
        ({"topic": "Terraform"}, "one of the two"),
        ({"item": "99999999"}, "not offered here"),
        ({"rung": "6"}, "not offered here"),
        ({"rung": ""}, "How far"),
        ({"day": "2100-01-01"}, "has not come yet"),
        ({"words": "x" * 301}, "300"),
    ],
)
def test_what_is_wrong_is_said_beside_it(client, lead, mei, release, wrong, says):
    client.force_login(lead)
    sent = {"person": mei.pk, "item": release.pk, "rung": 3, "day": lead.today().isoformat()} | wrong
    page = client.post("/people/ladder/new/", sent)
    assert page.status_code == 422 and says in page.text
    assert not LadderStep.objects.exists()


def test_a_stale_yes_does_not_lead_down(lead, mei, subject):
    stand(subject, mei, lead, 4)
    said = {"person": mei, "item": subject.item, "rung": 2, "day": lead.today()}
    late = LadderStep.objects.create(**said, proposed_by=lead, proposed_at=timezone.now())
    late.confirm()
    assert LadderStep.rung_of(mei, subject) == Rung.SOLO
    assert LadderStep.objects.count() == 1


def test_erased_the_step_before_stands_again(client, lead, mei, subject):
    stand(subject, mei, lead, 2)
    stand(subject, mei, lead, 3)
    client.force_login(lead)
    newest = LadderStep.objects.get(rung=3)
    client.post(f"/people/ladder/{newest.pk}/erase/")
    assert LadderStep.objects.count() == 2, "said yes to, it is the person's alone"
    client.force_login(mei)
    client.post(f"/people/ladder/{newest.pk}/erase/")
    assert LadderStep.rung_of(mei, subject) == Rung.NAVIGATING


def test_unanswered_after_thirty_days_it_is_gone(client, lead, mei, subject):
    row = step(subject, mei, lead, 3)
    long_ago(row)
    client.force_login(mei)
    assert "It is not there any more" in client.post(f"/people/ladder/{row.pk}/yes/", follow=True).text
    forget_unanswered()
    assert not LadderStep.objects.exists()


def test_shown_roughly_others_see_only_on_which_side_they_are(client, lead, member, manager, mei, subject, release):
    stand(subject, mei, lead, 3)
    LadderStep.objects.update(words="Her quiet hands")
    client.force_login(mei)
    client.post("/people/ladder/roughly/", {"roughly": "on"})
    pages = (f"/people/{mei.pk}/", f"/toil/items/{release.pk}/", "/people/field/")
    assert "Driving" in client.get(pages[0]).text
    for reader in (lead, member, manager):
        client.force_login(reader)
        for page in pages:
            text = client.get(page).text
            assert "is learning" in text and "Her quiet hands" not in text
        (one,) = ladder.standings(subject, reader)
        assert (one.rung, one.is_rough, one.day) == (Rung.NAVIGATING, True, None)
    client.force_login(mei)
    client.post("/people/ladder/roughly/", {})
    assert not Roughly.objects.exists()


def test_can_do_it_alone_rises_with_the_step(client, lead, mei, subject, release):
    LadderStep.claim(lead, subject, rung=5, day=lead.today())
    client.force_login(lead)
    assert '<dd class="figure__value">1 <small>of 2 people' in client.get(f"/toil/items/{release.pk}/").text
    stand(subject, mei, lead, 4)
    assert '<dd class="figure__value">2 <small>of 2 people' in client.get(f"/toil/items/{release.pk}/").text


def test_a_merged_item_keeps_its_ladder_with_the_one_it_is_part_of(lead, mei, subject, release):
    stand(subject, mei, lead, 4)
    other = factories.item(name="Release by hand")
    merge = Merge.make(release, other, lead)
    assert [one.rung for one in ladder.standings(Subject(item=other), lead)] == [Rung.SOLO]
    assert ladder.field([other], lead).rows[0].alone == 1
    merge.undo()
    assert ladder.standings(Subject(item=other), lead) == []


def test_who_knows_a_topic_stands_in_the_table_of_topics(lead, mei):
    topic = Topic.named("Terraform", lead)
    stand(Subject(topic=topic), mei, lead, 2)
    (row,) = everybodys_matrix().rows
    assert (row.cells[0].kind, row.wanting) == ("learns", 0)
    stand(Subject(topic=topic), mei, lead, 5)
    assert everybodys_matrix().rows[0].cells[0].kind == "teaches"


def test_the_database_keeps_the_rules(lead, mei, subject, release):
    row = step(subject, mei, lead, 3)
    topic = Topic.named("Terraform", lead)
    stand(Subject(item=factories.item()), mei, lead, 1)
    for wrong in ({"rung": 9}, {"item": None}, {"topic": topic}, {"is_current": True}, {"proposed_at": None}):
        with pytest.raises(IntegrityError), transaction.atomic():
            LadderStep.objects.filter(pk=row.pk).update(**wrong)
    row.confirm()
    with pytest.raises(IntegrityError), transaction.atomic():
        LadderStep.objects.update(is_current=True, item=release)


def test_the_fields_queries_do_not_grow(client, lead, mei, django_assert_max_num_queries):
    client.force_login(lead)
    people = [mei, *(factories.member() for _ in range(8))]
    for n in range(60):
        subject = Subject(item=factories.item(name=f"Item {n:02}"))
        for person in people:
            LadderStep.claim(person, subject, rung=1, day=lead.today())
    client.get("/people/field/")  # what a process keeps of all steps is read
    with django_assert_max_num_queries(14):
        page = client.get("/people/field/")
    assert page.text.count('<th scope="row">') == 50
    assert client.get("/people/field/?page=2").text.count('<th scope="row">') == 10
    assert client.get("/people/field/?page=99&category=abc&by=nothing").status_code == 200


def test_filters_of_the_field(client, lead, mei, subject):
    stand(subject, mei, lead, 4)
    stand(subject, lead, mei, 4)
    lonely = Subject(item=factories.item(name="Certificate renewal"))
    stand(lonely, mei, lead, 5)
    client.force_login(lead)
    page = client.get("/people/field/?one=on").text
    assert "Certificate renewal" in page and "Manual release" not in page
    assert "Nothing fits" in client.get("/people/field/?by=topics&one=on").text


def test_a_refusal_does_not_tell_what_waits_between_others(client, lead, member, mei, subject, release):
    step(subject, mei, member, 3, words="Between the two of them")
    waits = refused(client, lead, mei, release, 4)
    LadderStep.objects.all().delete()
    stand(subject, mei, lead, 4)
    assert refused(client, lead, mei, release, 4) == waits


def refused(client, lead, person, item, rung) -> list[str]:
    client.force_login(lead)
    sent = {"person": person.pk, "item": item.pk, "rung": rung, "day": lead.today().isoformat()}
    page = client.post("/people/ladder/new/", sent)
    assert page.status_code == 422
    return page.context["form"].errors["rung"]


def test_what_is_claimed_on_a_topic_is_told_to_the_lead_and_agreed_to_on_its_page(client, lead, member, mei):
    topic = Topic.named("Terraform", mei)
    row = LadderStep.claim(mei, Subject(topic=topic), rung=4, day=mei.today(), words="Wrote the modules")
    client.force_login(member)
    assert "Do you agree?" not in client.get("/people/").text
    client.force_login(lead)
    assert f'href="/people/topics/{topic.pk}/#who-title"' in client.get("/people/").text
    page = client.get(f"/people/topics/{topic.pk}/").text
    assert re.search(r'action="([^"]+agree/)"', page), page
    client.post(re.search(r'action="([^"]+agree/)"', page)[1], {"next": f"/people/topics/{topic.pk}/"})
    row.refresh_from_db()
    assert row.counts and "Do you agree?" not in client.get("/people/").text
    client.force_login(member)
    assert "Wrote the modules" in client.get(f"/people/topics/{topic.pk}/").text


def test_many_claims_cost_no_more_than_one(client, lead, mei, subject, release, django_assert_num_queries):
    stand(subject, mei, lead, 4)
    client.force_login(mei)
    LadderStep.claim(factories.member(), subject, rung=3, day=lead.today(), words="One")
    page = f"/toil/items/{release.pk}/"
    client.get(page)
    with CaptureQueriesContext(connection) as one:
        client.get(page)
    for _each in range(5):
        LadderStep.claim(factories.member(), subject, rung=3, day=lead.today(), words="More")
    with django_assert_num_queries(len(one)):
        text = client.get(page).text
    assert text.count("I agree") == 6
