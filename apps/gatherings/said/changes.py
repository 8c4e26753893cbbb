"""That a meeting moved, does not happen, or happens after all; and that a seat is free."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from apps.gatherings import wording
from apps.gatherings.concerned import Part
from apps.gatherings.models import Answer
from apps.gatherings.notices import LATE, mark
from apps.gatherings.said.asked import Asked, Said, asked, each_of, is_told, letter, with_files
from apps.reminders.letter import Action, Letter
from apps.reminders.models import Delivery
from apps.reminders.models.delivery import Reason
from apps.web.text import clean

MOST_LISTED = 5  # meetings that a message about many names


def moved(deliveries: Sequence[Delivery]) -> Said:
    """The new time or place of one meeting, or that many changed. Four queries."""
    single = [each for each in deliveries if each.occurrence.startswith("meeting:")]
    many = [each for each in deliveries if not each.occurrence.startswith("meeting:")]
    said: Said = {}
    about: dict[UUID, Asked] = {}

    def write(one: Asked) -> Letter | Reason:
        about[one.delivery.pk] = one
        return _new_time(one)

    if single:
        said |= each_of(single, write, is_told)
    now = timezone.now()
    for pk, found in (asked(many) if many else {}).items():
        stand = [one for one in found if not one.meeting.is_cancelled and one.meeting.starts_at > now]
        mine = [one for one in stand if one.part.is_told]
        if not mine:
            said[pk] = Reason.NOT_WANTED if stand else Reason.CANCELLED if found else Reason.ERASED
            continue
        about[pk] = mine[0]
        said[pk] = _new_times(mine)
    return with_files(deliveries, said, about)


def _new_time(one: Asked) -> Letter | Reason:
    meeting, known = one.meeting, one.delivery.payload
    if known.get("mark") == mark(meeting):
        return Reason.NOT_WANTED  # it went away and came back: for who heard nothing of it, nothing changed
    title, text = {"title": wording.title(meeting)}, []
    subject = _("New place or link: %(title)s") % title
    if (was := known.get("was")) and was != meeting.starts_at.isoformat():
        subject = _("New time: %(title)s") % title
        before = datetime.fromisoformat(was)
        at = {"day": wording.day(before), "time": wording.clock(before)}
        text.append(_("It was to be on %(day)s at %(time)s.") % at)
    return letter(one, subject, *text, *does_it_fit(one.part), answers=wording.buttons(meeting, one.part.answer))


def _new_times(mine: list[Asked]) -> Letter:
    one, n = mine[0], len(mine)
    count = ngettext("%(n)s meeting changed. This is the next:", "%(n)s meetings changed. This is the next:", n)
    title = {"title": clean(one.meeting.gathering.title)}
    return letter(
        one, _("New times: %(title)s") % title, count % {"n": n}, *does_it_fit(one.part),
        answers=wording.buttons(one.meeting, one.part.answer),
        actions=(Action(_("See all its meetings"), reverse("gatherings:gathering", args=[one.meeting.gathering_id])),),
    )  # fmt: skip


def does_it_fit(part: Part) -> tuple[str, ...]:
    if not part.answer:
        return (_("Say whether you come: it helps whoever prepares it."),)
    return (
        _("Your answer stands: %(answer)s. Change it if it no longer fits.") % {"answer": Answer(part.answer).label},
    )


def cancelled(deliveries: Sequence[Delivery]) -> Said:
    """That it does not happen, or was left out, with the word why. Four queries."""
    now = timezone.now()
    said: Said = {}
    about: dict[UUID, Asked] = {}
    for pk, found in asked(deliveries).items():
        off = [one for one in found if one.meeting.is_cancelled]
        mine = [one for one in off if one.part.is_told and one.meeting.starts_at + LATE > now]
        if not mine:
            said[pk] = Reason.NOT_WANTED if found else Reason.ERASED
            continue
        about[pk] = mine[0]
        said[pk] = _not_happening(mine)
    return with_files(deliveries, said, about)


def _not_happening(mine: list[Asked]) -> Letter:
    meeting, n = mine[0].meeting, len(mine)
    title = {"title": wording.title(meeting) if n == 1 else clean(meeting.gathering.title)}
    is_skip = all(one.meeting.is_skip for one in mine)
    subject = _("Skipped: %(title)s") % title if is_skip else _("Cancelled: %(title)s") % title
    text = [clean(meeting.cancel_words)] if meeting.cancel_words else []
    resting = meeting.gathering.resting_until
    if is_skip and resting and meeting.gathering.is_resting(timezone.localdate()):
        text.append(_("It rests until %(day)s.") % {"day": date_format(resting, "MONTH_DAY_FORMAT")})
    elif is_skip:
        text.append(_("A week is left out, and it goes on as planned."))
    if n == 1:
        return letter(mine[0], subject, *text)
    days = [wording.day(one.meeting.starts_at) for one in mine[:MOST_LISTED]]
    text.append(ngettext("%(n)s meeting does not happen.", "%(n)s meetings do not happen.", n) % {"n": n})
    listed = _(", ").join(days) + (" …" if n > MOST_LISTED else "")
    page = reverse("gatherings:gathering", args=[meeting.gathering_id])
    return letter(
        mine[0], subject, *text, facts=((_("When"), listed),), actions=(Action(_("See all its meetings"), page),)
    )


def restored(deliveries: Sequence[Delivery]) -> Said:
    """For who heard that it does not happen. Four queries."""
    about: dict[UUID, Asked] = {}

    def write(one: Asked) -> Letter:
        about[one.delivery.pk] = one
        subject = _("It happens after all: %(title)s") % {"title": wording.title(one.meeting)}
        buttons = wording.buttons(one.meeting, one.part.answer)
        return letter(one, subject, *does_it_fit(one.part), answers=buttons)

    return with_files(deliveries, each_of(deliveries, write, is_told), about)


def seat(deliveries: Sequence[Delivery]) -> Said:
    """For who waited and has a seat now. Four queries."""
    about: dict[UUID, Asked] = {}

    def write(one: Asked) -> Letter:
        about[one.delivery.pk] = one
        subject = _("You have a seat: %(title)s") % {"title": wording.title(one.meeting)}
        text = _("A seat became free, and you were next in line. If you can’t come, the one behind you gets it.")
        return letter(one, subject, text, answers=wording.buttons(one.meeting, one.part.answer))

    return with_files(deliveries, each_of(deliveries, write, lambda part: part.has_seat, any_rev=True), about)
