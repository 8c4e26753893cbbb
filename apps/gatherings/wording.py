"""How a meeting is told in words, on pages and in letters: when and where, on the reader's clock, and its addresses."""

from datetime import datetime
from zoneinfo import ZoneInfo

from django.urls import reverse
from django.utils import formats, timezone
from django.utils.translation import gettext as _

from apps.gatherings.models import Answer, Meeting
from apps.reminders.letter import Answer as Button
from apps.web.text import clean


def span(meeting: Meeting) -> str:
    """From when to when, on the reader's clock."""
    start, end = timezone.localtime(meeting.starts_at), timezone.localtime(meeting.ends_at)
    said = {"start": formats.time_format(start, "TIME_FORMAT"), "end": formats.time_format(end, "TIME_FORMAT")}
    return _("%(start)s to %(end)s") % said


def on_their_clock(meeting: Meeting) -> str:
    """What the organiser's clock shows, with its zone; empty where it shows the same as the reader's."""
    theirs = meeting.starts_at.astimezone(ZoneInfo(meeting.zone))
    if theirs.utcoffset() == timezone.localtime(meeting.starts_at).utcoffset():
        return ""
    said = {"time": formats.date_format(theirs, "SHORT_DATETIME_FORMAT"), "zone": meeting.zone}
    return _("%(time)s in %(zone)s") % said


def day(at: datetime) -> str:
    """The day with its weekday, on the reader's clock."""
    return formats.date_format(timezone.localtime(at), "MONTH_DAY_FORMAT")


def clock(at: datetime) -> str:
    return formats.time_format(timezone.localtime(at), "TIME_FORMAT")


def when(meeting: Meeting) -> str:
    theirs = on_their_clock(meeting)
    said = day(meeting.starts_at) + _(", ") + span(meeting)
    return f"{said} ({theirs})" if theirs else said


def facts(meeting: Meeting) -> tuple[tuple[str, str], ...]:
    """When and where, as a letter lists it."""
    said = [(_("When"), when(meeting)), (_("Where"), clean(meeting.place)), (_("Online"), meeting.link)]
    return tuple((label, value) for label, value in said if value)


def title(meeting: Meeting) -> str:
    return clean(meeting.full_title)


def page(meeting: Meeting, part: str = "") -> str:
    return reverse("gatherings:meeting", args=[meeting.gathering_id, meeting.number]) + part


def buttons(meeting: Meeting, answer: str = "") -> tuple[Button, ...]:
    """To say that one comes, unless one did, and that one does not."""
    address = reverse("gatherings:answer", args=[meeting.gathering_id, meeting.number])
    offered = [Answer.NO] if answer in (Answer.GOING, Answer.ONLINE) else [Answer.GOING, Answer.NO]
    return tuple(Button(str(one.label), address, (("answer", one.value),)) for one in offered)


def ids(meeting: Meeting) -> dict[str, int]:
    """For programs that read a letter."""
    return {"gathering": meeting.gathering_id, "meeting": meeting.number}
