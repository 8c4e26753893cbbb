"""The monthly sums equal the log, whatever is done to it and in whatever order."""

import contextlib
import random
from datetime import date, timedelta

import pytest

from apps.accounts.models import Stale
from apps.toil import rollup, undo
from apps.toil.models import Entry, ItemMonth, MemberMonth, Merge, StakeholderMonth
from tests import factories

pytestmark = pytest.mark.django_db


def sums() -> list:
    return [
        sorted(model.objects.exclude(times=0).values_list(key, "month", "minutes", "times"))
        for model, key in rollup.DIMENSIONS
    ]


@pytest.mark.parametrize("seed", range(6))
def test_sums_stay_true_through_any_course_of_deeds(member, lead, seed):
    chance = random.Random(seed)
    items = [factories.item() for _ in range(4)]
    stakeholders = [None, factories.stakeholder(), factories.stakeholder()]
    undos, merges = [], []

    def anything() -> dict:
        return {
            "minutes": chance.randint(1, 1440),
            "day": date(2026, 1, 1) + timedelta(days=chance.randint(0, 120)),
            "member": chance.choice([member, lead]),
            "item": chance.choice(items),
            "stakeholder": chance.choice(stakeholders),
        }

    for _step in range(60):
        entry = chance.choice([None, *Entry.objects.order_by("id")])
        match chance.choice(["log", "log", "log", "change", "change", "remove", "undo", "merge", "unmerge"]):
            case "log":
                undos.append(undo.logged(Entry.log(**anything())))
            case "change" if entry:
                before = entry.values()
                values = anything()
                entry.change(entry.version, **dict(chance.sample(sorted(values.items(), key=str), 2)))
                undos.append(undo.changed(entry, before))
            case "remove" if entry:
                undos.append(undo.removed(entry))
                entry.remove()
            case "undo" if undos:
                with contextlib.suppress(undo.TooLate):
                    undo.perform(undo.token(member, undos.pop(chance.randrange(len(undos)))), member)
            case "merge":
                source, target = chance.sample(items, 2)
                with contextlib.suppress(ValueError):
                    merges.append(Merge.make(source, target, lead))
            case "unmerge" if merges:
                merges.pop().undo()
    assert Entry.objects.exists()
    assert rollup.differences() == []


def test_a_change_that_comes_too_late_changes_no_sum(member):
    entry = factories.entry(member, minutes=25)
    late = Entry.objects.get()
    entry.change(1, minutes=40)
    with pytest.raises(Stale):
        late.change(1, minutes=99)
    assert MemberMonth.objects.get().minutes == 40
    assert rollup.differences() == []


def test_removing_twice_subtracts_once(member):
    first = factories.entry(member, minutes=25)
    factories.entry(member, minutes=10)
    same = Entry.objects.get(pk=first.pk)
    first.remove()
    same.remove()
    assert MemberMonth.objects.get().minutes == 10


def test_a_change_over_a_months_end_moves_the_minutes(member):
    item = factories.item()
    entry = factories.entry(member, item=item, day=date(2026, 1, 31), minutes=25)
    entry.change(1, day=date(2026, 2, 1))
    assert dict(ItemMonth.objects.exclude(times=0).values_list("month", "minutes")) == {date(2026, 2, 1): 25}


def test_a_rebuild_gives_the_same_sums(member, lead):
    stakeholder = factories.stakeholder()
    for n in range(1, 30):
        factories.entry(
            member if n % 3 else lead, minutes=n, day=date(2026, 1, 1) + timedelta(days=5 * n), stakeholder=stakeholder
        )
    before = sums()
    rollup.rebuild()
    assert sums() == before


def test_a_wrong_sum_is_found_and_mended(member):
    factories.entry(member, stakeholder=factories.stakeholder())
    MemberMonth.objects.update(minutes=1)
    StakeholderMonth.objects.all().delete()
    ItemMonth.objects.create(item=factories.item(), month=date(2020, 1, 1), minutes=5, times=1)
    assert len(rollup.differences()) == 3
    rollup.rebuild()
    assert rollup.differences() == []


def test_a_failed_log_leaves_no_trace(member):
    with pytest.raises(Exception, match=r"1440|1,440"):
        factories.entry(member, minutes=1441)
    assert not Entry.objects.exists()
    assert not MemberMonth.objects.exists()
