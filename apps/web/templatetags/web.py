"""Small parts that every page uses: icons, growth marks, person chips, panels, Markdown."""

from functools import cache, lru_cache

from django import template
from django.http import HttpRequest
from django.templatetags.static import static
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from apps.web import fragments, markdown, panels

register = template.Library()

_WHO_TINTS = ("", "who--fuji", "who--pine", "who--oudo", "who--kaki")
_MARKS = (
    '<path class="none" d="M10 19h4"/>',
    '<path class="soil" d="M4 21h16"/><circle cx="12" cy="17.6" r="2"/>',
    '<path class="soil" d="M4 21h16"/><path d="M12 20.4v-6.6"/>'
    '<path d="M12 14.6c.2-2.8 2-4.4 5-4.4 0 3-1.8 4.6-5 4.4z"/>',
    '<path class="soil" d="M4 21h16"/><path d="M12 20.4V10.6"/><path class="leaf" d="M12 15c-.2-2.8-2-4.4-5.2-4.4 '
    '0 3 2 4.6 5.2 4.4zM12 11.6c.2-2.8 2-4.6 5.2-4.6 0 3.2-2 4.8-5.2 4.6z"/>',
    '<path class="soil" d="M4 21h16"/><path d="M12 20.4v-6"/><circle class="crown" cx="12" cy="8.8" r="5.6"/>'
    '<path d="M12 14.4V9.6"/>',
    '<path class="soil" d="M4 21h16"/><path d="M12 20.4v-6"/><circle class="full" cx="12" cy="8.4" r="6"/>'
    '<circle class="fruit" cx="9.6" cy="8.8" r="1.35"/><circle class="fruit" cx="14" cy="6.6" r="1.35"/>'
    '<circle class="fruit" cx="13.8" cy="11" r="1.35"/><circle class="fruit" cx="19.4" cy="18.6" r="1.2"/>',
)


@register.simple_tag
@cache
def icon(name: str, size: str = "") -> SafeString:
    """An outline from the sprite, hidden from assistive technology: the word stands beside it."""
    return format_html(
        '<svg class="icon{}" viewBox="0 0 20 20" aria-hidden="true"><use href="{}#i-{}"/></svg>',
        " icon--sm" if size == "sm" else "",
        static("icons/sprite.svg"),
        name,
    )


@register.simple_tag
@cache
def mark(level: int, size: str = "") -> SafeString:
    """The growth mark of a ladder level, 0 (bare soil) to 5 (teaching)."""
    return format_html(
        '<svg class="mark{}" viewBox="0 0 24 24" aria-hidden="true">{}</svg>',
        " mark--lg" if size == "lg" else "",
        mark_safe(_MARKS[level]),
    )


def growth(level: int) -> SafeString:
    """The drawing of a growth mark alone, 24 × 24 with its ground at 21, to stand in a picture."""
    return mark_safe(_MARKS[level])


@register.simple_tag
@lru_cache(maxsize=8_192)
def address(view: str, *arguments) -> str:
    """As `{% url %}`, for lists: working an address out anew for each of a hundred rows takes longer than the rows."""
    return reverse(view, args=arguments)


@register.simple_tag
def who(person, named: bool = False) -> SafeString:
    """A person's chip. With `named`, the chip itself carries the name; else the name stands beside it."""
    tint = "who--core" if person.is_lead else _WHO_TINTS[person.pk % len(_WHO_TINTS)]
    return _chip(tint, person.initials, person.display_name if named else "")


@lru_cache(maxsize=2_048)
def _chip(tint: str, initials: str, name: str) -> SafeString:
    if name:
        return format_html(
            '<span class="who {}" role="img" aria-label="{}" title="{}">{}</span>', tint, name, name, initials
        )
    return format_html('<span class="who {}" aria-hidden="true">{}</span>', tint, initials)


@register.simple_tag(takes_context=True, name="panels")
def panels_tag(context, place: str, **about) -> SafeString:
    """Prints the panels that other rooms registered for `place`."""
    request: HttpRequest = context["request"]
    engine = context.template.engine
    return format_html_join(
        "\n",
        "{}",
        (
            (engine.get_template(name).render(context.new({**context.flatten(), **extra})),)
            for name, extra in panels.filled(place, request, **about)
        ),
    )


@register.simple_tag(takes_context=True)
def fragment(context, template_name: str, **given) -> SafeString:
    """As `{% include … only %}`, but rendered once for the same content (fragments.py)."""
    return fragments.rendered(context.template.engine, template_name, given)


@register.filter(name="markdown")
def markdown_filter(source: str) -> SafeString:
    return markdown.render(source)


@register.simple_tag
def help_tip(text: str) -> SafeString:
    """How a figure is computed, behind a question mark that opens without script."""
    return format_html(
        '<details class="tip"><summary><span class="visually-hidden">{}</span>{}</summary><p>{}</p></details>',
        _("How this is computed"),
        icon("help", "sm"),
        text,
    )
