"""The dashboard's page of learning: steps on the ladder, topics, series and whether they fade, who takes part."""

from collections import Counter, defaultdict
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from django.db.models import Count, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from apps.dashboards import figures as front
from apps.dashboards import month_charts, sql
from apps.dashboards.figures import Figure
from apps.dashboards.load import FEWEST
from apps.dashboards.section import Page, Reading, Section
from apps.dashboards.sheet import Column, Row, Sheet, Unit, number
from apps.gatherings.fade_out import SHOWN, fading
from apps.gatherings.models import Gathering, Meeting
from apps.people.ladder import Steps, can_alone
from apps.people.models import LadderStep, Roughly, Rung, Topic
from apps.people.sql import StepsState
from apps.toil import months

MOST_MOVES, MOST_TOPICS = 12, 10
MOST_MOVES_KEPT = 200  # in the CSV
RUNGS = [rung for rung in Rung if rung]


# ---- the ladder -----------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Climbed:
    """The steps up of some days, and how many different people took them."""

    by_month: Counter[tuple[date, int]]  # and rung
    people_by_month: dict[date, int]
    steps: int
    people: int


@lru_cache(maxsize=16)
def _climbed(first: date, last: date, _state: StepsState) -> Climbed:
    """Kept by each process until somebody takes a step."""
    counted: Counter[tuple[date, int]] = Counter()
    people: dict[date, set[int]] = defaultdict(set)
    for day, person, rung in sql.steps_up(first, last):
        counted[months.first(day), rung] += 1
        people[months.first(day)].add(person)
    different = set[int]().union(*people.values())
    return Climbed(counted, {month: len(each) for month, each in people.items()}, counted.total(), len(different))


@lru_cache(maxsize=16)
def _latest(first: date, last: date, _state: StepsState) -> tuple[int, ...]:
    return tuple(sql.latest_steps_up(first, last, MOST_MOVES_KEPT))


def forget() -> None:
    """Drops what is kept, for tests that take their rows back."""
    _climbed.cache_clear()
    _latest.cache_clear()


def by_month(reading: Reading) -> Section:
    """One query, where anybody took a step since."""
    found = _climbed(reading.period.first, reading.until, reading.steps_state)
    rows = reading.rows(
        lambda month: (*(found.by_month[month, rung] for rung in RUNGS), found.people_by_month.get(month, 0))
    )
    columns = (
        *(Column(str(rung.label), Unit.COUNT, rung.value) for rung in RUNGS),
        Column(_("Different people"), Unit.COUNT, is_drawn=False),
    )
    sheet = Sheet(_("Month"), columns, rows if found.steps else ())
    return Section(
        _("Steps up the ladder"),
        _("Steps up that count, by month and by the rung they lead to, of toil items and topics."),
        sheet,
        aside=_("Steps a month"),
        chart=month_charts.stacked(sheet, says=_steps_say(sheet)),
        empty=_("Nobody took a step in these months."),
    )


def _steps_say(sheet: Sheet) -> str:
    total = sum(number(cell) for row in sheet.rows for cell in row.cells[:-1])
    alone = sum(number(cell) for row in sheet.rows for cell in row.cells[Rung.SOLO - 1 : -1])
    return _("%(n)s steps up the ladder, %(alone)s of them to solo or teaching.") % {"n": total, "alone": alone}


def moved(reading: Reading) -> Section:
    """Who took a step up; who shows their steps roughly is not named. Three queries."""
    found = _latest(reading.period.first, reading.until, reading.steps_state)
    rough = Roughly.people() - {reading.reader.pk}
    steps = LadderStep.objects.filter(pk__in=found).exclude(person__in=rough).told()
    rows = tuple(
        Row(
            step.person.short_name,
            (step.subject.label, str(Rung(step.rung).label), step.day),
            reverse("people:person", args=[step.person_id]),
        )
        for step in steps
    )
    columns = (Column(_("With"), Unit.TEXT), Column(_("Rung"), Unit.TEXT), Column(_("Day"), Unit.DAY))
    return Section(
        _("Who moved"),
        _(
            "The last 200 steps up, as everybody sees them on the ladders. Whoever shows their steps only roughly is"
            " counted above, and not named here."
        ),
        Sheet(_("Who"), columns, rows),
        empty=_("Nobody who may be named took a step in these months."),
        is_half=True,
        shown=MOST_MOVES,
        is_of_people=True,
    )


# ---- topics ---------------------------------------------------------------------------------------------


def topics(reading: Reading) -> Section:
    """What people want to learn. Of fewer than three who are interested no number is said (R91). Four queries."""
    rows_of: list = list(Topic.objects.standing().with_interested())
    stood = Steps(Topic, [row.pk for row in rows_of], reading.steps_state).stood(
        reading.ends[-1][1] if reading.ends else None
    )
    of_topic = Q(gathering__topic__in=rows_of)
    days = (reading.period.first, reading.until)
    met = dict(
        Meeting.objects.over(timezone.now())
        .filter(of_topic, day__range=days)
        .order_by()
        .values("gathering__topic")
        .annotate(n=Count("pk"))
        .values_list("gathering__topic", "n")
    )
    rows = []
    for topic in rows_of:
        asked, rungs, held = topic.interested, stood[topic.pk], met.get(topic.pk, 0)
        learning = sum(Rung.NONE < rung < Rung.SOLO for rung in rungs.values())
        if asked >= FEWEST or held or rungs:
            cells = (asked if asked >= FEWEST else None, learning, can_alone(rungs), held)
            rows.append((asked >= FEWEST, asked, Row(topic.label, cells, reverse("people:topic", args=[topic.pk]))))
    rows.sort(key=lambda each: (-each[1] if each[0] else 0, -number(each[2].cells[3]), each[2].name.casefold()))
    columns = (
        Column(_("Interested"), Unit.COUNT),
        Column(_("Learning it"), Unit.COUNT),
        Column(_("Alone"), Unit.COUNT),
        Column(_("Meetings"), Unit.COUNT),
    )
    return Section(
        _("Topics"),
        _(
            "Interested: who says so today, or said yes to it; fewer than three are not told. Learning it: watching to"
            " driving at the end of the period; alone: solo or teaching. Meetings: held in the period."
        ),
        Sheet(_("Topic"), columns, tuple(row for _told, _asked, row in rows)),
        empty=_("Nobody has said yet what they want to learn."),
        is_half=True,
        shown=MOST_TOPICS,
    )


# ---- gatherings -----------------------------------------------------------------------------------------


def series(reading: Reading) -> Section:
    """Series with a meeting in the period: how many came each time, and whether they fade out, as their own pages say
    it. Two queries.
    """
    came: dict[int, list[sql.SeriesMeeting]] = defaultdict(list)
    for meeting in sql.held_of_series(reading.period.first, reading.until, timezone.now(), SHOWN):
        came[meeting.gathering].append(meeting)
    rows = []
    for gathering in Gathering.objects.filter(pk__in=came).only("title", "kind").order_by("title", "pk"):
        counts = [meeting.came for meeting in came[gathering.pk]]
        fades = fading(counts)
        words = _("no")
        if fades is not None:
            words = _("The last three each smaller") if fades.is_falling else _("Below 60 percent")
        held = came[gathering.pk][-1].held
        cells = (str(gathering.get_kind_display()), held, tuple(counts[-SHOWN:]), words)
        rows.append(Row(gathering.title, cells, reverse("gatherings:gathering", args=[gathering.pk])))
    columns = (
        Column(_("Kind"), Unit.TEXT),
        Column(_("Meetings held"), Unit.COUNT),
        Column(_("Came, the last twelve times"), Unit.SERIES),
        Column(_("Fading out"), Unit.TEXT),
    )
    return Section(
        _("Series"),
        _(
            "A series fades out when its last three meetings were each smaller than the one before, or the last below"
            " 60 percent of the first. Counted is who was there, or else who had said that they come."
        ),
        Sheet(_("Series"), columns, tuple(rows)),
        empty=_("No series met in these months."),
    )


def teams(reading: Reading) -> Section:
    """Who takes part, by team; teams of fewer than three are told together, or not at all (R91). One query."""
    found = sql.teams(reading.period.first, reading.until)
    large = [team for team in found if team.name and team.people >= FEWEST]
    small = [team for team in found if team not in large]
    rows = [Row(team.name, (team.people, team.came, team.came / team.people)) for team in large]
    people, there = sum(team.people for team in small), sum(team.came for team in small)
    if people >= FEWEST:
        label = _("Smaller teams, and people without one") if large else _("Everybody")
        rows.append(Row(label, (people, there, there / people)))
    columns = (
        Column(_("People"), Unit.COUNT),
        Column(_("Came at least once"), Unit.COUNT),
        Column(_("Of all"), Unit.SHARE),
    )
    return Section(
        _("Who takes part"),
        _(
            "Different people at gatherings of the period, by the team that their settings name. Teams of fewer than"
            " three people are told together."
        ),
        Sheet(_("Team"), columns, tuple(rows)),
        empty=_("Not enough to say: there are fewer than three people."),
        barred=1,
    )


# ---- the figures above ----------------------------------------------------------------------------------


def figures(reading: Reading) -> list[Figure]:
    return [*_steps(reading), front.came(reading.carried), _fading(reading)]


def _steps(reading: Reading) -> list[Figure]:
    """Steps up in the period, and how many different people took them, beside the period before. One query."""
    before = reading.period.before
    now = _climbed(reading.period.first, reading.until, reading.steps_state)
    then = _climbed(before.first, before.end, reading.steps_state)
    help_ = reading.once(by_month).help
    notes = (_("%(n)s in the period before") % {"n": n} if then.steps else "" for n in (then.steps, then.people))
    tone = "up" if now.steps else ""
    return [
        Figure(_("Steps up the ladder"), str(now.steps), "", next(notes), help_, "#steps", tone=tone),
        Figure(
            _("People who moved"), str(now.people), ngettext("person", "people", now.people), next(notes),
            _("Different people who took a step up in the period."), "#moved",
        ),
    ]  # fmt: skip


def _fading(reading: Reading) -> Figure:
    section = reading.once(series)
    rows = section.sheet.rows
    if not rows:
        return Figure(_("Series that fade out"), "", "", section.empty, section.help)
    fade = sum(row.cells[3] != _("no") for row in rows)
    return Figure(
        _("Series that fade out"), str(fade), _("of %(n)s series") % {"n": len(rows)},
        "", section.help, "#series", tone="down" if fade else "",
    )  # fmt: skip


PAGE = Page(
    gettext_lazy("Learning"),
    gettext_lazy("Whether a team is forming: who can do more, what people want to learn, and who takes part."),
    {"steps": by_month, "moved": moved, "topics": topics, "series": series, "teams": teams},
    figures,
)
