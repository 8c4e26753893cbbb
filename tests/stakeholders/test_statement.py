"""The shared statement: versions from what was marked, who agrees, and what is still seen differently."""

import uuid

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from apps.stakeholders import our_sre
from apps.stakeholders.models import Kind, Phrase, Round, Statement, StatementVoice
from tests import factories

pytestmark = pytest.mark.django_db
PAGE = "/our-sre/"


def test_the_lead_writes_versions_and_members_agree_by_name(client, lead, member, asked):
    client.force_login(lead)
    fields = {"text": "Work **leaves one desk**.", "after": "0", "submission_id": str(uuid.uuid4())}
    for _n in range(2):
        assert client.post(PAGE + "statement/new/", fields).status_code == 302
    statement = Statement.objects.get()
    mine = Client()
    mine.force_login(member)
    voice = f"{PAGE}statement/{statement.pk}/voice/"
    assert mine.post(voice, {"agrees": "no", "words": ""}).status_code == 422
    assert mine.post(voice, {"agrees": "no", "words": "Outside is missing."}).status_code == 302
    page = mine.get(PAGE).text
    assert "<strong>leaves one desk</strong>" in page
    assert "We still see differently" in page
    assert "Outside is missing." in page
    # The next version says what changed.
    again = {"text": "Work leaves one desk, for everybody.", "after": "1", "submission_id": str(uuid.uuid4())}
    assert client.post(PAGE + "statement/new/", again).status_code == 422
    assert client.post(PAGE + "statement/new/", again | {"reason": "The outside was missing."}).status_code == 302
    page = mine.get(PAGE + "statement/").text
    assert page.index("for everybody") < page.index("Outside is missing.")
    assert "The outside was missing." in page
    late = mine.post(voice, {"agrees": "yes", "words": "Typed for the old one."})
    assert late.status_code == 409
    assert "Typed for the old one." in late.text


def test_of_two_leads_the_second_is_told_and_both_versions_are_kept(client, lead):
    second = factories.lead(email="second@example.com", display_name="Second Lead")
    client.force_login(second)
    Statement.write(lead, 0, text="The first.", round=Round.objects.current())
    mine = {"text": "Mine, typed at length.", "after": "0", "submission_id": str(uuid.uuid4())}
    answer = client.post(PAGE + "statement/new/", mine)
    assert answer.status_code == 409
    assert "The first." in answer.text
    assert "Mine, typed at length." in answer.text
    assert client.post(PAGE + "statement/new/", mine | {"after": "1", "reason": "Both."}).status_code == 302
    assert [row.text for row in Statement.objects.newest_first()] == ["Mine, typed at length.", "The first."]


def test_the_picture_shows_versions_by_who_agreed(lead, member, other):
    first, second = (
        Statement.write(lead, 0, text="One", round=Round.objects.current()),
        Statement.write(lead, 1, text="Two", reason="More", round=Round.objects.current()),
    )
    StatementVoice.say(first, other, agrees=False, words="No.")
    StatementVoice.say(second, other, agrees=True, words="")
    picture = our_sre.agreement(list(Statement.objects.newest_first()))
    assert [(column.agreed, column.differ) for column in picture.columns] == [(1, 1), (2, 0)]
    assert picture.rows == [(lead, [True, True]), (other, [False, True])]
    client = Client()
    client.force_login(member)
    assert "saw it differently" in client.get(PAGE).text


def test_the_picture_counts_those_who_have_left(client, asked, lead, member):
    statement = Statement.write(lead, 0, text="One", round=Round.objects.current())
    factories.sre_answer(asked, member)
    StatementVoice.say(statement, member, agrees=False, words="Not yet.")
    member.is_active = False
    member.save()
    Statement.write(lead, 1, text="Two", reason="Why", round=Round.objects.current())
    client.force_login(lead)
    page = client.get(PAGE).text
    assert "1 agreed, 1 see it differently" in page
    assert "The sums count answers of those who have left: 1." in page


def test_the_first_statement_begins_with_what_is_shared(client, lead, member, asked):
    row = factories.sre_answer(asked, member, "Work leaves one desk. Numbers first.")
    Phrase.objects.create(answer=row, text="Work leaves one desk.", kind=Kind.SHARED, by=lead)
    Phrase.objects.create(answer=row, text="Numbers first.", kind=Kind.DIFFERENT, by=lead)
    client.force_login(lead)
    # Nobody reads the others before answering, on no page.
    before = client.get(PAGE + "statement/new/")
    assert before.context["form"].initial["text"] == ""
    assert "Work leaves one desk." not in before.text
    assert "shows once you have answered it" in before.text
    factories.sre_answer(asked, lead)
    page = client.get(PAGE + "statement/new/")
    assert page.context["form"].initial["text"] == "- Work leaves one desk."
    assert 'value="Work leaves one desk." data-insert="#id_text"' in page.text
    Statement.write(lead, 0, text="Ours.", round=Round.objects.current())
    assert client.get(PAGE + "statement/new/").context["form"].initial["text"] == "Ours."


def test_differences_stay_with_the_version_they_stood_beside(client, lead, member, asked):
    row = factories.sre_answer(asked, member, "What facilities feel. Numbers.", may_compare=True)
    Phrase.objects.create(answer=row, text="What facilities feel.", kind=Kind.DIFFERENT, by=lead)
    factories.sre_answer(asked, lead)
    Statement.write(lead, 0, text="One", round=asked)
    client.force_login(lead)
    assert "What facilities feel." in client.get(PAGE).text.split("agree-title")[0]
    Round.follow(1, by=lead, day=lead.today())
    for address in (PAGE, PAGE + "statement/"):
        page = client.get(address).text
        assert "What facilities feel." in page, address
        assert f"words of {member.short_name}, marked by Aoi" in page, address


def test_a_difference_of_the_open_round_waits_for_ones_own_answer(client, lead, member, other, asked):
    row = factories.sre_answer(asked, member, "What facilities feel.")
    Phrase.objects.create(answer=row, text="What facilities feel.", kind=Kind.DIFFERENT, by=lead)
    Statement.write(lead, 0, text="One", round=asked)
    client.force_login(other)
    for address in (PAGE, PAGE + "statement/"):
        assert "What facilities feel." not in client.get(address).text, address


def test_a_difference_of_a_round_that_is_over_names_only_who_shows_theirs(client, lead, member, asked):
    row = factories.sre_answer(asked, member, "What facilities feel.")
    Phrase.objects.create(answer=row, text="What facilities feel.", kind=Kind.DIFFERENT, by=lead)
    Statement.write(lead, 0, text="One", round=asked)
    Round.follow(1, by=lead, day=lead.today())
    client.force_login(lead)
    page = client.get(PAGE + "statement/").text
    assert "marked by Aoi" in page
    assert f"words of {member.short_name}" not in page


def test_who_comes_to_agree_does_not_agree_with_the_words_of_before(lead, member, asked):
    statement = Statement.write(lead, 0, text="One", round=asked)
    for agrees, words, kept in (
        (False, "Outside is missing.", "Outside is missing."),
        (True, "Outside is missing.", ""),
    ):
        assert StatementVoice.say(statement, member, agrees=agrees, words=words).words == kept


def test_many_versions_ask_no_more(client, lead, member, asked):
    row = factories.sre_answer(asked, member, "What facilities feel.")
    factories.sre_answer(asked, lead)
    Phrase.objects.create(answer=row, text="What facilities feel.", kind=Kind.DIFFERENT, by=lead)
    client.force_login(lead)
    client.get(PAGE)  # what a process keeps is read once
    asks = []
    for n in range(6):
        Statement.write(lead, n, text=f"Version {n}", reason="Why", round=asked)
        if n in (0, 5):
            with CaptureQueriesContext(connection) as seen:
                page = client.get(PAGE + "statement/").text
            asks.append(len(seen))
    assert asks[0] == asks[1]
    assert page.count("What facilities feel.") == 6


def test_words_of_agreement_are_no_words_of_dissent(signed_in, lead, member, asked):
    statement = Statement.write(lead, 0, text="One", round=asked)
    address = f"{PAGE}statement/{statement.pk}/voice/"
    signed_in.post(address, {"agrees": "yes", "words": "I will help."})
    answer = signed_in.post(address, {"agrees": "no", "words": "I will help."})
    assert answer.status_code == 422
    assert "With these words you agreed. Say what you see differently." in answer.text
    assert signed_in.post(address, {"agrees": "no", "words": "Outside is missing."}).status_code == 302


def test_everybody_who_agreed_can_be_read(client, lead, asked):
    statement = Statement.write(lead, 0, text="One", round=asked)
    for n in range(30):
        StatementVoice.say(statement, factories.member(display_name=f"Agreeing {n}"), agrees=True, words="")
    client.force_login(lead)
    assert "19 more" in client.get(PAGE).text
    some = client.get(PAGE + "statement/").text
    assert "7 more" in some
    assert "Agreeing 29" not in some
    everybody = client.get(PAGE + "statement/?everybody=1").text
    assert "Agreeing 29" in everybody
    assert " more</a>" not in everybody
