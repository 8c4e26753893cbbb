"""Rows of what a group costs; written in Python, since templates take several times as long for the same."""

from datetime import date

from django import template
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from apps.toil import durations
from apps.toil.cost_of_stakeholder import ALL, BAR, Cost
from apps.toil.templatetags.toil import grouped
from apps.web.templatetags.web import icon

register = template.Library()


@register.simple_tag
def cost_months(cost: Cost, stakeholder) -> SafeString:
    """The months as rows of a table, each with its entries and the way to make evidence of it."""
    running = f" <small>{escape(_('not full yet'))}</small>"
    rows = ""
    for row in cost.months:
        name = escape(_month(row.month))
        deed = _note(stakeholder, row.month, row.until, name) if row.times else ""
        rows += (
            f'<tr><th scope="row"><a href="{escape(row.rows)}">{name}</a>{running if row.is_running else ""}</th>'
            f'<td class="r">{grouped(row.times)}</td><td class="r nowrap">{escape(durations.show(row.minutes))}</td>'
            f'<td class="only-wide" aria-hidden="true"><svg class="bar" viewBox="0 0 {BAR} 8">'
            f'<rect x="0" y="0" width="{row.bar:.1f}" height="8" rx="1.5"/></svg></td><td>{deed}</td></tr>'
        )
    return mark_safe(rows)


@register.simple_tag
def cost_choices(cost: Cost) -> SafeString:
    """Links that choose the month whose items are listed."""
    choices: list[tuple[str, str, date | None]] = [(ALL, _("All six months together"), None)]
    choices += [(row.month.isoformat(), _month(row.month), row.month) for row in cost.months if row.times]
    here = ' aria-current="true"'
    return mark_safe(
        "".join(
            f'<a href="?month={value}#for-what"{here if month == cost.chosen else ""}>{escape(name)}</a>'
            for value, name, month in choices
        )
    )


@register.simple_tag
def cost_items(cost: Cost, stakeholder) -> SafeString:
    """The items as a list, and what the others come to, so that it adds up."""
    rows = ""
    for item in cost.items:
        name = escape(item.label)
        deed = _note(stakeholder, cost.since, cost.until, name, item.item)
        figures = _figures(item.times, item.minutes)
        rows += f'<li><a href="{escape(item.rows)}">{name}</a>{figures}{deed}</li>'
    times, minutes = cost.others
    if times:
        others = escape(_("Other items"))
        rows += f'<li><span class="muted">{others}</span>{_figures(times, minutes)}<span></span></li>'
    return mark_safe(rows)


def _figures(times: int, minutes: int) -> str:
    said = escape(ngettext("%(n)s time", "%(n)s times", times) % {"n": times})
    return f'<span class="num">{said}</span><span class="num">{escape(durations.show(minutes))}</span>'


def _note(stakeholder, since: date, until: date, name: str, item: int | None = None) -> str:
    """The way to make a figure evidence; an archived group takes none."""
    if stakeholder.archived_at:
        return ""
    address = reverse("stakeholders:observe_about", args=[stakeholder.pk])
    days = f"since={since.isoformat()}&amp;until={until.isoformat()}"
    of = "" if item is None else f"&amp;item={item}"
    says = escape(_("Note as evidence"))
    return (
        f'<a class="button button--sm button--quiet" href="{address}?{days}{of}" aria-label="{says}: {name}">'
        f'{icon("plus", "sm")}<span class="only-wide">{says}</span></a>'
    )


def _month(month: date) -> str:
    return date_format(month, "YEAR_MONTH_FORMAT")
