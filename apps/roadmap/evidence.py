"""What speaks for a pivot, as it read on the day: observations, figures of toil, check-ins."""

from collections.abc import Iterable
from datetime import date, timedelta

from django.utils.formats import date_format
from django.utils.text import Truncator
from django.utils.translation import gettext as _

from apps.roadmap.document import Document
from apps.roadmap.models import CheckIn
from apps.stakeholders.models import Observation
from apps.toil import durations, months
from apps.toil.models import Item, ItemMonth
from apps.web import markdown

OFFERED = 15  # of each kind
MONTHS = 3  # full ones, of a toil figure


def piece(row: Observation | CheckIn) -> dict:
    """The row as a pivot keeps it. Names of who is quoted stay out: a consent can be taken back, a revision can not."""
    if isinstance(row, Observation):
        return {
            "kind": "observation",
            "id": row.pk,
            "group": row.stakeholder_id,
            "day": row.day.isoformat(),
            "text": row.text,
        }
    return {"kind": "check-in", "id": row.pk, "item": row.item, "day": row.day.isoformat(), "text": row.words}


def _toil_pieces(items: Iterable[int], today: date) -> list[dict]:
    """What each of these items cost in the last three full months. Two queries."""
    window = months.last_full(MONTHS, today)
    sums: dict[int, list[int]] = {}
    rows = ItemMonth.objects.filter(item__in=list(items), month__in=window)
    for item, minutes, times in rows.values_list("item", "minutes", "times"):
        so_far = sums.setdefault(item, [0, 0])
        so_far[0] += minutes
        so_far[1] += times
    until = months.step(window[-1], 1) - timedelta(days=1)
    return [
        {
            "kind": "toil",
            "id": item.pk,
            "text": item.label,
            "minutes": sums[item.pk][0],
            "times": sums[item.pk][1],
            "since": window[0].isoformat(),
            "until": until.isoformat(),
        }
        for item in Item.objects.filter(pk__in=sums)
    ]


def offered(document: Document, today: date) -> list[tuple[str, str]]:
    """What a pivot can name: the newest observations and check-ins, and what the toil of its items costs."""
    observations = Observation.objects.select_related("stakeholder").newest_first()[:OFFERED]
    titles = {item.id: item.title for item in document.items.values()}
    checks = CheckIn.objects.filter(item__in=list(titles)).newest_first()[:OFFERED]
    linked = {pk for item in document.items.values() for pk in item.toil}
    found = [(f"observation:{row.pk}", name_of_observation(row)) for row in observations]
    found += [(f"check-in:{row.pk}", f"{titles[row.item]}: {_short(row.words)}") for row in checks]
    return found + [(f"toil:{one['id']}", said(one)) for one in _toil_pieces(linked, today)]


def pieces(chosen: Iterable[str], today: date) -> list[dict]:
    """The chosen pieces as they read now."""
    wanted: dict[str, list[int]] = {"observation": [], "check-in": [], "toil": []}
    for one in chosen:
        kind, _colon, pk = one.partition(":")
        wanted[kind].append(int(pk))
    found = [piece(row) for row in Observation.objects.filter(pk__in=wanted["observation"])]
    found += [piece(row) for row in CheckIn.objects.filter(pk__in=wanted["check-in"])]
    return found + _toil_pieces(wanted["toil"], today)


def said(one: dict) -> str:
    """A piece in one line."""
    if one["kind"] == "toil":
        figure = {"item": one["text"], "times": one["times"], "time": durations.show(one["minutes"])}
        return _("%(item)s: %(times)s times, %(time)s in three months") % figure
    day = date_format(date.fromisoformat(one["day"]), "SHORT_DATE_FORMAT")
    return _("%(day)s: %(text)s") % {"day": day, "text": _short(markdown.plain(one["text"]))}


def name_of_observation(row: Observation) -> str:
    """What it is about, when, and what it says, to choose from."""
    day = date_format(row.day, "SHORT_DATE_FORMAT")
    return _("%(group)s, %(day)s: %(text)s") % {
        "group": row.stakeholder.label,
        "day": day,
        "text": _short(markdown.plain(row.text)),
    }


def _short(text: str) -> str:
    return Truncator(text).chars(100)
