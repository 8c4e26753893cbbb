"""The dashboard's parts of the weekly letter: what changed, three figures, and one thing to look at.

Mail, inbox and the page of a letter say the same, as of the Monday after the week.
"""

from collections.abc import Iterable, Sequence
from datetime import timedelta

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from apps.accounts.models import Member
from apps.dashboards import figures, period, sql, week_news
from apps.dashboards.load import FEWEST, WINDOW, Carried, Desk
from apps.dashboards.scaling import hours
from apps.gatherings.models import Meeting
from apps.people.ladder import Steps
from apps.reminders.letter import Action, Letter
from apps.reminders.weekly import Week, page, part
from apps.roadmap.document import Item as MapItem
from apps.roadmap.models import CheckIn, Map, Status
from apps.roadmap.models.check_in import last_of_each
from apps.roadmap.models.revision import as_of, document_of
from apps.toil import durations
from apps.toil.figures import HALF, MOST_RANKED, busiest_shares, monthly_costs
from apps.toil.models import Item
from apps.toil.sql import MonthlyCost
from apps.web.text import clean

BEFORE = 4  # weeks that a week is held against
MOST_NAMED = 5


@page
def address(week: Week) -> str:
    return reverse("dashboards:letter_of", args=[week.first.isoformat()])


# ---- what changed -----------------------------------------------------------------------------------


@part(order=10)
def toil(_reader: Member, week: Week) -> Letter | None:
    """Nothing where nobody logged anything in that week. One query."""
    *before, now = sql.minutes_by_week(week.first, BEFORE)
    if not now:
        return None
    return Letter(
        subject=_("Toil: %(hours)s in the week") % {"hours": hours(now)},
        text=(_against(now, before[-1]), *_against_mean(now, before)),
        actions=(Action(_("See what was logged"), figures.log_of(week.first, week.last)),),
    )


def _against(now: int, before: int) -> str:
    if not before:
        return _("Nothing was logged in the week before.")
    more = now - before
    words = _("%(time)s more than in the week before.") if more > 0 else _("%(time)s less than in the week before.")
    return words % {"time": durations.show(abs(more))} if more else _("As much as in the week before.")


def _against_mean(now: int, before: Sequence[int]) -> tuple[str, ...]:
    """Against the weeks before, from the first on in which anything was logged; one alone is no mean."""
    begun = next((place for place, minutes in enumerate(before) if minutes), len(before))
    weeks = before[begun:]
    if len(weeks) < 2:
        return ()
    mean = round(sum(weeks) / len(weeks))
    said = {"mean": durations.show(mean), "n": len(weeks), "time": durations.show(abs(now - mean))}
    if now == mean:
        return (_("As much as the mean of the %(n)s weeks before, %(mean)s.") % said,)
    if now > mean:
        return (_("%(time)s more than the mean of the %(n)s weeks before, %(mean)s.") % said,)
    return (_("%(time)s less than the mean of the %(n)s weeks before, %(mean)s.") % said,)


@part(order=100)
def ladder(_reader: Member, week: Week) -> Letter | None:
    """Who took a step up. Four queries, or one."""
    steps = week_news.climbed(week)
    if not steps:
        return None
    lines = (
        _("%(name)s: “%(rung)s” at “%(subject)s”.")
        % {"name": clean(one.person.short_name), "rung": one.rung.label, "subject": clean(one.label)}
        for one in steps
    )
    count = len(steps)
    subject = ngettext("%(n)s step up the ladder", "%(n)s steps up the ladder", count) % {"n": count}
    return Letter(subject, _first(lines, count), actions=(Action(_("Open the field"), reverse("people:field")),))


@part(order=200)
def gatherings(_reader: Member, week: Week) -> Letter | None:
    """Which were held and how many came. One query."""
    held = week_news.held(week)
    if not held:
        return None
    count = len(held)
    subject = ngettext("%(n)s gathering was held", "%(n)s gatherings were held", count) % {"n": count}
    first = held[0]
    action = (
        Action(_("See what it brought"), reverse("gatherings:meeting", args=[first.gathering_id, first.number]))
        if count == 1
        else Action(_("See the gatherings"), reverse("gatherings:gatherings"))
    )
    return Letter(subject, _first(map(_came, held), count), actions=(action,))


def _came(meeting: Meeting) -> str:
    came: int = meeting.came  # type: ignore[attr-defined]  # as it was read
    said = {"title": clean(meeting.full_title), "n": came}
    if not came:
        return _("“%(title)s”: nobody noted who came.") % said
    return ngettext("“%(title)s”: %(n)s person came.", "“%(title)s”: %(n)s people came.", came) % said


@part(order=400)
def gone(_reader: Member, week: Week) -> Letter | None:
    """The toil that went, with the reason. One query."""
    changes = week_news.gone(week)
    if not changes:
        return None
    count = len(changes)
    lines = (
        _("“%(item)s”: %(reason)s") % {"item": clean(one.item.label), "reason": clean(one.reason)} for one in changes
    )
    subject = ngettext("%(n)s item is gone", "%(n)s items are gone", count) % {"n": count}
    action = (
        Action(_("See the item"), reverse("toil:item", args=[changes[0].item_id]))
        if count == 1
        else Action(_("See what is gone"), f"{reverse('toil:items')}?state=gone")
    )
    return Letter(subject, _first(lines, count), actions=(action,))


def _first(lines: Iterable[str], count: int) -> tuple[str, ...]:
    """As many as one reads, and how many more there are."""
    named = tuple(line for _n, line in zip(range(MOST_NAMED), lines, strict=False))
    more = count - len(named)
    return (*named, _("And %(n)s more of them.") % {"n": more}) if more else named


# ---- where we stand ---------------------------------------------------------------------------------


@part(order=800, news=False)
def standing(_reader: Member, week: Week) -> Letter | None:
    """The dashboard's first three figures, by the end of the week. Ten queries."""
    today = week.after
    carried = Carried(Desk.of_first_sre(), period.year(today, Map.objects.on(today)), today, week.last)
    found = figures.three(carried, Steps(Item, Item.objects.coming_back_on(week.last).values_list("pk", flat=True)))
    return Letter(
        subject=_("Where we stand"),
        text=(),
        facts=tuple((each.label, _said(each)) for each in found),
        actions=(Action(_("Open the dashboard"), reverse("dashboards:front")),),
    )


def _said(figure: figures.Figure) -> str:
    if not figure.value:
        return figure.note
    note = _(" (%(note)s)") % {"note": figure.note} if figure.note else ""
    value = _("%(value)s %(unit)s") % {"value": figure.value, "unit": figure.unit} if figure.unit else figure.value
    return value + note


# ---- one thing to look at ---------------------------------------------------------------------------


@part(order=900, news=False)
def to_look_at(_reader: Member, week: Week) -> Letter | None:
    """A goal that somebody came to doubt in the week; else the toil that costs most and hangs on one person. At most
    eight queries.
    """
    return _in_doubt(week) or _on_one_desk(week)


def _in_doubt(week: Week) -> Letter | None:
    row = Map.objects.on(week.last)
    then = as_of(row, week.last) if row else None
    if row is None or then is None:
        return None
    checks = last_of_each(row, week.last)
    items = document_of(row, then.number).items
    doubted: list[tuple[MapItem, CheckIn]] = [
        (items[pk], check)
        for pk, check in checks.items()
        if pk in items and check.status == Status.IN_DOUBT and check.day >= week.first
    ]
    if not doubted:
        return None
    item, check = min(doubted, key=lambda pair: (pair[0].end, pair[0].id))
    return Letter(
        subject=_("To look at: “%(item)s” is in doubt") % {"item": clean(item.title)},
        text=(clean(check.words),),
        actions=(Action(_("Open it on the map"), reverse("roadmap:item", args=[item.id])),),
    )


def _on_one_desk(week: Week) -> Letter | None:
    """Monthly minutes × share of the busiest, of what comes back. Where fewer than three people logged anything, the
    share would tell what one of them did (R91): there it is what costs most.
    """
    costs = monthly_costs(week.after)
    items = [item for item in Item.objects.coming_back_on(week.last) if item.pk in costs]
    items = sorted(items, key=lambda item: (-costs[item.pk].minutes, item.pk))[:MOST_RANKED]
    if not items:
        return None
    load = sql.load_between(week.last - WINDOW + timedelta(days=1), week.last, 0)
    if load is None or load.people < FEWEST:
        return _look(items[0], _("It costs %(time)s a month, more than any other toil.") % _cost(costs[items[0].pk]))
    shares = busiest_shares([item.pk for item in items], week.last)
    heavy = [item for item in items if shares.get(item.pk, 0) >= HALF]
    if not heavy:
        return None
    one = max(heavy, key=lambda item: costs[item.pk].minutes * shares[item.pk])
    said = _cost(costs[one.pk]) | {"share": str(round(shares[one.pk] * 100))}
    return _look(one, _("It costs %(time)s a month, and %(share)s percent of it lies on one person.") % said)


def _cost(cost: MonthlyCost) -> dict[str, str]:
    return {"time": durations.show(round(cost.minutes))}


def _look(item: Item, why: str) -> Letter:
    action = Action(_("See who could learn it"), reverse("toil:item", args=[item.pk]))
    return Letter(_("To look at: “%(item)s”") % {"item": clean(item.label)}, (why,), actions=(action,))
