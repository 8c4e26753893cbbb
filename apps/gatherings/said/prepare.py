"""What to read for the next meeting, and what helps who leads it or drives."""

from collections.abc import Iterable, Sequence

from django.urls import reverse
from django.utils.translation import gettext as _

from apps.accounts.models import Member
from apps.gatherings import reading, wording
from apps.gatherings.models import Asking, Chapter, HavingRead, Kind, Meeting, Says
from apps.gatherings.said.asked import Asked, Said, each_of, is_reminded, letter, meetings_of, pk_of, readers
from apps.reminders.letter import Action, Letter
from apps.reminders.letter import Answer as Button
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


def asked_to_lead(deliveries: Sequence[Delivery]) -> Said:
    """For who is asked to lead a chapter or put down for it, until they say something or it is read. Two queries."""
    pks, people = {pk_of(each) for each in deliveries}, readers(deliveries)
    rows = Chapter.objects.select_related("book__gathering", "facilitator").in_bulk(pks)
    asked = Asking.objects.filter(chapter__in=pks, member__in=people, declined_at=None).select_related("by")
    by = {(one.chapter_id, one.member_id): one.by for one in asked}
    said: Said = {}
    for each in deliveries:
        row, key = rows.get(pk_of(each)), (pk_of(each), each.recipient_id or 0)
        if row is None:
            said[each.pk] = Reason.ERASED
        elif row.is_read or row.book.is_finished or row.book.gathering.is_closed:
            said[each.pk] = Reason.NOT_WANTED
        elif row.facilitator_id == each.recipient_id:
            said[each.pk] = _is_put_down(row)
        else:
            is_open = row.facilitator_id is None and key in by
            said[each.pk] = _would_you_lead(row, by[key]) if is_open else Reason.NOT_WANTED
    return said


def _is_put_down(row: Chapter) -> Letter:
    subject = _("You are down to lead: %(what)s") % {"what": _named([row])}
    rather_not = Button(_("Rather not"), reverse("gatherings:give_back", args=[row.book.gathering_id, row.pk]))
    return _about(row, subject, rather_not)


def _would_you_lead(row: Chapter, by: Member | None) -> Letter:
    subject = _("Would you lead? %(what)s") % {"what": _named([row])}
    circle = row.book.gathering_id
    take = Button(_("I lead it"), reverse("gatherings:take", args=[circle, row.pk]))
    rather_not = Button(_("Rather not"), reverse("gatherings:decline", args=[circle, row.pk]))
    asks = (_("%(name)s asks you.") % {"name": by.short_name},) if by is not None else ()
    return _about(row, subject, take, rather_not, text=asks)


def _about(row: Chapter, subject: str, *answers: Button, text: tuple[str, ...] = ()) -> Letter:
    circle = row.book.gathering
    return Letter(
        subject=subject,
        text=(*text, _("Reading it and bringing two questions is enough; and “rather not” is a fine answer.")),
        facts=((_("What"), clean(circle.title)),),
        actions=(
            Action(_("Open the chapter"), row.address),
            Action(_("See the circle"), reverse("gatherings:gathering", args=[circle.pk])),
        ),
        answers=answers,
        data={"gathering": circle.pk, "chapter": row.number},
    )


def _chapters(deliveries: Sequence[Delivery]) -> dict[int, list[Chapter]]:
    pks = {pk for each in deliveries for pk in meetings_of(each)}
    return reading.on_meetings(list(Meeting.objects.filter(pk__in=pks).select_related("gathering")))


def _named(chapters: Iterable[Chapter]) -> str:
    said = [_("Chapter %(n)s: %(title)s") % {"n": each.number, "title": clean(each.title)} for each in chapters]
    return _(", ").join(said)
