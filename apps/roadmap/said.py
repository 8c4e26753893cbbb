"""What messages about the map say when they are sent or read, and what the weekly letter tells of pivots."""

from collections.abc import Sequence
from datetime import date, timedelta
from uuid import UUID

from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from apps.accounts.models import Member, Organisation
from apps.reminders.letter import Action, Answer, Letter
from apps.reminders.models import Delivery
from apps.reminders.models.delivery import Reason
from apps.reminders.weekly import Week, part
from apps.roadmap.document import Item
from apps.roadmap.models import CheckIn, Kind, Map, Reading, Revision
from apps.roadmap.models.check_in import ENDED, last_of_each
from apps.roadmap.models.revision import document_of
from apps.web.text import clean

type Said = dict[UUID, Letter | Reason]

QUIET = timedelta(days=21)  # after a check-in nobody asks for so long
MOST_NAMED = 3  # items or pivots in one letter


# ---- a pivot ----------------------------------------------------------------------------------------


def pivot(deliveries: Sequence[Delivery]) -> Said:
    """With its reason, until the reader says that they have read it. Two queries."""
    keys = {each.pk: int(each.occurrence.partition(":")[2]) for each in deliveries}
    rows = Revision.objects.filter(pk__in=set(keys.values()), kind=Kind.PIVOT).select_related("map", "by").in_bulk()
    readings = Reading.objects.filter(revision__in=rows, member__in={each.recipient_id for each in deliveries})
    read = set(readings.values_list("revision", "member"))
    said: Said = {}
    for each in deliveries:
        row = rows.get(keys[each.pk])
        if row is None:
            said[each.pk] = Reason.ERASED
        elif (row.pk, each.recipient_id) in read or row.by_id == each.recipient_id:
            said[each.pk] = Reason.NOT_WANTED
        else:
            said[each.pk] = _turned(row)
    return said


def _turned(row: Revision) -> Letter:
    address = [str(row.map), row.number]
    return Letter(
        subject=_("The map turned: %(name)s") % {"name": clean(row.said.name)},
        text=_reason(row),
        facts=((_("Published by"), row.by.display_name), (_("Day"), date_format(row.day, "DATE_FORMAT"))),
        actions=(
            Action(_("See what changes"), reverse("roadmap:pivot", args=address)),
            Action(_("Open the map"), reverse("roadmap:map")),
        ),
        answers=(Answer(_("I have read it"), reverse("roadmap:read", args=address)),),
        data={"map": str(row.map), "revision": row.number},
    )


def _reason(row: Revision) -> tuple[str, ...]:
    said = row.said
    return (
        _("What we learned: %(words)s") % {"words": clean(said.learned)},
        _("Why now: %(words)s") % {"words": clean(said.why)},
    )


# ---- check-ins --------------------------------------------------------------------------------------


def of_month(day: date) -> str:
    """What a delivery calls the check-ins of a month."""
    return f"check-in:{day:%Y-%m}"


def to_check(today: date) -> list[Item]:
    """Items of today's map that somebody holds, that have not ended, and of which nobody said anything for three weeks
    since they began. Two queries, or none.
    """
    row = Map.objects.on(today)
    if row is None or today > row.year.end:
        return []
    checks = last_of_each(row, today)
    held = [(item, checks.get(item.id)) for item in document_of(row).items.values() if item.owner]
    going = [(item, check.day if check else item.start) for item, check in held if not check or _goes_on(check)]
    return [item for item, day in going if today - max(day, item.start) >= QUIET]


def _goes_on(check: CheckIn) -> bool:
    return check.status not in ENDED


def check_in(deliveries: Sequence[Delivery]) -> Said:
    """About what the reader holds, this month. Three queries, or one."""
    organisation = Organisation.kept()
    if organisation is None:
        return {each.pk: Reason.ERASED for each in deliveries}
    today = organisation.today()
    items = to_check(today)
    said: Said = {}
    for each in deliveries:
        mine = [item for item in items if item.owner == each.recipient_id]
        if each.occurrence != of_month(today):
            said[each.pk] = Reason.STALE
        else:
            said[each.pk] = _ask(sorted(mine, key=lambda item: item.end), today) if mine else Reason.NOT_WANTED
    return said


def _ask(items: Sequence[Item], today: date) -> Letter:
    n, first = len(items), items[0]
    if n == 1:
        subject = _("How is it going? %(title)s") % {"title": clean(first.title)}
    else:
        subject = ngettext("How is it going? %(n)s item of the map", "How is it going? %(n)s items of the map", n)
        subject %= {"n": n}
    named = items[:MOST_NAMED]
    over = (_("Its time on the map is over: say how it ended."),) if n == 1 and first.end < today else ()
    return Letter(
        subject=subject,
        text=(*over, _("A sentence is enough. It changes nothing in the plan, and everybody sees where we are.")),
        facts=tuple(
            (clean(item.title), _("until %(day)s") % {"day": date_format(item.end, "MONTH_DAY_FORMAT")})
            for item in named
        ),
        actions=tuple(
            Action(
                _("Say how it goes") if n == 1 else clean(item.title),
                reverse("roadmap:item", args=[item.id]),
            )
            for item in named
        ),
        data={"items": [item.id for item in items]},
    )


# ---- the weekly letter ------------------------------------------------------------------------------


@part(order=300)
def pivots(_reader: Member, week: Week) -> Letter | None:
    """The pivots that were published within the week, with their reasons. One query."""
    rows = Revision.objects.filter(kind=Kind.PIVOT, day__range=(week.first, week.last)).select_related("map", "by")
    found = list(rows.order_by("at")[: MOST_NAMED + 1])
    if not found:
        return None
    text = []
    for row in found[:MOST_NAMED]:
        said = {"name": clean(row.said.name), "day": date_format(row.day, "MONTH_DAY_FORMAT")}
        text += [_("%(day)s: %(name)s") % said, *_reason(row)]
    if len(found) > MOST_NAMED:
        text.append(_("More turns of that week stand in the history."))
    page = Action(_("Read the turns of the map"), reverse("roadmap:history"))
    return Letter(_("The map turned"), tuple(text), actions=(page,))
