"""How toil is written on pages: minutes, shares, months."""

from functools import cache, lru_cache
from urllib.parse import urlencode

from django import template
from django.urls import reverse
from django.utils.html import escape, format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.text import Truncator
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from apps.toil import durations
from apps.toil.figures import ItemRow
from apps.toil.lines import Line
from apps.toil.models import State
from apps.toil.payback import MONTHS_OF_COST
from apps.toil.permissions import may_change
from apps.toil.sql import MonthlyCost
from apps.web.templatetags.web import icon, who

register = template.Library()
NUMBER = ' class="r"'
STEADY = 0.15  # less than this up or down, last month against the two before, is no trend


@register.filter
def minutes(value: float | None) -> str:
    """`80` as “1 h 20 min” or 1時間20分; nothing for None. Fractions are rounded."""
    return "" if value is None else durations.show(round(value))


@register.filter
def signed_minutes(value: float) -> str:
    """Minutes that may be negative, with a real minus sign."""
    return ("−" if value < 0 else "") + durations.show(abs(round(value)))


@register.filter
def percent(value: float | None) -> str:
    """`0.58` as “58 %” (58％ is written 58% in Japanese)."""
    return "" if value is None else _("%(number)s %%") % {"number": round(value * 100)}


@register.filter
def grouped(value: int) -> str:
    """`1765` as “1,765”."""
    return f"{value:,}"


@register.filter
def one_decimal(value: float | None) -> str:
    """A number with at most one decimal: 3, 2.5."""
    return "" if value is None else f"{value:.1f}".removesuffix(".0")


_STATE_TAGS = {
    State.OBSERVED: "tag--pencil",
    State.AGREED: "",
    State.DIGGING: "tag--oudo",
    State.GONE: "tag--pine",
    State.ACCEPTED: "",
}


@register.simple_tag
def state_tag(state: str) -> SafeString:
    """An item's state, in the same colour everywhere."""
    return _state_tag(State(state), get_language())


@cache
def _state_tag(state: State, _language: str | None) -> SafeString:
    return format_html('<span class="tag {}">{}</span>', _STATE_TAGS[state], state.label)


@register.inclusion_tag("toil/filter_menu.html")
def filter_menu(filters, name: str, rows, any_label: str, menu_label: str) -> dict:
    """A menu of links that set one filter of the log and keep the others. `rows` are models, or (key, label) pairs."""
    chosen = getattr(filters, name)
    pairs = [("", any_label), *((row.pk, row.label) if hasattr(row, "pk") else row for row in rows)]
    links = [(filters.without(name, **{name: key}), label, str(key) == str(chosen or "")) for key, label in pairs]
    shown = next((label for _query, label, is_chosen in links if is_chosen), any_label)
    return {"links": links, "shown": shown, "is_set": bool(chosen), "menu_label": menu_label}


@register.simple_tag
def options(rows, chosen: str) -> SafeString:
    """`<option>`s for (value, label) pairs, with the chosen one selected."""
    return mark_safe(
        "".join(
            f'<option value="{escape(value)}"{" selected" if str(value) == chosen else ""}>{escape(label)}</option>'
            for value, label in rows
        )
    )


@lru_cache(maxsize=8)
def _words(_language: str | None) -> tuple[str, str, str]:
    return escape(_("Log again:")), escape(_("Edit:")), _("logged by %(name)s")


@lru_cache(maxsize=4_096)
def _address(view: str, *args: int) -> str:
    return reverse(view, args=args)


@register.simple_tag(takes_context=True)
def entry_row(context, entry: Line, show_who: bool = False, fresh: int | None = None) -> SafeString:
    """One row of the log. Set in Python, because pages hold fifty of them and a template costs ten times as much."""
    member = context["member"]
    here = context.get("here", "")
    # The log is where an edit leads back to anyway.
    back = "" if here.split("?")[0] == _address("toil:log") and "?" not in here else "?" + urlencode({"next": here})
    again, edit, _logged_by = _words(get_language())
    label = escape(entry.item)
    deeds = [str(who(entry.member, named=True))] if show_who or entry.member_id != member.pk else []
    deeds.append(
        f'<button class="icon-button only-wide" form="again" name="item" value="{entry.item_id}"'
        f' data-again=\'{{"minutes": {entry.minutes}, "stakeholder": "{entry.stakeholder_id or ""}"}}\''
        f' aria-label="{again} {label}">{icon("toil", "sm")}</button>'
    )
    if may_change(member, entry):
        deeds.append(
            f'<a class="icon-button" href="{_address("toil:entry", entry.pk)}{back}" data-edit'
            f' aria-label="{edit} {label}">{icon("edit", "sm")}</a>'
        )
    else:  # keeps the minutes of all rows in one column
        deeds.append('<span class="icon-button" aria-hidden="true"></span>')
    return mark_safe(
        f'<li class="entry{" entry--new" if entry.pk == fresh else ""}" id="entry-{entry.pk}" data-entry>'
        f"<time>{entry.clock.strftime('%H:%M') if entry.clock else ''}</time>"
        f'<div><div class="entry__what"><a href="{_address("toil:item", entry.item_id)}">{label}</a></div>'
        f'<div class="entry__meta">{_meta(entry)}</div></div>'
        f'<span class="entry__min">{durations.show(entry.minutes)}</span>'
        f'<span class="entry__do">{"".join(deeds)}</span></li>'
    )


@register.simple_tag
def item_row(row: ItemRow) -> SafeString:
    """One row of the items table. Set in Python for the same reason as the log's."""
    words = _item_words(get_language())
    small = f'<small><span class="dot c-{row.tint}"></span>{escape(row.category)}</small>' if row.category else ""
    cells = (
        (False, escape(row.stakeholder) or "–"),
        (True, durations.show(row.usual_minutes) if row.usual_minutes else "–"),
        (True, one_decimal(row.cost.times) if row.cost else "–"),
        (True, minutes(row.cost.minutes) + _so_far(row.cost) if row.cost else "–"),
        (
            False,
            f'<svg class="spark" viewBox="0 0 72 20" aria-hidden="true"><path d="{row.spark}"/></svg>'
            f"<span>{words[_trend(row.trend)]}</span>",
        ),
        (True, percent(row.share) or "–"),
    )
    told = "".join(
        f'<td{NUMBER if is_number else ""} data-label="{label}">{cell}</td>'
        for label, (is_number, cell) in zip(words["labels"], cells, strict=True)
    )
    return mark_safe(
        f'<tr><th scope="row"><a href="{_address("toil:item", row.pk)}">{escape(row.label)}</a>{small}</th>'
        f"{told}<td>{state_tag(row.state)}</td></tr>"
    )


def _so_far(cost: MonthlyCost) -> str:
    """The mark of a cost that fewer than three months tell."""
    if cost.of == MONTHS_OF_COST:
        return ""
    said = ngettext("from %(n)s full month only", "from %(n)s full months only", cost.of) % {"n": cost.of}
    return f'<small class="so-far">{escape(said)}</small>'


def _trend(trend: float | None) -> str:
    if trend is None:
        return "few"
    return "rising" if trend > STEADY else "falling" if trend < -STEADY else "steady"


@lru_cache(maxsize=8)
def _item_words(_language: str | None) -> dict:
    labels = (
        _("For whom"), _("Usual length"), _("Times a month"), _("Time a month"), _("Six months"), _("Busiest person")
    )  # fmt: skip
    return {
        "labels": [escape(label) for label in labels],
        "few": escape(_("too few to say")),
        "rising": escape(_("rising")),
        "falling": escape(_("falling")),
        "steady": escape(_("steady")),
    }


def _meta(entry: Line) -> str:
    parts = []
    if entry.category:
        parts.append(f'<span class="dot c-{entry.tint}"></span>{escape(entry.category)}')
    if entry.tag:
        parts.append(f"<span>{escape(entry.tag)}</span>")
    if entry.note:
        parts.append(f'<span class="entry__note">{escape(Truncator(entry.note).chars(120))}</span>')
    if entry.logged_by:
        said = _words(get_language())[2] % {"name": entry.logged_by.short_name}
        parts.append(f'<span class="tag">{escape(said)}</span>')
    return "".join(parts)
