"""How toil is written on pages: minutes, shares, months."""

from django import template
from django.utils.translation import gettext as _

from apps.toil import durations

register = template.Library()


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
def one_decimal(value: float | None) -> str:
    """A number with at most one decimal: 3, 2.5."""
    return "" if value is None else f"{value:.1f}".removesuffix(".0")
