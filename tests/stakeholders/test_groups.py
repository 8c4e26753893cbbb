"""Groups: naming and changing them, two leads at once, searching many, and what their history tells."""

import uuid
from datetime import timedelta

import pytest
from django.test import Client

from apps.accounts.models import Change
from apps.stakeholders.forms import StakeholderForm
from apps.stakeholders.models import Observation, Stakeholder
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def as_lead(client, lead):
    client.force_login(lead)
    return client


def words(**fields) -> dict:
    return {"name": "Parents", "tag": "parents", "side": "outside", "submission_id": str(uuid.uuid4())} | fields


# ---- naming and changing ------------------------------------------------------------------------------------


def test_sent_twice_a_group_is_named_once(as_lead):
    sent = words()
    first, second = (as_lead.post("/stakeholders/new/", sent) for _n in range(2))
    assert first["Location"] == second["Location"]
    assert Stakeholder.objects.count() == 1


def test_of_two_leads_at_once_the_second_sees_both_and_loses_nothing(as_lead, lead):
    row = factories.stakeholder(name="Parents", tag="parents")
    second = Client()
    second.force_login(factories.lead(email="second@example.com"))
    address = f"/stakeholders/{row.pk}/edit/"
    mine, theirs = words(version="1", service="Mine."), words(version="1", service="Theirs.")
    assert second.post(address, theirs).status_code == 302
    answer = as_lead.post(address, mine)
    assert answer.status_code == 409
    assert "This changed while you were editing" in answer.text
    assert "Theirs." in answer.text
    assert "Mine." in answer.text
    row.refresh_from_db()
    assert row.service == "Theirs."
    # Having seen theirs, the second may still prefer their own; the history keeps both.
    version = answer.context["form"].initial["version"]
    assert as_lead.post(address, mine | {"version": version}).status_code == 302
    assert Change.objects.of(row).first().values["service"] == ["Theirs.", "Mine."]


def test_a_form_without_its_version_overwrites_nothing(as_lead):
    row = factories.stakeholder(name="Parents", tag="parents")
    assert as_lead.post(f"/stakeholders/{row.pk}/edit/", words(name="Else")).status_code == 409
    row.refresh_from_db()
    assert row.name == "Parents"


def test_the_history_speaks_the_readers_words(as_lead, lead):
    row = factories.stakeholder(name="Parents", tag="parents", side="inside")
    as_lead.post(f"/stakeholders/{row.pk}/edit/", words(version="1"))
    page = as_lead.get(f"/stakeholders/{row.pk}/").text
    assert "<b>Inside or outside</b> <del>Inside</del> <ins>Outside</ins>" in page
    lead.language = "ja"
    lead.save()
    page = as_lead.get(f"/stakeholders/{row.pk}/").text
    assert "<del>社内</del> <ins>社外</ins>" in page


def test_a_history_whose_column_is_gone_is_still_readable(as_lead, lead):
    row = factories.stakeholder(version=2)
    Change.objects.create(kind=row._meta.label_lower, row_id=row.pk, by=lead, values={"mood": ["low", "high"]})
    Change.objects.create(kind="nowhere.nothing", row_id=row.pk, by=lead, values={"mood": ["low", "high"]})
    assert "<b>mood</b> <del>low</del> <ins>high</ins>" in as_lead.get(f"/stakeholders/{row.pk}/").text
    assert Change.objects.get(kind="nowhere.nothing").told[0].after == "high"


# ---- who is quoted ------------------------------------------------------------------------------------------


def test_a_consent_taken_back_leaves_no_name_behind(as_lead, lead):
    row = factories.observation(lead, quoted="Ms Yamada", has_consent=True)
    form = {"text": row.text, "day": row.day.isoformat(), "how": row.how, "confidence": row.confidence, "version": "1"}
    assert as_lead.post(f"/stakeholders/observations/{row.pk}/", form).status_code == 302
    for address in (f"/stakeholders/{row.stakeholder_id}/", f"/stakeholders/observations/{row.pk}/"):
        page = as_lead.get(address).text
        assert "Yamada" not in page
        assert "changed; what it was is not kept" in page
    assert "Yamada" not in str(list(Change.objects.values()))


# ---- from the log -------------------------------------------------------------------------------------------


def test_a_figure_that_moved_since_it_was_read_asks(signed_in, member):
    group = factories.stakeholder()
    factories.entry(member, stakeholder=group, minutes=20)
    today = member.today()
    address = f"/stakeholders/{group.pk}/observe/?since={today.replace(day=1)}&until={today}"
    shown = signed_in.get(address).context["form"].initial
    factories.entry(member, stakeholder=group, minutes=20)
    sent = {"text": shown["text"], "day": today, "how": "counted", "confidence": "firm", "seen": shown["seen"]}
    answer = signed_in.post(address, sent)
    assert answer.status_code == 422
    assert "The log has changed since you read it. It now says: 2 entries of toil" in answer.text
    assert shown["text"] in answer.text
    assert not Observation.objects.exists()
    again = sent | {"seen": answer.context["form"].data["seen"], "text": "2 entries"}
    assert signed_in.post(address, again).status_code == 302
    assert Observation.objects.get().counted_times == 2


def test_a_figure_that_is_gone_since_it_was_read_asks_too(signed_in, member):
    group = factories.stakeholder()
    entry = factories.entry(member, stakeholder=group)
    today = member.today()
    address = f"/stakeholders/{group.pk}/observe/?since={today}&until={today}"
    seen = signed_in.get(address).context["form"].initial["seen"]
    entry.remove()
    sent = {"text": "1 entry", "day": today, "how": "counted", "confidence": "firm", "seen": seen}
    answer = signed_in.post(address, sent)
    assert "nothing was logged on these days" in answer.text
    seen = answer.context["form"].data["seen"]
    assert signed_in.post(address, sent | {"seen": seen}).status_code == 302
    assert Observation.objects.get().counted_times is None


# ---- many groups --------------------------------------------------------------------------------------------


def test_many_groups_come_in_pages_and_can_be_searched(signed_in, member):
    for n in range(14):
        factories.observation(member, stakeholder=factories.stakeholder(side="outside" if n % 2 else "inside"))
    helper = factories.stakeholder(name="Facility staff", name_ja="園の職員", side="outside")
    page = signed_in.get("/stakeholders/").text
    assert "Page 1 of 2" in page
    assert page.count('class="evidence__group') == 12
    for asked in ("facility", "職員", "STAFF facility"):
        found = signed_in.get("/stakeholders/", {"q": asked})
        assert list(found.context["page"]) == [helper], asked
    assert len(signed_in.get("/stakeholders/?side=outside").context["page"]) == 8
    assert "No group fits." in signed_in.get("/stakeholders/?q=nobody+like+this").text
    assert signed_in.get("/stakeholders/?side=nowhere&page=99").status_code == 200


def test_few_groups_need_no_search(signed_in):
    factories.stakeholder()
    assert 'type="search"' not in signed_in.get("/stakeholders/").text.split("<main")[1]


def test_a_piece_of_evidence_is_found_on_its_page(signed_in, member):
    group = factories.stakeholder()
    old = factories.observation(member, stakeholder=group, day=member.today() - timedelta(days=400), text="The first.")
    for n in range(25):
        factories.observation(member, stakeholder=group, day=member.today() - timedelta(days=n // 5))
    assert "The first." not in signed_in.get(f"/stakeholders/{group.pk}/").text
    page = signed_in.get(f"/stakeholders/{group.pk}/?piece={old.pk}")
    assert page.context["page"].number == 2
    assert f'id="observation-{old.pk}"' in page.text
    for piece in ("x", "0", "99999999999999999999", "-1"):
        assert signed_in.get(f"/stakeholders/{group.pk}/?piece={piece}").status_code == 200


def test_of_two_who_give_the_same_tag_at_once_the_second_is_told(as_lead, monkeypatch):
    real = StakeholderForm.is_valid

    def late(form):
        found = real(form)
        factories.stakeholder(tag="parents")
        return found

    monkeypatch.setattr(StakeholderForm, "is_valid", late)
    answer = as_lead.post("/stakeholders/new/", words())
    assert answer.status_code == 422
    assert "This tag is taken." in answer.text


def test_groups_stand_in_the_order_the_lead_gives(as_lead):
    for name in ("Parents", "Developers", "Facilities"):
        as_lead.post("/stakeholders/new/", words(name=name, tag=name))
    assert list(Stakeholder.objects.values_list("name", "position")) == [
        ("Parents", 0), ("Developers", 1), ("Facilities", 2),
    ]  # fmt: skip
    row = Stakeholder.objects.get(name="Parents")
    sent = words(position="9", version="1")
    assert as_lead.post(f"/stakeholders/{row.pk}/edit/", sent).status_code == 302
    page = as_lead.get("/stakeholders/observe/").text
    assert page.index("Developers") < page.index("Facilities") < page.index("Parents")
    for wrong in ("-1", "1000", "x"):
        answer = as_lead.post(f"/stakeholders/{row.pk}/edit/", sent | {"version": "2", "position": wrong})
        assert answer.status_code == 422, wrong
        assert 'id="id_position_error"' in answer.text


def test_what_is_written_about_a_group_archived_meanwhile_is_not_lost(signed_in, lead, member):
    group = factories.stakeholder(name="Parents")
    sent = {"text": "Typed at length.", "day": member.today(), "how": "said", "confidence": "firm"}
    group.archive(lead, wished=True)
    answer = signed_in.post(f"/stakeholders/{group.pk}/observe/", sent)
    assert answer.status_code == 422
    assert "This group was archived meanwhile." in answer.text
    assert "Typed at length." in answer.text
    assert not Observation.objects.exists()
    page = signed_in.get(f"/stakeholders/{group.pk}/observe/", follow=True)
    assert "“Parents” is archived. The lead can bring it back." in page.text
    group.archive(lead, wished=False)
    assert signed_in.post(f"/stakeholders/{group.pk}/observe/", sent).status_code == 302


def test_archiving_twice_is_archiving_once(lead):
    group = factories.stakeholder()
    for wished in (True, True, False, False):
        group.archive(lead, wished=wished)
    assert Change.objects.of(group).count() == 2
    group.refresh_from_db()
    assert (group.archived_at, group.version) == (None, 3)


# ---- two at once --------------------------------------------------------------------------------------------


def opened(client, address: str) -> dict:
    """What a browser would send back from the form as it stands."""
    form = client.get(address).context["form"]
    return {name: form[name].value() for name in form.fields if form[name].value() not in (None, False)}


def test_what_does_not_collide_is_kept_from_both(as_lead, lead):
    row = factories.stakeholder(name="Parents", tag="parents", service="Notices", reliability="In time.")
    address = f"/stakeholders/{row.pk}/edit/"
    mine, theirs = opened(as_lead, address), opened(as_lead, address)
    assert as_lead.post(address, theirs | {"reliability": "Within the hour."}).status_code == 302
    answer = as_lead.post(address, mine | {"service": "Notices and photos"}, follow=True)
    assert "Somebody else changed other parts of it meanwhile. Both are kept." in answer.text
    row.refresh_from_db()
    assert (row.service, row.reliability) == ("Notices and photos", "Within the hour.")


def test_of_what_collides_only_that_is_asked_and_the_rest_stays_as_theirs(as_lead, lead):
    row = factories.stakeholder(name="Parents", tag="parents", service="Notices", reliability="In time.")
    address = f"/stakeholders/{row.pk}/edit/"
    mine, theirs = opened(as_lead, address), opened(as_lead, address)
    as_lead.post(address, theirs | {"reliability": "Within the hour.", "service": "Photos"})
    answer = as_lead.post(address, mine | {"service": "Letters"})
    assert answer.status_code == 409
    assert answer.context["collided"] == [("What the service is to them", "Photos")]
    again = {name: value for name, value in answer.context["form"].initial.items() if value is not None}
    assert (again["service"], again["reliability"]) == ("Letters", "Within the hour.")
    assert as_lead.post(address, again).status_code == 302
    row.refresh_from_db()
    assert (row.service, row.reliability) == ("Letters", "Within the hour.")


def test_corrections_of_different_parts_of_the_evidence_are_both_kept(as_lead, lead):
    row = factories.observation(lead, text="They wait.", frequency=4, pain=4)
    address = f"/stakeholders/observations/{row.pk}/"
    mine, theirs = opened(as_lead, address), opened(as_lead, address)
    assert as_lead.post(address, theirs | {"pain": "5"}).status_code == 302
    assert as_lead.post(address, mine | {"text": "They wait for hours."}).status_code == 302
    row.refresh_from_db()
    assert (row.text, row.frequency, row.pain) == ("They wait for hours.", 4, 5)
    row.stakeholder.refresh_from_db()
    assert row.stakeholder.placed_by == row


@pytest.mark.parametrize("base", ["", "x", "[1]", "null", '{"service": 5}'])
def test_a_form_that_does_not_say_what_it_began_with_overwrites_nothing(as_lead, base):
    row = factories.stakeholder(name="Parents", tag="parents", service="Notices")
    address = f"/stakeholders/{row.pk}/edit/"
    mine = opened(as_lead, address) | {"base": base, "service": "Letters"}
    as_lead.post(address, opened(as_lead, address) | {"service": "Photos"})
    assert as_lead.post(address, mine).status_code == 409
    row.refresh_from_db()
    assert row.service == "Photos"


def test_whoever_saves_while_mine_is_woven_in_loses_nothing_either(as_lead, lead, monkeypatch):
    row = factories.stakeholder(name="Parents", tag="parents", service="Notices", reliability="In time.")
    address = f"/stakeholders/{row.pk}/edit/"
    mine = opened(as_lead, address)
    real, left = Stakeholder.correct, list(range(1, 6))

    def late(self, version, by, **fields):
        if left:  # somebody is faster, five times over
            theirs = Stakeholder.objects.get(pk=row.pk)
            said = {name: getattr(theirs, name) for name in Stakeholder.FIELDS}
            real(theirs, theirs.version, lead, **said | {"reliability": f"Their wording {left.pop(0)}"})
        real(self, version, by, **fields)

    monkeypatch.setattr(Stakeholder, "correct", late)
    assert as_lead.post(address, mine | {"service": "Notices and photos"}).status_code == 302
    row.refresh_from_db()
    assert (row.service, row.reliability) == ("Notices and photos", "Their wording 5")
