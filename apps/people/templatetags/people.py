"""How an interest is drawn: a ring for who wants to learn, a full disc for who can teach."""

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

from apps.people.models import Interest

register = template.Library()

_RING = mark_safe('<circle cx="8" cy="8" r="6"/>')


@register.simple_tag
def interest_ring(teaches: bool = False) -> SafeString:
    """The sign alone; the word stands beside it."""
    kind = "teaches" if teaches else "wants"
    return format_html('<svg class="ring ring--{}" viewBox="0 0 16 16" aria-hidden="true">{}</svg>', kind, _RING)


@register.simple_tag
def interest_sign(interest: Interest | None) -> SafeString:
    """The sign in a table, with what it says for who can't see it."""
    if interest is None:
        return mark_safe("")
    says = ", ".join(str(want.label) for want in interest.wants)
    return format_html(
        '{}<span class="visually-hidden">{}, {}</span>',
        interest_ring(interest.wants_teach),
        says,
        interest.get_keen_display(),
    )
