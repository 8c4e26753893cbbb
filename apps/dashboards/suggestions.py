"""What the figures ask the lead for next, each with its reasons and the way to do it (product.md, “Formulas”).

Mob and reading circle are those of the gatherings' own suggestions; what somebody put away there is not asked for here.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from itertools import islice

from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from apps.dashboards.section import Reading
from apps.gatherings import sql, suggest
from apps.people.matrix import tallies
from apps.roadmap.document import Item, LaneKind, Sure
from apps.roadmap.models import CheckIn, Map, Status
from apps.roadmap.models.check_in import ENDED, last_of_each
from apps.roadmap.models.revision import document_of
from apps.roadmap.said import QUIET
from apps.stakeholders.models.focus import standing
from apps.web.text import clean

MOST = 3


@dataclass(frozen=True, slots=True)
class Suggestion:
    """`factors` are what it was reckoned from, as (name, value); of a mob their product orders what is asked for."""

    icon: str
    title: str
    why: str
    action: str
    address: str
    factors: tuple[tuple[str, str], ...] = ()
    is_product: bool = False


def suggestions(reading: Reading) -> tuple[Suggestion, ...]:
    """The first three of: the next best mob, a reading circle, a goal in doubt, the focus to look at again. None for
    who neither leads nor is an admin, and none beside months that are over. Five queries, or four where the shares of
    desks are kept.
    """
    reader = reading.reader
    if not (reader.is_lead or reader.is_admin) or reading.is_over:
        return ()
    return tuple(islice(_all(reading), MOST))


def _all(reading: Reading) -> Iterator[Suggestion]:
    reader, today = reading.reader, reading.today
    settled = sql.settled(reader, timezone.now())
    items = {item.pk: item for item in reading.items}
    mob = suggest.first_mob(today, items, reading.costs, reading.steps.below_solo(), settled)
    if mob:
        yield _idea(mob, is_product=True)
    circle = suggest.first_circle(reader, tallies(), settled=settled)
    if circle:
        yield _idea(circle)
    if reading.map and (doubted := goal(reading.map, today)):
        yield doubted
    if due := _focus(today):
        yield due


def _idea(idea: suggest.Idea, *, is_product: bool = False) -> Suggestion:
    return Suggestion(
        idea.icon, idea.title, idea.why, idea.action, idea.address, tuple(idea.factors), is_product=is_product
    )


# ---- a goal in doubt --------------------------------------------------------------------------------


def goal(row: Map, today: date) -> Suggestion | None:
    """The provisional goal that is most in doubt, of those that have begun and not ended: somebody said so; else its
    time is over and nobody said how it ended; else nobody said anything for three weeks; else it is no more than a
    hunch. Of several the one that ends first. No query, where the map is kept.
    """
    if today > row.year.end:
        return None
    checks = last_of_each(row, today)
    goals = document_of(row).in_lane(LaneKind.GOALS)
    going = [(one, checks.get(one.id)) for one in goals if one.start <= today]
    doubted = [
        (rank, one.end, one.id, one, check)
        for one, check in going
        if (check is None or check.status not in ENDED) and (rank := _doubt(one, check, today)) is not None
    ]
    if not doubted:
        return None
    rank, _end, _id, one, check = min(doubted)
    return Suggestion(
        "flag",
        (_("A goal in doubt: “%(title)s”") if rank == 0 else _("Ask how a goal goes: “%(title)s”"))
        % {"title": clean(one.title)},
        _WHY[rank](one, check, today),
        _("Say how it goes"),
        reverse("roadmap:item", args=[one.id]),
        (
            (_("how sure"), str(one.sure.label)),
            (_("days without a check-in"), str(_silent(one, check, today))),
            (_("days left"), str(max(0, (one.end - today).days))),
        ),
    )


def _silent(one: Item, check: CheckIn | None, today: date) -> int:
    return (today - max(check.day if check else one.start, one.start)).days


def _doubt(one: Item, check: CheckIn | None, today: date) -> int | None:
    """The first reason that holds, by its place among them; None without one."""
    reasons = (
        check is not None and check.status == Status.IN_DOUBT,
        one.end < today,
        _silent(one, check, today) >= QUIET.days,
        one.sure == Sure.HUNCH,
    )
    return reasons.index(True) if True in reasons else None


def _said_so(_one: Item, check: CheckIn | None, _today: date) -> str:
    said = {"day": date_format(check.day, "MONTH_DAY_FORMAT"), "words": clean(check.words)} if check else {}
    return _("In doubt since %(day)s: %(words)s") % said


def _is_over(one: Item, _check: CheckIn | None, today: date) -> str:
    n = (today - one.end).days
    words = ngettext(
        "Its time ended %(n)s day ago, and nobody said how.", "Its time ended %(n)s days ago, and nobody said how.", n
    )
    return words % {"n": n}


def _is_quiet(one: Item, check: CheckIn | None, today: date) -> str:
    return _("Nobody said for %(n)s days how it goes.") % {"n": _silent(one, check, today)}


def _is_a_hunch(one: Item, _check: CheckIn | None, today: date) -> str:
    n = (today - one.start).days
    words = ngettext(
        "It began %(n)s day ago, and is still a hunch.", "It began %(n)s days ago, and is still a hunch.", n
    )
    return words % {"n": n}


_WHY = (_said_so, _is_over, _is_quiet, _is_a_hunch)


# ---- the focus --------------------------------------------------------------------------------------


def _focus(today: date) -> Suggestion | None:
    """No query, where the decision is kept."""
    decision = standing()
    if decision is None or not decision.is_due(today):
        return None
    n = (today - decision.review_on).days
    words = ngettext(
        "It was to be looked at again on %(day)s, %(n)s day ago.",
        "It was to be looked at again on %(day)s, %(n)s days ago.",
        n,
    )
    why = words % {"n": n, "day": date_format(decision.review_on, "MONTH_DAY_FORMAT")}
    return Suggestion(
        "eye",
        _("Look again at our focus: “%(title)s”") % {"title": clean(decision.title)},
        why if n else _("It is to be looked at again today."),
        _("Look again"),
        reverse("stakeholders:focus"),
    )
