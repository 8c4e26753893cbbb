"""What pages outside the map show of it: the quarter's goal and the ruler, an unread pivot, what belongs to a row."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta

from apps.accounts.http import MemberRequest
from apps.roadmap import picture
from apps.roadmap.document import Item, LaneKind
from apps.roadmap.models import Map, Reading
from apps.roadmap.models.check_in import last_of_each
from apps.roadmap.models.revision import Published, document_of, published
from apps.roadmap.year import COLUMNS

NEWS = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Month:
    """A month of the ruler at its column."""

    at: int
    month: date


@dataclass(frozen=True, slots=True)
class Ruler:
    """The year at a glance: its months, its pivots, and today."""

    months: list[Month]
    pivots: list[int]
    today: int | None
    past: int  # columns that are gone by


def map_of_today(request: MemberRequest) -> Map | None:
    """The map of today, asked for once for all that one page shows of it."""
    kept = request.__dict__
    if "map_of_today" not in kept:
        kept["map_of_today"] = Map.objects.on(request.member.today())
    return kept["map_of_today"]


def _pivots(row: Map) -> list[Published]:
    return [one for one in published(row) if one.is_pivot]


def year(request: MemberRequest) -> dict | None:
    """One query, and three more when somebody has published."""
    today, row = request.member.today(), map_of_today(request)
    if row is None:
        return {"may_draw": True} if request.member.is_lead else None
    span = row.year
    document = document_of(row)
    quarter = document.quarters[span.quarter_of(today) - 1]
    goal = quarter.sentence or _goal(list(document.items.values()), today)
    ruler = Ruler(
        [Month(span.column(month), month) for month in span.all_months],
        [span.column(pivot.day) for pivot in _pivots(row) if pivot.day in span],
        span.column(today) if today in span else None,
        span.column(today) - 1 if today in span else COLUMNS if today > span.end else 0,
    )
    key = (row.pk, row.head, row.erasures, today)
    return {"goal": goal, "ruler": ruler, "is_over": today > span.end, "key": key}


def _goal(items: list[Item], today: date) -> str:
    """The title of a goal of today, the surest first."""
    order = {"firm": 0, "likely": 1, "hunch": 2}
    goals = [item for item in items if item.lane == LaneKind.GOALS and item.start <= today <= item.end]
    return min(goals, key=lambda item: (order[item.sure], item.end)).title if goals else ""


def unread(request: MemberRequest) -> dict | None:
    """The oldest pivot of today's map that is news and not read, so that none hides another. One query, or two; none
    where nobody else turned the map.
    """
    member, row = request.member, map_of_today(request)
    today = member.today()
    news = [one for one in _pivots(row) if one.by_id != member.pk and today - one.day <= NEWS] if row else []
    if row is None or not news:
        return None
    read = Reading.objects.filter(revision__map=row, member=member).values_list("revision__number", flat=True)
    waiting = sorted({one.number for one in news} - set(read))
    if not waiting:
        return None
    pivot = row.revisions.select_related("by").get(number=waiting[0])
    said = pivot.said
    return {"map": row, "pivot": pivot, "said": said, "is_first": member.pk in said.first, "more": len(waiting) - 1}


def belonging(request: MemberRequest, wanted: Callable[[Item], bool]) -> dict | None:
    """The items of today's map that `wanted` accepts, as they stand. Two queries, or one while nobody checks in."""
    today, row = request.member.today(), map_of_today(request)
    if row is None:
        return None
    document = document_of(row)
    found = [item for item in document.items.values() if wanted(item)]
    if not found:
        return None
    checks = last_of_each(row, today)
    about = (row.pk, row.head, row.erasures, row.check_ins, today)
    return {
        "on_map": [(item, checks.get(item.id), picture.state_of(item, checks.get(item.id))) for item in found],
        "belonging_key": (*about, *(item.id for item in found)),
    }
