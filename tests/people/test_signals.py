"""No secret files: who sees a note about a person, and when it is gone."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from apps.accounts.models import Invitation
from apps.people.models import Consent, Interest, Keen, NoteReading, Signal, Topic, TopicMerge
from apps.people.tasks import forget_unanswered
from tests import factories

pytestmark = pytest.mark.django_db

WORDS = "Stayed twenty minutes to watch a release"


@pytest.fixture
def yui():
    return factories.member(display_name="Yui Hoshino", given_name="Yui", family_name="Hoshino")


@pytest.fixture
def note(lead, yui):
    return Signal.note(yui, lead, words=WORDS, day=lead.today(), place="Lunch")


def pages_about(person) -> tuple[str, ...]:
    return ("/people/", f"/people/{person.pk}/")


def test_it_is_written_with_where_when_and_about_what(client, lead, yui):
    client.force_login(lead)
    sent = {
        "person": yui.pk,
        "words": WORDS,
        "day": lead.today().isoformat(),
        "place": "#infra-chat",
        "topic": "Releases",
    }
    assert client.post("/people/signals/new/", sent).url == f"/people/{yui.pk}/"
    row = Signal.objects.get()
    assert (row.person, row.by, row.words, row.place, row.topic.name) == (yui, lead, WORDS, "#infra-chat", "Releases")
    assert not row.is_accepted


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"words": " \u200b "}, "What they said or did"),
        ({"words": "x" * 1_001}, "1000"),
        ({"day": "2100-01-01"}, "has not come yet"),
        ({"day": "1999-12-31"}, "too long ago"),
        ({"person": "0"}, "not offered here"),
        ({"place": "x" * 121}, "120"),
    ],
)
def test_what_is_wrong_is_said_beside_it_and_nothing_is_lost(client, lead, yui, wrong, says):
    client.force_login(lead)
    sent = {"person": yui.pk, "words": WORDS, "day": lead.today().isoformat(), "place": "Lunch"} | wrong
    page = client.post("/people/signals/new/", sent)
    assert page.status_code == 422 and says in page.text
    assert wrong.keys() & {"words"} or WORDS in page.text
    assert not Signal.objects.exists()


def test_sent_twice_it_is_written_once(client, lead, yui):
    client.force_login(lead)
    sent = {"person": yui.pk, "words": WORDS, "day": lead.today().isoformat()}
    for _twice in range(2):
        client.post("/people/signals/new/", sent | {"submission_id": "6f1f6a4e-9c38-4d0b-8f7e-3f4f6a0c1d2e"})
    assert Signal.objects.count() == 1


def test_until_yes_only_the_two_of_them_see_it(client, lead, member, manager, yui, note):
    other_lead = factories.lead(email="other@example.com")
    for reader in (member, manager, other_lead):
        client.force_login(reader)
        assert all(WORDS not in client.get(page).text for page in pages_about(yui))
    client.force_login(lead)
    assert all("Not answered yet: only you and Yui see it" in client.get(page).text for page in pages_about(yui))
    client.force_login(yui)
    assert WORDS in client.get("/me/record/").text and "noted by Aoi Mizuno" in client.get("/me/record/").text
    for _twice in range(2):
        client.post(f"/people/signals/{note.pk}/yes/")
    assert Consent.objects.count() == 1
    for reader in (member, manager, other_lead):
        client.force_login(reader)
        assert all(WORDS in client.get(page).text for page in pages_about(yui))


@pytest.mark.parametrize("deed", ["yes", "erase", ""])
def test_nobody_else_answers_for_the_person(client, lead, member, manager, yui, note, deed):
    note.accept() if deed == "erase" else None
    for who in (member, manager, lead):
        client.force_login(who)
        client.post(f"/people/signals/{note.pk}/{deed}{'/' if deed else ''}", {"words": "Changed"})
    row = Signal.objects.get()
    assert (row.words, row.is_accepted) == (WORDS, deed == "erase")


def test_the_person_puts_it_into_their_own_words_and_answers(client, lead, yui, note):
    client.force_login(yui)
    client.post(
        f"/people/signals/{note.pk}/", {"words": "I wanted to see the rollback", "answer": "Next time I drive."}
    )
    client.force_login(lead)
    page = client.get(f"/people/{yui.pk}/").text
    assert "I wanted to see the rollback" in page and "Next time I drive." in page and "in their own words" in page
    assert WORDS not in page


def test_the_person_erases_it_at_any_time_and_the_writer_while_it_waits(client, lead, yui, note):
    note.accept()
    client.force_login(yui)
    for _twice in range(2):
        assert client.post(f"/people/signals/{note.pk}/erase/").status_code == 302
    assert not Signal.objects.exists()
    second = Signal.note(yui, lead, words=WORDS, day=lead.today())
    client.force_login(lead)
    client.post(f"/people/signals/{second.pk}/erase/")
    assert not Signal.objects.exists()


def test_after_thirty_days_without_an_answer_it_is_gone_and_what_was_kept_stays(client, lead, yui, note):
    kept = Signal.note(yui, lead, words="Asked for a mob", day=lead.today())
    kept.accept()
    Signal.objects.update(at=timezone.now() - timedelta(days=30))
    for who in (lead, yui):
        client.force_login(who)
        assert WORDS not in client.get("/people/").text + client.get("/me/record/").text
    assert client.post(f"/people/signals/{note.pk}/yes/").status_code == 404 or not Consent.objects.filter(signal=note)
    forget_unanswered()
    assert Signal.objects.get() == kept


def test_what_i_note_about_myself_needs_no_answer(client, member, yui):
    client.force_login(yui)
    sent = {"person": yui.pk, "words": "I would like to drive", "day": yui.today().isoformat()}
    assert client.post("/people/signals/new/", sent).url == "/me/record/"
    client.force_login(member)
    assert "I would like to drive" in client.get("/people/").text


def test_who_has_not_joined_reads_it_in_the_invitation_and_the_lead_is_told_to_ask(client, lead, member):
    known = factories.known(display_name="Ryo Nakamura")
    Signal.note(known, member, words=WORDS, day=member.today())
    Interest.propose(known, Topic.named("Terraform", member), member, keen=Keen.KEEN, wants=["learn"])
    client.force_login(lead)
    page = client.get("/people/").text
    assert "Ask them" in page and "Ryo Nakamura" in page and WORDS not in page
    client.force_login(member)
    assert "Ask them" not in client.get("/people/").text
    _invitation, token = Invitation.make(known, lead)
    client.logout()
    page = client.get(f"/join/{token}/").text
    assert WORDS in page and "Terraform" in page


def test_the_person_reads_who_has_looked(client, lead, member, yui, note):
    note.accept()
    for who in (member, member, lead, yui):
        client.force_login(who)
        client.get(f"/people/{yui.pk}/")
        client.get("/people/")
    assert sorted(NoteReading.objects.values_list("reader", flat=True)) == sorted([member.pk, lead.pk])
    page = client.get("/me/record/").text
    assert page.count(member.display_name) == 1
    client.force_login(member)
    assert (
        "Who has looked" in client.get("/me/record/").text and lead.display_name not in client.get("/me/record/").text
    )


def test_a_note_moves_with_its_topic(lead, yui):
    old, new = Topic.named("IaC", lead), Topic.named("Terraform", lead)
    row = Signal.note(yui, lead, words=WORDS, day=lead.today(), topic=old)
    merge = TopicMerge.make(old, new, lead)
    row.refresh_from_db()
    assert row.topic == new
    merge.undo()
    row.refresh_from_db()
    assert row.topic == old


def test_the_database_refuses_a_note_without_words_and_a_second_consent(lead, yui, note):
    note.accept()
    for wrong in (
        lambda: Signal.objects.create(person=yui, by=lead, words="", day=lead.today()),
        lambda: Consent.objects.create(signal=note),
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            wrong()


def test_no_page_costs_more_queries_with_more_notes(client, lead, yui, note, django_assert_max_num_queries):
    note.accept()
    client.force_login(lead)

    def queries() -> list[int]:
        found = []
        for page in (*pages_about(yui), "/me/record/"):
            with django_assert_max_num_queries(20) as counted:
                client.get(page)
            found.append(len(counted))
        return found

    Signal.note(lead, yui, words="Waits", day=lead.today())
    Signal.note(yui, yui, words="My own", day=lead.today())
    queries()
    few = queries()
    for _each in range(8):
        other = factories.member()
        Signal.note(other, lead, words=WORDS, day=lead.today(), topic=Topic.named("Releases", lead)).accept()
        Signal.note(yui, other, words=WORDS, day=lead.today()).accept()
        Signal.note(lead, other, words=WORDS, day=lead.today())
    assert queries() == few


def test_all_notes_come_in_pages_and_for_one_person(client, lead, member, manager):
    other = factories.member(display_name="Mei Tachibana")
    for n in range(31):
        Signal.note(member, lead, words=f"Note {n:02}", day=lead.today()).accept()
    Signal.note(other, lead, words="About Mei", day=lead.today()).accept()
    Signal.note(other, lead, words="Not answered", day=lead.today())
    client.force_login(manager)
    assert "All signals" in client.get("/people/").text
    first, second = client.get("/people/signals/").text, client.get("/people/signals/?page=2").text
    assert "Note 30" in first and "Note 00" not in first and "Note 00" in second and "Not answered" not in first
    page = client.get(f"/people/signals/?person={other.pk}").text
    assert "About Mei" in page and "Note 30" not in page
    assert client.get("/people/signals/?person=99999999").status_code == 404
    assert set(NoteReading.objects.values_list("person", "reader")) == {
        (member.pk, manager.pk),
        (other.pk, manager.pk),
    }
    client.force_login(lead)
    assert "Not answered" in client.get("/people/signals/").text
