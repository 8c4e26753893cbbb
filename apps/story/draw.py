"""Draws the example story's future map, turn by turn, as its people would have published it."""

import calendar
from collections.abc import Iterable, Mapping
from datetime import date, datetime, time
from typing import Any

from django.db.models import Model

from apps.accounts.models import Member, Organisation
from apps.gatherings.models import Meeting
from apps.roadmap.document import FIELDS, QUARTERS, Part
from apps.roadmap.evidence import held, piece
from apps.roadmap.models import CheckIn, Draft, Map, Reading
from apps.roadmap.publish import Reason, publish
from apps.stakeholders.models import Observation, Stakeholder
from apps.story import year
from apps.story.cast import Text
from apps.toil import months
from apps.toil.models import Item


class _Story:
    """What the texts refer to, and in which language they are."""

    def __init__(
        self,
        which: int,
        people: dict[str, Member],
        groups: dict[str, Stakeholder],
        items: list[Item],
        linked: dict[str, Mapping[str, Model]],
    ):
        self.which, self.people, self.groups, self.items, self.linked = which, people, groups, items, linked
        self.today = people["aoi"].today()
        self.start = months.step(months.first(self.today), -year.MONTHS_BEFORE_TODAY)
        organisation = Organisation.get()
        assert organisation is not None  # noqa: S101 (the story has made it)
        self.zone = organisation.zone

    def day(self, told: year.Day) -> date:
        month = months.step(self.start, told[0])
        return month.replace(day=min(told[1], calendar.monthrange(month.year, month.month)[1]))

    def span(self, start: year.Day, end: year.Day) -> list[str]:
        return [self.day(start).isoformat(), self.day(end).isoformat()]

    def plan(self, plan: year.Plan) -> Part:
        return FIELDS["item"] | {
            "title": plan.title[self.which],
            "lane": plan.lane,
            "when": self.span(plan.start, plan.end),
            "sure": plan.sure,
            "signal": plan.signal[self.which],
            "owner": self.people[plan.owner].pk if plan.owner else None,
            "notes": plan.notes[self.which],
            "toil": [self.items[place].pk for place in plan.toil],
            "groups": [self.groups[tag].pk for tag in plan.groups],
        }

    def shape(self, shape: year.Shape, there: dict[str, Part]) -> dict[str, Part | None]:
        """The team of a quarter. A person who had a seat there keeps it."""
        name = f"quarter:{shape.quarter}"
        changes: dict[str, Part | None] = {
            name: {"shape": shape.title[self.which], "shape_sentence": shape.sentence[self.which]}
        }
        wanted = {}
        for place, (who, role, how) in enumerate(shape.seats, start=1):
            seat = {
                "quarter": shape.quarter,
                "role": role[self.which],
                "member": self.people[who].pk if who else None,
                "how": how,
                "position": place,
            }
            wanted[f"seat:{shape.quarter}{who or f'seat{place}'}"] = seat
        gone = [key for key in there if key.startswith(f"seat:{shape.quarter}") and key not in wanted]
        return changes | wanted | dict.fromkeys(gone)


def draw(
    which: int,
    people: dict[str, Member],
    groups: dict[str, Stakeholder],
    items: list[Item],
    linked: dict[str, Mapping[str, Model]],
) -> Map:
    """The map with its revisions, readers and check-ins; nothing in it lies after today. `linked` are gatherings and
    topics by their keys.
    """
    story = _Story(which, people, groups, items, linked)
    row = Map.objects.create(start=story.start)
    for turn in year.TURNS:
        _publish(story, row, turn)
    for key, day, status, words, who in year.CHECKS:
        if story.day(day) <= story.today:
            CheckIn.note(item=key, day=story.day(day), status=status, words=words[which], by=people[who])
    return row


def _named(quarters: tuple[tuple[Text, Text], ...], number: int, which: int) -> Part:
    name, sentence = quarters[number - 1]
    return {"name": name[which], "sentence": sentence[which]}


def _met(story: _Story, turn: year.Turn) -> Iterable[Meeting]:
    """The newest meeting with notes, of those that were held until the day of the turn."""
    if not turn.met:
        return ()
    rows = held().filter(gathering=story.linked["gatherings"][turn.met].pk, notes__isnull=False)
    return rows.filter(day__lt=story.day(turn.day))[:1]


def _publish(story: _Story, row: Map, turn: year.Turn) -> None:
    which, lead = story.which, story.people["aoi"]
    row.refresh_from_db()
    draft = Draft.open_for(row, lead)
    there = draft.document.parts
    changes: dict[str, Part | None] = {}
    if row.head == 0:
        changes["map"] = {"title": year.TITLE[which]}
        changes |= {f"quarter:{number}": _named(year.FIRST_QUARTERS, number, which) for number in QUARTERS}
        for place, (when, text) in enumerate(year.PAST, start=1):
            changes[f"past:{when}"] = {"when": when, "text": text[which], "position": place}
    changes |= {f"quarter:{number}": _named(year.QUARTERS, number, which) for number in turn.quarters}
    changes |= {f"item:{key}": story.plan(year.PLANS[key]) for key in turn.new}
    changes |= {f"item:{key}": None for key in turn.dropped}
    said: dict[str, dict[str, Any]] = {
        "when": {key: story.span(*span) for key, span in turn.moved.items()},
        "sure": turn.sure,
        "title": {key: title[which] for key, title in turn.titles.items()},
    }
    for place, name in enumerate(("gatherings", "topics")):
        said[name] = {item: [story.linked[name][key].pk for key in keys[place]] for item, keys in turn.links.items()}
    for field, values in said.items():
        for item, value in values.items():
            changes[f"item:{item}"] = (changes.get(f"item:{item}") or {}) | {field: value}
    for shape in turn.shapes:
        merged, quarter = story.shape(shape, there), f"quarter:{shape.quarter}"
        changes |= merged | {quarter: (changes.get(quarter) or {}) | (merged[quarter] or {})}
    draft.change(changes)
    told = Observation.objects.filter(
        stakeholder__in=[story.groups[tag] for tag in turn.evidence], day__lte=story.day(turn.day)
    )
    newest = {observation.stakeholder_id: observation for observation in told.order_by("day")}
    reason = Reason(
        name=turn.name[which],
        learned=turn.learned[which],
        why=turn.why[which],
        note=turn.note[which],
        sure="likely" if turn.name[which] else "",
        evidence=(*map(piece, newest.values()), *map(piece, _met(story, turn))),
        first=tuple(story.people[who].pk for who in turn.first),
    )
    at = datetime.combine(story.day(turn.day), time(10, 30), story.zone)
    revision = publish(draft, reason, at=at)
    Reading.objects.bulk_create(Reading(revision=revision, member=story.people[who]) for who in turn.read_by)
