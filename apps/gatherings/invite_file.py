"""The calendar file that goes with a letter about a meeting: an invitation, its new time, or that it is off (iTIP)."""

from email.utils import parseaddr

from django.conf import settings

from apps.accounts.models import Member, Organisation
from apps.gatherings import feed
from apps.gatherings.calendar_file import Party, invitation
from apps.gatherings.concerned import Part
from apps.gatherings.models import Answer, Meeting
from apps.reminders.letter import Invite

ANSWERED: dict[str, str] = {
    Answer.GOING: "ACCEPTED", Answer.ONLINE: "ACCEPTED", Answer.MAYBE: "TENTATIVE", Answer.NO: "DECLINED",
}  # fmt: skip


def invite(meeting: Meeting, member: Member, part: Part) -> Invite:
    """For `member`, with the meeting read with its gathering and organiser. No query, but for the organisation's name
    once a minute.
    """
    organisation = Organisation.kept()
    # The organiser's name at Miraizu's address: theirs is not handed out, and what calendars answer is not read there.
    name = meeting.gathering.organiser.display_name if meeting.gathering.organiser else "Miraizu"
    answered = ANSWERED.get(part.answer, "NEEDS-ACTION") if not part.waits else "NEEDS-ACTION"
    content = invitation(
        feed.event(meeting),
        installation=feed.installation(organisation),
        organiser=Party(parseaddr(settings.DEFAULT_FROM_EMAIL)[1], name),
        invited=Party(member.email, member.display_name, answered),
    )
    return Invite("CANCEL" if meeting.is_cancelled else "REQUEST", content)
