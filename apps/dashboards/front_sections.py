"""The parts of the front page as rows and columns, for their CSV; of what kind the toil is, with its chart."""

from django.utils.translation import gettext as _

from apps.dashboards import kinds, map_so_far, month_charts, participation
from apps.dashboards.load import tells_of_nobody
from apps.dashboards.section import Reading, Section, Sections
from apps.dashboards.sheet import Column, Row, Sheet, Unit
from apps.people.ladder import can_alone
from apps.toil.figures import monthly_costs

MOST = 20  # items of the field


def kinds_of_toil(reading: Reading) -> Section:
    """Of the full months that are drawn."""
    sheet = kinds.sheet(reading.carried.drawn, reading.carried.running)
    return Section(
        _("What kind of toil"),
        _("All minutes logged in the month, by the category that the item has today."),
        sheet,
        aside=_("Hours a month"),
        chart=kinds.chart(sheet, month_charts.HALF),
        empty=_("Not enough to say: no full month was logged."),
        is_half=True,
    )


def scaling_out(reading: Reading) -> Section:
    carried = reading.carried
    held = participation.Held(carried.shown, reading.period, reading.today).by_month
    split = carried.desk.member if carried.is_split else None
    columns = [
        Column(_("All toil"), Unit.MINUTES, 1, is_drawn=split is None),
        Column(_("Gatherings"), Unit.COUNT, is_drawn=False),
    ]
    if split:
        columns += [Column(split.short_name, Unit.MINUTES, 1), Column(_("Everyone else"), Unit.MINUTES, 3)]
    rows = []
    for month in carried.shown.until(reading.today):
        load = carried.everything.get(month)
        parts = (load.own, load.others) if load and tells_of_nobody(load) else (None, None)
        cells = (load.minutes if load else None, held[month], *parts)
        rows.append(Row(month, cells[: len(columns)], is_running=month == carried.running))
    sheet = Sheet(_("Month"), tuple(columns), tuple(rows) if carried.loads else ())
    return Section(
        _("Scaling out"),
        _("Minutes logged in the month."),
        sheet,
        aside=_("Hours of toil a month, and who carries them") if split else _("Hours of toil a month"),
        chart=month_charts.stacked(sheet, says=None),
        empty=_("Not enough to say: nothing was logged in these months."),
    )


def field(reading: Reading) -> Section:
    """How many people can do each item alone, by the end of each month; nobody's name. The costliest first."""
    costs = monthly_costs(reading.today)
    stood = [reading.steps.stood(end) for _month, end in reading.ends]
    items = sorted(reading.items, key=lambda item: -costs[item.pk].minutes if item.pk in costs else 0)
    columns = tuple(Column(f"{month:%Y-%m}", Unit.COUNT) for month, _end in reading.ends)
    rows = tuple(Row(item.label, tuple(can_alone(standing[item.pk]) for standing in stood)) for item in items)
    help_ = _("How many people can do it alone: solo or teaching.")
    return Section(
        _("The field"),
        help_,
        Sheet(_("Toil"), columns, rows),
        empty=_("Not enough to say: there are no items."),
        shown=MOST,
    )


def lanes(reading: Reading) -> Section:
    columns = tuple(
        Column(label, Unit.COUNT) for label in (_("Done"), _("Firm"), _("Likely"), _("Hunch"), _("Given up"))
    )
    of = reading.map_of_period
    rows = tuple(
        Row(row.lane.label, (row.done, row.firm, row.likely, row.hunch, row.given_up))
        for row in (map_so_far.lanes(of, reading.until) if of else ())
    )
    help_ = _("Items by lane, those checked in as done first.")
    empty = _("There is no map of the year yet.")
    return Section(_("The map so far"), help_, Sheet(_("Lane"), columns, rows), empty=empty, is_half=True)


def came(reading: Reading) -> Section:
    columns = (
        Column(_("Meetings held"), Unit.COUNT),
        Column(_("Came each time"), Unit.NUMBER),
        Column(_("Different people"), Unit.COUNT),
    )
    rows = tuple(
        Row(row.label, (row.held, row.average, row.people))
        for row in participation.participation(reading.period, reading.today)
    )
    return Section(
        _("Gatherings and who came"),
        _("Gatherings of the period of which it was noted who came."),
        Sheet(_("Kind"), columns, rows),
        empty=_("Not enough to say: nobody noted who came to a gathering."),
    )


SECTIONS: Sections = {"scaling": scaling_out, "field": field, "kinds": kinds_of_toil, "map": lanes, "gatherings": came}
