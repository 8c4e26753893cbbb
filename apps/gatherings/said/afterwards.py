"""After a meeting: who was there, and how it was."""

from collections.abc import Sequence

from django.urls import reverse
from django.utils.translation import gettext as _

from apps.accounts.models import Member, Role
from apps.gatherings import wording
from apps.gatherings.models import Attendance, Gathering
from apps.gatherings.said.asked import Asked, Said, each_of, letter, pk_of, readers
from apps.reminders.letter import Action, Letter
from apps.reminders.models import Delivery
from apps.reminders.models.delivery import Reason


def attendance(deliveries: Sequence[Delivery]) -> Said:
    """For who runs it, until somebody listed who was there. Six queries."""
    pks = {pk_of(each) for each in deliveries}
    noted = Attendance.objects.standing().filter(meeting__in=pks, checked_in_at=None)
    listed = set(noted.values_list("meeting", flat=True))
    helpers = Gathering.helpers.through.objects.filter(gathering__meetings__in=pks, member__in=readers(deliveries))
    may_list = set(helpers.values_list("gathering", "member"))
    leads_all = set(Member.objects.filter(pk__in=readers(deliveries), role=Role.LEAD).values_list("pk", flat=True))

    def write(one: Asked) -> Letter | Reason:
        if one.meeting.pk in listed:
            return Reason.NOT_WANTED
        gathering = one.meeting.gathering
        runs = one.reader == gathering.organiser_id or one.reader in leads_all or (gathering.pk, one.reader) in may_list
        if not runs:
            return _how_was_it(one)
        page = reverse("gatherings:attendance", args=[gathering.pk, one.meeting.number])
        return letter(
            one,
            _("Who was there? %(title)s") % {"title": wording.title(one.meeting)},
            _("The list is half a minute’s work: who said that they come is on it already."),
            actions=(
                Action(_("Note who was there"), page),
                Action(_("Open the meeting"), wording.page(one.meeting)),
            ),
        )

    return each_of(deliveries, write, lambda part: part.runs, before=False, any_rev=True)


def afterwards(deliveries: Sequence[Delivery]) -> Said:
    """For who was there, as far as anybody knows; not for who took themselves off the list. Four queries."""
    rows = Attendance.objects.filter(meeting__in={pk_of(each) for each in deliveries}, member__in=readers(deliveries))
    there = {
        (meeting, member): gone is None for meeting, member, gone in rows.values_list("meeting", "member", "removed_at")
    }

    def write(one: Asked) -> Letter | Reason:
        was_there = there.get((one.meeting.pk, one.reader or 0), one.part.comes)
        return _how_was_it(one) if was_there else Reason.NOT_WANTED

    return each_of(deliveries, write, lambda _part: True, before=False, any_rev=True)


def _how_was_it(one: Asked) -> Letter:
    return letter(
        one,
        _("How was it? %(title)s") % {"title": wording.title(one.meeting)},
        _("A line in the notes helps who could not come. Steps on the ladder wait there, too."),
    )
