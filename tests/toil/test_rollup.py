"""The monthly sums equal the log, whatever is done to it and in whatever order."""

import contextlib
import random
import threading
from datetime import date, time, timedelta

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from apps.accounts.models import Stale
from apps.toil import rollup, undo
from apps.toil.models import Entry, ItemMonth, MemberDay, MemberMonth, Merge, StakeholderMonth
from tests import factories

pytestmark = pytest.mark.django_db


def sums() -> list:
    return [
        sorted(each.model.objects.exclude(times=0).values_list(each.owner, each.over, "minutes", "times"))
        for each in rollup.DIMENSIONS
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
            "clock": chance.choice([None, time(0, 5), time(23, 59)]),
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


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_who_logs_while_they_are_made_anew_is_counted_once():
    lead, items = factories.lead(), [factories.item() for _each in range(3)]
    ended, failures = threading.Event(), []

    def log() -> None:
        number = 0
        try:
            while not ended.is_set():
                day = date(2026, 1, 1) + timedelta(days=number * 7 % 100)
                Entry.log(minutes=5, day=day, member=lead, item=items[number % 3])
                number += 1
        except Exception as failure:
            failures.append(failure)
        finally:
            connection.close()

    threads = [threading.Thread(target=log) for _each in range(2)]
    for thread in threads:
        thread.start()
    for _each in range(10):
        rollup.rebuild()
    ended.set()
    for thread in threads:
        thread.join(30)
    assert failures == []
    assert Entry.objects.count() > 10
    assert rollup.differences() == []


def test_the_command_says_how_far_it_is(member, capsys):
    for month in range(1, 13):
        factories.entry(member, day=date(2025, month, 3))
    MemberDay.objects.all().delete()
    with pytest.raises(CommandError):
        call_command("check_rollups")
    call_command("rebuild_rollups")
    call_command("check_rollups")
    said = capsys.readouterr().out
    assert "10 of 12 months\n12 of 12 months\nThe sums are made anew.\nAll sums equal the log." in said
