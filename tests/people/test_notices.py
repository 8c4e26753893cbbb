"""Who hears of notes and steps, what each may read of them, and that it is asked again before it is said (R12, R86)."""

from datetime import timedelta

import pytest
from django.utils import timezone

from apps.people import notices
from apps.people.models import Interest, JourneyStep, LadderStep, Signal, Subject
from apps.reminders.models import Delivery, InboxLine, State
from apps.reminders.models.delivery import Reason
from tests import factories
from tests.gatherings import told

pytestmark = pytest.mark.django_db
WORDS = "Asked how a release reaches production"


def note(person, by, words=WORDS, **fields):
    return Signal.note(person, by, words=words, day=by.today(), **fields)


def propose(person, by, item=None, rung=3):
    return LadderStep.propose(person, Subject(item or factories.item()), by, rung=rung, day=by.today(), words="Mob")


def claim(person, item, rung=3):
    return LadderStep.claim(person, Subject(item), rung=rung, day=person.today())


def stands(person, item, by, rung=4):
    """Their way to a rung, of which nobody is told any more."""
    propose(person, by, item, rung).confirm()
    Delivery.objects.all().delete()


# ---- noticed ----------------------------------------------------------------------------------------


def test_the_person_hears_at_once_by_inbox_and_e_mail_and_reads_the_words(lead, member, awake, letters):
    note(member, lead, place="Lunch")
    assert told.planned() == [
        ("people_noticed", "email", member.email),
        ("people_noticed", "inbox", member.email),
    ]
    told.send_all()
    (mail,) = letters.letters
    body = mail.get_body(("plain",)).get_content()
    assert mail["Subject"] == "Aoi noticed something about you" and WORDS in body and "Lunch" in body


@pytest.mark.parametrize("channel", ["slack", "webhook"])
def test_no_other_way_carries_the_words(lead, member, channel):
    row = note(member, lead, place="Lunch")
    Delivery.objects.filter(channel="email").update(channel=channel)
    (said,) = told.say(notices.NOTICED, Delivery.objects.get(channel=channel))
    assert WORDS not in str(said) and "Lunch" not in str(said)
    assert said.data == {"signal": row.pk}


def test_a_note_is_kept_where_its_message_lies(client, lead, member):
    row = note(member, lead)
    told.send_all()
    client.force_login(member)
    page = client.get("/inbox/")
    assert WORDS in page.text and f'name="to" value="/people/signals/{row.pk}/erase/"' in page.text
    assert client.post(f"/people/signals/{row.pk}/yes/", {"next": "/inbox/"}).url == "/inbox/"
    assert Signal.objects.accepted().get() == row
    assert WORDS not in client.get("/inbox/").text


def test_no_erases_it_where_its_message_lies(client, lead, member):
    row = note(member, lead)
    told.send_all()
    client.force_login(member)
    line, to = InboxLine.objects.get(member=member), f"/people/signals/{row.pk}/erase/"
    page = client.post(f"/inbox/{line.pk}/answer/", {"to": to, "next": "/inbox/"}, follow=True)
    assert page.redirect_chain == [(to, 307), ("/inbox/", 302)]
    assert "You answered “No, erase it”." in page.text and WORDS not in page.text
    assert told.say(notices.NOTICED) == [Reason.ERASED]
    assert not Signal.objects.exists() and not Delivery.objects.exclude(recipient=member).exists(), "nobody is told"


@pytest.mark.parametrize(
    ("deed", "reason"),
    [
        (lambda row: row.accept(), Reason.NOT_WANTED),
        (lambda row: row.correct("Mine", ""), Reason.NOT_WANTED),
        (lambda row: row.erase(), Reason.ERASED),
        (lambda row: Signal.objects.update(at=timezone.now() - timedelta(days=31)), Reason.NOT_WANTED),
    ],
)
def test_what_was_answered_taken_back_or_is_over_is_not_said(lead, member, awake, letters, deed, reason):
    row = note(member, lead)
    deed(row)
    told.send_all()
    assert not letters.letters and told.ended(notices.NOTICED) == {(State.SKIPPED, reason)}


def test_who_has_not_joined_or_left_or_writes_of_themselves_is_not_written_to(lead, member):
    note(factories.known(), lead)
    note(factories.member(is_active=False), lead)
    note(lead, lead)
    assert told.planned() == []
    note(member, lead)
    type(member).objects.filter(pk=member.pk).update(is_active=False)
    told.send_all()
    assert told.ended(notices.NOTICED) == {(State.SKIPPED, Reason.LEFT)}


def test_of_a_writer_who_is_gone_the_note_still_says_that_it_waits(lead, member):
    gone = factories.member()
    note(member, gone)
    Signal.objects.update(by=None)
    assert told.letter(notices.NOTICED).subject == "Somebody who is no longer here noticed something about you"


@pytest.mark.parametrize("words", told.STRANGE)
def test_any_words_are_quoted_as_text(lead, member, awake, letters, words):
    note(member, lead, words)
    told.send_all()
    (mail,) = letters.letters
    assert mail["Bcc"] is None
    html = mail.get_body(("html",)).get_content()
    assert "<b>" not in html and "\u202e" not in html


def test_a_topic_that_may_interest_them_is_answered_in_the_inbox(client, lead, member):
    row = Interest.propose(member, factories.topic(name="Terraform"), lead, keen=2, wants=["learn"])
    Interest.propose(member, row.topic, lead, keen=2, wants=["learn"])
    assert told.who(notices.NOTICED) == {member.email}
    told.send_all()
    assert told.letter(notices.NOTICED).subject == "Does “Terraform” interest you?"
    client.force_login(member)
    assert client.post(f"/people/interests/{row.pk}/yes/", {"next": "/inbox/"}).url == "/inbox/"
    assert told.say(notices.NOTICED) == [Reason.NOT_WANTED]


# ---- steps ------------------------------------------------------------------------------------------


def test_a_proposed_step_waits_in_the_inbox_and_its_yes_comes_back(client, lead, member):
    item = factories.item(name="Manual release")
    row = propose(member, lead, item)
    assert told.planned() == [("people_step", "inbox", member.email)]
    told.send_all()
    said = told.letter(notices.STEP)
    assert said.subject == "A step further: “Driving” in “Manual release”?"
    assert [one.label for one in said.answers] == ["Yes, I am", "Not yet"]
    client.force_login(member)
    assert client.post(said.answers[0].path, {"next": "/inbox/"}).url == "/inbox/"
    assert told.say(notices.STEP) == [Reason.NOT_WANTED]
    assert told.planned() == [("people_agreed", "inbox", lead.email)]
    assert told.letter(notices.AGREED).subject.endswith("said yes: “Driving” in “Manual release”")
    row.refresh_from_db()
    row.confirm()
    assert Delivery.objects.filter(kind=notices.AGREED).count() == 1, "twice is the same"


def test_not_yet_tells_nobody(client, lead, member):
    row = propose(member, lead)
    told.send_all()
    client.force_login(member)
    assert client.post(f"/people/ladder/{row.pk}/erase/", {"next": "/inbox/"}).url == "/inbox/"
    assert told.say(notices.STEP) == [Reason.ERASED]
    assert not Delivery.objects.filter(recipient=lead).exists()


def test_a_step_on_the_way_is_answered_in_the_inbox(client, lead, member):
    row = JourneyStep.propose(member, lead, place=2, day=lead.today(), words="Over lunch")
    told.send_all()
    assert told.letter(notices.STEP).subject == "On your way: “Talked”?"
    client.force_login(member)
    assert client.post(f"/people/journey/{row.pk}/yes/", {"next": "/inbox/"}).url == "/inbox/"
    assert told.say(notices.STEP) == [Reason.NOT_WANTED]


def test_what_somebody_claims_the_lead_and_who_does_it_alone_are_asked(client, lead, member):
    item, alone, learns = factories.item(name="Backup"), factories.member(), factories.member()
    stands(alone, item, lead)
    stands(learns, item, lead, rung=3)
    row = claim(member, item)
    assert told.who(notices.CLAIM) == {lead.email, alone.email}
    told.send_all()
    client.force_login(alone)
    assert "Do you agree?" in client.get("/inbox/").text
    assert client.post(f"/people/ladder/{row.pk}/agree/", {"next": "/inbox/"}).url == "/inbox/"
    assert set(told.say(notices.CLAIM)) == {Reason.NOT_WANTED}, "one yes is enough"
    assert told.planned() == [("people_agreed", "inbox", member.email)]
    assert told.letter(notices.AGREED).subject == "You stand at “Driving” in “Backup” now"


def test_who_may_no_longer_agree_is_not_asked(lead, member):
    item, alone = factories.item(), factories.member()
    stands(alone, item, lead)
    claim(member, item)
    claim(alone, item, rung=1)
    assert told.say(notices.CLAIM, Delivery.objects.get(kind=notices.CLAIM, recipient=alone)) == [Reason.NOT_WANTED]


def test_what_counts_by_ones_own_word_asks_nobody(lead, member):
    claim(member, factories.item(), rung=1)
    claim(lead, factories.item(), rung=5)
    assert not Delivery.objects.exists()


def test_a_step_that_another_one_followed_is_no_news(lead, member):
    item = factories.item()
    propose(member, lead, item).confirm()
    claim(member, item, rung=2)
    assert told.say(notices.AGREED) == [Reason.NOT_WANTED]


@pytest.mark.parametrize("language", ["en", "ja"])
def test_many_are_said_with_as_many_queries_as_one(lead, django_assert_num_queries, language):
    for _number in range(6):
        person = factories.member()
        note(person, lead, topic=factories.topic())
        propose(person, lead)
        claim(person, factories.item())
        propose(person, lead).confirm()
    counts = {notices.NOTICED: 2, notices.STEP: 2, notices.CLAIM: 3, notices.AGREED: 1}
    for kind, count in counts.items():
        rows = list(Delivery.objects.filter(kind=kind, channel="inbox"))
        assert len(rows) >= 6
        with django_assert_num_queries(count):
            told.say(kind, *rows, language=language)


def test_an_inbox_of_many_asks_a_fixed_number_of_queries(client, lead, member, django_assert_max_num_queries):
    for number in range(20):
        note(member, lead, f"Note {number}")
        propose(member, lead)
    told.send_all()
    assert InboxLine.objects.filter(member=member).count() == 40
    client.force_login(member)
    client.get("/inbox/")
    with django_assert_max_num_queries(20):
        assert "Note 19" in client.get("/inbox/").text
