"""What people are told about themselves: notes and steps that wait for their yes, claims that wait for somebody else's,
and what became of a step.

A deed plans in its own transaction; what the message says is written when it is sent (`said.py`), by the same rules as
on pages: until the person says yes, only they and who wrote it see anything.
"""

from collections.abc import Collection
from dataclasses import replace

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from apps.accounts.models import Member, Role
from apps.people import said
from apps.people.models import Interest, LadderStep, Signal
from apps.people.models.asked import Asked
from apps.reminders.kinds import Kind, register
from apps.reminders.plan import plan

NOTICED, STEP, CLAIM, AGREED = "people_noticed", "people_step", "people_claim", "people_agreed"


def noticed(row: Signal | Interest) -> None:
    """Somebody wrote something down about a person, or thinks that a topic interests them."""
    _ask(NOTICED, row)


def step_proposed(row: Asked) -> None:
    """Somebody thinks that a person is a step further, on a ladder or on the way."""
    _ask(STEP, row)


def _ask(kind: str, row: Signal | Asked) -> None:
    people = _joined([row.person_id])
    if people:
        plan(kind, occurrence(row), people, expires_at=row.expires_at)


def claimed(row: LadderStep) -> None:
    """A person says how far they are: the leads hear, and who does it alone; one of them says yes."""
    alone = LadderStep.objects.alone().about(row.subject).values("person")
    people = Member.objects.joined().filter(Q(role=Role.LEAD) | Q(pk__in=alone)).exclude(pk=row.person_id)
    plan(CLAIM, occurrence(row), people)


def agreed(row: LadderStep, waits: int | None) -> None:
    """A step counts now: the one who waited for the other's yes hears of it."""
    people = _joined([waits]) if waits else []
    if people:
        plan(AGREED, occurrence(row), people)


def occurrence(row: Signal | Asked) -> str:
    """What a delivery calls it: its kind and its id."""
    return f"{row._meta.model_name}:{row.pk}"


def _joined(ids: Collection[int]) -> list[Member]:
    """Nobody else has asked to hear from Miraizu: who joins later reads it in their invitation."""
    return list(Member.objects.joined().filter(pk__in=ids))


def register_all() -> None:
    """By e-mail comes only what somebody wrote about them: nobody is to learn of it late. The rest is in the inbox."""
    group, both, inbox = _("People"), frozenset({"inbox", "email"}), frozenset({"inbox"})
    kinds = [
        Kind(NOTICED, _("Somebody noticed something about you"), group, said.noticed, both, keeps_words=True),
        Kind(STEP, _("A step is proposed to you"), group, said.step, inbox, keeps_words=True),
        Kind(CLAIM, _("Somebody waits for your yes to a step"), group, said.claim, inbox, keeps_words=True),
        Kind(AGREED, _("A step counts now"), group, said.agreed, inbox),
    ]
    for order, kind in enumerate(kinds, 200):
        register(replace(kind, order=order))
