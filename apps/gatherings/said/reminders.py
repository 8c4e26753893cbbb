"""That a meeting begins soon, with what the reader answered."""

from collections.abc import Sequence
from datetime import timedelta

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from apps.gatherings import wording
from apps.gatherings.concerned import Part
from apps.gatherings.models import Answer, Meeting
from apps.gatherings.said.asked import Asked, Said, each_of, is_reminded, letter
from apps.reminders.letter import Letter
from apps.reminders.models import Delivery

SOON = 90  # minutes before it begins from which on a reminder counts them


def first(deliveries: Sequence[Delivery]) -> Said:
    return each_of(deliveries, _reminder, is_reminded)


def second(deliveries: Sequence[Delivery]) -> Said:
    return each_of(deliveries, _reminder, is_reminded)


def _reminder(one: Asked) -> Letter:
    return letter(
        one, _how_soon(one.meeting), *_what_they_said(one.part), answers=wording.buttons(one.meeting, one.part.answer)
    )


def _how_soon(meeting: Meeting) -> str:
    now, title = timezone.now(), wording.title(meeting)
    minutes = -(-int((meeting.starts_at - now).total_seconds()) // 60)
    if minutes <= 0:
        return _("It begins now: %(title)s") % {"title": title}
    if minutes <= SOON:
        said = ngettext("In %(n)s minute: %(title)s", "In %(n)s minutes: %(title)s", minutes)
        return said % {"n": minutes, "title": title}
    start, today = timezone.localtime(meeting.starts_at), timezone.localdate()
    at = {"time": wording.clock(start), "title": title}
    if start.date() == today:
        return _("Today at %(time)s: %(title)s") % at
    if start.date() == today + timedelta(days=1):
        return _("Tomorrow at %(time)s: %(title)s") % at
    return _("%(day)s at %(time)s: %(title)s") % (at | {"day": wording.day(start)})


def _what_they_said(part: Part) -> tuple[str, ...]:
    if part.comes:
        return (_("You said that you come."),)
    if part.answer == Answer.MAYBE:
        return (_("You said maybe. A yes or a no helps whoever prepares it."),)
    return () if part.runs else (_("Say whether you come: it helps whoever prepares it."),)
