"""A map's days and changes in words, in the reader's language."""

from datetime import date
from functools import lru_cache

from django.utils.formats import date_format
from django.utils.text import Truncator
from django.utils.translation import get_language, ngettext, pgettext
from django.utils.translation import gettext as _

from apps.roadmap.changes import Change, Difference, What, longer_by
from apps.roadmap.document import Item
from apps.roadmap.models import CheckIn, Status
from apps.roadmap.models.check_in import ENDED

WEEK = 7
QUARTER = 91
SLACK = 10  # days by which what counts as whole quarters may miss them


def span(start: date, end: date) -> str:
    """“5 Oct to 20 Dec”."""
    return _span(start, end, get_language())


@lru_cache(maxsize=4_096)  # a map says hundreds of them, and formats are slow to look up
def _span(start: date, end: date, _language: str | None) -> str:
    if start == end:
        return date_format(start, "SHORT_DATE_FORMAT")
    days = {"first": date_format(start, "SHORT_DATE_FORMAT"), "last": date_format(end, "SHORT_DATE_FORMAT")}
    return _("%(first)s to %(last)s") % days


def whole_span(start: date, end: date) -> str:
    """“5 October 2026 to 20 December 2026”."""
    return _("%(first)s to %(last)s") % {"first": date_format(start), "last": date_format(end)}


def months_of(start: date, end: date) -> str:
    """“Oct to Dec 2026”, the months of a quarter."""
    first = date_format(start, pgettext("format of the first month of a quarter", "M"))
    last = date_format(end, pgettext("format of the last month of a quarter", "M Y"))
    return _("%(first)s to %(last)s") % {"first": first, "last": last}


def of_item(item: Item) -> str:
    return span(item.start, item.end)


def amount(days: int) -> str:
    """Days as people say them: whole quarters, else weeks, else days."""
    days = abs(days)
    quarters = round(days / QUARTER)
    if quarters and abs(days - quarters * QUARTER) <= SLACK:
        return ngettext("one quarter", "%(n)s quarters", quarters) % {"n": quarters}
    if days >= WEEK:
        weeks = round(days / WEEK)
        return ngettext("one week", "%(n)s weeks", weeks) % {"n": weeks}
    return ngettext("one day", "%(n)s days", days) % {"n": days}


def shift(before: Item, after: Item) -> str:
    """How far the days of an item went: “one quarter later”, “3 weeks longer”."""
    begins = (after.start - before.start).days
    longer = longer_by(before, after).days
    said = []
    if begins and after.end != before.end:
        said.append((_("%(amount)s later") if begins > 0 else _("%(amount)s earlier")) % {"amount": amount(begins)})
    if longer:
        said.append((_("%(amount)s longer") if longer > 0 else _("%(amount)s shorter")) % {"amount": amount(longer)})
    return _(", ").join(said)


FACT = 44  # characters of a check-in that fit below a title


def of_check(item: Item, check: CheckIn | None) -> str:
    """What stands below a title: how sure, and the one fact that the last check-in gave."""
    sure = str(item.sure.label).lower()
    if check is None:
        return sure
    words = " ".join(check.words.split())
    if check.status in ENDED:
        said = str(check.get_status_display()).lower()
        if len(words) > FACT:
            return _("%(status)s %(day)s") % {"status": said, "day": date_format(check.day, "SHORT_DATE_FORMAT")}
        return _("%(sure)s, %(fact)s") % {"sure": said, "fact": words}
    if check.status == Status.IN_DOUBT:
        sure = _("%(sure)s, %(fact)s") % {"sure": sure, "fact": _("in doubt")}
    return _("%(sure)s, %(fact)s") % {"sure": sure, "fact": Truncator(words).chars(FACT)}


def _name(change: Change) -> str:
    part = change.part
    return getattr(part, "title", "") or getattr(part, "label", "") or getattr(part, "text", "")


def _told(change: Change) -> str:
    """The part, and of how sure somebody is, what it was and became."""
    if change.what != What.SURE:
        return _name(change)
    sure = {"name": _name(change), "before": change.before.sure.label, "after": change.after.sure.label}
    return _("%(name)s (%(before)s → %(after)s)") % sure


NAMED = 4  # parts of one kind that a summary names


def summary(difference: Difference) -> str:
    """What is different, in a few sentences: first what left, then what came."""
    changes = (*difference.items, *difference.lanes)
    said = []
    for what in (What.DROPPED, *(what for what in What if what != What.DROPPED)):
        names = [_told(change) for change in changes if change.what == what]
        if what == What.SHAPE:
            names = [f"Q{change.number}" for change in difference.shape]
        elif what == What.WORDS:
            names += [f"Q{change.id}" for change in difference.quarters_told]
            names += [_("how we got here")] if difference.backstory else []
            names += [_("the map’s title")] if difference.title else []
        if len(names) > NAMED:
            rest = len(names) - NAMED + 1
            names = names[: NAMED - 1] + [ngettext("%(n)s more", "%(n)s more", rest) % {"n": rest}]
        if names:
            said.append(_("%(what)s: %(names)s.") % {"what": what.label, "names": _(", ").join(names)})
    return " ".join(said)
