"""Who sees what was written about a person, wherever it could show: every reader, every state, every place.

Until the person says yes, only they and who wrote it; then everybody; after a no, or thirty days, nobody.
"""

from datetime import timedelta

import pytest
from django.utils import timezone

from apps.accounts.models import Invitation
from apps.gatherings import schedule
from apps.gatherings.models import Feed, FeedKind, Gathering, Participant
from apps.people.models import Interest, JourneyStep, Keen, LadderStep, Place, Signal, Subject, Topic
from apps.people.tasks import forget_unanswered
from tests import factories

pytestmark = pytest.mark.django_db

SECRET = "Zwetschge"  # in every text that is written about the person
STATES = ("waiting", "accepted", "refused", "expired")
READERS = ("subject", "writer", "member", "lead", "manager", "admin", "nobody")


@pytest.fixture
def people(lead, manager):
    """Whose notes they are, who wrote them, and everybody else who might look."""
    return {
        "subject": factories.member(given_name="Yui"),
        "writer": factories.member(given_name="Ryo"),
        "member": factories.member(given_name="Sakura"),
        "lead": lead,
        "manager": manager,
        "admin": factories.member(is_admin=True),
    }


@pytest.fixture
def written(people):
    """A note, an interest, a step on the ladder and one on the journey; each names the secret."""
    subject, writer = people["subject"], people["writer"]
    day = writer.today()
    topic = Topic.objects.create(name=f"{SECRET} trees", by=writer)
    item = factories.item(name="Manual release")
    said = {"person": subject, "by": writer}
    return {
        "signal": Signal.note(**said, words=f"Wants to pick a {SECRET}", day=day, place=f"{SECRET} room", topic=topic),
        "interest": Interest.propose(subject, topic, writer, keen=Keen.EAGER, wants=["learn"]),
        "step": LadderStep.propose(subject, Subject(item=item), writer, rung=3, day=day, words=f"Cut a {SECRET}"),
        "journey": JourneyStep.propose(subject, writer, place=Place.TALKED, day=day, words=f"Under the {SECRET}"),
    }


def bring(written, state: str) -> None:
    if state == "accepted":
        written["signal"].accept()
        for name in ("interest", "step", "journey"):
            written[name].confirm()
    if state == "refused":
        written["signal"].erase()
        written["interest"].withdraw()
        written["step"].erase()
        written["journey"].erase()
    if state == "expired":
        long_ago = timezone.now() - timedelta(days=30)
        Signal.objects.update(at=long_ago)
        for model in (Interest, LadderStep, JourneyStep):
            model.objects.update(proposed_at=long_ago)


def everywhere(people, written) -> list[str]:
    subject = people["subject"]
    item = written["step"].item_id
    return [
        "/", "/more/", "/people/", f"/people/{subject.pk}/", "/people/interests/", "/people/field/",
        "/people/field/?by=topics", f"/people/topics/{written['interest'].topic_id}/", "/me/record/",
        f"/toil/items/{item}/", "/toil/items/", "/toil/", f"/toil/?q={SECRET}", f"/toil/items/?q={SECRET}", "/toil/export.csv",
        "/gatherings/", "/gatherings/ideas/", "/gatherings/new/", "/people/signals/new/", "/people/ladder/new/",
        f"/people/{subject.pk}/journey/", "/settings/", "/admin/", "/map/", "/our-sre/", "/stakeholders/",
    ]  # fmt: skip


def may_see(reader: str, state: str) -> bool:
    if state == "accepted":
        return reader != "nobody"
    return state == "waiting" and reader in ("subject", "writer")


@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("reader", READERS)
def test_everywhere_and_in_every_state(client, people, written, reader, state):
    pages = everywhere(people, written)
    topic = written["interest"].topic_id
    bring(written, state)
    if reader != "nobody":
        client.force_login(people[reader])
    seen = {page for page in pages if SECRET in content(client, page)}
    own = f"/people/topics/{topic}/"  # a topic's own page names it to who has its address
    # The topic itself is no note: who named it and who orders the topics see its name, with nobody beside it.
    names_of_topics = {
        own,
        "/people/interests/",
        "/people/field/?by=topics",
        "/gatherings/new/",
        "/people/signals/new/",
    }
    names_of_topics |= {"/people/ladder/new/", f"/people/{people['subject'].pk}/"}
    if may_see(reader, state):
        assert f"/people/{people['subject'].pk}/" in seen
    else:
        told = {
            page for page in seen - names_of_topics if page not in (f"/toil/?q={SECRET}", f"/toil/items/?q={SECRET}")
        }
        assert told == set(), "said to somebody whom it was not told"
        page = content(client, f"/people/{people['subject'].pk}/")
        assert all(words not in page for words in ("Wants to pick", "Cut a", "Under the"))
        topic_page = content(client, own)
        assert people["subject"].display_name not in topic_page.split("</header>")[-1]


def content(client, page: str) -> str:
    answer = client.get(page)
    return (b"".join(answer).decode() if answer.streaming else answer.text) if answer.status_code == 200 else ""


def test_what_the_clock_forgets_is_gone_from_the_database(people, written):
    bring(written, "expired")
    forget_unanswered()
    assert not any(model.objects.exists() for model in (Signal, Interest, LadderStep, JourneyStep))


@pytest.mark.parametrize("state", STATES)
def test_no_calendar_ever_tells(client, people, written, state):
    bring(written, state)
    row = Gathering(
        kind="mob", title="Mob", organiser=people["lead"], zone="UTC", first_day=people["lead"].today() + timedelta(days=3),
        clock=timezone.now().time(), minutes=50, item=written["step"].item,
    )  # fmt: skip
    schedule.begin(row, people["lead"].today())
    for person in people.values():
        Participant.join(row, person)
        for kind in FeedKind:
            text = client.get(f"/calendar/{Feed.make(person, kind)}.ics").content.decode()
            assert SECRET not in text and people["subject"].display_name not in text


@pytest.mark.parametrize(("state", "shown"), [("waiting", True), ("expired", False), ("refused", False)])
def test_who_has_not_joined_reads_it_in_their_invitation_and_nobody_else_does(client, lead, member, state, shown):
    known = factories.known(display_name="Hana Mori", given_name="Hana")
    note = Signal.note(known, lead, words=f"Grows a {SECRET}", day=lead.today())
    if state == "expired":
        Signal.objects.update(at=timezone.now() - timedelta(days=30))
    if state == "refused":
        note.erase()
    _invitation, token = Invitation.make(known, lead)
    assert (SECRET in client.get(f"/join/{token}/").text) == shown
    client.force_login(member)
    assert SECRET not in content(client, f"/people/{known.pk}/") + content(client, "/people/")


def test_a_topic_that_only_an_unanswered_note_names_is_nobody_elses(client, people):
    topic = Topic.named(f"{SECRET} trees", people["writer"])
    note = Signal.note(
        people["subject"], people["writer"], words="Asked about it", day=people["writer"].today(), topic=topic
    )

    def sees(reader: str) -> bool:
        client.force_login(people[reader])
        return client.get(f"/people/topics/{topic.pk}/").status_code == 200

    assert [reader for reader in people if sees(reader)] == ["subject", "writer", "lead"]
    note.accept()
    assert all(sees(reader) for reader in people)
    note.erase()
    assert [reader for reader in people if sees(reader)] == ["writer", "lead"]
