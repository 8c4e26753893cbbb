"""What speaks for a pivot, as it read on the day: observations, figures of toil, check-ins, meetings that were held.

Of a meeting it is kept how many were there and what its notes say, never who.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date, timedelta
from functools import reduce
from operator import or_
from typing import Any

from django.db.models import Count, OuterRef, Q, QuerySet, Subquery
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.text import Truncator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from apps.gatherings.models import Attendance, Kind, Meeting
from apps.roadmap.document import Document
from apps.roadmap.models import CheckIn
from apps.stakeholders.evidence import Asked
from apps.stakeholders.models import Observation, Stakeholder
from apps.toil import durations, months
from apps.toil.models import Item, ItemMonth
from apps.web import markdown

OFFERED = 15  # of each kind
MONTHS = 3  # full ones, of a toil figure
MOST_WORDS = 1_000  # characters of what a meeting's notes say, of each kind
# What is kept of the notes, and how it is told.
NOTES = {
    "surprised": gettext_lazy("What surprised us?"),
    "needs_nobody": gettext_lazy("What would make this need nobody?"),
    "decisions": gettext_lazy("What we decided"),
}


def held() -> QuerySet[Meeting]:
    """Meetings that took place, with how many were noted there, and their notes; the newest first."""
    there = Attendance.objects.standing().filter(meeting=OuterRef("pk")).order_by().values("meeting")
    rows = Meeting.objects.over(timezone.now()).select_related("gathering", "notes")
    return rows.annotate(came=Subquery(there.annotate(n=Count("pk")).values("n")))


def piece(row: Observation | CheckIn | Meeting) -> dict:
    """The row as a pivot keeps it. Names of who is quoted stay out: a consent can be taken back, a revision can not."""
    if isinstance(row, Observation):
        return {
            "kind": "observation",
            "id": row.pk,
            "group": row.stakeholder_id,
            "day": row.day.isoformat(),
            "text": row.text,
        }
    if isinstance(row, Meeting):
        return _meeting_piece(row)
    return {"kind": "check-in", "id": row.pk, "item": row.item, "day": row.day.isoformat(), "text": row.words}


def _meeting_piece(row: Meeting) -> dict:
    """One of `held`; what nobody noted is left out."""
    notes = getattr(row, "notes", None)
    said: dict[str, Any] = {name: Truncator(getattr(notes, name, "")).chars(MOST_WORDS) for name in NOTES}
    said["came"] = getattr(row, "came", None)
    about = {"kind": "meeting", "id": row.pk, "gathering": row.gathering.kind, "day": row.day.isoformat()}
    return about | {"text": row.label} | {name: value for name, value in said.items() if value}


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


def offered(document: Document, today: date, find: str = "", chosen: Sequence[str] = ()) -> list[tuple[str, str]]:
    """What a pivot can name, with what is `chosen` already first: the newest observations, check-ins and meetings, and
    what the toil of its items costs; with `find`, those of all of them that say each of its words.
    """
    kept, words = _ids(chosen), find.replace("\0", "").split()[:6]
    observations = Observation.objects.select_related("stakeholder").newest_first()
    checks = CheckIn.objects.filter(item__in=list(document.items)).newest_first()
    meetings = held()
    toil = {pk for item in document.items.values() for pk in item.toil}
    found = _named(
        observations.filter(pk__in=kept["observation"]),
        checks.filter(pk__in=kept["check-in"]),
        meetings.filter(pk__in=kept["meeting"]),
        _toil_pieces(kept["toil"], today),
        document,
    )
    if words:
        observations = Asked(q=" ".join(words)).apply(observations, with_groups=True)
        for word in words:
            titled = [key for key, item in document.items.items() if word.casefold() in item.title.casefold()]
            checks = checks.filter(Q(words__icontains=word) | Q(item__in=titled))
            in_notes = [Q(**{f"notes__{name}__icontains": word}) for name in NOTES]
            in_title = Q(title__icontains=word) | Q(gathering__title__icontains=word)
            meetings = meetings.filter(reduce(or_, in_notes, in_title))
        toil = set(Item.objects.current().saying(words).values_list("pk", flat=True)[:OFFERED])
    found |= _named(observations[:OFFERED], checks[:OFFERED], meetings[:OFFERED], _toil_pieces(toil, today), document)
    return list(found.items())


def _named(
    observations: Iterable[Observation],
    checks: Iterable[CheckIn],
    meetings: Iterable[Meeting],
    toil: Iterable[dict],
    document: Document,
) -> dict[str, str]:
    """Each by the name that is sent back for it, and in words to choose by."""
    named = {f"observation:{row.pk}": name_of_observation(row) for row in observations}
    named |= {f"check-in:{row.pk}": document.items[row.item].title + _(": ") + _short(row.words) for row in checks}
    named |= {f"meeting:{row.pk}": _short(_meeting(_meeting_piece(row), "SHORT_DATE_FORMAT")) for row in meetings}
    return named | {f"toil:{one['id']}": _cost(one) for one in toil}


def pieces(chosen: Iterable[str], today: date) -> list[dict]:
    """The chosen pieces as they read now."""
    wanted = _ids(chosen)
    found = [piece(row) for row in Observation.objects.filter(pk__in=wanted["observation"])]
    found += [piece(row) for row in CheckIn.objects.filter(pk__in=wanted["check-in"])]
    found += [piece(row) for row in held().filter(pk__in=wanted["meeting"])]
    return found + _toil_pieces(wanted["toil"], today)


def _ids(chosen: Iterable[str]) -> dict[str, list[int]]:
    """The ids of each kind; what can't be read is left out."""
    ids: dict[str, list[int]] = {"observation": [], "check-in": [], "meeting": [], "toil": []}
    for one in chosen:
        kind, _colon, pk = one.partition(":")
        if kind in ids and pk.isascii() and pk.isdigit() and len(pk) < 16:
            ids[kind].append(int(pk))
    return ids


def told(pieces: Collection[dict]) -> list[str]:
    """Pieces as a pivot shows them for good: whole, and with the group that an observation is about. One query."""
    ids = {one["group"] for one in pieces if one["kind"] == "observation"}
    groups = {row.pk: row.label for row in Stakeholder.objects.filter(pk__in=ids)} if ids else {}
    return [_told(one, groups) for one in pieces]


def linked(pieces: Collection[dict]) -> list[tuple[str, str]]:
    """The same, each with the address of its meeting, if it is one that is still there. Two queries at most."""
    ids = {one["id"] for one in pieces if one["kind"] == "meeting"}
    rows = Meeting.objects.filter(pk__in=ids).values_list("pk", "gathering", "number") if ids else ()
    there = {pk: reverse("gatherings:meeting", args=[gathering, number]) for pk, gathering, number in rows}
    return [
        (says, there.get(one["id"], "") if one["kind"] == "meeting" else "")
        for one, says in zip(pieces, told(pieces), strict=True)
    ]


def _told(one: dict, groups: Mapping[int, str]) -> str:
    if one["kind"] == "toil":
        return _cost(one)
    if one["kind"] == "meeting":
        return _meeting(one, "DATE_FORMAT")
    day = date_format(date.fromisoformat(one["day"]), "DATE_FORMAT")
    text = " ".join(markdown.plain(one["text"]).split())
    if group := groups.get(one.get("group", 0)):
        return _("%(group)s, %(day)s: %(text)s") % {"group": group, "day": day, "text": text}
    return _("%(day)s: %(text)s") % {"day": day, "text": text}


def _meeting(one: dict, day_format: str) -> str:
    """What was met for, when, how many were there, and what the notes say, in one line."""
    kind = dict(Kind.choices).get(one["gathering"], one["gathering"])  # a name that was erased may be spelled like it
    called = {"kind": kind, "title": one["text"]}
    said = {
        "group": _("%(kind)s “%(title)s”") % called,
        "day": date_format(date.fromisoformat(one["day"]), day_format),
    }
    facts = [ngettext("%(n)s person", "%(n)s people", one["came"]) % {"n": one["came"]}] if "came" in one else []
    for name, label in NOTES.items():
        if name in one:
            text = " ".join(markdown.plain(one[name]).split()).rstrip(".。")
            facts.append(f"{label} {text}" if label.endswith(("?", "？")) else f"{label}{_(': ')}{text}")
    if not facts:
        return _("%(group)s, %(day)s") % said
    return _("%(group)s, %(day)s: %(text)s") % (said | {"text": " · ".join(facts)})


def _cost(one: dict) -> str:
    """A figure of toil in one line."""
    figure = {"item": one["text"], "times": one["times"], "time": durations.show(one["minutes"])}
    return _("%(item)s: %(times)s times, %(time)s in three months") % figure


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
