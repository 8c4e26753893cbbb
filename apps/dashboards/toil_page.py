"""The dashboard's page of toil: by month, kind, cause, area, item and hour, beside the ceiling; what digging saved."""

from collections import defaultdict
from datetime import date

from django.db.models import Sum
from django.urls import reverse
from django.utils.dates import WEEKDAYS_ABBR
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from apps.dashboards import kinds, month_charts, sql
from apps.dashboards.figures import Figure, log_of
from apps.dashboards.load import FEWEST, mean
from apps.dashboards.section import Page, Reading, Section
from apps.dashboards.sheet import Column, Row, Sheet, Unit, change, number, written
from apps.stakeholders.models import Stakeholder
from apps.toil import months, payback
from apps.toil.log import NONE
from apps.toil.models import Area, DigWork, Item, ItemMonth, State, StateChange
from apps.toil.models.entry import HOURS
from apps.web.bilingual import in_reader_language

CEILING = 0.5  # of working time (Site Reliability Engineering, chapter 5)
DAYS_A_WEEK = 7
STEADY = 0.15  # less than this up or down is no trend
FEWEST_MINUTES = 60  # that a trend must be about
MOST_ITEMS, MOST_MOVING = 10, 6


# ---- by month -------------------------------------------------------------------------------------------


def by_month(reading: Reading) -> Section:
    """Four queries, which `by_capacity` and the figures share."""
    carried = reading.carried
    count = len(reading.period.months)

    def cells(month: date) -> tuple:
        load, past = carried.everything.get(month), carried.before.get(months.step(month, -count))
        return load.minutes if load else None, past.minutes if past else None

    rows = reading.rows(cells, is_linked=True)
    columns = (
        Column(_("Toil"), Unit.MINUTES, 1),
        Column(
            _("The period before"),
            Unit.MINUTES,
            is_drawn=sum(row.cells[1] is not None and not row.is_running for row in rows) > 1,
        ),
    )
    sheet = Sheet(_("Month"), columns, rows if any(row.cells[0] for row in rows) else ())
    return Section(
        _("By month"),
        _("All minutes logged in the month, and in the same month of the period before: as many months, right before."),
        sheet,
        aside=_("Hours a month"),
        chart=month_charts.lines(sheet, dashed=(1,)),
        empty=_("Not enough to say: nothing was logged in these months."),
    )


def by_kind(reading: Reading) -> Section:
    sheet = kinds.sheet(reading.period.until(reading.today), reading.carried.running)
    return Section(
        _("What kind of toil"),
        _("All minutes logged in the month, by the category that the item has today."),
        sheet,
        aside=_("Hours a month"),
        chart=kinds.chart(sheet, month_charts.FULL),
        empty=_("Not enough to say: no full month was logged."),
    )


# ---- by what causes it ----------------------------------------------------------------------------------


def by_stakeholder(reading: Reading) -> Section:
    """Two queries. What is logged for nobody in particular is what the sum of all leaves."""
    found = sql.by_stakeholder(reading.period.before.first, reading.carried.running)
    labels: dict[int | str | None, str] = {row.pk: row.label for row in Stakeholder.objects.all()}
    said = {(row.group, row.month): row.minutes for row in found}
    for month, load in reading.carried.everything.items():
        said[None, month] = load.minutes - sum(row.minutes for row in found if row.month == month)
    labels[None] = _("Nobody in particular")
    return Section(
        _("For whom"),
        _("Minutes logged for them. A month: the mean of the full months, in this period and in the one before."),
        _compared(reading, _("Stakeholder"), labels, said, "stakeholder"),
        empty=_("Not enough to say: nothing was logged in these months."),
        is_half=True,
        barred=0,
    )  # fmt: skip


def by_area(reading: Reading) -> Section:
    """One query."""
    labels: dict[int | str | None, str] = {area.value: str(area.label) for area in Area}
    labels[None] = _("No area")
    found = sql.by_area(reading.period.before.first, reading.carried.running)
    said = {(row.group, row.month): row.minutes for row in found}
    return Section(
        _("By area"),
        _("Minutes by the item’s area. A month: the mean of the full months, in this period and in the one before."),
        _compared(reading, _("Area"), labels, said, "area"),
        empty=_("Not enough to say: nothing was logged in these months."),
        is_half=True,
        barred=0,
    )  # fmt: skip


def _compared(
    reading: Reading, of: str, labels: dict[int | str | None, str], said: dict[tuple[int | str | None, date], int],
    filter_name: str,
) -> Sheet:  # fmt: skip
    """Each group's minutes in the period, a month, and a month of the period before; the largest first."""
    carried = reading.carried
    began, until = reading.period.days_until(reading.today)
    rows = []
    for group, label in labels.items():
        total = sum(minutes for (each, month), minutes in said.items() if each == group and month in carried.loads)
        now, before = (
            sum(said.get((group, month), 0) for month in some) / len(some) if some else None
            for some in (carried.full, list(carried.before))
        )
        if total or before:
            address = log_of(began, until, **{filter_name: NONE if group is None else group})
            rows.append(Row(label, (total, now, before, change(before, now)), address))
    columns = (
        Column(_("In the period"), Unit.MINUTES),
        Column(_("A month"), Unit.MINUTES),
        Column(_("A month before"), Unit.MINUTES),
        Column(_("More or less"), Unit.CHANGE),
    )
    return Sheet(of, columns, tuple(sorted(rows, key=lambda row: -number(row.cells[0]))))


# ---- by item --------------------------------------------------------------------------------------------


def by_item(reading: Reading) -> Section:
    """Two queries, which rising and falling share."""
    began, until = reading.period.days_until(reading.today)
    everything = sum(load.minutes for load in reading.carried.loads.values())
    rows = [
        Row(
            in_reader_language(each.name, each.name_ja),
            (each.minutes, each.times, each.minutes / everything if everything else None, *_trend(each, reading)),
            log_of(began, until, item=each.pk),
        )
        for each in reading.sums_of_items
        if each.minutes
    ]
    columns = (
        Column(_("In the period"), Unit.MINUTES),
        Column(_("Times"), Unit.COUNT),
        Column(_("Of all"), Unit.SHARE),
        Column(_("A month"), Unit.MINUTES),
        Column(_("A month before"), Unit.MINUTES),
        Column(_("More or less"), Unit.CHANGE),
    )
    return Section(
        _("What costs most"),
        _(
            "Minutes logged against the item. A month: the mean of the last three full months, or of those since its"
            " first entry; before: of the three months before those, where the log goes back that far."
        ),
        Sheet(_("Toil item"), columns, tuple(rows)),
        empty=_("Not enough to say: nothing was logged in these months."),
        barred=0,
        shown=MOST_ITEMS,
    )  # fmt: skip


def rising(reading: Reading) -> Section:
    return _moving(reading, _("Rising"), _("Nothing rose by more than an hour a month."), sign=1)


def falling(reading: Reading) -> Section:
    return _moving(reading, _("Falling"), _("Nothing fell by more than an hour a month."), sign=-1)


def _moving(reading: Reading, title: str, empty: str, *, sign: int) -> Section:
    moved = []
    for each in reading.sums_of_items if reading.has_trend else ():
        now, before, part = _trend(each, reading)
        by = sign * ((now or 0) - (before or 0))
        if by >= FEWEST_MINUTES and (part is None or abs(part) >= STEADY):
            cells = (before or 0, now or 0, sign * by, part)
            moved.append(
                (by, Row(in_reader_language(each.name, each.name_ja), cells, reverse("toil:item", args=[each.pk])))
            )
    moved.sort(key=lambda pair: -pair[0])
    columns = (
        Column(_("A month before"), Unit.MINUTES),
        Column(_("A month"), Unit.MINUTES),
        Column(_("Difference"), Unit.MINUTES),
        Column(_("More or less"), Unit.CHANGE),
    )
    return Section(
        title,
        _(
            "Items whose mean of the last three full months differs from that of the three before by an hour a month"
            " and by 15 percent at least."
        ),
        Sheet(_("Toil item"), columns, tuple(row for _by, row in moved)),
        empty=empty if reading.has_trend else _no_trend(),
        is_half=True,
        shown=MOST_MOVING,
    )


def _no_trend() -> str:
    return _("Not enough to say: the log goes back less than six full months.")


def _trend(each: sql.ItemSums, reading: Reading) -> tuple[float | None, float | None, float | None]:
    """A month lately and before, and how much more that is; None where the log doesn't go back that far."""
    late, early = reading.trend
    now = _mean(each.late, late, each.since)
    before = _mean(each.early, early, each.since) or 0 if reading.has_trend else None
    return now, before, change(before, now)


def _mean(minutes: int, window: list[date], since: date) -> float | None:
    """Over the months since an item's first entry, as its monthly cost (product.md, “Formulas”)."""
    count = sum(month >= since for month in window)
    return minutes / count if count else None


# ---- what digging saved ---------------------------------------------------------------------------------


def saved(reading: Reading) -> Section:
    """Three queries, however many items are gone."""
    rows = [
        Row(
            item.label,
            (on, dug, each.promised, each.actual, each.actual - each.promised),
            reverse("toil:item", args=[item.pk]),
        )
        for item, on, dug, each in _saved(reading.until, reading.as_of)
    ]
    columns = (
        Column(_("Gone since"), Unit.DAY),
        Column(_("Spent on digging"), Unit.MINUTES),
        Column(_("Promised so far"), Unit.MINUTES),
        Column(_("Saved so far"), Unit.MINUTES),
        Column(_("Beside the promise"), Unit.MINUTES),
    )
    return Section(
        _("What is gone, and what it saved"),
        _(
            "Σ over the full months since it went of (baseline − actual); the baseline is the mean of the three full"
            " months before. Promised: the baseline without the expected upkeep. Both can be negative."
        ),
        Sheet(_("Toil item"), columns, tuple(sorted(rows, key=lambda row: -number(row.cells[3])))),
        empty=_("Not enough to say: no item has been gone for a full month."),
        shown=MOST_ITEMS,
    )  # fmt: skip


def _saved(until: date, as_of: date) -> list[tuple[Item, date, int, payback.Saved]]:
    """Of the items gone by `until`: since when, the minutes of digging, and what they saved until then."""
    gone = {item.pk: item for item in Item.objects.current().filter(state=State.GONE)}
    since = dict(
        StateChange.objects.filter(item__in=gone, state=State.GONE, on__lte=until)
        .order_by("on", "id")
        .values_list("item", "on")
    )
    by_item: dict[int, dict[date, int]] = defaultdict(dict)
    for item, month, minutes in ItemMonth.objects.filter(item__in=since).values_list("item", "month", "minutes"):
        by_item[item][month] = minutes
    dug = dict(
        DigWork.objects.filter(item__in=since, day__lte=until)
        .order_by()
        .values("item")
        .annotate(sum=Sum("minutes"))
        .values_list("item", "sum")
    )
    found = []
    for pk, on in since.items():
        each = payback.saved(by_item[pk], on, gone[pk].upkeep_minutes or 0, as_of)
        if each is not None:
            found.append((gone[pk], on, dug.get(pk, 0), each))
    return found


# ---- against working time -------------------------------------------------------------------------------


def by_capacity(reading: Reading) -> Section:
    """Toil ratio: Σ minutes ÷ Σ capacity (product.md, “Formulas”), of those who logged anything. One query."""
    carried = reading.carried
    desk = carried.desk.member
    found = sql.capacities(reading.period.first, carried.running, desk.pk if desk else 0)

    def cells(month: date) -> tuple:
        if month == carried.running:  # its working time is not over
            return (None,) * (2 if carried.is_split else 1)
        of, weeks = found.get(month), months.last_day(month).day / DAYS_A_WEEK
        everybody = of.minutes / (of.weekly * weeks) if of and of.people >= FEWEST else None
        own = of.own / (of.own_weekly * weeks) if of and of.own_weekly and everybody is not None else None
        return (everybody, own) if carried.is_split else (everybody,)

    rows = reading.rows(cells)
    columns = [Column(_("Everybody"), Unit.SHARE, 1)]
    if carried.is_split and desk:
        columns.append(Column(desk.short_name, Unit.SHARE, 2))
    is_told = any(value is not None for row in rows for value in row.cells)
    sheet = Sheet(_("Month"), tuple(columns), rows if is_told else ())
    return Section(
        _("Against working time"),
        _(
            "Minutes of toil ÷ working minutes, which each person sets, of those who logged anything in the month. The"
            " line is the SRE book’s ceiling of 50 percent. Of fewer than three people nothing is said."
        ),
        sheet,
        aside=_("Share of working time"),
        chart=month_charts.lines(sheet, ceiling=CEILING),
        empty=_("Not enough to say: fewer than three people logged toil."),
    )  # fmt: skip


# ---- by hour --------------------------------------------------------------------------------------------


def by_hour(reading: Reading) -> Section:
    """When it comes. Two queries."""
    first, last = reading.period.first, reading.carried.running
    found = sql.by_slot(first, min(last, reading.period.last))
    known = {slot: minutes for slot, minutes in found.items() if slot % HOURS != HOURS - 1}
    # Where most is without its hour, the rest may be one person's.
    enough = sum(known.values()) * 2 > sum(found.values()) and sql.people_between(first, reading.period.last) >= FEWEST
    hours = sorted({slot % HOURS for slot in known})
    shown = range(min(hours), max(hours) + 1) if hours else ()
    start = reading.reader.week_start
    rows = tuple(
        Row(str(WEEKDAYS_ABBR[day]), tuple(found.get(day * HOURS + hour, 0) for hour in shown))
        for day in ((start + n) % DAYS_A_WEEK for n in range(DAYS_A_WEEK))
    )
    unknown = sum(found.values()) - sum(known.values())
    return Section(
        _("When it comes"),
        _("Minutes by weekday and by the hour in which the work began, or was logged, on the clock of who did it."),
        Sheet(
            _("Weekday"), tuple(Column(f"{hour}:00", Unit.MINUTES) for hour in shown), rows if enough else ()
        ),
        empty=_("Not enough to say: fewer than three people logged toil."),
        notes=(_("Of %(time)s more nobody knows the hour.") % {"time": written(unknown, Unit.MINUTES)},)
        if unknown and enough else (),
        is_heat=True,
    )  # fmt: skip


# ---- the figures above ----------------------------------------------------------------------------------


def figures(reading: Reading) -> list[Figure]:
    return [_all(reading), _ratio(reading), _hours_saved(reading), _moved(reading)]


def _all(reading: Reading) -> Figure:
    carried = reading.carried
    minutes = sum(load.minutes for load in carried.loads.values())
    now, before = (mean(loads) for loads in ({month: carried.loads[month] for month in carried.full}, carried.before))
    said = [
        words % {"hours": month_charts.short(minutes, Unit.MINUTES)}
        for minutes, words in (
            (now, _("%(hours)s a month on average")),
            (before, _("%(hours)s a month on average in the period before")),
        )
        if minutes
    ]
    first, until = reading.period.days_until(reading.today)
    return Figure(
        _("Toil in the period"), f"{round(minutes / 60):,}" if minutes else "", _("h"),
        _(", ").join(said),
        _("All minutes logged in the period."),
        log_of(first, until),
    )  # fmt: skip


def _ratio(reading: Reading) -> Figure:
    section = reading.once(by_capacity)
    told = [row for row in section.sheet.drawn if row.cells[-1] is not None]
    value = told[-1].cells[-1] if told else None
    if not isinstance(value, float):
        return Figure(_("Toil of working time"), "", "", section.empty, section.help)
    who = section.sheet.columns[-1].label
    return Figure(
        _("Toil of working time"), str(round(value * 100)), "%",
        _("%(who)s, in %(month)s; 50 percent is the ceiling") % {"who": who, "month": told[-1].name},
        section.help, "#capacity", tone="down" if value > CEILING else "up",
    )  # fmt: skip


def _hours_saved(reading: Reading) -> Figure:
    section = reading.once(saved)
    found = [row.cells for row in section.sheet.rows]
    if not found:
        return Figure(_("Hours saved"), "", "", section.empty, section.help)
    dug, promised, actual = (sum(number(cells[place]) for cells in found) for place in (1, 2, 3))
    return Figure(
        _("Hours saved"), f"{round(actual / 60):,}", _("h"),
        _("promised were %(hours)s, digging took %(dug)s")
        % {"hours": month_charts.short(promised, Unit.MINUTES), "dug": month_charts.short(dug, Unit.MINUTES)},
        section.help, "#saved", tone="up" if actual > 0 else "down",
    )  # fmt: skip


def _moved(reading: Reading) -> Figure:
    """How many items rose, and how many fell."""
    up, down = (len(reading.once(each).sheet.rows) for each in (rising, falling))
    return Figure(
        _("Items that rise"), str(up) if reading.has_trend else "", ngettext("item", "items", up),
        ngettext("and %(n)s that falls", "and %(n)s that fall", down) % {"n": down} if reading.has_trend
        else _no_trend(),
        reading.once(rising).help, "#rising" if up else "#items",
        tone="up" if up < down else "down" if up > down else "",
    )  # fmt: skip


PAGE = Page(
    gettext_lazy("Toil"),
    gettext_lazy("What the toil is, whom it is for, what rises and what falls."),
    {
        "months": by_month, "kinds": by_kind, "stakeholders": by_stakeholder, "areas": by_area, "items": by_item,
        "rising": rising, "falling": falling, "capacity": by_capacity, "hours": by_hour, "saved": saved,
    },
    figures,
)  # fmt: skip
