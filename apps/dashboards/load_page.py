"""The dashboard's page of load: how many hands carry the toil, how much of it more than one person can do, and what
still hangs on one desk.
"""

from collections import defaultdict
from datetime import date

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from apps.dashboards import figures as front
from apps.dashboards import month_charts, sql
from apps.dashboards.figures import Figure, log_of
from apps.dashboards.load import FEWEST, tells_of_nobody
from apps.dashboards.section import Page, Reading, Section
from apps.dashboards.sheet import Column, Row, Sheet, Unit, number
from apps.toil import months
from apps.toil.figures import heavy_on_one_desk
from apps.toil.templatetags.toil import percent

FEW = 2  # so many who can do it alone, and it is covered
MOST_HEAVY = 10


def by_hands(reading: Reading) -> Section:
    """The scale-out curve: effective hands, 1 / Σ sₚ², a month (product.md, “Formulas”). No query of its own."""

    def cells(month: date) -> tuple:
        load = reading.carried.everything.get(month)
        return (load.hands, load.people) if load and load.people >= FEWEST else (None, None)

    rows = reading.rows(cells, is_linked=True)
    columns = (
        Column(_("Effective hands"), Unit.NUMBER, 1),
        Column(_("People who logged toil"), Unit.COUNT),
    )
    sheet = Sheet(_("Month"), columns, rows if any(row.cells[0] is not None for row in rows) else ())
    return Section(
        _("How many hands"),
        _(
            "1 ÷ Σ s², s being each person’s share of the month’s minutes: 1 if one person does it all, and as many as"
            " logged toil if all share it evenly. Of fewer than three people nothing is said."
        ),
        sheet,
        aside=_("Effective hands, beside how many logged toil"),
        chart=month_charts.lines(sheet, dashed=(1,)),
        empty=_("Not enough to say: fewer than three people logged toil."),
    )


def by_desk(reading: Reading) -> Section:
    """s of the lead and max sₚ by month, where the first SRE agreed to it: nearly always the busiest desk is theirs."""
    carried = reading.carried

    def cells(month: date) -> tuple:
        load = carried.everything.get(month)
        is_told = load and carried.is_split and load.people >= FEWEST and tells_of_nobody(load)
        return (load.own / load.minutes, load.most / load.minutes) if load and is_told else (None, None)

    rows = reading.rows(cells)
    name = carried.desk.member.short_name if carried.desk.member and carried.is_split else _("First SRE")
    columns = (Column(name, Unit.SHARE, 2), Column(_("Busiest desk"), Unit.SHARE))
    sheet = Sheet(_("Month"), columns, rows if any(row.cells[0] is not None for row in rows) else ())
    return Section(
        _("On one desk"),
        _(
            "The first SRE’s minutes ÷ everybody’s, and the largest share that any one person has. Shown only with the"
            " first SRE’s yes, and of months in which three people or more logged toil."
        ),
        sheet,
        aside=_("Share of all minutes"),
        chart=month_charts.lines(sheet, dashed=(1,)),
        empty=_("The first SRE has not agreed to have their share shown, or too few people logged toil."),
    )


# ---- coverage -------------------------------------------------------------------------------------------


def coverage(reading: Reading) -> Section:
    """Coverage: the share of minutes on items that two people or more can do alone (product.md, “Formulas”), by where
    people stood at the end of the month. One query, and those of the steps.
    """
    sums = _by_coverage(reading)

    def cells(month: date) -> tuple:
        load, so_far = reading.carried.everything.get(month), sums[month]
        if load is None:
            return (None,) * 5
        return (*so_far, load.minutes - sum(so_far), so_far[0] / load.minutes)

    rows = reading.rows(cells)
    columns = (
        Column(_("Two people or more"), Unit.MINUTES, 1),
        Column(_("One person"), Unit.MINUTES, 2),
        Column(_("Nobody alone"), Unit.MINUTES, 4),
        Column(_("Toil without an item"), Unit.MINUTES, is_drawn=any(number(row.cells[3]) for row in rows)),
        Column(_("Coverage"), Unit.SHARE, is_drawn=False),
    )
    sheet = Sheet(_("Month"), columns, rows if any(row.cells[4] is not None for row in rows) else ())
    told = [row for row in sheet.drawn if row.cells[4] is not None]
    says = (
        _("Coverage: %(first)s percent in %(month)s, %(last)s percent in %(last_month)s.")
        % {
            "first": round(number(told[0].cells[4]) * 100), "month": told[0].name,
            "last": round(number(told[-1].cells[4]) * 100), "last_month": told[-1].name,
        }
        if told else None
    )  # fmt: skip
    return Section(
        _("Coverage"),
        _(
            "Minutes of the month by how many people could do the item alone at its end (solo or teaching on the"
            " ladder), of all items, accepted ones among them. Coverage is the share of those that two people or more"
            " could do."
        ),
        sheet,
        aside=_("Hours a month, by how many can do it alone"),
        chart=month_charts.stacked(sheet, says=says),
        empty=_("Not enough to say: nothing was logged in these months."),
        notes=(says,) if says else (),
    )


def _by_coverage(reading: Reading) -> dict[date, list[int]]:
    """By month the minutes on items that two or more, one, and nobody can do alone."""
    ends = dict(reading.ends)
    alone = {month: reading.every_step.alone(end) for month, end in ends.items()}
    sums: dict[date, list[int]] = defaultdict(lambda: [0, 0, 0])
    for item, month, minutes in sql.item_months(reading.period.first, reading.period.last):
        if month in ends:
            sums[month][max(0, FEW - alone[month].get(item, 0))] += minutes
    return sums


def by_people(reading: Reading) -> Section:
    """One query."""
    costs = reading.costs
    _month, end = reading.ends[-1] if reading.ends else (None, None)
    can_do = reading.steps.alone(end)
    groups: dict[int, list[float]] = {alone: [] for alone in range(4)}
    for item in reading.items:
        cost = costs.get(item.pk)
        groups[min(3, can_do[item.pk])].append(cost.minutes if cost else 0)
    everything = sum(map(sum, groups.values()))
    labels = (_("Nobody alone"), _("One person"), _("Two people"), _("Three people or more"))
    rows = tuple(
        Row(
            label,
            (len(groups[alone]), sum(groups[alone]), sum(groups[alone]) / everything if everything else None),
            # The people's own field shows today alone.
            "" if reading.is_over else f"{reverse('people:field')}?by=items&alone={alone}",
        )
        for alone, label in enumerate(labels)
    )
    columns = (
        Column(_("How many"), Unit.COUNT),
        Column(_("A month"), Unit.MINUTES),
        Column(_("Of all"), Unit.SHARE),
    )
    return Section(
        _("Who can do what"),
        _("Items still coming back, by how many people can do them alone; a month: the mean of the last full months."),
        Sheet(_("Can do it alone"), columns, rows if reading.items else ()),
        empty=_("Not enough to say: there are no items."),
        is_half=True,
        barred=0,
    )


def heavy(reading: Reading) -> Section:
    """Items that cost most and hang on one desk; no name is given. Two queries."""
    alone = reading.steps.alone(reading.ends[-1][1] if reading.ends else None)
    lately = reading.carried.lately
    is_told = lately is not None and lately.people >= FEWEST
    rows = tuple(
        Row(
            one.label,
            (one.minutes, one.share, alone.get(one.pk, 0)),
            reverse("toil:item", args=[one.pk]),
        )
        for one in heavy_on_one_desk(reading.as_of, MOST_HEAVY)
    )
    columns = (
        Column(_("A month"), Unit.MINUTES),
        Column(_("On one desk"), Unit.SHARE),
        Column(_("Can do it alone"), Unit.COUNT),
    )
    return Section(
        _("Still heavy on one desk"),
        _("Items of which one person did half or more of the last 90 days, by what lies on that desk."),
        Sheet(_("Toil item"), columns, rows if is_told else ()),
        empty=_("Nothing: of no item one person did half or more.")
        if is_told
        else _("Not enough to say: fewer than three people logged toil."),
        is_half=True,
    )


# ---- the figures above ----------------------------------------------------------------------------------


def figures(reading: Reading) -> list[Figure]:
    found = [front.hands(reading.carried), _coverage(reading), front.one_person(reading.carried, reading.steps)]
    own = front.own_share(reading.carried)
    return [*found, own or _loggers(reading)]


def _coverage(reading: Reading) -> Figure:
    section = reading.once(coverage)
    told = [row for row in section.sheet.drawn if row.cells[4] is not None]
    if not told:
        return Figure(section.title, "", "", section.empty, section.help)
    first, last = number(told[0].cells[4]), number(told[-1].cells[4])
    return Figure(
        section.title, str(round(last * 100)), "%",
        _("%(share)s in %(month)s") % {"share": percent(first), "month": told[0].name},
        section.help, "#coverage", tone="up" if last > first else "down" if last < first else "",
    )  # fmt: skip


def _loggers(reading: Reading) -> Figure:
    """How many people logged toil in the last full month."""
    full = reading.carried.full
    label, help_ = _("People who logged toil"), _("Different people with toil in the last full month of the period.")
    if not full:
        return Figure(label, "", "", _("Not enough to say: no full month was logged."), help_)
    first, last = reading.carried.loads[full[0]].people, reading.carried.loads[full[-1]].people
    if last < FEWEST:
        return Figure(label, "", "", _("Not enough to say: fewer than three people logged toil."), help_)
    return Figure(
        label, str(last), "", _("%(n)s in %(month)s") % {"n": first, "month": front.of_month(full[0])}, help_,
        log_of(full[-1], months.last_day(full[-1])), tone="up" if last > first else "",
    )  # fmt: skip


PAGE = Page(
    gettext_lazy("Load"),
    gettext_lazy("Whether the toil leaves one desk, and how much of it more than one person can do."),
    {"hands": by_hands, "desk": by_desk, "coverage": coverage, "people": by_people, "heavy": heavy},
    figures,
)
