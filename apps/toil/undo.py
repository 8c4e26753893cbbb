"""Undo, and undo of the undo: a signed list of deeds that turn back what was just done.

Nothing is stored: the token holds what is needed, names the member it was made for, and is good for a day. A deed is
["remove", entry, version], ["change", entry, version, values], ["bring_back", entry, values, kept], ["unmerge", merge],
["unmove", state change], ["forget", item] for an item that a line has made, ["observe", item, name], ["redig", …] for
deleted digging hours.
"""

from datetime import date, time
from typing import Any

from django.core import signing
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from apps.accounts.models import Stale
from apps.stakeholders.models import Stakeholder
from apps.toil import durations
from apps.toil.models import DigWork, Entry, Item, Merge, State, StateChange
from apps.toil.models.state import take_back
from apps.web.models.merge import MergeError, where_it_went

SALT = "toil.undo"
GOOD_FOR = 24 * 3600  # seconds
_KEPT = ("source", "logged_by_id", "import_run_id", "import_key")

Deed = list[Any]


class TooLate(Exception):
    """What would be undone has changed since, or the token is old, or not this member's."""


def token(member, *deeds: Deed) -> str:
    """The token that lets `member` do `deeds`."""
    return signing.dumps({"m": member.pk, "d": deeds}, salt=SALT, compress=True)


def logged(entry: Entry) -> Deed:
    return ["remove", entry.pk, entry.version]


def changed(entry: Entry, before: dict) -> Deed:
    """`before` is what `entry.values()` gave before the change."""
    return ["change", entry.pk, entry.version, _plain(before)]


def removed(entry: Entry) -> Deed:
    kept = {name: getattr(entry, name) for name in _KEPT}
    return ["bring_back", entry.pk, _plain(entry.values()), kept]


def merged(merge: Merge) -> Deed:
    return ["unmerge", merge.pk]


def moved(change: StateChange) -> Deed:
    """For an item that has just been put into another state."""
    return ["unmove", change.pk]


def observed(item: Item) -> Deed:
    """For an item that was made on the way; it goes only if nothing else has come to hang on it."""
    return ["forget", item.pk]


def undug(work: DigWork) -> Deed:
    """For digging hours about to be deleted."""
    return ["redig", work.item_id, work.member_id, work.day.isoformat(), work.minutes, work.note]


def perform(signed: str, member) -> str:
    """Does what the token says, all or nothing, and returns the token that turns it back again ("" if none can).

    Raises TooLate.
    """
    try:
        data = signing.loads(signed, salt=SALT, max_age=GOOD_FOR)
    except signing.BadSignature:
        raise TooLate from None
    if data["m"] != member.pk:
        raise TooLate
    back: list[Deed] = []
    with transaction.atomic():
        for deed in data["d"]:
            inverse = _do(member, *deed)
            if inverse:
                back.insert(0, inverse)
    return token(member, *back) if back else ""


def words(signed: str) -> str:
    """What the token turns back, said as done: “Taken back: 25 min, Release”. Empty if it can't be read."""
    try:
        deeds = signing.loads(signed, salt=SALT, max_age=GOOD_FOR)["d"]
    except signing.BadSignature:
        return ""
    told = [deed for deed in deeds if deed[0] in ("remove", "change", "bring_back")]
    if len(told) > 1:
        return ngettext("%(count)s entry is as before.", "%(count)s entries are as before.", len(told)) % {
            "count": len(told)
        }
    if not told:
        return _("It is as it was before.")
    what, pk = told[0][:2]
    if what == "bring_back":
        values = told[0][2]
        item = Item.objects.filter(pk=values["item_id"]).first()
        minutes, text = values["minutes"], _("Back in the log: %(time)s, %(item)s")
    else:
        entry = Entry.objects.select_related("item").filter(pk=pk).first()
        if entry is None:
            return ""
        item, minutes = entry.item, entry.minutes
        text = _("Taken back: %(time)s, %(item)s") if what == "remove" else _("As it was before: %(item)s")
    return text % {"time": durations.show(minutes), "item": item.short_label if item else "–"}


def _do(member, what: str, *args) -> Deed | None:
    try:
        match what:
            case "remove":
                return _remove(*args)
            case "change":
                return _change(*args)
            case "bring_back":
                return _bring_back(*args)
            case "unmerge":
                Merge.objects.get(pk=args[0]).undo()
                return None
            case "unmove":
                _unmove(*args)
                return None
            case "forget":
                return _forget(*args)
            case "observe":
                _observe(member, *args)
                return None
            case "redig":
                _redig(*args)
                return None
    except (Stale, MergeError, Merge.DoesNotExist, IntegrityError):
        # IntegrityError: the same row was brought in again meanwhile, by an import.
        raise TooLate from None
    raise TooLate


def _unmove(pk: int) -> None:
    change = StateChange.objects.select_related("item").filter(pk=pk).first()
    if change is None:
        raise TooLate
    take_back(change)


def _forget(pk: int) -> Deed | None:
    """Deletes an item that nothing but its first observation speaks of; leaves any other as it is."""
    item = Item.objects.filter(pk=pk, state=State.OBSERVED, version=1, merged_into=None).first()
    if item is None or any(
        rows.exists()
        for rows in (item.entries, item.dig_work, item.links, item.merged_from, item.state_changes.all()[1:])
    ):
        return None
    item.delete()
    return ["observe", pk, item.name]


def _observe(member, pk: int, name: str) -> None:
    if not Item.objects.filter(pk=pk).exists():
        Item.observe(name, member, pk=pk)


def _redig(item: int, member: int, day: str, minutes: int, note: str) -> None:
    where = where_it_went(Item, item)
    DigWork.objects.create(item_id=where, member_id=member, day=date.fromisoformat(day), minutes=minutes, note=note)


def _remove(pk: int, version: int) -> Deed:
    entry = Entry.objects.filter(pk=pk, version=version).first()
    if entry is None:
        raise TooLate
    inverse = removed(entry)
    entry.remove()
    return inverse


def _change(pk: int, version: int, values: dict) -> Deed:
    entry = Entry.objects.filter(pk=pk).first()
    if entry is None:
        raise TooLate
    before = entry.values()
    entry.change(version, **_rich(values))
    return changed(entry, before)


def _bring_back(pk: int, values: dict, kept: dict) -> Deed:
    entry = Entry.bring_back(pk, _rich(values), **kept)
    if entry is None:
        raise TooLate
    return logged(entry)


def _plain(values: dict) -> dict:
    return {name: v.isoformat() if isinstance(v, date | time) else v for name, v in values.items()}


def _rich(values: dict) -> dict:
    clock, group = values.get("clock"), values["stakeholder_id"]
    return {
        **values,
        "item_id": where_it_went(Item, values["item_id"]),
        "stakeholder_id": group and where_it_went(Stakeholder, group),
        "day": date.fromisoformat(values["day"]),
        "clock": time.fromisoformat(clock) if clock else None,
    }
