"""How evidence and the chart are written. Set in Python, because a page holds sixty lines and thirty dots, and a
template costs ten times as much.
"""

from dataclasses import dataclass
from functools import lru_cache

from django import template
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.text import Truncator
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from apps.stakeholders import chart, counted
from apps.stakeholders.evidence import Group, Move
from apps.stakeholders.models import Confidence, Frequency, How, Observation, Pain, Side
from apps.stakeholders.models.voice import Answered
from apps.stakeholders.weighing import MOST_WEIGHT, Weighed, Weighing
from apps.web.markdown import plain, render
from apps.web.templatetags.web import who

register = template.Library()


@dataclass(frozen=True, slots=True)
class _Labels:
    """The labels of each kind of choice by value, in one language."""

    how: dict[str, str]
    confidence: dict[str, str]
    frequency: dict[int, str]
    pain: dict[int, str]


@lru_cache(maxsize=4)
def _labels(_language: str | None) -> _Labels:
    return _Labels(_by_value(How), _by_value(Confidence), _by_value(Frequency), _by_value(Pain))


def _by_value(kind) -> dict:
    return {choice.value: escape(str(choice.label)) for choice in kind}


@lru_cache(maxsize=4)
def _words(_language: str | None) -> dict[str, str]:
    words = {
        "own": _("within our own observation"),
        "link": _("Source"),
        "source": _("%(how)s: %(source)s"),
        "correct": _("Correct"),
        "quoted": _("%(name)s, quoted with consent"),
        "counted": _("%(figure)s from %(since)s to %(until)s"),
        "Own": _("Within our own observation"),
        "nothing": _("Nothing is noted yet."),
        "first": _("Add the first evidence"),
        "unplaced": _("not on the chart yet"),
    }
    return {name: escape(text) for name, text in words.items()}


@lru_cache(maxsize=1_024)
def _page(pk: int) -> str:
    return reverse("stakeholders:stakeholder", args=[pk])


@lru_cache(maxsize=4_096)
def _correction(pk: int) -> str:
    return reverse("stakeholders:observation", args=[pk])


@register.simple_tag
def evidence_group(group: Group) -> SafeString:
    """A group with its newest evidence, on the page of all."""
    row, words = group.stakeholder, _words(get_language())
    name, placed = escape(row.label), row.placed_by
    tags = ""
    if placed:
        kind, told = ("pencil", words["Own"]) if placed.is_own else ("pine", _labels(get_language()).how[placed.how])
        tags = f'<span class="tag tag--{kind}">{told}</span>'
    tags += f'<span class="tag{" tag--ai" if row.side == Side.OUTSIDE else ""}">{row.get_side_display()}</span>'
    cost = ""
    if group.times:
        figure = escape(counted.figure(group.times, group.minutes))
        since = escape(_("of toil since %(day)s") % {"day": date_format(group.since)})
        cost = f'<span><a href="{escape(group.rows)}">{figure}</a> {since}</span>'
    pieces = ngettext("%(n)s piece of evidence", "%(n)s pieces of evidence", group.count) % {"n": group.count}
    if group.observations:
        shown = "".join(f"<li>{evidence_line(observation)}</li>" for observation in group.observations)
        evidence = f"<ul>{shown}</ul>"
    else:
        address = reverse("stakeholders:observe_about", args=[row.pk])
        link = f'<a href="{address}">{words["first"]}<span class="visually-hidden">: {name}</span></a>'
        evidence = f'<p class="muted">{words["nothing"]} {link}</p>'
    return mark_safe(
        f'<section class="evidence__group" aria-labelledby="group-{row.pk}"><div>'
        f'<h3 id="group-{row.pk}"><a href="{_page(row.pk)}">{name}</a></h3>'
        f'<div class="meta"><span class="row">{tags}</span><span>{pieces}</span>{cost}</div></div>{evidence}</section>'
    )


@register.simple_tag
def evidence_line(observation: Observation, whole: bool = False, may_correct: bool = False) -> SafeString:
    """What was counted, said or seen, and below it how we know. `whole` is for the group's own page."""
    labels, words = _labels(get_language()), _words(get_language())
    how = labels.how[observation.how]
    parts = [
        words["source"] % {"how": how, "source": escape(observation.source)} if observation.source else how,
        date_format(observation.day),
        escape(observation.by.display_name) if observation.by else "",
        labels.confidence[observation.confidence],
        words["own"] if observation.is_own else "",
        words["quoted"] % {"name": escape(observation.quoted)} if observation.quoted else "",
    ]
    if observation.url:
        parts.append(f'<a href="{escape(observation.url)}" rel="noopener noreferrer nofollow">{words["link"]}</a>')
    parts.append(_figure(observation, words))
    if whole and observation.frequency and observation.pain:
        parts.append(_at(observation, labels))
    if may_correct:
        about = escape(Truncator(observation.text).chars(40))
        which = f'<span class="visually-hidden">: {about}</span>'
        parts.append(f'<a href="{_correction(observation.pk)}">{words["correct"]}{which}</a>')
    told = " · ".join(filter(None, parts))
    return mark_safe(f'<div class="quote prose">{render(observation.text)}</div><small>{told}</small>')


def _figure(observation: Observation, words: dict[str, str]) -> str:
    """What was counted, with the way to its rows as they are today; "" for what was said or seen."""
    since, until = observation.counted_since, observation.counted_until
    if not since or not until:
        return ""
    figure = escape(counted.figure(observation.counted_times or 0, observation.counted_minutes or 0))
    rows = counted.rows(observation.stakeholder_id, since, until, observation.counted_item)
    told = f'<a href="{escape(rows)}">{figure}</a>' if rows else figure
    days = {"figure": told, "since": date_format(since), "until": date_format(until)}
    return words["counted"] % days


@register.simple_tag
def move_line(move: Move) -> SafeString:
    """When and why the dot moved, and from where to where."""
    now, before, labels = move.observation, move.before, _labels(get_language())
    said = date_format(now.day) + (f" · {escape(now.by.display_name)}" if now.by else "")
    from_where = f"{_at(before, labels)} → " if before else ""
    why = escape(Truncator(plain(now.text)).chars(160))
    return mark_safe(
        f'<li><small>{said}</small><p>{from_where}<b>{_at(now, labels)}</b></p><p class="muted">{why}</p></li>'
    )


def _at(observation: Observation, labels: _Labels) -> str:
    return _(", ").join((labels.frequency[observation.frequency or 1], labels.pain[observation.pain or 1]))


@register.simple_tag
def chart_dots(drawn: chart.Chart) -> SafeString:
    """Trails, rings, dots and names of the chart, each dot a link."""
    return _dots(drawn)


@lru_cache(maxsize=8)  # the same chart until somebody observes something; names are of one language
def _dots(drawn: chart.Chart) -> SafeString:
    trails = (
        f'<path class="trail" d="M{dot.trail.x1:.1f} {dot.trail.y1:.1f}L{dot.trail.x2:.1f} {dot.trail.y2:.1f}"/>'
        for dot in drawn.dots
        if dot.trail
    )
    rings = (
        f'<circle class="{_kind(dot)}-ring" cx="{dot.cx:.1f}" cy="{dot.cy:.1f}" r="{dot.ring:.1f}"/>'
        for dot in drawn.dots
    )
    # Names come last, so that no ring lies over them.
    return mark_safe("".join(trails) + "".join(rings) + "".join(map(_dot, drawn.dots)))


def _kind(dot: chart.Dot) -> str:
    return "guess" if dot.place.is_own else "sure"


def _dot(dot: chart.Dot) -> str:
    name = escape(dot.place.name)
    at = f'cx="{dot.cx:.1f}" cy="{dot.cy:.1f}"'
    focus = f'<circle class="focus-ring" {at} r="{dot.focus_ring}"/>' if dot.focus_ring else ""
    return (
        f'<a href="{_page(dot.place.key)}" aria-label="{name}"><title>{name}</title>'
        f'<circle class="{_kind(dot)}" {at} r="{chart.DOT:.0f}"/>'
        f"{focus}{_written(dot)}</a>"
    )


def _written(dot: chart.Dot) -> str:
    label = dot.label
    if label is None:
        on = "" if dot.place.is_own else " number--on"
        return f'<text class="number mid{on}" x="{dot.cx:.1f}" y="{dot.cy:.1f}" dy="3.5">{dot.number}</text>'
    end = {"start": "", "middle": " mid", "end": " end"}[label.anchor]
    name = f'<text class="name{end}" x="{label.x:.1f}" y="{label.name_y:.1f}">{escape(label.name)}</text>'
    if label.say_y is None:
        return name
    return f'{name}<text class="say{end}" x="{label.x:.1f}" y="{label.say_y:.1f}">{escape(label.say)}</text>'


@register.simple_tag
def chart_rows(drawn: chart.Chart) -> SafeString:
    """The rows of the chart's table, who is hit hardest first."""
    return _rows(drawn, get_language())


@lru_cache(maxsize=8)
def _rows(drawn: chart.Chart, language: str | None) -> SafeString:
    places = sorted((dot.place for dot in drawn.dots), key=lambda place: -place.frequency * place.pain)
    return mark_safe("".join(_row(place, _labels(language), _words(language)) for place in places))


def _row(place: chart.Place, labels: _Labels, words: dict[str, str]) -> str:
    focus = f' <span class="tag tag--kaki">{escape(_("Our focus"))}</span>' if place.is_focus else ""
    own = f' <small class="muted">{words["own"]}</small>' if place.is_own else ""
    before = "–"
    if place.came_from and place.came_from != (place.frequency, place.pain):
        frequency, pain = place.came_from
        before = f"{labels.frequency[frequency]} · {labels.pain[pain]}"
    return (
        f'<tr><th scope="row"><a href="{_page(place.key)}">{escape(place.name)}</a>{focus}</th>'
        f"<td>{labels.frequency[place.frequency]}</td><td>{labels.pain[place.pain]}</td><td>{before}</td>"
        f"<td>{labels.confidence[place.confidence]}{own}</td><td>{escape(place.say)}</td></tr>"
    )


register.filter("in_words", plain)


@register.simple_tag
def voices(about: Answered, most: int = 12, everybody: str = "") -> SafeString:
    """The chips of those who agreed, and how many more there are; `everybody` is the address that shows them all."""
    said, count = about.agreed, about.agreed_count
    if not said:
        return mark_safe(f'<span class="muted">{escape(_("nobody yet"))}</span>')
    named = [voice.member for voice in said if voice.member]
    shown = named if len(said) == count else named[:most]
    nameless = len(said) - len(named) if len(said) == count else 0
    rest = count - len(shown) - nameless
    more = f"<small>+{rest}</small>" if rest else ""
    if rest and everybody:
        more = f'<a href="{escape(everybody)}">{escape(_("%(n)s more") % {"n": rest})}</a>'
    if nameless:
        more += f" <small>{escape(_('%(n)s without a name') % {'n': nameless})}</small>"
    return mark_safe(f'<span class="whos">{"".join(who(member, named=True) for member in shown)}{more}</span>')


@register.simple_tag
def weighing_rows(weighing: Weighing) -> SafeString:
    """The rows of the table that sets what hurts beside what it costs."""
    return mark_safe("".join(_weighed(*row) for row in weighing.rows))


def _weighed(group: Weighed, share: float | None, rows: str) -> str:
    labels, words = _labels(get_language()), _words(get_language())
    name = f'<th scope="row"><a href="{_page(group.pk)}">{escape(group.label)}</a></th>'
    weight = "–" if group.weight is None else f"{group.weight:.1f} / {MOST_WEIGHT}"
    if group.weight is None:
        place = f'<td colspan="3" class="muted">{words["unplaced"]}</td>'
    else:
        own = f' <small class="muted">{words["own"]}</small>' if group.is_own else ""
        place = (
            f"<td>{labels.frequency[group.frequency or 1]}</td><td>{labels.pain[group.pain or 1]}</td>"
            f"<td>{labels.confidence[group.confidence]}{own}</td>"
        )
    said = escape(counted.show(group.minutes)) if group.minutes else ""
    cost = f'<a href="{escape(rows)}">{said}</a>' if said and rows else said or "–"
    part = f"{100 * share:.0f}%" if share is not None else "–"
    figures = f'<td class="r nowrap">{weight}</td><td class="r nowrap">{cost}</td><td class="r">{part}</td>'
    return f"<tr>{name}{figures}{place}</tr>"
