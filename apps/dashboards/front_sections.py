"""The parts of the front page as rows and columns, for their CSV; of what kind the toil is, with its chart."""

from dataclasses import replace

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from apps.dashboards import kinds, map_so_far, month_charts, participation
from apps.dashboards.figures import held_between, log_of
from apps.dashboards.load import tells_of_nobody
from apps.dashboards.section import Reading, Section, Sections
from apps.dashboards.sheet import Column, Row, Sheet, Unit
from apps.gatherings.models import Kind
from apps.toil.months import last_day

MOST = 20  # items of the field


def kinds_of_toil(reading: Reading) -> Section:
    """Of the period; before its first full month is over, of what is drawn beside it."""
    carried = reading.carried
    sheet = kinds.sheet(reading.period.until(reading.today) if carried.full else carried.drawn, carried.running)
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
    found = scaling_table(reading)
    return replace(found, chart=month_charts.stacked(found.sheet, says=None))


def scaling_table(reading: Reading) -> Section:
    """Without its chart: the page draws one with more in it."""
    carried = reading.carried
    held = reading.held.by_month
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
        address = log_of(month, last_day(month))
        rows.append(Row(month, cells[: len(columns)], address, is_running=month == carried.running))
    sheet = Sheet(_("Month"), tuple(columns), tuple(rows) if any(row.cells[0] for row in rows) else ())
    return Section(
        _("Scaling out"),
        _(
            "Minutes logged in the month, in all and by the first SRE, where they agreed to it and it tells of nobody"
            " else."
        ),
        sheet,
        aside=_("Hours of toil a month, and who carries them") if split else _("Hours of toil a month"),
        empty=_("Not enough to say: nothing was logged in these months."),
    )


def field(reading: Reading) -> Section:
    """How many people can do each item alone, by the end of each month; nobody's name. The costliest first."""
    costs = reading.costs
    alone = [reading.steps.alone(end) for _month, end in reading.ends]
    items = sorted(reading.items, key=lambda item: -costs[item.pk].minutes if item.pk in costs else 0)
    by_month = (Column(f"{month:%Y-%m}", Unit.COUNT) for month, _end in reading.ends)
    columns = (Column(_("A month"), Unit.MINUTES), *by_month)
    rows = tuple(
        Row(
            item.label,
            (costs[item.pk].minutes if item.pk in costs else 0, *(people[item.pk] for people in alone)),
            reverse("toil:item", args=[item.pk]),
        )
        for item in items
    )
    help_ = _("What it costs a month, and how many people can do it alone by the end of each: solo or teaching.")
    return Section(
        _("The field"),
        help_,
        Sheet(_("Toil"), columns, rows),
        empty=_("Not enough to say: there are no items."),
        shown=MOST,
    )


def lanes(reading: Reading) -> Section:
    of = reading.map_of_period
    found = map_so_far.lanes(of, reading.until) if of else []
    labels = [
        _("Done"),
        _("Firm"),
        _("Likely"),
        _("Hunch"),
        *([_("Given up")] if any(row.given_up for row in found) else []),
    ]
    rows = tuple(
        Row(row.lane.label, (row.done, row.firm, row.likely, row.hunch, row.given_up)[: len(labels)]) for row in found
    )
    columns = tuple(Column(label, Unit.COUNT) for label in labels)
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
        Row(
            str(Kind(row.kind).label),
            (row.held, row.came / row.held, row.people),
            held_between(*reading.period.days_until(reading.today), kind=row.kind),
        )
        for row in participation.participation(reading.period, reading.today)
    )
    unnoted = reading.held.unnoted
    says = ngettext("Of %(n)s more nobody noted who came.", "Of %(n)s more nobody noted who came.", unnoted)
    return Section(
        _("Gatherings and who came"),
        _("Gatherings of the period of which it was noted who came."),
        Sheet(_("Kind"), columns, rows),
        empty=_("Not enough to say: nobody noted who came to a gathering."),
        notes=(says % {"n": unnoted},) if unnoted else (),
        is_half=True,
    )


SECTIONS: Sections = {"scaling": scaling_out, "field": field, "kinds": kinds_of_toil, "map": lanes, "gatherings": came}
