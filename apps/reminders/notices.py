"""This room's own kinds: the digest that carries others, the test, and the news that an address was switched off."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from uuid import UUID

from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from apps.accounts.models import Member
from apps.reminders.kinds import Kind, is_known, kind, register
from apps.reminders.letter import Action, Letter
from apps.reminders.models import Delivery, Destination, State
from apps.reminders.models.delivery import Reason
from apps.reminders.models.destination import OffBecause
from apps.reminders.plan import plan

GROUP = gettext_lazy("Miraizu itself")
MOST_IN_DIGEST = 50


def _digest(deliveries: Sequence[Delivery]) -> dict[UUID, Letter | Reason]:
    return {each.pk: _one_digest(each) for each in deliveries}


def _one_digest(digest: Delivery) -> Letter | Reason:
    parts = list(_carried(digest).order_by("due_at")[:MOST_IN_DIGEST])
    by_kind = defaultdict(list)
    for part in parts:
        by_kind[part.kind].append(part)
    said: dict[UUID, Letter | Reason] = {}
    for name, some in by_kind.items():
        if is_known(name):
            said |= kind(name).say(some)
    letters = [(part, one) for part in parts if isinstance(one := said.get(part.pk, Reason.ERASED), Letter)]
    dropped = {
        str(part.pk): str(one) for part in parts if not isinstance(one := said.get(part.pk, Reason.ERASED), Letter)
    }
    if not letters:
        _settle(digest, [], dropped)
        return Reason.NOT_WANTED
    data = {"parts": [str(part.pk) for part, _letter in letters], "dropped": dropped}
    if len(letters) == 1 and not letters[0][1].parts:  # it speaks for itself
        return replace(letters[0][1], data=data)
    return Letter(
        subject=ngettext("%(count)d thing from Miraizu", "%(count)d things from Miraizu", len(letters))
        % {"count": len(letters)},
        text=(),
        # One that has parts of its own, as the weekly letter, stands before them.
        parts=tuple(one for _part, letter in letters for one in (replace(letter, parts=()), *letter.parts)),
        actions=(Action(_("Open the inbox"), reverse("reminders:inbox")),),
        data=data,
    )


def _carried(digest: Delivery):
    return Delivery.objects.filter(to=digest.to, channel=digest.channel, state=State.CARRIED, run_at__lte=digest.due_at)


def _sent_digest(digest: Delivery, letter: Letter) -> None:
    _settle(digest, letter.data["parts"], letter.data["dropped"])


def _settle(digest: Delivery, parts: list[str], dropped: dict[str, str]) -> None:
    """What went with the digest is sent; what was no longer to be said is skipped; what did not fit gets another."""
    now = timezone.now()
    carried = Delivery.objects.filter(state=State.CARRIED)
    with transaction.atomic():
        carried.filter(pk__in=parts).update(state=State.SENT, over_at=now, carried_by=digest)
        for pk, reason in dropped.items():
            carried.filter(pk=pk).update(state=State.SKIPPED, reason=reason, over_at=now)
        if _carried(digest).exists():
            same = {
                name: getattr(digest, name) for name in ("kind", "channel", "to", "recipient", "destination", "due_at")
            }
            further = Delivery(occurrence=digest.occurrence, schedule_rev=digest.schedule_rev + 1, run_at=now, **same)
            Delivery.objects.bulk_create([further], ignore_conflicts=True)


def _test(deliveries: Sequence[Delivery]) -> dict[UUID, Letter | Reason]:
    return {
        each.pk: Letter(
            subject=_("A test from Miraizu"),
            text=(_("If you can read this, messages reach you here. You asked for it on the settings page."),),
            actions=(Action(_("Open the settings"), reverse("reminders:settings")),),
        )
        for each in deliveries
    }


def _switched_off(deliveries: Sequence[Delivery]) -> dict[UUID, Letter | Reason]:
    keys = {each.pk: each.payload.get("destination") for each in deliveries}
    rows = Destination.objects.in_bulk([key for key in keys.values() if key])
    said: dict[UUID, Letter | Reason] = {}
    for each in deliveries:
        row = rows.get(keys[each.pk])
        if row is None or row.off_because not in (OffBecause.GONE, OffBecause.FAILING):
            said[each.pk] = Reason.NOT_WANTED
            continue
        why = (
            _("The other side says that this address is gone for good.")
            if row.off_because == OffBecause.GONE
            else _("It failed ten times in a row, for more than an hour.")
        )
        where = reverse("reminders:settings" if row.member_id else "reminders:channels")
        said[each.pk] = Letter(
            subject=_("“%(name)s” is switched off") % {"name": row.name},
            text=(why, _("Nothing more goes there until you switch it on again.")),
            actions=(Action(_("Look at it"), where),),
        )
    return said


def tell_switched_off(destination: Destination) -> None:
    """Tells the owner, or the leads and admins for a channel of the organisation, by the other ways they have (R9)."""
    members = Member.objects
    told = members.joined().filter(pk=destination.member_id) if destination.member_id else members.caretakers()
    plan(
        "destination_off", destination.to, told, rev=int(destination.off_at.timestamp()) if destination.off_at else 0,
        payload={"destination": destination.pk},
    )  # fmt: skip


def register_all() -> None:
    register(Kind("digest", gettext_lazy("Digest"), GROUP, _digest, frozenset(), choosable=False, sent=_sent_digest))
    register(Kind("test", gettext_lazy("Test"), GROUP, _test, frozenset(), urgent=True, choosable=False))
    register(
        Kind(
            "destination_off", gettext_lazy("An address of yours was switched off"), GROUP, _switched_off,
            choosable=False, order=900,
        )
    )  # fmt: skip
