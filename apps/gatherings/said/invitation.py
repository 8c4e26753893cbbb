"""That somebody is invited, with a yes and a no, until either was said; that there is something anybody may join."""

from collections.abc import Sequence
from dataclasses import replace

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from apps.gatherings import concerned, wording
from apps.gatherings.concerned import NOTHING
from apps.gatherings.models import Gathering, Meeting, Participant
from apps.gatherings.said.asked import Asked, Said, pk_of, readers, with_files
from apps.reminders.letter import Action, Letter
from apps.reminders.letter import Answer as Button
from apps.reminders.models import Delivery
from apps.reminders.models.delivery import Reason
from apps.web.text import clean

MOST_ABOUT = 400  # characters of what a gathering is about that an invitation carries


def invited(deliveries: Sequence[Delivery]) -> Said:
    """With a yes and a no; until either was said. Six queries."""
    now, pks = timezone.now(), {pk_of(each) for each in deliveries}
    gatherings = Gathering.objects.select_related("organiser").in_bulk(pks)
    rows = Participant.objects.filter(gathering__in=pks, member__in=readers(deliveries)).select_related("invited_by")
    places = {(row.gathering_id, row.member_id): row for row in rows}
    following = {
        row.gathering_id: row for row in Meeting.objects.next_of(pks, now).select_related("gathering__organiser")
    }
    known = concerned.parts(list(following.values()), readers(deliveries))
    said: Said = {}
    about = {}
    for each in deliveries:
        pk, reader = pk_of(each), each.recipient_id or 0
        gathering, place, meeting = gatherings.get(pk), places.get((pk, reader)), following.get(pk)
        if gathering is None or place is None:
            said[each.pk] = Reason.ERASED
            continue
        part = known[meeting.pk].get(reader, NOTHING) if meeting is not None else NOTHING
        if gathering.is_closed or place.joined_at or place.left_at or part.answer:
            said[each.pk] = Reason.NOT_WANTED
        elif meeting is None and not gathering.is_recurring:
            said[each.pk] = Reason.STALE
        else:
            said[each.pk] = _invitation(gathering, place, meeting)
            if meeting is not None:
                about[each.pk] = Asked(each, meeting, part)
    return with_files(deliveries, said, about)


def planned(deliveries: Sequence[Delivery]) -> Said:
    """For who takes no part in it yet. Five queries."""
    now, pks = timezone.now(), {pk_of(each) for each in deliveries}
    gatherings = Gathering.objects.select_related("organiser").in_bulk(pks)
    known = set(Participant.objects.filter(gathering__in=pks).values_list("gathering", "member"))
    following = {
        row.gathering_id: row for row in Meeting.objects.next_of(pks, now).select_related("gathering__organiser")
    }
    said: Said = {}
    for each in deliveries:
        pk, reader = pk_of(each), each.recipient_id
        gathering, meeting = gatherings.get(pk), following.get(pk)
        if gathering is None:
            said[each.pk] = Reason.ERASED
        elif gathering.is_closed:
            said[each.pk] = Reason.CANCELLED
        elif not gathering.is_open or (pk, reader) in known or reader == (gathering.organiser_id or 0):
            said[each.pk] = Reason.NOT_WANTED
        elif meeting is None:
            said[each.pk] = Reason.STALE
        else:
            by, title = gathering.organiser, clean(gathering.title)
            who = _("%(name)s plans it, and anybody may join.") % {"name": by.short_name} if by else ""
            said[each.pk] = _about(gathering, meeting, _("New: %(title)s") % {"title": title}, who)
    return said


def _invitation(gathering: Gathering, place: Participant, meeting: Meeting | None) -> Letter:
    by = place.invited_by
    who = _("%(name)s invites you.") % {"name": by.short_name} if by else _("You are invited.")
    subject = _("Invitation: %(title)s") % {"title": clean(gathering.title)}
    leave = Button(_("Not for me"), reverse("gatherings:leave", args=[gathering.pk]))
    written = _about(gathering, meeting, subject, who)
    return replace(written, answers=(*written.answers, leave))


def _about(gathering: Gathering, meeting: Meeting | None, subject: str, who: str) -> Letter:
    """What it is, with a way to join."""
    about = clean(gathering.about)
    about = about if len(about) <= MOST_ABOUT else about[:MOST_ABOUT].rstrip() + "…"
    how_often = ((_("Repeats"), gathering.rhythm),) if gathering.rhythm else ()
    return Letter(
        subject=subject,
        text=tuple(filter(None, (who, about))),
        facts=(
            (_("What"), str(gathering.get_kind_display())),
            *(wording.facts(meeting) if meeting else ()),
            *how_often,
        ),
        actions=(Action(_("Look at it"), reverse("gatherings:gathering", args=[gathering.pk])),),
        answers=(Button(_("Join"), reverse("gatherings:join", args=[gathering.pk])),),
        data={"gathering": gathering.pk},
    )
