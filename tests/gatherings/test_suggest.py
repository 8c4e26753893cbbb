"""What the lists ask for next, each with its reasons (product.md, “People”, formulas)."""

from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from django.utils import timezone

from apps.gatherings import sql, suggest
from apps.gatherings.models import Dismissal, Participant
from apps.people.models import Interest, Keen, LadderStep, Roughly, Rung, Subject, Topic
from apps.toil import rollup
from apps.toil.models import State
from tests import factories, kept
from tests.gatherings.test_planning import circle

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 2, 9, tzinfo=UTC)
LAST_MONTH = date(2026, 10, 20)


@pytest.fixture(autouse=True)
def monday():
    with time_machine.travel(NOW, tick=False) as clock:
        kept.forget()
        yield clock


def settled(reader) -> sql.Settled:
    return sql.settled(reader, timezone.now())


def keys(reader) -> list[str]:
    kept.forget()
    return [idea.key for idea in suggest.ideas(reader)]


@pytest.fixture
def terraform(lead):
    """Three who are keen, and one who is only curious."""
    topic = Topic.named("Terraform", lead)
    for name in ("Kenta", "Mei", "Ryo"):
        Interest.say(factories.member(given_name=name), topic, keen=Keen.KEEN, wants=["read"])
    Interest.say(factories.member(given_name="Yui"), topic, keen=Keen.CURIOUS, wants=["read"])
    return topic


def test_three_who_are_keen_and_nobody_who_teaches_make_a_circle(member, terraform):
    (idea,) = suggest.ideas(member)
    assert idea.title == "4 people want Terraform" and ("of them keen", "3") in idea.factors
    assert "Nobody teaches it yet" in idea.why and "Kenta, Mei, Ryo, Yui" in idea.why, "the keenest first"
    assert "kind=reading" in idea.address and idea.address.count("invite=") == 4


def test_two_are_too_few(member, terraform):
    Interest.objects.filter(person__given_name="Ryo").delete()
    assert not suggest.ideas(member)


def test_who_would_teach_it_however_keen_makes_it_a_talk(member, terraform):
    teacher = factories.member(given_name="Sakura")
    Interest.say(teacher, terraform, keen=Keen.CURIOUS, wants=["teach"])
    (idea,) = suggest.ideas(member)
    assert "Sakura can teach it" in idea.why and "kind=event" in idea.address and f"invite={teacher.pk}" in idea.address


def test_so_does_who_stands_at_teaching_unless_they_show_it_roughly(lead, member, terraform):
    teacher = factories.member(given_name="Sakura")
    LadderStep.propose(teacher, Subject(topic=terraform), lead, rung=Rung.TEACHING, day=lead.today()).confirm()
    assert "Sakura can teach it" in suggest.ideas(member)[0].why
    Roughly.objects.create(person=teacher)
    assert "Sakura" not in suggest.ideas(member)[0].why


def test_what_is_planned_is_not_asked_for(lead, member, terraform):
    row = circle(lead, topic=terraform)
    assert not keys(member)
    row.close()
    assert keys(member) == [f"topic-{terraform.pk}"]


def test_put_away_it_comes_back_after_fourteen_days(member, manager, terraform, monday):
    Dismissal.put_away(member, f"topic-{terraform.pk}")
    assert not keys(member) and keys(manager)
    monday.shift(timedelta(days=13, hours=23))
    assert not keys(member)
    monday.shift(timedelta(hours=1))
    assert keys(member)


def test_who_is_not_here_any_more_counts_for_nothing(member, terraform):
    person = Interest.objects.get(person__given_name="Ryo").person
    person.is_active = False
    person.save()
    assert not keys(member)


@pytest.fixture
def toil(lead, member):
    """An item of 120 minutes a month, three quarters on one desk, with two below solo; and one of 60 on one desk."""
    dear, cheap = factories.item(name="Manual release"), factories.item(name="Restart")
    factories.entry(lead, item=dear, day=LAST_MONTH, minutes=90)
    factories.entry(member, item=dear, day=LAST_MONTH, minutes=30)
    factories.entry(lead, item=cheap, day=LAST_MONTH, minutes=60)
    rollup.rebuild()
    for item, people in ((dear, 2), (cheap, 1)):
        for _each in range(people):
            LadderStep.propose(
                factories.member(), Subject(item=item), lead, rung=Rung.NAVIGATING, day=lead.today()
            ).confirm()
    return dear, cheap


def test_the_next_best_mob_by_its_three_factors(member, toil):
    dear, cheap = toil
    factors = suggest.mob_factors(member.today(), ())
    assert (factors[dear.pk].minutes, factors[dear.pk].share, len(factors[dear.pk].below_solo)) == (120, 0.75, 2)
    assert factors[dear.pk].product == 120 * 0.75 * 3 and factors[cheap.pk].product == 60 * 1 * 2
    first, second = suggest.mobs(member, settled(member))
    assert (first.item, second.item) == (dear.pk, cheap.pk)
    assert ("1 + people below solo", "3") in first.factors and first.address.count("invite=") == 2


def test_no_mob_for_what_is_gone_or_planned(lead, member, toil):
    dear, cheap = toil
    circle(lead, kind="mob", item=dear)
    cheap.state = State.GONE
    cheap.save()
    kept.forget()
    assert settled(member).mobs == {dear.pk} and not suggest.mobs(member, settled(member))


def test_only_the_lead_is_told_whom_to_ask_and_not_before_two_weeks(lead, member, toil, monday):
    assert not any(key.startswith("step-") for key in keys(lead))
    monday.shift(timedelta(days=14))
    asked = [key for key in keys(lead) if key.startswith("step-")]
    assert len(asked) == 3 and not any(key.startswith("step-") for key in keys(member))
    Roughly.objects.create(person_id=int(asked[0].split("-")[1]))
    assert asked[0] not in keys(lead)


def test_who_is_keen_and_invited_to_nothing_for_sixty_days(lead, terraform, monday):
    forgotten = [person.pk for person in {one.person for one in Interest.objects.filter(keen=Keen.KEEN)}]
    assert not any(key.startswith("forgotten-") for key in keys(lead))
    monday.shift(timedelta(days=60))
    assert {key for key in keys(lead) if key.startswith("forgotten-")} == {f"forgotten-{pk}" for pk in forgotten}
    row = circle(lead, first_day=timezone.localdate())
    Participant.objects.create(gathering=row, member_id=forgotten[0], invited_at=timezone.now())
    assert f"forgotten-{forgotten[0]}" not in keys(lead)
