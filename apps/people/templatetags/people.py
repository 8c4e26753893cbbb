"""How an interest is drawn: a ring for who wants to learn, half full for who is learning, full for who can teach; and
how far somebody is, by the growth marks.
"""

from collections.abc import Iterable
from functools import lru_cache

from django import template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from apps.people.deeds import deeds
from apps.people.ladder import Cell, Standing
from apps.people.matrix import Known
from apps.people.models import Rung
from apps.web.templatetags.web import address, growth, mark

register = template.Library()

_RING = mark_safe('<circle cx="8" cy="8" r="6"/>')
_HALF = mark_safe('<circle cx="8" cy="8" r="6"/><path d="M2.6 9.5a6 6 0 0 0 10.8 0z"/>')


@register.simple_tag
def interest_ring(kind: str = "wants") -> SafeString:
    """The sign alone, of who `wants`, `learns` or `teaches`; the word stands beside it."""
    drawn = _HALF if kind == "learns" else _RING
    return format_html('<svg class="ring ring--{}" viewBox="0 0 16 16" aria-hidden="true">{}</svg>', kind, drawn)


@register.simple_tag
def interest_sign(known: Known | None) -> SafeString:
    """The sign in a table, with what it says for who can't see it."""
    return _sign(known, get_language() or "") if known else mark_safe("")


@lru_cache(maxsize=512)
def _sign(known: Known, _language: str) -> SafeString:
    return format_html('{}<span class="visually-hidden">{}</span>', interest_ring(known.kind), known.says)


@register.simple_tag
def rung_word(rung: int, rough: bool) -> str:
    """What a rung is called; shown roughly, on which side of “alone” it is."""
    if not rough:
        return str(Rung(rung).label)
    return _("can help") if rung >= Rung.SOLO else _("is learning")


@register.simple_tag
def rungs(rung: int, rough: bool = False) -> SafeString:
    """The five marks on their ground line: those reached in ink, the others grey; shown roughly, one mark alone."""
    return _rungs(rung, rough)


@lru_cache(maxsize=16)
def _rungs(rung: int, rough: bool) -> SafeString:
    return format_html(
        '<span class="rungs" aria-hidden="true">{}</span>',
        format_html_join(
            "",
            '<span class="rung{}">{}</span>',
            ((_step_class(step, rung, rough), mark(step)) for step in range(1, 6)),
        ),
    )


def _step_class(step: int, rung: int, rough: bool) -> str:
    return "" if (step == rung if rough else step <= rung) else " rung--next"


@register.simple_tag
def deeds_on(person) -> SafeString:
    """The links to what can be done with a person."""
    return format_html_join(
        " ",
        '<a class="button button--sm" href="{}">{}<span class="visually-hidden">: {}</span></a>',
        ((address(deed.view, person.pk), deed.label, person.display_name) for deed in deeds()),
    )


ROW, WIDE = 20, 200  # plants in a row, and how wide it is drawn
MOST_ROWS = 3
LARGEST, SMALLEST = 1.25, 0.75  # of the marks' own size


@register.simple_tag
@lru_cache(maxsize=4)
def plants(grown: tuple[Rung, ...]) -> SafeString:
    """One plant for each rung on a ground line, in rows of twenty; without any, the bare ground."""
    shown = grown[: ROW * MOST_ROWS]
    rows = [shown[at : at + ROW] for at in range(0, len(shown), ROW)] or [()]
    apart = min(33.0, WIDE / max(1, len(rows[0])))
    scale = min(LARGEST, max(SMALLEST, apart / 26))
    left = 2 if apart >= 24 * scale else -6
    high = 21 * scale + 10  # what grows, and the hatching below it
    drawn = []
    for number, row in enumerate(rows):
        ground = high * (number + 1) - 8 if shown else 2.5
        for at, rung in enumerate(row):
            place = f"translate({at * apart + left:.1f} {ground - 21 * scale:.2f}) scale({scale:.2f})"
            drawn.append(format_html('<g class="mark" transform="{}">{}</g>', place, growth(rung)))
        hatching = "".join(f"M{x} {ground + 0.5:.1f}l-4 6" for x in range(6, WIDE, 8))
        drawn.append(
            format_html('<path class="gl" d="M0 {}H200"/><path class="gl gl-h" d="{}"/>', f"{ground:.1f}", hatching)
        )
    tall = high * len(rows) if shown else 12
    return format_html(
        '<svg viewBox="0 0 200 {}" aria-hidden="true">{}</svg>', f"{tall:.0f}", mark_safe("".join(drawn))
    )


@register.simple_tag
def rung_row(standing: Standing) -> SafeString:
    """The five cells of one person's row, each with whether it is reached for who can't see it."""
    cells = []
    for step in range(1, 6):
        rest = _step_class(step, standing.rung, standing.is_rough)
        says = "" if rest else (standing.label if standing.is_rough else Rung(step).label)
        cells.append((rest, mark(step), says))
    return format_html_join("", '<td><span class="rung{}">{}<span class="visually-hidden">{}</span></span></td>', cells)


@register.simple_tag
def rung_cells(cells: Iterable[Cell | None]) -> SafeString:
    """One row of the field; written once for each rung, as a page has thousands of them."""
    language = get_language() or ""
    return mark_safe("".join(_cell(cell, language) for cell in cells))


@lru_cache(maxsize=64)
def _cell(cell: Cell | None, _language: str) -> str:
    if cell is None:
        return "<td></td>"
    says = rung_word(cell.rung, cell.is_rough)
    rough = " rung--rough" if cell.is_rough else ""
    return format_html(
        '<td><span class="rung{}" title="{}">{}<span class="visually-hidden">{}</span></span></td>',
        rough, says, mark(cell.rung), says,
    )  # fmt: skip
