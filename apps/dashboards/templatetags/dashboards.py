"""What charts say in a sentence, and where their parts stand."""

from django import template
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from apps.dashboards import scaling as drawn
from apps.dashboards.scaling import ROW, Plotted, Scaling
from apps.dashboards.section import Section
from apps.dashboards.sheet import Head, shown

register = template.Library()


@register.filter
def hours(minutes: float) -> str:
    """`3480` as “58 h”."""
    return drawn.hours(minutes)


@register.simple_tag
def scaling_drawn(of: Plotted) -> Scaling:
    return drawn.draw(of)


@register.simple_tag
def scaling_says(of: Plotted) -> str:
    first, last = of.first, of.last
    months = {
        "first": date_format(first.month, "YEAR_MONTH_FORMAT"),
        "last": date_format(last.month, "YEAR_MONTH_FORMAT"),
    }
    if of.is_split and first.own is not None and last.own is not None and first.all and last.all:
        return _(
            "%(name)s carried %(own)s of %(all)s in %(first)s and %(own_now)s of %(all_now)s in %(last)s:"
            " %(share)s percent, then %(share_now)s percent."
        ) % (months | {
            "name": of.name, "own": hours(first.own), "all": hours(first.all), "own_now": hours(last.own),
            "all_now": hours(last.all), "share": round(first.own / first.all * 100),
            "share_now": round(last.own / last.all * 100),
        })  # fmt: skip
    return _("Toil of all: %(all)s in %(first)s, %(all_now)s in %(last)s.") % (months | {
        "all": hours(first.all or 0), "all_now": hours(last.all or 0),
    })  # fmt: skip


@register.inclusion_tag("dashboards/table.html")
def sheet_table(section: Section, key: str) -> dict:
    """The table of a section; of a chart's all rows, of another's as many as the page shows."""
    sheet = section.sheet
    rows = shown(sheet, most=section.shown, barred=section.barred, is_heat=section.is_heat)
    return {
        "key": key,
        "of": sheet.of,
        "columns": [
            Head(column.label, column.is_number, column.address, bool(rows) and rows[0].cells[place].bar is not None)
            for place, column in enumerate(sheet.columns)
        ],
        "rows": rows,
        "more": len(sheet.rows) - len(rows),
        "is_heat": section.is_heat,
    }


@register.simple_tag
def flag_y(row: int) -> int:
    return 10 + row * ROW


@register.simple_tag
def flag_foot(row: int) -> int:
    return 18 + row * ROW
