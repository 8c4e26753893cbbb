"""The map's parts that stand on a page by the hundred: written here, for a template for each would take too long."""

from collections.abc import Mapping
from functools import lru_cache
from html import escape

from django import template
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from apps.roadmap import links, words
from apps.roadmap.changes import Change, What
from apps.roadmap.picture import Bar, Drawn, draw
from apps.roadmap.team import Seated
from apps.web.templatetags.web import icon

register = template.Library()

type Drafted = Mapping[str, Change] | None  # what a draft does to items, by their ids

_ITEM_PAGE = "item-id"  # stands for the id in an address that is made once
_ICONS = {"added": "plus", "moved": "right", "changed": "edit", "dropped": "x", "done": "check", "over": "x"}
_SIGNS = {
    What.ADDED: "plus",
    What.DROPPED: "x",
    What.MOVED: "right",
    What.LONGER: "right",
    What.SHORTER: "left",
    What.LANE: "down",
    What.SHAPE: "people",
}
_TINTS = {What.ADDED: "added", What.DROPPED: "dropped"}

_BAR = (
    '<li class="at-%d for-%d line-%d%s"><a class="plan%s"%s href="%s" data-sure="%s"%s%s>%s<span class="plan__say%s">'
    '<span class="plan__t" dir="auto">%s</span><span class="plan__m">%s</span></span></a></li>'
)
_ARROW = (
    '<li class="at-%d for-%d line-%d route-cell%s" aria-hidden="true"><svg class="route" viewBox="0 0 60 12" '
    'preserveAspectRatio="none"><path d="M2 6h54" vector-effect="non-scaling-stroke"/></svg></li>'
)
_PLAIN = (
    '<li><a class="plan%s" href="%s" data-sure="%s">%s<span class="plan__say">'
    '<span class="plan__t" dir="auto">%s</span><span class="plan__m">%s</span></span></a></li>'
)

SEEN_WHOLE = 20  # characters of a title that the shortest bar shows
KEPT = 64  # renderings, each of some ten thousand characters


@lru_cache(maxsize=KEPT)
def _slot(_key: tuple) -> list[SafeString]:
    return []


def forget() -> None:
    """Drops what is kept, for tests that take their rows back."""
    _slot.cache_clear()


@register.simple_tag(takes_context=True)
def kept(context, name: str, *about, key: tuple | None = None) -> SafeString:
    """Renders the template `name` with everything there is here; a process keeps what it rendered last under `key`, or
    the page's `kept`, with `about`. A published revision never changes, so one drawing of it serves all its readers.
    """
    template_ = context.template.engine.get_template(name)
    key = key or context.get("kept")
    if not key:
        return template_.render(context)
    slot = _slot((name, get_language(), key, *about))
    if not slot:
        slot.append(template_.render(context))
    return slot[0]


class _Addresses:
    """Addresses of items, made from one."""

    def __init__(self, view: str, query: str):
        before, _id, after = reverse(view, args=[_ITEM_PAGE]).partition(_ITEM_PAGE)
        self.before, self.after = before, after + query

    def of(self, item_id: str) -> str:
        return f"{self.before}{item_id}{self.after}"


@register.simple_tag
def bars(found: list[Bar], view: str = "roadmap:item", query: str = "", drafted: Drafted = None) -> SafeString:
    """The items of a lane as list items, each in its columns and line. Titles and words are escaped one by one.

    Those that a draft changes say so.
    """
    addresses = _Addresses(view, escape(query))
    rows = []
    for bar in found:
        if bar.arrow:
            back = " route-cell--back" if bar.arrow[0] > bar.at else ""
            rows.append(_ARROW % (*bar.arrow, bar.line, back))
        rows.append(_bar(bar, addresses.of(bar.item.id), (drafted or {}).get(bar.item.id)))
    return mark_safe("".join(rows))


def _bar(bar: Bar, address: str, change: Change | None) -> str:
    kind = " plan--drafted" if change else ""
    kind += " plan--left" if bar.is_left else ""
    kind += " plan--short" if bar.is_short else ""
    kind += " plan--doubt" if bar.is_in_doubt else ""
    kind += " plan--cut-start" if bar.begins_before else ""
    kind += " plan--cut-end" if bar.ends_after else ""
    return _BAR % (
        bar.at,
        bar.long,
        bar.line,
        " is-ghost" if bar.diff == "was" else "",
        kind,
        "" if bar.diff in ("was", "dropped") else f' id="i-{bar.item.id}"',
        address,
        bar.state,
        f' data-diff="{bar.diff}"' if bar.diff else "",
        # Where a bar may cut its title off, resting on it shows the whole.
        f' title="{escape(bar.item.title)}"' if len(bar.item.title) > SEEN_WHOLE and not bar.is_short else "",
        _inside(bar),
        " at-{} for-{}".format(*bar.beside) if bar.is_short else "",
        escape(bar.item.title),
        _flag(change) + _says(bar),
    )


def _inside(bar: Bar) -> str:
    """The icon of a bar; beside a short one the bar itself."""
    name = _ICONS.get(bar.diff) or (
        "" if bar.diff == "was" else "warn" if bar.is_in_doubt else _ICONS.get(bar.state, "")
    )
    sign = icon(name) if name else ""
    return f'<span class="plan__bar at-{bar.bar_at} for-{bar.bar_long}">{sign}</span>' if bar.is_short else sign


def _flag(change: Change | None) -> str:
    """What a draft does to an item."""
    if change is None:
        return ""
    says = _("%(what)s. ") % {"what": change.what.label}
    return f'<span class="flag flag--{_TINTS.get(change.what, "moved")}">{escape(says)}</span>'


def _says(bar: Bar) -> str:
    days = f'<span class="visually-hidden">{escape(_(", ") + words.of_item(bar.item))}</span>'
    match bar.diff:
        case "":
            return escape(words.of_check(bar.item, bar.check)) + days
        case "same":
            return escape(_("unchanged")) + days
        case "was":
            return escape(_("was %(days)s") % {"days": bar.says or words.of_item(bar.item)})
    flag = {"added": "added", "dropped": "dropped"}.get(bar.diff, "moved")
    told = _(", ").join(str(what.label) for what in bar.happened)
    rest = bar.says or (str(bar.item.sure.label).lower() if bar.diff == "added" else "")
    told = _("%(what)s. ") % {"what": told} if rest else told
    return f'<span class="flag flag--{flag}">{escape(told)}</span>{escape(rest)}{days}'


@register.simple_tag
def plain_bars(found: list[Bar], view: str = "roadmap:item", query: str = "", drafted: Drafted = None) -> SafeString:
    """The items of a lane as a plain list with their days."""
    addresses = _Addresses(view, escape(query))
    says = _("%(fact)s · %(days)s")
    rows = (
        _PLAIN
        % (
            (" plan--doubt" if bar.is_in_doubt else "") + (" plan--drafted" if bar.item.id in (drafted or {}) else ""),
            addresses.of(bar.item.id),
            bar.state,
            _inside(bar),
            escape(bar.item.title),
            _flag((drafted or {}).get(bar.item.id))
            + escape(says % {"fact": words.of_check(bar.item, bar.check), "days": words.of_item(bar.item)}),
        )
        for bar in found
    )
    return mark_safe("".join(rows))


@register.simple_tag
def seat(seated: Seated) -> SafeString:
    """The chip of somebody on a seat: filled for the core, a ring for guests, dashed for who is hoped for."""
    return format_html(
        '<span class="who who--{}" role="img" aria-label="{}" title="{}">{}</span>',
        seated.seat.how,
        seated.name,
        seated.name,
        seated.initials,
    )


@register.simple_tag
def what_sign(what: What) -> SafeString:
    """The word for what happened to a part, with its sign."""
    what = What(what)
    tint = _TINTS.get(what, "moved")
    return format_html('<span class="change flag--{}">{}{}</span>', tint, icon(_SIGNS.get(what, "edit")), what.label)


@register.filter
def days_of(item) -> str:
    return words.of_item(item)


@register.filter
def whole_days_of(item) -> str:
    return words.whole_span(item.start, item.end)


@register.filter
def months_of(span) -> str:
    return words.months_of(span.start, span.end)


@register.filter
def shifted(change) -> str:
    """How far the days of a moved item went."""
    return words.shift(change.before, change.after)


@register.filter
def summary(difference) -> str:
    return words.summary(difference)


@register.simple_tag
def shape_was(changes: dict, number: int) -> SafeString | str:
    """What the team of a quarter was before, below what it is."""
    if number not in changes:
        return ""
    before = changes[number].before
    was = before.shape or before.shape_sentence or _("%(n)s seats") % {"n": len(before.seats)}
    says = _("was: %(shape)s") % {"shape": was}
    return format_html('<span class="was" dir="auto">{}<small>{}</small></span>', icon("undo", "sm"), says)


_THUMB_HEIGHT, _THUMB_LINE = 56, 5


# In CSS pixels: A4 on its side within its margins; what stands there beside the lanes' lines, with a pivot's note as
# tall as it gets; and one line with its share of the lane.
PAPER, PAPER_BASE, PAPER_LINE = 725, 540, 37


def _lines(lane: Drawn) -> int:
    return max([bar.line for bar in lane.bars], default=1)


@register.simple_tag
def paper_size(lanes: list[Drawn]) -> SafeString:
    """Says to the style of paper how small the map is drawn, in per cent, so that it is one sheet: by its lines, for
    what is printed can't be measured before.
    """
    tall = PAPER_BASE + PAPER_LINE * sum(_lines(lane) for lane in lanes)
    fits = min(100, max(40, PAPER * 10 // tall * 10))
    return format_html('<span class="paper-{}" hidden></span>', fits)


@register.simple_tag
def small_map(document, year, label: str, beside=None) -> SafeString:
    """A map as small as a stamp: its lanes, its items, nothing to read; as tall as the one it stands beside."""
    drawn = draw(document, year, {})
    other = {lane.lane.id: _lines(lane) for lane in draw(beside, year, {})} if beside else {}
    rows = [(lane, max(_lines(lane), other.get(lane.lane.id, 1))) for lane in drawn]
    height = sum(2 + _THUMB_LINE * lines for _lane, lines in rows) or _THUMB_HEIGHT
    parts, y = [], 0
    for lane, lines in rows:
        tall = 2 + _THUMB_LINE * lines
        parts.append(format_html('<rect class="bed-{}" x="0" y="{}" width="144" height="{}"/>', lane.lane.bed, y, tall))
        for bar in lane.bars:
            at, long = year.place(bar.item.start, bar.item.end)
            parts.append(
                format_html(
                    '<rect class="sure-{}" x="{}" y="{}" width="{}" height="3.5" rx="0.8"/>',
                    bar.item.sure,
                    3 * (at - 1),
                    y + 1.5 + _THUMB_LINE * (bar.line - 1),
                    3 * long - 0.6,
                )
            )
        y += tall
    return format_html(
        '<svg class="small-map" viewBox="0 0 144 {}" role="img" aria-label="{}">{}</svg>',
        height,
        label,
        format_html_join("", "{}", ((part,) for part in parts)),
    )


@register.simple_tag
def seats_of(seats, people: dict) -> str:
    """Seats by name, for a sentence."""
    named = [people[seat.member].display_name if seat.member in people else seat.role for seat in seats]
    return _(", ").join(name for name in named if name)


@register.simple_tag
def lane_of(difference, change) -> str:
    """The lane of what was added or dropped."""
    document = difference.after if change.after else difference.before
    lane = document.lane_by_id.get(change.part.lane)
    return lane.label if lane else ""


@register.simple_tag
def lane_became(difference, change) -> str:
    sides = ((difference.before, change.before), (difference.after, change.after))
    before, after = (document.lane_by_id[item.lane].label for document, item in sides)
    return _("“%(before)s” becomes “%(after)s”") % {"before": before, "after": after}


@register.simple_tag(takes_context=True)
def words_became(context, change) -> SafeString:
    """What an item's signal, notes and links said before and say now, as far as they differ."""
    labels = {"signal": _("We will know because"), "notes": _("Notes"), **links.LABELS}
    known = context.get("linked") or {}
    rows = []
    for name, label in labels.items():
        was, now = getattr(change.before, name), getattr(change.after, name)
        if was == now:
            continue
        if name in known:
            was, now = (_(", ").join(known[name][pk] for pk in ids if pk in known[name]) for ids in (was, now))
        rows.append((label, _(": "), was or "–", now or "–"))
    line = '<small class="became">{}{}<del dir="auto">{}</del> → <ins dir="auto">{}</ins></small>'
    return format_html_join("", line, rows)


@register.simple_tag
def owner_became(change, people: dict) -> str:
    before, after = (
        people[item.owner].display_name if item.owner in people else _("nobody")
        for item in (change.before, change.after)
    )
    return _("%(before)s hands it to %(after)s") % {"before": before, "after": after}


@register.simple_tag
def seat_became(before, after, people: dict) -> str:
    """How a seat that stays is filled or named now."""
    sides = []
    for seat in (before, after):
        who = people[seat.member].display_name if seat.member in people else ""
        sides.append(_(", ").join(filter(None, (who, seat.role, str(seat.how.label)))))
    return _("%(before)s becomes %(after)s") % {"before": sides[0], "after": sides[1]}
