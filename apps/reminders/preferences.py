"""What each person gets by which channel: what they chose, or the kind's own default."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass, field
from uuid import UUID

from apps.accounts.models import Member
from apps.reminders.channels import CHANNELS
from apps.reminders.kinds import Kind, kind
from apps.reminders.models import Choice, Delivery, Destination, Manner, Preference


def default(of: Kind, channel: str, role: str) -> Choice:
    """What somebody of this role gets by a channel. Who sets up an address of their own gets by it what they get by
    e-mail, unless they choose otherwise.
    """
    usual = channel if CHANNELS[channel].personal else "email"
    return Choice.AT_ONCE if usual in of.channels_of(role) else Choice.OFF


def opted_out(deliveries: Collection[Delivery]) -> set[UUID]:
    """Those of them whose reader no longer wants this kind by this channel; what carries others counts as wanted. One
    query, or none.
    """
    asked = [each for each in deliveries if each.recipient_id is not None and kind(each.kind).choosable]
    if not asked:
        return set()
    rows = Preference.objects.filter(member__in={each.recipient_id for each in asked})
    choices: dict[tuple[int | None, str, str], str] = {
        (member, name, channel): choice
        for member, name, channel, choice in rows.values_list("member", "kind", "channel", "choice")
    }

    def choice(of: Delivery) -> str:
        usual = default(kind(of.kind), of.channel, of.recipient.role if of.recipient else "")
        return choices.get((of.recipient_id, of.kind, of.channel), usual)

    return {each.pk for each in asked if choice(each) == Choice.OFF}


@dataclass(slots=True)
class Chosen:
    """What many people chose, read at once for planning."""

    choices: dict[tuple[int, str], Choice] = field(default_factory=dict)  # by member and channel
    manners: dict[int, Manner] = field(default_factory=dict)
    destinations: dict[int | None, list[Destination]] = field(default_factory=lambda: defaultdict(list))

    def manner(self, member: int) -> Manner:
        return self.manners.get(member) or Manner(member_id=member)


def chosen(of: Kind, members: Collection[int]) -> Chosen:
    """What these members chose for one kind. Three queries."""
    found = Chosen()
    rows = Preference.objects.filter(kind=of.name, member__in=members)
    for member, channel, choice in rows.values_list("member", "channel", "choice"):
        found.choices[member, channel] = Choice(choice)
    found.manners = Manner.objects.in_bulk(list(members))
    for destination in Destination.objects.on().filter(member__in=members):
        found.destinations[destination.member_id].append(destination)
    return found


def by_channel(of: Kind, member: Member, known: Chosen) -> dict[str, Choice]:
    """How a member gets this kind: channels that are not off."""
    got: dict[str, Choice] = {}
    for name, channel in CHANNELS.items():
        if not channel.personal and not any(each.channel == name for each in known.destinations.get(member.pk, ())):
            continue
        usual = default(of, name, member.role)
        choice = known.choices.get((member.pk, name), usual) if of.choosable else usual
        if choice != Choice.OFF:
            got[name] = choice
    return got
