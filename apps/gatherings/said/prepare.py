"""What to read for the next meeting, and what helps who leads it or drives."""

from collections.abc import Iterable, Sequence

from django.utils.translation import gettext as _

from apps.gatherings import reading, wording
from apps.gatherings.models import Chapter, HavingRead, Kind, Meeting, Says
from apps.gatherings.said.asked import Asked, Said, each_of, is_reminded, letter, meetings_of, readers
from apps.reminders.letter import Action, Letter
from apps.reminders.models import Delivery
from apps.reminders.models.delivery import Reason
from apps.web.text import clean


def chapter(deliveries: Sequence[Delivery]) -> Said:
    """What lies on the meeting as things stand; not for who has read it, or leads it. Six queries."""
    chapters = _chapters(deliveries)
    ids = [one.pk for some in chapters.values() for one in some]
    rows = HavingRead.objects.filter(chapter__in=ids, member__in=readers(deliveries), says=Says.READ)
    read = set(rows.values_list("chapter", "member")) if ids else set()

    def write(one: Asked) -> Letter | Reason:
        some = [each for each in chapters.get(one.meeting.pk, ()) if each.facilitator_id != one.reader]
        if all((each.pk, one.reader) in read for each in some):
            return Reason.NOT_WANTED
        said = {"day": wording.day(one.meeting.starts_at), "chapters": _named(some)}
        return letter(
            one,
            _("For %(day)s: %(chapters)s") % said,
            _("Come without having read it, too: listening counts."),
            _("A thought or a question, written down beforehand, gives everybody something to talk about."),
            actions=(
                Action(_("Bring a thought or a question"), some[0].address),
                Action(_("Open the meeting"), wording.page(one.meeting)),
            ),
        )

    return each_of(deliveries, write, is_reminded)


def leads(deliveries: Sequence[Delivery]) -> Said:
    """For who leads a meeting or one of its chapters, or drives in a mob. Five queries."""
    chapters = _chapters(deliveries)

    def write(one: Asked) -> Letter | Reason:
        mine = [each for each in chapters.get(one.meeting.pk, ()) if each.facilitator_id == one.reader]
        if mine:
            return _leads_a_chapter(one, mine)
        if one.meeting.facilitator_id == one.reader:
            return _leads_a_meeting(one)
        return _drives(one) if one.part.drives else Reason.NOT_WANTED

    return each_of(deliveries, write, is_reminded)


def _leads_a_chapter(one: Asked, mine: list[Chapter]) -> Letter:
    return letter(
        one,
        _("You lead: %(what)s") % {"what": _named(mine)},
        _("Reading it and bringing two questions is enough. Its page has what others brought."),
        actions=(
            Action(_("Open the chapter"), mine[0].address),
            Action(_("Open the meeting"), wording.page(one.meeting)),
        ),
    )


def _leads_a_meeting(one: Asked) -> Letter:
    subject = _("You lead: %(what)s") % {"what": wording.title(one.meeting)}
    if one.meeting.gathering.kind != Kind.MOB:
        return letter(one, subject, _("What helps to prepare it is on its page."))
    return letter(
        one,
        subject,
        _("The checklist and the order of the drivers are on its page."),
        actions=(
            Action(_("Open the checklist"), wording.page(one.meeting, "#check-title")),
            Action(_("See the turns"), wording.page(one.meeting, "#turns-title")),
        ),
    )


def _drives(one: Asked) -> Letter:
    return letter(
        one,
        _("You drive: %(what)s") % {"what": wording.title(one.meeting)},
        _("You need not know the way: those who navigate say what comes next."),
        actions=(Action(_("See the turns"), wording.page(one.meeting, "#turns-title")),),
    )


def _chapters(deliveries: Sequence[Delivery]) -> dict[int, list[Chapter]]:
    pks = {pk for each in deliveries for pk in meetings_of(each)}
    return reading.on_meetings(list(Meeting.objects.filter(pk__in=pks).select_related("gathering")))


def _named(chapters: Iterable[Chapter]) -> str:
    said = [_("Chapter %(n)s: %(title)s") % {"n": each.number, "title": clean(each.title)} for each in chapters]
    return _(", ").join(said)
