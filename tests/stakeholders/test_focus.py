"""The focus decision: who decides, what it keeps, who answers, and how one follows another."""

import uuid
from datetime import timedelta

import pytest
from django.test import Client

from apps.accounts.models import Change
from apps.stakeholders.models import FocusDecision, Observation, Review, Voice
from apps.stakeholders.weighing import Weighed, Weighing
from tests import factories

pytestmark = pytest.mark.django_db
PAGE = "/stakeholders/focus/"


@pytest.fixture
def group(lead):
    return factories.stakeholder(name="Customer support")


@pytest.fixture
def as_lead(client, lead):
    client.force_login(lead)
    return client


def form(lead, group, **fields) -> dict:
    newest = FocusDecision.objects.current()
    return {
        "title": "First, lower the load inside",
        "stakeholders": [str(group.pk)],
        "why": "They suffer **every day**.",
        "later": "Parents: they rarely complain.",
        "learned": "Nobody outside waits." if newest else "",
        "review_on": (lead.today() + timedelta(days=90)).isoformat(),
        "after": str(newest.number if newest else 0),
        "submission_id": str(uuid.uuid4()),
    } | fields


# ---- deciding ---------------------------------------------------------------------------------------------


def test_the_lead_decides_and_everybody_reads_it(as_lead, lead, group, member):
    seen = factories.observation(lead, stakeholder=group, text="31 data fixes a month")
    assert as_lead.post(PAGE + "new/", form(lead, group, observations=[str(seen.pk)])).status_code == 302
    reader = Client()
    reader.force_login(member)
    page = reader.get(PAGE).text
    for said in (
        "First, lower the load inside",
        "<strong>every day</strong>",
        "31 data fixes a month",
        "Do you agree?",
    ):
        assert said in page
    assert "First, lower the load inside" in reader.get("/").text
    assert 'class="decision"' in reader.get("/stakeholders/").text or not group.placed_by
    assert [voice.member for voice in Voice.objects.filter(agrees=True)] == [lead]


def test_the_chart_rings_whom_the_decision_helps(as_lead, lead, group):
    factories.observation(lead, stakeholder=group, frequency=5, pain=5)
    factories.observation(lead, frequency=2, pain=2)
    assert "focus-ring" not in as_lead.get("/stakeholders/").text
    factories.decision(lead, group)
    assert as_lead.get("/stakeholders/").text.count("focus-ring") == 1


@pytest.mark.parametrize("who", ["member", "manager"])
def test_only_a_lead_decides_or_looks_again(request, client, lead, group, who):
    decision = factories.decision(lead, group)
    client.force_login(request.getfixturevalue(who))
    assert client.get(PAGE + "new/").status_code == 403
    assert client.post(PAGE + "new/", form(lead, group)).status_code == 403
    assert client.post(f"{PAGE}{decision.pk}/looked-at/", {"words": "x"}).status_code == 403
    assert "Revisit the focus" not in client.get(PAGE).text
    assert FocusDecision.objects.count() == 1


def test_sent_twice_it_is_decided_once(as_lead, lead, group):
    fields = form(lead, group)
    for _n in range(2):
        assert as_lead.post(PAGE + "new/", fields).status_code == 302
    assert FocusDecision.objects.count() == 1


def test_of_two_leads_the_second_is_told_and_both_are_kept(as_lead, lead, group):
    other = factories.lead(email="second@example.com", display_name="Second Lead")
    theirs = Client()
    theirs.force_login(other)
    mine, second = form(lead, group), form(other, group, title="First, the facilities")
    assert as_lead.post(PAGE + "new/", mine).status_code == 302
    answer = theirs.post(PAGE + "new/", second)
    assert answer.status_code == 409
    assert "Somebody decided while you were writing" in answer.text
    assert "First, the facilities" in answer.text  # nothing typed is lost
    assert 'name="after" value="1"' in answer.text
    again = form(other, group, title="First, the facilities")
    assert theirs.post(PAGE + "new/", again).status_code == 302
    assert [row.title for row in FocusDecision.objects.newest_first()] == ["First, the facilities", mine["title"]]


@pytest.mark.parametrize(
    ("field", "value", "says"),
    [
        ("title", "", "This is still empty."),
        ("title", "x" * 121, "This is too long"),
        ("stakeholders", [], "Nothing is chosen yet."),
        ("stakeholders", ["999"], "A group that was ticked is archived or merged by now."),
        ("observations", ["999"], "This choice is not offered here."),
        ("why", "", "This is still empty."),
        ("why", "w" * 200_000, "This is too long"),
        ("review_on", "2000-01-01", "Choose a day to come."),
        ("review_on", "2099-01-01", "Choose a day within two years."),
        ("review_on", "soon", "This is no date."),
    ],
)
def test_bad_input_is_said_beside_its_field(as_lead, lead, group, field, value, says):
    answer = as_lead.post(PAGE + "new/", form(lead, group, **{field: value}))
    assert answer.status_code == 422
    assert says in answer.text
    assert not FocusDecision.objects.exists()


def test_a_second_decision_says_what_was_learned(as_lead, lead, group):
    factories.decision(lead, group)
    assert as_lead.post(PAGE + "new/", form(lead, group, learned="")).status_code == 422
    assert as_lead.post(PAGE + "new/", form(lead, group, title="Then, the facilities")).status_code == 302
    page = as_lead.get(PAGE).text
    assert page.index("Then, the facilities") < page.index("How we came here") < page.index("First, lower the load")
    assert "Nobody outside waits." in page


def test_script_in_every_field_is_text(as_lead, lead, group):
    evil = "<script>alert(1)</script><img src=x onerror=alert(1)>"
    fields = form(lead, group, title=evil, why=evil, later=evil)
    assert as_lead.post(PAGE + "new/", fields).status_code == 302
    Voice.say(FocusDecision.objects.get(), lead, agrees=False, words=evil)
    for address in (PAGE, "/", "/stakeholders/", PAGE + "new/"):
        page = as_lead.get(address).text
        assert "<script>alert" not in page
        assert "<img src=x" not in page


# ---- what it keeps ----------------------------------------------------------------------------------------


def test_evidence_and_figures_stay_as_they_were(as_lead, lead, group):
    seen = factories.observation(lead, stakeholder=group, text="31 data fixes", frequency=5, pain=5, confidence="firm")
    factories.entry(lead, stakeholder=group, minutes=90)
    factories.decision(lead, group, observations=[seen])
    seen.correct(1, lead, text="12 data fixes")
    factories.observation(lead, stakeholder=group, frequency=1, pain=1)
    factories.entry(lead, stakeholder=group, minutes=600)
    page = as_lead.get(PAGE).text
    assert "31 data fixes" in page
    assert "25.0 / 25" in page
    assert ">1 h 30 min</a>" in page
    assert f"stakeholder={group.pk}" in page  # the figure leads to its rows
    assert Observation.objects.get(pk=seen.pk).text == "12 data fixes"


def test_a_quoted_name_is_not_frozen(lead, group):
    seen = factories.observation(lead, stakeholder=group, quoted="Sakura Endo", has_consent=True)
    decision = factories.decision(lead, group, observations=[seen])
    assert "Sakura" not in str(decision.evidence)


# ---- answering --------------------------------------------------------------------------------------------


def test_each_member_answers_for_themself_and_may_change_it(signed_in, member, lead, group):
    decision = factories.decision(lead, group)
    answer = f"{PAGE}{decision.pk}/voice/"
    assert signed_in.post(answer, {"agrees": "no", "words": ""}).status_code == 422
    assert signed_in.post(answer, {"agrees": "perhaps"}).status_code == 422
    assert signed_in.post(answer, {"agrees": "no", "words": "Facilities leave without a word."}).status_code == 302
    assert "Facilities leave without a word." in signed_in.get(PAGE).text
    assert signed_in.post(answer, {"agrees": "yes", "words": ""}).status_code == 302
    voice = Voice.objects.get(member=member)
    assert voice.agrees is True
    assert Change.objects.of(voice)[0].values["words"] == ["Facilities leave without a word.", ""]
    assert "Answers that were changed" in signed_in.get(PAGE).text


def test_an_answer_to_a_decision_whose_place_is_taken_is_not_lost(signed_in, member, lead, group):
    old = factories.decision(lead, group)
    factories.decision(lead, group, title="Then, the facilities", learned="More calls.")
    answer = signed_in.post(f"{PAGE}{old.pk}/voice/", {"agrees": "no", "words": "I typed this for the old one."})
    assert answer.status_code == 409
    assert "I typed this for the old one." in answer.text
    assert not Voice.objects.filter(member=member).exists()
    assert signed_in.post(f"{PAGE}999/voice/", {"agrees": "yes"}).status_code == 404


# ---- looking again ----------------------------------------------------------------------------------------


def test_when_the_day_has_come_every_page_says_so(as_lead, lead, group):
    factories.observation(lead, stakeholder=group, frequency=5, pain=5)
    factories.decision(lead, group, review_on=lead.today())
    for address in ("/", "/stakeholders/"):
        assert "due since" in as_lead.get(address).text
    assert "Time to look again" in as_lead.get(PAGE).text


def test_what_still_holds_is_looked_at_again_later(as_lead, lead, group):
    decision = factories.decision(lead, group, review_on=lead.today())
    address = f"{PAGE}{decision.pk}/looked-at/"
    later = (lead.today() + timedelta(days=30)).isoformat()
    assert as_lead.post(address, {"words": "", "review_on": later}).status_code == 422
    assert as_lead.post(address, {"words": "Still so.", "review_on": lead.today().isoformat()}).status_code == 422
    assert as_lead.post(address, {"words": "Still so.", "review_on": later}).status_code == 302
    decision.refresh_from_db()
    assert decision.review_on.isoformat() == later
    assert Review.objects.get().was_due_on == lead.today()
    assert "Still so." in as_lead.get(PAGE).text


# ---- pages ------------------------------------------------------------------------------------------------


def test_nothing_decided_says_the_first_step(signed_in, client, lead):
    assert "Nothing is decided yet" in signed_in.get(PAGE).text
    client.force_login(lead)
    assert "Name a group first" in client.get(PAGE + "new/").text


def test_many_decisions_and_voices_ask_no_more(as_lead, lead, group, django_assert_max_num_queries):
    for number in range(12):
        decision = factories.decision(lead, group, learned=f"Step {number}")
        for _n in range(3):
            Voice.say(decision, factories.member(), agrees=True, words="Yes.")
        decision.look_again(lead, decision.review_on, "Still so.")
    with django_assert_max_num_queries(12):
        page = as_lead.get(PAGE)
    assert "Page 1 of 2" in page.text
    assert "How we came here" in as_lead.get(PAGE + "?page=2").text


# ---- weighing ---------------------------------------------------------------------------------------------


def weighed(pk: int, place: tuple | None = None, minutes: int = 0, **fields) -> Weighed:
    frequency, pain, sure = place or (None, None, "")
    values = {"name": f"G{pk}", "name_ja": "", "is_own": False, "times": bool(minutes)} | fields
    return Weighed(pk=pk, frequency=frequency, pain=pain, confidence=sure, minutes=minutes, **values)


def weighing(lead, *groups: Weighed, minutes: int | None = None) -> Weighing:
    total = sum(group.minutes for group in groups) if minutes is None else minutes
    return Weighing(lead.today() - timedelta(days=89), lead.today(), total, groups)


@pytest.mark.parametrize(
    ("groups", "says"),
    [
        ([weighed(1)], "Not enough to say"),
        ([weighed(1, (5, 5, "firm"))], "Pain points to G1 (25.0 of 25). What they cost can’t be compared"),
        ([weighed(1, minutes=30), weighed(2, minutes=10)], "Cost points to G1 (75% of the time logged)"),
        (
            [weighed(1, (5, 4, "likely"), 30), weighed(2, (5, 4, "hunch"), 10)],
            "both point to G1: it hurts there most (13.3",
        ),
        (
            [weighed(1, (5, 5, "firm"), 10), weighed(2, (1, 1, "firm"), 30)],
            "Pain points to G1 (25.0 of 25), cost to G2 (75%",
        ),
        ([weighed(1, (3, 3, "firm")), weighed(2, (3, 3, "firm"))], "Pain points to G1, G2 (9.0"),
    ],
)
def test_a_sentence_says_what_the_figures_support(lead, groups, says):
    assert says in weighing(lead, *groups).supports()


def test_and_what_they_can_not_say(lead):
    silent = " ".join(
        weighing(
            lead, weighed(1, (5, 1, "hunch"), 30), weighed(2), weighed(3, (5, 5, "firm")), minutes=60
        ).can_not_say()
    )
    assert "G1: its place is within our own observation" in silent
    assert "Anything of G2" in silent
    assert "For whom 50% of the time was spent" in silent
    assert "G3" not in silent
    assert weighing(lead).can_not_say() == []


def test_a_weighing_is_kept_and_read_again(lead, group):
    factories.observation(lead, stakeholder=group, frequency=4, pain=3)
    factories.entry(lead, stakeholder=group)
    factories.entry(lead)
    now = Weighing.on(lead.today())
    assert Weighing.read(now.write()) == now
    assert (now.minutes, now.groups[0].minutes, now.groups[0].times) == (50, 25, 1)


# ---- choosing the evidence --------------------------------------------------------------------------------


def test_older_evidence_is_found_and_ticked_without_losing_what_is_typed(as_lead, lead, group):
    old = factories.observation(
        lead, stakeholder=group, day=lead.today() - timedelta(days=300), text="A night in March"
    )
    newer = [factories.observation(lead, stakeholder=group) for _n in range(4)]
    first = as_lead.get(PAGE + "new/").text
    assert "A night in March" not in first
    typed = form(lead, group, observations=[str(newer[-1].pk)], find="march night", look_up="1", title="")
    found = as_lead.post(PAGE + "new/", typed)
    assert found.status_code == 200
    assert "A night in March" in found.text
    assert "They suffer **every day**." in found.text
    assert "still empty" not in found.text
    assert found.text.count(" checked") >= 2  # the group and the piece that were ticked
    assert not FocusDecision.objects.exists()
    assert as_lead.post(PAGE + "new/", form(lead, group, observations=[str(old.pk)])).status_code == 302
    assert [piece["text"] for piece in FocusDecision.objects.get().evidence] == ["A night in March"]


def test_evidence_that_came_meanwhile_does_not_untick_what_was_chosen(as_lead, lead, group):
    chosen = factories.observation(lead, stakeholder=group, text="The reason why")
    for _n in range(3):
        factories.observation(lead, stakeholder=group)
    wrong = as_lead.post(PAGE + "new/", form(lead, group, observations=[str(chosen.pk)], title=""))
    assert wrong.status_code == 422
    assert "The reason why" in wrong.text  # though three newer ones came
    assert as_lead.post(PAGE + "new/", form(lead, group, observations=[str(chosen.pk)])).status_code == 302
    assert FocusDecision.objects.get().evidence[0]["pk"] == chosen.pk


@pytest.mark.parametrize("ticked", ["x", "999999", "9" * 30])
def test_evidence_that_is_not_there_is_refused_beside_its_field(as_lead, lead, group, ticked):
    answer = as_lead.post(PAGE + "new/", form(lead, group, observations=[ticked]))
    assert answer.status_code == 422
    assert 'id="id_observations_error"' in answer.text


def test_looked_at_again_sent_twice_is_kept_once(as_lead, lead, group):
    decision = factories.decision(lead, group)
    sent = {
        "words": "It still hurts there.",
        "review_on": (lead.today() + timedelta(days=30)).isoformat(),
        "submission_id": str(uuid.uuid4()),
    }
    for _n in range(2):
        assert as_lead.post(f"{PAGE}{decision.pk}/looked-at/", sent).status_code == 302
    assert Review.objects.count() == 1


def test_a_counted_figure_is_told_with_the_decision_and_leads_to_its_rows(as_lead, lead, group):
    day = lead.today()
    seen = factories.observation(
        lead, stakeholder=group, text="Words that may change", counted_times=31, counted_minutes=750,
        counted_since=day.replace(day=1), counted_until=day,
    )  # fmt: skip
    factories.decision(lead, group, observations=[seen])
    page = as_lead.get(PAGE).text
    assert ">31 times, 12 h 30 min</a>" in page
    assert f"/toil/?stakeholder={group.pk}&amp;since={day.replace(day=1)}&amp;until={day}" in page


def test_a_decision_kept_by_an_earlier_version_is_still_readable(as_lead, lead, group):
    decision = factories.decision(lead, group, observations=[factories.observation(lead, stakeholder=group)])
    kept = decision.evidence[0] | {"mood": "low"}
    for name in ("times", "minutes", "since", "until"):
        del kept[name]
    FocusDecision.objects.update(evidence=[kept])
    assert "They ask every day." in as_lead.get(PAGE).text


def test_the_story_says_what_was_learned_and_who_saw_it_differently(as_lead, lead, member, group):
    first = factories.decision(lead, group, title="First, an SLO")
    Voice.say(first, member, agrees=False, words="Nobody outside waits.")
    factories.decision(lead, group, title="Then, the load inside", learned="It was quiet outside.")
    page = as_lead.get(PAGE).text
    assert "Then we learned, and chose “Then, the load inside”: It was quiet outside." in page
    assert f"Seen differently by {member.short_name}" in page
    assert 'id="voices"' not in page  # nobody differs on the one that stands


@pytest.mark.parametrize(
    ("find", "says"),
    [
        ("", "Nothing is decided yet. Type the words to search for."),
        ("nobody said so", "No evidence says this."),
        ("night", "1 piece says this; it stands first above."),
        ("customer", "30 pieces say this; the 20 newest stand first above."),
    ],
)
def test_a_search_for_evidence_says_what_it_found(as_lead, lead, group, find, says):
    for n in range(29):
        factories.observation(lead, stakeholder=group, text=f"Piece {n}")
    factories.observation(lead, stakeholder=group, text="A night call")
    page = as_lead.post(PAGE + "new/", form(lead, group, find=find, look_up="1"))
    assert says in page.text
    if find == "night":
        assert page.context["form"].fields["observations"].shown.first().text == "A night call"


def test_evidence_of_an_archived_group_is_kept_and_can_be_cited(as_lead, lead, group):
    other = factories.stakeholder(name="Parents")
    seen = factories.observation(lead, stakeholder=other, text="They waited.")
    other.archive(lead, wished=True)
    wrong = as_lead.post(PAGE + "new/", form(lead, group, observations=[str(seen.pk)], stakeholders=[str(other.pk)]))
    assert "A group that was ticked is archived or merged by now. Choose anew." in wrong.text
    assert "They waited." in wrong.text
    assert as_lead.post(PAGE + "new/", form(lead, group, observations=[str(seen.pk)])).status_code == 302
    assert FocusDecision.objects.get().evidence[0]["text"] == "They waited."


def test_the_story_goes_on_over_its_pages_and_names_all(as_lead, lead, group):
    for n in range(11):
        factories.decision(lead, group, title=f"Focus {n}", learned=f"Learned {n}")
    assert "Then we learned, and chose “Focus 1”: Learned 1" in as_lead.get(PAGE + "?page=2").text
    newest = FocusDecision.objects.current()
    for n in range(30):
        Voice.say(newest, factories.member(display_name=f"Agreeing {n}"), agrees=True, words="")
    assert "Agreeing 29" not in as_lead.get(PAGE).text
    assert "Agreeing 29" in as_lead.get(PAGE + "?everybody=1").text
