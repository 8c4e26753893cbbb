"""The dashboard's page of the map: what was promised for when, what came, and what followed each pivot."""

from collections import Counter
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from apps.dashboards import front_sections, month_charts
from apps.dashboards.figures import Figure
from apps.dashboards.section import Page, Reading, Section
from apps.dashboards.sheet import Column, Row, Sheet, Unit, change, number
from apps.roadmap import words
from apps.roadmap.document import Document, Item
from apps.roadmap.history import Told, aftermaths, told
from apps.roadmap.models import CheckIn, Map, Status
from apps.toil import months

MOST_PROMISES = 14
STATUSES = (Status.DONE, Status.ON_THE_WAY, Status.IN_DOUBT, Status.GIVEN_UP)


@dataclass(frozen=True, slots=True)
class Promise:
    """An item of the map: as it was first published, as it stands, and how it went."""

    first: Item
    now: Item | None  # None where it was dropped
    dropped: date | None
    check: CheckIn | None  # the last

    @property
    def came(self) -> date | None:
        return self.check.day if self.check and self.check.status == Status.DONE else None

    @property
    def item(self) -> Item:
        return self.now or self.first

    def is_due(self, until: date) -> bool:
        """Whether it was first promised for a day that is over."""
        return self.first.end < until

    @property
    def is_kept(self) -> bool:
        return self.came is not None and self.came <= self.first.end


@lru_cache(maxsize=4)
def _told(map_id: int, head: int, _erasures: int) -> tuple[Told, ...]:
    """All revisions of a map, the oldest first: what is published never changes, and replaying it takes long."""
    return tuple(told(Map.objects.get(pk=map_id), 1, head))


def forget() -> None:
    """Drops what is kept, for tests that take their rows back."""
    _told.cache_clear()


class Plan:
    """What the map of the period said, revision by revision, until its last day. A query, and four more when somebody
    has published.
    """

    def __init__(self, reading: Reading):
        self.map, self.first, self.until = reading.map_of_period, reading.period.first, reading.until
        rows = _told(self.map.pk, self.map.head, self.map.erasures) if self.map else ()
        self.told: list[Told] = [one for one in rows if one.revision.day <= self.until]
        self.document: Document = self.told[-1].difference.after if self.told else Document({})
        known = {item for one in self.told for item in one.difference.after.items}
        self.checks = list(CheckIn.objects.filter(item__in=known, day__lte=self.until).order_by("day", "id"))

    @property
    def pivots(self) -> list[Told]:
        return [one for one in self.told if one.revision.is_pivot and one.revision.day >= self.first]

    @property
    def promises(self) -> list[Promise]:
        """In the order of the days for which they were first promised."""
        first: dict[str, Item] = {}
        dropped: dict[str, date] = {}
        for one in self.told:
            after = one.difference.after.items
            for pk, item in after.items():
                first.setdefault(pk, item)
                dropped.pop(pk, None)
            for pk in first.keys() - after.keys() - dropped.keys():
                dropped[pk] = one.revision.day
        last = {check.item: check for check in self.checks}
        now = self.document.items
        found = [Promise(item, now.get(pk), dropped.get(pk), last.get(pk)) for pk, item in first.items()]
        return sorted(found, key=lambda one: (one.first.end, one.first.id))

    @property
    def address(self) -> str:
        return f"{self.map.start:%Y-%m}" if self.map else ""


def _no_map() -> str:
    return _("There is no map of the year yet.")


def promises(reading: Reading) -> Section:
    """No query of its own."""
    plan = reading.once(Plan)
    lanes = {lane.id: lane.label for one in plan.told for lane in one.difference.after.lanes}
    rows = []
    for one in plan.promises:
        late = (one.came - one.first.end).days if one.came else None
        cells = (
            lanes.get(one.item.lane, ""), _day(one.first.end), _day(one.now.end) if one.now else "—", _state(one), late
        )  # fmt: skip
        address = f"{reverse('roadmap:item', args=[one.item.id])}?map={plan.address}" if one.now else ""
        rows.append(Row(one.item.title, cells, address))
    columns = (
        Column(_("Lane"), Unit.TEXT),
        Column(_("First promised for"), Unit.TEXT),
        Column(_("Planned for now"), Unit.TEXT),
        Column(_("What came"), Unit.TEXT),
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


def _day(day: date) -> str:
    return date_format(day, "SHORT_DATE_FORMAT")


def _state(one: Promise) -> str:
    if one.check and one.check.status in (Status.DONE, Status.GIVEN_UP):
        return _("%(what)s on %(day)s") % {"what": one.check.get_status_display(), "day": _day(one.check.day)}
    if one.dropped:
        return _("Dropped on %(day)s") % {"day": _day(one.dropped)}
    return str(one.check.get_status_display()) if one.check else _("Nobody has checked in")


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
    it, as far as they are over. Two queries.
    """
    plan = reading.once(Plan)
    turned = plan.pivots
    after = aftermaths(turned, reading.today)
    rows = []
    for one in reversed(turned):
        revision, then = one.revision, after[one.revision.number]
        is_told = bool(then.before and then.after)
        was, now = (then.before.minutes, then.after.minutes) if then.before and then.after else (None, None)
        hands = (then.before.hands, then.after.hands) if is_told and then.before and then.after else (None, None)
        cells = (
            _day(revision.day), words.summary(one.difference), was, now, change(was, now), *hands, then.checks or "—"
        )  # fmt: skip
        address = reverse("roadmap:pivot", args=[plan.address, revision.number])
        rows.append(Row(revision.said.name, cells, address))
    columns = (
        Column(_("Day"), Unit.TEXT),
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
        empty=_("The plan has not turned yet.") if plan.map else _no_map(),
    )


# ---- the figures above ----------------------------------------------------------------------------------


def figures(reading: Reading) -> list[Figure]:
    plan = reading.once(Plan)
    found = plan.promises
    due = [one for one in found if one.is_due(reading.as_of)]
    label, help_ = _("Came as first promised"), _(
        "Items checked in as done by the last day for which they were first promised, among those whose day is over."
    )  # fmt: skip
    if not plan.map:
        return [Figure(label, "", "", _no_map(), help_)]
    kept, came = sum(one.is_kept for one in due), sum(one.came is not None for one in found)
    doubt = [one for one in found if one.now and one.check and one.check.status == Status.IN_DOUBT]
    silent = [one for one in found if one.now and one.check is None and one.now.start < reading.until]
    turned = plan.pivots
    return [
        Figure(
            label, str(kept) if due else "", _("of %(n)s items") % {"n": len(due)},
            _("%(n)s came in all") % {"n": came} if due else _("Not enough to say: no promised day is over."),
            help_, "#promises",
        ),
        Figure(
            _("In doubt"), str(len(doubt)), ngettext("item", "items", len(doubt)),
            _(", ").join(one.item.title for one in doubt[:2]),
            _("Items of the map whose last check-in says that they are in doubt."), "#promises",
            tone="down" if doubt else "",
        ),
        Figure(
            _("Begun, and not spoken of"), str(len(silent)), ngettext("item", "items", len(silent)), "",
            _("Items whose bar has begun and of which nobody has checked in."), "#promises",
        ),
        Figure(
            _("Pivots"), str(len(turned)), "",
            _("the last on %(day)s") % {"day": _day(turned[-1].revision.day)} if turned else "",
            _("How often the plan turned; each keeps its reason."), "#pivots",
        ),
    ]  # fmt: skip


PAGE = Page(
    gettext_lazy("Map"),
    gettext_lazy("What was promised for when, what came, and why the plan turned."),
    {"promises": promises, "pivots": pivots, "checks": check_ins, "lanes": lanes},
    figures,
)
