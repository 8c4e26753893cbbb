from apps.gatherings.models.dismissal import Dismissal
from apps.gatherings.models.feed import Feed, FeedKind
from apps.gatherings.models.gathering import Gathering, Kind, Participant
from apps.gatherings.models.holiday import Holiday
from apps.gatherings.models.meeting import Meeting
from apps.gatherings.models.poll import TimeMark, TimeOption, TimePoll
from apps.gatherings.models.rsvp import Answer, Role, Rsvp, RsvpError, promote
from apps.gatherings.models.talk import Talk, TalkWish

__all__ = [
    "Answer",
    "Dismissal",
    "Feed",
    "FeedKind",
    "Gathering",
    "Holiday",
    "Kind",
    "Meeting",
    "Participant",
    "Role",
    "Rsvp",
    "RsvpError",
    "Talk",
    "TalkWish",
    "TimeMark",
    "TimeOption",
    "TimePoll",
    "promote",
]
