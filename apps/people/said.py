"""What messages about people say when they are sent or read; for many deliveries, with a fixed number of queries.

The words of a note go to the person's inbox and e-mail, and nowhere else: a channel of chat may have other readers.
"""

from collections.abc import Callable, Iterable, Sequence
from typing import Any
from uuid import UUID

from django.db.models import Model
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from apps.accounts.models import Member
from apps.people.models import Interest, JourneyStep, LadderStep, Signal
from apps.reminders.letter import Action, Answer, Letter
from apps.reminders.models import Delivery
from apps.reminders.models.delivery import Reason
from apps.web.text import clean

type Said = dict[UUID, Letter | Reason]

PRIVATE = ("inbox", "email")
MODELS: dict[str, type[Model]] = {
    model._meta.model_name or "": model for model in (Signal, Interest, JourneyStep, LadderStep)
}
NAMES: dict[type[Model], tuple[str, ...]] = {
    Signal: ("by", "topic", "consent"),
    Interest: ("proposed_by", "topic"),
    JourneyStep: ("proposed_by",),
    LadderStep: ("person", "proposed_by", "agreed_by", "item", "topic"),
}


def _rows(deliveries: Iterable[Delivery]) -> dict[UUID, Any]:
    """What each delivery speaks of, as far as it is still there. One query for each model."""
    keys = {each.pk: each.occurrence.partition(":")[::2] for each in deliveries}
    found: dict[tuple[str, str], Any] = {}
    for name, model in MODELS.items():
        ids = {pk for one, pk in keys.values() if one == name}
        if ids:
            rows = model._default_manager.filter(pk__in=ids, person__is_active=True).select_related(*NAMES[model])
            found |= {(name, str(row.pk)): row for row in rows}
    return {pk: found.get(key) for pk, key in keys.items()}


def _each(
    deliveries: Sequence[Delivery],
    write: Callable[[Any, Delivery], Letter | Reason],
    rows: dict[UUID, Any] | None = None,
) -> Said:
    rows = _rows(deliveries) if rows is None else rows
    return {each.pk: write(row, each) if (row := rows[each.pk]) is not None else Reason.ERASED for each in deliveries}


def _waits(deliveries: Sequence[Delivery], write: Callable[[Any, Delivery], Letter | Reason]) -> Said:
    """Of what waits for the reader's answer; what expired is as good as erased."""
    waiting = set()
    for name, model in MODELS.items():
        ids = [each.occurrence.partition(":")[2] for each in deliveries if each.occurrence.startswith(f"{name}:")]
        if ids:
            rows = model._default_manager.waiting().filter(pk__in=ids)  # type: ignore[attr-defined]  # all have it
            waiting |= {f"{name}:{pk}" for pk in rows.values_list("pk", flat=True)}

    def one(row: Any, each: Delivery) -> Letter | Reason:
        is_theirs = row.person_id == each.recipient_id
        return write(row, each) if is_theirs and each.occurrence in waiting else Reason.NOT_WANTED

    return _each(deliveries, one)


def _name(person: Member | None) -> str:
    return person.short_name if person is not None else _("Somebody who is no longer here")


def _quoted(words: str) -> str:
    return _("“%(words)s”") % {"words": clean(words)}


# ---- somebody noticed something ---------------------------------------------------------------------


def noticed(deliveries: Sequence[Delivery]) -> Said:
    """A note, or a topic that may interest the reader; until they answer. Up to four queries."""
    return _waits(deliveries, _noticed)


def _noticed(row: Signal | Interest, each: Delivery) -> Letter | Reason:
    if isinstance(row, Signal):
        return _note(row, each)
    return Reason.NOT_WANTED if row.topic.merged_into_id else _interest(row)


def _note(row: Signal, each: Delivery) -> Letter:
    said = {"name": _name(row.by), "day": date_format(row.day, "MONTH_DAY_FORMAT")}
    where = ((_("Where"), clean(row.place)),) if row.place and each.channel in PRIVATE else ()
    words = (_quoted(row.words),) if each.channel in PRIVATE else ()
    return Letter(
        subject=_("%(name)s noticed something about you") % said,
        text=(
            *words,
            _("Only the two of you see it. Everybody does once you say yes; without an answer it is gone in a month."),
        ),
        facts=((_("When"), said["day"]), *where),
        actions=(
            Action(_("Put it into my own words"), reverse("people:answer", args=[row.pk])),
            Action(_("See all that is noted about me"), reverse("me:record")),
        ),
        answers=(
            Answer(_("Yes, keep it"), reverse("people:accept", args=[row.pk])),
            Answer(_("No, erase it"), reverse("people:erase", args=[row.pk])),
        ),
        data={"signal": row.pk},
    )


def _interest(row: Interest) -> Letter:
    said = {"name": _name(row.proposed_by), "topic": clean(row.topic.label)}
    return Letter(
        subject=_("Does “%(topic)s” interest you?") % said,
        text=(_("%(name)s thinks so. Until you say yes, only the two of you see it.") % said,),
        actions=(Action(_("Say it in my own words"), reverse("people:interest", args=[row.pk])),),
        answers=(
            Answer(_("Yes, it does"), reverse("people:confirm", args=[row.pk])),
            Answer(_("No"), reverse("people:withdraw", args=[row.pk])),
        ),
        afterwards=Action(_("My interests"), reverse("people:interests")),
        data={"interest": row.pk},
    )


# ---- steps ------------------------------------------------------------------------------------------


def step(deliveries: Sequence[Delivery]) -> Said:
    """A step on a ladder or on the way that somebody proposes, until the person answers. Up to four queries."""
    return _waits(deliveries, _step)


def _step(row: LadderStep | JourneyStep, each: Delivery) -> Letter:
    return _on_the_ladder(row, each) if isinstance(row, LadderStep) else _on_the_way(row, each)


def _on_the_ladder(row: LadderStep, each: Delivery) -> Letter:
    said = {"name": _name(row.proposed_by), "rung": row.get_rung_display(), "subject": clean(row.subject.label)}
    return Letter(
        subject=_("A step further: “%(rung)s” in “%(subject)s”?") % said,
        text=(_("%(name)s thinks that you are there. It counts once you say so.") % said,),
        facts=_rests_on(row, each),
        actions=(Action(_("See all that is noted about me"), reverse("me:record")),),
        answers=(
            Answer(_("Yes, I am"), reverse("people:step_confirm", args=[row.pk])),
            Answer(_("Not yet"), reverse("people:step_erase", args=[row.pk])),
        ),
        data={"step": row.pk},
    )


def _on_the_way(row: JourneyStep, each: Delivery) -> Letter:
    said = {"name": _name(row.proposed_by), "place": row.get_place_display()}
    return Letter(
        subject=_("On your way: “%(place)s”?") % said,
        text=(_("%(name)s thinks that you have come so far. It is kept once you say so.") % said,),
        facts=_rests_on(row, each),
        actions=(Action(_("See all that is noted about me"), reverse("me:record")),),
        answers=(
            Answer(_("Yes"), reverse("people:journey_confirm", args=[row.pk])),
            Answer(_("Not yet"), reverse("people:journey_erase", args=[row.pk])),
        ),
        data={"journey": row.pk},
    )


def _rests_on(row: LadderStep | JourneyStep, each: Delivery) -> tuple[tuple[str, str], ...]:
    day = (_("Day"), date_format(row.day, "MONTH_DAY_FORMAT"))
    return (day, (_("What it rests on"), clean(row.words))) if row.words and each.channel in PRIVATE else (day,)


def claim(deliveries: Sequence[Delivery]) -> Said:
    """For who may agree to a step that somebody claims, until one of them does. Three queries."""
    found = _rows(deliveries)
    rows = [row for row in found.values() if row is not None]
    readers = {each.recipient_id for each in deliveries if each.recipient_id}
    leads = set(Member.objects.joined().filter(pk__in=readers, role="lead").values_list("pk", flat=True))
    topics, items = {row.topic_id for row in rows} - {None}, {row.item_id for row in rows} - {None}
    able = LadderStep.objects.alone().filter(person__in=readers)
    of_item = set(able.filter(item__in=items).values_list("person", "item")) if items else set()
    of_topic = set(able.filter(topic__in=topics).values_list("person", "topic")) if topics else set()

    def write(row: LadderStep, each: Delivery) -> Letter | Reason:
        me = each.recipient_id
        has_a_say = me in leads or (me, row.item_id) in of_item or (me, row.topic_id) in of_topic
        if row.counts or not has_a_say or me == row.person_id:
            return Reason.NOT_WANTED
        return _claim(row, each)

    return _each(deliveries, write, found)


def _claim(row: LadderStep, each: Delivery) -> Letter:
    said = {"name": _name(row.person), "rung": row.get_rung_display(), "subject": clean(row.subject.label)}
    return Letter(
        subject=_("%(name)s says: “%(rung)s” in “%(subject)s”. Do you agree?") % said,
        text=(_("It counts once a lead agrees, or somebody who does it alone."),),
        facts=_rests_on(row, each),
        actions=(Action(_("See who stands where"), _ladder(row)),),
        answers=(Answer(_("I agree"), reverse("people:step_agree", args=[row.pk])),),
        data={"step": row.pk},
    )


def _ladder(row: LadderStep) -> str:
    if row.item_id is not None:
        return reverse("toil:item", args=[row.item_id]) + "#who-title"
    return reverse("people:topic", args=[row.topic_id]) + "#who-title"


def agreed(deliveries: Sequence[Delivery]) -> Said:
    """That a step counts: for the person if somebody else agreed, for who proposed it if the person did. One query."""
    return _each(deliveries, _agreed)


def _agreed(row: LadderStep, each: Delivery) -> Letter | Reason:
    subject, me = clean(row.subject.label), each.recipient_id
    said = {"name": _name(row.person), "rung": row.get_rung_display(), "subject": subject}
    if not row.counts or not row.is_current:  # another step took its place meanwhile
        return Reason.NOT_WANTED
    page = Action(_("See who stands where"), _ladder(row))
    if me == row.person_id:
        by = _("%(name)s agreed.") % {"name": _name(row.agreed_by)}
        title = _("You stand at “%(rung)s” in “%(subject)s” now") % said
        return Letter(subject=title, text=(by,), actions=(page,), data={"step": row.pk})
    if me != row.proposed_by_id:
        return Reason.NOT_WANTED
    title = _("%(name)s said yes: “%(rung)s” in “%(subject)s”") % said
    return Letter(subject=title, text=(_("The step that you proposed counts now."),), actions=(page,),
                  data={"step": row.pk})  # fmt: skip
