"""Any two days or revisions of a map side by side: added, dropped, moved, renamed, and how the team changed."""

from datetime import date
from functools import partial

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from apps.accounts.http import MemberRequest
from apps.accounts.models import persons
from apps.roadmap import links, picture, team
from apps.roadmap.changes import Difference, What
from apps.roadmap.look import Look
from apps.roadmap.models.revision import as_of, document_of

SIDES = ("both", "before", "after")
OFFERED = 200  # revisions to choose from; a day reaches all of them


def compare(request: MemberRequest) -> HttpResponse:
    """`?from=…&to=…`, each a day or the number of a revision."""
    look = Look.at({"map": request.GET.get("map", "")})
    if look is None:
        return redirect("roadmap:map")
    notices = list(look.notices)
    after = _number(look, request.GET.get("to", ""), look.map.head, notices)
    before = _number(look, request.GET.get("from", ""), max(1, after - 1), notices)
    if before > after:
        before, after = after, before
        notices.append(_("The earlier of both stands first."))
    was, now = (document_of(look.map, number) for number in (before, after))
    difference = Difference(was, now, look.year)
    days = {row.number: row.day for row in look.rows}
    context = {
        "look": look,
        "notices": notices,
        "before": before,
        "after": after,
        "before_day": days[before],
        "after_day": days[after],
        "choices": _choices(look, before, after),
        "difference": difference,
        "query": f"?map={look.map}&revision={after}",
        **pictured(request, difference, days[after], look),
    }
    context["kept"] = (look.map.pk, look.map.erasures, before, after, context["side"])
    return render(request, "roadmap/compare.html", context)


def pictured(request: MemberRequest, difference: Difference, day: date, look: Look | None = None) -> dict:
    """The difference as the map draws it: both sides, or one of them."""
    side = request.GET.get("side", "")
    side = side if side in SIDES else "both"
    people = persons(difference.before.people | difference.after.people)
    shown = difference.before if side == "before" else difference.after
    pivots = [mark.day for mark in look.marks if mark.is_pivot and mark.day <= day] if look else []
    linked = _linked(difference)
    return {
        "side": side,
        "linked": linked,
        "still": True,
        "document": shown,
        "lanes": partial(picture.draw_difference, difference, difference.year, side),
        "names": hash((repr(sorted(linked.items())), *sorted((pk, who.display_name) for pk, who in people.items()))),
        "teams": team.teams(shown.quarters, {}, people),
        "shape_changes": {change.number: change for change in difference.shape},
        "heads": picture.heads(shown.quarters, difference.year, None, day),
        "flags": picture.flags(difference.year, pivots, day),
        "people": people,
    }


def _linked(difference: Difference) -> links.Names:
    """Names of what changed links lead to, by id. No query where no link changed."""
    ids: dict[str, set[int]] = {name: set() for name in links.MODELS}
    for change in difference.items:
        if What.WORDS in change.happened:
            for name, found in ids.items():
                was, now = getattr(change.before, name), getattr(change.after, name)
                if was != now:
                    found |= {*was, *now}
    return links.names(ids)


def _number(look: Look, asked: str, otherwise: int, notices: list[str]) -> int:
    """The revision that a day or a number asks for."""
    asked = asked.strip()
    if not asked:
        return otherwise
    if asked.isascii() and asked.isdigit() and len(asked) < 7:
        if 1 <= int(asked) <= look.map.head:
            return int(asked)
        notices.append(_("This map has no version %(n)s.") % {"n": asked})
        return otherwise
    try:
        day = date.fromisoformat(asked)
    except ValueError:
        notices.append(_("“%(text)s” is neither a day nor a version.") % {"text": asked[:40]})
        return otherwise
    if day > look.today:
        notices.append(_("%(day)s has not come yet. This is the map of today.") % {"day": date_format(day)})
    found = as_of(look.map, day)
    if found:
        return found.number
    notices.append(_("There was no map yet on %(day)s; this is the first.") % {"day": date_format(day)})
    return 1


def _choices(look: Look, *chosen: int) -> list[tuple[int, str]]:
    """Revisions to choose from, the newest first: pivots by their mark, and always the chosen ones."""
    rows = list(reversed(look.rows))
    shown = [row for place, row in enumerate(rows) if place < OFFERED or row.number in chosen or row.is_pivot]
    says = _("%(day)s, version %(n)s")
    return [
        (row.number, ("◆ " if row.is_pivot else "") + says % {"day": date_format(row.day), "n": row.number})
        for row in shown
    ]
