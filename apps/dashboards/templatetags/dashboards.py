"""What charts say in a sentence, and where their parts stand."""

from functools import lru_cache

from django import template
from django.template import Context
from django.utils.formats import date_format
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from apps.dashboards import scaling as drawn
from apps.dashboards.scaling import ROW, Scaling
from apps.dashboards.section import Section
from apps.dashboards.sheet import Head, shown

register = template.Library()


@register.filter
def hours(minutes: float) -> str:
    """`3480` as “58 h”."""
    return drawn.hours(minutes)


@register.simple_tag
def scaling_says(chart: Scaling) -> str:
    first, last = chart.first, chart.last
    months = {
        "first": date_format(first.month, "YEAR_MONTH_FORMAT"),
        "last": date_format(last.month, "YEAR_MONTH_FORMAT"),
    }
    if chart.is_split and first.own is not None and last.own is not None and first.all and last.all:
        return _(
            "%(name)s carried %(own)s of %(all)s in %(first)s and %(own_now)s of %(all_now)s in %(last)s:"
            " %(share)s percent, then %(share_now)s percent."
        ) % (months | {
            "name": chart.name, "own": hours(first.own), "all": hours(first.all), "own_now": hours(last.own),
            "all_now": hours(last.all), "share": round(first.own / first.all * 100),
            "share_now": round(last.own / last.all * 100),
        })  # fmt: skip
    return _("Toil of all: %(all)s in %(first)s, %(all_now)s in %(last)s.") % (months | {
        "all": hours(first.all or 0), "all_now": hours(last.all or 0),
    })  # fmt: skip


KEPT = 128  # renderings, each of some ten thousand characters


@lru_cache(maxsize=KEPT)
def _slot(_key: tuple) -> list[SafeString]:
    return []


def forget() -> None:
    """Drops what is kept, for tests."""
    _slot.cache_clear()


@register.simple_tag(takes_context=True)
def part(context, name: str, **said) -> SafeString:
    """Renders the template `name`, which says nothing but what is `said`: a process keeps what it rendered last of the
    same, as drawing a chart takes longer than finding what it says.
    """
    slot = _slot((name, get_language(), *said.items()))
    if not slot:
        slot.append(context.template.engine.get_template(name).render(Context(said, autoescape=context.autoescape)))
    return slot[0]


@register.inclusion_tag("dashboards/table.html")
def sheet_table(section: Section, key: str) -> dict:
    """The table of a section; of a chart's all rows, of another's as many as the page shows."""
    sheet = section.sheet
    rows = shown(sheet, most=section.shown, barred=section.barred, is_heat=section.is_heat)
    return {
        "key": key,
        "of": sheet.of,
        "columns": [Head(column.label, column.is_number) for column in sheet.columns],
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
