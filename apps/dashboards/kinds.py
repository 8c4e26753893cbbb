"""Kinds of toil: hours by month and category."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _

from apps.dashboards import month_charts, sql
from apps.dashboards.figures import log_of
from apps.dashboards.month_charts import Chart, short
from apps.dashboards.sheet import Column, Row, Sheet, Unit, number
from apps.toil.log import NONE
from apps.toil.models import Category
from apps.toil.months import last_day

MOST = 6  # kinds told apart: the colours there are; the rest is one


def sheet(months: Sequence[date], running: date) -> Sheet:
    """Of these months; without rows where nothing was logged in them. Two queries."""
    place = {month: n for n, month in enumerate(months)}
    sums: dict[int | None, list[int]] = defaultdict(lambda: [0] * len(months))
    for row in sql.kinds(months[0], months[-1]) if months else ():
        if row.month in place:
            sums[row.category][place[row.month]] += row.minutes
    named = _named(sums)
    columns = tuple(
        Column(
            each.label,
            Unit.MINUTES,
            each.tint,
            address=log_of(months[0], last_day(months[-1]), category=each.only) if each.only else "",
        )
        for each in named
    )
    rows = tuple(
        Row(month, tuple(each.minutes[n] for each in named), log_of(month, last_day(month)), month == running)
        for n, month in enumerate(months)
    )
    return Sheet(_("Month"), columns, rows if named else ())


@dataclass(frozen=True, slots=True)
class Named:
    """A kind with its minutes by month; `only` asks the log for it, None where several are one."""

    label: str
    tint: int
    minutes: list[int]
    only: int | str | None


def _named(sums: dict[int | None, list[int]]) -> list[Named]:
    """In the order of the categories; those with the least minutes together, where there are too many."""
    known = {category.pk: category for category in Category.objects.all()}
    order = [pk for pk in known if pk in sums]
    kept = sorted(order, key=lambda pk: -sum(sums[pk]))[: MOST if len(order) <= MOST else MOST - 1]
    named = [Named(known[pk].label, known[pk].tint, sums[pk], pk) for pk in order if pk in kept]
    rest = [sums[pk] for pk in sums if pk not in kept]
    if rest:
        are_several = len(order) > len(kept)
        label = _("Other") if are_several else _("No category")
        minutes = [sum(each) for each in zip(*rest, strict=True)]
        named.append(Named(label, 0, minutes, None if are_several else NONE))
    return named


def chart(sheet: Sheet, width: int) -> Chart | None:
    return month_charts.stacked(sheet, width=width, says=_says(sheet))


def _says(sheet: Sheet) -> str:
    """What fell and what rose most in hours, from the first full month to the last."""
    said = [_("Hours of toil by category and month.")]
    rows = sheet.drawn
    if not rows:
        return said[0]
    moved = [(number(rows[-1].cells[n]) - number(rows[0].cells[n]), n) for n in range(len(sheet.columns))]
    fell, rose = min(moved, default=(0, 0)), max(moved, default=(0, 0))
    for (_by, n), words in (
        *([(fell, _("%(kind)s fell from %(first)s to %(last)s."))] if fell[0] < 0 else []),
        *([(rose, _("%(kind)s rose from %(first)s to %(last)s."))] if rose[0] > 0 else []),
    ):
        first, last = (short(rows[at].cells[n], Unit.MINUTES) for at in (0, -1))
        if first != last:
            said.append(words % {"kind": sheet.columns[n].label, "first": first, "last": last})
    return " ".join(said)
