"""How meetings are written: the day in a list, from when to when, how soon, and the organiser's own clock."""

from datetime import timedelta

from django import template
from django.utils import formats, timezone
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from apps.gatherings import wording
from apps.gatherings.listed import Line
from apps.gatherings.models import Kind, Meeting
from apps.web.templatetags.web import icon

register = template.Library()

ICONS = {Kind.READING: "book", Kind.MOB: "mob", Kind.EVENT: "chat"}
SOON = timedelta(days=1)


@register.simple_tag
def kind_icon(kind: str) -> SafeString:
    return icon(ICONS.get(Kind(kind), "cal"))


@register.simple_tag
def when(meeting: Meeting) -> SafeString:
    """The day as a list shows it: today with the hour, this week with the weekday, else the month."""
    start, today = timezone.localtime(meeting.starts_at), timezone.localdate()
    day = start.date()
    if day == today:
        return _when(meeting, _("Today"), formats.time_format(start, "TIME_FORMAT"), " when--today")
    above = formats.date_format(start, "D" if today < day < today + timedelta(days=7) else "M")
    return _when(meeting, above, str(start.day), "")


def _when(meeting: Meeting, above: str, below: str, kind: str) -> SafeString:
    return format_html(
        '<time class="when{}" datetime="{}">{}<b>{}</b></time>', kind, meeting.starts_at.isoformat(), above, below
    )


@register.simple_tag
def line_says(line: Line, past: bool = False) -> SafeString:
    """When, where, how many, and who leads: lists have twenty of these, so it is put together here."""
    row = line.meeting
    if row.is_skip:
        parts = [_("Skipped")]
    elif row.is_cancelled:
        parts = [format_html('{}: <span dir="auto">{}</span>', _("Cancelled"), row.cancel_words)
                 if row.cancel_words else _("Cancelled")]  # fmt: skip
    else:
        start = timezone.localtime(row.starts_at)
        # Today's hour stands in front of the line already.
        said_when = "" if start.date() == timezone.localdate() else formats.time_format(start, "TIME_FORMAT")
        place = format_html('<span dir="auto">{}</span>', row.place) if row.place else ""
        parts = [format_html_join(_(", "), "{}", ((part,) for part in (said_when, place) if part))]
        if line.there or line.coming:
            parts.append(_how_many(line, past))
        if row.facilitator:
            said = {"name": row.facilitator.short_name}
            parts.append(_("%(name)s led") % said if past else _("%(name)s leads") % said)
    return format_html_join(" · ", "{}", ((part,) for part in parts if part))


def _how_many(line: Line, past: bool) -> str:
    if line.there:
        count, drove = line.there
        said = ngettext("%(n)s person", "%(n)s people", count) % {"n": count}
        return _("%(names)s drove.") % {"names": _(", ").join(drove)} + " " + said if drove else said
    if past:
        return ngettext("%(n)s was coming", "%(n)s were coming", line.coming) % {"n": line.coming}
    return ngettext("%(n)s is coming", "%(n)s are coming", line.coming) % {"n": line.coming}


@register.simple_tag
def weekday(meeting: Meeting) -> str:
    """The day as a sentence says it: the weekday within a week, else the date."""
    day, today = timezone.localtime(meeting.starts_at).date(), timezone.localdate()
    return formats.date_format(day, "l" if today <= day < today + timedelta(days=7) else "MONTH_DAY_FORMAT")


@register.simple_tag
def short_day(meeting: Meeting) -> str:
    """Weekday and day, short, as a narrow column shows them."""
    day = timezone.localtime(meeting.starts_at).date()
    said = {"weekday": formats.date_format(day, "D"), "day": formats.date_format(day, "SHORT_DATE_FORMAT")}
    return _("%(weekday)s %(day)s") % said


register.simple_tag(wording.span, name="span")


@register.simple_tag
def other_clock(meeting: Meeting) -> SafeString | str:
    """What the organiser's clock shows, where it is another one than the reader's."""
    theirs = wording.on_their_clock(meeting)
    return format_html(' <span class="muted">({})</span>', theirs) if theirs else ""


@register.simple_tag
def soon(meeting: Meeting) -> SafeString | str:
    """How soon it begins, on its last day; that it is on, while it is."""
    now = timezone.now()
    if meeting.starts_at <= now < meeting.ends_at:
        return format_html('<span class="tag tag--kaki">{}</span>', _("now"))
    left = meeting.starts_at - now
    if not timedelta() < left < SOON:
        return ""
    hours, minutes = divmod(-(-int(left.total_seconds()) // 60), 60)
    if hours:
        text = _("in %(hours)s h %(minutes)s min") % {"hours": hours, "minutes": minutes}
    else:
        text = ngettext("in %(n)s minute", "in %(n)s minutes", minutes) % {"n": minutes}
    return format_html('<span class="tag tag--kaki">{}</span>', text)
