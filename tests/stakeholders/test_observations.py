"""Evidence: who may note and correct it, what it keeps, how it moves the dot, and what it refuses."""

import csv
import io
import uuid
from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from apps.accounts.models import Change
from apps.stakeholders.models import Confidence, How, Observation
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def group(lead):
    return factories.stakeholder(name="Customer support")


def form(member, **fields) -> dict:
    return {
        "text": "31 data fixes",
        "day": member.today().isoformat(),
        "how": How.COUNTED,
        "confidence": Confidence.FIRM,
        "submission_id": str(uuid.uuid4()),
    } | fields


def send(client, group, member, **fields):
    return client.post(f"/stakeholders/{group.pk}/observe/", form(member, **fields))


# ---- noting and placing ---------------------------------------------------------------------------------


def test_anyone_may_add_and_the_dot_moves_with_its_reason(signed_in, member, group):
    assert send(signed_in, group, member, frequency="4", pain="3").status_code == 302
    assert send(signed_in, group, member, text="They wait for hours.", frequency="5", pain="5").status_code == 302
    group.refresh_from_db()
    assert (group.placed_by.frequency, group.placed_by.pain) == (5, 5)
    page = signed_in.get(f"/stakeholders/{group.pk}/").content.decode()
    assert "Several times a week, Costs them time → <b>Every day, Stops their work</b>" in page
    assert page.count("They wait for hours.") >= 2  # among the evidence, and as the reason of the move


def test_an_older_observation_does_not_move_the_dot_back(signed_in, member, group):
    send(signed_in, group, member, frequency="5", pain="5")
    send(signed_in, group, member, day=(member.today() - timedelta(days=9)).isoformat(), frequency="1", pain="1")
    group.refresh_from_db()
    assert group.placed_by.pain == 5


def test_without_a_place_the_dot_stays(signed_in, member, group):
    send(signed_in, group, member, frequency="3", pain="4")
    send(signed_in, group, member)
    group.refresh_from_db()
    assert (group.placed_by.frequency, group.placed_by.pain) == (3, 4)


def test_sent_twice_it_is_noted_once(signed_in, member, group):
    fields = form(member)
    for _n in range(2):
        assert signed_in.post(f"/stakeholders/{group.pk}/observe/", fields).status_code == 302
    assert Observation.objects.count() == 1


def test_about_nobody_asks_about_whom(signed_in, group):
    answer = signed_in.get("/stakeholders/observe/")
    assert f'href="/stakeholders/{group.pk}/observe/"' in answer.content.decode()
    assert signed_in.get("/stakeholders/999/observe/").status_code == 404


# ---- what is refused --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("pain", "0", "not offered here"),
        ("pain", "6", "not offered here"),
        ("frequency", "5", "needs both"),
        ("day", "TOMORROW", "still to come"),
        ("day", "1999-12-31", "2000"),
        ("text", "", "still empty"),
        ("text", "\0\u202e", "still empty"),
        ("text", "x" * 200_000, "too long"),
        ("quoted", "Sakura", "consent"),
        ("url", "javascript:alert(1)", "no web address"),
        ("how", "guessed", "not offered here"),
    ],
)
def test_bad_input_is_told_beside_its_field_and_nothing_is_lost(signed_in, member, group, field, value, said):
    value = (member.today() + timedelta(days=1)).isoformat() if value == "TOMORROW" else value
    answer = send(signed_in, group, member, source="The <b>inbox</b>", **{field: value})
    assert answer.status_code == 422
    errors = " ".join(str(error) for errors in answer.context["form"].errors.values() for error in errors)
    assert said in errors
    assert "The &lt;b&gt;inbox&lt;/b&gt;" in answer.content.decode()
    assert not Observation.objects.exists()


def test_the_database_refuses_what_a_form_would(group, lead):
    for wrong in ({"frequency": 3}, {"frequency": 6, "pain": 1}, {"quoted": "Sakura"}, {"how": "guessed"}):
        with pytest.raises(IntegrityError), transaction.atomic():
            factories.observation(lead, stakeholder=group, **wrong)


def test_markdown_is_shown_and_script_is_not(signed_in, member, group):
    send(signed_in, group, member, text="**often** <script>alert(1)</script> [x](javascript:alert(1))")
    page = signed_in.get(f"/stakeholders/{group.pk}/").content.decode()
    assert "<strong>often</strong>" in page
    assert "<script>alert" not in page
    assert 'href="javascript' not in page


# ---- correcting ---------------------------------------------------------------------------------------------


def correct(client, observation, member, **fields):
    return client.post(
        f"/stakeholders/observations/{observation.pk}/", form(member, version=observation.version, **fields)
    )


def test_the_author_corrects_and_what_it_said_before_stays(signed_in, member, group):
    observation = factories.observation(member, stakeholder=group, text="13 data fixes", frequency=2, pain=2)
    assert correct(signed_in, observation, member, text="31 data fixes", frequency="5", pain="4").status_code == 302
    group.refresh_from_db()
    assert (group.placed_by.frequency, group.placed_by.pain) == (5, 4)
    (change,) = Change.objects.of(observation)
    assert change.by == member
    assert change.values["text"] == ["13 data fixes", "31 data fixes"]
    page = signed_in.get(f"/stakeholders/{group.pk}/").content.decode()
    assert "<del>13 data fixes</del>" in page


def test_taking_the_place_out_moves_the_dot_back(signed_in, member, group):
    factories.observation(member, stakeholder=group, day=member.today() - timedelta(days=3), frequency=2, pain=2)
    wrong = factories.observation(member, stakeholder=group, frequency=5, pain=5)
    correct(signed_in, wrong, member)
    group.refresh_from_db()
    assert group.placed_by.pain == 2


def test_the_lead_may_correct_and_others_find_nothing(client, signed_in, lead, member, manager, group):
    theirs = factories.observation(manager, stakeholder=group)
    assert signed_in.get(f"/stakeholders/observations/{theirs.pk}/").status_code == 404
    assert correct(signed_in, theirs, member).status_code == 404
    client.force_login(lead)
    assert correct(client, theirs, lead, text="Every single day.").status_code == 302
    theirs.refresh_from_db()
    assert (theirs.text, theirs.by) == ("Every single day.", manager)


def test_two_who_correct_at_once_lose_nothing(signed_in, member, group):
    observation = factories.observation(member, stakeholder=group)
    correct(signed_in, observation, member, text="First")
    answer = correct(signed_in, observation, member, text="Second")
    assert answer.status_code == 409
    page = answer.content.decode()
    assert "You both changed this. It now says:" in page
    assert "<dd>First</dd>" in page
    assert "Second" in page
    observation.refresh_from_db()
    assert observation.text == "First"


def test_saving_without_a_change_writes_no_history(member, group):
    observation = factories.observation(member, stakeholder=group)
    observation.correct(1, member, text=observation.text)
    assert not Change.objects.exists()


# ---- from the log -------------------------------------------------------------------------------------------


def test_a_counted_figure_keeps_its_days_when_the_log_changes(signed_in, member, group):
    item = factories.item(name="Data fix")
    entries = [factories.entry(member, item=item, stakeholder=group, minutes=20) for _n in range(3)]
    since, until = member.today().replace(day=1), member.today()
    address = f"/stakeholders/{group.pk}/observe/?since={since}&until={until}"
    page = signed_in.get(address)
    assert "3 entries of toil" in page.context["form"].initial["text"]
    assert "Data fix (3)" in page.context["form"].initial["text"]
    assert signed_in.post(address, form(member, text=page.context["form"].initial["text"])).status_code == 302
    entries[0].remove()
    (observation,) = Observation.objects.all()
    assert (observation.counted_times, observation.counted_minutes) == (3, 60)
    assert (observation.counted_since, observation.counted_until) == (since, until)


@pytest.mark.parametrize("days", ["since=2026-13-01&until=x", "since=2026-02-01&until=2026-01-01", "since=2026-01-01"])
def test_nonsense_days_count_nothing(signed_in, group, days):
    answer = signed_in.get(f"/stakeholders/{group.pk}/observe/?{days}")
    assert answer.status_code == 200
    assert answer.context["figure"] is None


def test_the_group_shows_what_it_costs_and_leads_to_the_rows(signed_in, member, group):
    item = factories.item(name="Data fix")
    factories.entry(member, item=item, stakeholder=group, minutes=80)
    factories.entry(member, item=item, minutes=600)  # for nobody
    page = signed_in.get(f"/stakeholders/{group.pk}/").content.decode()
    assert "1 h 20 min" in page
    assert "10 h" not in page
    rows = f"/toil/?stakeholder={group.pk}&amp;item={item.pk}"
    assert rows in page


# ---- the page of all, and CSV -----------------------------------------------------------------------------------


def test_the_chart_has_a_dot_and_a_row_for_each_placed_group(signed_in, member, group):
    factories.observation(member, stakeholder=group, frequency=5, pain=5, is_own=True)
    other = factories.stakeholder(name="Parents")
    page = signed_in.get("/stakeholders/").content.decode()
    chart = page.split('<svg class="scatter"')[1].split("</svg>")[0]
    assert f'href="/stakeholders/{group.pk}/"' in chart
    assert 'class="guess"' in chart
    assert f'href="/stakeholders/{other.pk}/"' not in chart
    assert f'href="/stakeholders/{other.pk}/observe/"' in page  # not on the chart yet


def test_thirty_groups_and_many_observations_ask_no_more(signed_in, member, group, django_assert_max_num_queries):
    for n in range(30):
        row = factories.stakeholder()
        for days in range(4):
            day = member.today() - timedelta(days=days)
            factories.observation(member, stakeholder=row, day=day, frequency=n % 5 + 1, pain=days + 1)
    with django_assert_max_num_queries(12):
        page = signed_in.get("/stakeholders/")
    assert len(page.context["chart"].dots) == 30  # the one without evidence is not on it
    assert all(len(group.observations) <= 2 for group in page.context["groups"])
    with django_assert_max_num_queries(12):
        signed_in.get(f"/stakeholders/{row.pk}/")


def test_evidence_is_filtered_and_comes_in_pages(signed_in, member, group):
    for n in range(25):
        factories.observation(member, stakeholder=group, text=f"Piece {n}", how=How.SAID if n == 3 else How.OBSERVED)
    address = f"/stakeholders/{group.pk}/"
    assert len(signed_in.get(address).context["observations"]) == 15
    assert len(signed_in.get(address, {"page": "2"}).context["observations"]) == 10
    assert [row.text for row, *_rest in signed_in.get(address, {"how": "said"}).context["observations"]] == ["Piece 3"]
    assert [row.text for row, *_rest in signed_in.get(address, {"q": "piece 24"}).context["observations"]] == [
        "Piece 24"
    ]
    assert signed_in.get(address, {"page": "x", "how": "?", "q": "\0"}).status_code == 200


def test_the_csv_holds_every_observation_and_no_formula(signed_in, member, group):
    factories.observation(member, stakeholder=group, text="=1+1", frequency=5, pain=4)
    text = b"".join(signed_in.get("/stakeholders/observations.csv").streaming_content).decode()
    header, row = csv.reader(io.StringIO(text.removeprefix("\ufeff")))
    assert dict(zip(header, row, strict=True))["What was counted, said or seen"] == "'=1+1"
    assert row[1] == "Customer support"


def test_a_group_with_evidence_and_entries_is_archived_and_kept(client, lead, member, group):
    factories.observation(member, stakeholder=group)
    client.force_login(lead)
    client.post(f"/stakeholders/{group.pk}/archive/", {"archived": "yes"})
    page = client.get(f"/stakeholders/{group.pk}/")
    assert page.status_code == 200
    assert "Archived" in page.content.decode()
    assert client.get(f"/stakeholders/{group.pk}/observe/")["Location"] == f"/stakeholders/{group.pk}/"
    assert Change.objects.of(group).get().by == lead


# ---- figures of one item, and how they add up -----------------------------------------------------------------


def test_a_figure_of_one_item_in_one_month_becomes_evidence(signed_in, member, group):
    fix, mail = factories.item(name="Data fix"), factories.item(name="Mail")
    for item in (fix, fix, mail):
        factories.entry(member, item=item, stakeholder=group, minutes=20)
    since, until = member.today().replace(day=1), member.today()
    page = signed_in.get(f"/stakeholders/{group.pk}/?month={since}").text
    address = f"/stakeholders/{group.pk}/observe/?since={since}&until={until}&item={fix.pk}"
    assert address.replace("&", "&amp;") in page
    form_page = signed_in.get(address)
    text = form_page.context["form"].initial["text"]
    assert text.startswith("Data fix: 2 times")
    assert "40 min" in text
    assert signed_in.post(address, form(member, text="Words of my own")).status_code == 302
    (observation,) = Observation.objects.all()
    assert (observation.counted_times, observation.counted_minutes, observation.counted_item) == (2, 40, fix.pk)
    rows = f"/toil/?stakeholder={group.pk}&item={fix.pk}&since={since}&until={until}"
    for address in (f"/stakeholders/{group.pk}/", "/stakeholders/"):
        assert f'<a href="{rows.replace("&", "&amp;")}">2 times, 40 min</a>' in signed_in.get(address).text, address
    assert "2 entries, 40 min" in signed_in.get(rows).text


def test_the_items_add_up_with_the_months(signed_in, member, group):
    for n in range(11):
        factories.entry(member, item=factories.item(), stakeholder=group, minutes=10 + n)
    page = signed_in.get(f"/stakeholders/{group.pk}/")
    assert "Other items" in page.text
    months = sum(month for month in group.toil_months.values_list("minutes", flat=True))
    logged = signed_in.get(f"/toil/?stakeholder={group.pk}").context["sums"]
    assert (logged["n"], logged["minutes"]) == (11, months)
    from apps.toil.cost_of_stakeholder import Cost

    cost = Cost.of(group, member.today(), "all")
    assert sum(item.minutes for item in cost.items) + cost.others[1] == months
    for nonsense in ("x", "2026-13-01", "1999-01-01"):
        # The newest month with entries; a full one where there is any.
        assert Cost.of(group, member.today(), nonsense).chosen == member.today().replace(day=1)


def test_a_figure_never_reaches_into_days_to_come(signed_in, member, group):
    factories.entry(member, stakeholder=group)
    today = member.today()
    figure = signed_in.get(f"/stakeholders/{group.pk}/observe/?since={today}&until=2999-01-01").context["figure"]
    assert figure.until == today


def test_what_is_said_and_what_is_counted_stand_side_by_side(signed_in, member, group):
    factories.observation(member, stakeholder=group, text="They rarely complain.")
    factories.entry(member, stakeholder=group, minutes=90)
    page = signed_in.get("/stakeholders/").text
    assert "They rarely complain." in page
    assert "1 time, 1 h 30 min</a> of toil since" in page


# ---- how the dot moved ------------------------------------------------------------------------------------


def test_what_only_confirms_a_place_hides_no_move(signed_in, member, group):
    for days, (frequency, pain) in enumerate([(5, 5)] * 15 + [(2, 2)]):
        day = member.today() - timedelta(days=days)
        factories.observation(member, stakeholder=group, day=day, frequency=frequency, pain=pain)
    page = signed_in.get(f"/stakeholders/{group.pk}/").text
    assert "About every month, A nuisance → <b>Every day, Stops their work</b>" in page
    dot = signed_in.get("/stakeholders/").context["chart"].dots[0]
    assert dot.place.came_from == (2, 2)
    assert dot.trail is not None


def test_every_move_can_be_read(signed_in, member, group):
    for n in range(20):
        day = member.today() - timedelta(days=n)
        factories.observation(member, stakeholder=group, day=day, frequency=n % 5 + 1, pain=3)
    address = f"/stakeholders/{group.pk}/"
    assert len(signed_in.get(address).context["moves"]) == 6
    assert "?moves=all" in signed_in.get(address).text
    assert len(signed_in.get(address + "?moves=all").context["moves"]) == 20


def test_the_csv_follows_the_filters_of_the_page(signed_in, member, group):
    factories.observation(member, stakeholder=group, text="A night call", frequency=5, pain=4)
    factories.observation(member, stakeholder=group, text="A day call")
    factories.observation(member, text="Of somebody else")
    assert f"?stakeholder={group.pk}&amp;q=night" in signed_in.get(f"/stakeholders/{group.pk}/?q=night").text
    answer = signed_in.get(f"/stakeholders/observations.csv?stakeholder={group.pk}&q=night")
    rows = list(csv.DictReader(io.StringIO(answer.getvalue().decode("utf-8-sig"))))
    assert [(row["What was counted, said or seen"], row["How often"]) for row in rows] == [
        ("A night call", "Every day")
    ]
