"""Our SRE: one's own answer first, marks, rounds, answers over time, and words taken back."""

import pytest

from apps.accounts.models import Change
from apps.stakeholders import our_sre
from apps.stakeholders.models import Answer, Kind, Phrase, Round, Statement, StatementVoice, Voice, Wish
from tests import factories

pytestmark = pytest.mark.django_db
PAGE = "/our-sre/"


def sent(client, text="A release that anybody can do.", **fields):
    return client.post(PAGE + "answer/", {"text": text, "wish": "keep"} | fields)


# ---- answering --------------------------------------------------------------------------------------------


def test_nothing_asked_says_the_first_step(signed_in, client, lead):
    assert "Ask two people what SRE means to them" in signed_in.get(PAGE).text
    assert signed_in.post(PAGE + "answer/", {"text": "x", "wish": "keep"}).status_code == 404
    client.force_login(lead)
    assert "Ask everybody" in client.get(PAGE).text
    assert client.post(PAGE + "ask/", {"after": "0"}).status_code == 302
    assert Round.objects.current().number == 1


def test_the_others_show_only_once_one_has_answered(signed_in, asked, other):
    factories.sre_answer(asked, other, "Nobody knows this yet.")
    before = signed_in.get(PAGE).text
    assert "1 member has answered" in before
    assert "Nobody knows this yet." not in before
    assert sent(signed_in).status_code == 302
    after = signed_in.get(PAGE).text
    assert "Nobody knows this yet." in after
    assert "A release that anybody can do." in after


@pytest.mark.parametrize(
    ("fields", "says"),
    [
        ({"text": ""}, "This is still empty."),
        ({"text": "\0 \u202e"}, "This is still empty."),
        ({"text": "S" * 200_000}, "This is too long"),
        ({"wish": "sell"}, "This choice is not offered here."),
        ({"wish": ""}, "Nothing is chosen yet."),
    ],
)
def test_a_bad_answer_is_said_beside_its_field(signed_in, asked, fields, says):
    answer = sent(signed_in, **({"text": "Kept as typed."} | fields))
    assert answer.status_code == 422
    assert says in answer.text
    if "wish" in fields:
        assert "Kept as typed." in answer.text
    assert not Answer.objects.exists()


def test_an_answer_sent_twice_is_one_and_a_changed_one_keeps_what_it_said(signed_in, member, asked):
    sent(signed_in)
    sent(signed_in)
    row = Answer.objects.get()
    Phrase.objects.create(answer=row, text="anybody can do", kind=Kind.SHARED, by=member)
    assert sent(signed_in, "A way of working.").status_code == 302
    assert Answer.objects.get().text == "A way of working."
    assert Change.objects.of(row).count() == 1
    assert not Phrase.objects.exists()  # what was marked is not there any more
    assert "What it said before" in signed_in.get(PAGE).text


def test_script_is_text(signed_in, member, asked, lead):
    evil = "<script>alert(1)</script><img src=x onerror=alert(1)>"
    sent(signed_in, evil)
    row = Answer.objects.get()
    signed_in.post(f"{PAGE}answers/{row.pk}/mark/", {"words": "<script>alert(1)</script>", "kind": "shared"})
    statement = Statement.write(lead, 0, text=evil, round=Round.objects.current())
    StatementVoice.say(statement, member, agrees=False, words=evil)
    assert Phrase.objects.count() == 1
    for address in (PAGE, PAGE + "over-time/", PAGE + "statement/"):
        page = signed_in.get(address).text
        assert "<script>alert" not in page
        assert "<img src=x" not in page


# ---- marking ----------------------------------------------------------------------------------------------


def test_anyone_who_answered_marks_words_and_takes_the_mark_back(signed_in, member, asked, other):
    row = factories.sre_answer(asked, other)
    mark = f"{PAGE}answers/{row.pk}/mark/"
    assert signed_in.post(mark, {"part": "Together.", "kind": "shared"}).status_code == 404  # not seen yet
    sent(signed_in)
    assert signed_in.post(mark, {"part": "Together.", "kind": "shared"}).status_code == 302
    assert signed_in.post(mark, {"part": "Together.", "words": "why things", "kind": "different"}).status_code == 302
    page = signed_in.get(PAGE).text
    assert '<mark class="mark--shared">Together.</mark>' in page
    assert '<mark class="mark--different">why things</mark>' in page
    # The same words again change the kind of the mark.
    assert signed_in.post(mark, {"part": "Together.", "kind": "different"}).status_code == 302
    assert Phrase.objects.filter(by=member, text="Together.").get().kind == Kind.DIFFERENT
    theirs = Phrase.objects.create(answer=row, text="break", kind=Kind.SHARED, by=other)
    assert signed_in.post(f"{PAGE}marks/{theirs.pk}/delete/").status_code == 404
    for mine in Phrase.objects.filter(by=member):
        assert signed_in.post(f"{PAGE}marks/{mine.pk}/delete/").status_code == 302
    assert list(Phrase.objects.all()) == [theirs]


@pytest.mark.parametrize(
    ("fields", "says"),
    [
        ({}, "Choose a part of the answer"),
        ({"words": "not in it"}, "These words are not in the answer."),
        ({"words": "x" * 400}, "This is too long"),
        ({"part": "made up"}, "These words are not in the answer."),
    ],
)
def test_a_mark_that_can_not_be_is_said_beside_its_field(signed_in, asked, other, fields, says):
    row = factories.sre_answer(asked, other)
    sent(signed_in)
    answer = signed_in.post(f"{PAGE}answers/{row.pk}/mark/", {"kind": "shared"} | fields)
    assert answer.status_code == 422
    assert says in answer.text
    assert not Phrase.objects.exists()


def test_answers_of_a_round_that_is_over_take_no_marks(signed_in, asked, other, lead):
    row = factories.sre_answer(asked, other)
    Round.follow(1, by=lead, day=lead.today())
    sent(signed_in)
    assert signed_in.post(f"{PAGE}answers/{row.pk}/mark/", {"part": "Together.", "kind": "shared"}).status_code == 404


def test_marks_that_overlap_are_cut_where_they_begin_and_end():
    phrases = [
        Phrase(text="abcd", kind=Kind.SHARED),
        Phrase(text="cdef", kind=Kind.DIFFERENT),
        Phrase(text="?", kind="shared"),
    ]
    assert our_sre.pieces("xabcdefy", phrases) == [
        ("x", ""),
        ("ab", "shared"),
        ("cd", "both"),
        ("ef", "different"),
        ("y", ""),
    ]


def test_an_answer_falls_into_parts_in_both_languages():
    assert our_sre.clauses("Learn why. Together!\nYes") == ["Learn why.", "Together!", "Yes"]
    assert our_sre.clauses("学ぶこと。いっしょに。") == ["学ぶこと。", "いっしょに。"]
    assert our_sre.clauses(" . ") == []


@pytest.mark.parametrize("who", ["member", "manager"])
def test_only_a_lead_asks_and_writes(request, client, asked, who):
    client.force_login(request.getfixturevalue(who))
    assert client.post(PAGE + "ask/", {"after": "1"}).status_code == 403
    assert client.get(PAGE + "statement/new/").status_code == 403
    assert client.post(PAGE + "statement/new/", {"text": "x", "after": "0"}).status_code == 403
    assert "Ask again" not in client.get(PAGE).text


# ---- rounds, over time ------------------------------------------------------------------------------------


def test_a_round_that_is_over_names_only_who_said_yes(signed_in, member, asked, other, lead):
    factories.sre_answer(asked, other, "By one who hides.")
    factories.sre_answer(asked, lead, "By one who shows.", may_compare=True)
    factories.sre_answer(asked, member, "My own.")
    Round.follow(1, by=lead, day=lead.today())
    page = signed_in.get(PAGE + "rounds/1/").text
    main = page[page.index("<main") :]
    assert "By one who hides." in main
    assert other.display_name not in main
    assert lead.display_name in main
    assert member.display_name in main
    assert signed_in.get(PAGE + "rounds/2/").status_code == 302  # the open one is not to be looked into
    assert signed_in.get(PAGE + "rounds/9/").status_code == 404


def test_answers_over_time_are_ones_own_and_of_those_who_show_theirs(signed_in, member, asked, other, lead):
    for person, may in ((member, False), (other, False), (lead, True)):
        factories.sre_answer(asked, person, f"First of {person.pk}.", may_compare=may)
    second = Round.follow(1, by=lead, day=lead.today())
    for person, may in ((member, False), (other, False), (lead, True)):
        factories.sre_answer(second, person, f"Second of {person.pk}.", may_compare=may)
    page = signed_in.get(PAGE + "over-time/").text
    for person, seen in ((member, True), (lead, True), (other, False)):
        assert (f"First of {person.pk}." in page) is seen
        assert (f"Second of {person.pk}." in page) is seen


def test_who_has_not_answered_sees_no_open_answer_over_time_either(signed_in, member, asked, lead):
    factories.sre_answer(asked, lead, "The old one.", may_compare=True)
    second = Round.follow(1, by=lead, day=lead.today())
    factories.sre_answer(second, lead, "The open one.", may_compare=True)
    page = signed_in.get(PAGE + "over-time/").text
    assert "The open one." not in page


def test_asking_twice_at_once_asks_once(client, lead, asked):
    client.force_login(lead)
    for _n in range(2):
        assert client.post(PAGE + "ask/", {"after": "1"}).status_code == 302
    assert Round.objects.count() == 2
    assert client.post(PAGE + "ask/", {"after": "x"}).status_code == 302


# ---- taking words back ------------------------------------------------------------------------------------


@pytest.mark.parametrize(("wish", "left"), [(Wish.KEEP, ["My words."]), (Wish.REMOVE, [])])
def test_words_are_taken_back_as_wished(signed_in, member, asked, wish, left):
    factories.sre_answer(asked, member, "My first words.")
    row = factories.sre_answer(asked, member, "My words.")
    assert signed_in.post(PAGE + "over-time/withdraw/", {"wish": ""}).status_code == 422
    assert signed_in.post(PAGE + "over-time/withdraw/", {"wish": wish}).status_code == 302
    assert [answer.text for answer in Answer.objects.all()] == left
    assert not Answer.objects.filter(member=member).exists()
    assert not Change.objects.filter(row_id=row.pk, kind=row._meta.label_lower).exists()


def test_who_leaves_is_followed_by_their_wish(asked, member, other):
    factories.sre_answer(asked, member, "Stays without a name.")
    factories.sre_answer(asked, other, "Goes with me.", wish=Wish.REMOVE)
    for person in (member, other):
        person.is_active = False
        person.save()
    assert [(row.text, row.member) for row in Answer.objects.all()] == [("Stays without a name.", None)]


def test_many_answers_ask_no_more_and_come_in_pages(signed_in, asked, lead, django_assert_max_num_queries):
    sent(signed_in)
    statement = Statement.write(lead, 0, text="One", round=Round.objects.current())
    for _n in range(15):
        person = factories.member()
        row = factories.sre_answer(asked, person, "Many words. And more.")
        Phrase.objects.create(answer=row, text="Many words.", kind=Kind.SHARED, by=person)
        StatementVoice.say(statement, person, agrees=True, words="")
    with django_assert_max_num_queries(16):
        page = signed_in.get(PAGE).text
    assert "Page 1 of 2" in page


def test_who_leaves_is_followed_by_their_wish_in_statements_and_decisions_too(client, asked, lead, member, other):
    statement = Statement.write(lead, 0, text="One", round=Round.objects.current())
    decision = factories.decision(lead)
    for person, wish in ((member, Wish.KEEP), (other, Wish.REMOVE)):
        factories.sre_answer(asked, person, wish=wish)
        for voice, about in ((StatementVoice, statement), (Voice, decision)):
            voice.say(about, person, agrees=True, words="")
            voice.say(about, person, agrees=False, words=f"Outside is missing, says {wish}.")
        person.is_active = False
        person.save()
    for voice in (StatementVoice, Voice):
        left = [(row.member, row.words) for row in voice.objects.exclude(member=lead)]
        assert left == [(None, "Outside is missing, says keep.")]
    assert not Change.objects.exists()
    client.force_login(lead)
    for address in (PAGE, PAGE + "statement/", "/stakeholders/", "/stakeholders/focus/"):
        page = client.get(address).text
        assert "omebody who has left" in page, address
        assert other.display_name not in page, address


def test_who_never_answered_a_round_keeps_their_name_in_the_records(lead, member):
    statement = Statement.write(lead, 0, text="One", round=Round.objects.current())
    StatementVoice.say(statement, member, agrees=True, words="")
    member.is_active = False
    member.save()
    assert StatementVoice.objects.filter(member=member).exists()


def test_many_answers_can_be_searched(signed_in, asked, lead):
    sent(signed_in)
    for n in range(13):
        factories.sre_answer(asked, factories.member(), f"Answer {n}: 夜に起こされない")
    assert [shown.answer.text for shown in signed_in.get(PAGE + "?q=answer+12").context["answers"]] == [
        "Answer 12: 夜に起こされない"
    ]
    assert "No answer says this." in signed_in.get(PAGE, {"q": "nobody said so\0"}).text
    Round.follow(1, by=lead, day=lead.today())
    found = signed_in.get(PAGE + "rounds/1/", {"q": "起こされない"})
    assert "Page 1 of 2" in found.text
    assert "?q=%E8" in found.text
    assert "No answer says this." in signed_in.get(PAGE + "rounds/1/?q=nobody+said+so").text


def test_who_comes_back_to_the_address_of_a_form_sees_its_page(signed_in, lead, asked, other):
    row = factories.sre_answer(asked, other)
    statement = Statement.write(lead, 0, text="One", round=asked)
    for address in ("answer/", f"answers/{row.pk}/mark/", f"statement/{statement.pk}/voice/"):
        assert signed_in.get(PAGE + address)["Location"] == PAGE, address
    assert signed_in.get(PAGE + "over-time/withdraw/")["Location"] == PAGE + "over-time/"
    assert signed_in.get("/stakeholders/focus/1/voice/")["Location"] == "/stakeholders/focus/"


def test_a_mark_leads_back_to_its_answer_on_its_page(signed_in, member, asked, lead):
    for _n in range(13):
        row = factories.sre_answer(asked, factories.member(), "Many words. And more.")
    factories.sre_answer(asked, member)
    answer = signed_in.post(f"{PAGE}answers/{row.pk}/mark/", {"part": "And more.", "kind": "shared"})
    assert answer["Location"] == f"{PAGE}?page=2#answer-{row.pk}"
    assert signed_in.post(f"{PAGE}marks/{Phrase.objects.get().pk}/delete/")["Location"] == answer["Location"]


def test_no_order_tells_who_wrote_what_once_a_round_is_over(signed_in, lead, asked):
    for text in ("Zero alarms.", "A calm night."):
        factories.sre_answer(asked, factories.member(), text)
    Round.follow(1, by=lead, day=lead.today())
    texts = [shown.answer.text for shown in signed_in.get(PAGE + "rounds/1/").context["answers"]]
    assert texts == ["A calm night.", "Zero alarms."]


def test_a_round_with_answers_is_closed_only_by_who_means_it(client, lead, member, asked):
    factories.sre_answer(asked, member)
    client.force_login(lead)
    page = client.post(PAGE + "ask/", {"after": "1"}, follow=True)
    assert "Tick that you want to close the round that is open." in page.text
    assert Round.objects.current() == asked
    assert client.post(PAGE + "ask/", {"after": "1", "sure": "yes"}).status_code == 302
    assert Round.objects.current().number == 2


def test_a_round_that_nobody_has_answered_can_be_taken_back(client, lead, member, asked):
    factories.sre_answer(asked, member, "Still here.")
    Round.follow(1, by=lead, day=lead.today())
    client.force_login(lead)
    assert "Take round 2 back" in client.get(PAGE).text
    for _twice in range(2):
        assert client.post(PAGE + "ask/take-back/", {"number": "2"}).status_code == 302
    assert Round.objects.current() == asked
    assert "Take round" not in client.get(PAGE).text
    # The first has an answer by now.
    page = client.post(PAGE + "ask/take-back/", {"number": "1"}, follow=True)
    assert "somebody has answered already" in page.text
    assert Answer.objects.get().text == "Still here."


def test_a_round_from_which_a_statement_was_written_stays(lead, asked):
    Statement.write(lead, 0, text="One", round=asked)
    assert not Round.take_back("1")


def test_a_wish_outlives_the_answers_it_came_with(client, asked, lead, member, other):
    statement = Statement.write(lead, 0, text="One", round=asked)
    row = factories.sre_answer(asked, lead, "Work leaves one desk.")
    for person, wish in ((member, Wish.KEEP), (other, Wish.REMOVE)):
        factories.sre_answer(asked, person)
        StatementVoice.say(statement, person, agrees=True, words="")
        Phrase.objects.create(answer=row, text="one desk", kind=Kind.SHARED, by=person)
        client.force_login(person)
        assert client.post(PAGE + "over-time/withdraw/", {"wish": wish}).status_code == 302
        person.is_active = False
        person.save()
    assert [voice.member for voice in StatementVoice.objects.order_by("id")] == [lead, None]
    assert [phrase.by for phrase in Phrase.objects.all()] == [None]
    client.force_login(lead)
    page = client.get(PAGE).text
    assert "somebody who has left" in page
    assert member.display_name not in page
    assert other.display_name not in page
