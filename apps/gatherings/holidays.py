"""Holidays read from lines or from a calendar file, and what they leave out."""

import re
from datetime import date, datetime

import icalendar
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from apps.gatherings.models import Holiday, Meeting

MOST = 500
_LINE = re.compile(r"\s*(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?[\s,;]*(.*)")


class Unreadable(ValueError):
    """What can't be read, in words for the reader."""


def read_lines(text: str) -> dict[date, str]:
    """One holiday a line, “2026-11-23 Labour Thanksgiving Day”. Raises Unreadable, which names the line."""
    found: dict[date, str] = {}
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip():
            continue
        match = _LINE.fullmatch(line)
        try:
            day = date(*map(int, match.groups()[:3])) if match else None
        except ValueError:
            day = None
        if match is None or day is None:
            said = {"n": number, "line": line.strip()[:40]}
            raise Unreadable(_("Line %(n)s is no day: “%(line)s”. Write it as 2026-11-23 and a name.") % said)
        found[day] = match[4].strip()[:80]
    return _few_enough(found)


def read_file(content: bytes) -> dict[date, str]:
    """The whole-day events of a calendar file. Raises Unreadable."""
    try:
        calendar = icalendar.Calendar.from_ical(content)
        events = calendar.walk("VEVENT")
        found = {}
        for event in events:
            day = event.decoded("DTSTART")
            if isinstance(day, date) and not isinstance(day, datetime):
                found[day] = str(event.get("SUMMARY", ""))[:80]
    except Exception as error:  # a damaged file fails in many ways
        raise Unreadable(_("This is no calendar file that can be read.")) from error
    if not found:
        raise Unreadable(_("There is no whole day in this file."))
    return _few_enough(found)


def _few_enough(found: dict[date, str]) -> dict[date, str]:
    if len(found) > MOST:
        raise Unreadable(_("That is more than %(n)s days. Leave out years that are over.") % {"n": MOST})
    return found


def add(days: dict[date, str], by) -> int:
    """Keeps the days, and skips meetings planned on them whose gathering leaves holidays out; returns how many."""
    with transaction.atomic():
        rows = [Holiday(day=day, name=name) for day, name in days.items()]
        Holiday.objects.bulk_create(rows, update_conflicts=True, unique_fields=["day"], update_fields=["name"])
        hit = Meeting.objects.ahead(timezone.now()).filter(
            day__in=list(days), is_touched=False, gathering__skips_holidays=True, gathering__rule__isnull=False
        )
        skipped = list(hit)
        Meeting.cancel_all(skipped, by, days, skip=True)
    return len(skipped)
