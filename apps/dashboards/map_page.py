"""The dashboard's page of the map: what was promised for when, what came, and what followed each pivot."""

from collections import Counter, defaultdict
from dataclasses import dataclass
from datetime import date
from functools import cached_property, lru_cache

from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from apps.dashboards import front_sections, month_charts
from apps.dashboards.figures import Figure
from apps.dashboards.section import Page, Reading, Section
from apps.dashboards.sheet import Column, Row, Sheet, Unit, change, number
from apps.roadmap import words
from apps.roadmap.document import Item
from apps.roadmap.history import Aftermath, Told, aftermaths, all_told
from apps.roadmap.models import CheckIn, Map, Status
from apps.roadmap.models.check_in import ENDED
from apps.roadmap.models.revision import as_of
from apps.toil import months
from apps.web.templatetags.web import address
from apps.web.text import clean

MOST_PROMISES = 20
STATUSES = (Status.DONE, Status.ON_THE_WAY, Status.IN_DOUBT, Status.GIVEN_UP)


@dataclass(frozen=True, slots=True)
class Promise:
    """An item of the map: as it was first published, as it stands, and how it went."""

    map: Map  # on which it stands
    first: Item
    now: Item | None  # None where it was dropped
    dropped: date | None
    checks: tuple[CheckIn, ...]  # in their order

    @property
    def check(self) -> CheckIn | None:
        """The last."""
        return self.checks[-1] if self.checks else None

    @property
    def came(self) -> date | None:
        """The day on which it was said to be done, and after which nobody said otherwise."""
        since = None
        for check in self.checks:
            since = (since or check.day) if check.status == Status.DONE else None
        return since

    @property
    def item(self) -> Item:
        return self.now or self.first

    def is_due(self, until: date) -> bool:
        """Whether it was first promised for a day that is over."""
        return self.first.end < until

    @property
    def is_kept(self) -> bool:
        return self.came is not None and self.came <= self.first.end

    def is_in_doubt(self) -> bool:
        return bool(self.now and self.check and self.check.status == Status.IN_DOUBT)

    def is_silent(self, until: date) -> bool:
        """Whether its bar has begun and nobody has spoken of it."""
        return bool(self.now and not self.check and self.now.start < until)


@dataclass(frozen=True, slots=True)
class Followed:
    """What was ever on a map: as it was first, when it was dropped, and as all the rest stands."""

    first: dict[str, Item]
    dropped: dict[str, date]
    now: dict[str, Item]


def _followed(row: Map, until: date) -> Followed:
    """By the end of a day."""
    then = as_of(row, until)
    return _follow(row.pk, then.number if then else 0, row.erasures)


@lru_cache(maxsize=16)
def _follow(map_id: int, number: int, _erasures: int) -> Followed:
    """Up to a revision: kept by each process, as what is published never changes."""
    first: dict[str, Item] = {}
    dropped: dict[str, date] = {}
    now: dict[str, Item] = {}
    for one in all_told(Map.objects.get(pk=map_id))[:number]:
        now = dict(one.difference.after.items)
        first = now | first
        for pk in first.keys() - now.keys() - dropped.keys():
            dropped[pk] = one.revision.day
        for pk in dropped.keys() & now.keys():
            del dropped[pk]
    return Followed(first, dropped, now)


def forget() -> None:
    """Drops what is kept, for tests that take their rows back."""
    _follow.cache_clear()


class Plan:
    """What the maps of the period said, revision by revision, until its last day: as many as years that it touches. A
    query, or two, and for each map three more when somebody has published.
    """

    def __init__(self, reading: Reading):
        self.first, self.until, self.as_of = reading.period.first, reading.until, reading.as_of
        self.told: list[tuple[Map, list[Told]]] = [
            (row, [one for one in all_told(row) if one.revision.day <= self.until]) for row in reading.maps
        ]
        self.followed = [(row, _followed(row, self.until)) for row in reading.maps]
        known = {item for _map, of in self.followed for item in of.first}
        self.checks = list(CheckIn.objects.filter(item__in=known, day__lte=self.until).order_by("day", "id"))

    @property
    def pivots(self) -> list[tuple[Map, list[Told]]]:
        return [
            (row, [one for one in rows if one.revision.is_pivot and one.revision.day >= self.first])
            for row, rows in self.told
        ]

    @cached_property
    def promises(self) -> list[Promise]:
        """In the order of the days for which they were first promised. What went on to the next year stands there, with
        what was first promised of it.
        """
        first: dict[str, Item] = {}
        stands: dict[str, Map] = {}
        dropped: dict[str, date] = {}
        now: dict[str, Item] = {}
        for row, of in self.followed:
            first = of.first | first
            stands |= dict.fromkeys(of.first, row)
            now |= of.now
            dropped = {pk: on for pk, on in dropped.items() if pk not in of.first} | of.dropped
        said: dict[str, list[CheckIn]] = defaultdict(list)
        for check in self.checks:
            said[check.item].append(check)
        found = [
            Promise(stands[pk], item, None if pk in dropped else now[pk], dropped.get(pk), tuple(said[pk]))
            for pk, item in first.items()
        ]
        return sorted(found, key=lambda one: (one.first.end, one.first.id))

    @property
    def doubted(self) -> list[Promise]:
        return [one for one in self.promises if one.is_in_doubt()]

    @property
    def silent(self) -> list[Promise]:
        return [one for one in self.promises if one.is_silent(self.as_of)]


def _no_map() -> str:
    return _("There is no map of the year yet.")


def promises(reading: Reading) -> Section:
    """No query of its own."""
    plan = reading.once(Plan)
    lanes = {lane.id: lane.label for _map, rows in plan.told for one in rows for lane in one.difference.after.lanes}
    rows = []
    for one in plan.promises:
        late = (one.came - one.first.end).days if one.came else None
        cells = (
            lanes.get(one.item.lane, ""), one.first.end, one.now.end if one.now else None, *_state(one), late
        )  # fmt: skip
        rows.append(Row(one.item.title, cells, _address(one)))
    columns = (
        Column(_("Lane"), Unit.TEXT),
        Column(_("First promised for"), Unit.DAY),
        Column(_("Planned for now"), Unit.DAY),
        Column(_("What came"), Unit.TEXT),
        Column(_("Said on"), Unit.DAY),
        Column(_("Days after the first promise"), Unit.COUNT),
    )
    return Section(
        _("What was promised, and what came"),
        _(
            "Every item that was ever on the map: the last day of its bar when it was first published and as it is now,"
            " and its last check-in. Before the promised day, the days are below nothing."
        ),
        Sheet(_("Item of the map"), columns, tuple(rows)),
        empty=_no_map(),
        shown=MOST_PROMISES,
    )


def _address(one: Promise) -> str:
    return f"{address('roadmap:item', one.item.id)}?map={one.map}" if one.now else ""


def doubted(reading: Reading) -> Section:
    """No query of its own."""
    plan = reading.once(Plan)
    rows = tuple(
        Row(one.item.title, (one.check.day, clean(one.check.words), one.item.end), _address(one))
        for one in plan.doubted
        if one.check
    )
    columns = (
        Column(_("Said on"), Unit.DAY),
        Column(_("In these words"), Unit.TEXT),
        Column(_("Planned for now"), Unit.DAY),
    )
    return Section(
        _("In doubt"),
        _("Items of the map whose last check-in says that they are in doubt."),
        Sheet(_("Item of the map"), columns, rows),
        empty=_("Of no item anybody said so last.") if plan.told else _no_map(),
        is_half=True,
    )


def silent(reading: Reading) -> Section:
    """No query of its own."""
    plan = reading.once(Plan)
    rows = tuple(Row(one.item.title, (one.item.start, one.item.end), _address(one)) for one in plan.silent)
    return Section(
        _("Begun, and not spoken of"),
        _("Items whose bar has begun and of which nobody has checked in."),
        Sheet(_("Item of the map"), (Column(_("Began"), Unit.DAY), Column(_("Planned for now"), Unit.DAY)), rows),
        empty=_("Of everything that has begun somebody has spoken.") if plan.told else _no_map(),
        is_half=True,
    )


def _state(one: Promise) -> tuple[str, date | None]:
    """What came of it, and when that was said."""
    if one.dropped and not (one.check and one.check.status in ENDED):
        return _("Dropped"), one.dropped
    if one.check is None:
        return _("Nobody has checked in"), None
    return str(one.check.get_status_display()), one.came or one.check.day


def check_ins(reading: Reading) -> Section:
    """No query of its own."""
    plan = reading.once(Plan)
    counted = Counter((months.first(check.day), check.status) for check in plan.checks)
    rows = reading.rows(lambda month: tuple(counted[month, status] for status in STATUSES))
    columns = tuple(
        Column(str(status.label), Unit.COUNT, tint) for status, tint in zip(STATUSES, (1, 3, 2, 0), strict=True)
    )
    sheet = Sheet(_("Month"), columns, rows if any(number(cell) for row in rows for cell in row.cells) else ())
    total = {status: sum(counted[month, status] for month in reading.period.months) for status in STATUSES}
    says = _("%(n)s check-ins: %(done)s done, %(doubt)s in doubt.") % {
        "n": sum(total.values()), "done": total[Status.DONE], "doubt": total[Status.IN_DOUBT],
    }  # fmt: skip
    return Section(
        _("Check-ins"),
        _("What was said of the items of the map in the month; an item may be spoken of more than once."),
        sheet,
        aside=_("Check-ins a month"),
        chart=month_charts.stacked(sheet, width=month_charts.HALF, says=says),
        empty=_("Nobody checked in in these months."),
        is_half=True,
    )


def lanes(reading: Reading) -> Section:
    found = front_sections.lanes(reading)
    return Section(found.title, found.help, found.sheet, empty=_no_map(), is_half=True)


def pivots(reading: Reading) -> Section:
    """What changed, and what happened after: the three full months before the month of the pivot beside the three after
    it, as far as they are over. Two queries for each map that turned.
    """
    plan = reading.once(Plan)
    rows = []
    for row, one, then in _turned(plan, reading.today):
        revision, said = one.revision, one.revision.said
        is_told = bool(then.before and then.after)
        was, now = (then.before.minutes, then.after.minutes) if then.before and then.after else (None, None)
        hands = (then.before.hands, then.after.hands) if is_told and then.before and then.after else (None, None)
        cells = (
            revision.day, f"{said.learned} {said.why}".strip(), words.summary(one.difference),
            was, now, change(was, now), *hands, then.checks or "—",
        )  # fmt: skip
        rows.append(Row(said.name, cells, reverse("roadmap:pivot", args=[row, revision.number])))
    columns = (
        Column(_("Day"), Unit.DAY),
        Column(_("Why"), Unit.TEXT),
        Column(_("What changed"), Unit.TEXT),
        Column(_("A month before"), Unit.MINUTES),
        Column(_("A month after"), Unit.MINUTES),
        Column(_("More or less"), Unit.CHANGE),
        Column(_("Hands before"), Unit.NUMBER),
        Column(_("Hands after"), Unit.NUMBER),
        Column(_("Check-ins since"), Unit.TEXT),
    )
    return Section(
        _("Pivots, and what happened after"),
        _(
            "Toil a month and effective hands: the three full months before the month of the pivot, and those after it"
            " as far as they are over. That one came after the other does not say that it came of it."
        ),
        Sheet(_("Pivot"), columns, tuple(rows)),
        empty=_("The plan has not turned yet.") if plan.told else _no_map(),
        notes=(_("A dash stands where no full month has followed yet, or fewer than three people logged toil."),)
        if any(None in row.cells for row in rows)
        else (),
    )


def _turned(plan: Plan, today: date) -> list[tuple[Map, Told, Aftermath]]:
    """The newest first."""
    found = []
    for row, turned in plan.pivots:
        after = aftermaths(turned, today)
        found += [(row, one, after[one.revision.number]) for one in turned]
    return sorted(found, key=lambda turn: turn[1].revision.at, reverse=True)


# ---- the figures above ----------------------------------------------------------------------------------


def figures(reading: Reading) -> list[Figure]:
    plan = reading.once(Plan)
    found = plan.promises
    due = [one for one in found if one.is_due(reading.as_of)]
    label, help_ = _("Came as first promised"), _(
        "Items checked in as done by the last day for which they were first promised, among those whose day is over."
    )  # fmt: skip
    if not plan.told:
        return [Figure(label, "", "", _no_map(), help_)]
    kept, came = sum(one.is_kept for one in due), sum(one.came is not None for one in found)
    in_doubt, unspoken = reading.once(doubted), reading.once(silent)
    doubts, quiet = len(in_doubt.sheet.rows), len(unspoken.sheet.rows)
    turned = sorted(one.revision.day for _map, rows in plan.pivots for one in rows)
    return [
        Figure(
            label, str(kept) if due else "", _("of %(n)s items") % {"n": len(due)},
            ngettext(
                "%(n)s of all items on the map has come so far", "%(n)s of all items on the map have come so far", came
            ) % {"n": came} if due else _("Not enough to say: no promised day is over."),
            help_, "#promises",
        ),
        Figure(
            in_doubt.title, str(doubts), ngettext("item", "items", doubts),
            _(", ").join(one.item.title for one in plan.doubted[:2]), in_doubt.help, "#doubt",
            tone="down" if doubts else "",
        ),
        Figure(
            unspoken.title, str(quiet), ngettext("item", "items", quiet), "", unspoken.help, "#silent",
            tone="down" if quiet else "",
        ),
        Figure(
            _("Pivots"), str(len(turned)), "",
            _("the last on %(day)s") % {"day": date_format(turned[-1])} if turned else "",
            _("How often the plan turned; each keeps its reason."), "#pivots",
        ),
    ]  # fmt: skip


PAGE = Page(
    gettext_lazy("Map"),
    gettext_lazy("What was promised for when, what came, and why the plan turned."),
    {
        "promises": promises,
        "doubt": doubted,
        "silent": silent,
        "pivots": pivots,
        "checks": check_ins,
        "lanes": lanes,
    },
    figures,
)
